# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Budgets of tokens, requests, tool calls or cost, for one run or several."""

import threading
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import Field

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
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, MultipartToolResponse, WireModel
from genkit.types.reference import as_members


_LIMITS: Final = ('max_requests', 'max_tool_calls', 'max_tokens', 'max_cost')


class UsageLimitConfig(WireModel):
    """Configuration of `UsageLimit` and `Budget`; an omitted limit is unlimited.

    Attributes:
        max_requests: The maximum number of model calls.
        max_tool_calls: The maximum number of tool executions.
        max_tokens: The maximum number of input and output tokens together.
        max_cost: The maximum cost in US dollars; a call with an unknown price counts as 0.
        reserved_tokens: What a call is taken to need until its usage is known, where the request does not say more.
        reserved_cost: What a call is taken to cost until its price is known.
    """

    max_requests: int | None = Field(default=None, ge=0)
    max_tool_calls: int | None = Field(default=None, ge=0)
    max_tokens: int | None = Field(default=None, ge=0)
    max_cost: Decimal | None = Field(default=None, ge=0)
    reserved_tokens: int = Field(default=0, ge=0)
    reserved_cost: Decimal = Field(default=Decimal(0), ge=0)


class BudgetExceededError(GenkitError):
    """Raised when a budget does not suffice for the next step."""

    def __init__(self, what: str, limit: object) -> None:
        super().__init__(f'The budget of {limit} {what} is used up.', status='RESOURCE_EXHAUSTED')


class Budget:
    """A budget shared by all runs that use it; safe between tasks, threads and event loops.

    Args:
        config: The limits, and the amounts to reserve.
    """

    def __init__(self, config: UsageLimitConfig) -> None:
        self.config = config
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
        """The amounts spent or reserved so far."""
        return dict(self._spent)

    def reserve(self, amounts: Mapping[str, Decimal | int]) -> None:
        """Reserve amounts of the budget, all of them or none.

        Raises:
            BudgetExceededError: The budget does not suffice.
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
        """Replace reserved amounts by spent amounts."""
        with self._lock:
            for what, amount in reserved.items():
                self._spent[what] += actual.get(what, amount) - amount


class UsageLimit(BaseMiddleware[UsageLimitConfig]):
    """Stops a run before it exceeds its budget, and returns the partial result.

    Each call is reserved before it is made and settled when its usage is known. Runs that share a budget cannot exceed
    its requests and tool calls; nor its tokens and its cost, if no call needs more than was reserved for it. A run that
    may not begin raises ``RESOURCE_EXHAUSTED``; one that has begun returns with the finish reason ``aborted`` and the
    messages so far, tool requests that were not run included.

    Args:
        config: The limits. Default: those of the budget.
        budget: A budget to share with other runs. Default: each run has its own.
        fields: The fields of the configuration.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` without any limit, and for limits beside a budget, whose own count.
    """

    def __init__(self, config: Any = None, budget: Budget | None = None, **fields: Any) -> None:
        super().__init__(budget.config if budget and config is None and not fields else config, **fields)
        self._shared = budget
        given = {name: value for name in _LIMITS if (value := getattr(self.config, name)) is not None}
        if budget is None and not given:
            raise GenkitError(
                'UsageLimit limits nothing: give max_requests, max_tool_calls, max_tokens, max_cost or a budget, such '
                'as UsageLimit(max_tokens=50_000).',
                status='INVALID_ARGUMENT',
            )
        if budget is not None and any(value != getattr(budget.config, name) for name, value in given.items()):
            raise GenkitError(
                f'UsageLimit got a budget and {", ".join(given)}; the limits of the budget count. Write '
                'Budget(UsageLimitConfig(…)) with them.',
                status='INVALID_ARGUMENT',
            )
        self.begin()

    def begin(self) -> None:
        """Begin with a full budget, unless it is shared."""
        self._budget = self._shared or Budget(self.config)
        self._answer: GenerateResponse[Any] | None = None

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Return what there is when the limit is met after the first answer."""
        self._answer = None
        try:
            return await next_fn(params, ctx)
        except BudgetExceededError as error:
            if self._answer is not None:
                return self._answer.replaced(finish_reason=FinishReason.ABORTED, finish_message=error.message)
            if params.iteration == 0:
                raise
            request = GenerateRequest(messages=params.options.messages)
            return GenerateResponse(finish_reason=FinishReason.ABORTED, finish_message=error.message, request=request)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Reserve, call the model, settle."""
        reserved_tokens = max(self.config.reserved_tokens, _output_limit(params.request.config))
        reserved = {'requests': 1, 'tokens': reserved_tokens, 'US dollars': self.config.reserved_cost}
        self._budget.reserve(reserved)
        try:
            response = await next_fn(params, ctx)
        except BaseException:
            self._budget.settle(reserved, {'tokens': 0, 'US dollars': 0})
            raise
        usage = response.usage
        counted = (usage.input_tokens or 0) + (usage.output_tokens or 0) if usage else 0
        tokens = (usage.total_tokens if usage else None) or counted
        self._budget.settle(reserved, {'tokens': tokens, 'US dollars': response.cost or 0})
        self._answer = response.replaced(request=params.request)
        return response

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Count the tool."""
        self._budget.reserve({'tool calls': 1})
        return await next_fn(params, ctx)


def _output_limit(config: Any) -> int:
    """Return how many tokens an answer may have at most; 0 if the request does not say."""
    members = as_members(config)
    return members.get('max_output_tokens') or members.get('maxOutputTokens') or 0
