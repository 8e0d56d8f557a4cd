# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions that have become actions, and are called like the functions they were."""

import inspect
from collections.abc import Callable
from types import MethodType
from typing import Any, Generic, ParamSpec, Protocol, Unpack, overload

from typing_extensions import TypeVar

from genkit._action.action import Action, ActionResponse, CallOptions
from genkit._action.context import ActionRunContext, ToolRunContext
from genkit._action.parameters import SpreadFunction, unbound_method


P = ParamSpec('P')
R = TypeVar('R', default=Any)
A = TypeVar('A')
B = TypeVar('B')
C = TypeVar('C')
ResultT = TypeVar('ResultT')
FunctionT_co = TypeVar('FunctionT_co', covariant=True)
ActionT = TypeVar('ActionT', bound=Action[Any, Any, Any], default=Any)


class _Wraps(Protocol[FunctionT_co]):
    """What type checkers see of a wrapped function where they look at its last parameter."""

    @property
    def __wrapped__(self) -> FunctionT_co: ...


class WrappedFunction(Generic[P, R, ActionT]):
    """Runs its action when it is called: a coroutine for an asynchronous function, the value itself for a plain one.

    Called with a run context, as tests do, it is the bare function.

    Args:
        fn: The function.
        action: What it has become.
        spread: How its arguments become the action's input, if it has several.
        bind: Makes the same of a bound method, for a function that was decorated in its class.

    Attributes:
        action: The function as an action.
    """

    def __init__(
        self,
        fn: Callable[P, R],
        action: ActionT,
        spread: SpreadFunction | None = None,
        bind: Callable[[Callable[..., Any]], 'WrappedFunction[..., Any, Any]'] | None = None,
    ) -> None:
        self._fn = fn
        self._spread = spread
        self._bind = bind
        self.action = action
        self.__name__ = getattr(fn, '__name__', action.name)
        self.__doc__ = fn.__doc__
        self.__wrapped__: Callable[P, R] = fn

        async def result(value: Any) -> Any:
            return (await action.arun(value)).response

        # Its coroutines have the function's name, in warnings and in a debugger.
        result.__name__, result.__qualname__ = self.__name__, getattr(fn, '__qualname__', self.__name__)
        self._result = result

    def __repr__(self) -> str:
        """Return the kind, the name and the function's parameters, such as ``Tool('weather', (city: str) -> str)``."""
        try:
            signature = f', {inspect.signature(self._fn)}'
        except (TypeError, ValueError):
            signature = ''
        return f'{type(self).__name__}({self.name!r}{signature})'

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name

    @property
    def metadata(self) -> dict[str, Any]:
        """The action's metadata."""
        return self.action.metadata

    async def arun(self, input: Any = None, **call: Unpack[CallOptions]) -> ActionResponse[Any]:  # noqa: A002
        """Run the action with its input, as `Action.arun` does."""
        return await self.action.arun(input, **call)

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

    # A context comes last, and the SDK gives it: without it, a function that takes a context is called as these say.
    # (Every such function takes a `ToolRunContext`. Type checkers cannot take the last off a list of parameters.)
    @overload
    def __call__(self: _Wraps[Callable[[ToolRunContext], ResultT]]) -> ResultT: ...

    @overload
    def __call__(self: _Wraps[Callable[[A, ToolRunContext], ResultT]], first: A, /) -> ResultT: ...

    @overload
    def __call__(self: _Wraps[Callable[[A, B, ToolRunContext], ResultT]], first: A, second: B, /) -> ResultT: ...

    @overload
    def __call__(
        self: _Wraps[Callable[[A, B, C, ToolRunContext], ResultT]], first: A, second: B, third: C, /
    ) -> ResultT: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the action; a context that the function wants need not be given."""
        for value in (*args, *kwargs.values()):
            if isinstance(value, ActionRunContext):
                return self._fn(*args, **kwargs)
        if self._bind is not None and (refuse := unbound_method(self._fn)):
            refuse()
        given = (self._spread or self.action).input_of(args, kwargs)
        result: Any = self._result(given) if self.action.is_async else self.action.run(given).response
        return result

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        """Return a method that was decorated in its class as one of an instance."""
        if instance is None or self._bind is None:
            return self
        return self._bind(MethodType(self._fn, instance))
