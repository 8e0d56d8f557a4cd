# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bidirectional actions: a stream of inputs, a stream of chunks, and one result."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Final, Generic, Self, Unpack

from pydantic import TypeAdapter
from typing_extensions import TypeVar

from genkit._action.action import Action, ActionOptions, ActionResponse, CallOptions
from genkit._action.context import ActionRunContext, cancel_with_current_run
from genkit._action.function import refuse_generator
from genkit._action.kind import ActionKind
from genkit._action.misuse import AsyncOnly
from genkit._action.pipe import DEFAULT_ROOM, Pipe
from genkit._action.schema import to_json_schema, type_adapter, validate_input
from genkit._action.stream import loop_for, state_of, with_timeout
from genkit._base.errors import ErrorReason, GenkitError
from genkit._trace.span import UNRECORDED, Span


InputT = TypeVar('InputT', default=Any)
OutputT = TypeVar('OutputT', default=Any)
ChunkT = TypeVar('ChunkT', default=Any)
InitT = TypeVar('InitT', default=Any)

# The event loop holds tasks weakly.
_RUNNING: Final[set[asyncio.Task[Any]]] = set()


class BidiCallOptions(CallOptions, total=False):
    """Options of a call of a bidirectional action.

    Attributes:
        init: The initial value, of type ``init_schema``.
        inputs: Inputs to send while it runs. Default: the single input of the call.
        send: Called with each chunk; waits while the buffer is full.
        by_application: Whether the application itself calls, from code. Servers never say so: what they hand over was
            written by a client.
    """

    init: Any
    inputs: Pipe[Any] | None
    send: Callable[[Any], Awaitable[None]] | None
    by_application: bool


class BidiRunContext(ActionRunContext, Generic[ChunkT, InitT]):
    """The context of a bidirectional run, passed to the action's function as its second parameter.

    Attributes:
        init: The initial value given by the caller.
        by_application: Whether the application itself calls, from code; else the inputs were written by a client.
    """

    __slots__ = ('_send', 'by_application', 'init', 'inputs')

    def __init__(
        self,
        context: Mapping[str, Any] | None,
        on_chunk: Callable[[Any], None] | None,
        init: InitT,
        inputs: Pipe[Any] | None,
        send: Callable[[Any], Awaitable[None]] | None,
        *,
        by_application: bool = False,
    ) -> None:
        super().__init__(context, on_chunk)
        self.by_application = by_application
        self.init = init
        self.inputs = inputs
        self._send = send

    @property
    def busy(self) -> bool:
        """Whether the action still works on its inputs, though it reads on meanwhile.

        An action that reads ahead sets it: `BidiConnection.settled` waits until it is False again.
        """
        return self.inputs is not None and self.inputs.busy

    @busy.setter
    def busy(self, value: bool) -> None:
        if self.inputs is not None:
            self.inputs.busy = value

    async def until_ending(self) -> None:
        """Wait until the caller has no more inputs but those that the action itself asks for."""
        if self.inputs is not None:
            await self.inputs.until_ending()

    async def send(self, chunk: ChunkT) -> None:
        """Send a chunk to the caller, and wait while the caller's buffer is full; `send_chunk` never waits."""
        if self._send is not None:
            await self._send(chunk)
        else:
            self.send_chunk(chunk)


BidiFunction = Callable[[AsyncIterator[InputT], BidiRunContext[ChunkT, InitT]], Awaitable[OutputT]]


class BidiAction(Action[InputT, OutputT, ChunkT], Generic[InputT, OutputT, ChunkT, InitT]):
    """A bidirectional action. Run like any other action, it receives a single input.

    Args:
        kind: The kind of the action.
        name: Its name within the kind.
        fn: ``async fn(inputs, context)``; the iterator of inputs ends when the caller closes it.
        init_schema: The type, or JSON schema, of the initial value.
        options: See `ActionOptions`; ``input_schema`` is that of one input.
    """

    def __init__(
        self,
        kind: ActionKind,
        name: str,
        fn: BidiFunction[InputT, ChunkT, InitT, OutputT],
        *,
        init_schema: Any = None,
        **options: Unpack[ActionOptions],
    ) -> None:
        refuse_generator(fn)

        async def run(value: Any, context: BidiRunContext[Any, Any]) -> Any:
            return await fn(_one(value) if context.inputs is None else context.inputs, context)

        described = {} if init_schema is None else {'initSchema': to_json_schema(init_schema)}
        options['metadata'] = {**(options.get('metadata') or {}), 'bidi': True, **described}
        options.setdefault('input_schema', Any)
        super().__init__(kind, name, run, **options)
        self._init_adapter: TypeAdapter[Any] | None = None if init_schema is None else type_adapter(init_schema)

    def validate_init(self, init: Any) -> Any:
        """Validate wire data and return the initial value of this action.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming each invalid field.
        """
        if init is None or self._init_adapter is None:
            return init
        return validate_input(self._init_adapter, init, f'the init of {self.key}')

    async def arun_bidi(
        self,
        inputs: Pipe[InputT],
        init: Any = None,
        send: Callable[[Any], Awaitable[None]] | None = None,
        *,
        by_application: bool = False,
        **call: Unpack[CallOptions],
    ) -> ActionResponse[OutputT]:
        """Run with a stream of inputs and return the result.

        Args:
            inputs: The stream of inputs; the caller closes it after the last one.
            init: The initial value, of type ``init_schema``.
            send: Called with each chunk; waits while the buffer is full.
            by_application: See `BidiCallOptions`.
            call: See `CallOptions`.
        """
        options: BidiCallOptions = {
            **call,
            'inputs': inputs,
            'init': self.validate_init(init),
            'send': send,
            'by_application': by_application,
        }
        timeout = call.get('timeout')
        running = self._run_traced(None, options)
        return await (running if timeout is None else with_timeout(running, timeout))

    def stream_bidi(
        self, init: Any = None, *, room: int = DEFAULT_ROOM, **call: Unpack[CallOptions]
    ) -> 'BidiConnection[InputT, OutputT, ChunkT]':
        """Open a connection to the action; use it as an asynchronous context manager.

        Args:
            init: The initial value, of type ``init_schema``.
            room: The buffer size: how many inputs, and how many chunks, may be pending.
            call: See `CallOptions`.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the init does not fit.
            RuntimeError: Outside a running event loop.
        """
        return BidiConnection(self, self.validate_init(init), room, call)

    def _span(self, value: Any, context: Mapping[str, Any], call: CallOptions) -> Span:
        span = super()._span(value, context, call)
        if span is not UNRECORDED:
            options: Any = call
            span.init = options.get('init')
        return span

    def _run_context(self, context: dict[str, Any], call: CallOptions) -> ActionRunContext:
        options: Any = call
        return BidiRunContext(
            context,
            call.get('on_chunk'),
            options.get('init'),
            options.get('inputs'),
            options.get('send'),
            by_application=options.get('by_application', False),
        )


