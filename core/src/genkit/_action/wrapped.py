# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions that have become actions, and are called like the functions they were."""

from collections.abc import Callable
from typing import Any, Generic, ParamSpec

from typing_extensions import TypeVar

from genkit._action.action import Action
from genkit._action.context import ActionRunContext


P = ParamSpec('P')
R = TypeVar('R', default=Any)
ActionT = TypeVar('ActionT', bound=Action[Any, Any, Any], default=Any)


class WrappedFunction(Generic[P, R, ActionT]):
    """Runs its action when it is called: a coroutine for an asynchronous function, the value itself for a plain one.

    Called with a run context, as tests do, it is the bare function.

    Attributes:
        action: The function as an action.
    """

    def __init__(self, fn: Callable[P, R], action: ActionT) -> None:
        self._fn = fn
        self.action = action
        self.__name__ = getattr(fn, '__name__', action.name)
        self.__doc__ = fn.__doc__
        self.__wrapped__ = fn

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the action."""
        values = (*args, *kwargs.values())
        if any(isinstance(value, ActionRunContext) for value in values):
            return self._fn(*args, **kwargs)
        given = values[0] if values else None
        result: Any = self._result(given) if self.action.is_async else self.action.run(given).response
        return result

    async def _result(self, value: Any) -> Any:
        return (await self.action.arun(value)).response
