# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions of agents in a database: a row for each snapshot, which holds what changed since the one before."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from genkit import StatusName
from genkit.agent import (
    StateChange,
    ambiguous_session,
    change_to_json,
    other_writer,
    snapshot_from_json,
    snapshot_to_json,
    time_of_snapshot,
    watch_by_asking,
)
from genkit.plugin import LoopCache, Once
from genkit.types import SessionSnapshot, SnapshotStatus

from genkit_postgresql.engine import Connection, PostgresEngine
from genkit_postgresql.errors import refused
from genkit_postgresql.layout import quoted


_VERSION: Final = 1
_LOCK: Final = 0x67656E73  # "gens": those who make or migrate tables wait for each other
# Each step brings a table of the version before it to its own.
_STEPS: Final = {
    1: """
    CREATE TABLE {table} (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        session text NOT NULL,
        parent text,
        created timestamptz NOT NULL,
        status text,
        about text NOT NULL,
        change text NOT NULL
    );
    CREATE INDEX ON {table} (session, number);
    CREATE INDEX ON {table} (parent);
    """,
}
_CHAIN: Final = """
    WITH RECURSIVE chain AS (
        SELECT parent, change, about, 0 AS depth FROM {table} WHERE id = $1::text
        UNION ALL
        SELECT s.parent, s.change, NULL, depth + 1 FROM {table} s JOIN chain ON s.id = chain.parent
    )
    SELECT change, about FROM chain ORDER BY depth DESC
"""
_LEAVES: Final = """
    SELECT about FROM {table} s
    WHERE session = $1::text AND NOT EXISTS (SELECT 1 FROM {table} c WHERE c.parent = s.id)
    ORDER BY number DESC LIMIT 2
"""
_LOCK_PARENT: Final = 'SELECT 1 FROM {table} WHERE id = $1::text FOR UPDATE'
_FOLLOWS: Final = 'SELECT 1 FROM {table} WHERE parent = $1::text LIMIT 1'
# Nothing is there yet that could be locked: those who begin one session wait for each other by a number made of its id.
_LOCK_SESSION: Final = 'SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))'
_BEGUN: Final = 'SELECT 1 FROM {table} WHERE session = $1::text LIMIT 1'
_UPDATE: Final = """
    UPDATE {table} SET status = $3, about = $4, change = coalesce($5, change)
    WHERE id = $1 AND status = $2 RETURNING 1
"""
_INSERT: Final = """
    INSERT INTO {table} (id, session, parent, created, status, about, change) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_PURGE: Final = """
    WITH gone AS (
        DELETE FROM {table} WHERE session IN (SELECT session FROM {table} GROUP BY session HAVING max(created) < $1)
        RETURNING session
    )
    SELECT count(DISTINCT session) FROM gone
