# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One turn of the loop: one call of the model and the tools it asks for."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias, cast

from genkit._action.action import ActionResponse
from genkit._action.kind import ActionKind
from genkit._base.errors import ErrorReason, GenerationResponseError, GenkitError
from genkit._generate.chunks import ChunkSender
from genkit._generate.hooks import Hooks, run_hooks
from genkit._generate.output import PLAIN_OUTPUT, OutputPlan, plan_output
from genkit._generate.resources import fill_resources, has_resources
from genkit._generate.resume import resume_tools, with_requests
from genkit._generate.tally import count_usage
from genkit._generate.tools import (
    ToolOutcome,
    ToolRunner,
    ToolSet,
    interrupted_message,
    is_unfinished,
    resolve_tools,
    tool_message,
)
from genkit._kinds.instructions import inject_instructions
from genkit._kinds.model import ModelAction
from genkit._registry.registry import AnyAction, Registry
from genkit.middleware.interface import GenerateHookParams, GenerateMiddlewareContext, ModelHookParams
from genkit.types import (
    FinishReason,
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    GenerationUsage,
    Message,
    ModelRef,
    ToolRequestPart,
)


DEFAULT_MAX_TURNS: Final = 5
_SHORTER: Final = 'Raise max_output_tokens, or ask for less at a time.'
_INTERRUPTED: Final = 'One or more tool calls resulted in interrupts.'

TurnOutcome: TypeAlias = GenerateResponse[Any] | GenerateHookParams


@dataclass(slots=True)
class _Resolved:
    """What the names in some options stand for."""

    model: ModelAction
    tools: ToolSet
    plan: OutputPlan


