# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshots in a file of SQLite: nothing to install, nothing to start, and several processes may use it at a time."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from genkit._agent.stores.snapshots import (
    StateChange,
    ambiguous_session,
    change_to_json,
    other_writer,
    snapshot_from_json,
    snapshot_to_json,
    store_failed,
    watch_by_asking,
)
from genkit._base.errors import GenkitError
from genkit.types import SessionSnapshot, SnapshotStatus


T = TypeVar('T')

_VERSION: Final = 1
_BUSY_SECONDS: Final = 10.0
_BUSY_STEP_SECONDS: Final = 0.01
# Each step brings a file of the version before it to its own.
_STEPS: Final = {
    1: (
        """
        CREATE TABLE snapshots (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session TEXT NOT NULL,
            parent TEXT,
            created TEXT NOT NULL,
            status TEXT,
            about TEXT NOT NULL,
            change TEXT NOT NULL
        )
        """,
        'CREATE INDEX snapshots_of_session ON snapshots (session)',
    ),
}
_CHAIN: Final = """
    WITH RECURSIVE chain(number, parent, change, depth) AS (
        SELECT number, parent, change, 0 FROM snapshots WHERE id = ?
        UNION ALL
        SELECT s.number, s.parent, s.change, depth + 1 FROM snapshots s JOIN chain ON s.id = chain.parent
    )
    SELECT change FROM chain ORDER BY depth DESC
"""
# What follows a snapshot is of the same session and came later, so that looking for it begins behind it.
_LEAVES: Final = """
    SELECT about FROM snapshots s
    WHERE session = ? AND NOT EXISTS (
        SELECT 1 FROM snapshots c WHERE c.session = s.session AND c.number > s.number AND c.parent = s.id
    )
    ORDER BY number DESC LIMIT ?
"""
_FOLLOWS: Final = """
    SELECT 1 FROM snapshots c JOIN snapshots s ON s.id = ?
    WHERE c.session = s.session AND c.number > s.number AND c.parent = s.id LIMIT 1
"""


_BEGUN: Final = 'SELECT 1 FROM snapshots WHERE session = ? LIMIT 1'


