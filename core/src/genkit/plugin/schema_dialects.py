# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas as providers take them: references resolved, objects closed, words left out."""

from collections.abc import Callable, Collection
from typing import Any, Final, cast

from genkit._base.errors import ErrorReason, GenkitError


Schema = dict[str, Any]

_DEFINING: Final = ('$defs', 'definitions')
_NAMED: Final = (*_DEFINING, 'properties', 'patternProperties')
_SINGLE: Final = ('items', 'additionalProperties', 'not', 'contains')
_LISTED: Final = ('anyOf', 'oneOf', 'allOf', 'prefixItems')


def inline_refs(schema: Schema) -> Schema:
    """Return a schema with every local ``$ref`` replaced by what it points to.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, if it refers to itself or to nothing.
    """
    definitions = {**schema.get('$defs', {}), **schema.get('definitions', {})}

    def resolve(node: Any, within: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [resolve(item, within) for item in cast('list[Any]', node)]
        if not isinstance(node, dict):
            return node
        members = cast('Schema', node)
        target = members.get('$ref')
        if not isinstance(target, str):
            return {key: resolve(value, within) for key, value in members.items() if key not in _DEFINING}
        if target in within:
            raise _unusable(schema, f'{target} refers to itself, and this provider takes no recursive schema')
        name = target.rpartition('/')[2]
        if name not in definitions:
            raise _unusable(schema, f'{target} points to nothing')
        beside = {key: value for key, value in members.items() if key != '$ref'}
        return {**resolve(definitions[name], (*within, target)), **resolve(beside, within)}

    return resolve(schema, ())


def is_recursive(schema: Schema) -> bool:
    """Return whether a schema refers to itself, so that its references cannot be resolved."""
    try:
        inline_refs(schema)
    except GenkitError:
        return True
    return False


def transformed(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return a schema with a function applied to it and to every schema within it, the inner ones first."""

    def any_of(node: Any) -> Any:
        return walk(cast('Schema', node)) if isinstance(node, dict) else node  # true and false are schemas, too

    def walk(node: Schema) -> Schema:
        members: Schema = {}
        for key, value in node.items():
            if key in _NAMED and isinstance(value, dict):
                members[key] = {name: any_of(inner) for name, inner in cast('dict[str, Any]', value).items()}
            elif key in _SINGLE:
                members[key] = any_of(value)
            elif key in _LISTED and isinstance(value, list):
                members[key] = [any_of(inner) for inner in cast('list[Any]', value)]
            else:
                members[key] = value
        return change(members)

    return walk(schema)


def closed(schema: Schema) -> Schema:
    """Return a schema whose objects take no further members, unless they say which."""

    def close(node: Schema) -> Schema:
        return {'additionalProperties': False, **node} if 'properties' in node else node

    return transformed(schema, close)


def without(schema: Schema, words: Collection[str]) -> Schema:
    """Return a schema without some words, such as ``title`` or ``format``."""
    return transformed(schema, lambda node: {key: value for key, value in node.items() if key not in words})


def is_closed(schema: Schema) -> bool:
    """Return whether every object of a schema lists all its members as required and takes no others."""
    loose: list[Schema] = []

    def look(node: Schema) -> Schema:
        if node.get('type') == 'object' or 'properties' in node:
            required = set(node.get('required', ()))
            if node.get('additionalProperties') is not False or set(node.get('properties', ())) - required:
                loose.append(node)
        return node

    transformed(schema, look)
    return not loose


def nullable_types(schema: Schema) -> Schema:
    """Return a schema in which ``nullable: true`` stands for null among the types, as OpenAPI 3.0 writes it."""

    def change(node: Schema) -> Schema:
        kinds = node.get('type')
        if isinstance(kinds, list) and 'null' in kinds:
            rest = [kind for kind in cast('list[str]', kinds) if kind != 'null']
            return {**node, 'type': rest[0] if len(rest) == 1 else rest, 'nullable': True}
        options = cast('list[Schema]', node.get('anyOf') or [])
        rest = [option for option in options if option.get('type') != 'null']
        if len(rest) == len(options):
            return node
        others = {key: value for key, value in node.items() if key != 'anyOf'}
        return {**others, **(rest[0] if len(rest) == 1 else {'anyOf': rest}), 'nullable': True}

    return transformed(schema, change)


def _unusable(schema: Schema, why: str) -> GenkitError:
    return GenkitError(
        f'Schema {schema.get("title") or "without title"!r} cannot be used: {why}.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
    )
