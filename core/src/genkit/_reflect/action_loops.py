# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Event loops in which the developer tools run actions."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from genkit._base.app_loop import application_loop, run_until_stopped
from genkit._base.errors import GenkitError


T = TypeVar('T')


class ActionLoops:
    """Runs coroutines on the application's event loop while it has one, else on a loop in its own thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own: asyncio.AbstractEventLoop | None = None

    async def call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what a coroutine returns; cancelling the caller cancels it.

        Raises:
            GenkitError: ``CANCELLED`` if the application's event loop ends first.
        """
        loop = application_loop() or self._own_loop()
        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(make(), loop))
        except asyncio.CancelledError as error:
            caller: asyncio.Task[Any] | None = asyncio.current_task()
            if caller is not None and caller.cancelling():
                raise
            raise GenkitError("The application's event loop has ended; ask again.", status='CANCELLED') from error

    def close(self) -> None:
        """Stop the loop of our own."""
        with self._lock:
            if self._own is not None:
                self._own.call_soon_threadsafe(self._own.stop)
                self._own = None

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._own is None:
                loop = self._own = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(loop,), name='genkit-actions', daemon=True).start()
            return self._own


def _run(loop: asyncio.AbstractEventLoop) -> None:
    try:
        run_until_stopped(loop)
    finally:
        loop.close()
