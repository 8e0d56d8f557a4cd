# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole ones and streams: https://docs.cohere.com/docs/streaming."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit.plugin import (
    TextPieces,
    ToolCallAssembler,
    ToolNames,
    answer_error,
    cut_short,
    items_of,
    members_of,
    misfit,
    read_json,
    text_arguments,
    text_of,
    tool_request_part,
    whole_characters,
)
from genkit.types import (
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
)

from genkit_cohere.convert.messages import PLAN, Body
from genkit_cohere.convert.usage import to_end, to_usage
from genkit_cohere.errors import is_error


_PLAN: Final = 'tool_plan'
_THINKING: Final = 'thinking'
_PLANNED: Final = 'PLAN'  # the type of a citation in the plan


def to_response(
    content: bytes, names: ToolNames, source: str = 'cohere', secrets: Sequence[str | None] = ()
) -> GenerateResponse[Any]:
    """Return a whole answer.

    Args:
        content: Its body.
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is a failure, or nothing of the protocol, or a member holds what cannot be meant.
    """
    try:
        seen = read_json(content)
    except ValueError:
        raise answer_error(source, content, secrets) from None
    body = cast('Body', seen) if isinstance(seen, dict) else {}
    if is_error(body) or 'message' not in body:
        raise answer_error(source, seen, secrets)
    body = whole_characters(body)
    message = members_of(body['message'], 'message')
    calls = [_call(call, names) for call in items_of(message.get('tool_calls'), 'message.tool_calls')]
    return _answer(message, calls, body)


class ChatStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    Args:
        names: Gives the tools their own names back.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.
    """

    def __init__(self, names: ToolNames, source: str = 'cohere', secrets: Sequence[str | None] = ()) -> None:
        self._names = names
        self._source = source
        self._secrets = secrets
        self._plan = _Block(_PLAN)
        self._blocks: list[_Block] = []
        self._at: dict[Any, _Block] = {}
        self._calls = ToolCallAssembler(names)
        self._called: set[Any] = set()
        self._citations: list[Body] = []
        self._logprobs: list[Any] = []
        self._end: Body | None = None
        self._id: Any = None
        self._is_begun = False
        self._readers = {
            'content-start': self._begin,
            'content-delta': self._continue,
            'content-end': self._finish,
            'tool-plan-delta': self._go_on_planning,
            'tool-call-start': self._begin_call,
            'tool-call-delta': self._continue_call,
            'citation-start': self._cite,
        }

    def read(self, event: Body) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Raises:
            GenkitError: A member holds what cannot be meant, or the answer failed.
        """
        kind = event.get('type')
        delta = members_of(event.get('delta'), 'delta')
        if kind == 'message-start':
            self._is_begun, self._id = True, event.get('id')
        elif kind == 'message-end':
            if delta.get('error'):
                raise answer_error(self._source, {'error': delta['error']}, self._secrets, begun=True)
            self._end, self._id = delta, event.get('id') or self._id
        reader = self._readers.get(kind) if isinstance(kind, str) else None
        if reader is None:
            return None
        self._is_begun = True
        if event.get('logprobs') is not None:
            self._logprobs.append(event['logprobs'])
        index = event.get('index')
        key = index if isinstance(index, int | str) else None
        part = reader(key, members_of(delta.get('message'), 'delta.message'))
        return None if part is None else GenerateResponseChunk.trusted(content=[part])

    def response(self, seen: bytes = b'') -> GenerateResponse[Any]:
        """Return the whole answer.

        Args:
            seen: How the stream began, for the error if nothing of it was of the protocol.

        Raises:
            GenkitError: ``DATA_LOSS`` if the stream stopped before its end, ``UNAVAILABLE``, or what the provider says,
                if it did not even begin.
        """
        if not self._is_begun:
            raise answer_error(self._source, seen, self._secrets)
        if self._end is None:
            raise cut_short(self._source, 'message-end')
        calls = self._calls.finish()
        message: Body = {
            'role': 'assistant',
            'tool_plan': self._plan.whole(),
            'content': [{'type': block.kind, block.kind: block.whole()} for block in self._blocks],
            'tool_calls': [_sent(call, self._names) for call in calls],
            'citations': self._citations,
        }
        message = {name: value for name, value in message.items() if value}
        raw = {'id': self._id, 'message': message, 'logprobs': self._logprobs, **self._end}
        return _answer(message, calls, {name: value for name, value in raw.items() if value not in (None, [])})

    def _begin(self, key: Any, message: Body) -> Part | None:
        parts = [self._open(key, content) for content in items_of(message.get('content'), 'content')]
        return next((part for part in parts if part is not None), None)

    def _open(self, key: Any, content: Body) -> Part | None:
        kind = _THINKING if content.get('type') == _THINKING or content.get(_THINKING) else 'text'
        block = self._at[key] = _Block(kind)
        self._blocks.append(block)
        return block.add(text_of(content.get(kind), f'content.{kind}'))

    def _continue(self, key: Any, message: Body) -> Part | None:
        for content in items_of(message.get('content'), 'content'):
            kind = _THINKING if content.get(_THINKING) else 'text'
            block = self._at.get(key)
            if block is None or (block.kind != kind and content.get(kind)):
                return self._open(key, content)
            return block.add(text_of(content.get(block.kind), f'content.{block.kind}'))
        return None

    def _finish(self, key: Any, _: Body) -> Part | None:
        block = self._at.get(key)
        return None if block is None else block.close()

    def _go_on_planning(self, _: Any, message: Body) -> Part | None:
        return self._plan.add(text_of(message.get('tool_plan'), 'tool_plan'))

    def _begin_call(self, key: Any, message: Body) -> Part | None:
        part = None
        for call in items_of(message.get('tool_calls'), 'tool_calls'):
            function = members_of(call.get('function'), 'tool_calls.function')
            self._called.add(key)
            arguments = function.get('arguments') or ''
            part = self._calls.add(key, name=_name(function), ref=_ref(call), arguments=arguments)
        return part

    def _continue_call(self, key: Any, message: Body) -> Part | None:
        part = None
        for call in items_of(message.get('tool_calls'), 'tool_calls'):
            if key not in self._called:
                raise cut_short(self._source, 'the beginning of a tool call')
            function = members_of(call.get('function'), 'tool_calls.function')
            part = self._calls.add(key, ref=_ref(call), arguments=function.get('arguments') or '')
        return part

    def _cite(self, _: Any, message: Body) -> Part | None:
        cited = items_of(message.get('citations'), 'citations')
        self._citations += cited
        return TextPart(text='', metadata={'citations': cited}) if cited else None


