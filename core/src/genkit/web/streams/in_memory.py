# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams that are kept in the memory of the process."""

import asyncio
import contextlib
import threading
import time
import weakref
from collections import deque
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
        self._size = 0
        self._ended: deque[tuple[float, str, weakref.ref[_Stream]]] = deque()

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
        return _Writer(self, stream_id, stream)

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

    def write(self, stream_id: str, stream: '_Stream', frames: Sequence[str], *, ends: bool = False) -> None:
        """Add frames to a stream, and wake those who wait for them."""
        with self._guard:
            size = sum(len(frame) for frame in frames)
            stream.frames.extend(frames)
            stream.size += size
            if self._streams.get(stream_id) is stream:
                self._size += size
            if ends:
                stream.has_ended = True
                self._ended.append((time.monotonic(), stream_id, weakref.ref(stream)))
            waiting, stream.waiting = stream.waiting, []
            self._forget_old()
        for loop, future in waiting:
            with contextlib.suppress(RuntimeError):  # of a loop that is closed
                loop.call_soon_threadsafe(_wake, future)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - self._ttl
        while self._ended and self._ended[0][0] < oldest:
            _, stream_id, ended = self._ended.popleft()
            stream = ended()
            if stream is not None and self._streams.get(stream_id) is stream:
                self._forget(stream_id)
        while self._streams and self._size > self._most_bytes:
            self._forget(next(iter(self._streams)))

    def _forget(self, stream_id: str) -> None:
        self._size -= self._streams.pop(stream_id).size


class _Stream:
    """A stream; those who have joined it can read it to its end, also after it has been forgotten."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.size = 0
        self.has_ended = False
        self.waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    async def read(self, guard: threading.Lock) -> AsyncIterator[str]:
        """Read the frames, waiting for those that are still to come."""
        place = 0
        while True:
            loop = asyncio.get_running_loop()
            future: asyncio.Future[None] = loop.create_future()
            with guard:
                new, ended = self.frames[place:], self.has_ended
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
    """Writes a stream; one that was forgotten, and that nobody reads, takes no memory any longer."""

    def __init__(self, manager: InMemoryStreamManager, stream_id: str, stream: _Stream) -> None:
        self._manager = manager
        self._stream_id = stream_id
        self._stream = weakref.ref(stream)

    async def write(self, frames: Sequence[str]) -> None:
        """Keep further frames."""
        self._write(frames)

    async def end(self) -> None:
        """Note that there are no more."""
        self._write((), ends=True)

    def _write(self, frames: Sequence[str], *, ends: bool = False) -> None:
        stream = self._stream()
        if stream is not None:
            self._manager.write(self._stream_id, stream, frames, ends=ends)


def _wake(future: 'asyncio.Future[None]') -> None:
    if not future.done():
        future.set_result(None)
