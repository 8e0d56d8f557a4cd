# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools: functions that a model may call."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, Concatenate, ParamSpec, Self, Unpack, overload

from typing_extensions import TypeVar

from genkit._action.action import Action, ActionResponse, CallOptions
from genkit._action.context import ActionRunContext, ToolRunContext
from genkit._action.function import UserFunction, function_name
from genkit._action.kind import ActionKind
from genkit._action.parameters import check_parameters, spread_parameters, unbound_method
from genkit._action.sendable import sendable
from genkit._action.stream import with_timeout
from genkit._action.wrapped import WrappedFunction
from genkit._base.json_schema import require_json_schema
from genkit._base.json_stream import without_lone_surrogates
from genkit._registry.registry import Registry
from genkit._trace.conventions.gen_ai import tool_attributes
from genkit.types import (
    MultipartToolResponse,
    Part,
    TextPart,
    ToolDefinition,
    ToolRequestPart,
    ToolResponsePart,
)


P = ParamSpec('P')
R = TypeVar('R', default=Any)
ResultT = TypeVar('ResultT')
InstanceT = TypeVar('InstanceT')
BoundP = ParamSpec('BoundP')


class ToolCallOptions(CallOptions, total=False):
    """Options of a tool call.

    Attributes:
        resumed: Metadata given when the tool was restarted; True if none was given.
        original_input: The input before it was replaced on restarting.
        interrupt_metadata: The metadata of the tool's interrupt.
    """

    resumed: Any
    original_input: Any
    interrupt_metadata: Any


class ToolAction(Action[Any, Any, Any]):
    """A tool as an action."""

    telemetry = staticmethod(tool_attributes)

    @property
    def input_name(self) -> str | None:
        """The name of the parameter that is the input; None without one."""
        return self._function.input_name

    def definition(self) -> ToolDefinition:
        """Return the definition sent to models.

        Its name is ``modelName`` of the action's metadata, else the last segment of the name; the full name is in the
        definition's metadata.
        """
        short = str(self.metadata.get('modelName') or self.name.rpartition('/')[2])
        named = {} if short == self.name else {'originalName': self.name}
        if self.input_name is not None and self.input_schema and self.input_schema.get('type') != 'object':
            named['inputName'] = self.input_name  # the schema does not hold it, and protocols want a name
        return ToolDefinition(
            name=short,
            description=self.description or '',
            input_schema=self.input_schema,
            output_schema=self.output_schema,
            metadata=named or None,
        )

    async def arun_raw(self, raw_input: Any = None, **call: Unpack[CallOptions]) -> ActionResponse[Any]:
        """Run for a model or another program; what the tool returned is checked, and put in a form that can be sent.

        Raises:
            GenkitError: As `Action.arun_raw`; ``INTERNAL``, reason ``TOOL_FAILED``, if the result cannot be sent.
        """
        timeout = call.get('timeout')
        running = self._run_traced(self.validate(raw_input), call)
        answer = await (running if timeout is None else with_timeout(running, timeout))
        result = sendable_result(answer.response, self.name)
        return answer if result is answer.response else ActionResponse(result, answer.span)

    def _run_context(self, context: dict[str, Any], call: CallOptions) -> ActionRunContext:
        options: Any = call  # those of `ToolCallOptions`
        return ToolRunContext(
            context,
            call.get('on_chunk'),
            resumed_metadata=options.get('resumed'),
            original_input=options.get('original_input'),
            interrupt_metadata=options.get('interrupt_metadata'),
        )


class Tool(WrappedFunction[P, R, ToolAction]):
    """A function defined as a tool; it is called like the original function."""

    # The instance of a method is its first parameter.
    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(
        self: 'Tool[Concatenate[InstanceT, BoundP], ResultT]', instance: InstanceT, owner: type[Any]
    ) -> 'Tool[BoundP, ResultT]': ...

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        """Return a method that was decorated in its class as a tool of an instance."""
        return super().__get__(instance, owner)

    def definition(self) -> ToolDefinition:
        """Return the tool definition sent to models."""
        return self.action.definition()


