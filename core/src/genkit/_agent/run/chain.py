# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The snapshots that one run adds to its session."""

import asyncio
from dataclasses import dataclass

from genkit._agent.opening import OpenedSession
from genkit._agent.run.claim import Claim
from genkit._agent.stores.snapshots import SnapshotStore, StateChange, StoredSnapshot, change_between, now
from genkit._agent.turns import new_id
from genkit._base.errors import GenkitError, get_callable_json
from genkit.types import AgentFinishReason, SessionState, SnapshotStatus
from genkit.types.agent import RuntimeError_


@dataclass(frozen=True, slots=True)
class Detached:
    """A run whose caller has left: it fills one pending snapshot when it ends."""

    store: SnapshotStore
    pending: StoredSnapshot


class Chain:
    """Stores a snapshot after each turn of a run; stores nothing if the agent has no store.

    Args:
        agent: The name of the agent.
        store: The caller's store, or None.
        opened: The state and the snapshot that the run starts from.

    Attributes:
        good_id: The id of the last completed snapshot.
    """

    def __init__(self, agent: str, store: SnapshotStore | None, opened: OpenedSession) -> None:
        self._agent = agent
        self._store = store
        self._parent, self._alone, self._owner = opened.parent, opened.alone, opened.owner
        self.good_id = opened.good_id
        self._stored = opened.state
        self._reserved: str | None = None
        self._claim: Claim | None = None
        self._writing = asyncio.Lock()
        self._detached: Detached | None = None

    @property
    def parent_id(self) -> str | None:
        """The id of the newest snapshot."""
        return None if self._parent is None else self._parent.snapshot_id

    def reserve(self) -> str | None:
        """Return the id of the snapshot of the turn that begins; None without a store."""
        if self._store is None:
            return None
        self._reserved = new_id() if self._detached is None else self._detached.pending.snapshot_id
        return self._reserved

    async def claim(self, snapshot_id: str | None, state: SessionState) -> None:
        """Claim the session for a turn that acts on a tool response.

        A run that branches off, or whose pending snapshot stands for it, needs no claim.

        Raises:
            GenkitError: ``ABORTED`` if another caller was first.
        """
        if self._store is None or snapshot_id is None or not self._alone or self._detached is not None:
            return
        claim = Claim(self._store, self._snapshot(snapshot_id, state, SnapshotStatus.PENDING, None, None))
        await claim.take(self._change(state))
        self._claim = claim

    async def release(self) -> None:
        """Give up the claim of a turn that was cancelled."""
        claim, self._claim = self._claim, None
        if claim is not None:
            await asyncio.shield(claim.give_up())

    async def add(
        self,
        snapshot_id: str | None,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> str | None:
        """Store the state after a turn and return the snapshot's id; None if nothing was stored.

        A detached run stores its last state only, when it ends.

        Raises:
            GenkitError: ``ABORTED`` if the snapshot was aborted meanwhile, or another caller was first.
        """
        if self._store is None or snapshot_id is None:
            return None
        async with self._writing:
            if self._detached is not None:
                return None
            snapshot = self._snapshot(snapshot_id, state, status, reason, error)
            claim, self._claim = self._claim, None
            if claim is None:
                await self._store.add(snapshot, self._change(state), alone=self._alone)
            elif not await claim.end(snapshot, self._change(state)):
                raise GenkitError(f'Snapshot {snapshot_id!r} was aborted meanwhile.', status='ABORTED')
            self._parent, self._alone, self._reserved, self._stored = snapshot, True, None, state
            if status == SnapshotStatus.COMPLETED:
                self.good_id = snapshot_id
        return snapshot_id

    async def detach(self, state: SessionState) -> Detached:
        """Store the pending snapshot that the rest of the run fills, under the id of the turn that runs, if any.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without a store.
        """
        store = self._store
        if store is None:
            raise GenkitError(
                'Detach is only supported when a session store is provided.', status='FAILED_PRECONDITION'
            )
        async with self._writing:
            pending = self._snapshot(self._reserved or new_id(), state, SnapshotStatus.PENDING, None, None)
            pending = pending.replaced(heartbeat_at=now())
            await store.add(pending, self._change(state), alone=self._alone)
            self._detached = Detached(store, pending)
        return self._detached

    async def end(self, state: SessionState, reason: AgentFinishReason | None) -> None:
        """Store the state that a run ends with, unless its last turn has stored it."""
        if self._detached is not None:
            await self._fill(self._detached, state, SnapshotStatus.COMPLETED, reason, None)
        elif self._store is not None and state is not self._stored:
            await self.add(new_id(), state, SnapshotStatus.COMPLETED, reason, None)

    async def fail(self, state: SessionState, error: BaseException | None) -> None:
        """Store the failure of a detached run; that of any other is stored after its last turn."""
        if self._detached is not None:
            await self._fill(self._detached, state, SnapshotStatus.FAILED, AgentFinishReason.FAILED, error)

    async def _fill(
        self,
        detached: Detached,
        state: SessionState,
        status: SnapshotStatus,
        reason: AgentFinishReason | None,
        error: BaseException | None,
    ) -> None:
        """Store the end of a detached run, unless it was aborted meanwhile."""
        ended = self._snapshot(detached.pending.snapshot_id, state, status, reason, error)
        ended = ended.replaced(created_at=detached.pending.created_at)
        await detached.store.update(ended, self._change(state), SnapshotStatus.PENDING)

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
            agent=self._agent,
            owner=self._owner,
            snapshot_id=snapshot_id,
            session_id=state.session_id,
            parent_id=self.parent_id,
            created_at=moment,
            updated_at=moment,
            status=status,
            finish_reason=reason,
            error=None if error is None else wire_error(error),
            state=state,
        )


def wire_error(error: BaseException | None) -> RuntimeError_:
    """Return an error for results and snapshots: masked unless it is a `GenkitError`, and without the stack.

    In this process the error itself goes along, for `AgentError`.
    """
    members = {} if error is None else get_callable_json(error)
    found = RuntimeError_.trusted(status='INTERNAL', message='The agent ended without saying why.').replaced(**members)
    return found.caused_by(error)
