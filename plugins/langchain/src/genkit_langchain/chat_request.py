# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a call of `GenkitChatModel` asks for, as a request of Genkit."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import did_you_mean
from genkit.types import GenerateRequest, OutputConfig, ToolChoice, ToolDefinition
from langchain_core.messages import BaseMessage
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from pydantic.alias_generators import to_snake

from genkit_langchain.convert.messages import to_messages


# LangChain's names of options, where Genkit's differ.
_OPTIONS: Final = {
    'max_tokens': 'max_output_tokens',
    'max_completion_tokens': 'max_output_tokens',
    'stop': 'stop_sequences',
}
# What LangChain hands along that is no option of a model.
_NO_OPTIONS: Final = (
    'stream',
    'model',
    'tools',
    'tool_choice',
    'output',
    'response_format',
    'strict',
    'ls_structured_output_format',
)
_CHOICES: Final = {
    'auto': ToolChoice.AUTO,
    'any': ToolChoice.REQUIRED,
    'required': ToolChoice.REQUIRED,
    'none': ToolChoice.NONE,
}


def to_request(messages: Sequence[BaseMessage], options: Mapping[str, Any]) -> GenerateRequest:
    """Return the request for a conversation.

    Args:
        messages: The conversation.
        options: The model's configuration, under the names of Genkit or LangChain, with the call's own beside it:
            ``tools``, ``tool_choice``, ``output`` and ``response_format``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what Genkit has no counterpart of.
    """
    tools, choice = _offered(to_tools(options.get('tools') or ()), options.get('tool_choice'))
    config = {
        to_option(name): value for name, value in options.items() if name not in _NO_OPTIONS and value is not None
    }
    return GenerateRequest(
        messages=to_messages(messages),
        config=config or None,
        tools=tools or None,
        tool_choice=choice if tools else None,
        output=_output(options),
    )


def to_option(name: str) -> str:
    """Return Genkit's name of an option; it is one for the two spellings of each, so that the later one wins."""
    snake = to_snake(name)
    return _OPTIONS.get(snake, snake)


def to_tools(tools: Sequence[Any]) -> list[ToolDefinition]:
    """Return tools, given in any form that LangChain takes, as definitions of Genkit."""
    return [_to_tool(tool) for tool in tools]


def to_output(schema: Any = None) -> dict[str, Any]:
    """Return the output that a request asks for: JSON, of a schema if one is given."""
    if schema is None:
        return {'format': 'json'}
    return {'format': 'json', 'schema': convert_to_json_schema(schema), 'constrained': True}


def _to_tool(tool: Any) -> ToolDefinition:
    try:
        described: Any = convert_to_openai_tool(tool).get('function')
    except (TypeError, ValueError) as error:
        raise _no_tool(tool, str(error)) from error
    if not isinstance(described, Mapping):
        raise _no_tool(tool, "it is a provider's own tool")
    function = cast('Mapping[str, Any]', described)
    schema: dict[str, Any] = function.get('parameters') or {'type': 'object', 'properties': {}}
    return ToolDefinition(name=function['name'], description=function.get('description') or '', input_schema=schema)


def _no_tool(tool: Any, problem: str) -> GenkitError:
    return GenkitError(
        f'bind_tools() got {tool!r}, which cannot be offered to a model of Genkit: {problem}. Give a function, a '
        'BaseTool, a Pydantic class, a TypedDict, or a schema with name, description and parameters.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
    )


def _offered(tools: list[ToolDefinition], choice: Any) -> tuple[list[ToolDefinition], ToolChoice | None]:
    """Return the tools to offer, and whether one must be called: a certain one must if it is the only one."""
    if choice is None or choice is False:
        return tools, None
    if choice is True:
        return tools, ToolChoice.REQUIRED
    name = _name_in(choice)
    if name in _CHOICES and name not in {tool.name for tool in tools}:
        return tools, _CHOICES[name]
    named = [tool for tool in tools if tool.name == name]
    if named:
        return named, ToolChoice.REQUIRED
    known = [tool.name for tool in tools]
    raise GenkitError(
        f'tool_choice is {choice!r}; expected auto, any, required, none, or the name of a tool that is bound: '
        f'{", ".join(map(repr, known)) or "there are none"}.{did_you_mean(name, known)}',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.TOOL_NOT_FOUND,
    )


def _name_in(choice: Any) -> str:
    if isinstance(choice, Mapping):
        members = cast('Mapping[str, Any]', choice)
        inner: Any = members.get('function') or members
        return str(cast('Mapping[str, Any]', inner).get('name')) if isinstance(inner, Mapping) else str(inner)
    return str(choice)


def _output(options: Mapping[str, Any]) -> OutputConfig | None:
    given = options.get('output')
    if given is not None:
        return OutputConfig.model_validate(given)
    wanted = options.get('response_format')
    if wanted is None:
        return None
    if not isinstance(wanted, Mapping):
        return OutputConfig.model_validate(to_output(wanted))
    members = cast('Mapping[str, Any]', wanted)
    kind = members.get('type')
    if kind == 'text':
        return None
    if kind == 'json_object':
        return OutputConfig.model_validate(to_output())
    if kind == 'json_schema' and isinstance(held := members.get('json_schema'), Mapping):
        schema = cast('Mapping[str, Any]', held).get('schema')
        return OutputConfig.model_validate({'format': 'json', 'schema': schema, 'constrained': True})
    return OutputConfig.model_validate(to_output(dict(members)))
