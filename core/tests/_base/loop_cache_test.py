# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import gc
import weakref

import pytest
from genkit.plugin import LoopCache, LoopClient


class Client:
    pass


async def test_the_value_of_a_loop_is_made_once():
    cache = LoopCache(Client)
    assert cache.get() is cache.get()


async def test_each_key_has_its_value():
    cache = LoopCache(Client)
    assert cache.get('a') is cache.get('a')
    assert cache.get('a') is not cache.get('b')


async def test_a_key_may_say_how_its_value_is_made():
    cache: LoopCache[str] = LoopCache(lambda: 'usual')
    assert cache.get('special', lambda: 'special') == 'special'
    assert cache.get('special') == 'special'
    assert cache.get() == 'usual'


async def test_a_value_that_could_not_be_made_is_tried_again():
    attempts: list[int] = []

    def create() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError('no route')
        return 'client'

    cache: LoopCache[str] = LoopCache(create)
    with pytest.raises(OSError, match='no route'):
        cache.get()
    assert cache.get() == 'client'


async def test_forgotten_values_are_handed_back_to_be_closed():
    cache = LoopCache(Client)
    first = cache.get('a')
    assert cache.forget() == [first]
    assert cache.forget() == []
    assert cache.get('a') is not first


def test_every_loop_has_its_own_value():
    cache = LoopCache(Client)

    async def get() -> Client:
        return cache.get()

    assert asyncio.run(get()) is not asyncio.run(get())


def test_the_value_goes_with_its_loop():
    cache = LoopCache(Client)

    async def get() -> 'weakref.ref[Client]':
        return weakref.ref(cache.get())

    reference = asyncio.run(get())
    gc.collect()
    assert reference() is None


def test_there_is_no_value_outside_a_loop():
    with pytest.raises(RuntimeError, match='no running event loop'):
        LoopCache(Client).get()


class Connection:
    def __init__(self) -> None:
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class OlderConnection(Connection):
    aclose = None  # type: ignore[assignment]

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize('kind', [Connection, OlderConnection])
async def test_clients_are_closed_once_and_opened_again(kind):
    clients = LoopClient(kind)
    await clients.aclose()
    first, other = clients.get(), clients.get('other')
    await clients.aclose()
    await clients.aclose()
    assert (first.closed, other.closed) == (1, 1)
    assert clients.get() is not first


async def test_clients_of_another_loop_are_left_alone():
    clients = LoopClient(Connection)

    async def get() -> Connection:
        return clients.get()

    elsewhere = await asyncio.to_thread(asyncio.run, get())
    await clients.aclose()
    assert elsewhere.closed == 0


async def test_a_client_may_be_closed_in_a_way_of_its_own():
    closed: list[Connection] = []

    async def close(connection: Connection) -> None:
        closed.append(connection)

    clients = LoopClient(Connection, close)
    opened = clients.get()
    await clients.aclose()
    assert closed == [opened]
    assert opened.closed == 0
