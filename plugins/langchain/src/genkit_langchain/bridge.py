# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Coroutines run from LangChain's synchronous methods.

Such a method may be called in a worker thread, in a script, or inside a running event loop, which it then blocks. So
the coroutine runs in an event loop of its own thread, never in the one that runs here. What it calls may come back to a
synchronous method, inside that loop: each level of nesting has a loop of its own, so none waits for itself. Context
variables, and with them the trace, go along.
"""

import asyncio
import concurrent.futures
import functools
import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from contextvars import ContextVar
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from genkit import GenkitError, StreamResponse


T = TypeVar('T')

_DEPTH: ContextVar[int] = ContextVar('genkit_langchain_depth', default=0)
_STARTING: Final = threading.Lock()
_END: Final = object()


def run(call: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine; an interrupted wait cancels it, and so does the end of the run around it.

    Raises:
        GenkitError: ``CANCELLED`` if it was cancelled; else what it raised.
    """
    running = _start(call)
    try:
        return running.result()
    except concurrent.futures.CancelledError as error:
        raise GenkitError('The call was cancelled.', status='CANCELLED', cause=error) from error
    except BaseException:
        running.cancel()
        raise


def iterate(make: Callable[[], AsyncGenerator[T, None]]) -> Iterator[T]:
    """Yield what an asynchronous generator yields; closing the iterator cancels it.

    Raises:
        GenkitError: As `run`.
    """
    items: SimpleQueue[Any] = SimpleQueue()

    async def pump() -> None:
        async with aclosing(make()) as stream:
            async for item in stream:
                items.put(item)

    running = _start(pump())
    running.add_done_callback(lambda _: items.put(_END))
    try:
        while (item := items.get()) is not _END:
            yield item
        running.result()
    except concurrent.futures.CancelledError as error:
        raise GenkitError('The call was cancelled.', status='CANCELLED', cause=error) from error
    finally:
        running.cancel()


def _start(call: Coroutine[Any, Any, T]) -> 'concurrent.futures.Future[T]':
    depth = _DEPTH.get()

    async def nested() -> T:
        _DEPTH.set(depth + 1)
        # A stream is cancelled with the run of Genkit that starts it, whatever thread that is in.
        async with StreamResponse[Any, T](lambda _: call) as running:
            return await running.response

    with _STARTING:
        loop = _loop_of(os.getpid(), depth)
    return asyncio.run_coroutine_threadsafe(nested(), loop)


@functools.cache
def _loop_of(_process: int, depth: int) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()  # made again after a fork, which copies no threads
    threading.Thread(target=loop.run_forever, name=f'genkit-langchain-{depth}', daemon=True).start()
    return loop
