# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Values as the JSON text that a span records: never an error, and nothing used up by it.

A value is written at once, as it may change; its credentials are replaced when the text is read. Most spans are read by
a thread of an exporter, and many by nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self, cast

from genkit._base.secrets import REDACTED, redact_json
from genkit._base.serialize import dump_json, without_iterators
from genkit.types import GenerateActionOptions, GenerateRequest, WireModel


_CLEAN: Final[Mapping[str, Any]] = MappingProxyType({})  # in place of members: the text has no credentials
_HIDDEN_CONTEXT: Final = ('auth', 'secrets')
_MOST_SCHEMAS: Final = 1024
_SCHEMA_OF: Final = {GenerateActionOptions: ('json_schema', 'jsonSchema'), GenerateRequest: ('schema_', 'schema')}

# What travels between programs is JSON: tools and flows check what they put in.
_WIRE: Final = (WireModel,)

# The schemas that were made of types, by the identity of their properties, which shallow copies share.
_SCHEMAS: Final[dict[int, tuple[dict[str, Any], list['Recorded']]]] = {}


class Recorded:
    """The JSON text of a value; `str` gives it without credentials.

    Args:
        text: JSON text, or what was recorded before.
        members: What is added to the object that the text is, by name.
    """

    __slots__ = ('_parts',)

    def __init__(self, text: str | Self, members: Mapping[str, Self] | None = None) -> None:
        # In one place, which is replaced as a whole, as several threads may read the same text.
        self._parts: tuple[str | Self, Mapping[str, Self] | None] = (text, members)

    @property
    def is_object(self) -> bool:
        """Whether the value is a JSON object, and can be given more members."""
        text = self._parts[0]
        return text.startswith('{') if isinstance(text, str) else text.is_object

    def __str__(self) -> str:
        """Return the text without credentials; never an error."""
        text, members = self._parts
        if members is _CLEAN:
            return cast('str', text)
        try:
            text = redact_json(text) if isinstance(text, str) else str(text)
            for name, member in (members or {}).items():
                text = f'{text[:-1]}{"" if text == "{}" else ","}"{name}":{member}}}'
        except Exception as error:  # noqa: BLE001  (reading a span must not fail)
            text = _unwritable_text(text, error)
        self._parts = (text, _CLEAN)
        return text


def recorded(value: Any) -> Recorded:
    """Return a value as JSON text."""
    try:
        if not isinstance(value, WireModel):
            return Recorded(dump_json(without_iterators(value, _WIRE)))
        schema = _SCHEMA_OF.get(cast('Any', value.__class__))
        asked: Any = getattr(value, 'output', None) if schema is not None else None
        if schema is not None and asked is not None:
            output = _recorded_output(asked, *schema)
            if output is not None:
                return _around(value, 'output', 'output', output)
        return Recorded(dump_json(value))
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return _unwritable(value, error)


def recorded_around(value: Any, member: str, known: Recorded) -> Recorded:
    """Return a model as JSON text around that of a member, which was recorded before and is not written again."""
    try:
        return _around(value, member, member, known)
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return _unwritable(value, error)


def recorded_context(context: Mapping[str, Any]) -> Recorded:
    """Return a call's context as JSON text, without authentication data and secrets."""
    return recorded({name: REDACTED if name in _HIDDEN_CONTEXT else value for name, value in context.items()})


def remember_schema(schema: dict[str, Any]) -> None:
    """Write a schema only once however often it is recorded; nobody may change what is in its properties."""
    if 'properties' in schema:
        if len(_SCHEMAS) >= _MOST_SCHEMAS:
            _SCHEMAS.clear()
        _SCHEMAS[id(schema['properties'])] = (schema, [])


def _recorded_output(output: Any, member: str, name: str) -> Recorded | None:
    """Return the text of what a model is asked to write, if its schema is one that is remembered."""
    schema = getattr(output, member)
    known = _SCHEMAS.get(id(schema.get('properties'))) if schema else None
    if known is None or known[0] != schema:
        return None
    written = known[1]
    if not written:
        written.append(Recorded(dump_json(schema)))
    return _around(output, member, name, written[0])


def _around(value: Any, member: str, name: str, known: Recorded) -> Recorded:
    """Return a model's text with that of a member, which JSON calls by its own name."""
    return Recorded(dump_json(value, exclude={member}), {name: known})


def _unwritable(value: Any, error: Exception) -> Recorded:
    return Recorded(_unwritable_text(value, error))


def _unwritable_text(value: Any, error: Exception) -> str:
    return dump_json(f'<{type(value).__name__} cannot be recorded: {type(error).__name__}>')
