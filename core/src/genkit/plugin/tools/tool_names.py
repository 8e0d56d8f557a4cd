# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools' names as a provider takes them, and back."""

import re
from collections.abc import Iterable
from typing import Final

from genkit.plugin.schema_dialects import ANY_TOOL_SCHEMAS, SchemaDialect
from genkit.plugin.tools.tool_inputs import ToolInputs
from genkit.types import ToolDefinition


_PLAIN: Final = re.compile(r'[^A-Za-z0-9_-]')


class ToolNames:
    """Maps the tool names of one request to names that the provider accepts, and back.

    Slashes and other characters become underscores, a name that is too long is cut, and a number keeps names apart.

    Args:
        tools: The request's.
        refused: Pattern of unsupported characters. Default: all but letters, digits, dashes and underscores.
        limit: The maximum length in characters.
        schemas: What the provider takes as the schema of an input.

    Attributes:
        inputs: What the tools take.
    """

    def __init__(
        self,
        tools: Iterable[ToolDefinition] | None,
        refused: re.Pattern[str] = _PLAIN,
        limit: int = 64,
        *,
        schemas: SchemaDialect = ANY_TOOL_SCHEMAS,
    ) -> None:
        tools = list(tools or ())
        self.inputs = ToolInputs(tools, schemas)
        self._refused = refused
        self._limit = limit
        self._to_wire: dict[str, str] = {}
        self._from_wire: dict[str, str] = {}
        for tool in tools:
            self.to_wire(tool.name)

    def to_wire(self, name: str) -> str:
        """Return the name that the provider is given; also for a tool of an earlier turn that is not offered now."""
        known = self._to_wire.get(name)
        if known is not None:
            return known
        candidate = self._refused.sub('_', name)[: self._limit] or '_'
        number = 1
        while self._from_wire.get(candidate, name) != name:
            number += 1
            suffix = f'_{number}'
            candidate = self._refused.sub('_', name)[: self._limit - len(suffix)] + suffix
        self._to_wire[name], self._from_wire[candidate] = candidate, name
        return candidate

    def from_wire(self, name: str) -> str:
        """Return the tool's own name."""
        return self._from_wire.get(name, name)

    def knows(self, name: str) -> bool:
        """Return whether a provider's name is that of a tool."""
        return name in self._from_wire
