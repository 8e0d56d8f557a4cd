# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Counts the input and output of a model, if the model does not report them."""

from typing import Any

from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import GenerateResponse, GenerationUsage, Message, get_basic_usage_stats


class UsageCount(BaseMiddleware):
    """Adds the number of characters, images, videos and audio files to the usage; the model's own counts are kept."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Ask, then count."""
        response = await next_fn(params, ctx)
        if response.message is None:
            return response
        told = response.usage or GenerationUsage()
        return response.replaced(usage=_completed(told, params.request.messages, response.message))


def _completed(told: GenerationUsage, asked: list[Message], answer: Message) -> GenerationUsage:
    counted = get_basic_usage_stats(asked, answer)
    members = {name: value for name, value in dict(counted).items() if getattr(told, name) is None}
    if told.total_tokens is None and told.input_tokens is not None and told.output_tokens is not None:
        members['total_tokens'] = told.input_tokens + told.output_tokens
    return told.replaced(**members)
