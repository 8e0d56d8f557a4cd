# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How many files are sent at a time, and who is next."""

import asyncio
import heapq
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any


class Slots:
    """Lets a number of holders in at a time, the lowest priority first; the number may be lowered on the way.

    Attributes:
        width: How many there are.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._held = 0
        self._arrivals = 0
        self._waiting: list[tuple[Any, int, asyncio.Future[None]]] = []

    def narrow(self) -> None:
        """Halve the number, to one at least: the index asked for less."""
        self.width = max(1, self.width // 2)

    @asynccontextmanager
    async def one(self, priority: Any) -> AsyncGenerator[None]:
        """Hold a slot."""
        await self._take(priority)
        try:
            yield
        finally:
            self._held -= 1
            self._admit()

    async def _take(self, priority: Any) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heapq.heappush(self._waiting, (priority, self._arrivals, turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._held -= 1
                self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and self._held < self.width:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                self._held += 1
                turn.set_result(None)
