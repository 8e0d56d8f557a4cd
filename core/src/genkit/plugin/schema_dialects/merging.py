# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Two schemas that hold at once, as one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from pydantic_core import to_json

from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.notes import SILENT, noted


_ABOUT: Final = SILENT | {'title', 'description', 'default', 'examples', '$ref'}
_LEAST: Final = ('minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties')
_MOST: Final = ('maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties')
# Words of one schema that mean something only with each other.
_TOGETHER: Final = (
    frozenset({'properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'}),
    frozenset({'prefixItems', 'items', 'unevaluatedItems', 'contains', 'minContains', 'maxContains'}),
    frozenset({'if', 'then', 'else'}),
)
_OPEN: Final = ({'properties'}, {'properties', 'additionalProperties'})


def merged(inner: Schema, outer: Schema) -> Schema:
    """Return a schema that admits what two of them admit.

    Where one schema cannot say so, the words of the outer one are kept, and the description says those of both.
    """
    whole = {**inner, **outer}
    notes: Schema = {}
    for words in _TOGETHER:
        whole.update(_both(inner, outer, words, notes))
    grouped = frozenset[str]().union(*_TOGETHER)
    for word in inner:
        if word not in outer or word in _ABOUT or word in grouped or _same(inner[word], outer[word]):
            continue
        joined = _JOINING[word](inner[word], outer[word]) if word in _JOINING else None
        if joined is None:
            notes[word] = inner[word]
        else:
            whole[word] = joined
    return noted(whole, notes)


def _both(inner: Schema, outer: Schema, words: frozenset[str], notes: Schema) -> Schema:
    """Return what stands for words that belong together, and note what they do not say."""
    one, other = ({key: value for key, value in node.items() if key in words} for node in (inner, outer))
    if not one or not other or _same(one, other):
        return {}
    first, second = (cast('Schema', found.get('properties') or {}) for found in (one, other))
    are_open = all(set(node) in _OPEN and node.get('additionalProperties', True) is True for node in (one, other))
    if not are_open or any(not _same(first[name], second[name]) for name in first.keys() & second.keys()):
        notes['allOf'] = [*notes.get('allOf', ()), one, other]
    return {'properties': {**first, **second}} if first and second else {}


def _same(one: Any, other: Any) -> bool:
    return one is other or to_json(one) == to_json(other)


def _numbers(choose: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: choose(one, other) if {type(one), type(other)} <= {int, float} else None


def _required(one: Any, other: Any) -> list[Any] | None:
    return [*dict.fromkeys([*one, *other])] if isinstance(one, list) and isinstance(other, list) else None


def _types(one: Any, other: Any) -> Any:
    known = set(_kinds(other))
    found = [*dict.fromkeys(kind for kind in _kinds(one) if kind in known)]
    if 'number' in found and 'integer' in found:
        found.remove('integer')
    return None if not found else found[0] if len(found) == 1 else found


def _kinds(types: Any) -> Iterator[str]:
    for kind in cast('list[str]', types) if isinstance(types, list) else [str(types)]:
        yield kind
        if kind == 'number':
            yield 'integer'


def _values(one: Any, other: Any) -> list[Any] | None:
    if not (isinstance(one, list) and isinstance(other, list)):
        return None
    known = {to_json(value) for value in cast('list[Any]', other)}
    return [value for value in cast('list[Any]', one) if to_json(value) in known] or None


_JOINING: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(_LEAST, _numbers(max)),
    **dict.fromkeys(_MOST, _numbers(min)),
    'required': _required,
    'type': _types,
    'enum': _values,
    'uniqueItems': lambda one, other: one or other,
}
