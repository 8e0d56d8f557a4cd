# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Assembly of streamed tool calls."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import from_json

from genkit._base.extract import REPAIRED, UNFINISHED, read_final_json
from genkit._base.json_stream import JsonStream
from genkit.plugin.tools.tool_names import ToolNames
from genkit.plugin.wire_values import TextPieces, whole_characters
from genkit.types import ToolRequest, ToolRequestPart


# What may follow the arguments: anything else may be a part of them, and without it they mean something else.
_END: Final = re.compile(r'[\s;\ufeff]*(?:`{3,}[\s;]*)?')


@dataclass(slots=True, eq=False)
class _Call:
    ref: str | None
    name: str = ''
    pieces: list[str] = field(default_factory=list[str])
    reader: JsonStream = field(default_factory=JsonStream)
    characters: TextPieces = field(default_factory=TextPieces)
    metadata: dict[str, Any] | None = None
    shown_ref: str | None = None
    named_again: bool = False

    @property
    def begun(self) -> bool:
        """Whether any arguments have come."""
        return bool(self.pieces)

    @property
    def whole(self) -> bool:
        """Whether the arguments are complete."""
        if self.reader.complete:
            return True
        return not self.reader.started and len(self.pieces) == 1 and _is_json(self.pieces[0])


class ToolCallAssembler:
    """Assembles the tool calls of a stream from their chunks.

    Each piece gives a chunk with ``partial`` set, and at the end there is one whole part for each call, in order.

    A call is identified by its id; a position only joins pieces that carry no id. So a new id opens a new call, and so
    does a new name once the call at that position has arguments, whatever position the provider gives.

    Args:
        names: Gives the tools their own names back.
        distinct_refs: Whether a second call with the id of an earlier one gets its own id, for a protocol in
            which ids mean nothing to the provider beyond the conversation that is sent.
    """

    def __init__(self, names: ToolNames, *, distinct_refs: bool = False) -> None:
        self._names = names
        self._distinct_refs = distinct_refs
        self._calls: list[_Call] = []
        self._at: dict[Any, _Call] = {}
        self._of_ref: dict[str, _Call] = {}
        self._shown_refs: set[str] = set()

    def add(
        self,
        key: Any,
        *,
        name: str | None = None,
        ref: str | None = None,
        arguments: Any = '',
        metadata: dict[str, Any] | None = None,
    ) -> ToolRequestPart:
        """Take a piece and return the call as far as it is known.

        Args:
            key: The position that the provider gives, such as an index; pieces without an id belong to the last call
                there.
            name: The provider's name of the tool: whole, in pieces before the arguments, or repeated.
            ref: The provider's id of the call.
            arguments: JSON text, in pieces, or the whole value.
            metadata: For the part, such as a signature.
        """
        text = arguments if isinstance(arguments, str) else _as_text(arguments)
        called = whole_characters(name or '')
        ref = whole_characters(ref) if ref else None
        call = self._find(key, called, ref, text)
        if call is None:
            before = self._at.get(key)
            call = self._open(ref)
            call.name = before.name if before is not None and before.named_again and not called else ''
        self._at[key] = call
        call.named_again = bool(called) and not ref and call.whole and not text.strip()
        if ref and call.ref is None:
            self._name_ref(call, ref)
        call.name = self._joined(call, called)
        call.metadata = metadata or call.metadata
        text = call.characters.add(text)
        if text:
            call.pieces.append(text)
            call.reader.feed(text)  # each character is read once, however many pieces there are
        return self._part(call, call.reader.snapshot(), call.metadata, partial=True)

    def finish(self) -> list[ToolRequestPart]:
        """Return the whole calls, in the order in which they began.

        Arguments that are unfinished stay text, and the part's metadata holds ``unfinished``; where they were malformed
        and have been repaired, it holds ``repaired``.
        """
        return [self._whole(call) for call in self._calls]

    def _find(self, key: Any, name: str, ref: str | None, text: str) -> _Call | None:
        """Return the open call that a piece belongs to; None if it begins one."""
        at_key = self._at.get(key)
        known = self._of_ref.get(ref) if ref else None
        if known is not None:
            # After whole arguments, the id with another name, or elsewhere with arguments, is that of a second call.
            again = known.whole and name and (name != known.name or (known is not at_key and text.strip()))
            return None if again else known
        if at_key is None:
            return None
        if ref and (at_key.ref is not None or at_key.whole or (name and at_key.name)):
            return None
        return at_key if self._goes_on(at_key, name, text) else None

    def _goes_on(self, call: _Call, name: str, text: str) -> bool:
        """Return whether a piece without an id goes on with the call at its position."""
        if not name or not call.name:
            return not (call.named_again and text.strip())
        if call.begun:
            return name == call.name and not (call.whole and text.strip())
        if name == call.name or not (self._names.knows(name) and self._names.knows(call.name)):
            return True
        return self._names.knows(call.name + name)

    def _joined(self, call: _Call, name: str) -> str:
        """Return a call's name with a piece of it added; a name that is repeated is not a piece."""
        if not call.name or not name:
            return call.name or name
        return call.name if call.begun or name == call.name else call.name + name

    def _open(self, ref: str | None) -> _Call:
        call = _Call(None)
        self._calls.append(call)
        if ref:
            self._name_ref(call, ref)
        return call

    def _name_ref(self, call: _Call, ref: str) -> None:
        call.ref = call.shown_ref = ref
        if self._distinct_refs:
            call.shown_ref = distinct_ref(ref, self._shown_refs)
        self._of_ref[ref] = call

    def _whole(self, call: _Call) -> ToolRequestPart:
        given, noted = _read(''.join(call.pieces) + call.characters.close())
        return self._part(call, given, {**(call.metadata or {}), **noted} or None, partial=None)

    def _part(
        self, call: _Call, given: Any, metadata: dict[str, Any] | None, *, partial: bool | None
    ) -> ToolRequestPart:
        name = self._names.from_wire(call.name)
        given = self._names.inputs.from_wire(name, given)
        request = ToolRequest(name=name, ref=call.shown_ref, input=given, partial=partial)
        return ToolRequestPart(tool_request=request, metadata=metadata)


