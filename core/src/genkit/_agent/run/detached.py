# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Looks after detached runs: a heartbeat, and the end if the run is aborted."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from genkit._agent.run.chain import Detached
from genkit._agent.run.claim import beat
from genkit.types import AgentOutput, SnapshotStatus


_LOGGER: Final = logging.getLogger('genkit.agent')
_GRACE_SECONDS: Final = 10.0
# The event loop holds tasks weakly; detached runs outlive their callers.
_RUNNING: Final[set[asyncio.Task[Any]]] = set()


def look_after(agent: str, detached: Detached, work: 'asyncio.Task[AgentOutput]', abort: Callable[[], None]) -> None:
    """Let a run go on without its caller until it ends or is aborted.

    Args:
        agent: The agent's name, for the log.
        detached: The snapshot that the run fills.
        work: The run.
        abort: Sets the run's abort signal.
    """
    task = asyncio.create_task(_supervise(agent, detached, work, abort))
    _RUNNING.add(task)
    task.add_done_callback(_RUNNING.discard)


async def _supervise(
    agent: str, detached: Detached, work: 'asyncio.Task[AgentOutput]', abort: Callable[[], None]
) -> None:
    watching = [
        asyncio.create_task(beat(detached.store, detached.pending)),
        asyncio.create_task(_heed_abort(detached, work, abort)),
    ]
    try:
        await asyncio.wait([work])
        if not work.cancelled() and (error := work.exception()) is not None:
            _LOGGER.warning('The detached run of agent %s was lost: %r', agent, error)
    finally:
        for task in watching:
            task.cancel()


async def _heed_abort(detached: Detached, work: 'asyncio.Task[AgentOutput]', abort: Callable[[], None]) -> None:
    async for status in detached.store.watch(detached.pending.snapshot_id):
        if status == SnapshotStatus.ABORTED:
            abort()
            await asyncio.wait([work], timeout=_GRACE_SECONDS)
            work.cancel()
            return
