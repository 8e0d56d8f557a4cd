# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the tools of a call and runs what the model asks for."""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit._base.errors import ErrorReason, GenkitError, Interrupt
from genkit._base.extract import UNFINISHED, read_final_json
from genkit._base.suggest import as_list, did_you_mean
from genkit._generate.hooks import run_hooks
from genkit._kinds.tool import Tool, ToolAction, make_tool
from genkit._registry.registry import AnyAction, Registry
from genkit.middleware.interface import GenerateMiddlewareContext, ToolHookParams
from genkit.types import (
    Message,
    MultipartToolResponse,
    Role,
    ToolDefinition,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)


_SHOWN: Final = 200

OptionsT = TypeVar('OptionsT', bound=Mapping[str, Any])


class UsableAsTool(Protocol):
    """Something that can be made a tool, such as an agent."""

    def as_tool(self) -> ToolAction:
        """Return it as a tool."""
        ...


ToolArgument: TypeAlias = 'str | Tool[..., Any] | AnyAction | UsableAsTool | Callable[..., Any]'


def tool_action(tool: Any, place: str) -> AnyAction:
    """Return a tool as an action: a decorated one, a plain function, or an agent.

    Args:
        tool: The tool.
        place: Where it was given, for the message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    if isinstance(tool, Action):
        return cast('AnyAction', tool)
    if isinstance(tool, Tool):
        return cast('Tool[..., Any]', tool).action
    if hasattr(tool, 'as_tool') and not inspect.iscoroutinefunction(tool.as_tool):
        return tool.as_tool()
    if callable(tool) and not isinstance(tool, type):
        return make_tool(tool).action
    raise GenkitError(
        f'{place} is {tool!r}; give a function, best one that was decorated with @ai.tool, the name of a tool, '
        'or an agent.',
        status='INVALID_ARGUMENT',
    )


def with_tools_made(options: OptionsT) -> OptionsT:
    """Return options in which the plain functions among the tools have been made tools.

    A call that goes on in its own task, and a prompt that is used later, do this at once: types that are local to
    the caller are found only while the caller's code is on the stack.
    """
    tools = as_list('tools', options.get('tools'))
    if not any(map(_is_plain, tools)):
        return options
    made = [make_tool(tool).action if _is_plain(tool) else tool for tool in tools]
    return cast('OptionsT', {**options, 'tools': made})


def _is_plain(tool: Any) -> bool:
    return inspect.isfunction(tool) or inspect.ismethod(tool)


@dataclass(frozen=True, slots=True)
class ToolSet:
    """The tools of a call, by the name the model knows and by their full name."""

    definitions: list[ToolDefinition]
    by_name: Mapping[str, AnyAction]

    def find(self, request: ToolRequest) -> AnyAction:
        """Return the tool that a model asks for.

        Raises:
            GenkitError: ``NOT_FOUND`` naming the tools there are.
        """
        tool = self.by_name.get(request.name)
        if tool is None:
            names = sorted({definition.name for definition in self.definitions})
            raise GenkitError(
                f'Tool {request.name!r} not found.{did_you_mean(request.name, names)} '
                f'The model asked for it; it was offered {names!r}.',
                status='NOT_FOUND',
                reason=ErrorReason.TOOL_NOT_FOUND,
            )
        return tool


NO_TOOLS = ToolSet([], {})
_TOOLS = (ActionKind.TOOL, ActionKind.TOOL_V2)


async def resolve_tools(registry: Registry, names: Sequence[str], extra: Sequence[AnyAction] = ()) -> ToolSet:
    """Return the tools that names, keys and ``<host>:tool/<pattern>`` stand for, and those that come as actions.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown name, ``INVALID_ARGUMENT`` if two end in the same name.
    """
    if not names and not extra:
        return NO_TOOLS
    actions: list[AnyAction] = []
    for name in names:
        kinds, plain = _named(name)
        action = next(filter(None, (registry.lookup_action(kind, plain) for kind in kinds)), None)
        actions.extend([action] if action else await registry.find_actions(kinds[0], plain))
    actions.extend(registry.in_place_of(action) for action in extra)
    by_name: dict[str, AnyAction] = {}
    definitions: list[ToolDefinition] = []
    for action in actions:
        definition = tool_definition(action)
        if definition.name in by_name:
            raise GenkitError(
                f'Cannot provide two tools with the same name: {by_name[definition.name].name!r} and {action.name!r}.',
                status='INVALID_ARGUMENT',
            )
        by_name[definition.name] = action
        definitions.append(definition)
    return ToolSet(definitions, {**{action.name: action for action in actions}, **by_name})


def _named(name: str) -> tuple[tuple[ActionKind, ...], str]:
    """Return the kinds that a tool may be of, and its name: ``/tool/<name>``, as other SDKs send it, says both."""
    for kind in _TOOLS:
        if name.startswith(f'/{kind}/'):
            return (kind,), name.removeprefix(f'/{kind}/')
    return _TOOLS, name


def tool_definition(action: AnyAction) -> ToolDefinition:
    """Return an action as models see it."""
    if isinstance(action, ToolAction):
        return action.definition()
    return ToolDefinition(
        name=action.name.rpartition('/')[2],
        description=action.description or '',
        input_schema=action.input_schema,
        output_schema=action.output_schema,
    )


@dataclass(slots=True)
class ToolOutcome:
    """The outcome of one tool request: a tool response, or an interrupt awaiting the caller.

    Attributes:
        request: The request as it stands in the model's message from now on.
    """

    request: ToolRequestPart
    response: ToolResponsePart | None = None
    interrupt: Interrupt | None = None

    @property
    def pending_request(self) -> ToolRequestPart:
        """The request as it waits in an interrupted message: marked, or with the answer it has already."""
        metadata = dict(self.request.metadata or {})
        if self.interrupt is not None:
            metadata['interrupt'] = self.interrupt.metadata or True
        elif self.response is not None:
            metadata['pendingOutput'] = self.response.tool_response.output
            if self.response.tool_response.content:
                metadata['pendingContent'] = self.response.tool_response.content
            if self.response.metadata:
                metadata['pendingMetadata'] = self.response.metadata
        return self.request.replaced(metadata=metadata)


async def run_together(runs: Sequence[Any]) -> list[Any]:
    """Await some coroutines at the same time; the first failure cancels the others and is raised by itself."""
    if len(runs) == 1:
        return [await runs[0]]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run) for run in runs]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


class ToolRunner:
    """Runs the tools of a turn inside the tool hooks.

    Args:
        tools: What there is.
        hooks: Around each execution.
        ctx: The call.
    """

    __slots__ = ('_ctx', '_hooks', '_tools')

    def __init__(self, tools: ToolSet, hooks: Sequence[Any], ctx: GenerateMiddlewareContext) -> None:
        self._tools = tools
        self._hooks = hooks
        self._ctx = ctx

    async def run_all(self, requests: Sequence[ToolRequestPart]) -> list[ToolOutcome]:
        """Run the tools that are asked for, at the same time; outcomes are in the order of the requests.

        Raises:
            GenkitError: ``NOT_FOUND`` before any tool runs if one is unknown; else the first failure, the others
                having been cancelled.
        """
        found = [(part, self._tools.find(part.tool_request)) for part in requests]
        return await run_together([self._run(tool, part) for part, tool in found])

    async def run(self, part: ToolRequestPart, **options: Any) -> ToolOutcome:
        """Run one tool; an interrupt is an outcome, any other error is raised."""
        return await self._run(self._tools.find(part.tool_request), part, **options)

    async def _run(self, tool: AnyAction, part: ToolRequestPart, **options: Any) -> ToolOutcome:
        try:
            if not self._hooks:
                _require_arguments(part)
                return _outcome(part, (await tool.arun_raw(part.tool_request.input, **options)).response)
            ctx = replace(self._ctx, resumed=options.get('resumed'))
            params = ToolHookParams(part, tool)

            async def last(params: ToolHookParams, _ctx: GenerateMiddlewareContext) -> MultipartToolResponse:
                _require_arguments(params.tool_request_part)
                request = params.tool_request_part.tool_request
                result = (await params.tool.arun_raw(request.input, **options)).response
                return result if isinstance(result, MultipartToolResponse) else MultipartToolResponse(output=result)

            return _outcome(part, await run_hooks(self._hooks, params, ctx, last))
        except Interrupt as interrupt:
            return ToolOutcome(part, interrupt=interrupt)


def is_unfinished(part: ToolRequestPart) -> bool:
    """Return whether a request is noted to be unfinished, or its arguments are JSON that was begun and not closed."""
    given = part.tool_request.input
    if part.metadata and part.metadata.get(UNFINISHED):
        return True
    if not isinstance(given, str):
        return False
    found = read_final_json(given)
    return found is not None and found.unfinished


def _require_arguments(part: ToolRequestPart) -> None:
    """Raise if a model ended a request in the middle of its arguments, whatever the tool's schema takes."""
    request = part.tool_request
    if isinstance(request.input, str) and (part.metadata or {}).get(UNFINISHED):
        raise GenkitError(
            f'The arguments for tool {request.name!r} end with {request.input[-_SHOWN:]!r}, which is unfinished JSON; '
            'they must be complete. Ask again, or use reask() to give them back to the model.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_INPUT,
        )


def _outcome(part: ToolRequestPart, result: Any) -> ToolOutcome:
    request = part.tool_request
    if isinstance(result, MultipartToolResponse):
        answer = ToolResponse.trusted(name=request.name, ref=request.ref, output=result.output, content=result.content)
        return ToolOutcome(part, ToolResponsePart.trusted(tool_response=answer, metadata=result.metadata))
    answer = ToolResponse.trusted(name=request.name, ref=request.ref, output=result)
    return ToolOutcome(part, ToolResponsePart.trusted(tool_response=answer))


def tool_message(outcomes: Sequence[ToolOutcome], metadata: dict[str, Any] | None = None) -> Message:
    """Return the message that answers a model's requests."""
    answers = [outcome.response for outcome in outcomes if outcome.response is not None]
    return Message.trusted(role=Role.TOOL, content=list(answers), metadata=metadata)


def interrupted_message(message: Message, outcomes: Sequence[ToolOutcome]) -> Message:
    """Return a model's message with each request marked with what became of it."""
    waiting = iter(outcomes)
    content = [next(waiting).pending_request if isinstance(part, ToolRequestPart) else part for part in message.content]
    return message.replaced(content=content)
