# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Constants and enumerations, each with its type."""

from collections.abc import Collection
from typing import Any, Final, cast

from genkit.plugin.schema_dialects.dialect import Schema


_TYPES: Final = {str: 'string', bool: 'boolean', int: 'integer', float: 'number', type(None): 'null'}
_ABOUT: Final = ('title', 'description', 'default', 'examples')


def typed_enum(node: Schema, types: Collection[str]) -> Schema:
    """Return a node whose constant or enumeration is one of one type, or alternatives of them.

    Args:
        node: A schema; without either it is returned as it is.
        types: Of which the provider takes an enumeration. Values of another are told in the description.
    """
    if 'const' in node:
        node = {'enum' if key == 'const' else key: [value] if key == 'const' else value for key, value in node.items()}
    given = node.get('enum')
    values = cast('list[Any]', given) if isinstance(given, list) else []
    groups: dict[str, list[Any]] = {}
    for value in values:
        kind = _TYPES.get(cast('type[Any]', type(value)))
        if kind is None:
            return node  # an object or a list, which has no simpler form
        groups.setdefault(kind, []).append(value)
    if not groups:
        return node
    if 'number' in groups and 'integer' in groups:
        groups['number'] = [value for value in values if type(value) in (int, float)]
        del groups['integer']
    if node.get('type') == 'number' and 'integer' in groups:
        groups = {'number' if kind == 'integer' else kind: group for kind, group in groups.items()}
    options = [_option(kind, group, types) for kind, group in groups.items()]
    rest = {key: value for key, value in node.items() if key not in ('enum', 'type')}
    if len(options) == 1:
        told = [text for text in (rest.get('description'), options[0].get('description')) if text]
        return {**rest, **options[0], **({'description': '\n\n'.join(told)} if told else {})}
    about = {key: value for key, value in rest.items() if key in _ABOUT}
    return {**about, 'anyOf': [*cast('list[Any]', rest.get('anyOf') or []), *options]}


def _option(kind: str, values: list[Any], types: Collection[str]) -> Schema:
    if kind == 'null' or (kind == 'boolean' and set(values) == {True, False}):
        return {'type': kind}
    if kind in types:
        return {'type': kind, 'enum': values}
    return {'type': kind, 'description': f'{{enum: {values}}}'}
