# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the references of a schema point to."""

from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import unquote

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.schema_dialects.dialect import Schema


DEFINING: Final = ('$defs', 'definitions')

# Words that hold schemas: by name, alone, and in a list.
NAMED: Final = ('properties', 'patternProperties', 'dependentSchemas')
SINGLE: Final = (
    *('items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'),
    *('unevaluatedItems', 'unevaluatedProperties'),
)
LISTED: Final = ('anyOf', 'oneOf', 'allOf', 'prefixItems')


class References:
    """The definitions of a schema, by names of their own.

    Args:
        schema: Whole.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names: dict[str, str] = {}
        self._targets: dict[str, Schema] = {}
        self._reached: dict[str, set[str]] = {}

    def name(self, pointer: str) -> str:
        """Return the name of what a reference points to.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if it points to nothing.
        """
        if pointer not in self._names:
            target = self._find(pointer)
            name = pointer.rpartition('/')[2] if pointer.startswith(('#/$defs/', '#/definitions/')) else ''
            name = name or pointer.strip('#/').replace('/', '_') or 'root'
            while name in self._targets:
                name += '_'
            self._names[pointer] = name
            self._targets[name] = {key: value for key, value in target.items() if key not in DEFINING}
        return self._names[pointer]

    def target(self, name: str) -> Schema:
        """Return the schema of a name."""
        return self._targets[name]

    def is_recursive(self, name: str) -> bool:
        """Return whether a schema refers to itself, perhaps by way of others."""
        return name in self._reach(name)

    def leads_to(self, name: str, other: str | None) -> bool:
        """Return whether a schema is another one or refers to it."""
        return name == other or other in self._reach(name)

    def _reach(self, name: str) -> set[str]:
        if name not in self._reached:
            reached: set[str] = set()
            waiting = [name]
            while waiting:
                further = {self.name(pointer) for pointer in _pointers(self._targets[waiting.pop()])} - reached
                reached |= further
                waiting += further
            self._reached[name] = reached
        return self._reached[name]

    def _find(self, pointer: str) -> Schema:
        found: Any = self._schema
        place, _, steps = pointer.partition('/')
        if place not in ('', '#') or not pointer.startswith('#'):
            raise _unusable(self._schema, f'{pointer!r} does not point into the schema')
        for step in steps.split('/') if steps else ():
            key = unquote(step).replace('~1', '/').replace('~0', '~')
            if isinstance(found, list) and key.isdigit() and int(key) < len(items := cast('list[Any]', found)):
                found = items[int(key)]
            elif isinstance(found, dict) and key in found:
                found = cast('Schema', found)[key]
            else:
                raise _unusable(self._schema, f'{pointer!r} points to nothing')
        if isinstance(found, dict):
            return cast('Schema', found)
        if found is True:
            return {}
        raise _unusable(self._schema, f'{pointer!r} points to something that is no schema')


def _pointers(node: Any) -> Iterator[str]:
    """Iterate over the references in a schema and the schemas within it, without those that are data."""
    if not isinstance(node, dict):
        return
    members = cast('Schema', node)
    if isinstance(members.get('$ref'), str):
        yield members['$ref']
    for word, value in members.items():
        if word in SINGLE:
            yield from _pointers(value)
        elif word in NAMED and isinstance(value, dict):
            for inner in cast('Schema', value).values():
                yield from _pointers(inner)
        elif word in LISTED and isinstance(value, list):
            for inner in cast('list[Any]', value):
                yield from _pointers(inner)


def _unusable(schema: Schema, why: str) -> GenkitError:
    return GenkitError(
        f'Schema {schema.get("title") or "without title"!r} cannot be used: the reference {why}. References look like '
        "'#/$defs/Name', and '$defs' holds what they point to.",
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
    )
