# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One run of an agent: opens the session, serves it, keeps it, and goes on in the background when told to."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit._action.bidi import BidiRunContext
from genkit._action.pipe import DEFAULT_ROOM, Pipe
from genkit._action.schema import type_adapter, validate_input
from genkit._agent.stores.snapshots import (
    HEARTBEAT_SECONDS,
    SnapshotStore,
    StateChange,
    as_read,
    change_between,
    now,
)
from genkit._agent.turns import SessionRunner, TurnFailedError, new_id
from genkit._base.errors import GenkitError
from genkit._base.json_schema import check_json
from genkit.types import (
    AgentFinishReason,
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResult,
    AgentStreamChunk,
    SessionSnapshot,
    SessionState,
    SnapshotStatus,
)
from genkit.types.agent import RuntimeError_


AgentFn = Callable[[SessionRunner, BidiRunContext[Any, Any]], Awaitable[AgentResult | None]]
Transform = Callable[[Any], Any]

_LOGGER: Final = logging.getLogger('genkit.agent')
_GRACE_SECONDS: Final = 10.0
# The event loop holds tasks weakly; detached runs outlive their callers.
_DETACHED: Final[set[asyncio.Task[Any]]] = set()


@dataclass(frozen=True, kw_only=True)
class AgentDefinition:
    """What an agent is.

    Attributes:
        name: Of its actions.
        fn: Serves a session.
        store: Keeps its sessions; None if its clients do.
        state_schema: The type, or JSON schema, of the application's own state.
        state_transform: What clients may see of a state.
        chunk_transform: What they may see of a chunk; None drops it.
    """

    name: str
    fn: AgentFn
    store: SnapshotStore | None = None
    state_schema: Any = None
    state_transform: Transform | None = None
    chunk_transform: Transform | None = None

    def shown(self, state: SessionState) -> SessionState:
        """Return what clients may see of a state."""
        return state if self.state_transform is None else self.state_transform(state)


class _NotOpened(Exception):  # noqa: N818  (an outcome: the run ends with it as its result)
    """A session that cannot be served; the cause says why."""


