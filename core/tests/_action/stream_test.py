# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import gc
import threading
from typing import Any

import pytest
from genkit import Action, ActionKind, ActionRunContext, GenkitError, StreamResponse


def flow(fn: Any) -> Action:
    return Action(ActionKind.FLOW, 'f', fn)


async def count(upto: int, context: ActionRunContext) -> str:
    for number in range(upto):
        context.send_chunk(number)
        if number % 2:
            await asyncio.sleep(0)
    return f'counted to {upto}'


def count_in_a_thread(upto: int, context: ActionRunContext) -> str:
    for number in range(upto):
        context.send_chunk(number)
    return f'counted to {upto}'


async def endless(_: None, context: ActionRunContext) -> None:
    number = 0
    while True:
        context.send_chunk(number)
        number += 1
        await asyncio.sleep(0)


@pytest.fixture
async def complaints() -> list[str]:
    """What asyncio finds fault with in this test."""
    found: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.append(context['message']))
    return found


@pytest.mark.parametrize('fn', [count, count_in_a_thread])
class TestReading:
    async def test_chunks_then_the_response(self, fn):
        stream = flow(fn).stream(100)
        assert [chunk async for chunk in stream] == list(range(100))
        assert await stream.response == 'counted to 100'

    async def test_as_a_pair(self, fn):
        chunks, response = flow(fn).stream(3)
        assert [chunk async for chunk in chunks] == [0, 1, 2]
        assert await response == 'counted to 3'

    async def test_by_name(self, fn):
        call = flow(fn).stream(3)
        assert [chunk async for chunk in call.stream] == [0, 1, 2]
        assert await call.response == 'counted to 3'

    async def test_the_response_first(self, fn):
        stream = flow(fn).stream(100)
        assert await stream.response == 'counted to 100'
        assert [chunk async for chunk in stream] == list(range(100))

    async def test_the_response_alone(self, fn):
        assert await flow(fn).stream(3).response == 'counted to 3'

    async def test_the_response_twice(self, fn):
        stream = flow(fn).stream(3)
        assert await stream.response == await stream.response

    async def test_both_side_by_side(self, fn):
        stream = flow(fn).stream(50)

        async def read() -> list[int]:
            return [chunk async for chunk in stream]

        chunks, response = await asyncio.gather(read(), stream.response)
        assert (chunks, response) == (list(range(50)), 'counted to 50')

    async def test_past_the_end_ends_again(self, fn):
        stream = flow(fn).stream(1)
        assert [chunk async for chunk in stream] == [0]
        assert [chunk async for chunk in stream] == []

    async def test_knows_that_somebody_reads(self, fn):
        streaming: list[bool] = []

        def note(_: None, context: ActionRunContext) -> None:
            streaming.append(context.is_streaming)

        await flow(note).stream().response
        await flow(note).arun()
        assert streaming == [True, False]


async def test_a_chunk_is_read_before_the_call_ends():
    go_on = asyncio.Event()

    async def work(_: None, context: ActionRunContext) -> None:
        context.send_chunk('first')
        await go_on.wait()

    stream = flow(work).stream()
    assert await anext(stream) == 'first'
    assert not stream.response.done()
    go_on.set()
    await stream.response


async def test_chunks_may_come_from_any_thread():
    async def work(_: None, context: ActionRunContext) -> None:
        def send(first: int) -> None:
            for number in range(first, first + 100):
                context.send_chunk(number)

        await asyncio.gather(*(asyncio.to_thread(send, first) for first in (0, 100, 200)))

    chunks = [chunk async for chunk in flow(work).stream()]
    assert sorted(chunks) == list(range(300))
    assert [chunk for chunk in chunks if chunk < 100] == list(range(100))


async def test_chunks_of_a_worker_thread_reach_the_callback_on_the_event_loop_in_order():
    threads: set[int] = set()
    chunks: list[int] = []

    def note(chunk: int) -> None:
        threads.add(threading.get_ident())
        chunks.append(chunk)

    assert (await flow(count_in_a_thread).arun(500, on_chunk=note)).response == 'counted to 500'
    assert chunks == list(range(500))
    assert threads == {threading.get_ident()}


async def test_none_is_a_chunk_like_any_other():
    async def work(_: None, context: ActionRunContext) -> None:
        context.send_chunk(None)
        context.send_chunk(0)

    assert [chunk async for chunk in flow(work).stream()] == [None, 0]


async def test_the_context_and_labels_of_the_call_are_handed_on():
    async def work(_: None, context: ActionRunContext) -> dict:
        return context.context

    assert await flow(work).stream(context={'auth': 1}).response == {'auth': 1}


async def test_a_wrong_input_is_refused_at_once():
    with pytest.raises(GenkitError, match='Validation of the input'):
        flow(count).stream('three')


def test_outside_an_event_loop_there_is_no_stream():
    with pytest.raises(GenkitError, match=r'StreamResponse begins .* `ai.run_sync\(main\(\)\)`') as caught:
        flow(count).stream(3)
    assert caught.value.status == 'FAILED_PRECONDITION'


