# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rate limit of model calls."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from pydantic import Field, model_validator

from genkit._base.errors import GenkitError
from genkit._base.readers.older_options import SECOND, with_newer_names
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import GenerateResponse, WireModel


class RateLimitConfig(WireModel):
    """Configuration of `RateLimit`.

    Attributes:
        requests_per_second: The rate per second; mutually exclusive with ``requests_per_minute``.
        requests_per_minute: The rate per minute; mutually exclusive with ``requests_per_second``.
        burst: The number of calls allowed at once after a pause. With 1, the limit holds for every interval.
        max_wait: A call that would wait longer fails at once; None means no maximum.
        scope: Limits with equal numbers and equal scope share one bucket, for example one per provider or key.
    """

    requests_per_second: float | None = Field(default=None, gt=0)
    requests_per_minute: float | None = Field(default=None, gt=0)
    burst: int = Field(default=1, ge=1)
    max_wait: float | None = Field(default=60, ge=0)
    scope: str = ''

    @model_validator(mode='before')
    @classmethod
    def _newer_names(cls, given: Any) -> Any:
        return with_newer_names(given, {'max_wait_seconds': ('max_wait', SECOND)})

    @model_validator(mode='after')
    def _one_rate(self) -> Self:
        if self.requests_per_second is not None and self.requests_per_minute is not None:
            raise ValueError('give requests_per_second or requests_per_minute, not both')
        return self

    @property
    def rate(self) -> float:
        """Calls a second; 0 if it is not given."""
        return self.requests_per_second or (self.requests_per_minute or 0) / 60


class _Place:
    """A place in the queue of a bucket."""

    __slots__ = ('loop', 'turn')

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.turn = asyncio.Event()

    def call(self) -> bool:
        """Wake this waiter; return False if its event loop is closed."""
        try:
            self.loop.call_soon_threadsafe(self.turn.set)
        except RuntimeError:
            return False
        return True


class Bucket:
    """A token bucket; each call takes one token, first come, first served.

    May be shared between tasks, threads and event loops.

    Args:
        rate: Tokens per second.
        burst: The capacity, and the initial number of tokens.
        clock: Returns the time in seconds.
    """

    def __init__(self, rate: float, burst: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled = clock()
        self._queue: deque[_Place] = deque()
        self._lock = threading.RLock()  # a loop that is gone gives up its places wherever it is collected

    async def take(self, max_wait: float | None = None) -> None:
        """Wait for a token. A cancelled waiter gives up its place in the queue.

        Raises:
            GenkitError: ``RESOURCE_EXHAUSTED`` at once, with ``retry_after_ms`` in its details, if the wait would be
                longer than allowed.
        """
        place = self._enter(max_wait)
        if place is None:
            return
        try:
            await place.turn.wait()
            while (seconds := self._seconds_left()) > 0:  # noqa: ASYNC110  (what is waited for is the time)
                await asyncio.sleep(seconds)
        except BaseException:
            self._leave(place, tokens=0)
            raise
        self._leave(place, tokens=1)

    def _enter(self, max_wait: float | None) -> _Place | None:
        """Return a place in the queue, or None if a token was to be had at once."""
        with self._lock:
            self._fill()
            if not self._queue and self._tokens >= 1:
                self._tokens -= 1
                return None
            wait = (len(self._queue) + 1 - self._tokens) / self._rate
            if max_wait is not None and wait > max_wait:
                raise GenkitError(
                    f'The rate limit of {self._rate:g} calls a second leaves this one to wait {wait:.3g} s, and it may '
                    f'wait {max_wait:g} s. Raise max_wait, or make fewer calls at once.',
                    status='RESOURCE_EXHAUSTED',
                    details={'retry_after_ms': math.ceil(wait * 1000)},
                )
            place = _Place()
            self._queue.append(place)
            if len(self._queue) == 1:
                place.turn.set()
            return place

    def _seconds_left(self) -> float:
        """Return how long the first in the queue has to wait."""
        with self._lock:
            self._fill()
            return max(0.0, 1 - self._tokens) / self._rate

    def _leave(self, place: _Place, tokens: int) -> None:
        """Remove a waiter from the queue and its tokens from the bucket, and wake the next waiter."""
        with self._lock:
            self._tokens -= tokens
            if place not in self._queue:
                return
            was_first = self._queue[0] is place
            self._queue.remove(place)
            while was_first and self._queue and not self._queue[0].call():
                self._queue.popleft()

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now


class RateLimit(BaseMiddleware[RateLimitConfig]):
    """Limits the rate of model calls; calls above the limit wait.

    Without a bucket, one is shared by all limits of the same configuration in an application, however they are made or
    named. Inside `Retry`, each attempt counts.

    Args:
        config: See `RateLimitConfig`.
        bucket: A bucket to share with other limits; its rate replaces the configured one.
        fields: The fields of the configuration.
    """

    def __init__(self, config: Any = None, bucket: Bucket | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        if bucket is None and not self.config.rate:
            raise GenkitError(
                'RateLimit needs requests_per_second, requests_per_minute or a bucket.', status='INVALID_ARGUMENT'
            )
        self._own_bucket = bucket

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Wait for a token, then call the model."""
        await self._bucket(ctx).take(self.config.max_wait)
        return await next_fn(params, ctx)

    def _bucket(self, ctx: GenerateMiddlewareContext) -> Bucket:
        config = self.config
        key = ('rate_limit', config.rate, config.burst, config.scope)
        return self._own_bucket or ctx.shared(key, lambda: Bucket(config.rate, config.burst))
