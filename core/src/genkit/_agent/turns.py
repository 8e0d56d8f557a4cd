# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The session that an agent's function works with, turn by turn."""

import inspect
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Protocol

from genkit._agent.client_input import InputCheck
from genkit._agent.json_patch import diff
from genkit._base.errors import GenkitError
from genkit._base.serialize import dump_dict
from genkit._trace.span import open_span
from genkit.types import (
    AgentFinishReason,
    AgentInput,
    AgentResult,
    AgentStreamChunk,
    Artifact,
    GenerateResponseChunk,
    JsonPatch,
    JsonPatchOp,
    JsonPatchOperation,
    Message,
    SessionState,
    SnapshotStatus,
    TurnEnd,
)


# Whether what a model that does not stream says is sent as a chunk before its tools run; the agent protocol sends none.
STREAMS_WHOLE: Final = ContextVar('streams_whole', default=False)


@dataclass(frozen=True, slots=True)
class TurnContext:
    """Position of a turn in its session.

    Attributes:
        snapshot_id: The id of the snapshot after this turn; None without a store.
        parent_snapshot_id: The id of the snapshot before this turn.
        turn_index: The index of the turn in this run, counted from 0.
    """

    snapshot_id: str | None
    parent_snapshot_id: str | None
    turn_index: int


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The result of a turn."""

    finish_reason: AgentFinishReason | None = None


TurnHandler = Callable[[AgentInput, TurnContext], Awaitable[TurnResult | None]]


class TurnStore(Protocol):
    """Stores the state after each turn."""

    def reserve(self) -> str | None:
        """Return the id of the snapshot of the turn that begins; None without a store."""
        ...

    @property
    def parent_id(self) -> str | None:
        """The id of the newest snapshot."""
        ...

    async def claim(self, snapshot_id: str | None, state: SessionState) -> None:
        """Claim the session for a turn that acts on a tool response.

        Raises:
            GenkitError: ``ABORTED`` if another caller was first.
        """
        ...

    async def add(
        self,
        snapshot_id: str | None,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> str | None:
        """Store the state after a turn and return the snapshot's id; None if nothing was stored."""
        ...


class TurnCaller(Protocol):
    """Receives the chunks of a run."""

    def send(self, chunk: AgentStreamChunk) -> None:
        """Send a chunk."""
        ...

    def shown_custom(self, state: SessionState) -> Any:
        """Return the application's own state as the caller may see it."""
        ...


class TurnFailedError(Exception):
    """A turn failed; what it raised is its cause."""


