# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole or in pieces."""

import base64
from collections.abc import Mapping
from typing import Any, Final, cast

from genkit.plugin import ToolCallAssembler, ToolNames, to_data_url, to_finish_reason, token_usage
from genkit.types import (
    CustomPart,
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
)
from pydantic_core import to_json

from genkit_google_genai.convert.tools import Body


_BLOCKED: Final = (
    *('safety', 'recitation', 'language', 'blocklist', 'prohibited_content', 'spii', 'model_armor'),
    *('image_safety', 'image_prohibited_content', 'image_recitation'),
)
_REASONS: Final = {
    **dict.fromkeys(_BLOCKED, FinishReason.BLOCKED),
    'finish_reason_unspecified': FinishReason.UNKNOWN,
}
# What an answer says beside its content, and is given to the application as it is.
_TOLD: Final = (
    *('groundingMetadata', 'citationMetadata', 'urlContextMetadata', 'safetyRatings', 'avgLogprobs', 'tokenCount'),
    'finishMessage',
)
_OWN_PARTS: Final = {
    'executableCode': 'executableCode',
    'codeExecutionResult': 'codeExecutionResult',
    'toolCall': 'geminiToolCall',
    'toolResponse': 'geminiToolResponse',
}


_Run = list[TextPart | ReasoningPart]


class AnswerReader:
    """Reads the pieces of an answer; a whole one is a single piece.

    Args:
        names: Gives the tools their own names back.
    """

    def __init__(self, names: ToolNames) -> None:
        self._calls = ToolCallAssembler(names)
        self._parts: list[Part] = []
        self._said: list[Body] = []
        self._counted = 0
        self._candidate: Body = {}
        self._blocked: Body = {}
        self._answer: Body = {}

    def read(self, piece: Body) -> GenerateResponseChunk[Any] | None:
        """Take a piece, and return what is new in it."""
        candidates = cast('list[Body]', piece.get('candidates') or [])
        candidate = candidates[0] if candidates else {}
        self._candidate.update(candidate)
        self._blocked.update(piece.get('promptFeedback') or {})
        self._answer.update(piece)
        content = cast('Body', candidate.get('content') or {})
        sent = cast('list[Body]', content.get('parts') or [])
        self._said += sent
        said = [part for raw in sent if (part := self._part(raw)) is not None]
        return GenerateResponseChunk.trusted(content=said) if said else None

    def response(self, raw: Any = None) -> GenerateResponse[Any]:
        """Return the whole answer, and beside it what was sent, as if it had come in one piece."""
        if raw is None:
            candidate = {**self._candidate, 'content': {'role': 'model', 'parts': self._said}}
            raw = {**self._answer, 'candidates': [candidate]}
        reason, message = self._end()
        custom = {name: self._candidate[name] for name in _TOLD if name in self._candidate}
        custom.update({name: self._answer[name] for name in ('responseId', 'modelVersion') if name in self._answer})
        return GenerateResponse.trusted(
            message=Message.trusted(role=Role.MODEL, content=[*_joined(self._parts), *self._calls.finish()]),
            finish_reason=reason,
            finish_message=message,
            usage=to_usage(self._answer.get('usageMetadata') or {}),
            custom=custom,
            raw=raw,
        )

    def _part(self, raw: Body) -> Part | None:
        signature = raw.get('thoughtSignature')
        metadata = {'thoughtSignature': _standard(signature)} if signature else None
        call = raw.get('functionCall')
        if call is not None:
            self._counted += 1
            arguments = to_json(call.get('args') or {}).decode()
            ref = call.get('id') or f'call_{self._counted}'
            return self._calls.add(self._counted, name=call['name'], ref=ref, arguments=arguments, metadata=metadata)
        part = _to_part(raw, metadata)
        if part is not None:
            self._parts.append(part)
        return part

    def _end(self) -> tuple[FinishReason, str | None]:
        reason = self._candidate.get('finishReason')
        blocked = self._blocked.get('blockReason')
        if reason is None and blocked is not None:
            return FinishReason.BLOCKED, self._blocked.get('blockReasonMessage') or f'The prompt was blocked: {blocked}'
        found = to_finish_reason(reason, _REASONS)
        message = self._candidate.get('finishMessage')
        return found, message or (str(reason) if found in {FinishReason.BLOCKED, FinishReason.OTHER} else None)


