# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs of tools as protocols take them, which is as objects, and back."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from genkit._base.errors import ErrorReason, GenkitError
from genkit.plugin.schema_dialects import ANY_TOOL_SCHEMAS, Fitted, SchemaDialect, fit
from genkit.types import ToolDefinition


Schema = dict[str, Any]

DEFAULT_MEMBER: Final = 'input'
_NO_MEMBERS: Final[Schema] = {'type': 'object', 'properties': {}}


class ToolInputs:
    """Maps the tool inputs of one request to objects: an input such as a number becomes a property of an object.

    The property has the name of the tool's parameter.

    Args:
        tools: The request's.
        schemas: What the provider takes as the schema of an input.
    """

    def __init__(self, tools: Iterable[ToolDefinition] | None, schemas: SchemaDialect = ANY_TOOL_SCHEMAS) -> None:
        known = list(tools or ())
        self._schemas = schemas
        self._members = {tool.name: member for tool in known if (member := self._fit(tool).member) is not None}
        self._nullable = {tool.name for tool in known if tool.name in self._members and _takes_null(tool.input_schema)}

    def schema(self, tool: ToolDefinition) -> Schema:
        """Return the schema of a tool's input, which is that of an object, as the provider takes it.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``, for a tool whose input the provider has no
                words for.
        """
        fitted = self._fit(tool)
        if fitted.schema is None:
            raise GenkitError(
                f'Tool {tool.name!r} cannot be offered to this provider ({self._schemas.name}): {fitted.problem}. '
                'Change the type of its input, or leave the tool out.',
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_SCHEMA,
            )
        return fitted.schema

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

    def _fit(self, tool: ToolDefinition) -> Fitted:
        if not tool.input_schema:
            return Fitted(_NO_MEMBERS)
        member = (tool.metadata or {}).get('inputName')
        return fit(tool.input_schema, self._schemas, member=str(member or DEFAULT_MEMBER))


def _takes_null(schema: Schema | None) -> bool:
    schema = schema or {}
    options = [schema, *schema.get('anyOf', ()), *schema.get('oneOf', ())]
    return any(option.get('type') == 'null' or 'null' in (option.get('type') or ()) for option in options)