"""


class PostgresSnapshots:
    """Keeps the sessions of agents in a table, which is made with the first call.

    Args:
        engine: The database. Default: that of ``DATABASE_URL`` or of libpq's variables.
        table: Its name.
        schema_name: Where it is.
        reject_ambiguous_session: Whether a session that was continued in two ways can only be resumed by snapshot.

    Raises:
        GenkitError: When it is first used: ``FAILED_PRECONDITION`` if a later release made the table, and what
            `PostgresEngine` raises.
    """

    def __init__(
        self,
        engine: PostgresEngine | None = None,
        *,
        table: str = 'genkit_sessions',
        schema_name: str = 'public',
        reject_ambiguous_session: bool = False,
    ) -> None:
        self.engine = engine or PostgresEngine()
        self._table = f'{quoted(schema_name)}.{quoted(table)}'
        self._reject = reject_ambiguous_session
        self._made: LoopCache[Once[None]] = LoopCache(lambda: Once(self._make))

    def __repr__(self) -> str:
        """Return the table and the database; never a password."""
        return f'{type(self).__name__}({self._table}, {self.engine!r})'

    async def read(self, snapshot_id: str) -> SessionSnapshot | None:
        """Return a snapshot with its whole state, or None."""
        rows = await self._fetch(_CHAIN, snapshot_id)
        if not rows:
            return None
        return snapshot_from_json(rows[-1]['about'], (row['change'] for row in rows))

    async def latest(self, session_id: str) -> SessionSnapshot | None:
        """Return the newest snapshot that no other follows, or None."""
        rows = await self._fetch(_LEAVES, session_id)
        if len(rows) > 1 and self._reject:
            raise ambiguous_session(session_id)
        return snapshot_from_json(rows[0]['about']) if rows else None

    async def add(self, snapshot: SessionSnapshot, change: StateChange, *, alone: bool) -> None:
        """Keep a new snapshot."""
        await self._made.get()()
        async with self.engine.connection() as connection:
            if not alone:
                await self._insert(connection, snapshot, change)
                return
            first = snapshot.parent_id is None
            lock, taken = (_LOCK_SESSION, _BEGUN) if first else (_LOCK_PARENT, _FOLLOWS)
            after = snapshot.session_id or '' if first else snapshot.parent_id
            async with connection.transaction():
                # Other writers that start the session, or follow the same parent, wait until this transaction ends.
                await connection.fetchval(lock.format(table=self._table), f'{self._table}/{after}' if first else after)
                if await connection.fetchval(taken.format(table=self._table), after) is not None:
                    raise other_writer(snapshot)
                await self._insert(connection, snapshot, change)

    async def update(self, snapshot: SessionSnapshot, change: StateChange | None, expected: SnapshotStatus) -> bool:
        """Replace a snapshot that has a status."""
        changed = None if change is None else change_to_json(change)
        values = (snapshot.snapshot_id, str(expected), _status(snapshot), snapshot_to_json(snapshot), changed)
        return bool(await self._fetch(_UPDATE, *values))

    async def delete_session(self, session_id: str) -> None:
        """Forget a session."""
        await self._fetch('DELETE FROM {table} WHERE session = $1::text', session_id)

    async def purge(self, before: datetime) -> int:
        """Forget the sessions that have been silent since."""
        rows = await self._fetch(_PURGE, before)
        return int(rows[0][0])

    def watch(self, snapshot_id: str) -> AsyncIterator[SnapshotStatus]:
        """Iterate over the statuses of a snapshot; the table is looked at, so that poolers may stand between."""

        async def ask() -> tuple[str | None] | None:
            rows = await self._fetch('SELECT status FROM {table} WHERE id = $1::text', snapshot_id)
            return (rows[0][0],) if rows else None

        return watch_by_asking(ask)

    async def aclose(self) -> None:
        """Close the engine's connections of the running loop."""
        await self.engine.aclose()

    async def _fetch(self, query: str, *values: Any) -> Sequence[Any]:
        await self._made.get()()
        async with self.engine.connection() as connection:
            return await connection.fetch(query.format(table=self._table), *values)

    async def _insert(self, connection: Connection, snapshot: SessionSnapshot, change: StateChange) -> None:
        await connection.execute(
            _INSERT.format(table=self._table),
            snapshot.snapshot_id,
            snapshot.session_id or '',
            snapshot.parent_id,
            time_of_snapshot(snapshot),
            _status(snapshot),
            snapshot_to_json(snapshot),
            change_to_json(change),
        )

    async def _make(self) -> None:
        """Make the table, or bring it to this version; several processes may begin at a time."""
        async with self.engine.connection() as connection, connection.transaction():
            await connection.execute(f'SELECT pg_advisory_xact_lock({_LOCK})')
            version = await self._version(connection)
            if version > _VERSION:
                raise refused(
                    f'Table {self._table} of {self.engine.where} has version {version}, and this release knows '
                    f'{_VERSION}. Upgrade genkit-plugin-postgresql.',
                    StatusName.FAILED_PRECONDITION,
                )
            for step in range(version + 1, _VERSION + 1):
                await connection.execute(_STEPS[step].format(table=self._table))
                await connection.execute(f"COMMENT ON TABLE {self._table} IS 'genkit sessions, version {step}'")

    async def _version(self, connection: Connection) -> int:
        if await connection.fetchval('SELECT to_regclass($1::text)::oid', self._table) is None:
            return 0
        said = await connection.fetchval("SELECT obj_description(to_regclass($1::text), 'pg_class')", self._table)
        number = (said or '').removeprefix('genkit sessions, version ')
        if not number.isdecimal():
            raise refused(
                f'Table {self._table} of {self.engine.where} is not one of sessions. Name another with table=….',
                StatusName.FAILED_PRECONDITION,
            )
        return int(number)


def _status(snapshot: SessionSnapshot) -> str | None:
    return None if snapshot.status is None else str(snapshot.status)
