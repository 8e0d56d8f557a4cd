# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One connection to a server: a task owns it from its start to its end, from whichever task it is used."""

import asyncio
import contextlib
import contextvars
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from genkit import GenkitError

from genkit_mcp.convert.failures import CONNECTION_CLOSED, leaves, mcp_error
from genkit_mcp.settings import McpServerConfig
from genkit_mcp.transports import Way


if TYPE_CHECKING:
    from mcp import Client

_LOGGER: Final = logging.getLogger('genkit.mcp')
_CLOSE_SECONDS: Final = 10.0
_LAST_WORDS_SECONDS: Final = 0.5

T = TypeVar('T')


class Connection:
    """A connection that is opened on first use, and again after it has ended.

    Args:
        name: What messages call the server.
        config: How it is reached.
        options: Returns what the library's client is made with besides the transport.
    """

    def __init__(self, name: str, config: McpServerConfig, options: Callable[['Connection'], dict[str, Any]]) -> None:
        self.name = name
        self.config = config
        self.loop = asyncio.get_running_loop()
        self._options = options
        self._owner: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[Client] = self.loop.create_future()
        self._stop = asyncio.Event()
        self._way: Way | None = None
        self.malformed = 0
        self.is_closed = False

    @property
    def is_open(self) -> bool:
        """Whether a server is connected."""
        return self._owner is not None and not self._owner.done() and self._ready.done() and not self._stop.is_set()

    async def client(self) -> 'Client':
        """Return the library's client, having connected if nothing is.

        Raises:
            GenkitError: The server could not be started, says so itself, or was not ready in time.
        """
        if self.is_closed:
            raise GenkitError(
                f'MCP client {self.name!r} is closed. Open it again with restart() or enable().',
                status='FAILED_PRECONDITION',
            )
        owner = self._owner
        ending = self._stop.is_set() or (self._way is not None and self._way.ended.is_set())
        if owner is None or owner.done() or ending:
            owner = self._start(owner)
        await asyncio.wait([owner, self._ready], return_when=asyncio.FIRST_COMPLETED)
        if self._ready.done() and not self._ready.cancelled():
            return self._ready.result()
        raise self._failure(owner)

    async def call(self, run: Callable[['Client'], Awaitable[T]]) -> T:
        """Run something with the client, in a task of its own; it fails if the connection ends first.

        Raises:
            GenkitError: As `client`; ``UNAVAILABLE`` if the connection ends.
        """
        client = await self.client()
        owner = self._owner
        assert owner is not None  # it made the client
        task = asyncio.ensure_future(run(client))
        try:
            await asyncio.wait([task, owner], return_when=asyncio.FIRST_COMPLETED)
            if not task.done():  # the library may still tell the reason
                await asyncio.wait([task], timeout=_LAST_WORDS_SECONDS)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        if task.cancelled():
            raise self._failure(owner)
        error = task.exception()
        if error is not None and any(getattr(leaf, 'code', None) == CONNECTION_CLOSED for leaf in leaves(error)):
            self._stop.set()  # what has ended is not used again
            raise mcp_error(error, f'The connection to MCP server {self.name!r} ended', self._last_lines()) from error
        return task.result()

    def stop(self) -> None:
        """Begin to end the connection; from the connection's own loop."""
        self.is_closed = True
        self._stop.set()

    async def close(self) -> None:
        """End the connection, from any task; waits until the server has ended."""
        self.stop()
        owner = self._owner
        if owner is None or owner is asyncio.current_task():
            return
        done, _ = await asyncio.wait([owner], timeout=_CLOSE_SECONDS)
        if not done:
            owner.cancel()
            await asyncio.wait([owner], timeout=_CLOSE_SECONDS)

    def _start(self, before: 'asyncio.Task[None] | None') -> 'asyncio.Task[None]':
        """Start an owner; its context is empty, so that no caller's data reaches what the server asks for."""
        self._ready = self.loop.create_future()
        self._stop = asyncio.Event()
        way = self._way = Way(self.config)
        owning: Coroutine[Any, Any, None] = self._own(way, self._ready, self._stop, before)
        self._owner = self.loop.create_task(owning, name=f'mcp {self.name}', context=contextvars.Context())
        self._owner.add_done_callback(_noted)
        return self._owner

    async def _own(
        self, way: Way, ready: 'asyncio.Future[Client]', stop: asyncio.Event, before: 'asyncio.Task[None] | None'
    ) -> None:
        from mcp import Client  # noqa: PLC0415  (a slow import)

        if before is not None and not before.done():
            await asyncio.wait([before], timeout=_CLOSE_SECONDS)
        what = f'MCP server {self.name!r} ({self.config.place}) could not be started'
        try:
            async with contextlib.AsyncExitStack() as stack:
                stack.callback(way.close)
                try:
                    async with asyncio.timeout(self.config.start_timeout):
                        client = Client(way.target(), **self._options(self))
                        await stack.enter_async_context(client)
                except TimeoutError as error:
                    raise self._too_slow(what, way, error) from error
                except Exception as error:
                    raise mcp_error(error, what, way.last_lines()) from error
                if not ready.cancelled():
                    ready.set_result(client)
                what = f'The connection to MCP server {self.name!r} ended'
                await _first_of(stop, way.ended)
                self._last = way.last_lines()
        except GenkitError:
            raise
        except Exception as error:
            raise mcp_error(error, what) from error

    _last = ''

    def _too_slow(self, what: str, way: Way, error: BaseException) -> GenkitError:
        noise = f' It wrote {self.malformed} lines that are not of the protocol.' if self.malformed else ''
        return GenkitError(
            f'{what}: it was not ready within {self.config.start_timeout:g} seconds. Is it an MCP server? A slow one '
            f'takes start_timeout=.{noise}{way.last_lines()}',
            status='DEADLINE_EXCEEDED',
            cause=error,
        )

    def _last_lines(self) -> str:
        return (self._way.last_lines() if self._way is not None else '') or self._last

    def _failure(self, owner: 'asyncio.Task[None]') -> GenkitError:
        error = None if owner.cancelled() or not owner.done() else owner.exception()
        if isinstance(error, GenkitError):
            return GenkitError(error.original_message, status=error.status, cause=error.cause)
        return GenkitError(
            f'The connection to MCP server {self.name!r} ended.{self._last_lines()} The next call opens a new one.',
            status='UNAVAILABLE',
            cause=error,
        )


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _noted(owner: 'asyncio.Task[None]') -> None:
    """Read the outcome of an owner, so that nobody complains when no call waits for it."""
    if not owner.cancelled() and (error := owner.exception()) is not None:
        _LOGGER.debug('%s', error)