def tool_request_part(
    name: str,
    given: Any,
    ref: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    names: ToolNames | None = None,
) -> ToolRequestPart:
    """Return the part of a tool call that was not streamed.

    Arguments that are unfinished stay text, and the part's metadata holds ``unfinished``; where they were malformed
    and have been repaired, it holds ``repaired``.

    Args:
        name: The tool's own name.
        given: The arguments: JSON text, or the value itself.
        ref: The provider's id of the call.
        metadata: For the part, such as a signature.
        names: The request's tools; an input that is not an object comes as a member of one.
    """
    value, noted = _read(given)
    value = value if names is None else names.inputs.from_wire(name, value)
    request = ToolRequest(name=name, ref=ref, input=value)
    return ToolRequestPart(tool_request=request, metadata={**(metadata or {}), **noted} or None)


def parse_arguments(given: Any) -> Any:
    """Parse the arguments of a finished tool call.

    A value that is not text is returned as it is; None and blank text are no arguments. Text that is complete and
    malformed is repaired. Unfinished text is never completed: it is returned as it is, and so is text that is not JSON,
    or more than one document, or that goes on after its end with more than a code fence or a semicolon. The tool's
    schema then refuses it by name, and ``reask`` can send it back to the model.

    Args:
        given: JSON text, or the value itself.
    """
    return _read(given)[0]


def distinct_ref(ref: str, taken: set[str]) -> str:
    """Return an id, or one made from it if it is taken; the result is taken from then on."""
    candidate, number = ref, 1
    while candidate in taken:
        number += 1
        candidate = f'{ref}_{number}'
    taken.add(candidate)
    return candidate


def _read(given: Any) -> tuple[Any, dict[str, Any]]:
    """Return arguments, and what there is to note about how they came."""
    if not isinstance(given, str):
        return ({} if given is None else given), {}
    if not given.strip():
        return {}, {}
    given = whole_characters(given)
    found = read_final_json(given)
    if found is None or (found.repaired and not (found.alone and _END.fullmatch(found.rest))):
        return given, {}
    if found.unfinished:
        return given, {UNFINISHED: True}
    return found.value, {REPAIRED: True} if found.repaired else {}


def _as_text(given: Any) -> str:
    return '' if given is None else json.dumps(given, separators=(',', ':'))  # halves of characters stay escapes


def _is_json(text: str) -> bool:
    try:
        from_json(text)
    except ValueError:
        return False
    return True
