# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asks a model again after an error that may pass."""

import asyncio
import inspect
import random
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from pydantic import Field

from genkit._base.errors import GenkitError, Interrupt
from genkit._base.status import StatusName
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import GenerateResponse, WireModel


PASSING_STATUSES: Final = (
    StatusName.UNAVAILABLE,
    StatusName.DEADLINE_EXCEEDED,
    StatusName.RESOURCE_EXHAUSTED,
    StatusName.ABORTED,
    StatusName.INTERNAL,
    StatusName.DATA_LOSS,  # an answer that stopped in the middle
)
ErrorHandler: TypeAlias = Callable[[Exception, int], Any]


class RetryConfig(WireModel):
    """How often and how long apart.

    Attributes:
        max_retries: Further attempts after the first.
        statuses: The statuses that are worth another attempt.
        initial_delay_ms: Before the first retry.
        max_delay_ms: The longest delay, jitter and the server's own hint included.
        backoff_factor: By which each delay exceeds the one before.
        no_jitter: Whether to leave out the random addition.
        after_chunks: Whether to retry although the reader has seen part of an answer.
    """

    max_retries: int = Field(default=3, ge=0)
    statuses: list[StatusName] = Field(default_factory=lambda: list(PASSING_STATUSES))
    initial_delay_ms: float = Field(default=1000, ge=0)
    max_delay_ms: float = Field(default=60_000, ge=0)
    backoff_factor: float = Field(default=2.0, ge=1)
    no_jitter: bool = False
    after_chunks: bool = False


class Retry(BaseMiddleware[RetryConfig]):
    """Asks the model again after an error that may pass, each time a little later.

    A server's hint (``retry_after_ms`` in the error's details) is honoured. An error outside the error tree counts as
    passing. Nothing is retried once a chunk was sent, unless ``after_chunks`` says so: the reader would see it twice.

    Args:
        config: See `RetryConfig`.
        on_error: Called with each error that is retried, before the delay, and the number of the failed attempt,
            counted from 1; may be asynchronous.
        fields: The configuration's members.
    """

    def __init__(self, config: Any = None, on_error: ErrorHandler | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._on_error = on_error

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Ask, and ask again."""
        config = self.config
        sent = False

        def note(chunk: Any) -> None:
            nonlocal sent
            sent = True
            ctx.send_chunk(chunk)

        watched = ctx.replace_on_chunk(note) if ctx.is_streaming else ctx
        attempt = 0
        while True:
            try:
                return await next_fn(params, watched)
            except Exception as error:
                if attempt >= config.max_retries or (sent and not config.after_chunks) or not self._passing(error):
                    raise
                await call_handler(self._on_error, error, attempt + 1)
                await asyncio.sleep(self._delay_seconds(attempt, error))
                attempt += 1

    def _passing(self, error: Exception) -> bool:
        if isinstance(error, Interrupt):
            return False
        return not isinstance(error, GenkitError) or error.status in self.config.statuses

    def _delay_seconds(self, attempt: int, error: Exception) -> float:
        config = self.config
        delay = min(config.initial_delay_ms * config.backoff_factor**attempt, config.max_delay_ms)
        hint = error.details.get('retry_after_ms') if isinstance(error, GenkitError) else None
        if isinstance(hint, int | float):
            delay = max(delay, hint)
        jitter = 0.0 if config.no_jitter else 1000 * 2**attempt * random.random()  # noqa: S311  (spreads load)
        return min(delay + jitter, config.max_delay_ms) / 1000


async def call_handler(handler: ErrorHandler | None, error: Exception, attempt: int) -> None:
    """Call an application's ``on_error``, plain or asynchronous; what it raises ends the call."""
    if handler is not None:
        told = handler(error, attempt)
        if inspect.isawaitable(told):
            await told
