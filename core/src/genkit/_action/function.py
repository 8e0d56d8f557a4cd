# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of user functions: their parameters, and the thread they run on."""

import asyncio
import concurrent.futures
import copy
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import CodeType, FunctionType
from typing import Annotated, Any, Final, cast, get_args

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from genkit._action.annotations import Hints, annotated_function, resolve_hints
from genkit._action.binding import Call
from genkit._action.context import ActionRunContext
from genkit._base.suggest import refuse


_MAX_PARAMETERS: Final = 2
_GENERATOR: Final = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
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
        TypeError: It has more parameters, or is a generator.
    """

    def __init__(self, function: Callable[..., Any], annotated: Callable[..., Any] | None = None) -> None:
        self.function = function
        self._annotated = annotated or function
        refuse_generator(self._annotated)
        self.is_async = is_async(function)
        code = plain_code(self._annotated)
        if code is None or code.co_argcount > 1:
            self._check_parameters()
        if any(
            isinstance(hint, str)
            for hint in getattr(annotated_function(self._annotated), '__annotations__', {}).values()
        ):
            self._check_hints()

    @cached_property
    def _parameters(self) -> list[inspect.Parameter]:
        """The parameters that a call gives something to."""
        try:
            signature = inspect.signature(self._annotated)
        except ValueError as error:
            raise TypeError(f'{self._annotated!r} does not tell its parameters; wrap it in a `def`.') from error
        return [
            parameter
            for name, parameter in signature.parameters.items()
            if parameter.kind in _POSITIONAL and name != 'self'
        ]

    def _check_parameters(self) -> None:
        if len(self._parameters) > _MAX_PARAMETERS:
            names = ', '.join(parameter.name for parameter in self._parameters)
            raise TypeError(
                f'{self.name} has the parameters ({names}); an action takes an input and a context at most. '
                'Put the inputs into one Pydantic model.'
            )
        if len(self._parameters) == _MAX_PARAMETERS and names_context(self._parameters[0].annotation):
            raise TypeError(f'{self.name} takes its context first; the input comes first.')

    @property
    def name(self) -> str:
        """The function's name."""
        return function_name(self._annotated)

    @property
    def origin(self) -> str:
        """The module and the qualified name of the function."""
        target = annotated_function(self._annotated)
        return f'{getattr(target, "__module__", None)}.{getattr(target, "__qualname__", self.name)}'

    @cached_property
    def documentation(self) -> str | None:
        """The function's docstring."""
        if hasattr(self._annotated, '__name__'):
            return inspect.getdoc(self._annotated)
        target = annotated_function(self._annotated)
        return inspect.getdoc(target) if isinstance(target, FunctionType) else None

    @cached_property
    def _resolved(self) -> Hints:
        return resolve_hints(self._annotated)

    @property
    def _hints(self) -> Mapping[str, Any]:
        return self._resolved.found

    def _check_hints(self) -> None:
        """Refuse an input whose type is written as text and cannot be resolved: nothing could be validated."""
        annotations: dict[str, Any] = getattr(annotated_function(self._annotated), '__annotations__', {})
        if not any(isinstance(hint, str) for hint in annotations.values()):
            return
        if self.takes_input and (problem := self._resolved.missing.get(self._parameters[0].name)):
            raise unresolved(self.name, self._parameters[0].name, problem)

    @cached_property
    def takes_input(self) -> bool:
        """Whether the first parameter is an input rather than the context."""
        return bool(self._parameters) and not self._is_context(self._parameters[0])

    @cached_property
    def takes_context(self) -> bool:
        """Whether the function wants the context."""
        return len(self._parameters) > int(self.takes_input)

    @property
    def input_name(self) -> str | None:
        """The name of the parameter that is the input; None without one."""
        if not self.takes_input:
            return None
        return getattr(self.function, 'input_name', None) or self._parameters[0].name

    @cached_property
    def shape(self) -> Shape:
        """The declared types."""
        first = self._parameters[0] if self.takes_input else None
        hint = self._hints.get(first.name, Any) if first else None
        if first is not None and isinstance(first.default, FieldInfo):
            hint = with_field(hint, first.default)
        return Shape(
            input_type=hint,
            output_type=self._hints.get('return', Any),
            input_optional=first is None or default_of(first) is not inspect.Parameter.empty,
        )

    def input_of(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Return the input that a call of the function with these arguments stands for.

        Raises:
            TypeError: The function does not take them.
        """
        if not keywords and len(arguments) == self.takes_input:
            return arguments[0] if arguments else None
        if not keywords and not arguments:
            return None  # validation decides whether an input is required
        if not arguments and keywords.keys() <= self._keywords:
            return keywords[self._parameters[0].name]
        return next(iter(self._call.bind(arguments, keywords).values()), None)

    @cached_property
    def _keywords(self) -> set[str]:
        """The names by which the input can be given."""
        named = self._parameters[: self.takes_input]
        return {each.name for each in named if each.kind is not inspect.Parameter.POSITIONAL_ONLY}

    @cached_property
    def _call(self) -> Call:
        context = self._parameters[-1].name if self.takes_context else None
        return Call(self.name, self._parameters[: self.takes_input], context)

    def arguments(self, value: Any, context: ActionRunContext) -> tuple[Any, ...]:
        """Return what to call the function with."""
        if not self._parameters:
            return ()
        if not self.takes_input:
            return (context,)
        if value is None and self.shape.input_optional:
            value = default_of(self._parameters[0])
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
        return names_context(self._hints.get(parameter.name, parameter.annotation))


def refuse_generator(function: Callable[..., Any]) -> None:
    """Refuse anything but a function, and generator functions: nothing would iterate over their result.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``: it cannot be called.
        TypeError: It is a generator function or an asynchronous one.
    """
    code = plain_code(function)
    if code is not None and not code.co_flags & _GENERATOR:
        return
    if not callable(function):
        refuse('The function', function, "expected a function: the name comes first, as in ('name', function).")
    own_call = getattr(function, '__call__', None)  # noqa: B004  (a callable object's own method is meant)
    if any(inspect.isgeneratorfunction(each) or inspect.isasyncgenfunction(each) for each in (function, own_call)):
        raise TypeError(
            f'{function_name(function)} is a generator; send pieces with context.send_chunk(…) and return the result.'
        )


def plain_code(function: Callable[..., Any]) -> CodeType | None:
    """Return the code of a function whose parameters are those of its code; None for anything else."""
    if type(function) is not FunctionType:
        return None
    own = function.__dict__
    return None if own and ('__wrapped__' in own or '__signature__' in own) else function.__code__


def is_async(function: Callable[..., Any]) -> bool:
    """Return whether calling a function, or a callable object, gives a coroutine."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, '__call__', None)  # noqa: B004  (a callable object's own method is meant)
    )


