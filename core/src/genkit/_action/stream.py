# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streaming calls: chunks while they run, then a result."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Self

from typing_extensions import TypeVar

from genkit._action.context import cancel_with_current_run
from genkit._action.misuse import AsyncOnly, is_for_loop, refuse_plain
from genkit._base.errors import GenkitError
from genkit._base.suggest import refuse


ChunkT = TypeVar('ChunkT', default=Any)
ResultT = TypeVar('ResultT', default=Any)

_END: Final = object()
# The event loop holds tasks weakly; a call goes on although nobody holds its stream any more.
_RUNNING: Final[set[asyncio.Task[Any]]] = set()


class Channel:
    """Chunks on their way from one producer to one reader of the same event loop."""

    __slots__ = ('_chunks', '_closed', '_waiting')

    def __init__(self) -> None:
        self._chunks: deque[Any] = deque()
        self._closed = False
        self._waiting: asyncio.Future[None] | None = None

    def put(self, chunk: Any) -> None:
        """Send a chunk."""
        self._chunks.append(chunk)
        self._wake()

    def close(self) -> None:
        """Send no more; the reader still gets what was sent."""
        self._closed = True
        self._wake()

    def __aiter__(self) -> Self:
        """Iterate over the chunks."""
        return self

    async def __anext__(self) -> Any:
        """Return the next chunk."""
        chunk = await self.get()
        if chunk is _END:
            raise StopAsyncIteration
        return chunk

    async def get(self) -> Any:
        """Return the next chunk, or the mark of the end."""
        while not self._chunks:
            if self._closed:
                return _END
            if self._waiting is not None:
                raise GenkitError(
                    'This stream has a reader already; give each reader a stream of its own.',
                    status='FAILED_PRECONDITION',
                )
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._chunks.popleft()

    send = put

    def take_ready(self) -> list[Any]:
        """Return the chunks that are there already."""
        ready, self._chunks = self._chunks, deque()
        return list(ready)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def from_anywhere(put: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a function that takes a chunk in any thread and puts it in the event loop that runs now."""
    loop = asyncio.get_running_loop()

    def put_from_anywhere(chunk: Any) -> None:
        if asyncio._get_running_loop() is loop:  # noqa: SLF001  (documented; the public one raises)
            put(chunk)
        else:
            loop.call_soon_threadsafe(put, chunk)

    return put_from_anywhere


def loop_for(owner: object) -> asyncio.AbstractEventLoop:
    """Return the event loop that runs, for something that goes on in it.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` where none does.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError as error:
        raise GenkitError(
            f'{type(owner).__name__} begins in a running event loop, and none runs here. Write this in an `async` '
            'function, such as main, and run that with `ai.run_sync(main())` or `asyncio.run(main())`.',
            status='FAILED_PRECONDITION',
        ) from error


def state_of(task: 'asyncio.Task[Any]') -> str:
    """Return whether a task still runs, for a repr."""
    return 'running' if not task.done() else 'cancelled' if task.cancelled() else 'finished'


class StreamResponse(AsyncOnly, Generic[ChunkT, ResultT]):
    """A stream of chunks to iterate over and a final result to await; unpacks as ``stream, response``.

    The call runs to its end even if neither is read. `aclose`, or leaving an ``async with`` block, cancels it; so does
    the cancellation or failure of the flow, tool or other action that started it.

    Args:
        start: Starts the call; receives the callback for its chunks.
        timeout: Seconds after which the call is cancelled with ``DEADLINE_EXCEEDED``.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` outside a running event loop.
    """

    def __init__(
        self,
        start: Callable[[Callable[[ChunkT], None]], Coroutine[Any, Any, ResultT]],
        timeout: float | None = None,
    ) -> None:
        if timeout is not None:
            check_timeout(timeout)
        channel = self._channel = Channel()
        self._task = loop_for(self).create_task(_run(start, from_anywhere(channel.put), timeout))
        _RUNNING.add(self._task)
        self._task.add_done_callback(_RUNNING.discard)
        self._task.add_done_callback(lambda task: _finish(task, channel))
        cancel_with_current_run(self._task)

    def __repr__(self) -> str:
        """Return whether the call still runs."""
        return f'{type(self).__name__}({state_of(self._task)})'

    @property
    def stream(self) -> AsyncIterator[ChunkT]:
        """The chunks."""
        return self

    @property
    def response(self) -> asyncio.Future[ResultT]:
        """An awaitable of the final result; may be awaited before, while or after reading the chunks."""
        return self._task

    def __iter__(self) -> Iterator[Any]:
        """Unpack as ``stream, response``.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` in a ``for`` without ``async``.
        """
        if is_for_loop():
            refuse_plain(self, 'for', '`async for chunk in …`')
        return iter((self, self.response))

    if not TYPE_CHECKING:  # type checkers refuse it by themselves

        def __await__(self) -> NoReturn:
            """Refuse an ``await`` of the stream itself."""
            refuse_plain(
                self, 'await', '`async for chunk in …` for the chunks, and `await ….response` for the whole answer'
            )

    def __aiter__(self) -> Self:
        """Iterate over the chunks."""
        return self

    async def __anext__(self) -> ChunkT:
        """Return the next chunk; the call's error, if any, is raised after the last one."""
        chunk = await self._channel.get()
        if chunk is not _END:
            return chunk
        if self._task.done() and not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error
        raise StopAsyncIteration

    async def next_batch(self) -> list[ChunkT]:
        """Return the next chunk and all others that are already buffered.

        Raises:
            StopAsyncIteration: There are no more.
        """
        return [await anext(self), *self._channel.take_ready()]

    def cancel(self) -> None:
        """Cancel the call, if it still runs, without waiting."""
        if not self._task.done() and not self._task.get_loop().is_closed():
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)

    async def aclose(self) -> None:
        """Cancel the call, if it still runs, and wait until it has stopped."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def __aenter__(self) -> Self:
        """Cancel the call when the block is left."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel the call."""
        await self.aclose()


async def _run(
    start: Callable[[Callable[[Any], None]], Coroutine[Any, Any, ResultT]],
    put: Callable[[Any], None],
    seconds: float | None,
) -> ResultT:
    return await start(put) if seconds is None else await with_timeout(start(put), seconds)


async def with_timeout(call: Coroutine[Any, Any, ResultT], seconds: float) -> ResultT:
    """Return the result of a call that may take so many seconds.

    Raises:
        GenkitError: ``DEADLINE_EXCEEDED``; the call has been cancelled. ``INVALID_ARGUMENT`` for what is not a number.
    """
    if not isinstance(seconds, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        call.close()
        check_timeout(seconds)
    scope = asyncio.timeout(seconds)
    try:
        async with scope:
            return await call
    except TimeoutError as error:
        if not scope.expired():
            raise
        raise GenkitError(
            f'The call did not finish within {seconds:g} s.', status='DEADLINE_EXCEEDED', cause=error
        ) from error


def check_timeout(seconds: Any) -> None:
    """Refuse a timeout that is not a number of seconds.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if not isinstance(seconds, int | float):
        refuse('timeout', seconds, 'expected seconds, such as timeout=30.')


def _finish(task: 'asyncio.Task[Any]', channel: Channel) -> None:
    channel.close()
    if not task.cancelled():
        task.exception()  # read here, so that a caller who only wants the chunks causes no complaint
