# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The generate loop: turn after turn until the model has answered."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from genkit._action.action import Action, ActionResponse
from genkit._action.context import CURRENT_RUN, ActionRunContext, current_context
from genkit._action.function import is_async
from genkit._action.kind import ActionKind
from genkit._action.stream import StreamResponse
from genkit._base.suggest import refuse
from genkit._generate.chunks import reader_failed
from genkit._generate.hooks import NO_HOOKS, Hooks, MiddlewareArgument, resolve_middleware, run_hooks
from genkit._generate.turn import TurnRunner
from genkit._kinds.model import ModelAction
from genkit._registry.registry import AnyAction, Registry
from genkit._trace.conventions.gen_ai import total_usage_attributes
from genkit._trace.recorded import Recorded, recorded_around
from genkit._trace.span import open_span
from genkit.middleware.interface import GenerateHookParams, GenerateMiddlewareContext
from genkit.types import GenerateActionOptions, GenerateResponse


_NOTHING: Final = Recorded('{}')
_NO_ATTRIBUTES: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(slots=True)
class Generation:
    """What one generate call needs beside its options, which can travel, and what it leaves.

    Attributes:
        registry: Knows models, tools, formats and middleware.
        on_chunk: Takes the chunks; None if the caller does not stream.
        output_type: The Python type of the output; None for plain data.
        tools: Tools that are given as actions.
        model: A model that is given as an action.
        use: Middleware; None to take what the options name.
        streams_whole: Whether a message of a model that does not stream is sent as one chunk.
        run: The model's last run; None if middleware may have changed what it was asked or what it said.
        recorded: What the call's span recorded of its answer; None if nothing is recorded.
    """

    registry: Registry
    on_chunk: Callable[[Any], None] | None = None
    output_type: Any = None
    tools: Sequence[AnyAction] = field(default_factory=tuple)
    model: ModelAction | None = None
    use: Sequence[MiddlewareArgument] | None = None
    streams_whole: bool = False
    run: ActionResponse[Any] | None = None
    recorded: Recorded | None = None


async def generate(options: GenerateActionOptions, generation: Generation) -> GenerateResponse[Any]:
    """Run the loop in its own span.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown model, tool, format or middleware; ``INVALID_ARGUMENT`` for options
            that do not fit; ``ABORTED`` after too many tool rounds; what a model, a tool or a middleware raised.
        GenerationResponseError: The model was blocked or answered nothing.
    """
    with open_span(options.step_name or 'generate', 'util', input_value=options, describe=_consumed) as span:
        response = await run_loop(options, generation)
        span.set_output(response, _known(response, generation.run))
    generation.recorded = span.recorded_output
    return response


def _consumed(_name: str, _options: Any, response: GenerateResponse[Any] | None) -> Mapping[str, Any]:
    """Return what several turns consumed together, under names that nobody adds to those of the models' spans."""
    if response is None or response.total_usage is response.usage:
        return _NO_ATTRIBUTES
    return total_usage_attributes(response.total_usage)


def _known(response: GenerateResponse[Any], run: ActionResponse[Any] | None) -> Recorded | None:
    """Return what is recorded of an answer, made of what the model's own span recorded; None if it recorded nothing."""
    if run is None or run.span.recorded_input is None:
        return None
    answer, known = run.response, run.span.recorded_output
    same = isinstance(answer, GenerateResponse) and answer.message is response.message and answer.request is None
    if not same or known is None or not known.is_object:
        return recorded_around(response, 'request', run.span.recorded_input)
    members: dict[str, Recorded] = {}
    if answer.usage is None:
        members['usage'] = _NOTHING
    if answer.custom is None:
        members['custom'] = _NOTHING
    members['request'] = run.span.recorded_input
    return Recorded(known, members)


async def generate_with_context(
    options: GenerateActionOptions, generation: Generation, context: Mapping[str, Any] | None
) -> GenerateResponse[Any]:
    """Run the loop with its own context; without one it inherits the caller's."""
    if generation.on_chunk is not None:
        if not callable(generation.on_chunk):
            refuse('on_chunk', generation.on_chunk, 'expected a function that takes the chunks: write on_chunk=print.')
        if is_async(generation.on_chunk):
            return await _awaiting_chunks(options, generation, context)
    base = generation.registry.context
    if context is None and (not base or CURRENT_RUN.get() is not None):
        return await generate(options, generation)
    run = ActionRunContext({**base, **(context or {})})
    token = CURRENT_RUN.set(run)
    try:
        return await generate(options, generation)
    except BaseException:
        run.abort()
        raise
    finally:
        CURRENT_RUN.reset(token)


async def _awaiting_chunks(
    options: GenerateActionOptions, generation: Generation, context: Mapping[str, Any] | None
) -> GenerateResponse[Any]:
    """Run the loop while a coroutine function takes the chunks, one after the other."""
    take: Any = generation.on_chunk

    def start(put: Callable[[Any], None]) -> Coroutine[Any, Any, GenerateResponse[Any]]:
        generation.on_chunk = put
        return generate_with_context(options, generation, context)

    async with StreamResponse(start) as stream:
        async for chunk in stream:
            try:
                await take(chunk)
            except Exception as error:
                raise reader_failed(error) from error
        return await stream.response


def generate_action(registry: Registry) -> Action[GenerateActionOptions, GenerateResponse[Any]]:
    """Return the loop as the action ``/util/generate``, which the developer tools call."""

    async def run(options: GenerateActionOptions, context: ActionRunContext) -> GenerateResponse[Any]:
        return await run_loop(options, Generation(registry, context.streaming_callback))

    return Action(ActionKind.UTIL, 'generate', run, description='Runs a model with its tools.')


async def run_loop(options: GenerateActionOptions, generation: Generation) -> GenerateResponse[Any]:
    """Run the loop within the span that is current."""
    registry = generation.registry
    use = generation.use if generation.use is not None else options.use or ()
    hooks = Hooks(resolve_middleware(registry, use)) if use else NO_HOOKS
    ctx = GenerateMiddlewareContext(registry, current_context() or {}, generation.on_chunk)
    extra = [*generation.tools, *hooks.tools(ctx)] if use else generation.tools
    runner = TurnRunner(
        registry, hooks, generation.model, extra, generation.output_type, streams_whole=generation.streams_whole
    )
    params = GenerateHookParams(options)
    if hooks.generate:
        return await _run_wrapped(runner, hooks, params, ctx)
    outcome = await runner.run(params, ctx)
    while not isinstance(outcome, GenerateResponse):
        outcome = await runner.run(outcome, ctx)
    generation.run = runner.last_run
    return outcome


async def _run_wrapped(
    runner: TurnRunner, hooks: Hooks, params: GenerateHookParams, ctx: GenerateMiddlewareContext
) -> GenerateResponse[Any]:
    """Run a turn, and those after it, inside the generate hooks."""

    async def turn(params: GenerateHookParams, inner: GenerateMiddlewareContext) -> GenerateResponse[Any]:
        outcome = await runner.run(params, inner)
        if isinstance(outcome, GenerateResponse):
            return outcome
        return await _run_wrapped(runner, hooks, outcome, ctx)

    return await run_hooks(hooks.generate, params, ctx, turn)
