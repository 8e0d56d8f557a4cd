# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Servers of flows: one that answers what it is told to, and one that is told byte by byte."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from genkit.client import close_cached_clients
from genkit.testing import CannedAnswer, LoopbackServer


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
async def _no_connection_is_left_open() -> AsyncIterator[None]:
    yield
    await close_cached_clients()


@pytest.fixture
def answering():
    """Return a function that makes a server which gives these answers one after another, the last one for ever."""

    def make(*answers: CannedAnswer) -> LoopbackServer:
        remaining = list(answers)
        return LoopbackServer(lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0])

    return make


@pytest.fixture
async def serve():
    """Return a function that serves connections in this event loop and returns the address.

    Each connection is handed over once its request has been read.
    """
    servers: list[asyncio.Server] = []

    async def start(talk: Talk) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b'\r\n\r\n')
                length = re.search(rb'content-length: (\d+)', head.lower())
                await reader.readexactly(int(length[1]) if length else 0)
                await talk(reader, writer)
                await writer.drain()
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(handle, '127.0.0.1', 0)
        servers.append(server)
        return f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}/flow'

    yield start
    await close_cached_clients()
    for server in servers:
        server.close()
        await server.wait_closed()