class TurnRunner:
    """Runs the turns of one generate call.

    Args:
        registry: Knows models, tools and formats.
        hooks: Around model and tools.
        model: A model that is given as an action.
        tools: Tools that are given as actions.
        output_type: The Python type of the output.
        streams_whole: Whether a message of a model that does not stream is sent as one chunk.

    Attributes:
        last_run: The model's last run, if no middleware stood between.
    """

    __slots__ = (
        '_hooks',
        '_model',
        '_output_type',
        '_registry',
        '_resolved',
        '_resolved_for',
        '_spent',
        '_streams_whole',
        '_tools',
        'last_run',
    )

    def __init__(
        self,
        registry: Registry,
        hooks: Hooks,
        model: ModelAction | None,
        tools: Sequence[AnyAction],
        output_type: Any,
        *,
        streams_whole: bool = False,
    ) -> None:
        self._registry = registry
        self._hooks = hooks
        self._model = model
        self._tools = tools
        self._output_type = output_type
        self._streams_whole = streams_whole
        self._resolved: _Resolved | None = None
        self._resolved_for: tuple[Any, ...] = ()
        self._spent: GenerationUsage | None = None
        self.last_run: ActionResponse[Any] | None = None

    async def run(self, params: GenerateHookParams, ctx: GenerateMiddlewareContext) -> TurnOutcome:
        """Return the answer, or the next turn if the model asked for tools."""
        options = params.options
        max_turns = _max_turns(options)
        resolved = await self._resolve(options)
        _require_messages(options.messages)
        sender = ChunkSender(ctx.on_chunk, resolved.plan.read_chunk, params.message_index)
        messages = options.messages
        if has_resources(messages):
            messages = await fill_resources(self._registry, messages, options.resources)
        if options.resume is not None:
            resumed = await self._resume(resolved, options.replaced(messages=messages), sender, ctx)
            if isinstance(resumed, GenerateResponse):
                return resumed
            messages = resumed
        messages = inject_instructions(messages, resolved.plan.instructions)
        request = _request(options, resolved, messages)
        response = await self._ask(resolved, request, sender, ctx)
        spent = self._spend(response.usage)
        if response.message is not None and resolved.plan is not PLAIN_OUTPUT:
            response = response.replaced(message=resolved.plan.labelled(response.message))
        message = response.message
        if self._streams_whole and message is not None:
            sender.send_unstreamed(message)
        requests = () if message is None else message.tool_requests
        if message is None or options.return_tool_requests or not requests:
            return _answering(response, request, resolved, spent)
        if params.iteration >= max_turns:
            raise GenerationResponseError(
                _answering(response, request, resolved, spent),
                f'Exceeded maximum tool call iterations ({max_turns}). Raise max_turns, or give the tools fewer steps.',
                status='ABORTED',
                reason=ErrorReason.MAX_TURNS_EXCEEDED,
            )
        if (cut_off := _cut_off(response, requests)) is not None:
            raise GenerationResponseError(
                _answering(response, request, resolved, spent),
                f'{cut_off} No tool was run; the error holds what there is as `response`.',
                status='OUT_OF_RANGE',
                reason=ErrorReason.ANSWER_CUT_OFF,
            )
        outcomes = await ToolRunner(resolved.tools, self._hooks.tool, ctx).run_all(requests)
        if any(outcome.interrupt for outcome in outcomes):
            return _answering(_interrupted(response, outcomes), request, resolved, spent)
        answers = tool_message(outcomes)
        sender.send_message(answers)
        following = options.replaced(messages=[*messages, message, answers], resume=None)
        return GenerateHookParams(following, params.iteration + 1, sender.next_index)

    async def _resume(
        self,
        resolved: _Resolved,
        options: GenerateActionOptions,
        sender: ChunkSender,
        ctx: GenerateMiddlewareContext,
    ) -> list[Message] | GenerateResponse[Any]:
        """Return the messages with the waiting requests answered, or an answer that waits again."""
        assert options.resume is not None
        messages = options.messages
        runner = ToolRunner(resolved.tools, self._hooks.tool, ctx)
        outcomes = await resume_tools(runner, messages, options.resume)
        message = messages[-1]
        if any(outcome.interrupt for outcome in outcomes):
            request = _request(options, resolved, messages[:-1])
            return _answering(_interrupted(GenerateResponse(message=message), outcomes), request, resolved)
        answers = tool_message(outcomes, {'resumed': options.resume.metadata or True})
        sender.send_message(answers)
        sender.next_turn()
        return [*messages[:-1], with_requests(message, outcomes), answers]

    async def _ask(
        self, resolved: _Resolved, request: GenerateRequest, sender: ChunkSender, ctx: GenerateMiddlewareContext
    ) -> GenerateResponse[Any]:
        """Return what the model says; only middleware gets it together with what it answers."""
        model = resolved.model
        if not self._hooks.model:
            self.last_run = await model.arun(request, on_chunk=sender.model_callback)
            return _checked(self.last_run.response, request, resolved)

        usages: list[GenerationUsage | None] = []

        async def ask(params: ModelHookParams, inner: GenerateMiddlewareContext) -> GenerateResponse[Any]:
            raw_answer = (await model.arun(params.request, on_chunk=inner.on_chunk)).response
            answer = _checked(raw_answer, params.request, resolved)
            usages.append(answer.usage)
            return _answering(answer, params.request, resolved)

        raw = replace(ctx, on_chunk=sender.model_callback, model=model.name)
        answer = await run_hooks(self._hooks.model, ModelHookParams(request), raw, ask)
        for usage in usages[:-1]:  # of answers that middleware did not keep; the last one is that of the answer
            self._spend(usage)
        return _checked(answer, request, resolved)

    def _spend(self, usage: GenerationUsage | None) -> GenerationUsage | None:
        """Count what a call of the model consumed; return it together with the calls before, or None for the first."""
        if usage is not None:
            count_usage(usage)
        before = self._spent
        spent = None if before is None else before + (usage or GenerationUsage())
        self._spent = spent or usage
        return spent

    async def _resolve(self, options: GenerateActionOptions) -> _Resolved:
        """Return what the options name; found once, and again only where a hook has changed them."""
        wanted = (options.model, options.tools, options.output, options.config)
        if self._resolved is not None and all(map(operator.is_, wanted, self._resolved_for)):
            return self._resolved
        model = await resolve_model(self._registry, options.model, self._model)
        model.validate_config(options.config)
        tools = await resolve_tools(self._registry, options.tools or (), self._tools)
        plan = plan_output(self._registry, options.output, self._output_type)
        self._resolved = _Resolved(model, tools, plan)
        self._resolved_for = wanted
        return self._resolved


