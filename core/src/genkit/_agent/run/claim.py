# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps two callers from acting on one tool response: the first one claims the session until its turn is stored."""

import asyncio
import logging
from typing import Final

from genkit._agent.stores.snapshots import HEARTBEAT_SECONDS, SnapshotStore, StateChange, StoredSnapshot, now
from genkit._base.errors import GenkitError
from genkit.types import SessionSnapshot, SnapshotStatus


_LOGGER: Final = logging.getLogger('genkit.agent')


async def beat(store: SnapshotStore, pending: SessionSnapshot) -> None:
    """Show a sign of life of pending work every half minute, until cancelled."""
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        try:
            await store.update(pending.replaced(heartbeat_at=now()), None, SnapshotStatus.PENDING)
        except GenkitError as error:  # the next one may come through
            _LOGGER.warning('A heartbeat of snapshot %s was not kept: %r', pending.snapshot_id, error)


class Claim:
    """A pending snapshot that stands for a turn while it runs.

    Args:
        store: Where it is kept.
        pending: The snapshot, with the id of the turn.
    """

    def __init__(self, store: SnapshotStore, pending: StoredSnapshot) -> None:
        self._store = store
        self._pending = pending.replaced(heartbeat_at=now())
        self._beating: asyncio.Task[None] | None = None

    async def take(self, change: StateChange) -> None:
        """Write the snapshot.

        Raises:
            GenkitError: ``ABORTED`` if another caller was first.
        """
        await self._store.add(self._pending, change, alone=True)
        self._beating = asyncio.create_task(beat(self._store, self._pending))

    async def end(self, snapshot: SessionSnapshot, change: StateChange | None) -> bool:
        """Put the snapshot of the turn in its place; False if it was aborted meanwhile."""
        if self._beating is not None:
            self._beating.cancel()
        ended = snapshot.replaced(created_at=self._pending.created_at)
        return await self._store.update(ended, change, SnapshotStatus.PENDING)

    async def give_up(self) -> None:
        """Let others act, after a turn that was cancelled."""
        await self.end(self._pending.replaced(status=SnapshotStatus.ABORTED), None)
