# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a user's function is called: which parameters it has, and on which thread it runs."""

import asyncio
import concurrent.futures
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final, get_args, get_type_hints

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
        try:
            signature = inspect.signature(self._annotated)
        except ValueError as error:
            raise TypeError(f'{self._annotated!r} does not tell its parameters; wrap it in a `def`.') from error
        self._parameters = [
            parameter
            for name, parameter in signature.parameters.items()
            if parameter.kind in _POSITIONAL and name != 'self'
        ]
        if len(self._parameters) > _MAX_PARAMETERS:
            names = ', '.join(parameter.name for parameter in self._parameters)
            raise TypeError(
                f'{self.name} has the parameters ({names}); an action takes an input and a context at most. '
                'Put the inputs into one Pydantic model.'
            )

        if len(self._parameters) == _MAX_PARAMETERS and _names_context(self._parameters[0].annotation):
            raise TypeError(f'{self.name} takes its context first; the input comes first.')

    @property
    def name(self) -> str:
        """The function's name."""
        return getattr(self._annotated, '__name__', type(self._annotated).__name__)

    @cached_property
    def documentation(self) -> str | None:
        """The function's docstring."""
        return inspect.getdoc(self._annotated) if hasattr(self._annotated, '__name__') else None

    @cached_property
    def _hints(self) -> dict[str, Any]:
        target: Any = self._annotated
        while isinstance(target, partial):
            target = target.func
        if not hasattr(target, '__name__'):
            target = type(target).__call__
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

    def call(self, value: Any, context: ActionRunContext) -> Awaitable[Any]:
        """Run the function; a plain one in a worker thread that carries the caller's context variables."""
        if self.is_async:
            return self.function(*self.arguments(value, context))
        on_chunk = context.streaming_callback
        if on_chunk is not None:
            context.redirect_chunks(_in_loop(asyncio.get_running_loop(), on_chunk))
        return call_in_thread(self.function, *self.arguments(value, context))

    def _is_context(self, parameter: inspect.Parameter) -> bool:
        return _names_context(self._hints.get(parameter.name, parameter.annotation))


def _names_context(hint: Any) -> bool:
    """Return whether an annotation, evaluated or not, is a run context, perhaps an optional one."""
    if isinstance(hint, str):
        return hint.removesuffix(' | None').rpartition('.')[2].endswith('RunContext')
    hints = [hint, *get_args(hint)]
    return any(isinstance(entry, type) and issubclass(entry, ActionRunContext) for entry in hints)


def _in_loop(loop: asyncio.AbstractEventLoop, on_chunk: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return a function that worker threads send chunks with; it waits until the chunk is taken, or refused."""

    def send(chunk: Any) -> None:
        taken: concurrent.futures.Future[None] = concurrent.futures.Future()

        def take() -> None:
            try:
                taken.set_result(on_chunk(chunk))
            except Exception as error:  # noqa: BLE001  (raised again where the chunk was sent)
                taken.set_exception(error)

        loop.call_soon_threadsafe(take)
        taken.result()

    return send


async def call_in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a plain function in a worker thread; what it returns may turn out to be awaitable."""
    left = threading.Event()

    def run() -> Any:
        result = function(*arguments)
        if left.is_set() and inspect.iscoroutine(result):
            result.close()  # whoever would have awaited it was cancelled
        return result

    try:
        result = await asyncio.to_thread(run)
    except asyncio.CancelledError:
        left.set()
        raise
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
