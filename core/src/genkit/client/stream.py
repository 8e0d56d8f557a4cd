# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The stream of a remote flow."""

import asyncio
import functools
import weakref
from collections.abc import Callable
from typing import Any

from genkit._action.stream import ChunkT, ResultT, StreamResponse
from genkit.client.call import Call
from genkit.client.transport import post_for_stream


class _Opening:
    """What the server said when it began to answer."""

    stream_id: str | None = None

    def note(self, stream_id: str | None) -> None:
        self.stream_id = stream_id


class FlowStream(StreamResponse[ChunkT, ResultT]):
    """The stream of a served flow: chunks to iterate over and a result to await; unpacks as ``stream, response``.

    The connection is closed, which a server notices, by `aclose`, by leaving an ``async with`` block, by cancelling
    ``response``, and when both the stream and its ``response`` are garbage-collected.

    Chunks are received and buffered whether or not they are read.

    Args:
        call: What to ask.
        to_chunk: Checks a chunk.
        to_result: Checks the result.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` outside a running event loop.
    """

    def __init__(self, call: Call, to_chunk: Callable[[Any], ChunkT], to_result: Callable[[Any], ResultT]) -> None:
        opening = _Opening()

        async def start(put: Callable[[ChunkT], None]) -> ResultT:
            return to_result(await post_for_stream(call, lambda chunk: put(to_chunk(chunk)), opening.note))

        super().__init__(start)
        self._opening = opening
        self._result = _outcome_of(self._task)

    @property
    def response(self) -> asyncio.Future[ResultT]:
        """An awaitable of the final result; may be awaited before, while or after reading the chunks."""
        return self._result

    @property
    def stream_id(self) -> str | None:
        """The name of a stream that outlives its connection, if the server gave it one; known from the first chunk on.

        Sent as the header ``x-genkit-stream-id`` of a later call, it asks for the same stream again.
        """
        return self._opening.stream_id


def _outcome_of(task: 'asyncio.Task[ResultT]') -> 'asyncio.Future[ResultT]':
    """Return a future of a task's outcome that cancels the task when it is cancelled, or forgotten by everybody.

    The event loop holds a task that waits for the network, so nobody's forgetting the task itself would end it.
    """
    loop = task.get_loop()
    outcome: asyncio.Future[ResultT] = loop.create_future()
    forgotten = weakref.finalize(outcome, _cancel, loop, task)
    forgotten.atexit = False
    outcome.add_done_callback(lambda future: task.cancel() if future.cancelled() else None)
    task.add_done_callback(functools.partial(_settle, weakref.ref(outcome), forgotten))
    return outcome


def _cancel(loop: asyncio.AbstractEventLoop, task: 'asyncio.Task[Any]') -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(task.cancel)


def _settle(
    outcome: 'weakref.ref[asyncio.Future[Any]]', forgotten: 'weakref.finalize[..., Any]', task: 'asyncio.Task[Any]'
) -> None:
    forgotten.detach()
    future = outcome()
    if future is None or future.done():
        return
    if task.cancelled():
        future.cancel()
    elif (error := task.exception()) is not None:
        future.set_exception(error)
        future.exception()  # read here, so that a caller who only wants the chunks causes no complaint
    else:
        future.set_result(task.result())
