# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from genkit import GenkitError
from genkit.agent import SnapshotStore, StateChange
from genkit.testing import SessionStoreContract, play_agent_case
from genkit.types import SessionSnapshot, SnapshotStatus
from genkit_postgresql import PostgresEngine, PostgresSnapshots


@pytest.fixture
async def engine(database: str) -> AsyncIterator[PostgresEngine]:
    engine = PostgresEngine(database)
    yield engine
    await engine.aclose()


@pytest.fixture
async def new_store(engine: PostgresEngine) -> AsyncIterator[Callable[..., PostgresSnapshots]]:
    tables: list[str] = []

    def store(**options: Any) -> PostgresSnapshots:
        tables.append(f'sessions {uuid.uuid4().hex}')
        return PostgresSnapshots(engine, table=tables[-1], **options)

    yield store
    async with engine.connection() as connection:
        for table in tables:
            await connection.execute(f'DROP TABLE IF EXISTS "{table}"')


def snapshot(name: str, parent: str | None = None) -> SessionSnapshot:
    return SessionSnapshot(
        snapshot_id=name,
        session_id='s',
        parent_id=parent,
        created_at='2026-01-01T00:00:00.000Z',
        status=SnapshotStatus.COMPLETED,
    )


async def refusal(call: Awaitable[None]) -> GenkitError | None:
    try:
        await call
    except GenkitError as error:
        return error
    return None


class TestPostgresSnapshots(SessionStoreContract):
    @pytest.fixture(autouse=True)
    def _table(self, database: str, new_store: Callable[..., PostgresSnapshots]) -> None:
        self._new_store = new_store
        self._address = database

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return self._new_store(reject_ambiguous_session=reject_ambiguous_session)

    async def elsewhere(self) -> str:
        return (
            'from genkit_postgresql import PostgresEngine, PostgresSnapshots\n'
            f'store = PostgresSnapshots(PostgresEngine({self._address!r}), table="killed {id(self)}")'
        )


@pytest.mark.nightly
@pytest.mark.timeout(900)
class TestAHundredKills(TestPostgresSnapshots):
    kills = 100


async def test_agent_case(agent_case: dict[str, Any], new_store: Callable[..., PostgresSnapshots]) -> None:
    await play_agent_case(agent_case, new_store)


async def test_what_comes_after_a_lost_connection_is_kept(
    engine: PostgresEngine, new_store: Callable[..., PostgresSnapshots]
) -> None:
    store = new_store()
    await store.add(snapshot('1'), StateChange(), alone=True)
    async with engine.connection() as other:
        await other.execute(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
            'WHERE pid <> pg_backend_pid() AND datname = current_database()'
        )
    lost = await refusal(store.add(snapshot('2', '1'), StateChange(), alone=True))
    if lost is not None:  # otherwise the pool had noticed before
        assert lost.status == 'UNAVAILABLE'
        await store.add(snapshot('2', '1'), StateChange(), alone=True)
    latest = await store.latest('s')
    assert latest is not None
    assert latest.snapshot_id == '2'


async def test_a_server_that_is_not_there_is_named() -> None:
    store = PostgresSnapshots(PostgresEngine('postgresql://nobody:hidden@127.0.0.1:1/void', connect_timeout=5))
    with pytest.raises(GenkitError, match=r'127\.0\.0\.1:1') as raised:
        await store.latest('s')
    assert raised.value.status == 'UNAVAILABLE'
    assert 'hidden' not in f'{raised.value} {store!r}'


async def test_the_table_of_a_later_release_is_left_alone(
    engine: PostgresEngine, new_store: Callable[..., PostgresSnapshots]
) -> None:
    store = new_store()
    await store.add(snapshot('1'), StateChange(), alone=True)
    table = repr(store).partition('(')[2].partition(',')[0]
    async with engine.connection() as connection:
        await connection.execute(f"COMMENT ON TABLE {table} IS 'genkit sessions, version 9'")
    with pytest.raises(GenkitError, match='version 9') as raised:
        await PostgresSnapshots(engine, table=table.split('"')[3]).latest('s')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_a_table_of_something_else_is_left_alone(engine: PostgresEngine) -> None:
    async with engine.connection() as connection:
        await connection.execute('CREATE TABLE guests (name text)')
    with pytest.raises(GenkitError, match=r'"guests" .* is not one of sessions') as raised:
        await PostgresSnapshots(engine, table='guests').add(snapshot('1'), StateChange(), alone=True)
    assert raised.value.status == 'FAILED_PRECONDITION'
    async with engine.connection() as connection:
        await connection.execute('DROP TABLE guests')
