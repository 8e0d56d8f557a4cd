# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flows for servers that give each request a thread, as WSGI servers do: one event loop beside all of them.

It lasts as long as the process, so that what belongs to a loop, such as a model's HTTP client, is made once.
"""

import asyncio
import functools
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Final, Self, TypeVar

from genkit._base.app_loop import note_application_loop, run_until_stopped
from genkit.web.frames import Frames


T = TypeVar('T')

_STARTING: Final = threading.Lock()


def run_in_background(coroutine: Coroutine[Any, Any, T]) -> 'Future[T]':
    """Start a coroutine on the process's background event loop, with the context variables of this thread.

    Returns:
        Its future: wait with ``result()`` in a thread, with `asyncio.wrap_future` in another event loop; ``cancel()``
        cancels the coroutine.
    """
    with _STARTING:
        loop = _loop_of(os.getpid())
    return asyncio.run_coroutine_threadsafe(coroutine, loop)


class BlockingFrames:
    """A synchronous iterator of stream frames, for servers that iterate in a thread and close unfinished streams.

    Args:
        frames: Made by a coroutine that ran in the background.
    """

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def __iter__(self) -> Self:
        """Iterate over the frames."""
        return self

    def __next__(self) -> bytes:
        """Wait for the next frames and return them."""
        piece = run_in_background(_next(self._frames)).result()
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Cancel the run, if it is still active, and wait until it has stopped."""
        run_in_background(self._frames.aclose()).result()


async def _next(frames: Frames) -> bytes | None:
    return await anext(frames, None)


@functools.cache
def _loop_of(_process: int) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()  # created again after a fork, which copies no threads
    loop.call_soon(note_application_loop)
    threading.Thread(target=run_until_stopped, args=(loop,), name='genkit-flows', daemon=True).start()
    return loop
