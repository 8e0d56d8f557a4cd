# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The steps of a run as snapshots in a session store."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

from genkit import GenkitError
from genkit.agent import SnapshotStore, StateChange, StoredSnapshot
from genkit.types import SessionSnapshot, SnapshotStatus, WireModel
from pydantic import ValidationError

from genkit_graph.nodes import Shape
from genkit_graph.progress import Progress


class Kept(WireModel):
    """What a snapshot of a run holds.

    Attributes:
        edges: Those that the graph had.
    """

    edges: dict[str, list[str]]
    progress: Progress


class Checkpoints:
    """The checkpoints of one run of a graph.

    Args:
        store: Where they are kept; None to keep none.
        shape: The graph.
        run_id: The run, which is a session of the store.
        owner: The caller that the run belongs to.
    """

    def __init__(self, store: SnapshotStore | None, shape: Shape, run_id: str, owner: str | None = None) -> None:
        self._store = store
        self._shape = shape
        self._run_id = run_id
        self._owner = owner
        self._edges = shape.noted()
        self._last: str | None = None
        self._lock = asyncio.Lock()

    async def keep(self, progress: Progress) -> None:
        """Store where the run stands after what was stored or loaded last.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` if this begins a run that exists; ``ABORTED`` if another process has gone on
                with it; ``FAILED_PRECONDITION`` if there is a question and no store.
        """
        if self._store is None:
            if question := next(progress.questions(), None):
                raise GenkitError(
                    f'Node {question.node!r} asks something, and graph {self._shape.name!r} has no store to wait in: '
                    'define it with store=FileSnapshots(…) or another one.',
                    status='FAILED_PRECONDITION',
                )
            return
        async with self._lock:
            kept = Kept(edges=self._edges, progress=progress).model_dump(mode='json', by_alias=True)
            snapshot = StoredSnapshot(
                snapshot_id=str(uuid.uuid4()),
                session_id=self._run_id,
                parent_id=self._last,
                created_at=datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z'),
                status=SnapshotStatus.COMPLETED,
                agent=_writer(self._shape),
                owner=self._owner,
            )
            try:
                await self._store.add(snapshot, StateChange(custom=kept, custom_changed=True), alone=True)
            except GenkitError as error:
                if error.status != 'ABORTED':
                    raise
                raise self._lost() from error
            self._last = snapshot.snapshot_id

    async def load(self) -> Progress:
        """Return where the run stands; what is kept next follows it.

        Raises:
            GenkitError: ``NOT_FOUND``, ``FAILED_PRECONDITION`` for a run of a graph with other edges, ``DATA_LOSS``.
        """
        snapshot = await self._newest()
        if self._owner is not None and getattr(snapshot, 'owner', None) != self._owner:
            raise self._unknown()
        kept = read(snapshot)
        if kept.edges != self._edges:
            raise GenkitError(
                f'Run {self._run_id!r} was begun by a graph {self._shape.name!r} with other edges: '
                f'{_difference(kept.edges, self._edges)}. Finish it with the code that began it, or carry it over with '
                'graph.branch(run_id).',
                status='FAILED_PRECONDITION',
            )
        self._last = snapshot.snapshot_id
        return kept.progress

    async def chain(self) -> list[SessionSnapshot]:
        """Return the snapshots of the run, oldest first.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        chain = [await self._newest()]
        while (parent := chain[-1].parent_id) is not None:
            found = await self._read(parent)
            if found is None:
                break
            chain.append(found)
        return chain[::-1]

    async def _newest(self) -> SessionSnapshot:
        if self._store is None:
            raise GenkitError(
                f'Graph {self._shape.name!r} keeps no runs: define it with store=FileSnapshots(…) or another one.',
                status='FAILED_PRECONDITION',
            )
        newest = await self._store.latest(self._run_id)
        found = None if newest is None else await self._read(newest.snapshot_id)
        if found is None:
            raise self._unknown()
        return found

    async def _read(self, snapshot_id: str) -> SessionSnapshot | None:
        assert self._store is not None
        found = await self._store.read(snapshot_id)
        return found if found is not None and getattr(found, 'agent', None) == _writer(self._shape) else None

    def _unknown(self) -> GenkitError:
        return GenkitError(f'Graph {self._shape.name!r} has no run {self._run_id!r}.', status='NOT_FOUND')

    def _lost(self) -> GenkitError:
        if self._last is None:
            return GenkitError(
                f'There is a run {self._run_id!r} already. Resume it, or begin one with another run_id.',
                status='ALREADY_EXISTS',
            )
        return GenkitError(
            f'Run {self._run_id!r} has gone on elsewhere since this call read it. Resume it to see where it stands.',
            status='ABORTED',
        )


def read(snapshot: SessionSnapshot) -> Kept:
    """Return what a snapshot of a run holds.

    Raises:
        GenkitError: ``DATA_LOSS`` if it is damaged.
    """
    custom: Any = snapshot.state.custom if snapshot.state is not None else None
    try:
        return Kept.model_validate(custom)
    except ValidationError as error:
        raise GenkitError(
            f'Checkpoint {snapshot.snapshot_id!r} of run {snapshot.session_id!r} is damaged: restore it, or branch '
            'from an earlier one.',
            status='DATA_LOSS',
            cause=error,
        ) from error


def _writer(shape: Shape) -> str:
    return f'graph/{shape.name}'


def _difference(before: dict[str, list[str]], now: dict[str, list[str]]) -> str:
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return '; '.join(f'after {name!r} came {before.get(name)}, now {now.get(name)}' for name in changed)
