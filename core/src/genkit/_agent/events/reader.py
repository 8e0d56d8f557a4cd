# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes events of the chunks and the output of an agent's run."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from genkit._agent.events.calls import Call, Calls
from genkit._agent.events.event import (
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
from genkit._agent.json_patch import apply_patch
from genkit.types import (
    AgentFinishReason,
    AgentOutput,
    AgentStreamChunk,
    Artifact,
    GenerateResponseChunk,
    GenerationUsage,
    JsonPatch,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)


class EventReader:
    """Reads one run of an agent: `take` each chunk, then `end` with the output.

    Whatever the model and the agent leave out, each call of a tool begins once, before its output; what was begun is
    ended before the run ends; and what only the output holds comes before `RunEnd`.

    Args:
        history: The conversation before the run.
    """

    def __init__(self, history: Sequence[Message] = ()) -> None:
        self._calls = Calls(history)
        self._last = history[-1] if history else None
        self._place = len(history)  # so that ids differ from those of earlier runs
        self._index: int | None = None  # of the model's message that is being read
        self._in_step = False
        self._open: _Open | None = None
        self._written = ''  # of the message, for chunks that hold all of it so far
        self._numbers = 0
        self._state: Any = None
        self._has_state = False
        self._artifacts = 0

    def take(self, chunk: AgentStreamChunk) -> list[AgentEvent]:
        """Return the events of a chunk."""
        events: list[AgentEvent] = []
        if chunk.model_chunk is not None:
            events += self._said(chunk.model_chunk)
        if chunk.custom_patch is not None:
            events.append(self._changed(chunk.custom_patch))
        if chunk.artifact is not None:
            events.append(self._made(chunk.artifact))
        return events

    def end(self, output: AgentOutput, usage: GenerationUsage | None = None) -> list[AgentEvent]:
        """Return the last events of a run that has ended by itself."""
        events: list[AgentEvent] = []
        message = output.message
        failed = output.finish_reason == AgentFinishReason.FAILED or output.error is not None
        if message is not None and message.role == Role.MODEL and not failed:
            if self._index is None and message is not self._last and message != self._last:
                events += self._message(message.content)
            events += self._asked_again(message)
        waiting = [] if failed or message is None else list(self._waiting(message, events))
        events += self._closed()
        if waiting:
            events.append(Waiting(waiting))
        error = None if output.error is None else output.error.to_wire()
        reason = AgentFinishReason.FAILED if failed else output.finish_reason or AgentFinishReason.OTHER
        session_id = output.session_id or (output.state and output.state.session_id)
        events.append(RunEnd(reason, session_id, output.snapshot_id, usage, error))
        return events

    def broken(self, reason: AgentFinishReason, error: dict[str, Any] | None = None) -> list[AgentEvent]:
        """Return the last events of a run that was aborted, or ended by an error."""
        return [*self._closed(), RunEnd(reason, error=error)]

    def _said(self, chunk: GenerateResponseChunk[Any]) -> list[AgentEvent]:
        if chunk.role == Role.TOOL:
            events = self._ended()
            for part in chunk.content:
                if isinstance(part, ToolResponsePart):
                    events += self._answered(part.tool_response)
            self._index = None
            return events
        events: list[AgentEvent] = []
        index = chunk.index or 0
        if self._index != index:
            events += self._closed()
            self._index, self._written = index, ''
        if not self._in_step:
            self._in_step = True
            events.append(StepStart())
        for part in chunk.content:
            events += self._part(part, is_all=bool(chunk.aggregated))
        return events

    def _message(self, content: Sequence[Part]) -> list[AgentEvent]:
        """Return the events of a message of which nothing came before."""
        return self._said(GenerateResponseChunk(role=Role.MODEL, index=self._index or 0, content=list(content)))

    def _part(self, part: Part, *, is_all: bool) -> Iterator[AgentEvent]:
        if isinstance(part, TextPart):
            yield from self._text(part.text, is_all=is_all)
        elif isinstance(part, ReasoningPart):
            yield from self._reasoning(part)
        elif isinstance(part, ToolRequestPart):
            yield from self._ended()
            yield from self._called(part)
        elif not isinstance(part, ToolResponsePart):
            yield from self._ended()
            yield PartAdded(part)

    def _text(self, text: str, *, is_all: bool) -> Iterator[AgentEvent]:
        if is_all and text.startswith(self._written):
            text = text[len(self._written) :]
        if not text:
            return
        if self._open is None or self._open.is_reasoning:
            yield from self._ended()
            self._open = _Open(self._new_id('text'))
            yield TextStart(self._open.id)
        self._written += text
        yield TextDelta(self._open.id, text)

    def _reasoning(self, part: ReasoningPart) -> Iterator[AgentEvent]:
        if not part.reasoning and not part.metadata:
            return
        if self._open is None or not self._open.is_reasoning:
            yield from self._ended()
            self._open = _Open(self._new_id('reasoning'), is_reasoning=True)
            yield ReasoningStart(self._open.id)
        if part.metadata:
            self._open.metadata = {**(self._open.metadata or {}), **part.metadata}
        if part.reasoning:
            yield ReasoningDelta(self._open.id, part.reasoning)

    def _called(self, part: ToolRequestPart) -> Iterator[AgentEvent]:
        request = part.tool_request
        call = self._calls.begun(request)
        if call is None:
            call = self._calls.add(request, is_whole=False)
            yield ToolInputStart(call.id, call.name)
        if request.partial:
            yield from self._input_grows(call, request.input)
            return
        call.is_whole = True
        yield ToolInput(call.id, call.name, request.input)

    def _input_grows(self, call: Call, so_far: Any) -> Iterator[AgentEvent]:
        text = so_far if isinstance(so_far, str) else '' if so_far is None else json.dumps(so_far)
        if len(text) > len(call.text) and text.startswith(call.text):  # what was repaired comes with the whole input
            grown, call.text = text[len(call.text) :], text
            yield ToolInputDelta(call.id, grown)

    def _answered(self, response: ToolResponse) -> Iterator[AgentEvent]:
        call = self._calls.answered(response)
        if call is None:
            return
        if not call.is_whole:  # an agent of one's own may send the answer alone
            call.is_whole = True
            yield ToolInputStart(call.id, call.name)
            yield ToolInput(call.id, call.name, None)
        for inner in call.inner:
            if not inner.is_answered:
                inner.is_answered = True
                yield ToolOutput(inner.id, inner.name, None)
        yield ToolOutput(call.id, call.name, response.output, response.content)

    def _asked_again(self, message: Message) -> list[AgentEvent]:
        """Return the outputs of tools that had finished beside one that waits: they come with the output alone."""
        events: list[AgentEvent] = []
        for call, part in self._calls.of(message):
            metadata = part.metadata or {}
            if 'pendingOutput' in metadata and not call.is_answered:
                call.is_answered = True
                output, content = metadata['pendingOutput'], metadata.get('pendingContent')
                events.append(ToolOutput(call.id, call.name, output, content))
        return events

    def _waiting(self, message: Message, events: list[AgentEvent]) -> Iterator[WaitingCall]:
        """Return what waits for a person; what waits inside another call begins now."""
        for call, part in self._calls.of(message):
            if 'interrupt' not in (part.metadata or {}):
                continue
            is_new = not call.inner
            inner = self._calls.nest(call, part)
            for each, leaf in inner:
                if is_new:
                    events.append(ToolInputStart(each.id, each.name))
                    events.append(ToolInput(each.id, each.name, leaf.tool_request.input))
                yield WaitingCall(each.id, leaf)
            if not inner:
                yield WaitingCall(call.id, part)

    def _changed(self, patch: JsonPatch) -> CustomChange:
        self._state = apply_patch(self._state, patch.root)
        is_first, self._has_state = not self._has_state, True
        return CustomChange(self._state, None if is_first else patch.root)

    def _made(self, artifact: Artifact) -> ArtifactChange:
        if artifact.name:
            return ArtifactChange(artifact.name, artifact)
        self._artifacts += 1
        return ArtifactChange(f'artifact-{self._artifacts}', artifact)

    def _ended(self) -> list[AgentEvent]:
        """End the text or the reasoning that is open."""
        ended, self._open = self._open, None
        if ended is None:
            return []
        return [ReasoningEnd(ended.id, ended.metadata) if ended.is_reasoning else TextEnd(ended.id)]

    def _closed(self) -> list[AgentEvent]:
        """End what is open, and the step with it."""
        events = self._ended()
        if self._in_step:
            self._in_step = False
            events.append(StepEnd())
        return events

    def _new_id(self, kind: str) -> str:
        self._numbers += 1
        return f'{kind}-{self._place}-{self._numbers}'


class _Open:
    """A text or reasoning that has begun."""

    __slots__ = ('id', 'is_reasoning', 'metadata')

    def __init__(self, part_id: str, *, is_reasoning: bool = False) -> None:
        self.id = part_id
        self.is_reasoning = is_reasoning
        self.metadata: dict[str, Any] | None = None
