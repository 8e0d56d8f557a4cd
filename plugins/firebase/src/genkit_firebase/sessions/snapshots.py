# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions of agents in Firestore."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from genkit import GenkitError, StatusName
from genkit.agent import StateChange, ambiguous_session, other_writer, watch_by_asking
from genkit.types import SessionSnapshot, SnapshotStatus

from genkit_firebase.config import check_collection
from genkit_firebase.database import Database, Found, Write
from genkit_firebase.errors import refused
from genkit_firebase.sessions.deletion import SessionDeletion
from genkit_firebase.sessions.documents import (
    ABOUT,
    CHAIN,
    FOLLOWED,
    FORMAT,
    LEAF,
    STATUS,
    VERSION,
    Change,
    check_version,
    is_same,
    next_document,
    part_document,
    session_document,
    to_change,
    to_session,
    to_snapshot,
    to_state,
    to_turn,
    turn_document,
)
from genkit_firebase.sessions.expiry import expiry_of_turn, has_expired


_TRIES: Final = 8  # of an update that others interfere with
_PIECES_AT_ONCE: Final = 3  # of 900 kB; the emulator takes 4 MiB in a commit
_WRITES_AT_ONCE: Final = 300
_REFUSALS: Final = frozenset(
    {
        StatusName.ALREADY_EXISTS,
        StatusName.FAILED_PRECONDITION,
        StatusName.INVALID_ARGUMENT,
        StatusName.NOT_FOUND,
        StatusName.PERMISSION_DENIED,
    }
)


