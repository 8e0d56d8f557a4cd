# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Input and output guardrails."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeAlias, TypeVar, cast

from genkit._action.function import ensure_async
from genkit._action.stream import Channel
from genkit._base.errors import GenkitError
from genkit.middleware.interface import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    GenerateNext,
    ModelHookParams,
    ModelNext,
    ToolHookParams,
    ToolNext,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    MultipartToolResponse,
    Part,
    Role,
    WireModel,
)


T = TypeVar('T')
SubjectT = TypeVar('SubjectT')


@dataclass(frozen=True, slots=True)
class Verdict(Generic[SubjectT]):
    """The result of a check, made by `allow`, `block` or `replace`.

    Attributes:
        reason: The reason of a block; None if it is not blocked.
        replacement: The replacement; None if nothing is replaced.
    """

    reason: str | None = None
    replacement: SubjectT | None = None

    @classmethod
    def allow(cls) -> 'Verdict[Any]':
        """Accept unchanged; a check may return None instead."""
        return Verdict()

    @classmethod
    def block(cls, reason: str) -> 'Verdict[Any]':
        """Block the message. The reason is sent to the caller."""
        return Verdict(reason=reason)

    @classmethod
    def replace(cls, replacement: T) -> 'Verdict[T]':
        """Continue with other messages, or with another response."""
        return Verdict(replacement=replacement)


Checked: TypeAlias = Verdict[SubjectT] | None
Check: TypeAlias = Callable[[SubjectT], Awaitable[Checked[SubjectT]] | Checked[SubjectT]]
InputCheck: TypeAlias = Check[list[Message]]
OutputCheck: TypeAlias = Check[GenerateResponse[Any]]


class InputGuardrailConfig(WireModel):
    """Configuration of a guardrail.

    Attributes:
        blocking: Whether the model call waits for the verdict; otherwise it runs concurrently, and only its response
            and the tools wait.
        each_turn: Whether to check again before tool responses are sent to the model.
    """

    blocking: bool = True
    each_turn: bool = False


