# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Actions: functions with a name, schemas, a trace and a stream."""

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, TypedDict, Unpack

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypeVar

from genkit._action.context import CURRENT_RUN, ActionRunContext
from genkit._action.function import UserFunction
from genkit._action.kind import ActionKind, create_action_key
from genkit._action.schema import NO_INPUT_SCHEMA, to_json_schema, type_adapter, validate_input
from genkit._action.stream import StreamResponse, with_timeout
from genkit._base.app_loop import CONTAINED
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_schema import check_json
from genkit._base.suggest import check_options, refuse
from genkit._trace.provider import current_tracer
from genkit._trace.span import UNRECORDED, Span
from genkit.types import ActionMetadata, WireModel


InputT = TypeVar('InputT', default=Any)
OutputT = TypeVar('OutputT', default=Any)
ChunkT = TypeVar('ChunkT', default=Any)

_UNSET: Final = object()


@dataclass(slots=True)
class ActionResponse(Generic[OutputT]):
    """The result of an action, with its trace and span ids.

    Attributes:
        span: The span of the run.
    """

    response: OutputT
    span: Span

    @property
    def trace_id(self) -> str:
        """The trace id, 32 hex digits; empty if no exporter records spans."""
        return self.span.trace_id

    @property
    def span_id(self) -> str:
        """The span id, 16 hex digits; empty if no exporter records spans."""
        return self.span.span_id


class CallOptions(TypedDict, total=False):
    """Options of a call of an action.

    Attributes:
        on_chunk: Called with each chunk as it arrives.
        context: The caller's context, such as its credentials. Default: that of the running call.
        on_trace_start: Called with the trace and span ids before the action's function runs.
        telemetry_labels: Attributes for the span.
        timeout: Seconds after which the call is cancelled with ``DEADLINE_EXCEEDED``.
    """

    on_chunk: Callable[[Any], None] | None
    context: Mapping[str, Any] | None
    on_trace_start: Callable[[str, str], None] | None
    telemetry_labels: Mapping[str, str] | None
    timeout: float | None


class ActionOptions(TypedDict, total=False):
    """Options of an action besides its function.

    Attributes:
        annotated: The function to read annotations from, if the action's function is a wrapper.
        description: Description for users and models.
        metadata: Metadata for the developer tools.
        input_schema: A type or a JSON schema, in place of the function's annotation.
        output_schema: A type or a JSON schema, in place of the annotation of the result.
        chunk_schema: The type or JSON schema of the chunks.
    """

    annotated: Callable[..., Any] | None
    description: str | None
    metadata: dict[str, Any] | None
    input_schema: Any
    output_schema: Any
    chunk_schema: Any


