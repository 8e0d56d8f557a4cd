# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tool calls that arrive in pieces."""

from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json

from genkit._base.extract import extract_json
from genkit._base.json_stream import JsonStream
from genkit.plugin.tool_names import ToolNames
from genkit.types import ToolRequest, ToolRequestPart


@dataclass(slots=True)
class _Call:
    name: str = ''
    ref: str | None = None
    pieces: list[str] = field(default_factory=list[str])
    reader: JsonStream = field(default_factory=JsonStream)
    metadata: dict[str, Any] | None = None


class ToolCallAssembler:
    """Puts the pieces of a stream's tool calls together.

    Each piece gives a chunk with ``partial`` set, and at the end there is one whole part for each call, in order.

    Args:
        names: Gives the tools their own names back.
    """

    def __init__(self, names: ToolNames) -> None:
        self._names = names
        self._calls: dict[Any, _Call] = {}

    def add(
        self,
        key: Any,
        *,
        name: str | None = None,
        ref: str | None = None,
        arguments: str = '',
        metadata: dict[str, Any] | None = None,
    ) -> ToolRequestPart:
        """Take a piece and return the call as far as it is known.

        Args:
            key: Tells the calls of one stream apart, such as their index.
            name: The provider's name of the tool, which comes with the first piece.
            ref: The provider's id of the call.
            arguments: JSON text, in pieces.
            metadata: For the part, such as a signature.
        """
        call = self._calls.setdefault(key, _Call())
        call.name = name or call.name
        call.ref = ref or call.ref
        call.metadata = metadata or call.metadata
        if arguments:
            call.pieces.append(arguments)
            call.reader.feed(arguments)  # each character is read once, however many pieces there are
        return self._part(call, call.reader.snapshot(), partial=True)

    def finish(self) -> list[ToolRequestPart]:
        """Return the whole calls, in the order in which they began."""
        return [self._part(call, parse_arguments(''.join(call.pieces)), partial=None) for call in self._calls.values()]

    def _part(self, call: _Call, given: Any, *, partial: bool | None) -> ToolRequestPart:
        request = ToolRequest(name=self._names.from_wire(call.name), ref=call.ref, input=given, partial=partial)
        return ToolRequestPart(tool_request=request, metadata=call.metadata)


def parse_arguments(text: str) -> Any:
    """Return the arguments of a tool call.

    Text that is no JSON is repaired if that can be done, else returned as it is: the tool's schema then refuses it by
    name, and ``reask`` can send it back to the model.
    """
    if not text.strip():
        return {}
    try:
        return from_json(text)
    except ValueError:
        repaired = extract_json(text, throw_on_bad_json=False)
        return text if repaired is None else repaired
