# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs an asynchronous step once, however many callers, tasks, threads and event loops ask for it."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar


T = TypeVar('T')


class Once(Generic[T]):
    """An asynchronous step that runs once, on first use; later and concurrent callers share its result.

    A failure is raised in all waiting callers, then forgotten: the next call tries again. A cancelled caller
    does not stop the step for the others.

    Args:
        step: The coroutine function to run; runs in the event loop of the first caller.
    """

    def __init__(self, step: Callable[[], Awaitable[T]]) -> None:
        self._step = step
        self._lock = threading.Lock()
        self._outcome: concurrent.futures.Future[T] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def done(self) -> bool:
        """Whether the step has succeeded."""
        return self._outcome is not None and self._outcome.done() and self._outcome.exception() is None

    async def __call__(self) -> T:
        """Return the step's result, running it if nobody has."""
        while True:
            with self._lock:
                outcome = self._outcome
                if outcome is None:
                    outcome = self._outcome = concurrent.futures.Future()
                    self._task = asyncio.ensure_future(self._run(outcome))
            try:
                return outcome.result() if outcome.done() else await _waited_for(outcome)
            except _AbandonedError:  # the event loop that ran the step has gone: take over
                continue

    async def _run(self, outcome: 'concurrent.futures.Future[T]') -> None:
        try:
            result = await self._step()
        except BaseException as error:
            with self._lock:
                self._outcome = None
            outcome.set_exception(error if isinstance(error, Exception) else _AbandonedError())
            if not isinstance(error, Exception):
                raise
        else:
            outcome.set_result(result)
        finally:
            self._task = None


class _AbandonedError(Exception):
    """The step was cut off before it had an outcome."""


async def _waited_for(outcome: 'concurrent.futures.Future[T]') -> T:
    waiting = asyncio.wrap_future(outcome)
    # A waiter who is cancelled never reads the outcome; it is read here, so that nobody complains.
    waiting.add_done_callback(lambda future: future.cancelled() or future.exception())
    return await asyncio.shield(waiting)
