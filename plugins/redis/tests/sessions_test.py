# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from genkit import GenkitError
from genkit.agent import SnapshotStore, StateChange
from genkit.testing import SessionStoreContract, play_agent_case
from genkit.types import SessionSnapshot, SnapshotStatus
from genkit_redis import RedisSnapshots
from redis.asyncio import from_url

from .server import RunningServer


NewStore = Callable[..., RedisSnapshots]


@pytest.fixture(scope='session')
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp('valkey')) as running:
        yield running


@pytest.fixture
async def new_store(server: RunningServer) -> AsyncIterator[NewStore]:
    made: list[RedisSnapshots] = []

    def store(**options: Any) -> RedisSnapshots:
        made.append(RedisSnapshots(server.url, **{'prefix': f'{uuid.uuid4().hex}:', **options}))
        return made[-1]

    yield store
    for each in made:
        await each.aclose()


def snapshot(name: str, parent: str | None = None) -> SessionSnapshot:
    return SessionSnapshot(
        snapshot_id=name,
        session_id='s',
        parent_id=parent,
        created_at='2026-01-01T00:00:00.000Z',
        status=SnapshotStatus.COMPLETED,
    )


class TestRedisSnapshots(SessionStoreContract):
    @pytest.fixture(autouse=True)
    def _server(self, server: RunningServer, new_store: NewStore) -> None:
        self._new_store = new_store
        self._url = server.url

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return self._new_store(reject_ambiguous_session=reject_ambiguous_session)

    async def elsewhere(self) -> str:
        return (
            'from genkit_redis import RedisSnapshots\n'
            f'store = RedisSnapshots({self._url!r}, prefix="killed {id(self)}:")'
        )


@pytest.mark.nightly
@pytest.mark.timeout(900)
class TestAHundredKills(TestRedisSnapshots):
    kills = 100


async def test_agent_case(agent_case: dict[str, Any], new_store: NewStore) -> None:
    await play_agent_case(agent_case, new_store)


async def test_what_was_kept_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        store = RedisSnapshots(server.url)
        await store.add(snapshot('1'), StateChange(), alone=True)
        server.kill()
        with pytest.raises(GenkitError, match='Check that the server runs') as raised:
            await store.add(snapshot('2', '1'), StateChange(), alone=True)
        assert raised.value.status == 'UNAVAILABLE'
        server.start()
        await store.add(snapshot('2', '1'), StateChange(), alone=True)
        latest = await store.latest('s')
        assert latest is not None
        assert latest.snapshot_id == '2'
        await store.aclose()


async def test_a_call_that_is_repeated_keeps_one(new_store: NewStore) -> None:
    store = new_store()
    await store.add(snapshot('1'), StateChange(), alone=True)
    await store.add(snapshot('2', '1'), StateChange(), alone=True)
    await store.add(snapshot('2', '1'), StateChange(), alone=True)
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('2', '1'), StateChange(custom=1, custom_changed=True), alone=True)
    assert raised.value.status == 'ALREADY_EXISTS'


async def test_a_client_of_the_application_serves_too(server: RunningServer) -> None:
    async with from_url(server.url, decode_responses=True) as client:
        store = RedisSnapshots(client=client, prefix='its:')
        await store.add(snapshot('1'), StateChange(custom='ä', custom_changed=True), alone=True)
        await store.aclose()
        found = await store.read('1')
        assert found is not None
        assert found.state is not None
        assert found.state.custom == 'ä'
        assert await anext(aiter(store.watch('1'))) == SnapshotStatus.COMPLETED
        assert await client.ping()


async def test_many_sessions_are_purged(new_store: NewStore) -> None:

    store = new_store()
    for number in range(250):
        one = snapshot(f'of {number}').replaced(session_id=str(number))
        await store.add(one, StateChange(), alone=True)
    assert await store.purge(datetime(2026, 1, 2, tzinfo=UTC)) == 250
    assert await store.latest('7') is None


async def test_a_full_memory_and_a_wrong_password_are_said(tmp_path: Path) -> None:
    with RunningServer(tmp_path, '--maxmemory', '1mb', '--requirepass', 'hidden') as server:
        store = RedisSnapshots(server.url)
        with pytest.raises(GenkitError, match='Check the user and the password') as refused:
            await store.latest('s')
        assert refused.value.status == 'UNAUTHENTICATED'
        store = RedisSnapshots(server.url.replace('//', '//:hidden@'))
        with pytest.raises(GenkitError, match='maxmemory') as full:
            await store.add(snapshot('1'), StateChange(custom='x' * 2_000_000, custom_changed=True), alone=True)
        assert full.value.status == 'RESOURCE_EXHAUSTED'
        assert 'hidden' not in f'{full.value} {store!r}'
        await store.aclose()


async def test_keys_of_a_later_release_are_left_alone(server: RunningServer, new_store: NewStore) -> None:
    async with from_url(server.url) as client:
        await client.set('later:version', 9)
    with pytest.raises(GenkitError, match='version 9') as raised:
        await new_store(prefix='later:').latest('s')
    assert raised.value.status == 'FAILED_PRECONDITION'


@pytest.mark.parametrize('url', ['http://127.0.0.1:6379', 'redis://:hidden@127.0.0.1:many', '127.0.0.1'])
async def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await RedisSnapshots(url).latest('s')
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert 'hidden' not in str(raised.value)


def test_no_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('REDIS_URL', raising=False)
    with pytest.raises(GenkitError, match='REDIS_URL'):
        RedisSnapshots()
