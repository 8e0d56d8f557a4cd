# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One run of an agent: opens the session, serves it, keeps it, and goes on in the background when told to."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any, Final

from genkit._action.bidi import BidiRunContext
from genkit._action.pipe import DEFAULT_ROOM, Pipe
from genkit._agent.claim import Claim, beat
from genkit._agent.opening import AgentDefinition, NotOpenedError, OpenedSession, Opening
from genkit._agent.stores.snapshots import (
    StateChange,
    StoredSnapshot,
    change_between,
    now,
)
from genkit._agent.turns import SessionRunner, TurnFailedError, new_id
from genkit._base.errors import GenkitError, get_callable_json, log_unexpected
from genkit.types import (
    AgentFinishReason,
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResult,
    AgentStreamChunk,
    Message,
    SessionSnapshot,
    SessionState,
    SnapshotStatus,
)
from genkit.types.agent import RuntimeError_


_LOGGER: Final = logging.getLogger('genkit.agent')
_GRACE_SECONDS: Final = 10.0
# The event loop holds tasks weakly; detached runs outlive their callers.
_DETACHED: Final[set[asyncio.Task[Any]]] = set()


class Invocation:
    """One run.

    Args:
        agent: What runs.
        inputs: The stream of inputs.
        context: Of the call.
    """

    def __init__(
        self, agent: AgentDefinition, inputs: AsyncIterator[AgentInput], context: BidiRunContext[Any, Any]
    ) -> None:
        self._agent = agent
        self._store = agent.store_for(context.context)
        self._check = agent.input_check(by_application=context.by_application)
        self._inputs = inputs
        self._context = context
        self._init: AgentInit = context.init or AgentInit()
        self._queue: Pipe[AgentInput] = Pipe()
        self._detaching: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._parent: SessionSnapshot | None = None
        self._alone = True
        self._good_id: str | None = None
        self._owner: str | None = None
        self._given: tuple[Message, ...] = ()
        self._claim: Claim | None = None
        self._reserved: str | None = None
        self._background: SessionSnapshot | None = None
        self._kept: SessionState | None = None
        self._keeping = asyncio.Lock()
        self._refused: GenkitError | None = None
        self._runner: SessionRunner | None = None

    async def run(self) -> AgentOutput:
        """Return how the run ended; a failing turn is a way to end.

        Raises:
            GenkitError: What `Opening.open` raises for an init that this agent does not take from this caller.
        """
        try:
            opened = await Opening(self._agent, self._store, self._context.context, self._check).open(self._init)
        except NotOpenedError as refused:
            return self._failed(refused.__cause__, self._init.state if self._store is None else None)
        state = self._begin_from(opened)
        span = self._context.span
        if span is not None and state.session_id:
            span.set_attribute('genkit:metadata:agent:sessionId', state.session_id)
        runner = self._runner = SessionRunner(self._queue, state, self, self._check)
        self._kept = state
        inputs = self._context.inputs
        is_read = inputs is None or inputs.ends_within(DEFAULT_ROOM)
        if is_read:
            await self._read()
            if self._refused is not None:
                raise self._refused
            if self._background is None:
                try:
                    return await self._work(runner)  # nobody can say anything to it any more
                finally:
                    await self._let_go()
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
            await self._let_go()
            if reading is not None:
                reading.cancel()
            if (self._background is None or self._refused is not None) and not work.done():
                work.cancel()
                await asyncio.wait([work])

    async def _let_go(self) -> None:
        """Give up a claim that no turn has ended: it was cancelled."""
        claim, self._claim = self._claim, None
        if claim is not None:
            await asyncio.shield(claim.give_up())

    def _begin_from(self, opened: OpenedSession) -> SessionState:
        self._given = tuple(opened.state.messages or ())
        self._parent, self._alone = opened.parent, opened.alone
        self._good_id, self._owner = opened.good_id, opened.owner
        return opened.state

    # What a runner needs

    def reserve(self) -> str | None:
        """Return the id under which the turn that begins will be kept."""
        if self._store is None:
            return None
        self._reserved = self._background.snapshot_id if self._background is not None else new_id()
        return self._reserved

    @property
    def parent_id(self) -> str | None:
        """The newest snapshot of the chain."""
        return None if self._parent is None else self._parent.snapshot_id

    async def claim(self, snapshot_id: str | None, state: SessionState) -> None:
        """Claim the session, unless this run is a branch or has written its pending snapshot already."""
        if self._store is None or snapshot_id is None or not self._alone or self._background is not None:
            return
        pending = self._snapshot(snapshot_id, state, SnapshotStatus.PENDING, None, None)
        claim = Claim(self._store, pending)
        await claim.take(self._change(state))
        self._claim = claim

    async def keep(
        self,
        snapshot_id: str | None,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> str | None:
        """Keep a state; a detached run keeps its last one alone, when it ends."""
        store = self._store
        if store is None or snapshot_id is None:
            return None
        async with self._keeping:
            if self._background is not None:
                return None
            snapshot = self._snapshot(snapshot_id, state, status, reason, error)
            claim, self._claim = self._claim, None
            if claim is None:
                await store.add(snapshot, self._change(state), alone=self._alone)
            elif not await claim.end(snapshot, self._change(state)):
                raise GenkitError(f'Snapshot {snapshot_id!r} was aborted meanwhile.', status='ABORTED')
            self._parent, self._alone, self._reserved, self._kept = snapshot, True, None, state
            if status == SnapshotStatus.COMPLETED:
                self._good_id = snapshot_id
        return snapshot_id

    def emit(self, chunk: AgentStreamChunk) -> None:
        """Hand a chunk to the caller, as far as the caller may see it; a caller who has left is not an error."""
        if self._background is not None:
            return
        transform = self._agent.chunk_transform
        shown = chunk if transform is None else transform(chunk, self._context.context)
        if shown is not None:
            with contextlib.suppress(GenkitError):
                self._context.send_chunk(shown)

    def shown_custom(self, state: SessionState) -> Any:
        """Return the application's own state as clients may see it."""
        return self._agent.shown(state, self._context.context).custom

    # Serving

    async def _read(self) -> None:
        """Read inputs ahead, so that a detach takes effect on arrival and not after the turns before it."""
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
        elif self._store is not None and state is not self._kept:
            await self.keep(new_id(), state, SnapshotStatus.COMPLETED, reason, None)
        message, mine = result.message, None
        if self._store is None:
            message, mine = self._handed_out(message, state)
        return AgentOutput.trusted(
            session_id=state.session_id,
            snapshot_id=self._good_id,
            state=mine,
            message=message,
            artifacts=result.artifacts,
            finish_reason=reason,
        )

    def _handed_out(self, message: Message | None, state: SessionState) -> tuple[Message | None, SessionState]:
        """Return the answer and the state as a client keeps them: the requests that wait in them are signed.

        What the client sent is not: only a message that this run has made proves that a model made its requests.
        """
        signer, messages = self._check.signer, list(state.messages or ())
        if signer is not None and messages and not any(messages[-1] is given for given in self._given):
            signed = signer.signed(messages[-1], state.session_id or '')
            if signed is not messages[-1]:
                message = signed if message is messages[-1] or message == messages[-1] else message
                state = state.replaced(messages=[*messages[:-1], signed])
        return message, self._agent.shown(state, self._context.context)

    async def _end_failed(self, runner: SessionRunner, error: BaseException | None) -> AgentOutput:
        good = runner.last_good
        if self._background is not None:
            await self._end_background(runner.state, SnapshotStatus.FAILED, AgentFinishReason.FAILED, error)
        message, state = (good.messages or [None])[-1], None
        if self._store is None:
            message, state = self._handed_out(message, good)
        return self._failed(error, state).replaced(
            session_id=good.session_id, snapshot_id=self._good_id, message=message
        )

    def _failed(self, error: BaseException | None, state: SessionState | None) -> AgentOutput:
        if error is not None:
            log_unexpected(error, f'Agent {self._agent.name!r}')
        return AgentOutput(state=state, finish_reason=AgentFinishReason.FAILED, error=to_error(error))

    # Detaching

    async def _detach(self) -> None:
        """Write the snapshot that the rest of the run will fill, under the id of the turn that runs, if one does."""
        store, runner = self._store, self._runner
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
        store, pending = self._store, self._background
        assert store is not None, 'only a run with a store is detached'
        assert pending is not None, 'a detached run has a snapshot'
        watching = [asyncio.create_task(beat(store, pending)), asyncio.create_task(self._heed_abort(work))]
        try:
            await asyncio.wait([work])
            if not work.cancelled() and (error := work.exception()) is not None:
                _LOGGER.warning('The detached run of agent %s was lost: %r', self._agent.name, error)
        finally:
            for task in watching:
                task.cancel()

    async def _heed_abort(self, work: 'asyncio.Task[AgentOutput]') -> None:
        store, pending = self._store, self._background
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
        store, pending = self._store, self._background
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
    ) -> StoredSnapshot:
        moment = now()
        return StoredSnapshot.trusted(
            agent=self._agent.name,
            owner=self._owner,
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
    """Return an error as results and snapshots carry it: masked unless it is one of ours, and without the stack.

    In this process the error itself goes along, for `AgentError`.
    """
    members = {} if error is None else get_callable_json(error)
    found = RuntimeError_.trusted(status='INTERNAL', message='The agent ended without saying why.').replaced(**members)
    return found.caused_by(error)
