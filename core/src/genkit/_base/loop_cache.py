# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Values that belong to one event loop, such as HTTP clients, which break when another loop uses them."""

import asyncio
import inspect
import weakref
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar


T = TypeVar('T')


class LoopCache(Generic[T]):
    """A cache with one value per event loop and key; values are dropped with their loop.

    Args:
        create: Creates the value; called inside the running loop on first use.
    """

    def __init__(self, create: Callable[[], T]) -> None:
        self._create = create
        self._values: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, T]] = (
            weakref.WeakKeyDictionary()
        )

    def get(self, key: Hashable = None, create: Callable[[], T] | None = None) -> T:
        """Return the running loop's value for ``key``; create it if there is none.

        Raises:
            RuntimeError: Outside a running event loop.
        """
        running = asyncio.get_running_loop()
        values = self._values.get(running)
        if values is None:
            for loop in [loop for loop in self._values if loop.is_closed()]:
                self._values.pop(loop, None)
            values = self._values[running] = {}
        if key not in values:
            values[key] = (create or self._create)()
        return values[key]

    def replace(self, key: Hashable, value: T) -> T:
        """Put a value in place of the running loop's own, and return it."""
        self._values.setdefault(asyncio.get_running_loop(), {})[key] = value
        return value

    def forget(self) -> list[Any]:
        """Remove the running loop's values and return them, so that the caller can close them."""
        return list(self._values.pop(asyncio.get_running_loop(), {}).values())


class LoopClient(LoopCache[T]):
    """One client of a provider's library per event loop, opened on first use.

    Such a client holds no key: each request brings its own as a header, so one client serves all callers.

    Args:
        connect: Opens a client; called inside the running loop.
        close: Closes one. Default: its own ``aclose`` or ``close``.
    """

    def __init__(self, connect: Callable[[], T], close: Callable[[T], Awaitable[None]] | None = None) -> None:
        super().__init__(connect)
        self._close = close or _close_itself

    async def aclose(self) -> None:
        """Close and forget the running loop's clients; the next call opens new ones."""
        for client in self.forget():
            await self._close(client)


async def _close_itself(client: Any) -> None:
    closing = (getattr(client, 'aclose', None) or client.close)()
    if inspect.isawaitable(closing):
        await closing