class TestErrors:
    @staticmethod
    async def fails(_: None, context: ActionRunContext) -> None:
        context.send_chunk(1)
        context.send_chunk(2)
        raise ValueError('why')

    async def test_come_after_the_last_chunk(self):
        stream = flow(self.fails).stream()
        assert [await anext(stream), await anext(stream)] == [1, 2]
        with pytest.raises(GenkitError, match='Error while running action f'):
            await anext(stream)

    async def test_come_with_the_response_too(self):
        stream = flow(self.fails).stream()
        with pytest.raises(GenkitError, match='Error while running action f') as caught:
            await stream.response
        assert isinstance(caught.value.cause, ValueError)

    async def test_that_nobody_waits_for_cause_no_complaint(self, complaints):
        stream = flow(self.fails).stream()
        await asyncio.sleep(0.01)
        del stream
        gc.collect()
        assert complaints == []

    async def test_of_a_timeout_come_after_the_chunks(self):
        async def slow(_: None, context: ActionRunContext) -> None:
            context.send_chunk(1)
            await asyncio.Event().wait()

        stream = flow(slow).stream(timeout=0.01)
        assert await anext(stream) == 1
        with pytest.raises(GenkitError) as caught:
            await anext(stream)
        assert caught.value.status == 'DEADLINE_EXCEEDED'


class TestClosing:
    async def test_cancels_the_call_and_waits_for_its_end(self):
        cleaned_up: list[bool] = []

        async def work(_: None, context: ActionRunContext) -> None:
            context.send_chunk(1)
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned_up.append(True)

        stream = flow(work).stream()
        await anext(stream)
        await stream.aclose()
        assert cleaned_up == [True]
        assert stream.response.cancelled()

    async def test_before_the_call_began_causes_no_complaint(self, recwarn):
        stream = flow(count).stream(3)
        await stream.aclose()
        del stream
        gc.collect()
        assert [str(warning.message) for warning in recwarn] == []

    async def test_twice_is_once(self):
        stream = flow(endless).stream()
        await anext(stream)
        await stream.aclose()
        await stream.aclose()
        assert stream.response.cancelled()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)

    async def test_after_the_end_keeps_the_response(self):
        stream = flow(count).stream(2)
        assert [chunk async for chunk in stream] == [0, 1]
        await stream.aclose()
        assert await stream.response == 'counted to 2'

    async def test_happens_on_leaving_a_block(self):
        async with flow(endless).stream() as stream:
            async for chunk in stream:
                if chunk == 3:
                    break
        assert stream.response.cancelled()

    async def test_ends_the_reading(self):
        stream = flow(endless).stream()
        await anext(stream)
        await stream.aclose()
        rest = [chunk async for chunk in stream]
        assert rest == list(range(1, len(rest) + 1))


class TestLettingGo:
    async def test_of_the_stream_lets_the_call_run_to_its_end(self, complaints):
        """Nobody reads, nobody waits: what the call does for its own sake is still done."""
        ended = asyncio.Event()

        async def work(_: None, context: ActionRunContext) -> None:
            await asyncio.sleep(0.001)
            context.send_chunk('to nobody')
            ended.set()

        flow(work).stream()
        gc.collect()
        async with asyncio.timeout(5):
            await ended.wait()
        assert complaints == []

    async def test_of_the_stream_does_not_destroy_a_call_that_waits(self, complaints):
        go, ended = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await go.wait()
            ended.set()

        stream = flow(work).stream()
        await asyncio.sleep(0)
        del stream
        gc.collect()
        go.set()
        async with asyncio.timeout(5):
            await ended.wait()
        assert complaints == []

    async def test_of_the_reading_loses_no_chunk(self):
        stream = flow(count).stream(4)
        first = [await anext(stream)]
        waiting = asyncio.ensure_future(anext(stream))
        waiting.cancel()
        await asyncio.wait([waiting])
        assert first + [chunk async for chunk in stream] == [0, 1, 2, 3]

    async def test_of_the_response_cancels_the_call(self):
        stream = flow(endless).stream()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await stream.response
        assert stream.response.cancelled()


async def test_a_second_reader_is_refused_while_the_first_one_waits():
    async with flow(lambda: threading.Event().wait(0.05)).stream() as stream:
        first, second = (asyncio.ensure_future(anext(stream)) for _ in range(2))
        with pytest.raises(GenkitError, match='This stream has a reader already') as caught:
            await second
        assert caught.value.status == 'FAILED_PRECONDITION'
        with pytest.raises(StopAsyncIteration):
            await first


async def test_an_error_of_the_reader_reaches_the_plain_function_that_sent_the_chunk(complaints):
    def read(_chunk: Any) -> None:
        raise ValueError('reader')

    with pytest.raises(GenkitError, match='Error while running action f') as caught:
        await flow(count_in_a_thread).arun(3, on_chunk=read)
    assert str(caught.value.cause) == 'reader'
    assert complaints == []


async def test_a_stream_can_be_made_of_any_coroutine():
    async def start(send: Any) -> str:
        send('chunk')
        return 'result'

    stream: StreamResponse[str, str] = StreamResponse(start)
    assert [chunk async for chunk in stream] == ['chunk']
    assert await stream.response == 'result'
