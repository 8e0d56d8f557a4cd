# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Fallback to other models."""

from typing import Any

from pydantic import Field

from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._base.secrets import is_secret
from genkit._base.status import StatusName
from genkit._kinds.model import ModelAction
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.middleware.retry import PASSING_STATUSES, ErrorHandler, call_handler
from genkit.types import GenerateResponse, ModelReference, WireModel
from genkit.types.reference import as_members


class FallbackConfig(WireModel):
    """Configuration of `Fallback`.

    Attributes:
        models: The models to try, in order: names, or references with a configuration.
        statuses: The error statuses after which the next model is tried.
        isolate_config: Whether a model only gets its own configuration, if any, and never the request's.
        after_chunks: Whether to try the next model even after chunks were sent.
    """

    models: list[ModelReference | str] = Field(min_length=1)
    statuses: list[StatusName] = Field(
        default_factory=lambda: [*PASSING_STATUSES, StatusName.NOT_FOUND, StatusName.UNIMPLEMENTED]
    )
    isolate_config: bool = False
    after_chunks: bool = False


class Fallback(BaseMiddleware[FallbackConfig]):
    """Tries the next model of a list when one fails with a listed status; raises the error of the last one.

    A model without its own configuration gets the request's, but credentials in it stay with the provider that
    they were meant for. Once a chunk was sent no other model is asked, unless ``after_chunks`` says so: the reader
    would see two answers in one.

    Args:
        config: See `FallbackConfig`.
        on_error: Called with each error after which the next model is tried, and the number of the failed attempt,
            counted from 1; may be asynchronous.
        fields: The fields of the configuration.
    """

    def __init__(self, config: Any = None, on_error: ErrorHandler | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._on_error = on_error

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Call one model after another."""
        sent = False

        def note(chunk: Any) -> None:
            nonlocal sent
            sent = True
            ctx.send_chunk(chunk)

        watched = ctx.replace_on_chunk(note) if ctx.is_streaming else ctx
        try:
            return await next_fn(params, watched)
        except GenkitError as error:
            failure = error
        for attempt, entry in enumerate(self.config.models, 1):
            if failure.status not in self.config.statuses or (sent and not self.config.after_chunks):
                break
            await call_handler(self._on_error, failure, attempt)
            try:
                return await self._ask(entry, params, watched)
            except GenkitError as error:
                failure = error
        raise failure

    async def _ask(
        self, entry: ModelReference | str, params: ModelHookParams, ctx: GenerateMiddlewareContext
    ) -> GenerateResponse[Any]:
        name = entry if isinstance(entry, str) else entry.name
        own = None if isinstance(entry, str) else entry.config
        request = params.request
        if own is not None or self.config.isolate_config:
            request = request.replaced(config={} if own is None else own)
        elif ctx.model is None or _provider(ctx.model) != _provider(name):
            request = request.replaced(config=_without_secrets(request.config))
        action = await ctx.registry.require_action(ActionKind.MODEL, name)
        if isinstance(action, ModelAction):
            action.validate_config(request.config)
        response = (await action.arun(request, on_chunk=ctx.on_chunk)).response
        return response.answering(request, None, name)


def _provider(name: str) -> str:
    return name.partition('/')[0]


def _without_secrets(config: Any) -> Any:
    """Return a configuration as data without its credentials; as it is if it has none."""
    members = as_members(config)
    kept = {name: value for name, value in members.items() if not is_secret(name) or value in (None, '')}
    return config if len(kept) == len(members) else kept
