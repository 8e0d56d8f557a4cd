# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The stored form of an agent's sessions: a chain of snapshots, each with the change since its parent.

A snapshot's state would hold the whole conversation. A store is given the change alone, so that the ten-thousandth turn
costs what the tenth does.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from genkit._base.errors import GenkitError
from genkit._base.readers.json_text import read_json
from genkit._base.serialize import dump_json
from genkit.types import Artifact, Message, SessionSnapshot, SessionState, SnapshotStatus


HEARTBEAT_SECONDS: Final = 30.0
EXPIRY_SECONDS: Final = 60.0
_WATCH_SECONDS: Final = 0.5
_DEEPEST: Final = 201
LOGGER: Final = logging.getLogger('genkit.agent')


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """The difference between a state and that of its parent snapshot.

    Attributes:
        kept: The number of leading messages of the parent that are unchanged.
        added: The messages after them.
        custom: The custom state, if it changed.
        custom_changed: Whether it did.
        artifacts: All artifacts, if any changed.
    """

    kept: int = 0
    added: Sequence[Message] = field(default_factory=tuple)
    custom: Any = None
    custom_changed: bool = False
    artifacts: Sequence[Artifact] | None = None


def change_between(before: SessionState | None, after: SessionState) -> StateChange:
    """Return how a state differs from an earlier one; messages are compared by identity first, then by value."""
    old: list[Message] = list((before and before.messages) or ())
    new = list(after.messages or ())
    kept = 0
    for one, other in zip(old, new, strict=False):
        if one is not other and one != other:
            break
        kept += 1
    custom = before.custom if before else None
    artifacts = list((before and before.artifacts) or ())
    changed = artifacts != list(after.artifacts or ())
    return StateChange(
        kept=kept,
        added=new[kept:],
        custom=after.custom,
        custom_changed=custom != after.custom,
        artifacts=list(after.artifacts or ()) if changed else None,
    )


def apply_change(before: SessionState | None, change: StateChange, session_id: str) -> SessionState:
    """Apply a change to a state and return the new state."""
    messages = list((before and before.messages) or ())[: change.kept]
    artifacts = change.artifacts if change.artifacts is not None else ((before and before.artifacts) or ())
    return SessionState(
        session_id=session_id,
        messages=[*messages, *change.added],
        custom=change.custom if change.custom_changed else (before.custom if before else None),
        artifacts=list(artifacts) or None,
    )


def state_after(changes: Iterable[StateChange], session_id: str | None) -> SessionState | None:
    """Return what changes make of nothing, the oldest first; None without any."""
    state: SessionState | None = None
    for change in changes:
        state = apply_change(state, change, session_id or '')
    return state


def change_to_json(change: StateChange) -> str:
    """Serialize a change for a store; `change_from_json` is the inverse."""
    members: dict[str, Any] = {'kept': change.kept, 'added': list(change.added)}
    if change.custom_changed:
        members['custom'] = change.custom
    if change.artifacts is not None:
        members['artifacts'] = list(change.artifacts)
    return dump_json(members)


def change_from_json(text: str | bytes) -> StateChange:
    """Return a change from the text that `change_to_json` wrote."""
    return change_from_wire(read_kept(text))


def read_kept(text: str | bytes) -> Any:
    """Return what a store wrote as JSON, which may be as deep as the writer goes.

    Raises:
        GenkitError: ``DATA_LOSS`` if it is not JSON.
    """
    return read_json(text, 'What the session store holds', status='DATA_LOSS', max_depth=_DEEPEST)


def change_from_wire(members: dict[str, Any]) -> StateChange:
    """Return a change from the JSON object that `change_to_json` wrote."""
    artifacts = members.get('artifacts')
    return StateChange(
        kept=members['kept'],
        added=[Message.model_validate(message) for message in members['added']],
        custom=members.get('custom'),
        custom_changed='custom' in members,
        artifacts=None if artifacts is None else [Artifact.model_validate(artifact) for artifact in artifacts],
    )


class StoredSnapshot(SessionSnapshot):
    """A snapshot as stores keep it; clients only see the fields of `SessionSnapshot`.

    Attributes:
        agent: The agent that wrote it; no other one reads it. None in snapshots of earlier releases.
        owner: Who began the session, as the agent's ``owner`` function said.
    """

    agent: str | None = None
    owner: str | None = None


def snapshot_to_json(snapshot: SessionSnapshot) -> str:
    """Serialize a snapshot, without its state, for a store; `snapshot_from_json` is the inverse."""
    return dump_json(snapshot.replaced(state=None))


