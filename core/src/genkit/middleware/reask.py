# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Returns invalid output to the model together with the validation error."""

from typing import Any

from pydantic import Field

from genkit._base.errors import ErrorReason, GenkitError
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import GenerateResponse, Message, MultipartToolResponse, Role, TextPart, WireModel


class ReaskConfig(WireModel):
    """Configuration of `Reask`.

    Attributes:
        max_answers: The maximum number of retries per call for responses that do not match their schema.
        max_arguments: The maximum number of retries per call for tool arguments that do not match their schema.
        instruction: Text after the validation error of a response.
    """

    max_answers: int = Field(default=2, ge=0)
    max_arguments: int = Field(default=3, ge=0)
    instruction: str = 'Answer again, in full, and keep to the schema.'


class Reask(BaseMiddleware[ReaskConfig]):
    """Asks the model again when a response, or the arguments of a tool, do not match their schema.

    Small faults are repaired without asking: fences, trailing commas, single quotes. The last answer is returned even
    if it still does not fit; its text is never lost. An answer that reached the limit on its length is not asked for
    again, because the same limit would end the next one.
    """

    def begin(self) -> None:
        """Reset the counters for each call."""
        self._arguments = 0

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Look at the final answer; the turns on the way to it are not looked at."""
        response = await next_fn(params, ctx)
        if params.iteration > 0:
            return response
        for _ in range(self.config.max_answers):
            problem = _problem(response)
            if problem is None:
                break
            asked = Message(role=Role.USER, content=[TextPart(text=f'{problem}\n{self.config.instruction}')])
            added = len(response.messages) - len(params.options.messages)
            again = GenerateHookParams(
                params.options.replaced(messages=[*response.messages, asked], resume=None),
                message_index=params.message_index + added,
            )
            response = await next_fn(again, ctx)
        return response

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Answer the model with what is wrong about its arguments."""
        try:
            return await next_fn(params, ctx)
        except GenkitError as error:
            if error.reason != ErrorReason.INVALID_INPUT or self._arguments >= self.config.max_arguments:
                raise
            self._arguments += 1
            return MultipartToolResponse(output={'error': error.message})


def _problem(response: GenerateResponse[Any]) -> str | None:
    """Return what is wrong with an answer's output, or None."""
    if response.message is None or response.tool_requests:
        return None
    try:
        _ = response.output
    except GenkitError as error:
        return error.message if error.reason == ErrorReason.INVALID_OUTPUT else None
    return None
