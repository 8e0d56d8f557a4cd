# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that cannot be reached or refuse, processes that are killed, and secrets that may not be seen."""

import asyncio
import contextlib
import random
import socket
import subprocess
import sys
import traceback
import uuid
from pathlib import Path

import pytest
from genkit import GenkitError
from genkit_postgresql import PostgresEngine, PostgresIndex, PostgreSQL

from .indexing_process import COUNT, application, documents


SECRET = 'hunter2-very-secret'


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        return listening.getsockname()[1]


def test_importing_the_plugin_imports_no_driver():
    program = (
        'import sys; from genkit_postgresql import PostgreSQL, PostgresIndex; '
        "PostgreSQL(PostgresIndex(name='a', embedder='b'), url='postgresql://localhost/x'); "
        "print('asyncpg' in sys.modules)"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False\n'


@pytest.mark.parametrize('where', ['user:{secret}@127.0.0.1:{port}/db', '127.0.0.1:{port}/db?user=u&password={secret}'])
async def test_a_server_that_cannot_be_reached_is_named_without_credentials(where):
    port = free_port()
    plugin = PostgreSQL(
        PostgresIndex(name='notes', embedder='e'), url='postgresql://' + where.format(secret=SECRET, port=port)
    )
    with pytest.raises(GenkitError) as raised:
        await plugin.test_connection()
    assert raised.value.status == 'UNAVAILABLE'
    assert f'PostgreSQL at 127.0.0.1:{port}/db: ' in str(raised.value)
    assert 'Check that the server runs' in str(raised.value)
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    assert SECRET not in repr(plugin.engine)
    await plugin.aclose()


async def test_an_address_that_makes_no_sense_does_not_repeat_its_password():
    engine = PostgresEngine(f'mysql://user:{SECRET}@127.0.0.1:1/db')
    with pytest.raises(GenkitError) as raised:
        await engine.test_connection()
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    await engine.aclose()


@pytest.mark.parametrize(
    ('change', 'status', 'message'),
    [
        (('/postgres?', '/nowhere?'), 'NOT_FOUND', 'Create the database'),
        (('postgres:', 'nobody:'), 'UNAUTHENTICATED', 'Check the user'),
    ],
)
async def test_a_server_that_refuses_says_what_to_check(database, change, status, message):
    engine = PostgresEngine(database.replace(*change))
    with pytest.raises(GenkitError, match=message) as raised:
        await engine.test_connection()
    assert raised.value.status == status
    assert raised.value.details['sqlstate']
    await engine.aclose()


async def test_a_user_without_rights_is_told_so(database):
    name = f'reader_{uuid.uuid4().hex[:8]}'
    owner = PostgreSQL(PostgresIndex(name=name, embedder='e'), url=database)
    await owner.init_vectorstore_table(name, 3)
    async with owner.engine.connection() as connection:
        await connection.execute(f'CREATE ROLE {name} LOGIN')
    reader = PostgresEngine(database.replace('postgres:', f'{name}:'))
    with pytest.raises(GenkitError, match=f'permission denied for table {name}.*Grant this user') as raised:
        async with reader.connection() as connection:
            await connection.fetch(f'SELECT * FROM {name}')
    assert raised.value.status == 'PERMISSION_DENIED'
    await reader.aclose()
    await owner.aclose()


async def test_a_statement_that_takes_too_long_and_a_connection_that_is_cut_have_their_status(database):
    engine = PostgresEngine(database, command_timeout=0.05)
    with pytest.raises(GenkitError) as raised:
        async with engine.connection() as connection:
            await connection.execute('SELECT pg_sleep(5)')
    assert raised.value.status == 'DEADLINE_EXCEEDED'
    with pytest.raises(GenkitError) as raised:
        async with engine.connection() as connection:
            await connection.execute('SELECT pg_terminate_backend(pg_backend_pid())')
    assert raised.value.status == 'UNAVAILABLE'
    await engine.test_connection()
    await engine.aclose()


def test_one_plugin_serves_several_event_loops(database):
    table = f'loops-{uuid.uuid4().hex[:8]}'
    ai, plugin = application(database, table)
    asyncio.run(_index(ai, plugin, table))
    assert asyncio.run(_found(ai, table)) == list(range(COUNT))


async def test_making_one_table_from_many_sides_makes_it_once(database):
    table = f'race-{uuid.uuid4().hex[:8]}'
    made = [application(database, table) for _ in range(5)]
    await asyncio.gather(*(plugin.init_vectorstore_table(table, 4) for _, plugin in made))
    for _, plugin in made:
        await plugin.aclose()
    engine = PostgresEngine(database)
    async with engine.connection() as connection:
        tables = await connection.fetch('SELECT 1 FROM pg_tables WHERE tablename = $1', table)
        indexes = await connection.fetch('SELECT 1 FROM pg_indexes WHERE tablename = $1', table)
    await engine.aclose()
    assert (len(tables), len(indexes)) == (1, 1)


async def test_several_who_store_the_same_documents_in_another_order_do_not_deadlock(database):
    table = f'order-{uuid.uuid4().hex[:8]}'
    made = [application(database, table) for _ in range(4)]
    await made[0][1].init_vectorstore_table(table, 4)
    orders = [random.Random(seed).sample(documents(), COUNT) for seed in range(len(made))]
    await asyncio.gather(*(ai.index(f'postgres/{table}', order) for (ai, _), order in zip(made, orders, strict=True)))
    for ai, _ in made:
        await ai.aclose()
    assert await _found(application(database, table)[0], table) == list(range(COUNT))


@pytest.mark.parametrize('is_inside', [False, True], ids=['with the connection', 'as what is done with it'])
async def test_a_call_that_is_cut_short_anywhere_leaves_no_lock(database, is_inside):
    engine, watcher, table = PostgresEngine(database), PostgresEngine(database), f'cut_{uuid.uuid4().hex}'

    async def cut_short(call, number: int) -> None:
        asking = asyncio.ensure_future(call)
        for _ in range(number % 25):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])

    async def ask(number: int) -> None:
        async with engine.connection() as connection:  # each time a statement that the driver has to prepare
            call = connection.fetch(f'SELECT a AS a{number} FROM {table} WHERE a = $1::int', number)
            if not is_inside:
                await call
                return
            await cut_short(call, number)
            raise TimeoutError  # as `asyncio.timeout` within the block would

    async with watcher.connection() as watching:
        await watching.execute(f'CREATE TABLE {table} (a int)')
        for number in range(300):  # more than the driver remembers: it then also forgets one each time
            if is_inside:
                await asyncio.wait([asyncio.ensure_future(ask(number))])
            else:
                await cut_short(ask(number), number)
            async with watching.transaction():
                await watching.execute(f'LOCK TABLE {table}', timeout=5)
        await watching.execute(f'DROP TABLE {table}')
    await engine.aclose()
    await watcher.aclose()


