# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on the emulators, and what is peculiar to Firestore."""

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from genkit import GenkitError, Message, TextPart
from genkit.agent import SnapshotStore, StateChange
from genkit.testing import SessionStoreContract, play_agent_case
from genkit.types import SessionSnapshot, SnapshotStatus
from genkit_firebase import FirestoreSessionStore
from google.cloud.firestore import AsyncClient

from .engines import Engine, free_port
from .firestore_server import FirestoreServer, RefusedError


NewStore = Callable[..., FirestoreSessionStore]


@pytest.fixture
def engine(best: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', best.host)
    return best


@pytest.fixture
async def new_store(engine: Engine) -> AsyncIterator[NewStore]:
    made: list[FirestoreSessionStore] = []

    def store(**options: Any) -> FirestoreSessionStore:
        made.append(FirestoreSessionStore('demo-test', **{'collection': uuid.uuid4().hex, **options}))
        return made[-1]

    yield store
    for each in made:
        await each.aclose()


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[AsyncClient]:
    made = AsyncClient('demo-test')
    yield made
    await made._firestore_api.transport.close()


def snapshot(name: str, parent: str | None = None, session: str = 's', **members: Any) -> SessionSnapshot:
    members = {'created_at': '2026-01-01T00:00:00.000Z', 'status': SnapshotStatus.COMPLETED, **members}
    return SessionSnapshot(snapshot_id=name, session_id=session, parent_id=parent, **members)


def said(*texts: str, kept: int = 0) -> StateChange:
    return StateChange(kept=kept, added=[Message(role='user', content=[TextPart(text=text)]) for text in texts])


async def texts_of(store: FirestoreSessionStore, name: str) -> list[str]:
    found = await store.read(name)
    assert found is not None
    assert found.state is not None
    return [message.text for message in found.state.messages or ()]


async def left_in(client: AsyncClient, collection: str) -> list[str]:
    return sorted([each.id async for each in client.collection(collection).stream()])


class TestFirestoreSessionStore(SessionStoreContract):
    @pytest.fixture(autouse=True)
    def _engine(self, engine: Engine, new_store: NewStore) -> None:
        self._new_store = new_store
        self._host = engine.host

    async def store(self, *, reject_ambiguous_session: bool = False) -> SnapshotStore:
        return self._new_store(reject_ambiguous_session=reject_ambiguous_session)

    async def elsewhere(self) -> str:
        return (
            'import os\n'
            f'os.environ["FIRESTORE_EMULATOR_HOST"] = {self._host!r}\n'
            'from genkit_firebase import FirestoreSessionStore\n'
            f'store = FirestoreSessionStore("demo-test", collection="killed-{id(self)}")'
        )


@pytest.mark.soak
class TestOnTheEmulatorOfNpm(TestFirestoreSessionStore):
    @pytest.fixture
    def engine(self, npm: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
        monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', npm.host)
        return npm


@pytest.mark.nightly
@pytest.mark.timeout(1_800)
class TestAHundredKills(TestFirestoreSessionStore):
    kills = 100


async def test_agent_case(agent_case: dict[str, Any], new_store: NewStore) -> None:
    await play_agent_case(agent_case, new_store)


async def test_what_does_not_fit_a_document_is_split(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='split')
    long = 'ä€🍜' * 400_000  # 3.6 MB in several commits, cut within characters
    await store.add(snapshot('1'), said('short'), alone=True)
    await store.add(snapshot('2', '1'), said(long, kept=1), alone=True)
    await store.add(snapshot('3', '2', status=SnapshotStatus.PENDING), said('after', kept=2), alone=True)
    assert await texts_of(store, '3') == ['short', long, 'after']
    assert sum(name.startswith('part-') for name in await left_in(client, 'split')) == 5
    done = snapshot('3', '2')
    assert await store.update(done, said(long[:300_000], kept=1), SnapshotStatus.PENDING)
    assert await store.update(done, said('shorter', kept=1), SnapshotStatus.COMPLETED)
    assert await texts_of(store, '3') == ['short', 'shorter']
    assert sum(name.startswith('part-') for name in await left_in(client, 'split')) == 5
    await store.delete_session('s')
    assert await left_in(client, 'split') == []


async def test_what_is_too_long_is_refused_and_nothing_is_written(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='too-long')
    with pytest.raises(GenkitError, match='Cloud Storage') as raised:
        await store.add(snapshot('1'), said('x' * 64 * 1024 * 1024), alone=True)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert await left_in(client, 'too-long') == []


async def test_the_pieces_of_a_turn_that_lost_are_removed(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='lost')
    await store.add(snapshot('1'), said('mine'), alone=True)
    before = await left_in(client, 'lost')
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('2'), said('y' * 2_000_000), alone=True)
    assert raised.value.status == 'ABORTED'
    assert await left_in(client, 'lost') == before


async def test_a_piece_that_is_missing_is_said(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='damaged')
    await store.add(snapshot('1'), said('y' * 2_000_000), alone=True)
    await store.add(snapshot('2', '1'), said('more', kept=1), alone=True)
    part, *_ = [name for name in await left_in(client, 'damaged') if name.startswith('part-')]
    await client.document(f'damaged/{part}').delete()
    with pytest.raises(GenkitError, match="lacks a piece of snapshot '1'") as raised:
        await store.read('2')
    assert raised.value.status == 'DATA_LOSS'
    await client.document('damaged/turn-1').delete()
    with pytest.raises(GenkitError, match="lacks snapshot '1'"):
        await store.read('2')


@pytest.mark.parametrize('members', [{'about': 1}, {'about': '{'}, {'change': '{'}, {'change': 1}, {'parent': '1'}])
async def test_a_document_that_is_damaged_is_said(
    members: dict[str, Any], new_store: NewStore, client: AsyncClient
) -> None:
    store = new_store()
    await store.add(snapshot('1'), said('one'), alone=True)
    await client.document(f'{store._collection}/turn-1').update(members)
    with pytest.raises(GenkitError) as raised:
        await store.read('1')
    assert raised.value.status == 'DATA_LOSS'


async def test_a_call_that_is_repeated_keeps_one(new_store: NewStore) -> None:
    store = new_store()
    await store.add(snapshot('1'), said('one'), alone=True)
    await store.add(snapshot('2', '1'), said('y' * 1_000_000), alone=True)
    await store.add(snapshot('2', '1'), said('y' * 1_000_000), alone=True)
    assert await texts_of(store, '2') == ['y' * 1_000_000]
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('2', '1'), said('z' * 1_000_000), alone=True)
    assert raised.value.status == 'ALREADY_EXISTS'


