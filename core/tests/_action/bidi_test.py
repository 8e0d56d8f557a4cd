# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genkit import GenkitError
from genkit._action.bidi import BidiAction, BidiRunContext
from genkit._action.kind import ActionKind
from genkit.types import WireModel


class Start(WireModel):
    greeting: str


async def _echo(inputs: AsyncIterator[str], context: BidiRunContext[str, Start | None]) -> str:
    count = 0
    async for text in inputs:
        count += 1
        greeting = context.init.greeting if context.init else ''
        await context.send(f'{greeting}{text}')
    return f'{count} read'


def _action(fn: Any = _echo) -> BidiAction[str, str, str, Start | None]:
    return BidiAction(ActionKind.CUSTOM, 'echo', fn, init_schema=Start, input_schema=str, output_schema=str)


async def test_inputs_go_in_while_chunks_come_out_and_the_result_comes_last() -> None:
    async with _action().stream_bidi(Start(greeting='hi ')) as connection:
        chunks = connection.receive()
        for name in ('a', 'b'):
            await connection.send(name)
            assert await anext(chunks) == f'hi {name}'
        await connection.close()
        assert [chunk async for chunk in chunks] == []
        assert await connection.output() == '2 read'


async def test_run_as_any_action_it_is_given_one_input() -> None:
    chunks: list[str] = []
    answer = await _action().arun('only', on_chunk=chunks.append)
    assert (answer.response, chunks) == ('1 read', ['only'])


async def test_init_and_inputs_are_checked_where_they_are_given() -> None:
    with pytest.raises(GenkitError, match='greeting') as raised:
        _action().stream_bidi({'greeting': 3})
    assert raised.value.status == 'INVALID_ARGUMENT'
    async with _action().stream_bidi() as connection:
        with pytest.raises(GenkitError) as refused:
            await connection.send(7)  # type: ignore[arg-type]
        assert refused.value.status == 'INVALID_ARGUMENT'
        await connection.send('fine')
        await connection.close()
        assert await connection.output() == '1 read'


async def test_it_describes_itself_as_bidirectional_with_the_schema_of_its_init() -> None:
    metadata = _action().describe().metadata
    assert metadata is not None
    assert metadata['bidi'] is True
    assert metadata['initSchema']['properties']['greeting'] == {'title': 'Greeting', 'type': 'string'}


async def test_sending_after_closing_or_after_the_end_is_refused() -> None:
    async with _action().stream_bidi() as connection:
        await connection.close()
        with pytest.raises(GenkitError) as raised:
            await connection.send('late')
        assert raised.value.details['reason'] == 'CONNECTION_CLOSED'
        await connection.output()
        with pytest.raises(GenkitError) as ended:
            await connection.send('later')
        assert (ended.value.status, ended.value.details['reason']) == ('FAILED_PRECONDITION', 'CONNECTION_CLOSED')


async def test_a_slow_reader_holds_back_the_writer() -> None:
    written = 0

    async def gush(_inputs: AsyncIterator[str], context: BidiRunContext[int, None]) -> str:
        nonlocal written
        for number in range(1000):
            await context.send(number)
            written = number + 1
        return 'done'

    async with _action(gush).stream_bidi(room=10) as connection:
        await connection.close()
        await asyncio.sleep(0.02)
        assert written == 10
        assert [chunk async for chunk in connection] == list(range(1000))
        assert await connection.output() == 'done'


async def test_a_slow_action_holds_back_its_caller() -> None:
    go = asyncio.Event()

    async def slow(inputs: AsyncIterator[str], _context: BidiRunContext[int, None]) -> str:
        await go.wait()
        return str(len([text async for text in inputs]))

    async with _action(slow).stream_bidi(room=5) as connection:
        sent = 0

        async def fill() -> None:
            nonlocal sent
            for _ in range(20):
                await connection.send('x')
                sent += 1
            await connection.close()

        filling = asyncio.create_task(fill())
        await asyncio.sleep(0.02)
        assert sent == 5
        go.set()
        await filling
        assert await connection.output() == '20'


async def test_leaving_the_block_cancels_the_action_and_waits_for_its_end() -> None:
    ended = asyncio.Event()

    async def wait(_inputs: AsyncIterator[str], context: BidiRunContext[str, None]) -> str:
        try:
            await context.send('here')
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ended.set()
        return 'never'

    async with _action(wait).stream_bidi() as connection:
        assert await anext(connection.receive()) == 'here'
    assert ended.is_set()
    with pytest.raises(GenkitError) as raised:
        await connection.output()
    assert raised.value.status == 'CANCELLED'


async def test_an_error_comes_after_the_chunks_and_from_the_result() -> None:
    async def fail(_inputs: AsyncIterator[str], context: BidiRunContext[str, None]) -> str:
        await context.send('one')
        raise GenkitError('no more', status='ABORTED')

    async with _action(fail).stream_bidi() as connection:
        chunks = connection.receive()
        assert await anext(chunks) == 'one'
        with pytest.raises(GenkitError, match='no more'):
            await anext(chunks)
        with pytest.raises(GenkitError, match='no more'):
            await connection.output()


async def test_a_deadline_ends_it() -> None:
    async def wait(inputs: AsyncIterator[str], _context: BidiRunContext[str, None]) -> str:
        return str([text async for text in inputs])

    async with _action(wait).stream_bidi(timeout=0.02) as connection:
        with pytest.raises(GenkitError) as raised:
            await connection.output()
    assert raised.value.status == 'DEADLINE_EXCEEDED'


async def test_no_task_is_left_behind() -> None:
    before = asyncio.all_tasks()
    for _ in range(20):
        async with _action().stream_bidi() as connection:
            await connection.send('x')
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