class Action(Generic[InputT, OutputT, ChunkT]):
    """A named, traced function with schemas, which can be run, streamed and called from the developer tools.

    Args:
        kind: The kind of the action.
        name: Its name within the kind; may hold slashes.
        fn: The function: no parameter, an input, a context, or an input and a context. Plain functions run in a worker
            thread.
        options: See `ActionOptions`.

    Attributes:
        base_context: The context that each call's context is merged into; set by the registry.
        telemetry: Returns further attributes of a run's span, given name, input and result (None after a failure).
    """

    telemetry: Callable[[str, Any, Any], Mapping[str, Any]] | None = None

    def __init__(self, kind: ActionKind, name: str, fn: Callable[..., Any], **options: Unpack[ActionOptions]) -> None:
        check_options(f'{type(self).__name__}()', options, ActionOptions.__annotations__)
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
            refuse(f'The name of a {kind}', name, "expected a text: the name comes first, as in ('name', function).")
        self.kind = kind
        self.name = name
        self.metadata: dict[str, Any] = options.get('metadata') or {}
        self.base_context: Mapping[str, Any] = {}
        self._function = UserFunction(fn, options.get('annotated'))
        self._description = options.get('description')
        self._input = options.get('input_schema', _UNSET)
        self._output = options.get('output_schema', _UNSET)
        self._chunk = options.get('chunk_schema')

    def __repr__(self) -> str:
        """Return ``Action('/kind/name')``."""
        return f'{type(self).__name__}({self.key!r})'

    @property
    def key(self) -> str:
        """``/<kind>/<name>``."""
        return create_action_key(self.kind, self.name)

    @property
    def fn(self) -> Callable[..., Any]:
        """The function that the action runs."""
        return self._function.function

    @property
    def origin(self) -> str:
        """The module and the qualified name of the function."""
        return self._function.origin

    @property
    def is_async(self) -> bool:
        """Whether the function is a coroutine function."""
        return self._function.is_async

    @property
    def description(self) -> str | None:
        """The description for users and models. Default: the function's docstring."""
        return self._description if self._description is not None else self._function.documentation

    @property
    def input_type(self) -> Any:
        """The type of the input, a JSON schema, or None if there is no input."""
        return self._function.shape.input_type if self._input is _UNSET else self._input

    @property
    def output_type(self) -> Any:
        """The type of the result, or a JSON schema."""
        return self._function.shape.output_type if self._output is _UNSET else self._output

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """The JSON schema of the input."""
        if self._input is _UNSET and not self._function.takes_input:
            return NO_INPUT_SCHEMA
        return to_json_schema(self.input_type)

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        """The JSON schema of the serialized result."""
        return to_json_schema(self.output_type, 'serialization')

    @cached_property
    def chunk_schema(self) -> dict[str, Any] | None:
        """The JSON schema of a serialized chunk, or None if it is not known."""
        return None if self._chunk is None else to_json_schema(self._chunk, 'serialization')

    @cached_property
    def _input_adapter(self) -> TypeAdapter[Any] | None:
        """The validator of the input; None if anything goes."""
        declared = self.input_type
        return None if declared is None or declared is Any or isinstance(declared, dict) else type_adapter(declared)

    @cached_property
    def _model_class(self) -> type[BaseModel] | None:
        """The class of the input if it is a Pydantic model, whose instances need no more validation."""
        declared = self.input_type
        return declared if isinstance(declared, type) and issubclass(declared, BaseModel) else None

    def describe(self) -> ActionMetadata:
        """Return the description that the developer tools show."""
        return ActionMetadata.trusted(
            key=self.key,
            action_type=str(self.kind),
            name=self.name,
            description=self.description,
            input_schema=self.input_schema,
            output_schema=self.output_schema,
            stream_schema=self.chunk_schema,
            metadata=self.metadata or None,
        )

    def input_of(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Return the action's input for a call of its function with these arguments.

        Raises:
            TypeError: The function does not take them.
        """
        return self._function.input_of(arguments, keywords)

    def validate(self, raw_input: Any) -> Any:
        """Validate wire data and return the input that the action's function expects.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming each invalid field.
        """
        if raw_input is None and self._function.shape.input_optional:
            return None
        if type(raw_input) is self._model_class:
            return raw_input
        adapter = self._input_adapter
        if adapter is None:
            if isinstance(self.input_type, dict):
                check_json(self.input_schema, raw_input, f'the input of {self.key}')
            return raw_input
        if raw_input is None and not _accepts_none(adapter):
            raise GenkitError(
                f'{self.key} needs an input and got none. Its schema: {self.input_schema}',
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_INPUT,
            )
        return validate_input(adapter, raw_input, f'the input of {self.key}')

    async def arun_raw(self, raw_input: Any = None, **call: Unpack[CallOptions]) -> ActionResponse[OutputT]:
        """Validate wire data and run the action with it.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the data does not fit, else as `arun`.
        """
        timeout = call.get('timeout')
        running = self._run_traced(self.validate(raw_input), call)
        return await (running if timeout is None else with_timeout(running, timeout))

    async def arun(self, input: InputT | None = None, **call: Unpack[CallOptions]) -> ActionResponse[OutputT]:  # noqa: A002
        """Run the action with an input of the declared type, or with data that validates as it.

        Raises:
            GenkitError: What the function raised if it is one; else ``INTERNAL`` with the function's error as cause.
        """
        timeout = call.get('timeout')
        running = self._run_traced(self.validate(input), call)
        return await (running if timeout is None else with_timeout(running, timeout))

    def run(self, input: InputT | None = None, **call: Unpack[CallOptions]) -> ActionResponse[OutputT]:  # noqa: A002
        """Run the action from synchronous code, and block until it has finished.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` for a coroutine function when an event loop is running here, else as
                `arun`.
        """
        value = self.validate(input)
        if not self.is_async:
            timeout = call.get('timeout')
            if timeout is not None:
                raise GenkitError(
                    f'{self.key} is a plain function, which cannot be stopped after timeout={timeout!r} s here: '
                    'write `await action.arun(…)`.',
                    status='INVALID_ARGUMENT',
                )
            return self._run_inline(value, call)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self._arun(value, call))
        raise GenkitError(
            f'{self.key} is asynchronous and an event loop is running: write `await action.arun(…)`.',
            status='FAILED_PRECONDITION',
        )

    def stream(self, input: InputT | None = None, **call: Unpack[CallOptions]) -> StreamResponse[ChunkT, OutputT]:  # noqa: A002
        """Start a streaming run of the action.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the input does not fit.
            RuntimeError: Outside a running event loop.
        """
        value = self.validate(input)
        timeout = call.pop('timeout', None)

        async def run(on_chunk: Callable[[ChunkT], None]) -> OutputT:
            streaming: CallOptions = {**call, 'on_chunk': on_chunk}
            return (await self._arun(value, streaming)).response

        return StreamResponse(run, timeout)

    async def _arun(self, value: Any, call: CallOptions) -> ActionResponse[OutputT]:
        timeout = call.get('timeout')
        if timeout is not None:
            return await with_timeout(self._run_traced(value, call), timeout)
        return await self._run_traced(value, call)

    async def _run_traced(self, value: Any, call: CallOptions) -> ActionResponse[OutputT]:
        context = self._call_context(call)
        run = self._run_context(context, call)
        token = CURRENT_RUN.set(run)
        try:
            with self._span(value, context, call) as span:
                self._announce(span, run, call)
                try:
                    started = time.perf_counter()
                    result = await self._function.call(value, run)
                except asyncio.CancelledError:
                    run.abort()
                    raise
                except GenkitError as error:
                    run.cancel_adopted()
                    error.trace_id = error.trace_id or span.trace_id or None
                    raise
                except Exception as error:
                    run.cancel_adopted()
                    raise self._wrapped(error, span) from error
                except CONTAINED.get() as error:
                    run.cancel_adopted()
                    raise self._wrapped(error, span) from error
                result = _with_latency(result, started)
                span.set_output(result)
                return ActionResponse(result, span)
        finally:
            CURRENT_RUN.reset(token)

    def _run_inline(self, value: Any, call: CallOptions) -> ActionResponse[OutputT]:
        """Run a plain function here and now, without a thread and without an event loop."""
        context = self._call_context(call)
        run = self._run_context(context, call)
        token = CURRENT_RUN.set(run)
        try:
            with self._span(value, context, call) as span:
                self._announce(span, run, call)
                started = time.perf_counter()
                try:
                    result = self._function.function(*self._function.arguments(value, run))
                except GenkitError as error:
                    error.trace_id = error.trace_id or span.trace_id or None
                    raise
                except Exception as error:
                    raise self._wrapped(error, span) from error
                if inspect.isawaitable(result):
                    raise GenkitError(
                        f'{self.key} returned something to be awaited: write `await action.arun(…)`.',
                        status='FAILED_PRECONDITION',
                    )
                result = _with_latency(result, started)
                span.set_output(result)
                return ActionResponse(result, span)
        finally:
            CURRENT_RUN.reset(token)

    def _call_context(self, call: CallOptions) -> dict[str, Any]:
        given = call.get('context')
        if given is not None:
            return {**self.base_context, **given}
        running = CURRENT_RUN.get()
        return running.context if running is not None else dict(self.base_context)

    def _run_context(self, context: dict[str, Any], call: CallOptions) -> ActionRunContext:
        return ActionRunContext(context, call.get('on_chunk'))

    def _span(self, value: Any, context: Mapping[str, Any], call: CallOptions) -> Span:
        if current_tracer() is None and call.get('on_trace_start') is None:
            return UNRECORDED
        return Span(
            self.name,
            'action',
            kind=self.kind.value,
            input_value=value,
            context=context,
            labels=call.get('telemetry_labels'),
            describe=self.telemetry,
            needs_ids=call.get('on_trace_start') is not None,
        )

    def _announce(self, span: Span, run: ActionRunContext, call: CallOptions) -> None:
        run.span = span
        on_trace_start = call.get('on_trace_start')
        if on_trace_start is not None:
            on_trace_start(span.trace_id, span.span_id)

    def _wrapped(self, error: BaseException, span: Span) -> GenkitError:
        return GenkitError(f'Error while running action {self.name}', cause=error, trace_id=span.trace_id or None)


def _accepts_none(adapter: TypeAdapter[Any]) -> bool:
    try:
        adapter.validate_python(None)
    except ValueError:
        return False
    return True


def _with_latency(result: Any, started: float) -> Any:
    """Return a result that has a latency with it filled in; what the function returned may be its own constant."""
    if not isinstance(result, WireModel) or vars(result).get('latency_ms', result) is not None:
        return result
    return result.replaced(latency_ms=(time.perf_counter() - started) * 1000)
