# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation with a model in real time: what it asks of tools is answered while both sides go on talking."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from genkit._action.action import CallOptions
from genkit._action.bidi import BidiAction, BidiConnection, BidiRunContext
from genkit._action.context import current_context
from genkit._action.kind import ActionKind
from genkit._action.pipe import DEFAULT_ROOM
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.suggest import refuse, refuse_unsaid
from genkit._generate.hooks import NO_HOOKS, Hooks, MiddlewareArgument, resolve_middleware
from genkit._generate.loop import Generation
from genkit._generate.options import Asked, prepare
from genkit._generate.tools import (
    ToolArgument,
    ToolRunner,
    ToolSet,
    resolve_tools,
    tool_message,
)
from genkit._generate.turn import resolve_model
from genkit._kinds.bidi_model import BidiModelAction
from genkit._registry.registry import Registry
from genkit.middleware.interface import GenerateMiddlewareContext
from genkit.types import (
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    Role,
    TextPart,
    ToolChoice,
    ToolRequestPart,
)


Said = str | Part | Sequence[Part] | Message | GenerateRequest
ModelConnection = BidiConnection[GenerateRequest, GenerateResponse[Any], GenerateResponseChunk[Any]]


class BidiGenerateOptions(TypedDict, total=False):
    """Options of a bidirectional generation besides the model and the initial messages.

    Attributes:
        tools: Names, decorated functions, actions, or ``<host>:tool/<pattern>`` of a dynamic action provider.
        tool_choice: Whether the model may, must or must not call a tool.
        config: The model's configuration, as data or as its config type.
        context: The caller's context for all actions. Default: that of the running action.
        use: Middleware, of which the hook around tools applies.
        step_name: The name of the conversation's span.
        room: The buffer size: how many requests, and how many chunks, may be pending.
        timeout: Seconds after which the conversation is cancelled with ``DEADLINE_EXCEEDED``.
    """

    tools: Sequence[ToolArgument] | None
    tool_choice: ToolChoice | str | None
    config: Any
    context: Mapping[str, Any] | None
    use: Sequence[MiddlewareArgument] | None
    step_name: str | None
    room: int
    timeout: float | None


class BidiGeneration(BidiConnection[GenerateRequest, GenerateResponse[Any], GenerateResponseChunk[Any]]):
    """A bidirectional connection to a model; use it as an asynchronous context manager.

    `receive` gives the model's chunks, and those of the tools' answers (``role`` is ``tool``). A tool that interrupts
    comes as a chunk whose request says so in its metadata; the answer is for the caller to `send`.
    """

    async def send(self, value: Said) -> None:
        """Send something to the model: text or parts of the user, a message, or a whole request.

        Raises:
            GenkitError: ``FAILED_PRECONDITION``, reason ``CONNECTION_CLOSED``, after `close` or when the model has
                ended.
        """
        await super().send(_request(value))


def generate_bidi(registry: Registry, asked: Asked, **given: Unpack[BidiGenerateOptions]) -> BidiGeneration:
    """Begin a conversation with a model; that it cannot be had is said by `BidiGeneration.receive` and ``output``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an option that does not exist or does not fit;
            ``FAILED_PRECONDITION`` outside a running event loop.
    """
    room = given.pop('room', DEFAULT_ROOM)
    call: CallOptions = {'context': given.pop('context', None), 'timeout': given.pop('timeout', None)}
    options, generation = prepare(registry, asked, {**given})

    async def talk(
        requests: AsyncIterator[GenerateRequest], context: BidiRunContext[Any, GenerateRequest]
    ) -> GenerateResponse[Any]:
        model, tools, hooks = await _resolved(options, generation)
        beginning = GenerateRequest(
            messages=options.messages,
            config={} if options.config is None else options.config,
            tools=tools.definitions,
            tool_choice=options.tool_choice,
        )
        ctx = GenerateMiddlewareContext(registry, current_context() or {}, None)
        async with model.stream_bidi(model.validate(beginning), room=room) as connection:
            conversation = _Conversation(connection, context, ToolRunner(tools, hooks.tool, ctx))
            return (await conversation.run(requests)).answering(beginning, None, model.name)

    action: BidiAction[Any, Any, Any, Any] = BidiAction(
        ActionKind.UTIL, options.step_name or 'generateBidi', talk, input_schema=GenerateRequest
    )
    return BidiGeneration(action, None, room, call)