class FirestoreSessionStore:
    """Keeps the sessions of agents in a collection of Firestore.

    A turn is one commit, whose preconditions say that nobody else has begun or continued the session. It writes what
    changed, never the history. What one document cannot hold is split.

    Args:
        project: The Google Cloud project. Default: ``GOOGLE_CLOUD_PROJECT``, ``GCLOUD_PROJECT`` or that of
            ``FIREBASE_CONFIG``, else that of the credentials.
        database: The name of the database.
        collection: The path of the collection that everything is kept in.
        credentials: Google credentials. Default: those of the environment; none where ``FIRESTORE_EMULATOR_HOST`` is
            set.
        client: An `AsyncClient` of ``google.cloud.firestore`` to use instead; it is not closed here, and belongs to one
            event loop.
        timeout: Seconds for a call with its repetitions.
        ttl: Seconds that a session lives after its last turn. Its documents then have a time in ``expireAt``, by which
            Firestore deletes them where a policy says so. Default: for ever.
        reject_ambiguous_session: Whether a session that was continued in two ways can only be resumed by snapshot.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a collection that cannot be; when it is used: ``FAILED_PRECONDITION``
            without credentials or a project, or if a later release wrote a session, ``DATA_LOSS`` if a part of one is
            missing, and what Firestore says.
    """

    def __init__(
        self,
        project: str | None = None,
        *,
        database: str | None = None,
        collection: str = 'genkit-sessions',
        credentials: Any = None,
        client: Any = None,
        timeout: float = 30.0,
        ttl: float | None = None,
        reject_ambiguous_session: bool = False,
    ) -> None:
        if ttl is not None and not ttl > 0:
            raise refused(f'ttl is {ttl!r}; expected seconds, more than 0, or None.')
        self._database = Database(project, database, credentials=credentials, client=client, timeout=timeout)
        self._collection = check_collection(collection)
        self._ttl = ttl
        self._reject = reject_ambiguous_session
        self._deletion = SessionDeletion(self._database, self._collection)

    def __repr__(self) -> str:
        """Return the collection and the database."""
        return f'{type(self).__name__}({self._collection!r}, {self._database!r})'

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""
        (turn,) = await self._get(turn_document(snapshot_id))
        if turn is None:
            return None
        check_version(turn.fields)
        chain = str(turn.fields.get(CHAIN))
        stands_alone = turn.fields.get('parent') is None and not turn.fields.get('pieces')
        found, (session,) = await asyncio.gather(
            _nothing() if stands_alone else self._database.find(self._collection, {CHAIN: chain}), self._get(chain)
        )
        if session is None or has_expired(session.fields) or turn.created < session.created:
            return None
        documents = {each.id: each.fields for each in (turn, *found)}
        return to_state(snapshot_id, documents)

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest snapshot that no other follows, or None."""
        chain = session_document(session_id)
        found, (session,) = await asyncio.gather(
            self._database.find(self._collection, {CHAIN: chain, LEAF: True}, only=(ABOUT, FORMAT)), self._get(chain)
        )
        if session is None or has_expired(session.fields):
            return None
        # Older ones are left from a session of this name that was being deleted, or has expired.
        leaves = [(leaf.created, to_snapshot(leaf.fields)) for leaf in found if leaf.created >= session.created]
        if len(leaves) > 1 and self._reject:
            raise ambiguous_session(session_id)
        newest = max(leaves, key=lambda leaf: (leaf[0], leaf[1].created_at), default=None)
        return None if newest is None else newest[1]

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Keep a new snapshot."""
        packed = to_change(change, uuid.uuid4().hex)
        session, others = await self._expiry(snapshot)
        turn = {**to_turn(snapshot), **packed.fields, **others}
        chain, place = session_document(snapshot.session_id or ''), turn_document(snapshot.snapshot_id)
        begun = {**to_session(snapshot), **session}
        writes: list[Write] = []
        if snapshot.parent_id is None:
            writes.append(Write('create' if alone else 'set', self._path(chain), begun))
        else:
            mark = {FOLLOWED: chain, FORMAT: VERSION, **others}
            writes.append(Write('create' if alone else 'set', self._path(next_document(snapshot.parent_id)), mark))
            writes.append(Write('update', self._path(chain), begun))
            writes.append(Write('update', self._path(turn_document(snapshot.parent_id)), {LEAF: False}))
        writes.append(Write('create', self._path(place), turn))
        try:
            await self._commit(writes, snapshot, packed, others)
        except GenkitError as error:
            if error.status == StatusName.NOT_FOUND:  # the session was deleted meanwhile
                raise other_writer(snapshot) from error
            if error.status != StatusName.ALREADY_EXISTS:
                raise
            (there,) = await self._get(place)
            if there is None:
                raise other_writer(snapshot) from error
            if not is_same(there.fields, turn):
                message = f'There is a snapshot {snapshot.snapshot_id!r} already.'
                raise refused(message, StatusName.ALREADY_EXISTS) from error

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot that has a status."""
        place = turn_document(snapshot.snapshot_id)
        wanted = {name: value for name, value in to_turn(snapshot).items() if name in (STATUS, ABOUT)}
        for number in range(_TRIES):
            packed = None if change is None else to_change(change, uuid.uuid4().hex)
            fields = {**wanted, **(packed.fields if packed else {})}
            (there,) = await self._get(place)
            if there is None:
                return False
            check_version(there.fields)
            if number and is_same(there.fields, fields):
                return True  # the answer to the call before was lost
            if there.fields.get(STATUS) != str(expected):
                return False
            writes = [Write('update', self._path(place), fields, there.updated)]
            if packed is not None:
                writes += [Write('delete', path) for path in self._pieces_of(snapshot, there)]
            try:
                await self._commit(writes, snapshot, packed or Change({}), {})
            except GenkitError as error:
                if error.status not in {StatusName.FAILED_PRECONDITION, StatusName.NOT_FOUND}:
                    raise
                continue  # another process has written it meanwhile
            return True
        raise refused(
            f'Snapshot {snapshot.snapshot_id!r} is being written by others all the time. Repeat the call.',
            StatusName.ABORTED,
        )

    async def delete_session(self, session_id: str) -> None:
        """Forget a session. If the call is interrupted, repeat it, or purge; the session is gone all the same."""
        await self._deletion.delete(session_document(session_id))

    async def purge(self, before: datetime) -> int:
        """Forget the sessions that have been silent since."""
        return await self._deletion.purge(before)

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot; Firestore is asked twice a second."""

        async def ask() -> tuple[str | None] | None:
            (turn,) = await self._get(turn_document(snapshot_id))
            if turn is None:
                return None
            status = turn.fields.get(STATUS)
            return (status if isinstance(status, str) else None,)

        return watch_by_asking(ask)

    async def aclose(self) -> None:
        """Close the running loop's connections; using the store again opens them."""
        await self._database.aclose()

    async def _get(self, name: str) -> list[Found | None]:
        return await self._database.get(self._path(name))

    async def _commit(
        self, writes: Sequence[Write], snapshot: SessionSnapshot, change: Change, fields: dict[str, Any]
    ) -> None:
        """Write everything at once, or nothing; pieces of a change go ahead, and are nothing without the rest."""
        revision = str(change.fields.get('revision'))
        pieces = [
            (self._path(part_document(snapshot.snapshot_id, revision, number)), piece)
            for number, piece in enumerate(change.pieces)
        ]
        is_last = False
        try:
            about = {CHAIN: session_document(snapshot.session_id or ''), FORMAT: VERSION, **fields}
            for some in _chunks(pieces, _PIECES_AT_ONCE):
                await self._database.commit(*(Write('set', path, {**about, 'piece': piece}) for path, piece in some))
            is_last = True
            # A deletion of the session may have met the pieces already.
            kept = [Write('update', path, {'isKept': True}) for path, _ in pieces]
            await self._database.commit(*writes, *kept)
        except BaseException as error:
            is_refused = getattr(error, 'status', None) in _REFUSALS
            if pieces and (is_refused or not is_last):
                turn = turn_document(snapshot.snapshot_id) if is_last else None
                await asyncio.shield(self._delete([path for path, _ in pieces], revision, turn))
            raise

    async def _delete(self, paths: Sequence[str], revision: str, turn: str | None) -> None:
        """Delete pieces, unless the turn was written after all, and the answer lost."""
        (there,) = [None] if turn is None else await self._get(turn)
        if there is None or there.fields.get('revision') != revision:
            await self._database.commit(*(Write('delete', path) for path in paths))

    async def _expiry(self, snapshot: SessionSnapshot) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the times that a turn writes, and see to it that no earlier document expires before the session."""
        if self._ttl is None:
            return {}, {}
        chain = session_document(snapshot.session_id or '')
        (session,) = await self._get(chain)
        if session is not None and has_expired(session.fields):
            await self._deletion.delete(chain)
            session = None
        expiry = expiry_of_turn(self._ttl, session.fields if session else None, datetime.now(UTC))
        if session is not None and expiry.must_extend:
            found = await asyncio.gather(
                *(self._database.find(self._collection, {name: chain}, only=()) for name in (CHAIN, FOLLOWED))
            )
            writes = [Write('update', self._path(each.id), expiry.others) for some in found for each in some]
            for some in _chunks(writes, _WRITES_AT_ONCE):
                await self._database.commit(*some)
        return expiry.session, expiry.others

    def _pieces_of(self, snapshot: SessionSnapshot, turn: Found) -> list[str]:
        count, revision = turn.fields.get('pieces'), str(turn.fields.get('revision'))
        numbers = range(count) if isinstance(count, int) else ()
        return [self._path(part_document(snapshot.snapshot_id, revision, number)) for number in numbers]

    def _path(self, name: str) -> str:
        return f'{self._collection}/{name}'


def _chunks(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


async def _nothing() -> list[Found]:
    return []
