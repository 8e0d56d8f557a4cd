# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A queue of items that a dedicated thread sends: adding one never waits and never fails."""

import logging
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from opentelemetry.context import attach, detach, set_value


T = TypeVar('T')

_LOGGER: Final = logging.getLogger('genkit.trace')
_BATCH: Final = 512
_LIMIT: Final = 20_000
_CLOSE_SECONDS: Final = 5.0

# All there are. A forked process has none of their threads, and maybe a lock that nobody is left to release.
_OUTBOXES: Final = weakref.WeakSet['Outbox[Any]']()


class Outbox(Generic[T]):
    """Hands what is put in to a function, in batches, from a daemon thread that begins with the first of them.

    When more than 20,000 wait, the oldest are dropped. A function that fails costs one log line, however often.

    Args:
        name: Of the thread and in the log.
        send: Takes a batch; runs in the thread, untraced.
        interval_seconds: How long something may wait for others to travel with.
    """

    def __init__(self, name: str, send: Callable[[list[T]], Any], interval_seconds: float = 0.5) -> None:
        self._name = name
        self._send = send
        self._interval = interval_seconds
        self._closing = False
        self._reported = False
        self.begin_again()
        _OUTBOXES.add(self)

    def begin_again(self) -> None:
        """Forget what waits and the thread that would send it, as both belong to the process that forked this one."""
        self._waiting: deque[T] = deque(maxlen=_LIMIT)
        self._wake = threading.Condition()
        self._idle = True
        self._thread: threading.Thread | None = None

    def put(self, item: T) -> None:
        """Put something in line."""
        if self._closing:
            return
        self._waiting.append(item)
        if self._thread is None:
            self._begin()
        elif len(self._waiting) >= _BATCH:
            with self._wake:
                self._wake.notify_all()

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until everything put in was handed over; False if that took too long."""
        with self._wake:
            self._wake.notify_all()
            return self._wake.wait_for(lambda: self._idle and not self._waiting, seconds)

    def close(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Hand over what waits, for a few seconds at most, and take no more."""
        if not self._closing and (self._waiting or not self._idle):
            self.flush(seconds)
        with self._wake:
            self._closing = True
            self._wake.notify_all()

    def report(self, error: Exception) -> None:
        """Log the first failure."""
        if not self._reported:
            self._reported = True
            _LOGGER.info('%s failed: %r', self._name, error)

    def _begin(self) -> None:
        with self._wake:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        # The requests that are made here must not be traced themselves.
        token = attach(set_value('suppress_instrumentation', True))
        try:
            while not self._closing:
                self._send_waiting()
                with self._wake:
                    self._idle = True
                    self._wake.notify_all()
                    self._wake.wait(self._interval)
        finally:
            detach(token)

    def _send_waiting(self) -> None:
        while self._waiting:
            self._idle = False
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                self._send(batch)
            except Exception as error:  # noqa: BLE001  (sending must not disturb the program; it is logged)
                self.report(error)


def _begin_again() -> None:
    for outbox in _OUTBOXES:
        outbox.begin_again()


if hasattr(os, 'register_at_fork'):
    os.register_at_fork(after_in_child=_begin_again)
