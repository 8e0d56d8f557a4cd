# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The validators of `jsonschema`, without network and disk, and with a bound on their work.

Three keywords of the library match patterns with `re` or compare each item with each other; they are replaced here.
All others count their steps: a few references that lead to each other twice would otherwise take for ever.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import cache, partial
from itertools import islice
from typing import Any, Final, cast

from jsonschema import FormatChecker, ValidationError, validators
from referencing import Registry

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.readers.patterns import MAX_TEXT_BACKTRACKED, compiled_pattern


_Keyword = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]

_STEPS: Final = 20_000
_STEPS_PER_VALUE: Final = 200
_MAX_STEPS: Final = 1_000_000
_SHOWN: Final = 300

# The library describes itself to type checkers only in parts.
_drafts: Any = validators
_no_network: Any = cast('Any', Registry)()

_FORMATS: Final = FormatChecker(formats=())
_QUANTIFIER: Final = re.compile(r'[*+?{]')


class _Budget:
    """Counts down the steps of one check; what is allowed grows with the value, whose size is asked for when needed."""

    __slots__ = ('is_sized', 'left', 'value')

    def __init__(self, value: Any) -> None:
        self.left = _STEPS
        self.value = value
        self.is_sized = False

    def extend(self) -> None:
        """Allow more steps, once, for a large value."""
        if self.is_sized:
            raise GenkitError(
                'checking takes too many steps; simplify the schema, or make the value smaller.', status='OUT_OF_RANGE'
            )
        self.is_sized = True
        self.left = min(_size(self.value) * _STEPS_PER_VALUE, _MAX_STEPS)


_budget: ContextVar[_Budget] = ContextVar('schema_budget')


def _problems(validator: Any, value: Any, most: int) -> list[ValidationError]:
    """Return what is wrong with a value, up to a number of problems, with a bound on the work.

    Raises:
        GenkitError: ``OUT_OF_RANGE``: it takes too much work.
        Exception: What the library raises for a schema that cannot be used.
    """
    token = _budget.set(_Budget(value))
    try:
        return list(islice(validator.iter_errors(value), most))
    finally:
        _budget.reset(token)


def make_check(schema: dict[str, Any]) -> Callable[[Any, int], list[ValidationError]]:
    """Return the function that returns what is wrong with a value, up to a number of problems.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``: the schema is malformed.
    """
    draft = schema.get('$schema', '')
    if not isinstance(draft, str):
        raise _malformed(f'$schema is {draft!r}, which is no address of a draft; leave it out')
    plain = _drafts.validator_for(schema, default=_drafts.Draft202012Validator)
    kind = _bounded_kind(plain)
    # Patterns are compiled by the way; the other formats of the meta-schema are not looked at.
    checking = kind(plain.META_SCHEMA, registry=_no_network, format_checker=_FORMATS)
    for problem in cast('list[Any]', _problems(checking, schema, 1)):
        where = '.'.join(str(step) for step in problem.absolute_path) or '(root)'
        raise _malformed(f'{where}: {problem.message[:_SHOWN]}')
    _check_unevaluated(schema)
    return partial(_problems, kind(schema, registry=_no_network))


@_FORMATS.checks('regex', raises=ValueError)
def _is_pattern(value: object) -> bool:
    if isinstance(value, str):
        try:
            compiled_pattern(value)
        except GenkitError as error:
            raise ValueError(error.original_message) from error
    return True


@cache
def _bounded_kind(plain: Any) -> Any:
    """Return the class of validators for one draft, with our keywords."""
    own: dict[str, _Keyword] = {
        'pattern': _pattern,
        'patternProperties': _pattern_properties,
        'additionalProperties': _additional_properties(plain.VALIDATORS['additionalProperties']),
        'uniqueItems': _unique_items,
    }
    if 'unevaluatedProperties' in plain.VALIDATORS:
        own['unevaluatedProperties'] = _unevaluated_properties(plain.VALIDATORS['unevaluatedProperties'])
    keywords = {**plain.VALIDATORS, **own}
    kind: Any = _drafts.extend(plain, {name: _counted(keyword) for name, keyword in keywords.items()})
    evolve: Callable[..., Any] = kind.evolve

    def evolved(self: Any, **changes: Any) -> Any:
        """A part that names its own draft gets the library's class; give it ours."""
        made: Any = evolve(self, **changes)
        if made.__class__ is self.__class__:
            return made
        resolver = made._resolver  # noqa: SLF001  (what the library itself hands on)
        return _bounded_kind(made.__class__)(
            made.schema, registry=_no_network, format_checker=made.format_checker, _resolver=resolver
        )

    kind.evolve = evolved
    return kind


