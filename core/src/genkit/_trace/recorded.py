# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Values as the JSON text that a span records: credentials replaced, never an error, and nothing used up by it."""

from collections.abc import Mapping
from typing import Any, Final

from genkit._base.secrets import REDACTED, redact_json
from genkit._base.serialize import dump_json, without_iterators
from genkit.types import GenerateActionOptions, GenerateRequest, WireModel


_HIDDEN_CONTEXT: Final = ('auth', 'secrets')
_MOST_SCHEMAS: Final = 1024
_SCHEMA_OF: Final = {GenerateActionOptions: ('json_schema', 'jsonSchema'), GenerateRequest: ('schema_', 'schema')}

# What travels between programs is JSON: tools and flows check what they put in.
_WIRE: Final = (WireModel,)

# The schemas that were made of types, by the identity of their properties, which shallow copies share.
_SCHEMAS: Final[dict[int, tuple[dict[str, Any], list[str]]]] = {}


def recorded(value: Any) -> str:
    """Return a value as JSON text, credentials replaced."""
    try:
        schema = _SCHEMA_OF.get(value.__class__)
        if schema is not None and value.output is not None:
            output = _recorded_output(value.output, *schema)
            if output is not None:
                return _spliced(value, 'output', 'output', output)
        return redact_json(dump_json(without_iterators(value, _WIRE)))
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return _unwritable(value, error)


def recorded_around(value: Any, member: str, text: str) -> str:
    """Return a model as JSON text around that of a member, which was recorded before and is not written again."""
    try:
        return _spliced(value, member, member, text)
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return _unwritable(value, error)


def recorded_context(context: Mapping[str, Any]) -> str:
    """Return a call's context as JSON text, who is asking and every secret left out."""
    return recorded({name: REDACTED if name in _HIDDEN_CONTEXT else value for name, value in context.items()})


def remember_schema(schema: dict[str, Any]) -> None:
    """Write a schema only once however often it is recorded; nobody may change what is in its properties."""
    if 'properties' in schema:
        if len(_SCHEMAS) >= _MOST_SCHEMAS:
            _SCHEMAS.clear()
        _SCHEMAS[id(schema['properties'])] = (schema, [])


def _recorded_output(output: Any, member: str, name: str) -> str | None:
    """Return the text of what a model is asked to write, if its schema is one that is remembered."""
    schema = getattr(output, member)
    known = _SCHEMAS.get(id(schema.get('properties'))) if schema else None
    if known is None or known[0] != schema:
        return None
    text = known[1]
    if not text:
        text.append(redact_json(dump_json(schema)))
    return _spliced(output, member, name, text[0])


def _spliced(value: Any, member: str, name: str, text: str) -> str:
    """Return a model's text with that of a member, which JSON calls by a name of its own."""
    rest = redact_json(dump_json(value, exclude={member}))
    return f'{rest[:-1]},"{name}":{text}}}' if rest != '{}' else f'{{"{name}":{text}}}'


def _unwritable(value: Any, error: Exception) -> str:
    return dump_json(f'<{type(value).__name__} cannot be recorded: {type(error).__name__}>')
