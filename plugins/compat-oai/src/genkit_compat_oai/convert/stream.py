# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole ones and streams."""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, cast

from genkit.plugin import ToolCallAssembler, ToolNames, parse_arguments, to_data_url, to_finish_reason
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
    ToolRequest,
    ToolRequestPart,
)

from genkit_compat_oai.convert.messages import to_messages
from genkit_compat_oai.convert.usage import to_usage
from genkit_compat_oai.models import Dialect


def to_response(completion: Any, names: ToolNames, dialect: Dialect, sound: str) -> GenerateResponse[Any]:
    """Return a whole answer; ``sound`` is the media type of what is heard in it."""
    usage = to_usage(completion.usage)
    raw = _as_sent(completion)
    if not completion.choices:
        return GenerateResponse(
            finish_reason=FinishReason.OTHER, finish_message='The provider gave no choice.', usage=usage, raw=raw
        )
    choice = completion.choices[0]
    message = choice.message
    reason = to_finish_reason(choice.finish_reason, dialect.finish_reasons)
    calls = [
        ToolRequestPart(
            tool_request=ToolRequest(
                name=names.from_wire(call.function.name),
                ref=call.id,
                input=parse_arguments(call.function.arguments or ''),
            )
        )
        for call in message.tool_calls or ()
        if getattr(call, 'function', None) is not None
    ]
    parts = [*_thoughts(message, dialect), *_texts(message.content), *_sounds(message, sound), *calls]
    return _answer(parts, reason, message.refusal, usage, raw)


class ChatStream:
    """Reads a stream: chunks as they come, and at the end the whole answer.

    Args:
        names: Gives the tools their own names back.
        dialect: How the provider speaks.
        sound: The media type of what is heard.
    """

    def __init__(self, names: ToolNames, dialect: Dialect, sound: str) -> None:
        self._names = names
        self._sound = sound
        self._shells: list[Any] = []
        self._heard = bytearray()
        self._dialect = dialect
        self._calls = ToolCallAssembler(names)
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._refusals: list[str] = []
        self._reason: FinishReason = FinishReason.UNKNOWN
        self._usage: GenerationUsage | None = None

    def read(self, event: Any) -> GenerateResponseChunk[Any] | None:
        """Return what an event says; None for one that says nothing to show."""
        if event.usage is not None:
            self._usage = to_usage(event.usage)
        if not event.choices:
            self._shells.append(event)
            return None
        choice = event.choices[0]
        if choice.finish_reason is not None or not self._shells:
            self._shells.append(event)
        if choice.finish_reason is not None:
            self._reason = to_finish_reason(choice.finish_reason, self._dialect.finish_reasons)
        delta = choice.delta
        parts: list[Part] = []
        for part in _thoughts(delta, self._dialect):
            self._thoughts.append(part.reasoning)
            parts.append(part)
        if delta.content:
            self._texts.append(delta.content)
            parts.append(TextPart.trusted(text=delta.content))
        if (audio := _member(delta, 'audio')) is not None:
            parts += self._hear(audio)
        if delta.refusal:
            self._refusals.append(delta.refusal)
        if delta.tool_calls:
            parts += [self._piece(call, place) for place, call in enumerate(delta.tool_calls)]
        return GenerateResponseChunk.trusted(content=parts) if parts else None

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer; its reason is ``unknown`` if the stream ended without one."""
        thoughts, text = ''.join(self._thoughts), ''.join(self._texts)
        parts: list[Part] = [ReasoningPart(reasoning=thoughts)] if thoughts else []
        parts += [TextPart(text=text)] if text else []
        parts += [_heard(bytes(self._heard), self._sound)] if self._heard else []
        parts += self._calls.finish()
        refusal = ''.join(self._refusals) or None
        return _answer(parts, self._reason, refusal, self._usage, self._whole(parts, refusal))

    def _whole(self, parts: list[Part], refusal: str | None) -> dict[str, Any]:
        """Return the answer as it would have come in one piece; sound is left to the parts."""
        whole: dict[str, Any] = {}
        choice: dict[str, Any] = {}
        for shell in self._shells:
            told = _as_sent(shell)
            choice.update(*told.pop('choices', ()))
            whole.update({name: value for name, value in told.items() if value is not None})
        said = Message(role=Role.MODEL, content=[part for part in parts if not isinstance(part, MediaPart)])
        message = to_messages([said], self._names, self._dialect)[0]
        thoughts = {self._dialect.reasoning[0]: ''.join(self._thoughts)} if self._thoughts else {}
        told = {**message, **thoughts, **({'refusal': refusal} if refusal else {})}
        choice = {name: value for name, value in choice.items() if name not in ('delta', 'logprobs')}
        return {**whole, 'object': 'chat.completion', 'choices': [{**choice, 'message': told}]}

    def _hear(self, audio: Any) -> Iterator[Part]:
        if said := getattr(audio, 'transcript', None):
            self._texts.append(said)
            yield TextPart(text=said)
        if piece := getattr(audio, 'data', None):
            heard = base64.b64decode(piece)
            self._heard += heard
            yield _heard(heard, self._sound)

    def _piece(self, call: Any, place: int) -> ToolRequestPart:
        function = call.function
        return self._calls.add(
            place if call.index is None else call.index,
            name=None if function is None else function.name,
            ref=call.id,
            arguments=(None if function is None else function.arguments) or '',
        )


def _answer(
    parts: Sequence[Part],
    reason: FinishReason,
    refusal: str | None,
    usage: GenerationUsage | None,
    raw: Any,
) -> GenerateResponse[Any]:
    return GenerateResponse.trusted(
        message=Message.trusted(role=Role.MODEL, content=list(parts)),
        finish_reason=FinishReason.BLOCKED if refusal else reason,
        finish_message=refusal,
        usage=usage,
        raw=raw,
    )


def _as_sent(answer: Any) -> dict[str, Any]:
    """Return an answer as data, whether it fits the SDK's type or not."""
    return answer.model_dump(mode='json', exclude_unset=True, warnings=False)


def _member(message: Any, name: str) -> Any:
    """Return a member that the SDK's type may lack; asking Pydantic for one that is missing takes ten times as long."""
    found = cast('dict[str, Any]', vars(message)).get(name)
    more: dict[str, Any] = message.model_extra or {}
    return more.get(name) if found is None else found


def _texts(content: str | None) -> list[Part]:
    return [TextPart(text=content)] if content else []


def _thoughts(message: Any, dialect: Dialect) -> list[ReasoningPart]:
    for name in dialect.reasoning:
        said = _member(message, name)
        if said:
            return [ReasoningPart(reasoning=said)] if isinstance(said, str) else []
    return []


def _sounds(message: Any, kind: str) -> list[Part]:
    audio = _member(message, 'audio')
    if audio is None:
        return []
    media = _heard(audio.data, kind)
    return [TextPart(text=audio.transcript), media] if audio.transcript else [media]


def _heard(sound: bytes | str, kind: str) -> MediaPart:
    return MediaPart(media=Media(url=to_data_url(sound, kind), content_type=kind))
