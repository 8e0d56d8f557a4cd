# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Inputs that the developer tools send while an action runs, on their way into its event loop."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from genkit._action.pipe import Pipe


class Feed:
    """Takes inputs in one thread and hands them to a pipe of another, also those that come before there is one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: list[Any] = []
        self._hand_on: Callable[[Any], object] | None = None

    def put(self, value: Any) -> None:
        """Send an input."""
        self._send(('put', value))

    def close(self) -> None:
        """Send no more."""
        self._send(('close', None))

    def into(self, pipe: Pipe[Any], validate: Callable[[Any], Any], fail: Callable[[Exception], None]) -> None:
        """Hand what came and what comes to a pipe of the running event loop.

        Args:
            pipe: Where to.
            validate: Turns wire data into an input.
            fail: Called with the error of an invalid input.
        """
        loop = asyncio.get_running_loop()

        def take(step: tuple[str, Any]) -> None:
            if pipe.closed:
                return
            if step[0] == 'close':
                pipe.close()
                return
            try:
                pipe.put_now(validate(step[1]))
            except Exception as error:  # noqa: BLE001  (reported by the code that runs the action)
                fail(error)

        with self._lock:
            for step in self._early:
                take(step)
            self._hand_on = lambda step: loop.call_soon_threadsafe(take, step)

    def _send(self, step: tuple[str, Any]) -> None:
        with self._lock:
            if self._hand_on is None:
                self._early.append(step)
            else:
                self._hand_on(step)
