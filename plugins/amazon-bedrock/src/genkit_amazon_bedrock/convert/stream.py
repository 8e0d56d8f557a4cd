# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the answers of Converse to ours, whole ones and streams."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import (
    TextPieces,
    ToolCallAssembler,
    ToolNames,
    bytes_of,
    cut_short,
    items_of,
    made_media,
    members_of,
    parse_arguments,
    text_of,
    tool_request_part,
)
from genkit.types import (
    CustomPart,
    FinishReason,
    GenerateResponse,
    GenerateResponseChunk,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
)
from pydantic_core import to_json

from genkit_amazon_bedrock.convert.tools import ANSWER_TOOL, Body
from genkit_amazon_bedrock.convert.usage import to_end, to_usage


_REQUEST_ID: Final = 'x-amzn-requestid'
_RUN_BY_PROVIDER: Final = 'server_tool_use'
# What of an answer stands beside its message.
_TOLD: Final = ('trace', 'performanceConfig', 'serviceTier', 'additionalModelResponseFields')


def to_response(answer: Body, names: ToolNames, headers: Mapping[str, str]) -> GenerateResponse[Any]:
    """Return a whole answer.

    A block that has no part of ours, such as the result of a tool that the provider ran, becomes
    ``CustomPart(custom={'bedrock': block})``, and is sent back as it came.

    Args:
        answer: The protocol's.
        names: Gives the tools their own names back.
        headers: Of HTTP.

    Raises:
        GenkitError: A member holds what cannot be meant.
    """
    message = members_of(members_of(answer.get('output'), 'output').get('message'), 'output.message')
    content = message.get('content')
    blocks = [{'text': content}] if isinstance(content, str) else items_of(content, 'output.message.content')
    parts = [part for block in blocks if (part := _to_part(block, names)) is not None]
    return _response(parts, answer, headers)


class ConverseStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    Only blocks of tools have a beginning; others begin with their first piece. The index says which block a piece
    belongs to, and pieces of another kind at the same index are another block.

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
        headers: Of HTTP.
    """

    def __init__(self, names: ToolNames, source: str, headers: Mapping[str, str]) -> None:
        self._names = names
        self._source = source
        self._headers = headers
        self._blocks: list[_Block] = []
        self._at: dict[tuple[Any, str], _Block] = {}
        self._answer: Body = {}
        self._is_ended = False

    def read(self, name: str, body: Body) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Raises:
            GenkitError: A member holds what cannot be meant.
        """
        part = None
        index = body.get('contentBlockIndex')
        key = index if isinstance(index, int | str) else None
        if name == 'contentBlockDelta':
            part = self._continue(key, members_of(body.get('delta'), 'delta'))
        elif name == 'contentBlockStart':
            part = self._begin(key, members_of(body.get('start'), 'start'))
        elif name == 'contentBlockStop':
            part = self._stop(key)
        elif name == 'messageStop':
            self._is_ended = True
            self._answer.update(_stated(body, 'stopReason', 'additionalModelResponseFields'))
        elif name == 'metadata':
            self._answer.update(_stated(body, 'usage', 'metrics', *_TOLD))
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer.

        Raises:
            GenkitError: ``DATA_LOSS`` if the stream stopped before its end.
        """
        if not self._is_ended:
            raise cut_short(self._source, 'messageStop')
        is_short = to_end(self._answer.get('stopReason'), '')[0] in (FinishReason.LENGTH, FinishReason.BLOCKED)
        parts: list[Part] = []
        content: list[Body] = []
        for block in self._blocks:
            if block.call is not None and not block.is_ended and not is_short:
                raise cut_short(self._source, 'the end of a tool call')
            block.end()
            whole = block.whole()
            part = _to_part(whole, self._names)
            if block.call is not None:
                [part] = block.call.finish()
                called = part.tool_request
                whole['toolUse']['input'] = self._names.inputs.to_wire(called.name, called.input)
            content.append(whole)
            if part is not None:
                parts.append(part)
        message = {'role': 'assistant', 'content': content}
        return _response(parts, {'output': {'message': message}, **self._answer}, self._headers)

    def _begin(self, key: Any, start: Body) -> Part | None:
        kind = next((name for name in start if isinstance(start[name], dict)), None)
        if kind is None:
            return None
        block = self._open(key, kind, members_of(start[kind], f'start.{kind}'))
        if kind != 'toolUse' or block.is_answer or block.start.get('type') == _RUN_BY_PROVIDER:
            return None
        block.call = ToolCallAssembler(self._names)  # its own: the protocol says where a call begins and ends
        return block.call.add(0, name=_name(block.start), ref=_ref(block.start))

    def _open(self, key: Any, kind: str, start: Body | None = None) -> '_Block':
        block = self._at[key, kind] = _Block(kind, dict(start or {}))
        self._blocks.append(block)
        return block

    def _continue(self, key: Any, delta: Body) -> Part | None:
        if (said := delta.get('text')) is not None:
            return self._block(key, 'text').piece(text_of(said, 'delta.text'))
        if (citation := delta.get('citation')) is not None:
            self._block(key, 'text').citations.append(members_of(citation, 'delta.citation'))
            return TextPart(text='', metadata={'citations': [citation]})
        if (thought := delta.get('reasoningContent')) is not None:
            return self._think(key, members_of(thought, 'delta.reasoningContent'))
        if (called := delta.get('toolUse')) is not None:
            block = self._at.get((key, 'toolUse'))
            if block is None:
                raise cut_short(self._source, 'the beginning of a tool call')
            given = members_of(called, 'delta.toolUse').get('input')
            return None if given is None else block.piece(given if isinstance(given, str) else json.dumps(given))
        for kind in ('image', 'toolResult'):
            if (block := self._at.get((key, kind))) is not None and delta.get(kind) is not None:
                block.others += items_of(delta[kind], f'delta.{kind}')
        return None

    def _think(self, key: Any, thought: Body) -> Part | None:
        if (hidden := thought.get('redactedContent')) is not None:
            block = self._block(key, 'redacted')
            block.pieces.append(text_of(hidden, 'delta.reasoningContent.redactedContent'))
            return None
        block = self._block(key, 'reasoning')
        if (signature := thought.get('signature')) is not None:
            block.start['signature'] = text_of(signature, 'delta.reasoningContent.signature')
        said = thought.get('text')
        return None if said is None else block.piece(text_of(said, 'delta.reasoningContent.text'))

    def _block(self, key: Any, kind: str) -> '_Block':
        block = self._at.get((key, kind))
        return self._open(key, kind) if block is None or block.is_ended else block

    def _stop(self, key: Any) -> Part | None:
        """End the blocks at an index, and return what is shown only then."""
        shown: Part | None = None
        for (place, _), block in self._at.items():
            if place == key and not block.is_ended:
                left = block.end()
                shown = left or shown
                if block.kind not in ('text', 'reasoning', 'toolUse'):
                    shown = _to_part(block.whole(), self._names)
        return shown


@dataclass(slots=True)
class _Block:
    """A block that is still being written.

    Attributes:
        kind: ``text``, ``reasoning``, ``redacted``, or the protocol's name of what it is.
        start: As it began.
        call: Puts it together, if it calls a tool of the application.
        pieces: Its text, thoughts, or JSON.
        citations: Of its text.
        others: Pieces that are objects.
        joined: Joins characters that come in halves.
        is_ended: Whether no more of it will come.
    """

    kind: str
    start: Body
    call: ToolCallAssembler | None = None
    pieces: list[str] = field(default_factory=list[str])
    citations: list[Body] = field(default_factory=list[Body])
    others: list[Body] = field(default_factory=list[Body])
    joined: TextPieces = field(default_factory=TextPieces)
    is_ended: bool = False

    @property
    def is_answer(self) -> bool:
        """Whether it is the call by which an answer is given."""
        return self.kind == 'toolUse' and self.start.get('name') == ANSWER_TOOL

    def piece(self, said: str) -> Part | None:
        """Take a piece and return it as a part; None for one that is not shown."""
        whole = self.joined.add(said)
        return self._shown(whole) if whole else None

    def end(self) -> Part | None:
        """End it, once, and return what was left to show."""
        left = '' if self.is_ended else self.joined.close()
        self.is_ended = True
        return self._shown(left) if left else None

    def whole(self) -> Body:
        """Return the block as it would be in a whole answer."""
        said = ''.join(self.pieces)
        if self.kind == 'text':
            cited: Body = {'citationsContent': {'content': [{'text': said}], 'citations': self.citations}}
            return cited if self.citations else {'text': said}
        if self.kind == 'reasoning':
            return {'reasoningContent': {'reasoningText': {'text': said, **self.start}}}
        if self.kind == 'redacted':
            return {'reasoningContent': {'redactedContent': said}}
        if self.kind == 'toolUse':
            return {'toolUse': {**self.start, 'input': parse_arguments(said)}}
        if self.kind == 'image':
            return {'image': {**self.start, 'source': {'bytes': _joined_bytes(self.others)}}}
        return {self.kind: {**self.start, 'content': self.others}}

    def _shown(self, said: str) -> Part | None:
        self.pieces.append(said)
        if self.call is not None:
            return self.call.add(0, arguments=said)
        if self.kind == 'reasoning':
            return ReasoningPart.trusted(reasoning=said)
        return TextPart.trusted(text=said) if self.kind == 'text' or self.is_answer else None


def _to_part(block: Body, names: ToolNames) -> Part | None:
    if 'text' in block:
        text = text_of(block['text'], 'content.text')
        return TextPart(text=text) if text else None
    if block.get('toolUse') is not None:
        call = members_of(block['toolUse'], 'content.toolUse')
        if call.get('type') != _RUN_BY_PROVIDER:
            return _called(call, names)
    elif block.get('reasoningContent') is not None:
        thought = members_of(block['reasoningContent'], 'content.reasoningContent')
        if 'redactedContent' not in thought:
            return _thought(members_of(thought.get('reasoningText'), 'content.reasoningContent.reasoningText'))
    elif block.get('citationsContent') is not None:
        cited = members_of(block['citationsContent'], 'content.citationsContent')
        text = text_of(cited.get('content'), 'content.citationsContent.content')
        citations = items_of(cited.get('citations'), 'content.citationsContent.citations')
        return TextPart(text=text, metadata={'citations': citations} if citations else None) if text else None
    elif block.get('image') is not None:
        image = members_of(block['image'], 'content.image')
        data = members_of(image.get('source'), 'content.image.source').get('bytes')
        if isinstance(data, str):
            kind = f'image/{image.get("format") or "png"}'
            return MediaPart(media=made_media(data, kind, 'content.image.source.bytes'))
    return CustomPart(custom={'bedrock': block}) if block else None


def _called(call: Body, names: ToolNames) -> Part:
    given = call.get('input')
    if call.get('name') == ANSWER_TOOL:
        return TextPart(text=given if isinstance(given, str) else to_json(given).decode())
    return tool_request_part(names.from_wire(_name(call)), given, _ref(call), None, names)


def _thought(said: Body) -> Part | None:
    text, signature = text_of(said.get('text'), 'reasoningText.text'), said.get('signature')
    metadata = {'signature': text_of(signature, 'reasoningText.signature')} if signature else None
    return ReasoningPart(reasoning=text, metadata=metadata) if text or signature else None


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
    ref = call.get('toolUseId')
    return None if ref is None else str(ref)


def _stated(body: Body, *names: str) -> Body:
    return {name: body[name] for name in names if body.get(name) is not None}


def _joined_bytes(pieces: list[Body]) -> str:
    """Return the bytes of an image that came in pieces, each in base64 of its own."""
    texts = [members_of(piece.get('source'), 'delta.image.source').get('bytes') for piece in pieces]
    return base64.b64encode(b''.join(bytes_of(text, 'delta.image.source.bytes') for text in texts)).decode()


def _response(parts: list[Part], answer: Body, headers: Mapping[str, str]) -> GenerateResponse[Any]:
    said = ''.join(part.text for part in parts if isinstance(part, TextPart))
    reason, sentence = to_end(answer.get('stopReason'), said)
    latency = members_of(answer.get('metrics'), 'metrics').get('latencyMs')
    told = {'requestId': headers.get(_REQUEST_ID), 'latencyMs': latency, **_stated(answer, *_TOLD)}
    return GenerateResponse.trusted(
        message=Message.trusted(role=Role.MODEL, content=parts),
        finish_reason=reason,
        finish_message=sentence,
        usage=to_usage(members_of(answer.get('usage'), 'usage')),
        custom={name: value for name, value in told.items() if value is not None},
        raw=answer,
    )