class Invocation:
    """One run.

    Args:
        agent: What runs.
        inputs: What it is told.
        context: Of the call.
    """

    def __init__(
        self, agent: AgentDefinition, inputs: AsyncIterator[AgentInput], context: BidiRunContext[Any, Any]
    ) -> None:
        self._agent = agent
        self._inputs = inputs
        self._context = context
        self._init: AgentInit = context.init or AgentInit()
        self._queue: Pipe[AgentInput] = Pipe()
        self._detaching: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parent: SessionSnapshot | None = None
        self._alone = True
        self._good_id: str | None = None
        self._reserved: str | None = None
        self._background: SessionSnapshot | None = None
        self._kept: SessionState | None = None
        self._keeping = asyncio.Lock()
        self._refused: GenkitError | None = None
        self._runner: SessionRunner | None = None

    async def run(self) -> AgentOutput:
        """Return how the run ended; a failing turn is a way to end.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` or ``INVALID_ARGUMENT`` for an init that this agent does not take.
        """
        try:
            state = await self._open()
        except _NotOpened as refused:
            return self._failed(refused.__cause__, self._init.state if self._agent.store is None else None)
        span = self._context.span
        if span is not None and state.session_id:
            span.set_attribute('genkit:metadata:agent:sessionId', state.session_id)
        runner = self._runner = SessionRunner(self._queue, state, self)
        self._kept = state
        inputs = self._context.inputs
        is_read = inputs is None or inputs.ends_within(DEFAULT_ROOM)
        if is_read:
            await self._read()
            if self._refused is not None:
                raise self._refused
            if self._background is None:
                return await self._work(runner)  # nobody can say anything to it any more
        work = asyncio.create_task(self._work(runner))
        reading = None if is_read else asyncio.create_task(self._read())
        try:
            await asyncio.wait([work, self._detaching], return_when=asyncio.FIRST_COMPLETED)
            if self._refused is not None:
                raise self._refused
            if self._background is None:
                return await work
            self._watch_over(work)
            return AgentOutput(
                session_id=runner.session_id,
                snapshot_id=self._background.snapshot_id,
                finish_reason=AgentFinishReason.DETACHED,
            )
        finally:
            if reading is not None:
                reading.cancel()
            if (self._background is None or self._refused is not None) and not work.done():
                work.cancel()
                await asyncio.wait([work])

    # What a runner needs

    def reserve(self) -> str | None:
        """Return the id under which the turn that begins will be kept."""
        if self._agent.store is None:
            return None
        self._reserved = self._background.snapshot_id if self._background is not None else new_id()
        return self._reserved

    @property
    def parent_id(self) -> str | None:
        """The newest snapshot of the chain."""
        return None if self._parent is None else self._parent.snapshot_id

    async def keep(
        self,
        snapshot_id: str | None,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> str | None:
        """Keep a state; a detached run keeps its last one alone, when it ends."""
        store = self._agent.store
        if store is None or snapshot_id is None:
            return None
        async with self._keeping:
            if self._background is not None:
                return None
            snapshot = self._snapshot(snapshot_id, state, status, reason, error)
            await store.add(snapshot, self._change(state), alone=self._alone)
            self._parent, self._alone, self._reserved, self._kept = snapshot, True, None, state
            if status == SnapshotStatus.COMPLETED:
                self._good_id = snapshot_id
        return snapshot_id

    def emit(self, chunk: AgentStreamChunk) -> None:
        """Hand a chunk to the caller, as far as the caller may see it; a caller who has left is no error."""
        if self._background is not None:
            return
        shown = chunk if self._agent.chunk_transform is None else self._agent.chunk_transform(chunk)
        if shown is not None:
            with contextlib.suppress(GenkitError):
                self._context.send_chunk(shown)

    def shown_custom(self, state: SessionState) -> Any:
        """Return the application's own state as clients may see it."""
        return self._agent.shown(state).custom

    # Opening

    async def _open(self) -> SessionState:
        init, store = self._init, self._agent.store
        if store is None:
            self._refuse_server_members(init)
            state = init.state or SessionState()
            self._check_state(state)
            return state if state.session_id else state.replaced(session_id=new_id())
        if init.state is not None:
            raise GenkitError(
                f"Cannot send 'state' to agent {self._agent.name!r}: its sessions are kept by the server. Send a "
                'sessionId or a snapshotId.',
                status='FAILED_PRECONDITION',
            )
        if init.snapshot_id is not None:
            found = await self._snapshot_named(store, init.snapshot_id)
            self._parent, self._alone = found, False
        elif init.session_id is not None:
            found = await self._last_of_session(store, init.session_id)
        else:
            found = None
        if found is None:
            return SessionState.trusted(session_id=init.session_id or new_id())
        self._good_id = found.snapshot_id
        state = found.state or SessionState()
        self._check_state(state)
        return state.replaced(session_id=found.session_id)

    def _refuse_server_members(self, init: AgentInit) -> None:
        for member, value in (('snapshotId', init.snapshot_id), ('sessionId', init.session_id)):
            if value is not None:
                raise GenkitError(
                    f"Cannot use '{member}' with agent {self._agent.name!r}: its state is kept by its clients. Send "
                    "the 'state' of the last output, or give the agent a store.",
                    status='FAILED_PRECONDITION',
                )

    async def _snapshot_named(self, store: SnapshotStore, snapshot_id: str) -> SessionSnapshot:
        found = await store.read(snapshot_id)
        if found is None:
            raise _NotOpened from GenkitError(
                f'Snapshot {snapshot_id!r} not found for agent {self._agent.name!r}.', status='NOT_FOUND'
            )
        asked = self._init.session_id
        if asked is not None and found.session_id != asked:
            raise GenkitError(
                f'Snapshot {snapshot_id} does not belong to session {asked} (it belongs to {found.session_id}).',
                status='INVALID_ARGUMENT',
            )
        if found.status != SnapshotStatus.COMPLETED:
            raise _NotOpened from GenkitError(
                f'Snapshot {snapshot_id!r} cannot be resumed: it is {str(as_read(found).status)!r}, not completed.',
                status='INVALID_ARGUMENT',
                details={'reason': 'SNAPSHOT_NOT_RESUMABLE'},
            )
        return found

    async def _last_of_session(self, store: SnapshotStore, session_id: str) -> SessionSnapshot | None:
        """Return the newest completed snapshot of a session; what was kept after it stays in the chain."""
        leaf = await store.latest(session_id)
        if leaf is None:
            return None
        self._parent = await store.read(leaf.snapshot_id)
        found = self._parent
        seen: set[str] = set()
        while found is not None and found.status != SnapshotStatus.COMPLETED:
            if found.snapshot_id in seen:
                raise GenkitError(
                    f'The snapshots of session {session_id!r} follow each other in a circle.',
                    status='FAILED_PRECONDITION',
                )
            seen.add(found.snapshot_id)
            found = await store.read(found.parent_id) if found.parent_id else None
        return found

    def _check_state(self, state: SessionState) -> None:
        schema = self._agent.state_schema
        if schema is None or state.custom is None:
            return
        what = f'the state of agent {self._agent.name}'
        try:
            if isinstance(schema, dict):
                check_json(cast('dict[str, Any]', schema), state.custom, what)
            else:
                validate_input(type_adapter(schema), state.custom, what)
        except GenkitError as error:
            raise _NotOpened from error

    # Serving

    async def _read(self) -> None:
        """Read ahead, so that a detach is heeded as soon as it comes and not after the turns before it."""
        try:
            async for given in self._inputs:
                if given.detach:
                    await self._detach()
                if given.message is not None or given.resume is not None or not given.detach:
                    await self._queue.put(given.replaced(detach=None) if given.detach else given)
                if given.detach:
                    break
        except GenkitError as error:
            self._refused = error
        finally:
            self._queue.close()
            if (self._background is not None or self._refused is not None) and not self._detaching.done():
                self._detaching.set_result(None)

    async def _work(self, runner: SessionRunner) -> AgentOutput:
        try:
            result = await self._agent.fn(runner, self._context) or AgentResult()
        except TurnFailedError as failed:
            output = await self._end_failed(runner, failed.__cause__)
        except Exception as error:  # noqa: BLE001  (how the agent ended is its result)
            output = await self._end_failed(runner, error)
        else:
            output = await self._end(runner, result)
        return output

    async def _end(self, runner: SessionRunner, result: AgentResult) -> AgentOutput:
        reason = result.finish_reason or runner.last_reason
        state = runner.state
        if self._background is not None:
            await self._end_background(state, SnapshotStatus.COMPLETED, reason, None)
        elif self._agent.store is not None and state is not self._kept:
            await self.keep(new_id(), state, SnapshotStatus.COMPLETED, reason, None)
        return AgentOutput.trusted(
            session_id=state.session_id,
            snapshot_id=self._good_id,
            state=self._agent.shown(state) if self._agent.store is None else None,
            message=result.message,
            artifacts=result.artifacts,
            finish_reason=reason,
        )

    async def _end_failed(self, runner: SessionRunner, error: BaseException | None) -> AgentOutput:
        good = runner.last_good
        if self._background is not None:
            await self._end_background(runner.state, SnapshotStatus.FAILED, AgentFinishReason.FAILED, error)
        output = self._failed(error, self._agent.shown(good) if self._agent.store is None else None)
        messages = good.messages or []
        return output.replaced(
            session_id=good.session_id, snapshot_id=self._good_id, message=messages[-1] if messages else None
        )

    def _failed(self, error: BaseException | None, state: SessionState | None) -> AgentOutput:
        return AgentOutput(state=state, finish_reason=AgentFinishReason.FAILED, error=to_error(error))

    # Detaching

    async def _detach(self) -> None:
        """Write the snapshot that the rest of the run will fill, under the id of the turn that runs, if one does."""
        store, runner = self._agent.store, self._runner
        if store is None or runner is None:
            raise GenkitError(
                'Detach is only supported when a session store is provided.', status='FAILED_PRECONDITION'
            )
        async with self._keeping:
            state = runner.last_good
            pending = self._snapshot(self._reserved or new_id(), state, SnapshotStatus.PENDING, None, None)
            pending = pending.replaced(heartbeat_at=now())
            await store.add(pending, self._change(state), alone=self._alone)
            self._background = pending

    def _watch_over(self, work: 'asyncio.Task[AgentOutput]') -> None:
        """Let the run go on without its caller, with a heartbeat, until it ends or is aborted."""
        task = asyncio.create_task(self._supervise(work))
        _DETACHED.add(task)
        task.add_done_callback(_DETACHED.discard)

    async def _supervise(self, work: 'asyncio.Task[AgentOutput]') -> None:
        watching = [asyncio.create_task(self._beat()), asyncio.create_task(self._heed_abort(work))]
        try:
            await asyncio.wait([work])
            if not work.cancelled() and (error := work.exception()) is not None:
                _LOGGER.warning('The detached run of agent %s was lost: %r', self._agent.name, error)
        finally:
            for task in watching:
                task.cancel()

    async def _beat(self) -> None:
        store, pending = self._agent.store, self._background
        assert store is not None, 'only a run with a store is detached'
        assert pending is not None, 'a detached run has a snapshot'
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await store.update(pending.replaced(heartbeat_at=now()), None, SnapshotStatus.PENDING)
            except GenkitError as error:  # the next one may come through
                _LOGGER.warning('The heartbeat of agent %s was not kept: %r', self._agent.name, error)

    async def _heed_abort(self, work: 'asyncio.Task[AgentOutput]') -> None:
        store, pending = self._agent.store, self._background
        assert store is not None, 'only a run with a store is detached'
        assert pending is not None, 'a detached run has a snapshot'
        async for status in store.watch(pending.snapshot_id):
            if status == SnapshotStatus.ABORTED:
                self._context.abort()
                await asyncio.wait([work], timeout=_GRACE_SECONDS)
                work.cancel()
                return

    async def _end_background(
        self,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> None:
        """Keep how a detached run ended, unless it was aborted meanwhile."""
        store, pending = self._agent.store, self._background
        assert store is not None, 'only a run with a store is detached'
        assert pending is not None, 'a detached run has a snapshot'
        ended = self._snapshot(pending.snapshot_id, state, status, reason, error)
        ended = ended.replaced(created_at=pending.created_at)
        await store.update(ended, self._change(state), SnapshotStatus.PENDING)

    def _change(self, state: SessionState) -> StateChange:
        return change_between(None if self._parent is None else self._parent.state, state)

    def _snapshot(
        self,
        snapshot_id: str,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> SessionSnapshot:
        moment = now()
        return SessionSnapshot.trusted(
            snapshot_id=snapshot_id,
            session_id=state.session_id,
            parent_id=self.parent_id,
            created_at=moment,
            updated_at=moment,
            status=status,
            finish_reason=reason,
            error=None if error is None else to_error(error),
            state=state,
        )


def to_error(error: BaseException | None) -> RuntimeError_:
    """Return an error as results and snapshots carry it; without the stack."""
    if isinstance(error, GenkitError):
        details = {name: value for name, value in error.details.items() if name != 'stack'}
        return RuntimeError_(status=str(error.status), message=error.original_message, details=details or None)
    return RuntimeError_(status='INTERNAL', message=str(error) or type(error).__name__)
