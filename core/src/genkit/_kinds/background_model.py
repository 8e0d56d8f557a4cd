# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Background models: a call starts an operation, later calls check or cancel it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.function import UserFunction
from genkit._action.kind import ActionKind, parse_action_key
from genkit._base.errors import GenkitError
from genkit._kinds.model import ModelAction, model_metadata
from genkit._kinds.options import read_result
from genkit._registry.registry import Registry
from genkit.types import GenerateRequest, GenerateResponse, ModelInfo, Operation, Supports


_START_KIND: Final = ActionKind.BACKGROUND_MODEL


class BackgroundModelAction(ModelAction):
    """The start of a background model, which models are asked like any other; its answer is an operation."""


@dataclass(frozen=True)
class BackgroundAction:
    """The actions of a background model.

    Attributes:
        start_action: Starts the operation.
        check_action: Returns the current state of the operation.
        cancel_action: Cancels the operation; None if that is not supported.
    """

    start_action: BackgroundModelAction
    check_action: Action[Operation, Operation]
    cancel_action: Action[Operation, Operation] | None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.start_action.name

    async def start(self, request: GenerateRequest) -> Operation:
        """Start the operation."""
        response: Any = (await self.start_action.arun(request)).response
        return response.operation

    async def check(self, operation: Operation) -> Operation:
        """Return the current state of the operation."""
        return (await self.check_action.arun(operation)).response

    async def cancel(self, operation: Operation) -> Operation:
        """Cancel the operation, if that is supported."""
        return operation if self.cancel_action is None else (await self.cancel_action.arun(operation)).response


def make_background_model(
    name: str,
    start: Callable[..., Any],
    check: Callable[..., Any],
    cancel: Callable[..., Any] | None = None,
    *,
    info: ModelInfo | None = None,
    config_schema: Any = None,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> BackgroundAction:
    """Create a background model without registering it.

    Args:
        name: The full name.
        start: From `GenerateRequest`, and perhaps the context, to `Operation`.
        check: From `Operation` to `Operation`.
        cancel: From `Operation` to `Operation`. Default: the work cannot be cancelled.
        info: What the model is capable of.
        config_schema: The type, or JSON schema, of ``request.config``.
        metadata: Metadata for the developer tools.
        description: Description for users.
    """
    known = info or ModelInfo()
    known = known.replaced(supports=(known.supports or Supports()).replaced(long_running=True))
    function = UserFunction(start)

    async def run(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        started = time.perf_counter()
        operation = _stamped(await function.call(request, context), name)
        latency = {'latencyMs': (time.perf_counter() - started) * 1000}
        return GenerateResponse(operation=operation.replaced(metadata={**(operation.metadata or {}), **latency}))

    action = BackgroundModelAction(
        _START_KIND,
        name,
        run,
        description=description if description is not None else function.documentation,
        metadata=model_metadata(name, known, config_schema, metadata),
        input_schema=GenerateRequest,
        output_schema=GenerateResponse,
    )
    action.info = known
    action.config_schema = config_schema
    checking = _operation_action(ActionKind.CHECK_OPERATION, f'{name}/check', check, name)
    cancelling = cancel and _operation_action(ActionKind.CANCEL_OPERATION, f'{name}/cancel', cancel, name)
    return BackgroundAction(action, checking, cancelling)


def define_background_model(
    registry: Registry, name: str, start: Callable[..., Any], check: Callable[..., Any], **options: Any
) -> BackgroundAction:
    """Register a background model; the arguments are those of `make_background_model`."""
    background = make_background_model(name, start, check, **options)
    for action in (background.start_action, background.check_action, background.cancel_action):
        if action is not None:
            registry.register_action(action)
    return background


async def check_operation(registry: Registry, operation: Operation) -> Operation:
    """Return the current state of an operation.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the operation does not say which model started it, ``NOT_FOUND`` if that
            model is unknown.
    """
    action = await registry.require_action(ActionKind.CHECK_OPERATION, f'{_model_of(operation)}/check')
    return (await action.arun(operation)).response


async def cancel_operation(registry: Registry, operation: Operation) -> Operation:
    """Cancel an operation; one that cannot be cancelled is returned unchanged.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the operation does not say which model started it.
    """
    action = await registry.resolve_action(ActionKind.CANCEL_OPERATION, f'{_model_of(operation)}/cancel')
    return operation if action is None else (await action.arun(operation)).response


def _operation_action(kind: ActionKind, name: str, fn: Callable[..., Any], model: str) -> Action[Operation, Operation]:
    function = UserFunction(fn)

    async def run(operation: Operation, context: ActionRunContext) -> Operation:
        return _stamped(await function.call(operation, context), model)

    return Action(kind, name, run, input_schema=Operation, output_schema=Operation)


def _stamped(made: Any, name: str) -> Operation:
    """Return an operation that says which model started it."""
    operation = read_result(made, Operation, f'Background model {name!r}', "Operation(id='…', done=False)")
    return operation.replaced(action=f'/{_START_KIND}/{name}')


def _model_of(operation: Operation) -> str:
    if not operation.action:
        raise GenkitError(
            f'Operation {operation.id!r} has no action, so nobody knows which model started it; '
            'pass the operation as generate_operation() or check_operation() returned it.',
            status='INVALID_ARGUMENT',
        )
    return parse_action_key(operation.action)[1]