@dataclass(slots=True)
class _Block:
    """Text, thoughts or a plan, while they are written.

    Attributes:
        kind: Which of them, and where its text is.
        pieces: The text.
        joined: Joins characters that come in halves.
    """

    kind: str
    pieces: list[str] = field(default_factory=list[str])
    joined: TextPieces = field(default_factory=TextPieces)

    def add(self, said: str) -> Part | None:
        """Take a piece and return what there is to show of it."""
        return self._shown(self.joined.add(said))

    def close(self) -> Part | None:
        """Return what is left to show, which is half a character at most."""
        return self._shown(self.joined.close())

    def whole(self) -> str:
        """Return the whole text."""
        self.close()
        return ''.join(self.pieces)

    def _shown(self, text: str) -> Part | None:
        if not text:
            return None
        self.pieces.append(text)
        return _spoken(self.kind, text)


def _spoken(kind: str, text: str, citations: Sequence[Body] = ()) -> Part:
    metadata: Body = {'citations': list(citations)} if citations else {}
    if kind == 'text':
        return TextPart(text=text, metadata=metadata or None)
    metadata |= {PLAN: True} if kind == _PLAN else {}
    return ReasoningPart(reasoning=text, metadata=metadata or None)


def _answer(message: Body, calls: Sequence[ToolRequestPart], raw: Body) -> GenerateResponse[Any]:
    reason = to_end(raw.get('finish_reason'))
    custom = {} if raw.get('id') is None else {'id': raw['id']}
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[*_parts(message), *calls]),
        finish_reason=reason,
        usage=to_usage(members_of(raw.get('usage'), 'usage')),
        custom=custom,
        raw=raw,
    )


def _parts(message: Body) -> list[Part]:
    """Return plan, thoughts and text, each with the citations in it; the place of a citation is within its block."""
    said = [(_PLAN, text_of(message.get('tool_plan'), 'message.tool_plan'))]
    content: Any = message.get('content')
    blocks: list[Body] = (
        [{'type': 'text', 'text': content}] if isinstance(content, str) else items_of(content, 'message.content')
    )
    for block in blocks:
        kind = _THINKING if block.get('type') == _THINKING else 'text'
        said.append((kind, text_of(block.get(kind), f'message.content.{kind}')))
    cited: dict[int, list[Body]] = {}
    for citation in items_of(message.get('citations'), 'message.citations'):
        cited.setdefault(_place(citation, [kind for kind, _ in said]), []).append(citation)
    return [_spoken(kind, text, cited.get(place, ())) for place, (kind, text) in enumerate(said) if text]


def _place(citation: Mapping[str, Any], kinds: Sequence[str]) -> int:
    """Return which block a citation is in; the plan is the first."""
    if citation.get('type') == _PLANNED:
        return 0
    index = citation.get('content_index')
    if type(index) is int and 0 <= index < len(kinds) - 1:
        wanted = _THINKING if citation.get('type') == 'THINKING_CONTENT' else 'text'
        if kinds[index + 1] == wanted:
            return index + 1
    return next((place for place, kind in enumerate(kinds) if kind == 'text'), 0)


def _call(call: Body, names: ToolNames) -> ToolRequestPart:
    function = members_of(call.get('function'), 'message.tool_calls.function')
    name = names.from_wire(_name(function))
    return tool_request_part(name, function.get('arguments'), _ref(call), names=names)


def _sent(part: ToolRequestPart, names: ToolNames) -> Body:
    called = part.tool_request
    function = {'name': names.to_wire(called.name), 'arguments': text_arguments(called, names)}
    return {'id': called.ref, 'type': 'function', 'function': function}


def _name(function: Body) -> str:
    name = text_of(function.get('name'), 'tool_calls.function.name')
    if not name:
        raise misfit(repr(function)[:80], 'tool_calls.function', 'a call with a name')
    return name


def _ref(call: Body) -> str | None:
    ref = call.get('id')
    return None if ref is None else str(ref)
