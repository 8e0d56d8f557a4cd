# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams that are kept in Firestore."""

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import httpx
import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.testing import WebContract
from genkit.web import FlowsApp
from genkit_firebase import CallableFlows, FirestoreStreamManager
from google.cloud.firestore import AsyncClient

from .engines import Engine
from .firestore_server import FirestoreServer, RefusedError


NewManager = Callable[..., FirestoreStreamManager]


@pytest.fixture
def engine(best: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', best.host)
    return best


@pytest.fixture
async def new_manager(engine: Engine) -> AsyncIterator[NewManager]:
    made: list[FirestoreStreamManager] = []
    collection = uuid.uuid4().hex

    def manager(**options: Any) -> FirestoreStreamManager:
        made.append(FirestoreStreamManager('demo-test', **{'collection': collection, 'every': 0.02, **options}))
        return made[-1]

    yield manager
    for each in made:
        await each.aclose()


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[AsyncClient]:
    made = AsyncClient('demo-test')
    yield made
    await made._firestore_api.transport.close()


async def read(manager: FirestoreStreamManager, stream_id: str) -> list[str]:
    return [frame async for frame in await manager.join(stream_id)]


async def keep_writing(writer: Any) -> None:
    for _ in range(500):
        await writer.write(['y' * 60])
        await asyncio.sleep(0.01)


async def test_a_stream_is_read_from_its_beginning_by_any_process_while_it_is_written(new_manager: NewManager) -> None:
    here, elsewhere = new_manager(), new_manager()
    writer = await here.open('flow/menu/abc')
    await writer.write(['{"message":1}', '{"message":"ü\\n"}'])
    reading = [asyncio.create_task(read(manager, 'flow/menu/abc')) for manager in (here, elsewhere, elsewhere)]
    began = await elsewhere.join('flow/menu/abc')
    assert await anext(began) == '{"message":1}'
    for number in range(40):
        await writer.write([str(number)])
        await asyncio.sleep(0.002)
    await writer.write([])
    await writer.end()
    expected = ['{"message":1}', '{"message":"ü\\n"}', *map(str, range(40))]
    assert await asyncio.gather(*reading) == [expected] * 3
    assert await read(elsewhere, 'flow/menu/abc') == expected


async def test_frames_of_any_size_are_kept(new_manager: NewManager) -> None:
    manager = new_manager()
    writer = await manager.open('s')
    frames = ['x' * 3_500_000, '', 'ü' * 600_000, 'end']
    await writer.write(frames)
    await writer.end()
    assert await read(manager, 's') == frames


async def test_an_empty_stream_ends(new_manager: NewManager) -> None:
    manager = new_manager()
    await (await manager.open('s')).end()
    assert await read(manager, 's') == []


async def test_an_id_is_taken_once_and_one_that_is_not_there_is_said(new_manager: NewManager) -> None:
    manager = new_manager()
    writer = await manager.open('a/../b')
    with pytest.raises(GenkitError, match=r"'a/\.\./b' already") as raised:
        await manager.open('a/../b')
    assert raised.value.status == 'ALREADY_EXISTS'
    with pytest.raises(GenkitError, match='never there') as raised:
        await manager.join('b')
    assert raised.value.status == 'NOT_FOUND'
    await writer.end()


async def test_streams_are_forgotten_after_their_time(new_manager: NewManager, client: AsyncClient) -> None:
    manager = new_manager()
    for name in ('one', 'two', 'three'):
        writer = await manager.open(name)
        await writer.write(['x'] * 3)
        if name != 'three':
            await writer.end()
    assert await read(manager, 'one') == ['x'] * 3
    past = datetime.now(UTC) - timedelta(minutes=10)
    for name in ('one', 'two'):  # as if ten minutes had passed
        times = {'ended': past, 'forgetAt': past + timedelta(minutes=5)}
        await client.document(f'{manager._collection}/stream-{name}').update(times)
    with pytest.raises(GenkitError) as raised:
        await manager.join('one')
    assert raised.value.status == 'NOT_FOUND'
    assert await manager.purge() == 2
    left = [each.id async for each in client.collection(manager._collection).stream()]
    assert sorted(left) == ['stream-three', 'stream-three-0']
    for name in left:
        expires = ((await client.collection(manager._collection).document(name).get()).to_dict() or {})['expireAt']
        assert expires > datetime.now(UTC) + timedelta(hours=23)
    await writer.end()


async def test_a_stream_whose_writer_died_ends_with_an_error(new_manager: NewManager, client: AsyncClient) -> None:
    manager = new_manager()
    writer = await manager.open('s')
    await writer.write(['x'])
    frames = await manager.join('s')
    assert await anext(frames) == 'x'
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    await client.document(f'{manager._collection}/stream-s').update({'beat': long_ago})
    with pytest.raises(GenkitError, match='the process that wrote it has ended') as raised:
        await anext(frames)
    assert raised.value.status == 'UNAVAILABLE'
    await writer.end()


async def test_a_stream_that_is_deleted_while_it_is_read_is_said(new_manager: NewManager, client: AsyncClient) -> None:
    manager = new_manager()
    writer = await manager.open('s')
    frames = await manager.join('s')
    await client.document(f'{manager._collection}/stream-s').delete()
    with pytest.raises(GenkitError, match='no longer'):
        await anext(frames)
    with pytest.raises(GenkitError):
        await writer.end()


async def test_a_piece_that_is_damaged_is_said(new_manager: NewManager, client: AsyncClient) -> None:
    manager = new_manager()
    writer = await manager.open('s')
    await writer.write(['x'])
    await writer.end()
    await client.document(f'{manager._collection}/stream-s-0').update({'piece': 3})
    with pytest.raises(GenkitError, match='damaged') as raised:
        await read(manager, 's')
    assert raised.value.status == 'DATA_LOSS'


async def test_a_stream_that_becomes_too_large_is_given_up(new_manager: NewManager) -> None:
    manager = new_manager(most_bytes=100)
    writer = await manager.open('s')
    await writer.write(['x' * 60])
    frames = await manager.join('s')
    assert await anext(frames) == 'x' * 60
    with pytest.raises(GenkitError, match='most_bytes') as raised:
        await keep_writing(writer)
    assert raised.value.status == 'RESOURCE_EXHAUSTED'
    with pytest.raises(GenkitError, match='could not write'):
        await anext(frames)


async def test_what_firestore_refuses_is_said_with_the_next_frames(server: FirestoreServer) -> None:
    manager = FirestoreStreamManager('demo-test', every=0.01, timeout=1)
    writer = await manager.open('s')

    def refuse(name: str, _: Any) -> None:
        if name == 'Commit':
            raise RefusedError(grpc.StatusCode.PERMISSION_DENIED, 'not that')

    server.before = refuse
    with pytest.raises(GenkitError, match='not that') as raised:
        await keep_writing(writer)
    assert raised.value.status == 'PERMISSION_DENIED'
    with pytest.raises(GenkitError, match='not that'):
        await writer.end()
    with pytest.raises(GenkitError, match='not that'):
        await manager.open('t')
    await manager.aclose()


async def test_a_stream_that_was_begun_in_spite_of_a_lost_answer_is_begun(server: FirestoreServer) -> None:
    lost: list[str] = []

    def lose(name: str, _: Any) -> None:
        if name == 'Commit' and not lost:
            lost.append(name)
            raise RefusedError(grpc.StatusCode.UNAVAILABLE, 'the connection was lost')

    server.after = lose
    manager = FirestoreStreamManager('demo-test')
    await (await manager.open('s')).end()
    assert lost
    assert await read(manager, 's') == []
    await manager.aclose()


def events(answer: httpx.Response) -> list[Any]:
    return [json.loads(line.removeprefix('data: ')) for line in answer.text.split('\n\n') if line]


@pytest.mark.parametrize('kind', [FlowsApp, CallableFlows])
def test_a_client_joins_its_stream_on_another_server(kind: Any, engine: Engine) -> None:
    ai = Genkit()
    opened = threading.Event()

    @ai.flow()
    async def tale(words: int, context: ActionRunContext) -> str:
        for number in range(words):
            context.send_chunk(f'word {number}')
            await asyncio.to_thread(opened.wait, 10)
        return 'the end'

    def manager() -> FirestoreStreamManager:
        return FirestoreStreamManager('demo-test', collection='shared', every=0.02)

    headers = {'accept': 'text/event-stream'}
    body = {'data': 3}
    with (
        WebContract.on_uvicorn(kind(ai, stream_manager=manager())) as one,
        WebContract.on_uvicorn(kind(ai, stream_manager=manager())) as other,
    ):
        with httpx.stream('POST', f'{one}/tale', json=body, headers=headers) as left:
            joining = {**headers, 'x-genkit-stream-id': left.headers['x-genkit-stream-id']}
            assert b'word 0' in next(left.iter_bytes())
        opened.set()
        again = httpx.post(f'{other}/tale', json=body, headers=joining)
        assert events(again) == [*({'message': f'word {n}'} for n in range(3)), {'result': 'the end'}]
        unknown = httpx.post(f'{other}/tale', json=body, headers={**headers, 'x-genkit-stream-id': 'x' * 20})
        assert unknown.status_code == 204
