# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextvars import ContextVar

import pytest
from genkit import ActionRunContext, Genkit
from genkit.web import BlockingFrames, FlowHandler, WebRequest, run_in_background


USER: ContextVar[str] = ContextVar('user')


async def running_loop():
    return asyncio.get_running_loop()


def test_everybody_shares_one_loop():
    with ThreadPoolExecutor(8) as threads:
        loops = set(threads.map(lambda _: run_in_background(running_loop()).result(), range(50)))
    assert len(loops) == 1


def test_it_is_the_loop_of_the_application(run_python):
    done = run_python("""
import asyncio
from genkit._base.app_loop import application_loop
from genkit.web import run_in_background

async def running_loop():
    return asyncio.get_running_loop()

print(run_in_background(running_loop()).result() is application_loop())
""")
    assert done.stdout == 'True\n', done.stderr


def test_a_coroutine_sees_the_variables_of_the_thread_that_began_it():
    async def user():
        await asyncio.sleep(0)
        return USER.get()

    def ask(name):
        USER.set(name)
        return run_in_background(user()).result()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, 'abcd')) == list('abcd')


def test_an_error_comes_out_in_the_thread_that_waits():
    async def fail():
        raise LookupError('no soup')

    with pytest.raises(LookupError, match='no soup'):
        run_in_background(fail()).result()


def test_a_future_that_is_cancelled_cancels_its_coroutine():
    started, cancelled = threading.Event(), threading.Event()

    async def wait():
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    future = run_in_background(wait())
    assert started.wait(10)
    assert future.cancel()
    assert cancelled.wait(10)
    with pytest.raises(CancelledError):
        future.result()


async def test_another_loop_can_wait_for_it():
    loop = await asyncio.wrap_future(run_in_background(running_loop()))
    assert loop is not asyncio.get_running_loop()


class TestFrames:
    @pytest.fixture
    def talk(self):
        ended = threading.Event()
        ai = Genkit()

        @ai.flow()
        async def talk(endless: bool, context: ActionRunContext) -> str:
            context.send_chunk('soup')
            try:
                await asyncio.sleep(3600 if endless else 0)
            finally:
                ended.set()
            return 'bread'

        def frames(endless):
            headers = {'accept': 'text/event-stream', 'content-type': 'application/json'}
            request = WebRequest('POST', headers, b'{"data":%s}' % endless)
            answer = run_in_background(FlowHandler(talk.action).handle(request)).result()
            return BlockingFrames(answer.body)  # pyright: ignore[reportArgumentType]  (it is a stream)

        return frames, ended

    def test_frames_are_waited_for_in_a_thread(self, talk):
        frames, _ = talk
        assert b''.join(frames(b'false')) == b'data: {"message":"soup"}\n\ndata: {"result":"bread"}\n\n'

    def test_closing_them_cancels_the_flow(self, talk):
        frames, ended = talk
        opened = frames(b'true')
        assert next(opened) == b'data: {"message":"soup"}\n\n'
        opened.close()
        assert ended.is_set()
        assert list(opened) == []

    def test_they_can_be_closed_before_the_first_and_twice(self, talk):
        frames, _ = talk
        opened = frames(b'true')
        opened.close()
        opened.close()
        assert list(opened) == []


def test_a_task_that_would_end_the_process_leaves_the_event_loop_to_the_others(caplog):
    async def start() -> None:
        async def leave() -> None:
            raise SystemExit(3)

        leaving = asyncio.create_task(leave())
        await asyncio.wait([leaving])
        leaving.exception()

    run_in_background(start()).result(10)
    assert run_in_background(asyncio.sleep(0, 'still here')).result(10) == 'still here'
    assert 'A task raised SystemExit' in caplog.text
