# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole ones and streams."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from genkit.plugin import ToolCallAssembler, ToolNames, parse_arguments
from genkit.types import (
    CustomPart,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)
from pydantic_core import to_json

from genkit_anthropic.convert.tools import ANSWER_TOOL, Body
from genkit_anthropic.convert.usage import to_end, to_usage


def to_response(message: Mapping[str, Any], names: ToolNames) -> GenerateResponse[Any]:
    """Return a whole answer.

    A block that has no part of ours, such as the result of a tool that the provider ran, becomes
    ``CustomPart(custom={'anthropic': block})``, and is sent back as it came.

    Args:
        message: The protocol's, as data.
        names: Gives the tools their own names back.
    """
    parts = [part for block in message.get('content') or () if (part := _to_part(block, names)) is not None]
    return _answer(parts, message, dict(message))


class MessageStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    Args:
        names: Gives the tools their own names back.
    """

    def __init__(self, names: ToolNames) -> None:
        self._names = names
        self._calls = ToolCallAssembler(names)
        self._blocks: dict[int, _Block] = {}
        self._message: Body = {}

    def read(self, event: Any) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show."""
        part = None
        if event.type == 'content_block_delta':
            part = self._continue(event.index, event.delta)
        elif event.type == 'content_block_start':
            part = self._begin(event.index, plain(event.content_block))
        elif event.type == 'content_block_stop':
            part = self._end(event.index)
        elif event.type == 'message_start':
            self._message = plain(event.message)
        elif event.type == 'message_delta':
            self._close(plain(event.delta), plain(event.usage))
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer; its reason is ``unknown`` if the stream ended without one."""
        calls = iter(self._calls.finish())
        parts: list[Part] = []
        content: list[Body] = []
        for block in self._blocks.values():
            whole = block.whole()
            part = next(calls, None) if block.is_call else _to_part(whole, self._names)
            if block.is_call and isinstance(part, ToolRequestPart):
                whole = {**whole, 'input': part.tool_request.input}
            content.append(whole)
            if part is not None:
                parts.append(part)
        return _answer(parts, self._message, {**self._message, 'content': content})

    def _begin(self, index: int, start: Body) -> Part | None:
        block = self._blocks[index] = _Block(start)
        if block.is_call:
            return self._calls.add(
                index,
                name=start.get('name'),
                ref=start.get('id'),
                arguments=to_json(start['input']).decode() if start.get('input') else '',
                metadata=_caller(start),
            )
        said = start.get('text') or start.get('thinking')
        return block.piece(said) if said else None

    def _continue(self, index: int, delta: Any) -> Part | None:
        block = self._blocks.get(index)
        if block is None:
            return None
        if delta.type == 'input_json_delta' and block.is_call:
            return self._calls.add(index, arguments=delta.partial_json)
        if delta.type == 'signature_delta':
            block.start['signature'] = delta.signature
        elif delta.type == 'citations_delta':
            citation = plain(delta.citation)
            block.citations.append(citation)
            return TextPart(text='', metadata={'citations': [citation]})
        else:
            said = next(
                (text for name in ('text', 'thinking', 'partial_json') if (text := getattr(delta, name, None))), ''
            )
            return block.piece(said) if said else None
        return None

    def _end(self, index: int) -> Part | None:
        block = self._blocks.get(index)
        return None if block is None or block.is_said or block.is_call else _to_part(block.whole(), self._names)

    def _close(self, delta: Body, usage: Body) -> None:
        counted = {name: value for name, value in usage.items() if value is not None}
        self._message.update({name: value for name, value in delta.items() if value is not None})
        self._message['usage'] = {**(self._message.get('usage') or {}), **counted}


@dataclass(slots=True)
class _Block:
    """A block that is still being written.

    Attributes:
        start: As it began.
        pieces: Its text, thoughts, or JSON.
        citations: Of its text.
    """

    start: Body
    pieces: list[str] = field(default_factory=list[str])
    citations: list[Body] = field(default_factory=list[Body])

    @property
    def is_call(self) -> bool:
        """Whether it calls a tool of the application."""
        return self.start['type'] == 'tool_use' and self.start.get('name') != ANSWER_TOOL

    @property
    def is_said(self) -> bool:
        """Whether its pieces are shown as they come."""
        return self.start['type'] in ('text', 'thinking') or self.start.get('name') == ANSWER_TOOL

    def piece(self, said: str) -> Part | None:
        """Take a piece and return it as a part; None for one that is not shown."""
        self.pieces.append(said)
        if not self.is_said:
            return None
        return (
            ReasoningPart.trusted(reasoning=said) if self.start['type'] == 'thinking' else TextPart.trusted(text=said)
        )

    def whole(self) -> Body:
        """Return the block as it would be in a whole answer."""
        said = ''.join(self.pieces)
        kind = self.start['type']
        if kind in ('text', 'thinking'):
            return {**self.start, kind: said, **({'citations': self.citations} if self.citations else {})}
        return {**self.start, 'input': parse_arguments(said)} if said else self.start


def plain(value: Any) -> Body:
    """Return an object of the vendor's library as data: what the provider sent, and nothing else."""
    if isinstance(value, Mapping):
        return dict(cast('Mapping[str, Any]', value))
    return value.model_dump(mode='json', exclude_unset=True, warnings=False)


def _to_part(block: Body, names: ToolNames) -> Part | None:
    kind = block.get('type')
    if kind == 'text':
        cited = block.get('citations')
        return TextPart(text=block['text'], metadata={'citations': cited} if cited else None) if block['text'] else None
    if kind == 'thinking':
        signature = block.get('signature')
        metadata = {'signature': signature} if signature else None
        thought = block.get('thinking') or ''  # empty where the provider does not show it
        return ReasoningPart(reasoning=thought, metadata=metadata) if thought or signature else None
    if kind != 'tool_use':
        return CustomPart(custom={'anthropic': block})
    given = block.get('input')
    if block['name'] == ANSWER_TOOL:
        return TextPart(text=to_json(given).decode())
    call = ToolRequest(
        name=names.from_wire(block['name']),
        ref=block['id'],
        input=parse_arguments(given) if isinstance(given, str) else given or {},
    )
    return ToolRequestPart(tool_request=call, metadata=_caller(block))


def _caller(block: Body) -> dict[str, Any] | None:
    caller = block.get('caller')
    return None if caller is None or caller.get('type') == 'direct' else {'caller': caller}


def _answer(parts: list[Part], message: Mapping[str, Any], raw: Any) -> GenerateResponse[Any]:
    reason, sentence = to_end(message.get('stop_reason'), message.get('stop_details'))
    told = {
        'id': message.get('id'),
        'model': message.get('model'),
        'stopSequence': message.get('stop_sequence'),
        'container': message.get('container'),
    }
    return GenerateResponse.trusted(
        message=Message.trusted(role=Role.MODEL, content=parts),
        finish_reason=reason,
        finish_message=sentence,
        usage=to_usage(message.get('usage') or {}),
        custom={name: value for name, value in told.items() if value is not None},
        raw=raw,
    )
