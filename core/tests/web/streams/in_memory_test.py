# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
import time
import tracemalloc

import pytest
from genkit import GenkitError
from genkit.web import InMemoryStreamManager


async def test_a_stream_is_read_from_its_beginning_to_its_end_while_it_is_written():
    manager = InMemoryStreamManager()
    writer = await manager.open('a')
    await writer.write(['1', '2'])
    found: list[str] = []

    async def read() -> None:
        found.extend([frame async for frame in await manager.join('a')])

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.sleep(0)
    await writer.write(['3'])
    await writer.end()
    await asyncio.gather(*readers)
    assert sorted(found) == ['1', '1', '1', '2', '2', '2', '3', '3', '3']
    assert [frame async for frame in await manager.join('a')] == ['1', '2', '3']


async def test_it_is_read_on_another_event_loop():
    manager = InMemoryStreamManager()
    writer = await manager.open('a')
    found: list[str] = []
    joined = threading.Event()

    async def read() -> None:
        frames = await manager.join('a')
        joined.set()
        found.extend([frame async for frame in frames])

    thread = threading.Thread(target=lambda: asyncio.run(read()))
    thread.start()
    await asyncio.to_thread(joined.wait)
    await writer.write(['1'])
    await writer.end()
    await asyncio.to_thread(thread.join)
    assert found == ['1']


async def test_it_is_forgotten_after_its_time_but_not_while_it_runs():
    manager = InMemoryStreamManager(ttl=0.0)
    writer = await manager.open('a')
    await asyncio.sleep(0.01)
    frames = await manager.join('a')
    await writer.write(['1'])
    await writer.end()
    await asyncio.sleep(0.01)
    with pytest.raises(GenkitError, match=r"no stream 'a'.*no longer") as raised:
        await manager.join('a')
    assert raised.value.status == 'NOT_FOUND'
    assert [frame async for frame in frames] == ['1']


async def test_the_oldest_are_forgotten_when_all_together_are_too_large():
    manager = InMemoryStreamManager(most_bytes=100)
    for name in ('a', 'b', 'c'):
        writer = await manager.open(name)
        await writer.write(['x' * 40])
        await writer.end()
    with pytest.raises(GenkitError, match="'a'"):
        await manager.join('a')
    assert [len(frame) async for frame in await manager.join('b')] == [40]
    huge = await manager.open('huge')
    await huge.write(['y' * 1000])
    with pytest.raises(GenkitError, match="'huge'"):
        await manager.join('huge')


async def test_two_streams_of_one_id_are_refused():
    manager = InMemoryStreamManager()
    await manager.open('a')
    with pytest.raises(GenkitError, match="a stream 'a' already"):
        await manager.open('a')


async def test_a_reader_that_leaves_or_whose_loop_is_closed_disturbs_nobody():
    manager = InMemoryStreamManager()
    writer = await manager.open('a')

    async def begin_to_read() -> None:
        await asyncio.wait_for(anext(await manager.join('a')), 0.01)

    with pytest.raises(TimeoutError):
        await begin_to_read()
    with pytest.raises(TimeoutError):
        await asyncio.to_thread(lambda: asyncio.run(begin_to_read()))
    await writer.write(['1'])
    await writer.end()
    assert [frame async for frame in await manager.join('a')] == ['1']


async def test_what_is_forgotten_takes_no_memory_while_it_is_written_on_and_nobody_reads_it():
    manager = InMemoryStreamManager(most_bytes=100_000)
    tracemalloc.start()
    try:
        unread, read = await manager.open('unread'), await manager.open('read')
        frames = await manager.join('read')
        for number in range(100):
            await unread.write(['x' * 100_000])
            ended = await manager.open(f'{number}')
            await ended.write(['z' * 90_000])
            await ended.end()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
    await manager.open('third')
    await read.write(['y' * 200_000])
    await read.write(['1'])
    await read.end()
    assert [len(frame) async for frame in frames] == [200_000, 1]


async def test_many_streams_that_are_kept_cost_others_nothing():
    manager = InMemoryStreamManager()
    writer = await manager.open('first')
    times: list[float] = []
    for count in (1, 20_000):
        for number in range(count):
            await (await manager.open(f'{count}-{number}')).write(['x'])
        begun = time.perf_counter()
        for _ in range(200):
            await writer.write(['y'])
        times.append(time.perf_counter() - begun)
    assert times[1] < 50 * times[0]