def _counted(keyword: _Keyword) -> _Keyword:
    current = _budget.get

    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Iterable[ValidationError] | None:
        budget = current()
        budget.left -= 1
        if budget.left < 0:
            budget.extend()
        return keyword(validator, value, instance, schema)

    return counted


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    _ = schema
    if validator.is_type(instance, 'string') and not compiled_pattern(pattern).found_in(instance):
        yield ValidationError(f'{instance!r} does not match {pattern!r}')


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    _ = schema
    if not validator.is_type(instance, 'object'):
        return
    for pattern, inner in patterns.items():
        compiled = compiled_pattern(pattern)
        budget = _budget.get()
        for name, member in instance.items():
            budget.left -= 1
            if budget.left < 0:
                budget.extend()
            if compiled.found_in(name):
                yield from validator.descend(member, inner, path=name, schema_path=pattern)


def _additional_properties(plain: _Keyword) -> _Keyword:
    def additional(validator: Any, rest: Any, instance: Any, schema: Any) -> Iterable[ValidationError] | None:
        patterns = schema.get('patternProperties')
        if not patterns:
            return plain(validator, rest, instance, schema)
        return _beside_patterns(validator, rest, instance, schema)

    return additional


def _beside_patterns(validator: Any, rest: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """What a schema says of members that neither their name nor a pattern speaks of."""
    if not validator.is_type(instance, 'object'):
        return
    known = schema.get('properties', {})
    compiled = [compiled_pattern(pattern) for pattern in schema['patternProperties']]
    others = [name for name in instance if name not in known and not any(p.found_in(name) for p in compiled)]
    if validator.is_type(rest, 'object'):
        for name in others:
            yield from validator.descend(instance[name], rest, path=name)
    elif not rest and others:
        patterns = ', '.join(repr(pattern) for pattern in sorted(schema['patternProperties']))
        names = ', '.join(repr(name) for name in others)
        yield ValidationError(f'{names} do not match any of the regexes: {patterns}')


def _unevaluated_properties(plain: _Keyword) -> _Keyword:
    """The library matches the patterns beside this keyword with `re`: simple ones only, against short names."""

    def unevaluated(validator: Any, value: Any, instance: Any, schema: Any) -> Iterable[ValidationError] | None:
        if isinstance(instance, dict) and any(len(name) > MAX_TEXT_BACKTRACKED for name in cast('Any', instance)):
            raise GenkitError(
                f'a member has a name of more than {MAX_TEXT_BACKTRACKED} characters, which unevaluatedProperties '
                'does not take; shorten it.',
                status='OUT_OF_RANGE',
            )
        return plain(validator, value, instance, schema)

    return unevaluated


def _check_unevaluated(schema: Any) -> None:
    """Raise if patterns that may take long stand in a schema with ``unevaluatedProperties``."""
    waiting: list[Any] = [schema]
    has_keyword, hard = False, ''
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            members = cast('dict[str, Any]', found)
            has_keyword = has_keyword or 'unevaluatedProperties' in members
            patterns = members.get('patternProperties')
            if isinstance(patterns, dict):
                hard = next((name for name in cast('dict[str, Any]', patterns) if not _is_simple(name)), hard)
            waiting.extend(members.values())
        elif isinstance(found, list):
            waiting.extend(cast('list[Any]', found))
    if has_keyword and hard:
        raise _malformed(
            f'beside unevaluatedProperties a patternProperties may repeat one character, and no group; {hard!r} does '
            'more. Use additionalProperties'
        )


def _is_simple(pattern: str) -> bool:
    repetitions = len(_QUANTIFIER.findall(pattern))
    return not repetitions or (repetitions == 1 and '(' not in pattern)


def _malformed(problem: str) -> GenkitError:
    return GenkitError(
        f'the schema is malformed: {problem}.', status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_SCHEMA
    )


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    _ = schema
    if wanted and validator.is_type(instance, 'array'):
        seen: set[Any] = set()
        for item in instance:
            frozen = _frozen(item)
            if frozen in seen:
                yield ValidationError(f'{instance!r} has non-unique elements')
                return
            seen.add(frozen)


def _frozen(value: Any) -> Any:
    """Return what is equal for JSON values that are equal: 1 is 1.0, and no truth value is a number."""
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return ('object', frozenset((name, _frozen(member)) for name, member in members.items()))
    if isinstance(value, list | tuple):
        return ('array', tuple(_frozen(item) for item in cast('list[Any]', value)))
    return (bool, value) if isinstance(value, bool) else value


def _size(value: Any) -> int:
    """Return of how many values a value consists."""
    size, waiting = 0, [value]
    while waiting and size * _STEPS_PER_VALUE < _MAX_STEPS:
        found = waiting.pop()
        size += 1
        if isinstance(found, dict):
            waiting.extend(cast('dict[str, Any]', found).values())
        elif isinstance(found, list):
            waiting.extend(cast('list[Any]', found))
    return size
