# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole ones and streams."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import (
    TextPieces,
    ToolCallAssembler,
    ToolNames,
    cut_short,
    items_of,
    members_of,
    parse_arguments,
    text_of,
    tool_request_part,
    whole_characters,
)
from genkit.types import (
    CustomPart,
    FinishReason,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
)
from pydantic_core import to_json

from genkit_anthropic.convert.tools import ANSWER_TOOL, Body
from genkit_anthropic.convert.usage import to_end, to_usage
from genkit_anthropic.errors import to_error


_BLOCK_OF_DELTA: Final = {
    'text_delta': 'text',
    'citations_delta': 'text',
    'thinking_delta': 'thinking',
    'signature_delta': 'thinking',
}


def to_response(message: Mapping[str, Any], names: ToolNames) -> GenerateResponse[Any]:
    """Return a whole answer.

    A block that has no part of ours, such as the result of a tool that the provider ran, becomes
    ``CustomPart(custom={'anthropic': block})``, and is sent back as it came.

    Args:
        message: The protocol's, as data.
        names: Gives the tools their own names back.

    Raises:
        GenkitError: A member holds what cannot be meant.
    """
    content = message.get('content')
    blocks = [_text_block(content)] if isinstance(content, str) else items_of(content, 'content')
    parts = [part for block in blocks if (part := _to_part(block, names)) is not None]
    return _answer(parts, message, dict(message))


class MessageStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    The start event of a block identifies it; the index only says which block a piece belongs to.

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.
    """

    def __init__(self, names: ToolNames, source: str = 'anthropic', secrets: Sequence[str | None] = ()) -> None:
        self._names = names
        self._source = source
        self._secrets = secrets
        self._blocks: list[_Block] = []
        self._last: dict[Any, _Block] = {}
        self._at: dict[tuple[Any, str | None], _Block] = {}  # several kinds may stand at one index
        self._message: Body = {}
        self._is_begun = self._is_ended = False

    def read(self, event: Any) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Args:
            event: The protocol's, as data or as an object of the vendor's library.

        Raises:
            GenkitError: A member holds what cannot be meant.
        """
        body: Body = cast('Body', event) if isinstance(event, dict) else plain(event)
        kind = body.get('type')
        part = None
        if kind == 'content_block_delta':
            part = self._continue(_key(body), members_of(body.get('delta'), 'delta'))
        elif kind == 'content_block_start':
            part = self._begin(_key(body), members_of(body.get('content_block'), 'content_block'))
        elif kind == 'content_block_stop':
            part = self._end(self._last.get(_key(body)))
        elif kind == 'message_start':
            self._is_begun = True
            self._message = dict(members_of(body.get('message'), 'message'))
        elif kind == 'message_delta':
            self._close(members_of(body.get('delta'), 'delta'), members_of(body.get('usage'), 'usage'))
        elif kind == 'message_stop':
            self._is_ended = True
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self, seen: bytes = b'') -> GenerateResponse[Any]:
        """Return the whole answer.

        Args:
            seen: How the stream began, for the error if nothing of it was of the protocol.

        Raises:
            GenkitError: ``DATA_LOSS`` if the stream stopped before its end: neither a reason to stop nor
                ``message_stop`` came. ``UNAVAILABLE``, or what the provider says, if it did not even begin.
        """
        if not (self._is_begun or self._is_ended or self._blocks):
            raise to_error(self._source, seen, self._secrets)
        if not self._is_begun or not self._is_ended:
            raise cut_short(self._source, 'message_stop' if self._is_begun else 'message_start')
        for block in self._blocks:
            if block.call is not None and not block.is_ended and not self._is_short():
                raise cut_short(self._source, 'the end of a tool call')
            self._end(block)
        parts: list[Part] = []
        content: list[Body] = []
        for block in self._blocks:
            whole = block.whole()
            part = _to_part(whole, self._names)
            if block.call is not None:
                [part] = block.call.finish()
                called = part.tool_request
                whole = {**whole, 'input': self._names.inputs.to_wire(called.name, called.input)}
            content.append(whole)
            if part is not None:
                parts.append(part)
        return _answer(parts, self._message, {**self._message, 'content': content})

    def _is_short(self) -> bool:
        """Return whether the answer says itself that something of it is missing."""
        return to_end(self._message.get('stop_reason'), None)[0] in {FinishReason.LENGTH, FinishReason.BLOCKED}

    def _begin(self, key: Any, start: Body) -> Part | None:
        block = _Block({'type': 'text', **start})
        self._last[key] = self._at[key, block.kind if block.kind in _BLOCK_OF_DELTA.values() else None] = block
        self._blocks.append(block)
        if block.kind == 'tool_use' and start.get('name') != ANSWER_TOOL:
            block.call = ToolCallAssembler(self._names)  # its own: the protocol says where a call begins and ends
            return block.call.add(0, name=_name(start), ref=_ref(start), metadata=_caller(start))
        said = text_of(start.get('text') or start.get('thinking'), 'content_block.text')
        return block.piece(said) if said else None

    def _continue(self, key: Any, delta: Body) -> Part | None:
        kind = delta.get('type')
        wanted = _BLOCK_OF_DELTA.get(kind) if isinstance(kind, str) else None
        block = self._at.get((key, wanted))
        if wanted is not None and (block is None or block.is_ended):
            self._begin(key, {'type': wanted})
            block = self._at[key, wanted]
        if block is None:
            if kind == 'input_json_delta':
                raise cut_short(self._source, 'the beginning of a tool call')
            return None
        if kind == 'signature_delta':
            block.start['signature'] = delta.get('signature')
            return None
        if kind == 'citations_delta':
            citation = members_of(delta.get('citation'), 'delta.citation')
            block.citations.append(citation)
            return TextPart(text='', metadata={'citations': [citation]})
        name = next((name for name in ('text', 'thinking', 'partial_json') if delta.get(name)), None)
        if name is None:
            return None
        said = _json_text(delta[name]) if name == 'partial_json' else text_of(delta[name], f'delta.{name}')
        return block.piece(said)

    def _end(self, block: '_Block | None') -> Part | None:
        """End a block, once; what came of it at its beginning counts if nothing followed."""
        if block is None or block.is_ended:
            return None
        block.is_ended = True
        left = block.joined.close()
        begun = block.start.get('input')
        if block.call is not None and begun and not block.pieces:
            left = _json_text(begun)
        part = block.shown(left) if left else None
        return part if block.is_said or block.call is not None else _to_part(block.whole(), self._names)

    def _close(self, delta: Body, usage: Body) -> None:
        counted = {name: value for name, value in usage.items() if value is not None}
        self._message.update({name: value for name, value in delta.items() if value is not None})
        self._message['usage'] = {**members_of(self._message.get('usage'), 'usage'), **counted}
        self._is_ended = self._is_ended or delta.get('stop_reason') is not None