async def _killed_again_and_again(database: str, times: int) -> None:
    table = f'killed-{uuid.uuid4().hex[:8]}'
    ai, plugin = application(database, table)
    await plugin.init_vectorstore_table(table, 4)
    program = Path(__file__).with_name('indexing_process.py')
    chance = random.Random(times)
    interrupted, before = 0, 0
    while interrupted < times:
        if before == COUNT:
            await plugin.init_vectorstore_table(table, 4, overwrite_existing=True)
            before = 0
        process = await asyncio.create_subprocess_exec(sys.executable, program, database, table, stdout=subprocess.PIPE)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 6)):  # lines of progress, so that it is killed in the middle of its work
            await process.stdout.readline()
        await asyncio.sleep(chance.uniform(0, 0.01))
        with contextlib.suppress(ProcessLookupError):  # it may have finished
            process.kill()
        interrupted += await process.wait() == -9
        async with plugin.engine.connection() as connection:
            (row,) = await connection.fetch(f'SELECT count(*), count(DISTINCT id) FROM "{table}"')
        assert row[0] == row[1] >= before
        before = row[0]
    await ai.index(f'postgres/{table}', documents())
    assert await _found(ai, table) == list(range(COUNT))
    await ai.aclose()


@pytest.mark.timeout(60)
async def test_an_indexing_that_is_killed_is_finished_by_repeating_it(database):
    await _killed_again_and_again(database, 3)


@pytest.mark.nightly
@pytest.mark.timeout(300)
async def test_an_indexing_that_is_killed_twenty_times_loses_and_doubles_nothing(database):
    await _killed_again_and_again(database, 20)


async def _index(ai, plugin, table) -> None:
    await plugin.init_vectorstore_table(table, 4)
    await ai.index(f'postgres/{table}', documents())
    await ai.aclose()


async def _found(ai, table) -> list[int]:
    found = (await ai.retrieve(f'postgres/{table}', 'x', {'k': 1000})).documents
    await ai.aclose()
    return sorted((document.metadata or {})['number'] for document in found)
