# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshots in memory."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from genkit._agent.stores.snapshots import StateChange, ambiguous_session, other_writer, state_after
from genkit.types import SessionSnapshot, SnapshotStatus


class MemorySnapshots:
    """Stores snapshots in memory, as long as the program runs.

    Args:
        reject_ambiguous_session: Whether a session with several branches can only be resumed by snapshot id.
    """

    def __init__(self, *, reject_ambiguous_session: bool = False) -> None:
        self._reject = reject_ambiguous_session
        self._kept: dict[str, tuple[SessionSnapshot, StateChange]] = {}
        self._sessions: dict[str, list[str]] = {}
        self._children: dict[str, int] = {}
        self._changed: asyncio.Event | None = None  # only while `watch` runs

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""
        found = self._kept.get(snapshot_id)
        if found is None:
            return None
        snapshot = found[0]
        chain: list[StateChange] = []
        place: str | None = snapshot_id
        while place is not None and place in self._kept:
            step, change = self._kept[place]
            chain.append(change)
            place = step.parent_id
        return snapshot.replaced(state=state_after(reversed(chain), snapshot.session_id))

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest leaf snapshot of a session, or None."""
        ids = [name for name in self._sessions.get(session_id, ()) if not self._children.get(name)]
        if len(ids) > 1 and self._reject:
            raise ambiguous_session(session_id)
        return self._kept[ids[-1]][0] if ids else None

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Store a new snapshot."""
        if alone and self._is_taken(snapshot):
            raise other_writer(snapshot)
        self._kept[snapshot.snapshot_id] = (snapshot.replaced(state=None), change)
        self._sessions.setdefault(snapshot.session_id or '', []).append(snapshot.snapshot_id)
        if snapshot.parent_id is not None:
            self._children[snapshot.parent_id] = self._children.get(snapshot.parent_id, 0) + 1
        self._notify()

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot if it has the expected status."""
        found = self._kept.get(snapshot.snapshot_id)
        if found is None or found[0].status != expected:
            return False
        self._kept[snapshot.snapshot_id] = (snapshot.replaced(state=None), change or found[1])
        self._notify()
        return True

    async def delete_session(self, session_id: str) -> None:
        """Delete a session."""
        for name in self._sessions.pop(session_id, ()):
            self._kept.pop(name, None)
            self._children.pop(name, None)
        self._notify()

    async def purge(self, before: datetime) -> int:
        """Delete the sessions whose newest snapshot is older."""
        old = [
            name
            for name, ids in self._sessions.items()
            if all(datetime.fromisoformat(self._kept[snapshot][0].created_at) < before for snapshot in ids)
        ]
        for name in old:
            await self.delete_session(name)
        return len(old)

    async def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot."""
        seen: SnapshotStatus | None = None
        while (found := self._kept.get(snapshot_id)) is not None:
            changed = self._changed = self._changed or asyncio.Event()
            status = found[0].status
            if status is not None and status != seen:
                seen = status
                yield status
                continue
            await changed.wait()

    def _is_taken(self, snapshot: SessionSnapshot) -> bool:
        if snapshot.parent_id is None:
            return bool(self._sessions.get(snapshot.session_id or ''))
        return bool(self._children.get(snapshot.parent_id))

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None