def function_name(function: Callable[..., Any]) -> str:
    """Return the name of a function, of what a partial is made of, or of a callable object's type."""
    target: Any = function
    while isinstance(target, partial):
        target = cast('Any', target).func
    return getattr(target, '__name__', type(target).__name__)


def default_of(parameter: inspect.Parameter) -> Any:
    """Return the default of a parameter, also one written as ``Field(…)``; the mark of none without one.

    One that can be changed is copied: a call must not find what another has left in it.
    """
    default = parameter.default
    if not isinstance(default, FieldInfo):
        return copy.deepcopy(default) if type(default).__hash__ is None else default
    found = default.get_default(call_default_factory=True, validated_data={})
    return inspect.Parameter.empty if found is PydanticUndefined else found


def with_field(hint: Any, field: FieldInfo) -> Any:
    """Return a type with what a ``Field(…)`` says besides the default and the description's name."""
    return Annotated[(hint, *field.metadata, Field(**described_by(field)))]


def described_by(field: FieldInfo) -> dict[str, Any]:
    """Return what a ``Field(…)`` says about a value for people and models."""
    members = {name: getattr(field, name) for name in ('description', 'title', 'examples', 'json_schema_extra')}
    return {name: value for name, value in members.items() if value is not None}


def unresolved(function: str, parameter: str, problem: str) -> TypeError:
    """Return the error for an annotation of an input that cannot be resolved."""
    return TypeError(
        f'The type of parameter {parameter!r} of {function} cannot be resolved: {problem}. Import it at run time, not '
        'under TYPE_CHECKING, and define it before the function.'
    )


def names_context(hint: Any) -> bool:
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
        try:
            result = function(*arguments)
        except StopIteration as error:
            # A future cannot hold it: the caller would wait for ever.
            raise RuntimeError(f'{function_name(function)} raised StopIteration') from error
        if left.is_set() and inspect.iscoroutine(result):
            result.close()  # the task that would have awaited it was cancelled
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
