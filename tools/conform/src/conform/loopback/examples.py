# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The smallest JSON value that a schema allows, to be sent as a model's answer."""

from typing import Any, Final, cast


_PLAIN: Final[dict[str, Any]] = {'string': 'text', 'number': 4.5, 'integer': 4, 'boolean': True, 'null': None}


def example(schema: Any, root: Any = None) -> Any:
    """Return a value that a schema allows; of alternatives the first.

    Knows the keywords with which specs describe answers: types, members, items, alternatives, constants, references
    within the schema, and the least length or number.
    """
    root = schema if root is None else root
    if not isinstance(schema, dict):
        return {}
    members = cast('dict[str, Any]', schema)
    if '$ref' in members:
        return example(_referred(members['$ref'], root), root)
    if 'const' in members or 'enum' in members:
        return members['const'] if 'const' in members else members['enum'][0]
    for alternatives in ('anyOf', 'oneOf', 'allOf'):
        if members.get(alternatives):
            return example(members[alternatives][0], root)
    kind = members.get('type', 'object')
    return _of_type(kind[0] if isinstance(kind, list) else kind, members, root)


def _of_type(kind: Any, schema: dict[str, Any], root: Any) -> Any:
    if kind == 'object':
        properties: dict[str, Any] = schema.get('properties') or {}
        return {
            name: example(properties.get(name, {'type': 'string'}), root) for name in schema.get('required', properties)
        }
    if kind == 'array':
        return [example(schema.get('items', {'type': 'string'}), root)] * max(1, schema.get('minItems', 1))
    if kind == 'string':
        return 'text'.ljust(schema.get('minLength', 0), '.')[: schema.get('maxLength')]
    value: Any = _PLAIN.get(kind)
    if kind in ('number', 'integer'):
        value = max(value, schema.get('minimum', value))
        return min(value, schema.get('maximum', value))
    return value


def _referred(reference: str, root: Any) -> Any:
    found = root
    for step in reference.removeprefix('#/').split('/'):
        found = found[step]
    return found
