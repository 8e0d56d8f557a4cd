# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The generate loop: ask the model, run the tools it asks for, ask again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._base.errors import ErrorReason, GenerationResponseError, GenkitError
from genkit._generate.adapt import adapt_request
from genkit._generate.chunks import ChunkSender
from genkit._generate.instructions import inject_instructions
from genkit._generate.output import OutputPlan, plan_output
from genkit._generate.resume import resume_tools
from genkit._generate.tools import (
    ToolOutcome,
    ToolSet,
    interrupted_message,
    resolve_tools,
    run_tools,
    tool_message,
)
from genkit._kinds.model import ModelAction
from genkit._registry.registry import AnyAction, Registry
from genkit._trace.span import Span
from genkit.types import (
    FinishReason,
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    Message,
    ModelRef,
)


DEFAULT_MAX_TURNS: Final = 5
_INTERRUPTED: Final = 'One or more tool calls resulted in interrupts.'


@dataclass(slots=True)
class Generation:
    """What a generate call needs beside its options, which can travel.

    Attributes:
        registry: Knows models, tools and formats.
        on_chunk: Takes the chunks; None if nobody reads them.
        output_type: The Python type of the output; None for plain data.
        tools: Tools that are given as actions.
        model: A model that is given as an action.
    """

    registry: Registry
    on_chunk: Callable[[Any], None] | None = None
    output_type: Any = None
    tools: Sequence[AnyAction] = field(default_factory=tuple)
    model: ModelAction | None = None


async def generate(options: GenerateActionOptions, generation: Generation) -> GenerateResponse[Any]:
    """Run the loop in a span of its own.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown model, tool or format; ``INVALID_ARGUMENT`` for options that do not
            fit; ``ABORTED`` after too many tool rounds; what a model or a tool raised.
        GenerationResponseError: The model was blocked or answered nothing.
    """
    with Span(options.step_name or 'generate', 'util', input_value=options) as span:
        response = await run_loop(options, generation)
        span.set_output(response)
        return response


def generate_action(registry: Registry) -> Action[GenerateActionOptions, GenerateResponse[Any]]:
    """Return the loop as the action ``/util/generate``, which the developer tools call."""

    async def run(options: GenerateActionOptions, context: ActionRunContext) -> GenerateResponse[Any]:
        return await run_loop(options, Generation(registry, context.streaming_callback))

    return Action(ActionKind.UTIL, 'generate', run, description='Runs a model with its tools.')


async def run_loop(options: GenerateActionOptions, generation: Generation) -> GenerateResponse[Any]:
    """Run the loop within the span that is current."""
    registry = generation.registry
    max_turns = _max_turns(options)
    model = generation.model or await resolve_model(registry, options.model)
    model.validate_config(options.config)
    tools = await resolve_tools(registry, options.tools or (), generation.tools)
    plan = plan_output(registry, options.output, generation.output_type)
    sender = ChunkSender(generation.on_chunk, plan.read_chunk)
    messages = options.messages
    _require_messages(messages)
    if options.resume is not None:
        outcomes = await resume_tools(tools, messages, options.resume)
        message = messages[-1]
        if any(outcome.interrupt for outcome in outcomes):
            request = _request(options, tools, plan, messages[:-1])
            return _interrupted(GenerateResponse(message=message), outcomes, request, plan)
        answers = tool_message(outcomes, {'resumed': options.resume.metadata or True})
        sender.send_message(answers)
        sender.next_turn()
        messages = [*messages[:-1], _with_requests(message, outcomes), answers]
    messages = inject_instructions(messages, plan.instructions)
    for turn in range(max_turns + 1):
        request = _request(options, tools, plan, messages)
        call = await model.arun(adapt_request(request, model), on_chunk=sender.model_callback)
        response = _checked(call.response, request, plan, model)
        message = response.message
        if message is None or options.return_tool_requests or not message.tool_requests:
            return response
        if turn == max_turns:
            raise GenerationResponseError(
                response,
                f'Exceeded maximum tool call iterations ({max_turns}). Raise max_turns, or give the tools fewer steps.',
                status='ABORTED',
                reason=ErrorReason.MAX_TURNS_EXCEEDED,
            )
        outcomes = await run_tools(tools, message)
        if any(outcome.interrupt for outcome in outcomes):
            return _interrupted(response, outcomes, request, plan)
        answers = tool_message(outcomes)
        sender.send_message(answers)
        sender.next_turn()
        messages = [*messages, message, answers]
    raise AssertionError('the loop returns or raises')


async def resolve_model(registry: Registry, name: str | None) -> ModelAction:
    """Return the model of a name, or the default one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` without any, ``NOT_FOUND`` for an unknown one.
    """
    if name is None:
        default = registry.lookup_value('defaultModel', 'defaultModel')
        name = default.name if isinstance(default, ModelRef) else default
    if not name:
        raise GenkitError(
            "No model configured. Pass model='<plugin>/<model>' to the call or to Genkit(…).",
            status='INVALID_ARGUMENT',
        )
    action = await registry.resolve_action(ActionKind.MODEL, name)
    if isinstance(action, ModelAction):
        return action
    raise await registry.not_found(ActionKind.MODEL, name)


def _max_turns(options: GenerateActionOptions) -> int:
    turns = DEFAULT_MAX_TURNS if options.max_turns is None else options.max_turns
    if turns < 0:
        raise GenkitError(f'max_turns is {turns}; it must be 0 or more.', status='INVALID_ARGUMENT')
    return turns


def _require_messages(messages: Sequence[Message]) -> None:
    if not messages:
        raise GenkitError(
            'At least one message is required in a generate request: pass prompt= or messages=.',
            status='INVALID_ARGUMENT',
        )


def _request(
    options: GenerateActionOptions, tools: ToolSet, plan: OutputPlan, messages: Sequence[Message]
) -> GenerateRequest:
    return GenerateRequest(
        messages=list(messages),
        config={} if options.config is None else options.config,
        tools=tools.definitions,
        tool_choice=options.tool_choice,
        output=plan.request,
        docs=options.docs,
    )


def _checked(response: Any, request: GenerateRequest, plan: OutputPlan, model: ModelAction) -> GenerateResponse[Any]:
    if not isinstance(response, GenerateResponse):
        try:
            response = GenerateResponse.model_validate(response)
        except ValueError as error:
            raise GenkitError(
                f'Model {model.name!r} returned {type(response).__name__}, which is no GenerateResponse.',
                status='INTERNAL',
                cause=error,
            ) from error
    answer = cast('GenerateResponse[Any]', response).answering(request, plan.read_message)
    answer.assert_valid()
    return answer


def _interrupted(
    response: GenerateResponse[Any], outcomes: Sequence[ToolOutcome], request: GenerateRequest, plan: OutputPlan
) -> GenerateResponse[Any]:
    assert response.message is not None
    return response.replaced(
        message=interrupted_message(response.message, outcomes),
        finish_reason=FinishReason.INTERRUPTED,
        finish_message=_INTERRUPTED,
    ).answering(request, plan.read_message)


def _with_requests(message: Message, outcomes: Sequence[ToolOutcome]) -> Message:
    """Return a model's message with its tool requests as they stand after resuming."""
    requests = iter(outcome.request for outcome in outcomes)
    content = [part if not _is_request(part) else next(requests) for part in message.content]
    return message.replaced(content=content)


def _is_request(part: Any) -> bool:
    return hasattr(part, 'tool_request')
