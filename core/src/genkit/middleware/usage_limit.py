# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps a run, or several together, within a budget of tokens, requests, tool calls or money."""

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from genkit._base.errors import GenkitError
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ModelHookParams,
    ModelNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, MultipartToolResponse
from genkit.types.reference import as_members


class UsageLimitConfig(BaseModel):
    """How much there is; what is left out is unlimited.

    Attributes:
        max_requests: Calls of a model.
        max_tool_calls: Executions of tools.
        max_tokens: Input and output tokens together.
        max_cost: US dollars; a call whose price is not known counts nothing.
        reserved_tokens: What a call is taken to need until its usage is known, where the request does not say more.
    """

    max_requests: int | None = Field(default=None, ge=0)
    max_tool_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    max_cost: Decimal | None = Field(default=None, ge=0)
    reserved_tokens: int = Field(default=0, ge=0)


class BudgetExceededError(GenkitError):
    """There is not enough left of a budget for what was about to be done."""

    def __init__(self, what: str, limit: object) -> None:
        super().__init__(f'The budget of {limit} {what} is used up.', status='RESOURCE_EXHAUSTED')


class Budget:
    """What may be spent, shared by every run that is given it; safe between tasks, threads and event loops.

    Args:
        config: How much there is.
    """

    def __init__(self, config: UsageLimitConfig) -> None:
        self._limits: dict[str, Decimal | int | None] = {
            'requests': config.max_requests,
            'tool calls': config.max_tool_calls,
            'tokens': config.max_tokens,
            'US dollars': config.max_cost,
        }
        self._spent: dict[str, Decimal] = dict.fromkeys(self._limits, Decimal(0))
        self._lock = threading.Lock()

    @property
    def spent(self) -> Mapping[str, Decimal]:
        """What has been spent or reserved so far."""
        return dict(self._spent)

    def reserve(self, amounts: Mapping[str, Decimal | int]) -> None:
        """Take amounts out of the budget, all of them or none.

        Raises:
            BudgetExceededError: There is not enough left.
        """
        with self._lock:
            for what, amount in amounts.items():
                limit = self._limits[what]
                left = None if limit is None else limit - self._spent[what]
                if left is not None and (amount > left or (amount == 0 and left <= 0)):
                    raise BudgetExceededError(what, limit)
            for what, amount in amounts.items():
                self._spent[what] += amount

    def settle(self, reserved: Mapping[str, Decimal | int], actual: Mapping[str, Decimal | int]) -> None:
        """Replace what was reserved by what was spent."""
        with self._lock:
            for what, amount in reserved.items():
                self._spent[what] += actual.get(what, amount) - amount


class UsageLimit(BaseMiddleware[UsageLimitConfig]):
    """Stops a run before it spends more than it may; what there is so far is returned.

    A budget is reserved before each call, so runs that share one cannot overspend it together. A run that may not
    begin raises ``RESOURCE_EXHAUSTED``; one that has begun returns with the finish reason ``aborted`` and the messages so far.

    Args:
        budget: Shared with other runs; each run has its own if it is left out.
    """

    def __init__(self, config: Any = None, budget: Budget | None = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._shared = budget
        self._budget = budget or Budget(self.config)

    def begin(self) -> None:
        """Begin with a full budget, unless it is shared."""
        self._budget = self._shared or Budget(self.config)

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Return what there is when a later turn meets the limit."""
        try:
            return await next_fn(params, ctx)
        except BudgetExceededError as error:
            if params.iteration == 0:
                raise
            request = GenerateRequest(messages=params.options.messages)
            return GenerateResponse(finish_reason=FinishReason.ABORTED, finish_message=error.message, request=request)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Reserve, ask, settle."""
        asked = as_members(params.request.config).get('max_output_tokens') or 0
        reserved = {'requests': 1, 'tokens': max(self.config.reserved_tokens, asked), 'US dollars': Decimal(0)}
        self._budget.reserve(reserved)
        try:
            response = await next_fn(params, ctx)
        except BaseException:
            self._budget.settle(reserved, {'tokens': 0})
            raise
        usage = response.usage
        counted = (usage.input_tokens or 0) + (usage.output_tokens or 0) if usage else 0
        tokens = (usage.total_tokens if usage else None) or counted
        self._budget.settle(reserved, {'tokens': tokens, 'US dollars': response.cost or Decimal(0)})
        return response

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Count the tool."""
        self._budget.reserve({'tool calls': 1})
        return await next_fn(params, ctx)