async def _resolved(options: GenerateActionOptions, generation: Generation) -> tuple[BidiModelAction, ToolSet, Hooks]:
    registry = generation.registry
    model = await resolve_model(registry, options.model, generation.model)
    if not isinstance(model, BidiModelAction):
        raise GenkitError(
            f'Model {model.name!r} cannot be talked with in real time. Use generate_stream(), or a model that was '
            'defined with define_bidi_model().',
            status='FAILED_PRECONDITION',
        )
    model.validate_config(options.config)
    use = generation.use if generation.use is not None else options.use or ()
    hooks = Hooks(resolve_middleware(registry, use)) if use else NO_HOOKS
    return model, await resolve_tools(registry, options.tools or (), generation.tools), hooks


class _Conversation:
    """What goes on between a caller and a model.

    Args:
        model: The model, running.
        caller: Takes the chunks.
        tools: Runs what the model asks for.
    """

    def __init__(self, model: ModelConnection, caller: BidiRunContext[Any, Any], tools: ToolRunner) -> None:
        self._model = model
        self._caller = caller
        self._tools = tools
        self._working: set[asyncio.Task[None]] = set()

    async def run(self, requests: AsyncIterator[GenerateRequest]) -> GenerateResponse[Any]:
        """Pass on what each side says until the model has ended, and return its answer."""
        try:
            async with asyncio.TaskGroup() as group:
                told = group.create_task(self._tell(requests))
                async for chunk in self._model.receive():
                    await self._caller.send(chunk)
                    wishes = [part for part in chunk.content if _is_whole_request(part)]
                    if wishes and not told.done():
                        answering = group.create_task(self._answer(Message(role=Role.MODEL, content=wishes)))
                        self._working.add(answering)
                        answering.add_done_callback(self._working.discard)
                told.cancel()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return await self._model.output()

    async def _tell(self, requests: AsyncIterator[GenerateRequest]) -> None:
        async for request in requests:
            with _unless_ended():
                await self._model.send(request)
        # Said by the caller at once, and to the model when it has nothing more to ask of tools.
        await self._model.settled()
        while self._working:
            await asyncio.wait(self._working)
            await self._model.settled()
        await self._model.close()

    async def _answer(self, message: Message) -> None:
        """Run the tools that a message asks for, and tell the model and the caller what came of it."""
        outcomes = await self._tools.run_all(message.tool_requests)
        waiting: list[Part] = [outcome.pending_request for outcome in outcomes if outcome.interrupt is not None]
        if waiting:
            await self._caller.send(GenerateResponseChunk(role=Role.MODEL, content=waiting))
        answers = tool_message(outcomes)
        if answers.content:
            await self._caller.send(GenerateResponseChunk(role=Role.TOOL, content=answers.content))
            with _unless_ended():
                await self._model.send(GenerateRequest(messages=[answers]))


@contextlib.contextmanager
def _unless_ended() -> Generator[None]:
    """Pass over that a model has ended, whose answer or error says so itself."""
    try:
        yield
    except GenkitError as error:
        if error.reason != ErrorReason.CONNECTION_CLOSED:
            raise


def _is_whole_request(part: Part) -> bool:
    return isinstance(part, ToolRequestPart) and not part.tool_request.partial


def _request(said: Said) -> GenerateRequest:
    if isinstance(said, GenerateRequest):
        return said
    if isinstance(said, Message):
        return GenerateRequest(messages=[said])
    refuse_unsaid('What is said', said, "write conversation.send('Hello').")
    if isinstance(said, str):
        return GenerateRequest(messages=[Message(role=Role.USER, content=[TextPart(text=said)])])
    given: Any = said
    try:
        content: list[Part] = [given] if isinstance(given, Part) else list(given)
        return GenerateRequest(messages=[Message(role=Role.USER, content=content)])
    except (TypeError, ValueError):
        refuse('What is said', given, "expected a text, parts or a message, such as 'Hello'.")
