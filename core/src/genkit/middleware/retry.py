# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Retries of model calls."""

import asyncio
import inspect
import random
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from pydantic import Field, model_validator

from genkit._base.errors import GenkitError, Interrupt
from genkit._base.readers.older_options import MILLISECOND, with_newer_names
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
_RENAMED: Final = {'initial_delay_ms': ('initial_delay', MILLISECOND), 'max_delay_ms': ('max_delay', MILLISECOND)}

ErrorHandler: TypeAlias = Callable[[Exception, int], Any]


class RetryConfig(WireModel):
    """Configuration of `Retry`.

    Attributes:
        max_retries: The maximum number of retries after the first attempt.
        statuses: The error statuses that are retried.
        initial_delay: The delay before the first retry, in seconds.
        max_delay: The maximum delay in seconds, including jitter and the server's hint.
        backoff_factor: The factor between two consecutive delays.
        no_jitter: Whether to omit the random part of the delay.
        after_chunks: Whether to retry even after chunks were sent.
    """

    max_retries: int = Field(default=3, ge=0)
    statuses: list[StatusName] = Field(default_factory=lambda: list(PASSING_STATUSES))
    initial_delay: float = Field(default=1.0, ge=0)
    max_delay: float = Field(default=60.0, ge=0)
    backoff_factor: float = Field(default=2.0, ge=1)
    no_jitter: bool = False
    after_chunks: bool = False

    @model_validator(mode='before')
    @classmethod
    def _newer_names(cls, given: Any) -> Any:
        return with_newer_names(given, _RENAMED)


class Retry(BaseMiddleware[RetryConfig]):
    """Retries model calls after transient errors, with exponential backoff.

    A server's hint (``retry_after_ms`` in the error's details) is honoured. An exception that is not a `GenkitError`
    counts as transient. Nothing is retried once a chunk was sent, unless ``after_chunks`` is set: the
    reader would see them twice.

    Args:
        config: See `RetryConfig`.
        on_error: Called with each error that is retried, before the delay, and the number of the failed attempt,
            counted from 1; may be asynchronous.
        fields: The fields of the configuration.
    """

    def __init__(self, config: Any = None, on_error: ErrorHandler | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._on_error = on_error

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Call the model, and retry."""
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
                await asyncio.sleep(self._delay(attempt, error))
                attempt += 1

    def _passing(self, error: Exception) -> bool:
        if isinstance(error, Interrupt):
            return False
        return not isinstance(error, GenkitError) or error.status in self.config.statuses

    def _delay(self, attempt: int, error: Exception) -> float:
        config = self.config
        delay = min(config.initial_delay * config.backoff_factor**attempt, config.max_delay)
        hint = error.details.get('retry_after_ms') if isinstance(error, GenkitError) else None
        if isinstance(hint, int | float):
            delay = max(delay, hint / 1000)
        jitter = 0.0 if config.no_jitter else 2**attempt * random.random()  # noqa: S311  (spreads load)
        return min(delay + jitter, config.max_delay)


async def call_handler(handler: ErrorHandler | None, error: Exception, attempt: int) -> None:
    """Call an application's ``on_error``, plain or asynchronous; what it raises ends the call."""
    if handler is not None:
        told = handler(error, attempt)
        if inspect.isawaitable(told):
            await told
