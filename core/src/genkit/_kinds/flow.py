# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flows: an application's own functions, traced, listed and served."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec

from typing_extensions import TypeVar

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.stream import StreamResponse
from genkit._registry.registry import Registry


P = ParamSpec('P')
R = TypeVar('R', default=Any)


class FlowWrapper(Generic[P, R]):
    """A function that has become a flow; called like the function it was.

    Attributes:
        action: The flow as an action.
    """

    def __init__(self, fn: Callable[P, R], action: Action[Any, Any, Any]) -> None:
        self._fn = fn
        self.action = action
        self.__name__ = getattr(fn, '__name__', action.name)
        self.__doc__ = fn.__doc__
        self.__wrapped__ = fn

    @property
    def name(self) -> str:
        """The flow's name."""
        return self.action.name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the flow: a coroutine for an asynchronous function, the value itself for a plain one."""
        values = [value for value in (*args, *kwargs.values()) if not isinstance(value, ActionRunContext)]
        given = values[0] if values else None
        result: Any = self._result(given) if self.action.is_async else self.action.run(given).response
        return result

    def stream(
        self,
        input: Any = None,  # noqa: A002  (the contract's name)
        context: Mapping[str, Any] | None = None,
        telemetry_labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> StreamResponse[Any, Any]:
        """Start the flow; iterate over its chunks, await its ``response``.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the input does not fit.
        """
        return self.action.stream(input, context=context, telemetry_labels=telemetry_labels, timeout=timeout)

    async def _result(self, value: Any) -> Any:
        return (await self.action.arun(value)).response


def define_flow(
    registry: Registry,
    fn: Callable[P, R],
    name: str | None = None,
    description: str | None = None,
    *,
    chunk_schema: Any = None,
    metadata: dict[str, Any] | None = None,
) -> FlowWrapper[P, R]:
    """Register a function as a flow.

    Raises:
        TypeError: The function has more than an input and a context.
    """
    action: Action[Any, Any, Any] = Action(
        ActionKind.FLOW,
        name or getattr(fn, '__name__', type(fn).__name__),
        fn,
        description=description,
        chunk_schema=chunk_schema,
        metadata=metadata,
    )
    registry.register_action(action)
    return FlowWrapper(fn, action)
