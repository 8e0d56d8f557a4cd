# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The events of AG-UI 1.0: https://docs.ag-ui.com/concepts/events."""

import json
from collections.abc import Sequence
from functools import singledispatchmethod
from typing import Any

from ag_ui.core import (
    ActivitySnapshotEvent,
    BaseEvent,
    CustomEvent,
    EventType,
    MessagesSnapshotEvent,
    ReasoningEncryptedValueEvent,
    ReasoningEndEvent,
    ReasoningMessageContentEvent,
    ReasoningMessageEndEvent,
    ReasoningMessageStartEvent,
    ReasoningStartEvent,
    RunErrorEvent,
    RunFinishedCancelledOutcome,
    RunFinishedEvent,
    RunFinishedInterruptOutcome,
    RunFinishedSuccessOutcome,
    RunStartedEvent,
    StateDeltaEvent,
    StateSnapshotEvent,
    StepFinishedEvent,
    StepStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
    ToolCallArgsEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)
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
from genkit.types import AgentFinishReason
from genkit.web import EventWriter

from genkit_ag_ui.convert import to_interrupts, to_text


class AgUiWriter(EventWriter):
    """Writes one run.

    Args:
        thread_id: Of the conversation.
        run_id: Of the run, as the client chose it.
    """

    def __init__(self, thread_id: str, run_id: str) -> None:
        self._thread_id, self._run_id = thread_id, run_id
        self._is_begun = False
        self._steps = 0
        self._open: dict[str, list[BaseEvent]] = {}  # how to end what has begun
        self._inputs: dict[str, str] = {}
        self._waiting: Sequence[WaitingCall] = ()

    def write(self, event: AgentEvent) -> list[str]:
        """Return the events of an event of ours."""
        return [*self.begin(), *map(to_json, self._events(event))]

    def begin(self) -> list[str]:
        """Return the first event, if it was not written yet."""
        if self._is_begun:
            return []
        self._is_begun = True
        return [to_json(RunStartedEvent(type=EventType.RUN_STARTED, thread_id=self._thread_id, run_id=self._run_id))]

    @singledispatchmethod
    def _events(self, _event: Any) -> list[BaseEvent]:
        """Return the events of one of ours; none of one that the protocol has no word for."""
        return []

    @_events.register
    def _(self, _event: StepStart) -> list[BaseEvent]:
        self._steps += 1
        name = f'step-{self._steps}'
        self._open['step'] = [StepFinishedEvent(type=EventType.STEP_FINISHED, step_name=name)]
        return [StepStartedEvent(type=EventType.STEP_STARTED, step_name=name)]

    @_events.register
    def _(self, _event: StepEnd) -> list[BaseEvent]:
        return self._open.pop('step')

    @_events.register
    def _(self, event: TextStart) -> list[BaseEvent]:
        self._open[event.id] = [TextMessageEndEvent(type=EventType.TEXT_MESSAGE_END, message_id=event.id)]
        return [TextMessageStartEvent(type=EventType.TEXT_MESSAGE_START, message_id=event.id, role='assistant')]

    @_events.register
    def _(self, event: TextDelta) -> list[BaseEvent]:
        kind = EventType.TEXT_MESSAGE_CONTENT
        return [TextMessageContentEvent(type=kind, message_id=event.id, delta=event.text)]

    @_events.register
    def _(self, event: TextEnd) -> list[BaseEvent]:
        return self._open.pop(event.id)

    @_events.register
    def _(self, event: ReasoningStart) -> list[BaseEvent]:
        self._open[event.id] = [
            ReasoningMessageEndEvent(type=EventType.REASONING_MESSAGE_END, message_id=event.id),
            ReasoningEndEvent(type=EventType.REASONING_END, message_id=event.id),
        ]
        kind = EventType.REASONING_MESSAGE_START
        return [
            ReasoningStartEvent(type=EventType.REASONING_START, message_id=event.id),
            ReasoningMessageStartEvent(type=kind, message_id=event.id, role='reasoning'),
        ]

    @_events.register
    def _(self, event: ReasoningDelta) -> list[BaseEvent]:
        kind = EventType.REASONING_MESSAGE_CONTENT
        return [ReasoningMessageContentEvent(type=kind, message_id=event.id, delta=event.text)]

    @_events.register
    def _(self, event: ReasoningEnd) -> list[BaseEvent]:
        ended = self._open.pop(event.id)
        if not event.metadata:
            return ended
        kept = ReasoningEncryptedValueEvent(
            type=EventType.REASONING_ENCRYPTED_VALUE,
            subtype='message',
            entity_id=event.id,
            encrypted_value=json.dumps(event.metadata, default=str),
        )
        return [ended[0], kept, ended[1]]

    @_events.register
    def _(self, event: ToolInputStart) -> list[BaseEvent]:
        self._open[event.id] = [ToolCallEndEvent(type=EventType.TOOL_CALL_END, tool_call_id=event.id)]
        kind = EventType.TOOL_CALL_START
        return [ToolCallStartEvent(type=kind, tool_call_id=event.id, tool_call_name=event.name)]

    @_events.register
    def _(self, event: ToolInputDelta) -> list[BaseEvent]:
        self._inputs[event.id] = self._inputs.get(event.id, '') + event.text
        return [_arguments(event.id, event.text)]

    @_events.register
    def _(self, event: ToolInput) -> list[BaseEvent]:
        shown, text = self._inputs.pop(event.id, ''), json.dumps(event.input, ensure_ascii=False, default=str)
        if not shown:
            return [_arguments(event.id, text), *self._open.pop(event.id)]
        left = text[len(shown) :] if text.startswith(shown) else ''
        return [*([_arguments(event.id, left)] if left else []), *self._open.pop(event.id)]

    @_events.register
    def _(self, event: ToolOutput) -> list[BaseEvent]:
        answer = ToolCallResultEvent(
            type=EventType.TOOL_CALL_RESULT,
            message_id=f'result-{event.id}',
            tool_call_id=event.id,
            content=to_text(event.output),
            role='tool',
        )
        return [answer]

    @_events.register
    def _(self, event: PartAdded) -> list[BaseEvent]:
        return [CustomEvent(type=EventType.CUSTOM, name='genkit:part', value=event.part.to_wire())]

    @_events.register
    def _(self, event: CustomChange) -> list[BaseEvent]:
        if event.patch is None:
            return [StateSnapshotEvent(type=EventType.STATE_SNAPSHOT, snapshot=event.value)]
        delta: list[Any] = [operation.to_wire() for operation in event.patch]
        return [StateDeltaEvent(type=EventType.STATE_DELTA, delta=delta)]

    @_events.register
    def _(self, event: ArtifactChange) -> list[BaseEvent]:
        shown = ActivitySnapshotEvent(
            type=EventType.ACTIVITY_SNAPSHOT,
            message_id=f'artifact-{event.id}',
            activity_type='genkit:artifact',
            content=event.artifact.to_wire(),
            replace=True,
        )
        return [shown]

    @_events.register
    def _(self, event: Waiting) -> list[BaseEvent]:
        self._waiting = event.calls
        return []

    @_events.register
    def _(self, event: RunEnd) -> list[BaseEvent]:
        if event.reason == AgentFinishReason.FAILED:
            told = event.error or {}
            message, code = told.get('message') or 'The run failed.', told.get('status')
            return [RunErrorEvent(type=EventType.RUN_ERROR, message=message, code=code)]
        ends = [end for ends in reversed(list(self._open.values())) for end in ends]
        outcome: Any = RunFinishedSuccessOutcome(type='success')
        if event.reason == AgentFinishReason.ABORTED:
            outcome = RunFinishedCancelledOutcome(type='cancelled')
        elif self._waiting:
            outcome = RunFinishedInterruptOutcome(type='interrupt', interrupts=to_interrupts(self._waiting))
        facts = {'finishReason': str(event.reason), 'snapshotId': event.snapshot_id}
        result = {name: value for name, value in facts.items() if value}
        return [
            *ends,
            RunFinishedEvent(
                type=EventType.RUN_FINISHED,
                result=result,
                outcome=outcome,
                thread_id=self._thread_id,
                run_id=self._run_id,
            ),
        ]


def interrupts_of(waiting: Sequence[WaitingCall]) -> list[dict[str, Any]]:
    """Return the calls that wait as interrupts in JSON."""
    return [each.model_dump(by_alias=True, exclude_none=True) for each in to_interrupts(waiting)]


def messages_snapshot(messages: Sequence[Any]) -> str:
    """Return a conversation as an event."""
    return to_json(MessagesSnapshotEvent(type=EventType.MESSAGES_SNAPSHOT, messages=list(messages)))


def to_json(event: BaseEvent) -> str:
    """Return an event as JSON; a client takes null for no optional member."""
    return event.model_dump_json(by_alias=True, exclude_none=True)


def _arguments(call_id: str, text: str) -> ToolCallArgsEvent:
    return ToolCallArgsEvent(type=EventType.TOOL_CALL_ARGS, tool_call_id=call_id, delta=text)