def define_tool(
    registry: Registry,
    fn: Callable[P, R],
    name: str | None = None,
    description: str | None = None,
    *,
    multipart: bool = False,
    input_schema: Any = None,
    metadata: dict[str, Any] | None = None,
) -> Tool[P, R]:
    """Register a function as a tool: as ``tool`` with its plain output and as ``tool.v2`` with the output wrapped.

    Args:
        registry: The registry to add it to.
        fn: The function. Its parameters are the members of the tool's input; a single one is the input itself. A
            parameter that is a `ToolRunContext` gets the context.
        name: The tool's name. Default: the function's name.
        description: Description for the model. Default: the function's docstring.
        multipart: Whether it returns a `MultipartToolResponse`; such a tool is registered as ``tool.v2`` alone.
        input_schema: A type or a JSON schema in place of the parameter's annotation.
        metadata: Metadata for the developer tools.
    """
    tool = make_tool(fn, name, description, multipart=multipart, input_schema=input_schema, metadata=metadata)
    registry.register_action(tool.action)
    if not multipart:
        registry.register_action(_as_multipart(tool.action))
    return tool


def make_tool(
    fn: Callable[P, R],
    name: str | None = None,
    description: str | None = None,
    *,
    multipart: bool = False,
    input_schema: Any = None,
    metadata: dict[str, Any] | None = None,
) -> Tool[P, R]:
    """Create a tool without registering it; the arguments are those of `define_tool`."""
    require_json_schema('input_schema', input_schema)
    kind = ActionKind.TOOL_V2 if multipart else ActionKind.TOOL
    schema = {} if input_schema is None else {'input_schema': input_schema}
    check_parameters(fn)
    method = unbound_method(fn)
    spread = None if input_schema is not None else spread_parameters(method or fn)
    action = ToolAction(
        kind,
        name or function_name(fn),
        spread.call if spread is not None else method or fn,
        description=description,
        metadata={**(metadata or {}), 'type': str(kind)},
        **schema,
    )
    options: Any = {'multipart': multipart, 'input_schema': input_schema, 'metadata': metadata}
    bind = partial(make_tool, name=name, description=description, **options)
    return Tool(fn, action, spread, None if method is None else bind)


def _as_multipart(action: ToolAction) -> ToolAction:
    """Return the same tool with its output wrapped, as ``tool.v2`` answers."""
    function = UserFunction(action.fn)

    async def run(value: Any, context: ToolRunContext) -> MultipartToolResponse:
        result = await function.call(value, context)
        return result if isinstance(result, MultipartToolResponse) else MultipartToolResponse(output=result)

    wrapped = _WrappedTool(
        ActionKind.TOOL_V2,
        action.name,
        run,
        description=action.description,
        metadata={**action.metadata, 'type': str(ActionKind.TOOL_V2)},
        output_schema=MultipartToolResponse,
    )
    wrapped.plain = action
    return wrapped


class _WrappedTool(ToolAction):
    """A plain tool as ``tool.v2``: its input is the plain tool's."""

    plain: ToolAction

    @property
    def input_name(self) -> str | None:
        return self.plain.input_name

    @property
    def input_type(self) -> Any:
        return self.plain.input_type

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        return self.plain.input_schema

    def validate(self, raw_input: Any) -> Any:
        return self.plain.validate(raw_input)


def sendable_result(result: Any, name: str) -> Any:
    """Return what a tool returned in a form that can be sent; raises as `sendable`."""
    source = f'Tool {name!r}'
    if not isinstance(result, MultipartToolResponse):
        return sendable(result, source)
    output = sendable(result.output, source)
    content = result.content and [_sendable_part(part) for part in result.content]
    is_same = output is result.output and content == result.content
    return result if is_same else result.replaced(output=output, content=content)


def _sendable_part(part: Part) -> Part:
    if not isinstance(part, TextPart):
        return part
    text = without_lone_surrogates(part.text)
    return part if text == part.text else part.replaced(text=text)


def response(
    output: Any = None, *, parts: list[Part] | None = None, metadata: dict[str, Any] | None = None
) -> MultipartToolResponse:
    """Return the result of a multipart tool: a value, further parts, or both."""
    return MultipartToolResponse(output=output, content=parts, metadata=metadata)


def tool_response(
    interrupt: ToolRequestPart, output: Any = None, metadata: Mapping[str, Any] | None = None
) -> ToolResponsePart:
    """Return the tool response to an interrupted tool request, for ``generate(resume_respond=…)``."""
    return interrupt.respond(output, metadata)


def restart_tool(
    interrupt: ToolRequestPart,
    replace_input: Any = None,
    resumed_metadata: Mapping[str, Any] | None = None,
) -> ToolRequestPart:
    """Return an interrupted tool request marked to run again, for ``generate(resume_restart=…)``."""
    return interrupt.restart(resumed_metadata, replace_input=replace_input)
