# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Filters as callers write them, read into conditions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean
from genkit.plugin.stores.filters.conditions import (
    Comparison,
    Condition,
    Operator,
    Scalar,
    all_of,
    any_of,
)


DEEPEST: Final = 32
MOST_VALUES: Final = 10_000
_LARGEST: Final = 1 << 63
_SHOWN: Final = 200
_ORDERS: Final[Mapping[str, Operator]] = {'$gt': 'gt', '$gte': 'gte', '$lt': 'lt', '$lte': 'lte'}
OPERATORS: Final = ('$eq', '$ne', *_ORDERS, '$in', '$nin', '$exists', '$not')
_JOINS: Final = ('$and', '$or', '$not')


def read_filter(given: Any) -> Condition:
    """Read a filter; a negation is carried to the comparisons inside, so that none is left around them.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the place in the filter that has no meaning, and what could be there.
    """
    return _mapping(given, 'filter', 0, negated=False)


def _mapping(given: Any, place: str, depth: int, *, negated: bool) -> Condition:
    if not isinstance(given, Mapping):
        raise _wrong(place, given, "a mapping such as {'topic': 'travel', 'year': {'$gte': 2020}}")
    _check_depth(place, given, depth)
    read = [
        _member(key, value, f'{place}[{key!r}]', depth, negated=negated)
        for key, value in cast('Mapping[object, object]', given).items()
    ]
    return _join(read, negated=negated)


def _member(key: object, value: Any, place: str, depth: int, *, negated: bool) -> Condition:
    if not isinstance(key, str) or not key:
        raise _wrong(place, key, 'the name of a member of the metadata')
    if key == '$not':
        return _mapping(value, place, depth + 1, negated=not negated)
    if key in _JOINS:
        if not isinstance(value, list | tuple) or not value:
            raise _wrong(place, value, 'a list of at least one condition')
        items = cast('Sequence[object]', value)
        read = [_mapping(item, f'{place}[{n}]', depth + 1, negated=negated) for n, item in enumerate(items)]
        return _join(read, negated=negated is (key == '$and'))
    if key.startswith('$'):
        raise _unknown(place, key, _JOINS, 'join conditions', 'a member of the metadata is compared by its name')
    return _comparisons(key, value, place, depth, negated=negated)


def _join(read: list[Condition], *, negated: bool) -> Condition:
    """Join what must all be met; by the rule of De Morgan, one suffices if the whole is negated."""
    return any_of(read) if negated else all_of(read)


def _comparisons(name: str, value: Any, place: str, depth: int, *, negated: bool) -> Condition:
    _check_depth(place, value, depth)
    path = tuple(name.split('.'))
    if '' in path:
        raise _wrong(place, name, 'names with one dot between them, such as author.name')
    if not isinstance(value, Mapping):
        return _compare(path, '$eq', value, place, depth, negated=negated)
    tests = cast('Mapping[object, object]', value)
    if not tests or not all(isinstance(key, str) and key.startswith('$') for key in tests):
        more = f'; a member of a member is named {name + "." + str(next(iter(tests)))!r}' if tests else ''
        raise _wrong(place, value, f'a value, or operators such as {{"$gte": 3}}{more}')
    read = [
        _compare(path, str(key), operand, f'{place}[{key!r}]', depth, negated=negated) for key, operand in tests.items()
    ]
    return _join(read, negated=negated)


def _compare(path: tuple[str, ...], word: str, operand: Any, place: str, depth: int, *, negated: bool) -> Condition:
    if word == '$not':
        if not isinstance(operand, Mapping):
            raise _wrong(place, operand, 'operators such as {"$gte": 3}')
        return _comparisons('.'.join(path), operand, place, depth + 1, negated=not negated)
    if word in ('$ne', '$nin'):
        negated = not negated
    if word in _ORDERS:
        return Comparison(path, _ORDERS[word], _ordered(operand, place), negated)
    if word == '$exists':
        if not isinstance(operand, bool):
            raise _wrong(place, operand, 'True or False')
        return Comparison(path, 'exists', negated=negated is operand)
    if word in ('$eq', '$ne'):
        if operand is None:
            return Comparison(path, 'exists', negated=not negated)
        return Comparison(path, 'eq', _scalar(operand, place), negated)
    if word in ('$in', '$nin'):
        return _one_of(path, operand, place, negated=negated)
    raise _unknown(place, word, OPERATORS, 'compare a value', 'a member of a member is named with a dot')


def _one_of(path: tuple[str, ...], operand: Any, place: str, *, negated: bool) -> Condition:
    if isinstance(operand, str | bytes | Mapping) or not isinstance(operand, list | tuple | set | frozenset):
        raise _wrong(place, operand, 'a list of values')
    items = list(cast('Iterable[object]', operand))
    if len(items) > MOST_VALUES:
        raise _wrong(place, f'{len(items)} values', f'at most {MOST_VALUES}')
    values = tuple(_scalar(item, place) for item in items if item is not None)
    found: list[Condition] = [Comparison(path, 'in', values, negated)] if values else []
    if None in items:
        found.append(Comparison(path, 'exists', negated=not negated))
    return _join(found, negated=not negated)


def _scalar(value: Any, place: str) -> Scalar:
    if isinstance(value, str):
        if any('\ud800' <= character <= '\udfff' for character in value):
            raise _wrong(place, value, 'text without halves of surrogate pairs')
        return str(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and -_LARGEST <= value < _LARGEST:
        return value
    if hasattr(value, 'isoformat'):
        raise _wrong(place, value, 'text, which is how metadata hold dates: value.isoformat()')
    raise _wrong(place, value, 'a text, a number of at most 64 bits, True, False or None')


def _ordered(value: Any, place: str) -> Scalar:
    scalar = _scalar(value, place)
    if isinstance(scalar, bool):
        raise _wrong(place, value, 'a number or a text, which have an order')
    return scalar


def _check_depth(place: str, given: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _wrong(place, given, f'conditions that are nested at most {DEEPEST} times')


def _wrong(place: str, given: Any, expected: str) -> GenkitError:
    try:
        shown = given if isinstance(given, str) else repr(given)
    except RecursionError:  # too deep to show
        shown = f'a {type(given).__name__}'
    text = shown if len(shown) <= _SHOWN else f'{shown[:_SHOWN]}…'
    said = repr(text) if isinstance(given, str) else text
    return GenkitError(f'{place} is {said}; expected {expected}.', status='INVALID_ARGUMENT')


def _unknown(place: str, word: str, known: Sequence[str], what: str, also: str) -> GenkitError:
    hint = did_you_mean(word, known)
    return GenkitError(
        f'{place} has {word!r}, and no such operator is there to {what}.{hint} Known are {", ".join(known)}; {also}.',
        status='INVALID_ARGUMENT',
    )
