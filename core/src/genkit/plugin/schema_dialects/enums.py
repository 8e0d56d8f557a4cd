# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Constants and enumerations, each with its type."""

from collections.abc import Collection
from typing import Any, Final, cast

from pydantic_core import to_json

from genkit.plugin.schema_dialects.dialect import Schema
from genkit.plugin.schema_dialects.notes import told


_TYPES: Final = {str: 'string', bool: 'boolean', int: 'integer', float: 'number', type(None): 'null'}
_ABOUT: Final = ('title', 'description', 'default', 'examples')


def kind_of(value: Any) -> str:
    """Return the type of a value in JSON."""
    return _TYPES.get(cast('type[Any]', type(value))) or ('array' if isinstance(value, list) else 'object')


def typed_enum(node: Schema, types: Collection[str]) -> Schema:
    """Return a node whose constant or enumeration is one of one type, or alternatives of them.

    Values that the node's type does not admit are left out. The node's other keywords go into the alternatives,
    if there are any.

    Args:
        node: A schema; without either it is returned as it is.
        types: The types of which the provider takes an enumeration. Values of other types go into the description.
    """
    if 'const' not in node and not node.get('enum'):
        return node
    values = _values(node)
    rest = {key: value for key, value in node.items() if key not in ('const', 'enum', 'type')}
    if any(kind_of(value) in {'object', 'array'} for value in values):  # which have no simpler form
        return {**rest, **({'type': node['type']} if 'type' in node else {}), 'enum': values}
    groups = _groups(node, values)
    if not groups:
        return {**rest, 'not': {}}
    options = [_option(kind, group, types) for kind, group in groups.items()]
    if len(options) == 1:
        told_ = [text for text in (rest.get('description'), options[0].get('description')) if text]
        return {**rest, **options[0], **({'description': '\n\n'.join(told_)} if told_ else {})}
    return {**told(rest, [word for word in rest if word not in _ABOUT]), 'anyOf': options}


def _values(node: Schema) -> list[Any]:
    given = node.get('enum')
    values = cast('list[Any]', given) if isinstance(given, list) else []
    if 'const' not in node:
        return values
    constant = to_json(node['const'])
    return [node['const']] if not values or constant in map(to_json, values) else []


def _groups(node: Schema, values: list[Any]) -> dict[str, list[Any]]:
    """Return the values by their types, as far as the node admits these."""
    given: Any = node.get('type')
    admitted: set[str] = set() if given is None else {given} if isinstance(given, str) else set(given)
    groups: dict[str, list[Any]] = {}
    for value in values:
        kind = kind_of(value)
        whole = kind == 'number' and float(value).is_integer()
        if (
            not admitted
            or kind in admitted
            or (kind == 'integer' and 'number' in admitted)
            or (whole and 'integer' in admitted)
        ):
            groups.setdefault(kind, []).append(value)
    if 'number' in groups and 'integer' in groups:
        groups['number'] = [value for value in values if type(value) in (int, float)]
        del groups['integer']
    if node.get('type') == 'number' and 'integer' in groups:
        groups = {'number' if kind == 'integer' else kind: group for kind, group in groups.items()}
    return groups


def _option(kind: str, values: list[Any], types: Collection[str]) -> Schema:
    if kind == 'null' or (kind == 'boolean' and set(values) == {True, False}):
        return {'type': kind}
    if kind in types:
        return {'type': kind, 'enum': values}
    return {'type': kind, 'description': f'{{enum: {values}}}'}
