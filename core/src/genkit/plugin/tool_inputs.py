# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs of tools as protocols take them, which is as objects, and back."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from genkit.types import ToolDefinition


Schema = dict[str, Any]

DEFAULT_MEMBER: Final = 'input'
_NO_MEMBERS: Final[Schema] = {'type': 'object', 'properties': {}}
_DEFINING: Final = ('$defs', 'definitions')
_LOCAL: Final = ('#/$defs/', '#/definitions/')


class ToolInputs:
    """What the tools of one request take: an input that is no object, such as a number, becomes the member of one.

    The member has the name of the tool's parameter.

    Args:
        tools: The request's.
    """

    def __init__(self, tools: Iterable[ToolDefinition] | None) -> None:
        known = list(tools or ())
        self._members = {tool.name: member for tool in known if (member := _member(tool)) is not None}
        self._nullable = {tool.name for tool in known if tool.name in self._members and _takes_null(tool.input_schema)}

    def schema(self, tool: ToolDefinition) -> Schema:
        """Return the schema of a tool's input, which is that of an object."""
        schema = tool.input_schema
        if not schema:
            return _NO_MEMBERS
        member = self._members.get(tool.name)
        if member is None:
            return _resolved(schema)
        inner = {key: value for key, value in schema.items() if key not in _DEFINING}
        definitions = {key: schema[key] for key in _DEFINING if key in schema}
        wrapped = {'type': 'object', 'properties': {member: inner}, 'required': [member]}
        return {**wrapped, 'additionalProperties': False, **definitions}

    def is_wrapped(self, name: str) -> bool:
        """Return whether the input of a tool, by its own name, becomes a member of an object."""
        return name in self._members

    def to_wire(self, name: str, given: Any) -> Any:
        """Return the arguments of a call as the provider has made it, or would have; None are no arguments."""
        member = self._members.get(name)
        if member is None or (given is None and name not in self._nullable):
            return given
        return {member: given}

    def from_wire(self, name: str, given: Any) -> Any:
        """Return the input that arguments stand for; what has another form is left for the tool to refuse."""
        member = self._members.get(name)
        if member is None or not isinstance(given, Mapping):
            return given
        members = cast('Mapping[str, Any]', given)
        if not members:
            return None
        return members[member] if list(members) == [member] else members


def _member(tool: ToolDefinition) -> str | None:
    """Return the name of the member that a tool's input becomes; None if it is an object."""
    schema = tool.input_schema
    if not schema or _is_object(_resolved(schema)):
        return None
    return str((tool.metadata or {}).get('inputName') or DEFAULT_MEMBER)


def _takes_null(schema: Schema | None) -> bool:
    schema = schema or {}
    options = [schema, *schema.get('anyOf', ()), *schema.get('oneOf', ())]
    return any(option.get('type') == 'null' or 'null' in (option.get('type') or ()) for option in options)


def _is_object(schema: Schema) -> bool:
    return schema.get('type') == 'object' or ('type' not in schema and 'properties' in schema)


def _resolved(schema: Schema) -> Schema:
    """Return a schema that refers to an object as that object; any other as it is."""
    target = schema.get('$ref')
    if not isinstance(target, str) or not target.startswith(_LOCAL):
        return schema
    place, name = target.removeprefix('#/').split('/', 1)
    found = cast('Schema', schema.get(place) or {}).get(name)
    if not isinstance(found, dict) or not _is_object(cast('Schema', found)):
        return schema
    return {**cast('Schema', found), **{key: value for key, value in schema.items() if key != '$ref'}}
