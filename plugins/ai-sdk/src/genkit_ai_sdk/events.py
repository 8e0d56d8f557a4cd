# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The UI message stream: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol.

The chunks are those that versions 6 and 7 of the client take; version 5 takes them all but the requests for approval.
"""

import json
from collections.abc import Collection
from functools import singledispatchmethod
from typing import Any, Final

from genkit.agent import (
    AgentEvent,
    ArtifactChange,
    CustomChange,
    PartAdded,
    ReasoningDelta,
    ReasoningEnd,
    ReasoningStart,
    RunEnd,
    StepEnd,
    StepStart,
    TextDelta,
    TextEnd,
    TextStart,
    ToolInput,
    ToolInputDelta,
    ToolInputStart,
    ToolOutput,
    Waiting,
    WaitingCall,
)
from genkit.types import AgentFinishReason, CustomPart, DataPart, MediaPart
from genkit.web import EventWriter

from genkit_ai_sdk.convert import to_media_type


Chunk = dict[str, Any]

DONE: Final = '[DONE]'
_REASONS: Final = {
    AgentFinishReason.STOP: 'stop',
    AgentFinishReason.LENGTH: 'length',
    AgentFinishReason.BLOCKED: 'content-filter',
    AgentFinishReason.INTERRUPTED: 'tool-calls',
}


class UiMessageWriter(EventWriter):
    """Writes one run as the chunks of a message.

    Args:
        message_id: Of the message that is written.
        denied: The ids of the calls that the user denied in this run.
    """

    def __init__(self, message_id: str, denied: Collection[str] = ()) -> None:
        self._message_id = message_id
        self._denied = denied
        self._is_begun = False
        self._open: dict[str, str] = {}

    def write(self, event: AgentEvent) -> list[str]:
        """Return the chunks of an event."""
        chunks: list[Chunk] = [] if self._is_begun else [{'type': 'start', 'messageId': self._message_id}]
        self._is_begun = True
        chunks += self._chunks(event)
        texts = [_to_json(chunk) for chunk in chunks]
        return [*texts, DONE] if isinstance(event, RunEnd) else texts

    @singledispatchmethod
    def _chunks(self, _event: Any) -> list[Chunk]:
        """Return the chunks of an event; none of one that the protocol has no word for."""
        return []

    @_chunks.register
    def _(self, _event: StepStart) -> list[Chunk]:
        return [{'type': 'start-step'}]

    @_chunks.register
    def _(self, _event: StepEnd) -> list[Chunk]:
        return [{'type': 'finish-step'}]

    @_chunks.register
    def _(self, event: TextStart) -> list[Chunk]:
        return self._begun('text', event.id)

    @_chunks.register
    def _(self, event: TextDelta) -> list[Chunk]:
        return [{'type': 'text-delta', 'id': event.id, 'delta': event.text}]

    @_chunks.register
    def _(self, event: TextEnd) -> list[Chunk]:
        return self._closed(event.id)

    @_chunks.register
    def _(self, event: ReasoningStart) -> list[Chunk]:
        return self._begun('reasoning', event.id)

    @_chunks.register
    def _(self, event: ReasoningDelta) -> list[Chunk]:
        return [{'type': 'reasoning-delta', 'id': event.id, 'delta': event.text}]

    @_chunks.register
    def _(self, event: ReasoningEnd) -> list[Chunk]:
        kept = {'providerMetadata': {'genkit': event.metadata}} if event.metadata else {}
        return [{**chunk, **kept} for chunk in self._closed(event.id)]

    @_chunks.register
    def _(self, event: ToolInputStart) -> list[Chunk]:
        return [{'type': 'tool-input-start', 'toolCallId': event.id, 'toolName': event.name}]

    @_chunks.register
    def _(self, event: ToolInputDelta) -> list[Chunk]:
        return [{'type': 'tool-input-delta', 'toolCallId': event.id, 'inputTextDelta': event.text}]

    @_chunks.register
    def _(self, event: ToolInput) -> list[Chunk]:
        call = {'toolCallId': event.id, 'toolName': event.name, 'input': event.input}
        return [{'type': 'tool-input-available', **call}]

    @_chunks.register
    def _(self, event: ToolOutput) -> list[Chunk]:
        if event.id in self._denied:
            return [{'type': 'tool-output-denied', 'toolCallId': event.id}]
        output = {'output': event.output, 'content': event.content} if event.content else event.output
        return [{'type': 'tool-output-available', 'toolCallId': event.id, 'output': output}]

    @_chunks.register
    def _(self, event: PartAdded) -> list[Chunk]:
        part = event.part
        if isinstance(part, MediaPart):
            return [{'type': 'file', 'url': part.media.url, 'mediaType': to_media_type(part)}]
        if isinstance(part, DataPart):
            return [{'type': 'data-part', 'data': part.data}]
        return [{'type': 'data-custom', 'data': part.custom}] if isinstance(part, CustomPart) else []

    @_chunks.register
    def _(self, event: CustomChange) -> list[Chunk]:
        return [{'type': 'data-state', 'id': 'state', 'data': event.value}]

    @_chunks.register
    def _(self, event: ArtifactChange) -> list[Chunk]:
        return [{'type': 'data-artifact', 'id': event.id, 'data': event.artifact.to_wire()}]

    @_chunks.register
    def _(self, event: Waiting) -> list[Chunk]:
        return [chunk for call in event.calls for chunk in _of_waiting(call)]

    @_chunks.register
    def _(self, event: RunEnd) -> list[Chunk]:
        chunks = [chunk for part_id in list(self._open) for chunk in self._closed(part_id)]
        if event.reason == AgentFinishReason.FAILED:
            told = (event.error or {}).get('message') or 'The run failed.'
            return [*chunks, {'type': 'error', 'errorText': told}]
        if event.reason == AgentFinishReason.ABORTED:
            return [*chunks, {'type': 'abort'}]
        usage = None if event.usage is None else event.usage.to_wire()
        facts = {'sessionId': event.session_id, 'snapshotId': event.snapshot_id, 'usage': usage or None}
        metadata = {name: value for name, value in facts.items() if value is not None}
        reason = _REASONS.get(event.reason, 'other')
        return [*chunks, {'type': 'finish', 'finishReason': reason, 'messageMetadata': metadata}]

    def _begun(self, kind: str, part_id: str) -> list[Chunk]:
        self._open[part_id] = kind
        return [{'type': f'{kind}-start', 'id': part_id}]

    def _closed(self, part_id: str) -> list[Chunk]:
        return [{'type': f'{self._open.pop(part_id)}-end', 'id': part_id}]


def _of_waiting(call: WaitingCall) -> list[Chunk]:
    chunks: list[Chunk] = []
    if call.question is not None:
        chunks.append({'type': 'data-question', 'id': call.id, 'data': call.question})
    if not call.is_question:
        chunks.append({'type': 'tool-approval-request', 'approvalId': call.id, 'toolCallId': call.id})
    return chunks


def _to_json(chunk: Chunk) -> str:
    return json.dumps(chunk, ensure_ascii=False, separators=(',', ':'), default=str)