class InputGuardrail(BaseMiddleware[InputGuardrailConfig]):
    """Checks the messages before they reach the model.

    A block raises `GenerationBlockedError`, as a block by the provider does; its ``response`` holds the reason. A check
    that raises fails the call. In no mode does a tool run, or a chunk reach the caller, before the verdict.

    Args:
        check: Takes the messages and returns a `Verdict` or None; a synchronous function runs in a worker thread.
        config: See `InputGuardrailConfig`.
        fields: The fields of the configuration.
    """

    def __init__(self, check: InputCheck, config: Any = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._check = ensure_async(check)
        self.begin()

    def begin(self) -> None:
        """Begin without a verdict."""
        self._is_around_turns = False
        self._cleared: asyncio.Event | None = None

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Check, then go on; or both at once."""
        self._is_around_turns = True
        if params.iteration > 0 and not self.config.each_turn:
            return await next_fn(params, ctx)

        async def go(messages: list[Message], ctx: GenerateMiddlewareContext) -> GenerateResponse[Any]:
            return await next_fn(params.with_options(messages=messages), ctx)

        return await self._guard(params.options.messages, ctx, go)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Check here where there is nothing around: in the middleware of a model itself."""
        if self._is_around_turns:
            return await next_fn(params, ctx)

        async def go(messages: list[Message], ctx: GenerateMiddlewareContext) -> GenerateResponse[Any]:
            return await next_fn(ModelHookParams(params.request.replaced(messages=messages)), ctx)

        return await self._guard(params.request.messages, ctx, go)

    async def wrap_tool(
        self, params: ToolHookParams, ctx: GenerateMiddlewareContext, next_fn: ToolNext
    ) -> MultipartToolResponse:
        """Wait for the verdict."""
        if self._cleared is not None:
            await self._cleared.wait()
        return await next_fn(params, ctx)

    async def _guard(
        self, given: list[Message], ctx: GenerateMiddlewareContext, go: Callable[..., Coroutine[Any, Any, T]]
    ) -> T:
        if self.config.blocking:
            return await go(await self._judged(given), ctx)
        cleared = self._cleared = asyncio.Event()
        gate = _Gate(ctx)
        async with _Tasks() as tasks:
            verdict = tasks.start(self._judged(given))
            turn = tasks.start(go(given, gate.ctx))
            await asyncio.wait([verdict, turn], return_when=asyncio.FIRST_COMPLETED)
            if not verdict.done() and turn.exception() is not None:
                return turn.result()
            messages = await verdict
            if messages is given:
                cleared.set()
                gate.open()
                return await turn
        cleared.set()
        return await go(messages, ctx)

    async def _judged(self, messages: list[Message]) -> list[Message]:
        """Return the messages to go on with."""
        verdict = _verdict(await self._check(list(messages)))
        if verdict.reason is not None:
            _raise_blocked(verdict.reason, GenerateRequest(messages=messages))
        if verdict.replacement is None:
            return messages
        replacement = list(verdict.replacement)
        if not all(isinstance(message, Message) for message in replacement):
            raise _misfit(verdict.replacement, 'messages')
        return replacement


class OutputGuardrailConfig(WireModel):
    """Configuration of a guardrail.

    Attributes:
        each_chunk: Whether to check the answer so far at each chunk, and let the chunk out if it passes; otherwise all
            chunks wait for the whole answer.
    """

    each_chunk: bool = False


class OutputGuardrail(BaseMiddleware[OutputGuardrailConfig]):
    """Checks each response of the model before it reaches the caller and before a requested tool runs.

    A block raises `GenerationBlockedError`, as a block by the provider does; its ``response`` tells the reason, not the
    answer. A replacement is streamed as one chunk; with ``each_chunk``, where chunks have been seen, as an aggregated
    one, and a replacement of part of an answer only holds back what follows until the whole was checked.

    Args:
        check: Takes the response, returns a `Verdict` or None; a plain function runs in a worker thread. An answer that
            is still being written has no finish reason.
        config: See `OutputGuardrailConfig`.
        fields: The fields of the configuration.
    """

    def __init__(self, check: OutputCheck, config: Any = None, **fields: Any) -> None:
        super().__init__(config, **fields)
        self._check = ensure_async(check)

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Call the model, check its response, pass it on."""
        gate = _Gate(ctx)
        if self.config.each_chunk and ctx.is_streaming:
            response = await self._watch(params, gate, next_fn)
        else:
            response = await next_fn(params, gate.ctx)
        replacement = await self._judge(response, params.request)
        if replacement is None and await self._is_stream_refused(gate, response, params.request):
            replacement = response  # in place of what was streamed
        if replacement is None:
            gate.open()
            return response
        content = replacement.message.content if replacement.message else []
        ctx.send_chunk(GenerateResponseChunk(role=Role.MODEL, content=content, aggregated=gate.passed or None))
        return replacement

    async def _is_stream_refused(
        self, gate: '_Gate', response: GenerateResponse[Any], request: GenerateRequest
    ) -> bool:
        """Return whether chunks that say something else than the answer must not go out; a block is raised."""
        streamed = gate.held_message()
        answer = response.message
        if answer is not None and (streamed.text, streamed.reasoning) in {('', ''), (answer.text, answer.reasoning)}:
            return False
        said = response.replaced(message=streamed)
        return bool(streamed.content) and await self._judge(said, request) is not None

    async def _judge(self, response: GenerateResponse[Any], request: GenerateRequest) -> GenerateResponse[Any] | None:
        """Return what stands in place of an answer; None if it stays."""
        verdict = _verdict(await self._check(response))
        if verdict.reason is not None:
            _raise_blocked(verdict.reason, request)
        replacement: object = verdict.replacement
        if replacement is not None and not isinstance(replacement, GenerateResponse):
            raise _misfit(replacement, 'a GenerateResponse')
        return cast('GenerateResponse[Any] | None', replacement)

    async def _watch(self, params: ModelHookParams, gate: '_Gate', next_fn: ModelNext) -> GenerateResponse[Any]:
        """Return the answer, each of its chunks having been checked before it went out."""
        channel = Channel()
        content: list[Part] = []
        holding = False
        async with _Tasks() as tasks:
            answer = tasks.start(_awaited(next_fn(params, gate.ctx.replace_on_chunk(channel.put))))
            answer.add_done_callback(lambda _: channel.close())
            async for sent in channel:
                chunk = _as_chunk(sent)
                content = [*(() if chunk.aggregated else content), *chunk.content]
                if not holding:
                    so_far = GenerateResponse(message=Message(role=Role.MODEL, content=content))
                    holding = await self._judge(so_far, params.request) is not None
                (gate.hold if holding else gate.let_through)(chunk)
            return await answer


class _Gate:
    """Keeps chunks until it is known whether they may go out.

    Attributes:
        ctx: A context whose chunks are kept.
        passed: Whether any went out.
    """

    def __init__(self, ctx: GenerateMiddlewareContext) -> None:
        self._outside = ctx
        self._held: list[Any] = []
        self._is_open = False
        self.ctx = ctx.replace_on_chunk(self.hold) if ctx.is_streaming else ctx
        self.passed = False

    def hold(self, chunk: Any) -> None:
        """Keep a chunk, or let it out once the gate is open."""
        if self._is_open:
            self.let_through(chunk)
        else:
            self._held.append(chunk)

    def held_message(self) -> Message:
        """Return what the kept chunks say together."""
        content: list[Part] = []
        for chunk in map(_as_chunk, self._held):
            content = [*(() if chunk.aggregated else content), *chunk.content]
        return Message(role=Role.MODEL, content=content)

    def let_through(self, chunk: Any) -> None:
        """Let a chunk out."""
        self.passed = True
        self._outside.send_chunk(chunk)

    def open(self) -> None:
        """Let out what was kept and whatever comes."""
        self._is_open = True
        held, self._held = self._held, []
        for chunk in held:
            self.let_through(chunk)


class _Tasks:
    """Tasks that end with a block: those that still run are cancelled, and none is left behind."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self, work: Coroutine[Any, Any, T]) -> 'asyncio.Task[T]':
        """Begin some work."""
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def _as_chunk(sent: Any) -> GenerateResponseChunk[Any]:
    if isinstance(sent, GenerateResponseChunk):
        return cast('GenerateResponseChunk[Any]', sent)
    return GenerateResponseChunk.model_validate(sent)


def _verdict(said: Any) -> Verdict[Any]:
    if said is None:
        return Verdict()
    if isinstance(said, Verdict):
        return cast('Verdict[Any]', said)
    raise GenkitError(
        f'A check returned {said!r}; it must return Verdict.allow(), .block(reason), .replace(…), or None.',
        status='INVALID_ARGUMENT',
    )


def _raise_blocked(reason: str, request: GenerateRequest) -> None:
    GenerateResponse(finish_reason=FinishReason.BLOCKED, finish_message=reason, request=request).assert_valid()


def _misfit(replacement: Any, expected: str) -> GenkitError:
    return GenkitError(f'A check replaced with {replacement!r}; expected {expected}.', status='INVALID_ARGUMENT')
