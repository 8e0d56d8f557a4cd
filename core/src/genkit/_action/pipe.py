# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A bounded stream of values between two tasks of one event loop."""

import asyncio
from collections import deque
from typing import Any, Final, Generic, Self

from typing_extensions import TypeVar

from genkit._base.errors import ErrorReason, GenkitError


T = TypeVar('T', default=Any)

DEFAULT_ROOM: Final = 64


class Pipe(Generic[T]):
    """A bounded queue with one reader; writers wait while it is full.

    Args:
        room: How many values may wait.
    """

    __slots__ = ('_announced', '_asked', '_busy', '_changed', '_closed', '_ending', '_room', '_values', '_waiting')

    def __init__(self, room: int = DEFAULT_ROOM) -> None:
        self._values: deque[T] = deque()
        self._room = room
        self._closed = False
        self._changed: asyncio.Future[None] | None = None
        self._asked: asyncio.Future[None] | None = None
        self._waiting = 0
        self._busy = False
        self._announced = False
        self._ending: asyncio.Event | None = None

    @property
    def closed(self) -> bool:
        """Whether no more can be put."""
        return self._closed

    def ends_within(self, count: int) -> bool:
        """Return whether all that will ever be put is there already, and is no more than so many values."""
        return self._closed and len(self._values) <= count

    @property
    def wanted(self) -> bool:
        """Whether a reader waits for a value that is not there, and has nothing else to do."""
        return self._waiting > 0 and not self._values and not self._busy

    @property
    def busy(self) -> bool:
        """Whether the reader still works on what it has read, although it may read on meanwhile."""
        return self._busy

    @busy.setter
    def busy(self, value: bool) -> None:
        self._busy = value
        if self.wanted:
            self._ask()

    def announce_end(self) -> None:
        """Say that no more will be put but what the reader itself asks for."""
        self._announced = True
        if self._waiting and not self._values:
            self._end_event().set()

    async def until_ending(self) -> None:
        """Wait until the end was announced and all that was put before has been read."""
        await self._end_event().wait()

    async def until_wanted(self) -> None:
        """Wait until a reader waits for a value that is not there, or the pipe is closed; one may wait for it."""
        while not self.wanted and not self._closed:
            self._asked = asyncio.get_running_loop().create_future()
            await self._asked

    async def put(self, value: T) -> None:
        """Put a value, waiting for room.

        Raises:
            GenkitError: ``FAILED_PRECONDITION``, reason ``CONNECTION_CLOSED``, if it is closed.
        """
        while len(self._values) >= self._room and not self._closed:
            await self._change()
        self.put_now(value)

    def put_now(self, value: T) -> None:
        """Put a value without waiting, whether there is room or not.

        Raises:
            GenkitError: As `put`.
        """
        if self._closed:
            raise GenkitError(
                'The stream is closed; nothing more can be sent.',
                status='FAILED_PRECONDITION',
                reason=ErrorReason.CONNECTION_CLOSED,
            )
        self._values.append(value)
        self._wake()

    def close(self) -> None:
        """Put no more; what was put can still be read."""
        self._closed = True
        self._wake()
        self._ask()

    def __aiter__(self) -> Self:
        """Iterate over the values."""
        return self

    async def __anext__(self) -> T:
        """Return the next value."""
        while not self._values:
            if self._closed:
                self._end_event().set()
                raise StopAsyncIteration
            self._waiting += 1
            self._ask()
            if self._announced:
                self._end_event().set()
            try:
                await self._change()
            finally:
                self._waiting -= 1
        value = self._values.popleft()
        self._wake()
        return value

    async def _change(self) -> None:
        if self._changed is None or self._changed.done():
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._changed)  # several may wait for it, and one of them may be cancelled

    def _end_event(self) -> asyncio.Event:
        if self._ending is None:
            self._ending = asyncio.Event()
        return self._ending

    def _wake(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)

    def _ask(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)