@pytest.mark.parametrize('name', ['a/b', '..', '__name__', 'ü' * 2_000, '', ' "quoted" ', '\x00'])
async def test_any_text_names_a_session_and_a_snapshot(name: str, new_store: NewStore) -> None:
    store = new_store()
    await store.add(snapshot(name, session=name), said('one'), alone=True)
    await store.add(snapshot('2', name, session=name), said('two', kept=1), alone=True)
    latest = await store.latest(name)
    assert latest is not None
    assert latest.session_id == name
    assert await texts_of(store, '2') == ['one', 'two']
    await store.delete_session(name)
    assert await store.read(name) is None


async def test_a_text_that_cannot_be_kept_is_refused(new_store: NewStore) -> None:
    store = new_store()
    for given, change in ((snapshot('1'), said('half a character \ud800')), (snapshot('\ud800'), said('one'))):
        with pytest.raises(GenkitError, match='cannot keep the turn') as raised:
            await store.add(given, change, alone=True)
        assert raised.value.status == 'INVALID_ARGUMENT'
    assert await store.latest('s') is None
    assert await store.read('\ud800') is None


async def test_a_session_of_any_length_is_deleted(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='long')
    parent = None
    for number in range(320):
        await store.add(snapshot(str(number), parent), said(str(number), kept=number), alone=True)
        parent = str(number)
    assert await texts_of(store, '319') == [*map(str, range(320))]
    await store.add(snapshot('other', session='other'), said('mine'), alone=True)
    await store.delete_session('s')
    await store.delete_session('s')
    await store.delete_session('nobody')
    assert await left_in(client, 'long') == ['session-other', 'turn-other']


async def test_a_deletion_that_was_interrupted_is_finished_and_leaves_the_next_session_alone(
    new_store: NewStore, client: AsyncClient
) -> None:
    store = new_store(collection='interrupted')
    await store.add(snapshot('1'), said('old'), alone=True)
    await store.add(snapshot('2', '1'), said('older', kept=1), alone=True)
    batch = client.batch()
    batch.delete(client.document('interrupted/session-s'))
    batch.set(client.document('interrupted/gone--s'), {'newest': datetime(1970, 1, 1, tzinfo=UTC), 'version': 1})
    await batch.commit()
    assert [await store.latest('s'), await store.read('2'), await store.read('1')] == [None] * 3
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('3', '2'), said('late', kept=2), alone=True)
    assert raised.value.status == 'ABORTED'
    await asyncio.sleep(0.01)  # npm's emulator counts milliseconds
    await store.add(snapshot('4'), said('new'), alone=True)
    latest = await store.latest('s')
    assert latest is not None
    assert latest.snapshot_id == '4'
    assert await store.purge(datetime(2026, 1, 1, tzinfo=UTC)) == 0
    assert await left_in(client, 'interrupted') == ['session-s', 'turn-4']
    assert await texts_of(store, '4') == ['new']


