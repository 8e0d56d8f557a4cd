# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A guardrail that checks what goes into a model and what comes out."""

from collections.abc import Sequence
from typing import Any

from genkit import GenerateResponse, Message
from genkit.middleware import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    InputGuardrail,
    ModelHookParams,
    ModelNext,
    OutputGuardrail,
    ToolHookParams,
    ToolNext,
    Verdict,
)
from genkit.types import MultipartToolResponse, Role

from genkit_checks.config import GuardrailConfig, read_metrics
from genkit_checks.convert import texts_of
from genkit_checks.service import Service


class ChecksGuardrail(BaseMiddleware[GuardrailConfig]):
    """Blocks messages and answers that violate a policy of Google Checks.

    A block raises `GenerationBlockedError` naming the policies. A text that could not be judged fails the call: nothing
    is let through unchecked.

    Args:
        config: See `GuardrailConfig`.
        **fields: The fields of the configuration.

    Attributes:
        service: Asks Checks; `Checks.guardrail` gives it the plugin's.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a policy that does not exist.
    """

    name = 'checks'
    service: Service

    def __init__(self, config: Any = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._metrics = read_metrics(self.config.metrics)
        self.begin()

    def begin(self) -> None:
        """Begin without a verdict."""
        self._prompt: str | None = None
        settings = self.config
        self._input = InputGuardrail(self._check_input, blocking=settings.blocking, each_turn=settings.each_turn)
        self._output = OutputGuardrail(self._check_output, each_chunk=settings.each_chunk)

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Check the messages, and go on."""
        return await self._input.wrap_generate(params, ctx, next_fn)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Call the model, and check its answer before it is passed on."""
        said = [texts_of([message]) for message in params.request.messages if message.role == Role.USER]
        self._prompt = said[-1][-1] if said and said[-1] else None

        async def checked(
            inner: ModelHookParams | None = None, around: GenerateMiddlewareContext | None = None, /
        ) -> GenerateResponse[Any]:
            return await self._output.wrap_model(inner or params, around or ctx, next_fn)

        return await self._input.wrap_model(params, ctx, checked)

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Wait for the verdict on the messages."""
        return await self._input.wrap_tool(params, ctx, next_fn)

    async def _check_input(self, messages: list[Message]) -> Verdict[list[Message]] | None:
        return await self._judged('The messages', texts_of(messages)) if self.config.inputs else None

    async def _check_output(self, response: GenerateResponse[Any]) -> Verdict[GenerateResponse[Any]] | None:
        if not self.config.outputs or response.message is None:
            return None
        return await self._judged('The answer', texts_of([response.message]), self._prompt)

    async def _judged(self, what: str, texts: Sequence[str], prompt: str | None = None) -> Verdict[Any] | None:
        found = await self.service.violations(texts, self._metrics, prompt)
        verb = 'violates' if what == 'The answer' else 'violate'
        return Verdict.block(f'{what} {verb} these policies of Checks: {", ".join(found)}.') if found else None
