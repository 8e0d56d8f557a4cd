# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The frames of a run that are kept while they are sent, and those of one that is joined."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, Self

from genkit._base.errors import GenkitError, get_callable_json, log_unexpected
from genkit._base.serialize import dump_json
from genkit.web.frames import Frames
from genkit.web.streams.stream_manager import StreamWriter


_BEFORE: Final = b'data: '
_AFTER: Final = b'\n\n'

_running: Final[set['asyncio.Task[None]']] = set()  # asyncio itself keeps no task alive


class KeptFrames(Frames):
    """The frames of a run, which goes on when the client leaves: what is left of them is kept alone.

    Args:
        begin: Begins the run and returns its frames, and where they are kept. It runs in a task that no request ends.
        what: What runs, as the subject of a sentence.
        last: Returns the data of the last frame of a run that an error ends. Default: as the flow protocol has it.
    """

    def __init__(
        self,
        begin: Callable[[], Awaitable[tuple[Frames, StreamWriter]]],
        what: str,
        last: Callable[[BaseException], str] | None = None,
    ) -> None:
        self._last_of = last or _last
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue: asyncio.Queue[bytes | None] | None = asyncio.Queue()
        self._what = what
        self._ended = False
        self.run = task = asyncio.create_task(self._run(begin))
        _running.add(task)
        task.add_done_callback(_running.discard)

    async def begun(self) -> None:
        """Wait until the run has begun, and with it its trace.

        Raises:
            Exception: What `begin` raised.
        """
        await asyncio.shield(self._begun)

    async def __anext__(self) -> bytes:
        """Return the next frames."""
        if self._queue is None or self._ended:
            raise StopAsyncIteration
        piece = await self._queue.get()
        if piece is None:
            self._ended = True
            raise StopAsyncIteration
        return piece

    def __del__(self) -> None:
        """Leave the run alone: a client may join its stream."""

    async def aclose(self) -> None:
        """Send no more; the run goes on."""
        self._ended, self._queue = True, None

    async def _run(self, begin: Callable[[], Awaitable[tuple[Frames, StreamWriter]]]) -> None:
        kept: StreamWriter | None
        try:
            frames, kept = await begin()
        except asyncio.CancelledError:
            self._begun.set_exception(self._stopped('it was stopped before it said anything'))
            raise
        except Exception as error:  # noqa: BLE001  (raised where the run is waited for)
            self._begun.set_exception(error)
            return
        self._begun.set_result(None)
        try:
            async for piece in frames:
                kept = await self._hand_on(piece, kept)
        except asyncio.CancelledError:  # the server stops
            await frames.aclose()
            stopped = self._stopped('the server stopped')
            await self._hand_on(_BEFORE + self._last_of(stopped).encode() + _AFTER, kept)
            raise
        finally:
            if self._queue is not None:
                self._queue.put_nowait(None)
            if kept is not None:
                with contextlib.suppress(Exception):  # it was logged when writing failed
                    await kept.end()

    def _stopped(self, how: str) -> GenkitError:
        return GenkitError(f'{self._what} was cancelled: {how}.', status='CANCELLED')

    async def _hand_on(self, piece: bytes, writer: StreamWriter | None) -> StreamWriter | None:
        """Send a piece to the client, and keep its frames; without a place to keep them, the client gets them still."""
        if self._queue is not None:
            self._queue.put_nowait(piece)
        if writer is None:
            return None
        try:
            await writer.write([each[len(_BEFORE) :].decode() for each in piece.split(_AFTER) if each])
        except Exception as error:  # noqa: BLE001  (of any kind of manager)
            log_unexpected(error, f'Keeping the stream of {self._what}')
            return None
        return writer


def _last(error: BaseException) -> str:
    return dump_json({'error': get_callable_json(error)})


class JoinedFrames(Frames):
    """The frames of a stream that is kept, from its beginning.

    Args:
        frames: As a manager gives them.
        what: What runs, as the subject of a sentence.
        last: As for `KeptFrames`.
    """

    def __init__(
        self, frames: AsyncIterator[str], what: str, last: Callable[[BaseException], str] | None = None
    ) -> None:
        self._frames = frames
        self._last_of = last or _last
        self._what = what
        self._ended = False

    def __aiter__(self) -> Self:
        """Iterate over the frames."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next frame."""
        if self._ended:
            raise StopAsyncIteration
        try:
            frame = await anext(self._frames)
        except StopAsyncIteration:
            self._ended = True
            raise
        except Exception as error:  # noqa: BLE001  (of any kind of manager)
            self._ended = True
            log_unexpected(error, f'Joining the stream of {self._what}')
            frame = self._last_of(error)
        return _BEFORE + frame.encode() + _AFTER

    def __del__(self) -> None:
        """Leave the run alone."""

    async def aclose(self) -> None:
        """Read no more; the run goes on."""
        self._ended = True
        close = getattr(self._frames, 'aclose', None)
        if close is not None:
            await close()