async def test_many_sessions_are_purged(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='many')
    await asyncio.gather(*(store.add(snapshot(f'of {n}', session=str(n)), said('x'), alone=True) for n in range(130)))
    await store.add(snapshot('new', session='new', created_at='2026-02-01T00:00:00Z'), said('x'), alone=True)
    assert await store.purge(datetime(2026, 1, 2, tzinfo=UTC)) == 130
    assert await left_in(client, 'many') == ['session-new', 'turn-new']


async def test_whoever_continues_a_branch_does_not_touch_the_other(new_store: NewStore) -> None:
    store = new_store()
    await store.add(snapshot('1'), said('one'), alone=True)
    await store.add(snapshot('2', '1'), said('two', kept=1), alone=True)
    await store.add(snapshot('3', '1'), said('other', kept=1), alone=False)
    await store.add(snapshot('4', '2'), said('on', kept=2), alone=True)
    await store.add(snapshot('5', '3'), said('on', kept=2), alone=True)
    assert await texts_of(store, '4') == ['one', 'two', 'on']
    assert await texts_of(store, '5') == ['one', 'other', 'on']
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('6', '1'), said('late', kept=1), alone=True)
    assert raised.value.status == 'ABORTED'


async def test_a_session_expires_with_all_its_documents_and_not_before(
    new_store: NewStore, client: AsyncClient
) -> None:
    store = new_store(collection='expiring', ttl=3600)
    await store.add(snapshot('1'), said('one'), alone=True)
    await store.add(snapshot('2', '1', status=SnapshotStatus.PENDING), said('two', kept=1), alone=True)
    assert await store.update(snapshot('2', '1'), said('y' * 1_000_000, kept=1), SnapshotStatus.PENDING)
    now = datetime.now(UTC)

    async def times() -> dict[str, datetime]:
        return {each.id: (each.to_dict() or {})['expireAt'] async for each in client.collection('expiring').stream()}

    ends = await times()
    assert now + timedelta(minutes=59) < ends['session-s'] <= min(ends.values())
    past = {'expireAt': now + timedelta(minutes=1), 'covered': now + timedelta(minutes=1)}
    for name in ends:  # as if most of two hours had passed
        await client.document(f'expiring/{name}').update(past)
    await store.add(snapshot('3', '2'), said('three', kept=2), alone=True)
    ends = await times()
    assert now + timedelta(minutes=59) < ends['session-s'] <= min(ends.values())
    assert await texts_of(store, '3') == ['one', 'y' * 1_000_000, 'three']

    await client.document('expiring/session-s').update({'expireAt': now - timedelta(minutes=1)})
    assert [await store.latest('s'), await store.read('3')] == [None, None]
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('4', '3'), said('late', kept=3), alone=True)
    assert raised.value.status == 'ABORTED'
    await store.add(snapshot('5'), said('again'), alone=True)
    assert sorted(await times()) == ['session-s', 'turn-5']


async def test_a_store_that_lives_for_ever_reads_what_expires(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='mixed', ttl=3600)
    await store.add(snapshot('1'), said('one'), alone=True)
    await client.document('mixed/session-s').update({'expireAt': datetime.now(UTC) - timedelta(minutes=1)})
    assert await new_store(collection='mixed').latest('s') is None


async def test_documents_of_a_later_release_are_left_alone(new_store: NewStore, client: AsyncClient) -> None:
    store = new_store(collection='later')
    await store.add(snapshot('1', status=SnapshotStatus.PENDING), said('one'), alone=True)
    await client.document('later/turn-1').update({'version': 9})
    for call in (store.read('1'), store.latest('s'), store.update(snapshot('1'), None, SnapshotStatus.PENDING)):
        with pytest.raises(GenkitError, match='version 9') as raised:
            await call
        assert raised.value.status == 'FAILED_PRECONDITION'


