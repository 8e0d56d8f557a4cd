# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from contextvars import ContextVar

import pytest
from genkit._base.once import Once


class Step:
    """A step that counts its runs and ends when it is told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.gate = asyncio.Event()
        self.failures: list[Exception] = []

    async def __call__(self) -> str:
        self.runs += 1
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return f'run {self.runs}'


@pytest.fixture
def step() -> Step:
    return Step()


async def test_callers_at_the_same_time_share_one_run(step):
    once = Once(step)
    callers = [asyncio.create_task(once()) for _ in range(20)]
    await asyncio.sleep(0)
    assert not once.done
    step.gate.set()
    assert await asyncio.gather(*callers) == ['run 1'] * 20
    assert once.done


async def test_a_later_caller_gets_the_result_that_is_there(step):
    once = Once(step)
    step.gate.set()
    assert await once() == 'run 1'
    assert await once() == 'run 1'
    assert step.runs == 1


async def test_a_failure_is_given_to_everybody_who_waits_and_then_forgotten(step):
    once = Once(step)
    step.failures.append(OSError('offline'))
    callers = [asyncio.create_task(once()) for _ in range(3)]
    step.gate.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ['offline'] * 3
    assert not once.done
    assert await once() == 'run 2'


async def test_a_caller_who_is_cancelled_does_not_stop_the_others(step):
    once = Once(step)
    first, second = asyncio.create_task(once()), asyncio.create_task(once())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    step.gate.set()
    assert await second == 'run 1'
    assert step.runs == 1


async def test_the_run_goes_on_when_everybody_is_cancelled(step):
    once = Once(step)
    caller = asyncio.create_task(once())
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    step.gate.set()
    assert await once() == 'run 1'


async def test_a_failure_nobody_waits_for_any_more_causes_no_complaint(step):
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    once = Once(step)
    caller = asyncio.create_task(once())
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.wait([caller])
    step.failures.append(OSError('offline'))
    step.gate.set()
    await asyncio.sleep(0.01)
    assert complaints == []
    assert await once() == 'run 2'


def test_threads_with_event_loops_of_their_own_share_one_run():
    runs: list[str] = []
    barrier = threading.Barrier(8)

    async def step() -> str:
        runs.append(threading.current_thread().name)
        await asyncio.sleep(0.05)
        return 'result'

    once = Once(step)
    results: list[str] = []

    def use() -> None:
        barrier.wait()
        results.append(asyncio.run(once()))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ['result'] * 8
    assert len(runs) == 1


def test_who_waits_in_another_loop_gets_the_result_although_the_first_loop_ends():
    started, results = threading.Event(), []

    async def step() -> int:
        started.set()
        await asyncio.sleep(0.1)
        return 1

    once = Once(step)

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await once()

    def wait() -> None:
        started.wait(5)
        results.append(asyncio.run(once()))

    waiting = threading.Thread(target=wait)
    waiting.start()
    asyncio.run(impatient())
    waiting.join()
    assert results == [1]


def test_the_result_outlives_the_event_loop_it_was_made_in():
    runs: list[int] = []

    async def step() -> int:
        runs.append(1)
        return len(runs)

    once = Once(step)
    assert [asyncio.run(once()) for _ in range(3)] == [1, 1, 1]


async def test_the_step_sees_the_context_of_whoever_asks_first():
    who: ContextVar[str] = ContextVar('who', default='nobody')

    async def step() -> str:
        return who.get()

    once = Once(step)
    who.set('first')
    assert await once() == 'first'
    who.set('second')
    assert await once() == 'first'