class SqliteSnapshots:
    """Stores snapshots in a SQLite file, each with the change since its parent.

    Args:
        path: The file; created if it does not exist.
        reject_ambiguous_session: Whether a session with several branches can only be resumed by snapshot id.

    Raises:
        GenkitError: When it is first used: ``UNAVAILABLE`` if the file cannot be opened, ``FAILED_PRECONDITION`` if a
            later release wrote it.
    """

    def __init__(self, path: str | Path, *, reject_ambiguous_session: bool = False) -> None:
        self.path = Path(path).expanduser()
        self._reject = reject_ambiguous_session
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""

        def work(connection: sqlite3.Connection) -> SessionSnapshot | None:
            found = connection.execute('SELECT about FROM snapshots WHERE id = ?', (snapshot_id,)).fetchone()
            if found is None:
                return None
            return snapshot_from_json(found[0], (change for (change,) in connection.execute(_CHAIN, (snapshot_id,))))

        return await self._run(work, is_read=True)

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest leaf snapshot of a session, or None."""
        asked = (session_id, 2 if self._reject else 1)
        found = await self._run(lambda connection: connection.execute(_LEAVES, asked).fetchall(), is_read=True)
        if len(found) > 1 and self._reject:
            raise ambiguous_session(session_id)
        return snapshot_from_json(found[0][0]) if found else None

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Store a new snapshot."""

        def work(connection: sqlite3.Connection) -> None:
            first = snapshot.parent_id is None
            taken = (_BEGUN, (snapshot.session_id or '',)) if first else (_FOLLOWS, (snapshot.parent_id,))
            if alone and connection.execute(*taken).fetchone() is not None:
                raise other_writer(snapshot)
            connection.execute(
                'INSERT INTO snapshots (id, session, parent, created, status, about, change) VALUES (?,?,?,?,?,?,?)',
                (
                    snapshot.snapshot_id,
                    snapshot.session_id or '',
                    snapshot.parent_id,
                    snapshot.created_at,
                    snapshot.status,
                    snapshot_to_json(snapshot),
                    change_to_json(change),
                ),
            )

        await self._run(work)

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot if it has the expected status."""

        def work(connection: sqlite3.Connection) -> bool:
            about = snapshot_to_json(snapshot)
            columns, values = ('status = ?, about = ?', [snapshot.status, about])
            if change is not None:
                columns, values = (f'{columns}, change = ?', [*values, change_to_json(change)])
            done = connection.execute(
                f'UPDATE snapshots SET {columns} WHERE id = ? AND status = ?',  # noqa: S608  (columns of our own)
                (*values, snapshot.snapshot_id, expected),
            )
            return done.rowcount == 1

        return await self._run(work)

    async def delete_session(self, session_id: str) -> None:
        """Delete a session."""
        await self._run(lambda connection: connection.execute('DELETE FROM snapshots WHERE session = ?', (session_id,)))

    async def purge(self, before: datetime) -> int:
        """Delete the sessions whose newest snapshot is older."""

        def work(connection: sqlite3.Connection) -> int:
            newest = connection.execute('SELECT session, MAX(created) FROM snapshots GROUP BY session').fetchall()
            old = [(session,) for session, created in newest if datetime.fromisoformat(created) < before]
            connection.executemany('DELETE FROM snapshots WHERE session = ?', old)
            return len(old)

        return await self._run(work)

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot; polls the file, since other processes may change them."""
        query = 'SELECT status FROM snapshots WHERE id = ?'
        return watch_by_asking(
            lambda: self._run(lambda connection: connection.execute(query, (snapshot_id,)).fetchone(), is_read=True)
        )

    async def aclose(self) -> None:
        """Close the file; using the store again opens it."""
        await asyncio.to_thread(self._close)

    async def _run(self, work: Callable[[sqlite3.Connection], T], *, is_read: bool = False) -> T:
        is_given_up = False

        def locked() -> T:
            with self._lock:
                if is_given_up:  # its thread comes too late: the store may be closed by now, and would be opened again
                    raise asyncio.CancelledError
                with self._transaction('DEFERRED' if is_read else 'IMMEDIATE') as connection:
                    return work(connection)

        try:
            return await asyncio.to_thread(locked)
        except asyncio.CancelledError:
            is_given_up = True
            raise

    @contextlib.contextmanager
    def _transaction(self, kind: str) -> Generator[sqlite3.Connection]:
        try:
            if self._connection is None:
                self._connection = self._open()
            with self._connection:
                self._connection.execute(f'BEGIN {kind}')
                yield self._connection
        except UnicodeEncodeError as error:
            raise GenkitError(
                f'The session store cannot keep {error.object[:60]!r}: it is no Unicode text.',
                status='INVALID_ARGUMENT',
                cause=error,
            ) from error
        except (sqlite3.Error, OSError) as error:
            raise store_failed(self.path, error) from error

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            _write_ahead(connection)
            connection.execute('PRAGMA synchronous = FULL')
            _migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; the library does not wait for others that open a new file, so this does."""
    patience = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute('PRAGMA journal_mode = WAL')
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or (
                time.monotonic() > patience
            ):
                raise
            time.sleep(_BUSY_STEP_SECONDS)
        else:
            return


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection, path) == _VERSION:
        return
    # After waiting for another connection, the file has the version that the other one migrated it to.
    with connection:
        connection.execute('BEGIN IMMEDIATE')
        for step in range(_version(connection, path) + 1, _VERSION + 1):
            for statement in _STEPS[step]:
                connection.execute(statement)
            connection.execute(f'PRAGMA user_version = {step}')


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version: int = connection.execute('PRAGMA user_version').fetchone()[0]
    if version > _VERSION:
        raise GenkitError(
            f'The session store {str(path)!r} has version {version}, and this release knows {_VERSION}. Upgrade '
            'genkit.',
            status='FAILED_PRECONDITION',
        )
    return version
