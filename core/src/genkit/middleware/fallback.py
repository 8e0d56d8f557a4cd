# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asks other models when one fails."""

from typing import Any

from pydantic import BaseModel, Field

from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._base.status import StatusName
from genkit._kinds.model import ModelAction
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.middleware.retry import PASSING_STATUSES
from genkit.types import GenerateResponse, ModelReference


class FallbackConfig(BaseModel):
    """Which models to ask, and when.

    Attributes:
        models: Names, or names with a configuration of their own, in the order to ask them.
        statuses: The statuses after which another model is asked.
        isolate_config: Whether a model gets its own configuration even where it has none, never the request's.
    """

    models: list[ModelReference | str] = Field(min_length=1)
    statuses: list[StatusName] = Field(
        default_factory=lambda: [*PASSING_STATUSES, StatusName.NOT_FOUND, StatusName.UNIMPLEMENTED]
    )
    isolate_config: bool = False


class Fallback(BaseMiddleware[FallbackConfig]):
    """Asks the next of some models when one fails with a listed status; the last one's error is raised."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Ask one model after another."""
        try:
            return await next_fn(params, ctx)
        except GenkitError as error:
            failure = error
        for entry in self.config.models:
            if failure.status not in self.config.statuses:
                break
            try:
                return await self._ask(entry, params, ctx)
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
        action = await ctx.registry.require_action(ActionKind.MODEL, name)
        if isinstance(action, ModelAction):
            action.validate_config(request.config)
        response = (await action.arun(request, on_chunk=ctx.on_chunk)).response
        return response.answering(request, None, name)
