# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole ones and streams.

An answer is read as the JSON that it is: servers of this protocol leave members out, and put other values into them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import (
    SpokenParts,
    ToolCallAssembler,
    ToolNames,
    bytes_of,
    items_of,
    later_reason,
    members_of,
    text_of,
    to_data_url,
    to_finish_reason,
)
from genkit.types import (
    FinishReason,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
)

from genkit_compat_oai.convert.messages import to_messages
from genkit_compat_oai.convert.pieces import PieceParts
from genkit_compat_oai.convert.usage import to_usage
from genkit_compat_oai.dialect import Dialect, kept_members
from genkit_compat_oai.errors import Failures, require_name, whole_texts


_APART: Final = ('choices', 'type')  # members of an event that are not the answer's
_OF_CHOICE: Final = frozenset({'delta', 'message', 'finish_reason'})  # without any of them there is no candidate
_NO_CHOICE: Final = 'The provider gave no choice.'


def to_response(
    completion: Mapping[str, Any], names: ToolNames, dialect: Dialect, sound: str, failures: Failures
) -> GenerateResponse[Any]:
    """Return a whole answer, its first candidate; ``sound`` is the media type of what is heard in it.

    Raises:
        GenkitError: The provider says that it failed.
    """
    usage = to_usage(completion.get('usage'), dialect)
    choices = items_of(completion.get('choices'), 'choices')
    if not choices:
        return GenerateResponse(
            finish_reason=FinishReason.OTHER, finish_message=_NO_CHOICE, usage=usage, raw=dict(completion)
        )
    choice = next((choice for choice in choices if _is_first(choice)), choices[0])
    _require_success(choice, failures, begun=False)
    reason = to_finish_reason(choice.get('finish_reason'), dialect.finish_reasons)
    if choice.get('message') is None and reason is not FinishReason.BLOCKED:
        raise failures.no_answer(completion)
    message = members_of(choice.get('message'), 'message')
    calls = ToolCallAssembler(names, distinct_refs=True)
    for place, call in enumerate(items_of(message.get('tool_calls'), 'tool_calls')):
        _take(calls, call, place)
    refusal = text_of(message.get('refusal'), 'refusal')
    parts = [*_whole_parts(message, dialect), *_sounds(message, sound), *_named(calls.finish())]
    return _answer(parts, (reason, refusal or None), usage, dict(completion), dialect)


class ChatStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    Candidates other than the first are left out.

    Args:
        names: Gives the tools their own names back.
        dialect: How the provider speaks.
        sound: The media type of what is heard.
        failures: Makes the errors.

    Attributes:
        begun: Whether an event of the protocol came.
        ended: Whether one came that ends the answer: a reason, or the mark ``[DONE]``.
    """

    def __init__(self, names: ToolNames, dialect: Dialect, sound: str, failures: Failures) -> None:
        self.begun = False
        self.ended = False
        self._names = names
        self._sound = sound
        self._failures = failures
        self._shown = False
        self._is_chosen = False
        self._shells: list[dict[str, Any]] = []
        self._heard = bytearray()
        self._dialect = dialect
        self._calls = ToolCallAssembler(names, distinct_refs=True)
        self._spoken = PieceParts() if dialect.pieces else SpokenParts()
        self._refusals: list[str] = []
        self._reason: FinishReason = FinishReason.UNKNOWN
        self._usage: GenerationUsage | None = None

    def read(self, event: dict[str, Any]) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show.

        Raises:
            GenkitError: The provider says that it failed.
        """
        if not event.get('choices') or event.get('error'):
            self._read_other(event)
        if event.get('usage') is not None:
            self._usage = to_usage(event['usage'], self._dialect)
        self.begun = self.begun or 'choices' in event or self._usage is not None
        choices = items_of(event.get('choices'), 'choices')
        if not choices:
            self._shells.append(event)
            return None
        choice = next((choice for choice in choices if _is_first(choice)), None)
        if choice is None:
            return None
        is_first, self._is_chosen = not self._is_chosen, self._is_chosen or not _OF_CHOICE.isdisjoint(choice)
        _require_success(choice, self._failures, begun=True)
        reason = choice.get('finish_reason') or None
        if reason is not None or is_first or 'delta' not in choice:  # without one: what a filter says of the text
            self._shells.append({**event, 'choices': [choice]})
        if reason is not None:
            self.ended = True
            self._reason = later_reason(self._reason, to_finish_reason(reason, self._dialect.finish_reasons))
        delta = choice.get('delta')
        if delta is None and 'text' in choice:
            raise self._failures.no_answer(event)  # it is of the older protocol of completions
        if not delta and not self._shown:
            delta = choice.get('message')  # what came in one piece becomes one event
        parts = self._parts(members_of(delta, 'delta'))
        self._shown = self._shown or bool(parts)
        return GenerateResponseChunk.trusted(content=parts) if parts else None

    def last(self) -> GenerateResponseChunk[Any] | None:
        """Return what is left to show at the end, which is half a character at most; None if nothing is."""
        parts = self._spoken.close()
        return GenerateResponseChunk(content=parts) if parts else None

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer; its reason is ``unknown`` if the stream ended without one.

        Raises:
            GenkitError: ``UNAVAILABLE`` if no event held a candidate.
        """
        if not self._is_chosen:
            raise self._failures.no_answer(self._shells[-1] if self._shells else '')
        parts = self._spoken.parts()
        parts += [_heard(bytes(self._heard), self._sound)] if self._heard else []
        parts += _named(self._calls.finish())
        refusal = ''.join(self._refusals) or None
        return _answer(parts, (self._reason, refusal), self._usage, self._whole(parts, refusal), self._dialect)

    def _read_other(self, event: dict[str, Any]) -> None:
        """Look at an event that has no choices, or an error beside them."""
        told = self._failures.told_in(event, begun=self.begun)
        own: Any = event.get('x_groq')
        if told is None and isinstance(own, dict) and 'error' in own:
            told = self._failures.told_in(own, begun=self.begun)
        if told is None and event.get('type') == 'error':
            told = self._failures.no_answer(event)
        if told is not None:
            raise told

    def _parts(self, delta: Mapping[str, Any]) -> list[Part]:
        parts: list[Part] = []
        if isinstance(self._spoken, PieceParts) and isinstance(delta.get('content'), list):
            parts += self._spoken.add(delta['content'])
            thought, text = '', ''
        else:
            thought, text = _said(delta, self._dialect)
        if thought and (reasoning := self._spoken.add_thought(thought)) is not None:
            parts.append(reasoning)
        if text and (spoken := self._spoken.add_text(text)) is not None:
            parts.append(spoken)
        if delta.get('audio') is not None:
            parts += self._hear(members_of(delta['audio'], 'audio'))
        if delta.get('refusal'):
            self._refusals.append(text_of(delta['refusal'], 'refusal'))
        if delta.get('tool_calls'):
            calls = items_of(delta['tool_calls'], 'tool_calls')
            parts += [_take(self._calls, call, place) for place, call in enumerate(calls)]
        return parts

    def _whole(self, parts: list[Part], refusal: str | None) -> dict[str, Any]:
        """Return the answer as it would have come in one piece; sound is left to the parts."""
        whole: dict[str, Any] = {}
        choice: dict[str, Any] = {}
        for shell in self._shells:
            for told_of_choice in items_of(shell.get('choices'), 'choices')[:1]:
                choice |= _news(told_of_choice, choice)
            told = {name: value for name, value in shell.items() if value is not None and name not in _APART}
            whole |= _news(told, whole)
        said = Message(role=Role.MODEL, content=[part for part in parts if not isinstance(part, MediaPart)])
        message = to_messages([said], self._names, self._dialect)[0]
        thought = '' if self._dialect.pieces else self._spoken.thoughts
        thoughts = {self._dialect.reasoning[0]: thought} if thought else {}
        whole_message = {**message, **thoughts, **({'refusal': refusal} if refusal else {})}
        choice = {name: value for name, value in choice.items() if name not in ('delta', 'logprobs')}
        return whole_texts({**whole, 'object': 'chat.completion', 'choices': [{**choice, 'message': whole_message}]})

    def _hear(self, audio: Mapping[str, Any]) -> Iterator[Part]:
        said = text_of(audio.get('transcript'), 'audio.transcript')
        if said and (spoken := self._spoken.add_text(said)) is not None:
            yield spoken
        if audio.get('data'):
            heard = bytes_of(audio['data'], 'audio.data')
            self._heard += heard
            yield _heard(heard, self._sound)


def _news(told: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event adds to what is known: an empty value replaces none that says something."""
    return {name: value for name, value in told.items() if value or name not in known}


