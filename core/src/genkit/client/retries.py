# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Retries of failed calls."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import InitVar, dataclass
from typing import Final, TypeVar

import httpx

from genkit._base.errors import GenkitError


T = TypeVar('T')

_NEVER_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LOST: Final = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)
_REFUSALS: Final = (429, 503)
_PASSING: Final = (408, 429, 502, 503, 504)


@dataclass(frozen=True, kw_only=True)
class Retries:
    """Retry policy of failed calls.

    Only calls that cannot have run the flow are retried: those that never reached the server, and those that the server
    rejected with 429 or 503 *and* a ``Retry-After``. A stream is not retried once it has started.

    Attributes:
        max_retries: The maximum number of retries after the first attempt.
        idempotent: Whether the flow may run twice. If so, timeouts, lost connections and the statuses 408, 429, 502,
            503 and 504 are retried as well.
        initial_delay: The delay before the first retry, in seconds; half of each delay is random.
        max_delay: The maximum delay, in seconds. If the server asks for a longer one, its error is raised.
        backoff_factor: The factor between two consecutive delays.
        initial_delay_ms: An older name of ``initial_delay``, in milliseconds.
        max_delay_ms: An older name of ``max_delay``, in milliseconds.
    """

    max_retries: int = 3
    idempotent: bool = False
    initial_delay: float = 1.0
    max_delay: float = 60.0
    backoff_factor: float = 2.0
    initial_delay_ms: InitVar[float | None] = None
    max_delay_ms: InitVar[float | None] = None

    def __post_init__(self, initial_delay_ms: float | None, max_delay_ms: float | None) -> None:
        """Take the older names."""
        if initial_delay_ms is not None:
            object.__setattr__(self, 'initial_delay', initial_delay_ms / 1000)
        if max_delay_ms is not None:
            object.__setattr__(self, 'max_delay', max_delay_ms / 1000)

    def delay(self, retried: int, error: GenkitError) -> float | None:
        """Return how long to wait after a failure, or None if it is final.

        Args:
            retried: How many retries there were already.
            error: What happened; its cause tells how far the call came.
        """
        if retried >= self.max_retries or not self._may_repeat(error):
            return None
        hint = error.details.get('retry_after_ms')
        asked = hint / 1000 if isinstance(hint, int | float) else 0.0
        if asked > self.max_delay:
            return None
        backoff = min(self.initial_delay * self.backoff_factor**retried, self.max_delay)
        jittered = backoff * (1 + random.random()) / 2  # noqa: S311  (spreads load)
        return min(asked + jittered, self.max_delay)

    def _may_repeat(self, error: GenkitError) -> bool:
        cause = error.cause
        if isinstance(cause, _NEVER_SENT):
            return True
        if isinstance(cause, httpx.HTTPStatusError):
            code = cause.response.status_code
            invited = code in _REFUSALS and 'retry-after' in cause.response.headers
            return invited or (self.idempotent and code in _PASSING)
        return self.idempotent and isinstance(cause, _LOST)


async def repeated(retries: Retries, attempt: Callable[[], Awaitable[T]]) -> T:
    """Return the result of the first attempt that succeeds, or raise the error of the last."""
    retried = 0
    while True:
        try:
            return await attempt()
        except GenkitError as error:
            delay = retries.delay(retried, error)
            if delay is None:
                raise
        await asyncio.sleep(delay)
        retried += 1
