# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server as an ASGI application, which any framework mounts without knowing its lifespan."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from genkit.plugin import LoopCache


if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LOOPBACK_HOSTS: Final = ('127.0.0.1:*', 'localhost:*', '[::1]:*', '127.0.0.1', 'localhost', '[::1]')
LOOPBACK_ORIGINS: Final = ('http://127.0.0.1:*', 'http://localhost:*', 'http://[::1]:*')
_CLOSE_SECONDS: Final = 10.0


class McpApp:
    """An ASGI application that speaks streamable HTTP at the path where it is mounted.

    The sessions of an event loop belong to one task, which starts with the first request, and ends with the lifespan
    of the application, if its server tells of it, or with `close`.
    """

    def __init__(self, make: 'Callable[[], StreamableHTTPSessionManager]') -> None:
        self._running: LoopCache[_Running] = LoopCache(lambda: _Running(make()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope['type'] == 'lifespan':
            await self._live(receive, send)
            return
        if scope['type'] != 'http':
            await send({'type': 'websocket.close', 'code': 1000})
            return
        running = self._running.get()
        if running.has_ended:
            self._running.forget()
            running = self._running.get()
        await running.ready()
        await running.manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        """End the sessions of the running event loop."""
        for running in self._running.forget():
            await running.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message['type'] == 'lifespan.startup':
                await send({'type': 'lifespan.startup.complete'})
            elif message['type'] == 'lifespan.shutdown':
                await self.close()
                await send({'type': 'lifespan.shutdown.complete'})
                return


class _Running:
    """The sessions of one event loop, owned by one task."""

    def __init__(self, manager: 'StreamableHTTPSessionManager') -> None:
        loop = asyncio.get_running_loop()
        self.manager = manager
        self._stop = asyncio.Event()
        self._started: asyncio.Future[None] = loop.create_future()
        self._owner = loop.create_task(self._own(), name='mcp sessions', context=contextvars.Context())

    @property
    def has_ended(self) -> bool:
        return self._owner.done()

    async def ready(self) -> None:
        await asyncio.wait([self._owner, self._started], return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        self._stop.set()
        done, _ = await asyncio.wait([self._owner], timeout=_CLOSE_SECONDS)
        if not done:
            self._owner.cancel()

    async def _own(self) -> None:
        async with self.manager.run():
            self._started.set_result(None)
            await self._stop.wait()


def allowed(names: Sequence[str] | None, otherwise: Sequence[str]) -> list[str]:
    """Return the names that are allowed."""
    return list(otherwise if names is None else names)
