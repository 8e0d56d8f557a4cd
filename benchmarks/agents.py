# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What agents and bidirectional streams cost.

uv run --group bench benchmarks/agents.py
"""

import asyncio
import contextlib
import json
import math
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import floors
from genkit import GenerateRequest, GenerateResponse, Genkit, Message, Role, TextPart
from genkit.agent import BidiRunContext, MemorySnapshots, SessionRunner, SqliteSnapshots
from genkit.types import AgentInput, AgentResult
from measure import Result, compare, run, table


TURNS = 10_000
CHUNKS = 5_000
SLOW_CHUNKS = 2_000
CHUNK_BYTES = 10_000
ANSWER = 'A table for two at eight, by the window; the kitchen has been told of the nuts.'


def application() -> Genkit:
    ai = Genkit(model='instant')

    async def instant(_request: GenerateRequest) -> GenerateResponse[Any]:
        return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=ANSWER)]))

    ai.define_model('instant', instant)
    return ai


async def turns(folder: Path) -> list[Result]:
    """Measure one turn of a new session: in memory against `generate`, and in SQLite against a bare transaction."""
    ai = application()
    memory_store = MemorySnapshots()
    in_memory = ai.define_agent('in-memory', store=memory_store)
    store = SqliteSnapshots(folder / 'sessions.db')
    in_sqlite = ai.define_agent('in-sqlite', store=store)

    async def generated() -> None:
        await ai.generate(prompt='hi')

    async def kept_in_memory() -> None:
        session = uuid.uuid4().hex
        await in_memory.chat(session_id=session).send('hi')
        await memory_store.delete_session(session)  # else the collector of garbage goes through ever more of them

    async def kept_in_sqlite() -> None:
        await in_sqlite.chat(session_id=uuid.uuid4().hex).send('hi')

    memory = await compare('agent turn, in memory, over generate', kept_in_memory, generated)
    allowed = (memory.microseconds - 60) / (memory.floor or 1)
    sqlite = await compare('agent turn, in SQLite, over in memory', kept_in_sqlite, kept_in_memory)
    with contextlib.closing(bare_database(folder / 'bare.db')) as connection:
        bare = await compare('a transaction of the same bytes', lambda: bare_turn(connection), kept_in_memory)
    share = sqlite.microseconds - (sqlite.floor or 0)
    await store.aclose()
    return [
        Result(memory.name, memory.microseconds, memory.floor, '<= 1.3 and 60 µs', f'{allowed:.2f} after the 60 µs'),
        Result('share of the SQLite store in a turn', share, bare.microseconds, '<= 1.5'),
    ]


def bare_database(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute('PRAGMA journal_mode = WAL')
    connection.execute('PRAGMA synchronous = FULL')
    connection.execute('CREATE TABLE rows (id TEXT PRIMARY KEY, about TEXT, change TEXT)')
    return connection


async def bare_turn(connection: sqlite3.Connection) -> None:
    """Write, as durably, what a turn writes."""
    about = json.dumps({'snapshotId': uuid.uuid4().hex, 'sessionId': uuid.uuid4().hex, 'status': 'completed'})
    messages = [{'role': role, 'content': [{'text': text}]} for role, text in (('user', 'hi'), ('model', ANSWER))]
    row = (uuid.uuid4().hex, about, json.dumps({'kept': 0, 'added': messages}))

    def write() -> None:
        connection.execute('BEGIN IMMEDIATE')
        connection.execute('INSERT INTO rows VALUES (?, ?, ?)', row)
        connection.execute('COMMIT')

    await asyncio.to_thread(write)


class Timed(SqliteSnapshots):
    """Notes how long each snapshot took to be kept, in seconds."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.seconds: list[float] = []

    async def add(self, *given: Any, **options: Any) -> None:
        started = time.perf_counter()
        await super().add(*given, **options)
        self.seconds.append(time.perf_counter() - started)


async def growth(folder: Path) -> list[Result]:
    """Measure what keeping a turn costs as a session grows: the exponent of its cost over the number of the turn."""
    ai = application()
    store = Timed(folder / 'long.db')

    async def talk(runner: SessionRunner, _context: Any) -> AgentResult:
        async def turn(_given: AgentInput, _turn: Any) -> None:
            runner.add_messages(Message(role=Role.MODEL, content=[TextPart(text=ANSWER)]))

        await runner.run(turn)
        return AgentResult()

    ai.define_custom_agent('long', talk, store=store)
    action: Any = await ai.registry.resolve_action_by_key('/agent/long')
    async with action.stream_bidi({'sessionId': 's'}) as connection:

        async def ask() -> None:
            for number in range(TURNS):
                await connection.send({'message': {'role': 'user', 'content': [{'text': str(number)}]}})
            await connection.close()

        asking = asyncio.create_task(ask())
        async for _ in connection.receive():
            pass
        await asking
        await connection.output()
    await store.aclose()
    assert len(store.seconds) == TURNS
    points = [
        (start * 1.25, statistics.median(store.seconds[start : start * 3 // 2]))
        for start in (10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120)
    ]
    exponent = slope([(math.log(turn), math.log(seconds)) for turn, seconds in points])
    cost = statistics.median(store.seconds) * 1e6
    return [Result(f'keeping a turn, 10th to {TURNS:,}th', cost, target='exponent <= 0.1', note=f'{exponent:.3f}')]


def slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the line through some points, by least squares."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return statistics.linear_regression(xs, ys).slope


async def streams() -> list[Result]:
    """Measure what a value costs in each direction of a bidirectional action."""
    ai = Genkit()

    async def echo(values: AsyncIterator[str], context: BidiRunContext[str, None]) -> int:
        count = 0
        async for value in values:
            await context.send(value)
            count += 1
        return count

    action = ai.define_bidi_action('echo', echo)

    async def talk() -> None:
        async with action.stream_bidi() as connection:

            async def say() -> None:
                for _ in range(CHUNKS):
                    await connection.send('x')
                await connection.close()

            saying = asyncio.create_task(say())
            async for _ in connection.receive():
                pass
            await saying

    cost = await compare('bidirectional chunk, each way', talk, lambda: floors.stream(2 * CHUNKS), per=2 * CHUNKS)
    return [Result(cost.name, cost.microseconds, cost.floor, '<= 3')]


async def slow_listener() -> list[Result]:
    """Measure the memory of a stream whose producer could be a thousand times as fast as its consumer."""
    ai = Genkit()

    async def flood(_values: AsyncIterator[None], context: BidiRunContext[str, None]) -> None:
        for number in range(SLOW_CHUNKS):
            await context.send(str(number) * (CHUNK_BYTES // len(str(number))))

    action = ai.define_bidi_action('flood', flood)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    async with action.stream_bidi(room=64) as connection:
        async for _ in connection.receive():
            await asyncio.sleep(0.001)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    sent = SLOW_CHUNKS * CHUNK_BYTES
    bound = 2 * 64 * CHUNK_BYTES
    note = f'{peak / 1e6:.2f} MB at most of {sent / 1e6:.0f} MB sent, target <= {bound / 1e6:.2f} MB'
    return [Result('slow consumer, memory', 0, note=note)]


def measured() -> list[Result]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as folder:
        results = [*run(turns(Path(folder))), *run(growth(Path(folder)))]
    return [*results, *run(streams()), *run(slow_listener())]


if __name__ == '__main__':
    print(table(measured()))