@dataclass(slots=True)
class _Block:
    """A block that is still being written.

    Attributes:
        start: As it began.
        call: Puts it together, if it calls a tool of the application.
        pieces: Its text, thoughts, or JSON.
        citations: Of its text.
        joined: Joins characters that come in halves.
        is_ended: Whether no more of it will come.
    """

    start: Body
    call: ToolCallAssembler | None = None
    pieces: list[str] = field(default_factory=list[str])
    citations: list[Body] = field(default_factory=list[Body])
    joined: TextPieces = field(default_factory=TextPieces)
    is_ended: bool = False

    @property
    def kind(self) -> Any:
        """The protocol's name of what it is."""
        return self.start['type']

    @property
    def is_said(self) -> bool:
        """Whether its pieces are shown as they come."""
        return self.kind in ('text', 'thinking') or self.start.get('name') == ANSWER_TOOL

    def piece(self, said: str) -> Part | None:
        """Take a piece and return it as a part; None for one that is not shown."""
        whole = self.joined.add(said)
        return self.shown(whole) if whole else None

    def shown(self, said: str) -> Part | None:
        """Add a piece that is free of halves of characters, and return it as a part if it is shown."""
        self.pieces.append(said)
        if self.call is not None:
            return self.call.add(0, arguments=said)
        if not self.is_said:
            return None
        return ReasoningPart.trusted(reasoning=said) if self.kind == 'thinking' else TextPart.trusted(text=said)

    def whole(self) -> Body:
        """Return the block as it would be in a whole answer."""
        said = ''.join(self.pieces)
        if self.kind in ('text', 'thinking'):
            return {**self.start, self.kind: said, **({'citations': self.citations} if self.citations else {})}
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
        text = whole_characters(text_of(block.get('text'), 'content.text'))
        return TextPart(text=text, metadata={'citations': cited} if cited else None) if text else None
    if kind == 'thinking':
        signature = block.get('signature')
        metadata = {'signature': signature} if signature else None
        thought = whole_characters(text_of(block.get('thinking'), 'content.thinking'))
        return ReasoningPart(reasoning=thought, metadata=metadata) if thought or signature else None
    if kind != 'tool_use':
        return CustomPart(custom={'anthropic': block})
    given = block.get('input')
    if block.get('name') == ANSWER_TOOL:
        return TextPart(text=given if isinstance(given, str) else to_json(given).decode())
    return tool_request_part(names.from_wire(_name(block)), given, _ref(block), _caller(block), names)


def _text_block(text: str) -> Body:
    return {'type': 'text', 'text': text}


def _key(event: Body) -> Any:
    """Return where a piece belongs; without an index, to the last block that had none."""
    index = event.get('index')
    return index if isinstance(index, int | str) else None


def _name(call: Body) -> str:
    name = call.get('name')
    if not isinstance(name, str) or not name:
        raise GenkitError(
            f'The provider sent {name!r} as the name of a tool call, which must be a text; see whether base_url leads '
            'to a server that speaks this protocol.',
            status='INTERNAL',
        )
    return name


def _ref(call: Body) -> str | None:
    ref = call.get('id')
    return None if ref is None else str(ref)


def _json_text(given: Any) -> str:
    """Return a piece of JSON that a server may send as the value that it stands for."""
    return given if isinstance(given, str) else json.dumps(given)


def _caller(block: Body) -> dict[str, Any] | None:
    caller = members_of(block.get('caller'), 'caller')
    return None if not caller or caller.get('type') == 'direct' else {'caller': caller}


def _answer(parts: list[Part], message: Mapping[str, Any], raw: Any) -> GenerateResponse[Any]:
    reason, sentence = to_end(message.get('stop_reason'), members_of(message.get('stop_details'), 'stop_details'))
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
        usage=to_usage(members_of(message.get('usage'), 'usage')),
        custom={name: value for name, value in told.items() if value is not None},
        raw=raw,
    )