async def resolve_model(registry: Registry, name: str | None, given: ModelAction | None = None) -> ModelAction:
    """Return the model that is given as an action, or that of a name, or the default one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` without any, ``NOT_FOUND`` for an unknown one.
    """
    if given is not None:
        return cast('ModelAction', registry.in_place_of(given))
    if name is None:
        default = registry.lookup_value('defaultModel', 'defaultModel')
        name = default.name if isinstance(default, ModelRef) else default
    if not name and not isinstance(registry.stand_in(ActionKind.MODEL, ''), ModelAction):
        raise GenkitError(
            "No model configured. Pass model='<plugin>/<model>' to the call or to Genkit(…).",
            status='INVALID_ARGUMENT',
        )
    name = name or ''
    kinds = (ActionKind.MODEL, ActionKind.BACKGROUND_MODEL)
    for kind in kinds:
        action = registry.lookup_action(kind, name)
        if isinstance(action, ModelAction):
            return action
    for kind in kinds:
        action = await registry.resolve_action(kind, name)
        if isinstance(action, ModelAction):
            return action
    raise await registry.not_found(ActionKind.MODEL, name)


async def resolve_request(registry: Registry, options: GenerateActionOptions) -> GenerateRequest:
    """Return the request that some options would begin with, tools and output resolved, without asking a model."""
    tools = await resolve_tools(registry, options.tools or ())
    plan = plan_output(registry, options.output, None)
    messages = inject_instructions(options.messages, plan.instructions)
    return GenerateRequest(
        messages=messages,
        config=options.config or {},
        tools=tools.definitions,
        tool_choice=options.tool_choice,
        output=plan.request,
        docs=options.docs,
    )


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


def _request(options: GenerateActionOptions, resolved: _Resolved, messages: Sequence[Message]) -> GenerateRequest:
    return GenerateRequest.trusted(
        messages=list(messages),
        config={} if options.config is None else options.config,
        tools=resolved.tools.definitions,
        tool_choice=options.tool_choice,
        output=resolved.plan.request,
        docs=options.docs,
    )


def _checked(response: Any, request: GenerateRequest, resolved: _Resolved) -> GenerateResponse[Any]:
    """Return what a model said, if it is a response and not an empty or a blocked one."""
    if not isinstance(response, GenerateResponse):
        try:
            response = GenerateResponse.model_validate(response)
        except ValueError as error:
            raise GenkitError(
                f'Model {resolved.model.name!r} returned {type(response).__name__}, which is no GenerateResponse.',
                status='INTERNAL',
                cause=error,
            ) from error
    answer = cast('GenerateResponse[Any]', response)
    if answer.message is None or answer.finish_reason == FinishReason.BLOCKED:
        _answering(answer, request, resolved).assert_valid()
    return answer


def _answering(
    response: GenerateResponse[Any],
    request: GenerateRequest,
    resolved: _Resolved,
    spent: GenerationUsage | None = None,
) -> GenerateResponse[Any]:
    return response.answering(request, resolved.plan.reader(response.finish_reason), resolved.model.name, spent)


def _cut_off(response: GenerateResponse[Any], requests: Sequence[ToolRequestPart]) -> str | None:
    """Return what is missing of an answer that asks for tools; None if it is whole."""
    reason = response.finish_reason
    if reason is FinishReason.STOP:
        return None
    if reason == FinishReason.LENGTH:
        return f'The answer reached the limit on its length while it asked for {_asked_for(requests)}. {_SHORTER}'
    if not any(map(is_unfinished, requests)):
        return None
    if reason is None or reason == FinishReason.UNKNOWN:
        told = 'ended without a reason in the middle of the arguments'
        return f'The answer {told} for {_asked_for(requests)}. {_SHORTER}'
    said = f' ({response.finish_message})' if response.finish_message else ''
    calls = _asked_for(requests)
    return f'The answer ended with {str(reason)!r}{said} and a call of {calls} that is not whole. Ask again.'


def _asked_for(requests: Sequence[ToolRequestPart]) -> str:
    return ', '.join(sorted({repr(part.tool_request.name) for part in requests}))


def _interrupted(response: GenerateResponse[Any], outcomes: Sequence[ToolOutcome]) -> GenerateResponse[Any]:
    assert response.message is not None
    return response.replaced(
        message=interrupted_message(response.message, outcomes),
        finish_reason=FinishReason.INTERRUPTED,
        finish_message=_INTERRUPTED,
    )
