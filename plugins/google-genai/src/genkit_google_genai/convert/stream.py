# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the protocol's answers to ours, whole or in pieces."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from genkit.plugin import (
    TextPieces,
    ToolNames,
    count_of,
    cut_short,
    items_of,
    later_reason,
    made_media,
    members_of,
    text_of,
    to_finish_reason,
    token_usage,
    whole_characters,
)
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

from genkit_google_genai.convert.tools import Body, Calls


_BLOCKED: Final = (
    *('safety', 'recitation', 'language', 'blocklist', 'prohibited_content', 'spii', 'model_armor'),
    *('image_safety', 'image_prohibited_content', 'image_recitation'),
)
_REASONS: Final = {
    **dict.fromkeys(_BLOCKED, FinishReason.BLOCKED),
    'finish_reason_unspecified': FinishReason.UNKNOWN,
}
# Reasons that say that the calls in an answer are not what the model was to make.
_MALFORMED: Final = frozenset(
    {'malformed_function_call', 'malformed_response', 'unexpected_tool_call', 'too_many_tool_calls'}
)
_NOT_BLOCKED: Final = ('block_reason_unspecified', 'blocked_reason_unspecified')
# What an answer says beside its content, and is given to the application as it is.
_TOLD: Final = (
    *('groundingMetadata', 'citationMetadata', 'urlContextMetadata', 'safetyRatings', 'avgLogprobs', 'tokenCount'),
    'finishMessage',
)
_NAMED: Final = ('responseId', 'modelVersion')
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
        source: The plugin's name, for errors.
    """

    def __init__(self, names: ToolNames, source: str = 'googleai') -> None:
        self._source = source
        self._calls = Calls(names, source)
        self._parts: list[Part] = []
        self._said: list[Body] = []
        self._candidate: Body = {}
        self._blocked: Body = {}
        self._answer: Body = {}
        self._joined = TextPieces()
        self._is_thought = False

    def read(self, piece: Body) -> GenerateResponseChunk[Any] | None:
        """Take a piece, and return what is new in it.

        Raises:
            GenkitError: A member holds what cannot be meant.
        """
        candidates = items_of(piece.get('candidates'), 'candidates')
        first: list[Body] = [each for each in candidates if each.get('index') in (None, 0)]
        candidate = first[0] if first else dict[str, Any]()
        before = self._candidate.get('finishReason')
        self._candidate.update(candidate)
        if before is not None:
            self._candidate['finishReason'] = _later(before, candidate.get('finishReason'))
        self._blocked.update(members_of(piece.get('promptFeedback'), 'promptFeedback'))
        self._answer.update(piece)
        content = members_of(candidate.get('content'), 'content')
        sent = items_of(content.get('parts'), 'parts')
        self._said += sent
        said = [part for raw in sent for part in self._read(raw)]
        if candidate.get('finishReason') is not None:
            said += self._flushed()
        return GenerateResponseChunk.trusted(content=said) if said else None

    def response(self, raw: Any = None) -> GenerateResponse[Any]:
        """Return the whole answer, and beside it what was sent, as if it had come in one piece.

        Args:
            raw: An answer that came in one piece.

        Raises:
            GenkitError: ``DATA_LOSS`` if a stream stopped before its end: no reason to stop came.
        """
        if raw is None:
            if self._candidate.get('finishReason') is None and self._blocked.get('blockReason') is None:
                raise cut_short(self._source, 'finishReason')
            candidate = {**self._candidate, 'content': {'role': 'model', 'parts': self._said}}
            raw = {**self._answer, 'candidates': [candidate]}
        self._flushed()
        reason, message = self._end()
        calls = self._calls.finish()
        if str(self._candidate.get('finishReason')).lower() in _MALFORMED:
            calls = [part.replaced(metadata={**(part.metadata or {}), 'unfinished': True}) for part in calls]
        custom = {name: self._candidate[name] for name in _TOLD if self._candidate.get(name) is not None}
        custom.update({name: self._answer[name] for name in _NAMED if self._answer.get(name) is not None})
        return GenerateResponse.trusted(
            message=Message.trusted(role=Role.MODEL, content=[*_joined(self._parts), *calls]),
            finish_reason=reason,
            finish_message=message,
            usage=to_usage(members_of(self._answer.get('usageMetadata'), 'usageMetadata')),
            custom=custom,
            raw=whole_characters(raw),
        )

    def _read(self, raw: Body) -> Iterator[Part]:
        signature = raw.get('thoughtSignature')
        metadata = {'thoughtSignature': _standard(signature)} if isinstance(signature, str) and signature else None
        call = raw.get('functionCall')
        if call is not None:
            yield self._calls.add(members_of(call, 'functionCall'), metadata)
            return
        text = text_of(raw.get('text'), 'text')
        if text:
            yield from self._text(text, metadata, is_thought=bool(raw.get('thought')))
            return
        part = other_part(raw, metadata)
        if part is not None:
            self._parts.append(part)
            yield part

    def _text(self, text: str, metadata: dict[str, Any] | None, *, is_thought: bool) -> list[Part]:
        """Return a piece of text, or of a thought; half a character at its end waits for the next piece of the same."""
        before = self._flushed() if is_thought != self._is_thought else []
        self._is_thought = is_thought
        shown = self._joined.add(text)
        said = [_said(shown, metadata, is_thought=is_thought)] if shown or metadata else []
        self._parts += said
        return [*before, *said]

    def _flushed(self) -> list[Part]:
        """Return a replacement for half a character that nothing followed, if there is one."""
        left = self._joined.close()
        said = [_said(left, None, is_thought=self._is_thought)] if left else []
        self._parts += said
        return said

    def _end(self) -> tuple[FinishReason, str | None]:
        reason = self._candidate.get('finishReason')
        blocked = self._blocked.get('blockReason')
        if blocked is not None and str(blocked).lower() not in _NOT_BLOCKED:
            told = self._blocked.get('blockReasonMessage') or f'The prompt was blocked: {blocked}'
            return FinishReason.BLOCKED, str(told)
        found = to_finish_reason(reason, _REASONS)
        message = self._candidate.get('finishMessage')
        if not message and found in {FinishReason.BLOCKED, FinishReason.OTHER}:
            message = reason
        return found, None if not message else str(message)


def _later(before: Any, now: Any) -> Any:
    """Return which of two reasons stands, in the provider's words."""
    if now is None:
        return before
    found = to_finish_reason(now, _REASONS)
    return now if later_reason(to_finish_reason(before, _REASONS), found) is found else before


