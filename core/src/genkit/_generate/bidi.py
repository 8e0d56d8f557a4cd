# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A conversation with a model in real time: what it asks of tools is answered while both sides go on talking."""

import asyncio
import base64
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
    CustomPart,
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Media,
    MediaPart,
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

    async def send_audio(self, sound: bytes, content_type: str = 'audio/pcm;rate=24000') -> None:
        """Send a piece of sound as a microphone gives it, which the model listens to as it comes.

        Args:
            sound: The bytes: samples of 16 bits and one channel, the low byte first, unless the type says otherwise.
            content_type: Their type.

        Raises:
            GenkitError: As `send`.
        """
        url = f'data:{content_type};base64,{base64.b64encode(sound).decode()}'
        await self.send(MediaPart(media=Media(url=url, content_type=content_type)))

    async def interrupt(self, heard: float | None = None) -> None:
        """Stop the model in the middle of what it says, as a user does who begins to speak.

        Args:
            heard: How much of the answer's sound was played, in seconds; what was not is cut from the
                conversation. Default: what can have been played since the sound began to come.

        Raises:
            GenkitError: As `send`.
        """
        told = {} if heard is None else {'heardMs': heard * 1000}
        await self.send(CustomPart(custom={'realtime': 'interrupt', **told}))

    async def end_turn(self) -> None:
        """Say that the user has finished speaking, for models that do not listen for the end themselves.

        Raises:
            GenkitError: As `send`.
        """
        await self.send(CustomPart(custom={'realtime': 'endTurn'}))


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
            answer = await conversation.run(requests)
        said = beginning if answer.request is None else beginning.replaced(messages=answer.request.messages)
        return answer.answering(said, None, model.name)

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
        self._working: dict[asyncio.Task[None], str | None] = {}

    async def run(self, requests: AsyncIterator[GenerateRequest]) -> GenerateResponse[Any]:
        """Pass on what each side says until the model has ended, and return its answer."""
        try:
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(self._tell(requests))
                async for chunk in self._model.receive():
                    await self._caller.send(chunk)
                    for part in chunk.tool_requests:
                        if (part.metadata or {}).get('cancelled'):
                            self._cancel(part)
                        elif not part.tool_request.partial and not telling.done():
                            self._begin(group, part)
                telling.cancel()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return await self._model.output()

    async def _tell(self, requests: AsyncIterator[GenerateRequest]) -> None:
        async for request in requests:
            with _unless_ended():
                await self._model.send(request)
        # Said by the caller at once, and to the model when it has nothing more to ask of tools.
        self._model.announce_end()
        await self._model.settled()
        while self._working:
            await asyncio.wait(self._working)
            await self._model.settled()
        await self._model.close()

    def _begin(self, group: asyncio.TaskGroup, part: ToolRequestPart) -> None:
        answering = group.create_task(self._answer(part))
        self._working[answering] = part.tool_request.ref
        answering.add_done_callback(lambda task: self._working.pop(task, None))

    def _cancel(self, part: ToolRequestPart) -> None:
        for task, ref in self._working.items():
            if ref is not None and ref == part.tool_request.ref:
                task.cancel()

    async def _answer(self, part: ToolRequestPart) -> None:
        """Run the tool that a model asks for, and pass on what came of it to the model and the caller."""
        outcome = await self._tools.run(part)
        if outcome.interrupt is not None:
            await self._caller.send(GenerateResponseChunk(role=Role.MODEL, content=[outcome.pending_request]))
        if outcome.response is not None:
            answer = tool_message([outcome])
            await self._caller.send(GenerateResponseChunk(role=Role.TOOL, content=answer.content))
            with _unless_ended():
                await self._model.send(GenerateRequest(messages=[answer]))


@contextlib.contextmanager
def _unless_ended() -> Generator[None]:
    """Pass over that a model has ended, whose answer or error says so itself."""
    try:
        yield
    except GenkitError as error:
        if error.reason != ErrorReason.CONNECTION_CLOSED:
            raise


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