class SessionRunner:
    """Runs the turns of one session: reads inputs, runs a turn for each, stores the changes.

    Args:
        inputs: The inputs, one per turn.
        state: The initial state of the session.
        store: Stores the state after each turn.
        caller: Receives the chunks.
        check: Decides which inputs are accepted.
    """

    def __init__(
        self,
        inputs: AsyncIterator[AgentInput],
        state: SessionState,
        store: TurnStore,
        caller: TurnCaller,
        check: InputCheck,
    ) -> None:
        self._check = check
        self.turn_index = 0
        self.last_good = state
        self.last_reason: AgentFinishReason | None = None
        self._inputs = inputs
        self._state = state
        self._store = store
        self._caller = caller
        self._shown: Any = None
        self._has_shown = False

    async def run(self, handler: TurnHandler) -> None:
        """Run a turn for each input, until the inputs end."""
        async for given in self._inputs:
            await self._turn(given, handler)

    async def result(self) -> AgentResult:
        """Return the usual result of an agent: the last message and all artifacts."""
        messages = self.get_messages()
        return AgentResult.trusted(message=messages[-1] if messages else None, artifacts=self.get_artifacts() or None)

    @property
    def state(self) -> SessionState:
        """The current state."""
        return self._state

    @property
    def session_id(self) -> str:
        """The session's id."""
        return self._state.session_id or ''

    def get_messages(self) -> list[Message]:
        """Return the conversation."""
        return list(self._state.messages or ())

    def set_messages(self, messages: Sequence[Message]) -> None:
        """Replace the conversation."""
        self._state = self._state.replaced(messages=list(messages))

    def add_messages(self, *messages: Message) -> None:
        """Append to the conversation."""
        self.set_messages([*self.get_messages(), *messages])

    def get_artifacts(self) -> list[Artifact]:
        """Return the artifacts produced so far."""
        return list(self._state.artifacts or ())

    def add_artifacts(self, *artifacts: Artifact) -> None:
        """Add artifacts; one of the same name is replaced in its place."""
        current = self.get_artifacts()
        added: list[Artifact] = []
        updated: list[Artifact] = []
        for artifact in artifacts:
            place = next((n for n, known in enumerate(current) if artifact.name and known.name == artifact.name), None)
            if place is None:
                current.append(artifact)
                added.append(artifact)
            else:
                current[place] = artifact
                updated.append(artifact)
        self._state = self._state.replaced(artifacts=current)
        for artifact in (*added, *updated):
            self._caller.send(AgentStreamChunk(artifact=artifact))

    def get_custom(self) -> Any:
        """Return the custom state."""
        return self._state.custom

    async def update_custom(self, change: Callable[[Any], Any]) -> Any:
        """Replace the custom state by the result of a function of it, and send the change to the caller."""
        changed = change(self._state.custom)
        changed = await changed if inspect.isawaitable(changed) else changed
        self._state = self._state.replaced(custom=changed)
        shown = dump_dict(self._caller.shown_custom(self._state))
        if not self._has_shown:
            patch = [JsonPatchOperation(op=JsonPatchOp.REPLACE, path='', value=shown)]
        else:
            patch = diff(self._shown, shown)
        self._shown, self._has_shown = shown, True
        if patch:
            self._caller.send(AgentStreamChunk(custom_patch=JsonPatch(patch)))
        return changed

    def send_chunk(self, chunk: GenerateResponseChunk[Any]) -> None:
        """Send a chunk of a model's response to the caller."""
        self._caller.send(AgentStreamChunk.trusted(model_chunk=chunk))

    async def _turn(self, given: AgentInput, handler: TurnHandler) -> None:
        index = self.turn_index
        self.turn_index += 1
        self._has_shown = False
        turn = TurnContext(self._store.reserve(), self._store.parent_id, index)
        await self._accept(given, turn.snapshot_id)
        if given.message is not None:
            self.add_messages(given.message)
        try:
            with open_span(f'runTurn-{index + 1}', 'flowStep', input_value=given) as span:
                outcome = await handler(given, turn)
                span.set_output({'state': self._state})
                if turn.snapshot_id is not None:
                    span.set_attribute('genkit:metadata:agent:snapshotId', turn.snapshot_id)
        except Exception as error:
            failed = AgentFinishReason.FAILED
            kept = await self._store.add(turn.snapshot_id, self._state, SnapshotStatus.FAILED, failed, error)
            self.last_reason = failed
            self._end_turn(kept, failed)
            raise TurnFailedError from error
        reason = outcome.finish_reason if outcome is not None else None
        kept = await self._store.add(turn.snapshot_id, self._state, SnapshotStatus.COMPLETED, reason, None)
        self.last_good, self.last_reason = self._state, reason
        self._end_turn(kept, reason)

    async def _accept(self, given: AgentInput, snapshot_id: str | None) -> None:
        """Look at an input before anything of it counts; one that is refused ends the run and is not kept."""
        history = self.get_messages()
        try:
            accepted = self._check.accepted(given, history, self.session_id)
            if given.resume is not None:
                await self._store.claim(snapshot_id, self._state)
        except GenkitError as refused:
            self.last_reason = AgentFinishReason.FAILED
            self._end_turn(None, AgentFinishReason.FAILED)
            raise TurnFailedError from refused
        if accepted is not history:
            self.set_messages(accepted)

    def _end_turn(self, snapshot_id: str | None, reason: AgentFinishReason | None) -> None:
        end = TurnEnd.trusted(snapshot_id=snapshot_id, finish_reason=reason)
        self._caller.send(AgentStreamChunk.trusted(turn_end=end))


def new_id() -> str:
    """Return a random UUID as text."""
    return str(uuid.uuid4())
