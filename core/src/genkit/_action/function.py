# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a user's function is called: which parameters it has, and on which thread it runs."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, get_type_hints

from genkit._action.context import ActionRunContext


_MAX_PARAMETERS: Final = 2
_POSITIONAL: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Shape:
    """The types a function declares.

    Attributes:
        input_type: Of its input; Any if it does not say.
        output_type: Of its result; Any if it does not say.
        input_optional: Whether the input has a default.
    """

    input_type: Any
    output_type: Any
    input_optional: bool


class UserFunction:
    """A function with no, one (input or context) or two (input, context) parameters; coroutine or plain.

    Args:
        function: What runs.
        annotated: The function whose annotations count, when ``function`` is a wrapper.

    Raises:
        TypeError: It has more parameters.
    """

    def __init__(self, function: Callable[..., Any], annotated: Callable[..., Any] | None = None) -> None:
        self.function = function
        self._annotated = annotated or function
        self.is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
            getattr(function, '__call__', None)  # noqa: B004  (a callable object's own method is meant)
        )
        self._parameters = [
            parameter
            for name, parameter in inspect.signature(self._annotated).parameters.items()
            if parameter.kind in _POSITIONAL and name != 'self'
        ]
        if len(self._parameters) > _MAX_PARAMETERS:
            names = ', '.join(parameter.name for parameter in self._parameters)
            raise TypeError(
                f'{self.name} has the parameters ({names}); an action takes an input and a context at most. '
                'Put the inputs into one Pydantic model.'
            )

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self._annotated, '__name__', type(self._annotated).__name__)

    @property
    def documentation(self) -> str | None:
        """The function's docstring."""
        return inspect.getdoc(self._annotated) if hasattr(self._annotated, '__name__') else None

    @cached_property
    def _hints(self) -> dict[str, Any]:
        target = self._annotated if hasattr(self._annotated, '__name__') else type(self._annotated).__call__
        while isinstance(target, partial):
            target = target.func
        try:
            return get_type_hints(target, include_extras=True)
        except (NameError, TypeError):
            # Names that only exist inside another function; what is given as a type can still be used.
            raw = getattr(target, '__annotations__', {})
            return {name: hint for name, hint in raw.items() if not isinstance(hint, str)}

    @cached_property
    def takes_input(self) -> bool:
        """Whether the first parameter is an input rather than the context."""
        return bool(self._parameters) and not self._is_context(self._parameters[0])

    @cached_property
    def takes_context(self) -> bool:
        """Whether the function wants the context."""
        return len(self._parameters) > int(self.takes_input)

    @cached_property
    def shape(self) -> Shape:
        """The declared types."""
        first = self._parameters[0] if self.takes_input else None
        return Shape(
            input_type=self._hints.get(first.name, Any) if first else None,
            output_type=self._hints.get('return', Any),
            input_optional=first is None or first.default is not inspect.Parameter.empty,
        )

    def arguments(self, value: Any, context: ActionRunContext) -> tuple[Any, ...]:
        """Return what to call the function with."""
        if not self._parameters:
            return ()
        if not self.takes_input:
            return (context,)
        if value is None and self.shape.input_optional:
            value = self._parameters[0].default
        return (value, context) if self.takes_context else (value,)

    async def call(self, value: Any, context: ActionRunContext) -> Any:
        """Run the function; a plain one in a worker thread that carries the caller's context variables."""
        arguments = self.arguments(value, context)
        if self.is_async:
            return await self.function(*arguments)
        return await call_in_thread(self.function, *arguments)

    def _is_context(self, parameter: inspect.Parameter) -> bool:
        hint = self._hints.get(parameter.name, parameter.annotation)
        if isinstance(hint, str):
            return hint.rpartition('.')[2].endswith('RunContext')
        return isinstance(hint, type) and issubclass(hint, ActionRunContext)


async def call_in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a plain function in a worker thread; what it returns may turn out to be awaitable."""
    result = await asyncio.to_thread(function, *arguments)
    return await result if inspect.isawaitable(result) else result


def ensure_async(function: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Return a function as a coroutine function; a plain one then runs in a worker thread."""
    if inspect.iscoroutinefunction(function):
        return function

    async def run(*arguments: Any) -> Any:
        return await call_in_thread(function, *arguments)

    return run


def run_loop(coroutine: Coroutine[Any, Any, Any], *, debug: bool | None = None) -> Any:
    """Run a coroutine in an event loop of its own and return its result."""
    return asyncio.run(coroutine, debug=debug)