class BidiConnection(AsyncOnly, Generic[InputT, OutputT, ChunkT]):
    """A connection to a running bidirectional action.

    Leaving its ``async with`` block cancels the action if it still runs, and waits until it has stopped.

    Args:
        action: The action that runs.
        init: The initial value, of type ``init_schema``.
        room: The buffer size: how many values may be pending on each side.
        call: See `CallOptions`.
    """

    def __init__(
        self, action: BidiAction[InputT, OutputT, ChunkT, Any], init: Any, room: int, call: CallOptions
    ) -> None:
        self._action = action
        self._inputs: Pipe[InputT] = Pipe(room)
        self._chunks: Pipe[ChunkT] = Pipe(room)
        options: CallOptions = {**call, 'on_chunk': self._put}
        loop = loop_for(self)
        running = action.arun_bidi(self._inputs, init, self._chunks.put, **options)
        self._task: asyncio.Task[ActionResponse[OutputT]] = loop.create_task(running)
        _RUNNING.add(self._task)
        self._task.add_done_callback(self._finish)
        cancel_with_current_run(self._task)

    def __repr__(self) -> str:
        """Return the action, and whether it still runs."""
        return f'{type(self).__name__}({self._action.name!r}, {state_of(self._task)})'

    async def send(self, value: InputT) -> None:
        """Send an input to the action, and wait while its buffer is full.

        Raises:
            GenkitError: ``FAILED_PRECONDITION``, reason ``CONNECTION_CLOSED``, after `close` or when the action has
                ended; ``INVALID_ARGUMENT`` if the value does not fit.
        """
        if self._task.done():
            raise GenkitError(
                f'{self._action.key} has ended and reads no more.',
                status='FAILED_PRECONDITION',
                reason=ErrorReason.CONNECTION_CLOSED,
            )
        await self._inputs.put(self._action.validate(value))

    async def close(self) -> None:
        """End the stream of inputs; the action may go on sending chunks. Closing twice does nothing."""
        self._inputs.close()

    def announce_end(self) -> None:
        """Say that no more inputs follow but those that the action asks for, before `close`."""
        self._inputs.announce_end()

    async def settled(self) -> None:
        """Wait until the action waits for an input and the reader for a chunk, or until the action has ended."""
        while not self._task.done():
            await self._inputs.until_wanted()
            await self._chunks.until_wanted()
            if self._inputs.wanted or self._inputs.closed:
                return

    async def receive(self) -> AsyncIterator[ChunkT]:
        """Iterate over the chunks; the action's error, if any, is raised after the last one."""
        async for chunk in self._chunks:
            yield chunk
        if self._task.done() and not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error

    async def output(self) -> OutputT:
        """Return the result; waiting for it takes no chunks.

        Raises:
            GenkitError: What the action raised; ``CANCELLED`` if it was stopped.
        """
        try:
            return (await asyncio.shield(self._task)).response
        except asyncio.CancelledError:
            if not self._task.cancelled():
                raise
            raise GenkitError(f'{self._action.key} was stopped.', status='CANCELLED') from None

    async def abort(self) -> None:
        """Cancel the action and wait until it has stopped."""
        self._task.cancel()
        await asyncio.wait([self._task])

    def __aiter__(self) -> AsyncIterator[ChunkT]:
        """Iterate over the chunks."""
        return self.receive()

    async def __aenter__(self) -> Self:
        """Cancel the action when the block is left."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Cancel the action."""
        if not self._task.done():
            await self.abort()

    def _put(self, chunk: ChunkT) -> None:
        if not self._chunks.closed:
            self._chunks.put_now(chunk)

    def _finish(self, task: 'asyncio.Task[Any]') -> None:
        _RUNNING.discard(task)
        self._inputs.close()
        self._chunks.close()
        if not task.cancelled():
            task.exception()  # read here, so that a caller who left causes no complaint


async def _one(value: Any) -> AsyncIterator[Any]:
    yield value
