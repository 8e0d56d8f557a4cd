# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.web import (
    FlowHandler,
    Frames,
    InMemoryStreamManager,
    StreamManager,
    StreamWriter,
    WebRequest,
    select_routes,
)


HEADERS = {'content-type': 'application/json', 'accept': 'text/event-stream'}
ID = 'x-genkit-stream-id'


async def handled(manager, data, stream_id=None, flow='count', gate=None):
    ai = Genkit()

    @ai.flow(flow)
    async def count(end: int, context: ActionRunContext) -> int:
        for number in range(end):
            context.send_chunk(number)
            if gate:
                await gate.wait()
        return end

    headers = HEADERS if stream_id is None else {**HEADERS, ID: stream_id}
    body = json.dumps({'data': data}).encode()
    return await FlowHandler(select_routes(ai, [count])[flow], stream_manager=manager).handle(
        WebRequest('POST', headers, body)
    )


async def read(frames) -> list[str]:
    assert isinstance(frames, Frames)
    return b''.join([piece async for piece in frames]).decode().split('\n\n')


EXPECTED = ['data: {"message":0}', 'data: {"message":1}', 'data: {"result":2}', '']


class Failing(StreamManager):
    """A manager whose place is full."""

    async def open(self, stream_id: str) -> StreamWriter:
        return FailingWriter()

    async def join(self, stream_id: str) -> AsyncIterator[str]:
        return broken()


async def broken() -> AsyncIterator[str]:
    yield '{"message":0}'
    raise OSError('connection to postgres://cook:pepper@kitchen lost')


class FailingWriter(StreamWriter):
    async def write(self, frames: Sequence[str]) -> None:
        raise OSError('No space left on device')

    async def end(self) -> None:
        raise OSError('No space left on device')


async def test_the_client_gets_its_stream_if_it_cannot_be_kept(caplog):
    with caplog.at_level(logging.ERROR):
        answer = await handled(Failing(), 2)
        assert await read(answer.body) == EXPECTED
    assert caplog.text.count("Keeping the stream of Flow 'count' failed") == 1


async def test_what_cannot_be_joined_ends_with_an_error_that_says_nothing_private(caplog):
    answer = await handled(Failing(), 2, 'some-stream-id')
    first, last, _ = await read(answer.body)
    assert first == 'data: {"message":0}'
    assert json.loads(last.removeprefix('data: '))['error']['status'] == 'INTERNAL'
    assert 'pepper' not in last


@pytest.mark.parametrize('stream_id', ['', 'short', 'x' * 129, '../../etc', 'with space', 'ünïcode-id'])
async def test_an_id_that_cannot_be_is_that_of_no_stream(stream_id):
    answer = await handled(Failing(), 2, stream_id)
    assert (answer.status, answer.body) == (204, b'')


async def test_a_stream_belongs_to_its_flow():
    manager = InMemoryStreamManager()
    answer = await handled(manager, 2)
    assert await read(answer.body) == EXPECTED
    again = await handled(manager, 2, answer.headers[ID])
    assert await read(again.body) == EXPECTED
    assert (await handled(manager, 2, answer.headers[ID], flow='other')).status == 204


async def test_whoever_joins_a_run_that_is_cancelled_learns_of_it():
    manager, gate = InMemoryStreamManager(), asyncio.Event()
    answer = await handled(manager, 2, gate=gate)
    joined = await handled(manager, 2, answer.headers[ID])
    assert isinstance(answer.body, Frames)
    await answer.body.aclose()
    assert [piece async for piece in answer.body] == []
    [pump] = [task for task in asyncio.all_tasks() if 'KeptFrames' in repr(task.get_coro())]
    pump.cancel()
    first, last, _ = await read(joined.body)
    assert first == 'data: {"message":0}'
    assert json.loads(last.removeprefix('data: '))['error'] == {
        'status': 'CANCELLED',
        'message': "Flow 'count' was cancelled: the server stopped.",
    }


async def test_ids_cannot_be_guessed():
    manager = InMemoryStreamManager()
    ids = {(await handled(manager, 0)).headers[ID] for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) >= 32 for each in ids)


async def test_a_manager_that_cannot_open_a_stream_fails_the_call():
    class Closed(Failing):
        async def open(self, stream_id: str) -> StreamWriter:
            raise GenkitError('The store of streams cannot be reached.', status='UNAVAILABLE')

    assert (await handled(Closed(), 2)).status == 503