def _is_first(choice: Mapping[str, Any]) -> bool:
    """Return whether a candidate is the first one; one without an index is the only one."""
    return choice.get('index') in (None, 0, '0')


def _require_success(choice: Mapping[str, Any], failures: Failures, *, begun: bool) -> None:
    """Raise if a candidate failed, which gateways say in its place or as its reason."""
    if choice.get('error'):
        raise failures.told_in(choice, begun=begun) or failures.no_answer(choice['error'])
    if choice.get('finish_reason') == 'error':
        raise failures.cut_short("the rest of the answer, whose finish_reason is 'error',")


def _take(calls: ToolCallAssembler, call: Mapping[str, Any], place: int) -> ToolRequestPart:
    """Hand a call, or a piece of one, to the assembler."""
    function = members_of(call.get('function'), 'tool_calls.function')
    index, ref, name = call.get('index'), call.get('id'), function.get('name')
    arguments = function.get('arguments')
    return calls.add(
        index if isinstance(index, int | str) else place,
        name=text_of(name, 'tool_calls.function.name') or None,
        ref=str(ref) if isinstance(ref, int) else text_of(ref, 'tool_calls.id') or None,
        arguments='' if arguments is None else arguments,
    )


def _named(calls: list[ToolRequestPart]) -> list[ToolRequestPart]:
    """Return calls, each of which must say which tool it is for."""
    for call in calls:
        require_name(call.tool_request.name, 'tool_calls.function.name')
    return calls


def _answer(
    parts: Sequence[Part],
    end: tuple[FinishReason, str | None],
    usage: GenerationUsage | None,
    raw: dict[str, Any],
    dialect: Dialect,
) -> GenerateResponse[Any]:
    """Return an answer; its end is a reason and, if the model refused, what it said of that."""
    reason, refusal = end
    return GenerateResponse.trusted(
        message=Message.trusted(role=Role.MODEL, content=list(parts)),
        finish_reason=FinishReason.BLOCKED if refusal else reason,
        finish_message=refusal,
        usage=usage,
        custom=kept_members(raw, dialect.kept) if dialect.kept else None,
        raw=raw,
    )


def _whole_parts(message: Mapping[str, Any], dialect: Dialect) -> list[Part]:
    """Return what a whole message thinks and says."""
    if dialect.pieces and isinstance(message.get('content'), list):
        pieces = PieceParts()
        pieces.add(message['content'])
        return pieces.parts()
    thought, text = _said(message, dialect)
    parts: list[Part] = [ReasoningPart(reasoning=thought)] if thought else []
    return [*parts, TextPart(text=text)] if text else parts


def _said(message: Mapping[str, Any], dialect: Dialect) -> tuple[str, str]:
    """Return what a message thinks and what it says, which may come as a list of pieces with thoughts among them."""
    content = message.get('content')
    thought = ''
    for name in dialect.reasoning:
        said = message.get(name)
        if isinstance(said, str) and said:
            thought = said
            break
    if not isinstance(content, list):
        return thought, content if isinstance(content, str) else text_of(content, 'content')
    texts: list[str] = []
    for piece in cast('list[Any]', content):
        members = cast('dict[str, Any]', piece) if isinstance(piece, dict) else {}
        if members.get('type') == 'thinking':
            thought += text_of(members.get('thinking'), 'content.thinking')
        elif not members or 'text' in members:
            texts.append(text_of(piece, 'content'))
    return thought, ''.join(texts)


def _sounds(message: Mapping[str, Any], kind: str) -> list[Part]:
    if message.get('audio') is None:
        return []
    audio = members_of(message['audio'], 'audio')
    text = text_of(audio.get('transcript'), 'audio.transcript')
    media: list[Part] = [_heard(bytes_of(audio['data'], 'audio.data'), kind)] if audio.get('data') else []
    return [TextPart(text=text), *media] if text else media


def _heard(sound: bytes | str, kind: str) -> MediaPart:
    return MediaPart(media=Media(url=to_data_url(sound, kind), content_type=kind))