async def test_of_those_who_change_a_status_at_once_one_does(google: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', google.host)
    store = FirestoreSessionStore('demo-test', collection='contended')
    pending = snapshot('1', status=SnapshotStatus.PENDING)
    await store.add(pending, said('one'), alone=True)
    done = [pending.replaced(status=SnapshotStatus.COMPLETED, finish_reason=f'number {n}') for n in range(6)]
    outcomes = await asyncio.gather(*(store.update(each, None, SnapshotStatus.PENDING) for each in done))
    assert sorted(outcomes) == [False] * 5 + [True]
    await store.aclose()


@pytest.mark.parametrize('text', ['one', 'y' * 2_000_000])
async def test_a_commit_whose_answer_is_lost_is_known_to_be_ours(text: str, server: FirestoreServer) -> None:
    lost: list[Any] = []

    def lose(name: str, request: Any) -> None:
        if name == 'Commit' and request not in lost:
            lost.append(request)
            raise RefusedError(grpc.StatusCode.UNAVAILABLE, 'the connection was lost')

    server.after = lose
    store = FirestoreSessionStore('demo-test')
    await store.add(snapshot('1', status=SnapshotStatus.PENDING), said(text), alone=True)
    assert await store.update(snapshot('1'), said(text, 'two'), SnapshotStatus.PENDING)
    assert not await store.update(snapshot('1'), said('late'), SnapshotStatus.PENDING)
    assert await texts_of(store, '1') == [text, 'two']
    assert lost
    await store.aclose()


async def test_nothing_is_left_of_a_turn_that_is_cancelled_or_fails_midway(server: FirestoreServer) -> None:
    store = FirestoreSessionStore('demo-test')
    await store.add(snapshot('1'), said('one'), alone=True)
    before = set(server._documents)
    commits: list[Any] = []

    def refuse(name: str, request: Any) -> None:
        if name == 'Commit':
            commits.append(request)
            if len(commits) == 2:
                raise RefusedError(grpc.StatusCode.PERMISSION_DENIED, 'not that')

    server.before = refuse
    with pytest.raises(GenkitError) as raised:
        await store.add(snapshot('2', '1'), said('y' * 4_000_000, kept=1), alone=True)
    assert raised.value.status == 'PERMISSION_DENIED'
    assert set(server._documents) == before

    arrived = threading.Event()

    def hang(name: str, request: Any) -> None:
        if name == 'Commit' and not arrived.is_set():
            arrived.set()
            cancelled.wait(10)

    cancelled = threading.Event()
    server.before = hang
    adding = asyncio.create_task(store.add(snapshot('2', '1'), said('y' * 4_000_000, kept=1), alone=True))
    await asyncio.to_thread(arrived.wait, 10)
    adding.cancel()
    cancelled.set()
    await asyncio.wait([adding])
    assert adding.cancelled()
    latest = await store.latest('s')
    assert latest is not None
    assert latest.snapshot_id == '1'
    await store.add(snapshot('2', '1'), said('two', kept=1), alone=True)
    assert await texts_of(store, '2') == ['one', 'two']
    await store.aclose()


async def test_a_client_of_the_application_serves_too(client: AsyncClient) -> None:
    store = FirestoreSessionStore(client=client, collection='its/own/sessions')
    await store.add(snapshot('1'), said('one'), alone=True)
    await store.aclose()
    assert await texts_of(store, '1') == ['one']


def test_several_event_loops_use_one_store(engine: Engine) -> None:
    store = FirestoreSessionStore('demo-test', collection=uuid.uuid4().hex)

    async def turn(number: int) -> None:
        parent = str(number - 1) if number else None
        await store.add(snapshot(str(number), parent), said(str(number), kept=number), alone=True)
        assert len(await texts_of(store, str(number))) == number + 1
        await store.aclose()

    for number in range(3):
        asyncio.run(turn(number))


async def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', f'127.0.0.1:{free_port()}')
    store = FirestoreSessionStore('demo-test', timeout=0.5)
    with pytest.raises(GenkitError, match='Check that it can be reached') as raised:
        await store.latest('s')
    assert raised.value.status == 'UNAVAILABLE'
    await store.aclose()


async def test_no_credentials_and_no_project_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ('FIRESTORE_EMULATOR_HOST', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('GOOGLE_APPLICATION_CREDENTIALS', str(tmp_path / 'none.json'))
    with pytest.raises(GenkitError, match='gcloud auth application-default login') as raised:
        await FirestoreSessionStore('p').latest('s')
    assert raised.value.status == 'FAILED_PRECONDITION'
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', '127.0.0.1:1')
    with pytest.raises(GenkitError, match='GOOGLE_CLOUD_PROJECT') as raised:
        await FirestoreSessionStore().latest('s')
    assert raised.value.status == 'FAILED_PRECONDITION'


@pytest.mark.parametrize('collection', ['', 'a/b', '/a', 'a//b', '..', '__a__', 'a/./b', '\ud800', 'x' * 1_501])
def test_a_collection_that_cannot_be_is_refused(collection: str) -> None:
    with pytest.raises(GenkitError, match='expected a name') as raised:
        FirestoreSessionStore('p', collection=collection)
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('ttl', [0, -1, float('nan')])
def test_a_lifetime_that_makes_no_sense_is_refused(ttl: float) -> None:
    with pytest.raises(GenkitError, match='ttl is'):
        FirestoreSessionStore('p', ttl=ttl)


def test_it_shows_where_it_is() -> None:
    assert repr(FirestoreSessionStore('p')) == "FirestoreSessionStore('genkit-sessions', Database('p', '(default)'))"