def to_usage(counted: Mapping[str, Any]) -> GenerationUsage | None:
    """Return the usage of an answer, or None for an answer without one; thoughts are part of the output."""
    if not counted:
        return None
    thoughts = counted.get('thoughtsTokenCount')
    answered = counted.get('candidatesTokenCount')
    output = None if answered is None and thoughts is None else (answered or 0) + (thoughts or 0)
    asked = counted.get('promptTokenCount')
    of_tools = counted.get('toolUsePromptTokenCount')
    return token_usage(
        None if asked is None else asked + (of_tools or 0),
        output,
        counted.get('totalTokenCount'),
        cached=counted.get('cachedContentTokenCount'),
        thoughts=thoughts,
        custom={'toolUseTokens': of_tools} if of_tools else None,
    )


def plain(answer: Any) -> Body:
    """Return an answer of the vendor's library as the protocol's JSON."""
    if isinstance(answer, Mapping):
        return dict(cast('Mapping[str, Any]', answer))
    dumped: Body = answer.model_dump(mode='json', by_alias=True, exclude_none=True, exclude={'sdk_http_response'})
    return dumped


def _to_part(raw: Body, metadata: dict[str, Any] | None) -> Part | None:
    text = raw.get('text')
    if not text:
        return _other_part(raw, metadata)
    if raw.get('thought'):
        return ReasoningPart.trusted(reasoning=text, metadata=metadata)
    return TextPart.trusted(text=text, metadata=metadata)


def _other_part(raw: Body, metadata: dict[str, Any] | None) -> Part | None:
    for name, member in _OWN_PARTS.items():
        if name in raw:
            return CustomPart(custom={member: raw[name]}, metadata=metadata)
    if 'inlineData' in raw:
        blob = raw['inlineData']
        kind = blob.get('mimeType') or 'application/octet-stream'
        url = to_data_url(_standard(blob['data']), kind)
        return MediaPart(media=Media(url=url, content_type=kind), metadata=metadata)
    if 'fileData' in raw:
        file = raw['fileData']
        return MediaPart(media=Media(url=file['fileUri'], content_type=file.get('mimeType')), metadata=metadata)
    if metadata is None:
        return None
    return (
        ReasoningPart(reasoning='', metadata=metadata) if raw.get('thought') else TextPart(text='', metadata=metadata)
    )


def _joined(parts: list[Part]) -> list[Part]:
    """Return parts with those joined that a stream had torn apart; a signature ends what it is for."""
    joined: list[Part] = []
    run: _Run = []
    for part in parts:
        if run and (type(part) is not type(run[-1]) or run[-1].metadata is not None):
            joined.append(_one_of(run))
            run = []
        if isinstance(part, TextPart | ReasoningPart):
            run.append(part)
        else:
            joined.append(part)
    return [*joined, _one_of(run)] if run else joined


def _one_of(run: _Run) -> Part:
    """Return the texts, or the thoughts, of some parts as one; only the last may carry a signature."""
    metadata = run[-1].metadata
    said = ''.join(part.text if isinstance(part, TextPart) else part.reasoning for part in run)
    if isinstance(run[0], TextPart):
        return TextPart(text=said, metadata=metadata)
    return ReasoningPart(reasoning=said, metadata=metadata)


def _standard(text: str) -> str:
    """Return base64 in the alphabet of data URLs; the vendor's library writes that of addresses."""
    padded = text.replace('-', '+').replace('_', '/')
    return base64.b64encode(base64.b64decode(padded + '=' * (-len(padded) % 4))).decode()
