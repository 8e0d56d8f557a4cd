# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flows: an application's own functions, traced, listed and served; and their steps, which get their own spans."""

import inspect
from collections.abc import Callable, Coroutine, KeysView, Mapping
from functools import partial
from types import CoroutineType
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, Self, overload

from typing_extensions import TypeVar

from genkit._action.action import Action, CallOptions
from genkit._action.function import call_in_thread, function_name
from genkit._action.kind import ActionKind
from genkit._action.parameters import SpreadInput, check_parameters, spread_parameters, unbound_method
from genkit._action.stream import StreamResponse
from genkit._action.wrapped import WrappedFunction
from genkit._registry.registry import Registry
from genkit._trace.span import open_span


P = ParamSpec('P')
R = TypeVar('R', default=Any)
ChunkT = TypeVar('ChunkT', default=Any)
ResultT = TypeVar('ResultT')
InstanceT = TypeVar('InstanceT')
BoundP = ParamSpec('BoundP')
BoundChunkT = TypeVar('BoundChunkT')

_OLDER_PARAMETERS: Final = 4
_CALL: Final = ('context', 'telemetry_labels', 'timeout')


class FlowWrapper(WrappedFunction[P, R, Action[Any, Any, Any]], Generic[P, R, ChunkT]):
    """A function defined as a flow; it is called like the original function."""

    if not TYPE_CHECKING:

        def __class_getitem__(cls, parameters: Any) -> Any:
            """Take the four parameters of earlier releases, too: the third one said what a call's result holds."""
            if isinstance(parameters, tuple) and len(parameters) == _OLDER_PARAMETERS:
                parameters = (*parameters[:2], parameters[3])
            return super().__class_getitem__(parameters)

    # The instance of a method is its first parameter.
    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(
        self: 'FlowWrapper[Concatenate[InstanceT, BoundP], ResultT, BoundChunkT]',
        instance: InstanceT,
        owner: type[Any],
    ) -> 'FlowWrapper[BoundP, ResultT, BoundChunkT]': ...

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        """Return a method that was decorated in its class as a flow of an instance."""
        return super().__get__(instance, owner)

    # The result of a coroutine function is one class or the other, as type checkers see it.
    @overload
    def stream(
        self: 'FlowWrapper[P, CoroutineType[Any, Any, ResultT], ChunkT]',
        input: Any = None,
        context: Mapping[str, Any] | None = None,
        telemetry_labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> StreamResponse[ChunkT, ResultT]: ...

    @overload
    def stream(
        self: 'FlowWrapper[P, Coroutine[Any, Any, ResultT], ChunkT]',
        input: Any = None,
        context: Mapping[str, Any] | None = None,
        telemetry_labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> StreamResponse[ChunkT, ResultT]: ...

    @overload
    def stream(
        self,
        input: Any = None,
        context: Mapping[str, Any] | None = None,
        telemetry_labels: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> StreamResponse[ChunkT, R]: ...

    @overload
    def stream(
        self: 'FlowWrapper[P, CoroutineType[Any, Any, ResultT], ChunkT]', *args: P.args, **kwargs: P.kwargs
    ) -> StreamResponse[ChunkT, ResultT]: ...

    @overload
    def stream(
        self: 'FlowWrapper[P, Coroutine[Any, Any, ResultT], ChunkT]', *args: P.args, **kwargs: P.kwargs
    ) -> StreamResponse[ChunkT, ResultT]: ...

    @overload
    def stream(self, *args: P.args, **kwargs: P.kwargs) -> StreamResponse[ChunkT, R]: ...

    def stream(self, *args: Any, **kwargs: Any) -> StreamResponse[Any, Any]:
        """Start the flow and stream it: iterate over its chunks, await its ``response``.

        It takes what the flow takes, or the whole input: as the only positional argument or as ``input``, for a flow of
        several parameters a mapping or an object with a member for each. ``context``, ``telemetry_labels`` and
        ``timeout`` are those of the call, as in `Action.stream`; after an input they may also be positional.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the input does not fit.
            TypeError: The flow does not take the arguments.
        """
        call: CallOptions = {name: kwargs.pop(name) for name in _CALL if name in kwargs}  # pyright: ignore[reportAssignmentType]
        if 1 < len(args) <= len(_CALL) + 1 and isinstance(args[1], Mapping | None) and self._is_whole(args[0]):
            call = {**dict(zip(_CALL, args[1:], strict=False)), **call}  # pyright: ignore[reportAssignmentType]
            args = args[:1]
        return self.action.stream(self._input_of(args, kwargs), **call)

    def _input_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not args and kwargs.keys() == {'input'}:
            return kwargs['input']
        if not kwargs and len(args) == 1 and (args[0] is None or self._holds_members(args[0])):
            return args[0]
        return (self._spread or self.action).input_of(args, kwargs)

    @property
    def _members(self) -> KeysView[str] | None:
        """The names of the members of the input; None if the flow has one parameter, or none."""
        return None if self._spread is None else self._spread.names

    def _holds_members(self, value: Any) -> bool:
        return self._members is not None and isinstance(value, Mapping | SpreadInput)

    def _is_whole(self, value: Any) -> bool:
        """Return whether an argument that others follow is the whole input, rather than the first of several."""
        if self._members is None or isinstance(value, SpreadInput):
            return True
        return isinstance(value, Mapping) and value.keys() <= self._members


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
        TypeError: The type of an input cannot be resolved.
    """
    wrapper = _make_flow(fn, name, description, chunk_schema, metadata)
    registry.register_action(wrapper.action)
    return wrapper


def _make_flow(
    fn: Callable[P, R],
    name: str | None,
    description: str | None,
    chunk_schema: Any,
    metadata: dict[str, Any] | None,
) -> FlowWrapper[P, R]:
    check_parameters(fn)
    method = unbound_method(fn)
    spread = spread_parameters(method or fn)
    action: Action[Any, Any, Any] = Action(
        ActionKind.FLOW,
        name or function_name(fn),
        spread.call if spread is not None else method or fn,
        description=description,
        chunk_schema=chunk_schema,
        metadata=metadata,
    )
    bind = partial(_make_flow, name=name, description=description, chunk_schema=chunk_schema, metadata=metadata)
    return FlowWrapper(fn, action, spread, None if method is None else bind)


async def run_step(
    name: str, fn: Callable[..., Any], *arguments: Any, metadata: Mapping[str, Any] | None = None
) -> Any:
    """Run a function, a coroutine function or a plain one, as a step.

    Args:
        name: The span's name.
        fn: What runs.
        arguments: What it is called with; the first one is recorded as the step's input.
        metadata: Recorded as ``genkit:metadata:<name>``.
    """
    labels = {f'genkit:metadata:{key}': str(value) for key, value in (metadata or {}).items()}
    given = arguments[0] if arguments else None
    with open_span(name, 'flowStep', input_value=given, labels=labels) as span:
        if inspect.iscoroutinefunction(fn):
            result = await fn(*arguments)
        else:
            result = await call_in_thread(fn, *arguments)
        span.set_output(result)
        return result
