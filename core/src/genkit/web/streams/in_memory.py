# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams that are kept in the memory of the process."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from genkit._base.errors import GenkitError
from genkit.web.streams.stream_manager import StreamManager, StreamWriter, no_stream_reason


TTL: Final = 300.0
MOST_BYTES: Final = 100_000_000


class InMemoryStreamManager(StreamManager):
    """Keeps streams in the memory of this process, for one server process.

    Args:
        ttl: How long a stream can be joined after it has ended, in seconds.
        most_bytes: The size of all streams together; when it is exceeded, the oldest are forgotten.
    """

    def __init__(self, *, ttl: float = TTL, most_bytes: int = MOST_BYTES) -> None:
        self._ttl = ttl
        self._most_bytes = most_bytes
        self._guard = threading.Lock()
        self._streams: dict[str, _Stream] = {}

    async def open(self, stream_id: str) -> StreamWriter:
        """Begin a stream.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` if there is one of that id.
        """
        with self._guard:
            self._forget_old()
            if stream_id in self._streams:
                raise GenkitError(f'There is a stream {stream_id!r} already.', status='ALREADY_EXISTS')
            self._streams[stream_id] = stream = _Stream()
        return _Writer(self, stream)

    async def join(self, stream_id: str) -> AsyncIterator[str]:
        """Return the frames of a stream from its beginning.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no such stream, or no longer.
        """
        with self._guard:
            self._forget_old()
            stream = self._streams.get(stream_id)
        if stream is None:
            raise GenkitError(no_stream_reason(stream_id), status='NOT_FOUND')
        return stream.read(self._guard)

    def write(self, stream: '_Stream', frames: Sequence[str], *, ends: bool = False) -> None:
        """Add frames to a stream, and wake those who wait for them."""
        with self._guard:
            stream.frames.extend(frames)
            stream.size += sum(len(frame) for frame in frames)
            if ends:
                stream.ended = time.monotonic()
            waiting, stream.waiting = stream.waiting, []
            self._forget_old()
        for loop, future in waiting:
            with contextlib.suppress(RuntimeError):  # of a loop that is closed
                loop.call_soon_threadsafe(_wake, future)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self._ttl
        size = sum(stream.size for stream in self._streams.values())
        for stream_id, stream in list(self._streams.items()):
            if size > self._most_bytes or (stream.ended is not None and stream.ended < oldest):
                size -= stream.size
                del self._streams[stream_id]


class _Stream:
    """A stream; those who have joined it can read it to its end, also after it has been forgotten."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.size = 0
        self.ended: float | None = None
        self.waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    async def read(self, guard: threading.Lock) -> AsyncIterator[str]:
        """Read the frames, waiting for those that are still to come."""
        place = 0
        while True:
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            with guard:
                new, ended = self.frames[place:], self.ended is not None
                if not new and not ended:
                    self.waiting.append((loop, future))
            if new:
                place += len(new)
                for frame in new:
                    yield frame
            elif ended:
                return
            else:
                await future


class _Writer(StreamWriter):
    def __init__(self, manager: InMemoryStreamManager, stream: _Stream) -> None:
        self._manager = manager
        self._stream = stream

    async def write(self, frames: Sequence[str]) -> None:
        """Keep further frames."""
        self._manager.write(self._stream, frames)

    async def end(self) -> None:
        """Note that there are no more."""
        self._manager.write(self._stream, (), ends=True)


def _wake(future: 'asyncio.Future[None]') -> None:
    if not future.done():
        future.set_result(None)
