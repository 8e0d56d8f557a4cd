# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, whether they must be called, and the schema that an answer is held to."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from genkit.plugin import CacheMark, ToolNames, cache_mark, fit
from genkit.types import GenerateRequest, Message, ToolChoice, ToolDefinition

from genkit_amazon_bedrock.config import BedrockConfig
from genkit_amazon_bedrock.models import STRICT_TOOL_SCHEMAS, TOOL_SCHEMAS, BedrockEntry


Body = dict[str, Any]

# The tool by which a model gives its answer where the protocol cannot hold it to a schema.
ANSWER_TOOL: Final = 'genkit_answer'

_FIVE_MINUTES: Final = 300
_LONGEST_ID: Final = 64
_REFUSED_IN_ID: Final = re.compile(r'[^A-Za-z0-9_-]')
_MUST_CALL: Final = 'Call at least one of the tools before you answer.'
_MUST_NOT_CALL: Final = 'Do not call any tool; answer with what is known.'
_MUST_ANSWER_BY_TOOL: Final = f'Give your answer by calling the tool {ANSWER_TOOL}.'
_EARLIER: Final = 'A tool of an earlier turn, which cannot be called any more.'


class Tooling(NamedTuple):
    """What a request says of tools and of the answer's form.

    Attributes:
        config: Its ``toolConfig``, if it has one.
        text_format: Its ``outputConfig.textFormat``.
        instructions: What can only be expressed in the prompt.
    """

    config: Body | None
    text_format: Body | None
    instructions: list[str]


def tool_names(request: GenerateRequest, config: BedrockConfig) -> ToolNames:
    """Return the names of a request's tools, and what they take."""
    return ToolNames(request.tools, schemas=STRICT_TOOL_SCHEMAS if config.strict_tools else TOOL_SCHEMAS)


def to_tooling(
    entry: BedrockEntry, request: GenerateRequest, config: BedrockConfig, names: ToolNames, *, forced: bool
) -> Tooling:
    """Return what a request says of tools and of the answer's form.

    A conversation with tool calls needs ``toolConfig`` even if no tool is offered any more, or none may be called.

    Args:
        entry: Of the model.
        request: The request.
        config: Its options.
        names: The tools' names.
        forced: Whether the model can be forced to call a tool; another one is instructed to.
    """
    told: list[str] = []
    tools = [block for tool in request.tools or () for block in _tool(tool, names, strict=bool(config.strict_tools))]
    tools += [{'systemTool': {'name': name}} for name in config.system_tools or ()]
    called = _called(request.messages)
    choice = _choice(request.tool_choice, config, names, told, forced=forced and bool(entry.supports.tool_choice))
    if request.tool_choice == ToolChoice.NONE and config.tool_choice is None:
        tools = tools if called else []
        told += [_MUST_NOT_CALL] if tools else []
    if not tools and called:
        tools = [_spec(names.to_wire(name), _EARLIER, {'type': 'object', 'properties': {}}) for name in called]
    schema = _answer_schema(entry, request)
    if schema is not None and entry.structured == 'tool':
        tools.append(_spec(ANSWER_TOOL, 'Takes the answer.', schema))
        choice = {'tool': {'name': ANSWER_TOOL}} if forced else None
        told += [] if forced else [_MUST_ANSWER_BY_TOOL]
    tool_config: Body | None = {'tools': tools, **({'toolChoice': choice} if choice else {})} if tools else None
    held = None if schema is None or entry.structured != 'format' else _text_format(schema)
    return Tooling(tool_config, held, told)


def to_cache_point(mark: CacheMark) -> Body:
    """Return a cache mark in the protocol's words; it keeps prompts for five minutes or for an hour."""
    point: Body = {'type': 'default'}
    if mark.ttl is not None:
        point['ttl'] = '5m' if mark.ttl <= _FIVE_MINUTES else '1h'
    return {'cachePoint': point}


def to_call_id(ref: str) -> str:
    """Return the id of a tool call with the characters that the protocol takes."""
    return _REFUSED_IN_ID.sub('_', ref)[:_LONGEST_ID]


def _tool(tool: ToolDefinition, names: ToolNames, *, strict: bool) -> list[Body]:
    spec = _spec(names.to_wire(tool.name), tool.description, names.inputs.schema(tool))
    if strict and tool.input_schema and fit(tool.input_schema, STRICT_TOOL_SCHEMAS).strict:
        spec['toolSpec']['strict'] = True
    mark = cache_mark(tool.metadata)
    return [spec] if mark is None else [spec, to_cache_point(mark)]


def _spec(name: str, description: str, schema: Body) -> Body:
    told = {'description': description} if description.strip() else {}
    return {'toolSpec': {'name': name, **told, 'inputSchema': {'json': schema}}}


def _choice(
    asked: ToolChoice | None, config: BedrockConfig, names: ToolNames, told: list[str], *, forced: bool
) -> Body | None:
    if config.tool_choice is not None:
        choice = dict(config.tool_choice)
        if isinstance(choice.get('tool'), dict) and 'name' in choice['tool']:
            choice['tool'] = {**choice['tool'], 'name': names.to_wire(choice['tool']['name'])}
        return choice
    if asked == ToolChoice.AUTO:
        return {'auto': {}} if forced else None
    if asked != ToolChoice.REQUIRED:
        return None
    if not forced:
        told.append(_MUST_CALL)
    return {'any': {}} if forced else None


def _called(messages: Sequence[Message]) -> list[str]:
    """Return the names of the tools that were called or answered, in order."""
    names = [part.tool_request.name for message in messages for part in message.tool_requests]
    names += [part.tool_response.name for message in messages for part in message.tool_responses]
    return list(dict.fromkeys(names))


def _answer_schema(entry: BedrockEntry, request: GenerateRequest) -> Body | None:
    output = request.output
    if output is None or output.schema_ is None or not output.constrained:
        return None
    return fit(output.schema_, entry.schemas).schema


def _text_format(schema: Body) -> Body:
    return {'type': 'json_schema', 'structure': {'jsonSchema': {'name': 'answer', 'schema': json.dumps(schema)}}}