def to_usage(counted: Mapping[str, Any]) -> GenerationUsage | None:
    """Return the usage of an answer, or None for an answer without one; thoughts are part of the output."""
    if not counted:
        return None
    count = {name: count_of(value) for name, value in counted.items()}
    thoughts, answered = count.get('thoughtsTokenCount'), count.get('candidatesTokenCount')
    output = None if answered is None and thoughts is None else (answered or 0) + (thoughts or 0)
    asked, of_tools = count.get('promptTokenCount'), count.get('toolUsePromptTokenCount')
    return token_usage(
        None if asked is None else asked + (of_tools or 0),
        output,
        count.get('totalTokenCount'),
        cached=count.get('cachedContentTokenCount'),
        thoughts=thoughts,
        custom={'toolUseTokens': of_tools} if of_tools else None,
    )


def _said(text: str, metadata: dict[str, Any] | None, *, is_thought: bool) -> Part:
    if is_thought:
        return ReasoningPart.trusted(reasoning=text, metadata=metadata)
    return TextPart.trusted(text=text, metadata=metadata)


def other_part(raw: Body, metadata: dict[str, Any] | None) -> Part | None:
    """Return a part of the protocol that is neither text nor a call; None for one that says nothing."""
    for name, member in _OWN_PARTS.items():
        if raw.get(name) is not None:
            return CustomPart(custom={member: raw[name]}, metadata=metadata)
    if raw.get('inlineData') is not None:
        blob = members_of(raw['inlineData'], 'inlineData')
        kind = text_of(blob.get('mimeType'), 'inlineData.mimeType') or 'application/octet-stream'
        data = _standard(text_of(blob.get('data'), 'inlineData.data'))
        return MediaPart(media=made_media(data, kind, 'inlineData.data'), metadata=metadata)
    if raw.get('fileData') is not None:
        file = members_of(raw['fileData'], 'fileData')
        kind = text_of(file.get('mimeType'), 'fileData.mimeType') or None
        return MediaPart(
            media=Media(url=text_of(file.get('fileUri'), 'fileData.fileUri'), content_type=kind), metadata=metadata
        )
    return None if metadata is None else _said('', metadata, is_thought=bool(raw.get('thought')))


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
    """Return base64 in the alphabet of data URLs, padded; a gateway may send that of addresses."""
    padded = text.rstrip('=').replace('-', '+').replace('_', '/')
    return padded + '=' * (-len(padded) % 4)
