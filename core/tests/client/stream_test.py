# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import gc
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
from genkit import GenkitError
from genkit.client import FlowStream, close_cached_clients, stream_flow
from genkit.testing import CannedAnswer, LoopbackServer
from pydantic import BaseModel


Serve = Callable[..., Awaitable[str]]

STREAM = {'content-type': 'text/event-stream'}
HEAD = b'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n'
CHUNKED = b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'


class Dish(BaseModel):
    name: str


def message(value: object) -> bytes:
    return f'data: {json.dumps({"message": value})}\n\n'.encode()


def result(value: object) -> bytes:
    return f'data: {json.dumps({"result": value})}\n\n'.encode()


def events(*frames: bytes, **headers: str) -> CannedAnswer:
    return CannedAnswer(frames, headers=STREAM | headers)


@pytest.fixture
async def complaints() -> list[str]:
    """What asyncio finds fault with in this test."""
    found: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(context['message']))
    return found


class Endless:
    """A flow that goes on until its caller leaves."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + message(1) + message(2))
        await writer.drain()
        assert await reader.read() == b''
        self.left.set()

    async def was_left(self) -> None:
        async with asyncio.timeout(10):
            await self.left.wait()


@pytest.fixture
def counting() -> Iterator[LoopbackServer]:
    with LoopbackServer(lambda _: events(message(1), message({'two': None}), result('done'))) as server:
        yield server


class TestReading:
    async def test_chunks_then_the_response(self, counting):
        stream = stream_flow(f'{counting.url}/count', 2)
        assert [chunk async for chunk in stream] == [1, {'two': None}]
        assert await stream.response == 'done'

    async def test_asks_for_a_stream(self, counting):
        await stream_flow(counting.url, 2, init={'a': 1}, headers={'Accept': 'application/json'}).response
        (request,) = counting.requests
        assert request.headers['accept'] == 'text/event-stream'
        assert request.json == {'data': 2, 'init': {'a': 1}}

    async def test_as_a_pair(self, counting):
        chunks, response = stream_flow(counting.url)
        assert [chunk async for chunk in chunks] == [1, {'two': None}]
        assert await response == 'done'

    async def test_by_name(self, counting):
        call = stream_flow(counting.url)
        assert [chunk async for chunk in call.stream] == [1, {'two': None}]

    async def test_the_response_first(self, counting):
        stream = stream_flow(counting.url)
        assert await stream.response == await stream.response == 'done'
        assert [chunk async for chunk in stream] == [1, {'two': None}]

    async def test_the_response_alone(self, counting):
        assert await stream_flow(counting.url).response == 'done'
        _, response = stream_flow(counting.url)
        gc.collect()
        assert await response == 'done'

    async def test_the_chunks_alone(self, counting, complaints):
        assert [chunk async for chunk in stream_flow(counting.url)] == [1, {'two': None}]
        gc.collect()
        assert complaints == []

    async def test_a_chunk_before_the_flow_ends(self, serve: Serve):
        go_on = asyncio.Event()

        async def talk(_, writer):
            writer.write(HEAD + message('first'))
            await go_on.wait()
            writer.write(result('last'))

        stream = stream_flow(await serve(talk))
        assert await anext(stream) == 'first'
        assert not stream.response.done()
        go_on.set()
        assert await stream.response == 'last'

    async def test_ends_with_the_result_though_the_server_goes_on(self, serve: Serve):
        async def talk(reader, writer):
            writer.write(HEAD + result('done') + message('late'))
            await reader.read()

        stream = stream_flow(await serve(talk))
        assert [chunk async for chunk in stream] == []
        assert await stream.response == 'done'

    async def test_frames_that_arrive_byte_by_byte(self, answering):
        whole = b': ping\r\n\r\n' + message('ä𝄞\u2028').replace(b'\n', b'\r\n')
        whole += 'data: {"message":\ndata: "𝄞"}\n\n'.encode() + result(None)
        with answering(events(*(bytes([byte]) for byte in whole))) as server:
            stream = stream_flow(server.url)
            assert [chunk async for chunk in stream] == ['ä𝄞\u2028', '𝄞']
            assert await stream.response is None

    async def test_frames_in_one_piece(self, answering):
        with answering(events(message(1) + message(2) + result(3))) as server:
            stream = stream_flow(server.url)
            assert [chunk async for chunk in stream] == [1, 2]
            assert await stream.response == 3

    async def test_over_one_connection_after_another(self, serve: Serve):
        """The end of a stream is read, so that its connection serves the next one."""
        connections = 0

        async def talk(reader, writer):
            nonlocal connections
            connections += 1
            while True:
                frame = result(connections)
                writer.write(CHUNKED + f'{len(frame):x}\r\n'.encode() + frame + b'\r\n0\r\n\r\n')
                if not await reader.read(2**16):
                    return

        url = await serve(talk)
        assert [await stream_flow(url).response for _ in range(3)] == [1, 1, 1]


class TestFramesOfOtherServers:
    @pytest.mark.parametrize(
        'frames',
        [
            b'event: message\ndata: {"message": 1}\n\nevent: result\ndata: {"result": 2}\n\n',
            b'event: message\ndata: 1\n\nevent: result\ndata: 2\n\n',
            b'event: message\ndata: {"message": 1}\n\nevent: message\ndata: {"result": 2}\n\n',
            b'id: 1\ndata: {"message": 1}\n\nevent: ping\ndata: now\n\nretry: 3\n\n:\n\ndata: {"result": 2}\n\n',
            b'data:{"message":1}\r\n\r\ndata:{"result":2}\r\n\r\n',
            b'data: {"message": 1}\n\ndata: {"result": 2}',
            b'data: {"message": 1, "result": null, "error": null}\n\ndata: {"result": 2, "error": null}\n\n',
            b'data: {}\n\ndata: {"message": 1}\n\ndata: {"result": 2}\n\n',
        ],
    )
    async def test_are_understood(self, answering, frames):
        with answering(CannedAnswer([frames], headers={'content-type': 'text/plain'})) as server:
            stream = stream_flow(server.url)
            assert [chunk async for chunk in stream] == [1]
            assert await stream.response == 2

    async def test_hold_an_undefined_result_as_an_empty_object_at_the_end(self, answering):
        with answering(events(message(1), b'data: {}\n\n')) as server:
            stream = stream_flow(server.url)
            assert [chunk async for chunk in stream] == [1]
            assert await stream.response is None

    async def test_may_be_a_single_answer(self, answering):
        with answering(CannedAnswer.of_json({'result': 2})) as server:
            stream = stream_flow(server.url)
            assert [chunk async for chunk in stream] == []
            assert await stream.response == 2


class TestTypes:
    async def test_are_those_asked_for(self, answering):
        with answering(events(message({'name': 'soup'}), result([{'name': 'cake'}]))) as server:
            stream = stream_flow(server.url, chunk_type=Dish, output_type=list[Dish])
            assert [chunk async for chunk in stream] == [Dish(name='soup')]
            assert await stream.response == [Dish(name='cake')]

    async def test_that_a_result_is_not_of_are_an_error(self, answering):
        with answering(events(message({'name': 'soup'}), result(7))) as server:
            stream = stream_flow(server.url, chunk_type=Dish, output_type=Dish)
            assert await anext(stream) == Dish(name='soup')
            with pytest.raises(GenkitError, match=r"The result of 'http.*got 7") as caught:
                await anext(stream)
        assert (caught.value.reason, caught.value.details['value']) == ('INVALID_OUTPUT', 7)

    async def test_that_a_chunk_is_not_of_end_the_stream(self, serve: Serve):
        endless = Endless()
        stream = stream_flow(await serve(endless), chunk_type=Dish)
        with pytest.raises(GenkitError, match=r"A chunk of 'http.*got 1") as caught:
            await stream.response
        assert (caught.value.reason, caught.value.details['value']) == ('INVALID_OUTPUT', 1)
        await endless.was_left()


class TestErrors:
    async def test_of_the_call_come_at_once(self):
        with pytest.raises(GenkitError, match='is not the address of a flow'):
            stream_flow('menu')

    def test_of_a_missing_event_loop_come_at_once(self):
        with pytest.raises(GenkitError, match='FlowStream begins in a running event loop'):
            stream_flow('http://127.0.0.1:9/flow')

    async def test_that_nobody_waits_for_cause_no_complaint(self, complaints):
        stream = stream_flow('http://127.0.0.1:1/flow')
        await asyncio.wait([stream.response])
        del stream
        gc.collect()
        assert complaints == []

    @pytest.mark.parametrize(
        ('frames', 'text'),
        [
            ([], 'ended without a result and without any chunk; is it the address of a flow?'),
            ([b'<html>not: a stream</html>'], 'without any chunk'),
            ([message(1)], 'ended without a result'),
            ([b'data: {}\n\n', message(1)], 'ended without a result'),
            ([b'data: {"answer": 1}\n\n'], 'holds \'{"answer": 1}\', which is not JSON with one of the members'),
            ([b'data: [DONE]\n\n'], "holds '[DONE]'"),
            ([b'data: 1\n\n'], "holds '1'"),
            ([b'data: {"resul'], "holds '{\"resul'"),
            ([b'data: {"message": "\xff"}\n\n'], 'holds \'{"message": "\ufffd"}\''),
            ([b'event: result\ndata: nothing\n\n'], "holds 'nothing'"),
        ],
    )
    async def test_of_an_unreadable_stream_say_what_it_holds(self, answering, frames, text):
        with answering(events(*frames)) as server, pytest.raises(GenkitError) as caught:
            await stream_flow(f'{server.url}/flow?key=1').response
        assert caught.value.status == 'DATA_LOSS'
        assert f"The stream of '{server.url}/flow' " in caught.value.message
        assert text in caught.value.message

    async def test_of_a_lost_connection_come_after_the_chunks(self, serve: Serve):
        async def talk(_, writer):
            writer.write(CHUNKED + f'{len(message(1)):x}\r\n'.encode() + message(1) + b'\r\n')

        stream = stream_flow(await serve(talk))
        assert await anext(stream) == 1
        with pytest.raises(GenkitError, match='lost before the answer was complete') as caught:
            await anext(stream)
        assert caught.value.status == 'UNAVAILABLE'

    async def test_of_silence_come_after_the_chunks(self, serve: Serve):
        endless = Endless()
        stream = stream_flow(await serve(endless), timeout=0.25)
        assert [await anext(stream), await anext(stream)] == [1, 2]
        with pytest.raises(GenkitError, match=r'silent for more than timeout=0\.25 s') as caught:
            await anext(stream)
        assert caught.value.status == 'DEADLINE_EXCEEDED'
        await endless.was_left()

    @pytest.mark.parametrize(('headers', 'named'), [({}, 'no stream:'), ({'X-Genkit-Stream-Id': 's1'}, "stream 's1':")])
    async def test_of_a_stream_that_is_not_there(self, answering, headers, named):
        with answering(CannedAnswer(b'', 204)) as server, pytest.raises(GenkitError, match=named) as caught:
            await stream_flow(server.url, headers=headers).response
        assert caught.value.status == 'NOT_FOUND'


class TestAStreamWithAName:
    async def test_has_it_from_the_first_chunk_on(self, answering):
        with answering(events(message(1), result(2), **{'x-genkit-stream-id': 's1'})) as server:
            stream = stream_flow(server.url)
            assert stream.stream_id is None
            await anext(stream)
            assert stream.stream_id == 's1'

    async def test_is_asked_for_again_with_a_header(self, counting):
        stream = stream_flow(counting.url, headers={'x-genkit-stream-id': 's1'})
        await stream.response
        assert counting.requests[0].headers['x-genkit-stream-id'] == 's1'
        assert stream.stream_id is None


class TestTheServerNotices:
    @pytest.fixture
    async def endless(self) -> Endless:
        return Endless()

    @pytest.fixture
    async def stream(self, endless: Endless, serve: Serve) -> AsyncIterator[FlowStream]:
        stream = stream_flow(await serve(endless))
        assert await anext(stream) == 1
        yield stream
        await stream.aclose()

    async def test_closing(self, endless, stream):
        await stream.aclose()
        await stream.aclose()
        await endless.was_left()
        assert stream.response.cancelled()
        assert [chunk async for chunk in stream] == [2]

    async def test_the_end_of_a_block(self, endless, stream):
        async with stream:
            pass
        await endless.was_left()

    async def test_cancelling_the_response(self, endless, stream):
        stream.response.cancel()
        await endless.was_left()

    async def test_cancelling_one_who_waits_for_the_response(self, endless, stream):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await stream.response
        await endless.was_left()

    async def test_a_reader_who_forgets_the_stream(self, endless, serve, complaints):
        url = await serve(endless)
        async for chunk in stream_flow(url):
            assert chunk == 1
            break
        gc.collect()
        await endless.was_left()
        assert complaints == []

    async def test_a_caller_who_forgets_the_response_last(self, endless, serve):
        stream, response = stream_flow(await serve(endless))
        await anext(stream)
        del stream
        gc.collect()
        await asyncio.sleep(0.01)
        assert not endless.left.is_set()
        del response
        gc.collect()
        await endless.was_left()

    async def test_a_caller_who_is_cancelled_before_the_answer(self, serve):
        asked, left = asyncio.Event(), asyncio.Event()

        async def talk(reader, _):
            asked.set()
            assert await reader.read() == b''
            left.set()

        async with stream_flow(await serve(talk)):
            await asked.wait()
        async with asyncio.timeout(10):
            await left.wait()


async def test_closing_before_the_call_began_sends_nothing(counting, recwarn):
    await stream_flow(counting.url).aclose()
    gc.collect()
    assert counting.requests == []
    assert [str(warning.message) for warning in recwarn] == []


async def test_letting_go_of_one_reading_loses_no_chunk(serve: Serve):
    go_on = asyncio.Event()

    async def talk(_, writer):
        await go_on.wait()
        writer.write(HEAD + message(1) + result(2))

    stream = stream_flow(await serve(talk))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await anext(stream)
    go_on.set()
    assert await anext(stream) == 1


async def test_a_hundred_and_fifty_streams_run_side_by_side(serve: Serve):
    everybody = asyncio.Barrier(150)

    async def talk(_, writer):
        writer.write(HEAD + message(1))
        await everybody.wait()
        writer.write(result(2))

    url = await serve(talk)
    streams = [stream_flow(url) for _ in range(150)]
    assert await asyncio.gather(*(stream.response for stream in streams)) == [2] * 150


async def test_nothing_runs_on_when_streams_have_ended_in_any_way():
    leave = threading.Event()

    def frames(path: str) -> Iterator[bytes]:
        yield message(1)
        leave.wait(0 if path == '/short' else 10)
        yield result(2)

    with LoopbackServer(lambda request: CannedAnswer(frames(request.path), headers=STREAM)) as server:
        assert await stream_flow(f'{server.url}/short').response == 2
        await stream_flow(f'{server.url}/unsent').aclose()
        stream = stream_flow(f'{server.url}/closed')
        assert await anext(stream) == 1
        await stream.aclose()
        async for _ in stream_flow(f'{server.url}/forgotten'):
            break
        await asyncio.gather(stream_flow('http://127.0.0.1:1').response, return_exceptions=True)
        gc.collect()
        forgotten = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*forgotten, return_exceptions=True)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        leave.set()


def test_a_stream_that_the_end_of_the_event_loop_cuts_off_causes_no_complaint(recwarn):
    """The loop closes while the call runs, and the stream is forgotten after that."""
    leave = threading.Event()

    def frames() -> Iterator[bytes]:
        yield message(1)
        leave.wait(10)

    async def read(url: str) -> FlowStream:
        stream = stream_flow(url)
        await anext(stream)
        asyncio.get_running_loop().call_soon(leave.set)
        await close_cached_clients()
        return stream

    with LoopbackServer(lambda _: CannedAnswer(frames(), headers=STREAM)) as server:
        stream = asyncio.run(read(server.url))
    del stream
    gc.collect()
    assert [str(warning.message) for warning in recwarn] == []


async def test_a_client_of_the_caller_is_used_and_left_open(counting):
    async with httpx.AsyncClient(headers={'x-mine': '1'}) as client:
        assert await stream_flow(counting.url, http_client=client).response == 'done'
        assert not client.is_closed
    assert counting.requests[0].headers['x-mine'] == '1'


async def test_a_stream_is_bounded(answering):
    with answering(events(*(message('x' * 1000) for _ in range(20)), b'data: {"result": 1}\n\n')) as server:
        stream = stream_flow(server.url, max_bytes=10_000)
        with pytest.raises(GenkitError, match='larger than max_bytes=10000') as caught:
            await stream.response
        assert caught.value.status == 'OUT_OF_RANGE'
        assert await stream_flow(server.url).response == 1
