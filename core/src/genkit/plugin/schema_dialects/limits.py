# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How much there is in a schema of what providers limit."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.shapes import LISTED, NAMED, SINGLE


_DEEPEST: Final = 200


def find_excess(schema: Schema, limits: Mapping[str, int]) -> str | None:
    """Return what a fitted schema has too much of; None if it keeps within the limits."""
    if not limits:
        return None
    try:
        counts = _Counts(schema).of
    except _TooDeepError:
        return f'the definitions of the schema refer to one another more than {_DEEPEST} deep'
    for name, most in limits.items():
        if counts[name] > most:
            return f'the schema has {counts[name]} of {name!r}, more than {most}'
    return None


class _TooDeepError(Exception):
    """More depth than is counted."""


class _Counts:
    """Counts each schema once, and depth by way of references."""

    def __init__(self, schema: Schema) -> None:
        self.of: dict[str, int] = dict.fromkeys(('properties', 'optional', 'enum', 'unions'), 0)
        self._definitions = cast('dict[str, Schema]', schema.get('$defs') or {})
        self._depths: dict[str, int] = {}
        self.of['depth'] = self._depth({key: value for key, value in schema.items() if key != '$defs'})

    def _depth(self, node: Schema, around: int = 0) -> int:
        if around > _DEEPEST:
            raise _TooDeepError
        pointer = node.get('$ref')
        if isinstance(pointer, str):
            name = pointer.rpartition('/')[2]
            if name not in self._depths:
                self._depths[name] = 0  # a schema within itself is no deeper for that
                self._depths[name] = self._depth(self._definitions[name], around + 1)
            return self._depths[name]
        members: Schema = node.get('properties') or {}
        required = frozenset[str](node.get('required') or ())
        self.of['properties'] += len(members)
        self.of['optional'] += sum(name not in required for name in members)
        self.of['enum'] += len(node.get('enum') or ())
        self.of['unions'] += 'anyOf' in node or isinstance(node.get('type'), list)
        return bool(members) + max((self._depth(inner, around + 1) for inner in _within(node)), default=0)


def _within(node: Schema) -> Iterator[Schema]:
    for word in NAMED:
        yield from _schemas(list(cast('Schema', node.get(word) or {}).values()))
    for word in LISTED:
        yield from _schemas(node.get(word) or [])
    yield from _schemas([node.get(word) for word in SINGLE])


def _schemas(found: list[Any]) -> Iterator[Schema]:
    return (cast('Schema', each) for each in found if isinstance(each, dict))
