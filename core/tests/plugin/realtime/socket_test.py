# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from typing import Any

import pytest
from genkit.plugin import Address
from genkit.plugin.realtime.failures import SocketClosed
from genkit.plugin.realtime.socket import JsonSocket
from genkit.testing import OpenAIRealtimePeer, RealtimeServer, realtime_echo


class DeafPeer(OpenAIRealtimePeer):
    def take(self, message: dict[str, Any]) -> list[Any]:
        self.server.turns = 1  # and reads no more from then on
        return [{'type': 'done'}]


async def speak(socket: JsonSocket) -> None:
    while True:
        await socket.send({'type': 'sound', 'data': 'x' * 2**20}, seconds=0.2)


async def test_a_side_that_reads_nothing_is_given_up_by_all_that_wait_for_it() -> None:
    async with RealtimeServer(DeafPeer, realtime_echo) as server, asyncio.timeout(20):
        server.reads = False
        socket = await JsonSocket.open('mine', Address(url=server.url, headers={}))
        await socket.send({'type': 'first'})
        while (await socket.receive() or {}).get('type') != 'done':
            pass
        waiting = asyncio.create_task(socket.receive())
        with pytest.raises(SocketClosed, match='reads nothing'):
            await speak(socket)
        with pytest.raises(SocketClosed, match='reads nothing'):
            await waiting
        await socket.aclose()