def snapshot_from_json(text: str | bytes, changes: Iterable[str | bytes] = ()) -> StoredSnapshot:
    """Return a snapshot from the text that `snapshot_to_json` wrote.

    Args:
        text: The text that `snapshot_to_json` wrote.
        changes: What `change_to_json` wrote of it and of all before it, the oldest first; its state is made of them.
    """
    snapshot = StoredSnapshot.model_validate_json(text)
    state = state_after(map(change_from_json, changes), snapshot.session_id)
    return snapshot if state is None else snapshot.replaced(state=state)


def time_of_snapshot(snapshot: SessionSnapshot) -> datetime:
    """Return the creation time of a snapshot; a time without a zone is UTC.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it says no time of ISO 8601.
    """
    try:
        created = datetime.fromisoformat(snapshot.created_at)
    except ValueError as error:
        raise GenkitError(
            f'createdAt of snapshot {snapshot.snapshot_id!r} is {snapshot.created_at!r}; expected a time of ISO 8601.',
            status='INVALID_ARGUMENT',
        ) from error
    return created if created.tzinfo else created.replace(tzinfo=UTC)


class SnapshotStore(Protocol):
    """A store of snapshots, shared by agents and by concurrent processes."""

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""
        ...

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest leaf snapshot of a session, without its state; or None.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if there are several and the store is configured to refuse that.
        """
        ...

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Store a new snapshot; its `state` is ignored, only the change is stored.

        Args:
            snapshot: The new one.
            change: From its parent's state, or from nothing.
            alone: Whether the parent must not have another child yet; without a parent, whether the session must not
                have a snapshot yet.

        Raises:
            GenkitError: ``ABORTED`` if it has: another writer was first.
        """
        ...

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot if it has the expected status; otherwise, or if it is absent, return False."""
        ...

    async def delete_session(self, session_id: str) -> None:
        """Delete a session and all its snapshots."""
        ...

    async def purge(self, before: datetime) -> int:
        """Delete the sessions whose newest snapshot is older, and return their number."""
        ...

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot, from the current one on, as they change."""
        ...


def now() -> str:
    """Return the present time as snapshots write it."""
    return datetime.now(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def as_read(snapshot: SessionSnapshot) -> SessionSnapshot:
    """Return a snapshot as a client reads it: without its agent and owner, ``expired`` if nobody works on it any more.

    Pending work shows a sign of life every half minute; without one for a minute it is ``expired``.
    """
    if type(snapshot) is not SessionSnapshot:
        shown = {name: value for name, value in snapshot.__dict__.items() if name in SessionSnapshot.model_fields}
        snapshot = SessionSnapshot.trusted(**shown)
    if snapshot.status != SnapshotStatus.PENDING or snapshot.heartbeat_at is None:
        return snapshot
    try:
        beat = datetime.fromisoformat(snapshot.heartbeat_at)
    except ValueError:
        return snapshot
    beat = beat if beat.tzinfo else beat.replace(tzinfo=UTC)
    silent = (datetime.now(UTC) - beat).total_seconds()
    return snapshot.replaced(status=SnapshotStatus.EXPIRED) if silent > EXPIRY_SECONDS else snapshot


def other_writer(snapshot: SessionSnapshot) -> GenkitError:
    """Return the error for a lost race: the session was started or continued concurrently."""
    done = 'begun' if snapshot.parent_id is None else 'continued'
    after = '' if snapshot.parent_id is None else f' after snapshot {snapshot.parent_id!r}'
    return GenkitError(
        f'Session {snapshot.session_id!r} was {done} by another writer{after}. Send the message again: it then follows '
        'what the other wrote.',
        status='ABORTED',
    )


def store_failed(place: Path, error: Exception) -> GenkitError:
    """Return the error for a store that cannot be read or written; its place is for the log, not for clients."""
    LOGGER.error('The session store %s cannot be used: %s', place, error)
    return GenkitError(
        'The session store cannot be used. Check its place, the disk and who may write there; the log names them.',
        status='UNAVAILABLE',
        cause=OSError(f'{place}: {error}'),
    )


def ambiguous_session(session_id: str) -> GenkitError:
    """Return the error for an ambiguous session, which has several leaf snapshots."""
    return GenkitError(
        f'Session {session_id!r} was continued in several ways; resume one of them by its snapshotId.',
        status='FAILED_PRECONDITION',
    )


async def watch_by_asking(ask: Callable[[], Awaitable[tuple[str | None] | None]]) -> AsyncIterator[SnapshotStatus]:
    """Iterate over statuses polled twice a second: the `watch` of stores without change notifications.

    Args:
        ask: Returns the current status, which may be None, in a tuple; None if the snapshot is gone.
    """
    seen: str | None = None
    while (found := await ask()) is not None:
        status = found[0]
        if status is not None and status != seen:
            seen = status
            yield SnapshotStatus(status)
        await asyncio.sleep(_WATCH_SECONDS)
