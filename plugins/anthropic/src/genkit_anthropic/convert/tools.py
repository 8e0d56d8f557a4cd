# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, whether they must be called, and the schema that an answer is held to."""

import re
from typing import Any, Final, NamedTuple

from genkit.plugin import CacheMark, ToolNames, cache_mark, is_recursive, transformed
from genkit.types import GenerateRequest, ToolChoice, ToolDefinition
from pydantic_core import to_json

from genkit_anthropic.config import AnthropicConfig
from genkit_anthropic.models import ClaudeEntry


Body = dict[str, Any]

# The tool by which a model gives its answer where the protocol cannot hold it to a schema.
ANSWER_TOOL: Final = 'genkit_answer'

_FIVE_MINUTES: Final = 300
_CHOICES: Final = {ToolChoice.AUTO: 'auto', ToolChoice.REQUIRED: 'any', ToolChoice.NONE: 'none'}
_MUST_CALL: Final = 'Call at least one of the tools before you answer.'
_MUST_ANSWER_BY_TOOL: Final = f'Give your answer by calling the tool {ANSWER_TOOL}.'

# What a schema may hold: https://platform.claude.com/docs/en/build-with-claude/structured-outputs (November 2026).
_KEPT: Final = frozenset(
    {'$defs', 'definitions', 'type', 'properties', 'required', 'items', 'anyOf', 'allOf', 'enum', 'const'}
    | {'title', 'description', 'additionalProperties'}
)
_FORMATS: Final = frozenset(
    {'date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'}
)
_SHAPES: Final = ('type', '$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const')
_REFUSED_IN_ID: Final = re.compile(r'[^A-Za-z0-9_-]')


class Tooling(NamedTuple):
    """What a request says of tools and of the answer's form.

    Attributes:
        tools: As the protocol describes them.
        choice: Its ``tool_choice``.
        output_format: Its ``output_config.format``.
        instructions: What can only be told in words.
    """

    tools: list[Body]
    choice: Body | None
    output_format: Body | None
    instructions: list[str]


def to_tooling(
    entry: ClaudeEntry, request: GenerateRequest, config: AnthropicConfig, names: ToolNames, *, forced: bool
) -> Tooling:
    """Return what a request says of tools and of the answer's form.

    Args:
        entry: Of the model.
        request: The request.
        config: Its options.
        names: The tools' names.
        forced: Whether the model can be made to call a tool; one that thinks cannot be, and is told to.
    """
    tools = [_tool(tool, names) for tool in request.tools or ()] + list(config.server_tools or ())
    told: list[str] = []
    choice = _choice(request.tool_choice, config, names) if tools else None
    if choice is not None and not forced and choice['type'] in ('any', 'tool'):
        named = choice.get('name')
        told.append(_MUST_CALL if named is None else f'Call the tool {named} before you answer.')
        choice = {**{key: value for key, value in choice.items() if key != 'name'}, 'type': 'auto'}
    schema = _schema_of(request)
    if schema is None:
        return Tooling(tools, choice, None, told)
    if entry.structured == 'format':
        held = to_held_schema(schema)
        if held is not None:
            return Tooling(tools, choice, {'type': 'json_schema', 'schema': held}, told)
        return Tooling(tools, choice, None, [*told, _in_words(schema)])
    if schema.get('type') != 'object':
        return Tooling(tools, choice, None, [*told, _in_words(schema)])
    tools.append({'name': ANSWER_TOOL, 'description': 'Takes the answer.', 'input_schema': schema})
    if not forced:
        return Tooling(tools, choice, None, [*told, _MUST_ANSWER_BY_TOOL])
    return Tooling(tools, {'type': 'tool', 'name': ANSWER_TOOL}, None, told)


def to_held_schema(schema: Body) -> Body | None:
    """Return a schema as the protocol takes it, or None for one that it cannot express.

    Objects are closed, and limits such as ``minimum`` go into the description. It cannot express schemas that refer to
    themselves, objects whose members have no names, and values of any kind.
    """
    return transformed(schema, _held) if _is_expressible(schema) else None


def to_cache_control(mark: CacheMark) -> Body:
    """Return a cache mark in the protocol's words; it keeps prompts for five minutes or for an hour."""
    if mark.ttl_seconds is None:
        return {'type': 'ephemeral'}
    return {'type': 'ephemeral', 'ttl': '5m' if mark.ttl_seconds <= _FIVE_MINUTES else '1h'}


def to_call_id(ref: str | None, message: int, place: int) -> str:
    """Return the id of a tool call: its own, or one from its place in the conversation."""
    return _REFUSED_IN_ID.sub('_', ref) if ref else f'toolu_{message}_{place}'


def _tool(tool: ToolDefinition, names: ToolNames) -> Body:
    schema = {'type': 'object', **names.inputs.schema(tool)}
    body: Body = {'name': names.to_wire(tool.name), 'description': tool.description, 'input_schema': schema}
    mark = cache_mark(tool.metadata)
    return body if mark is None else {**body, 'cache_control': to_cache_control(mark)}


def _choice(asked: ToolChoice | None, config: AnthropicConfig, names: ToolNames) -> Body | None:
    choice: Body | None = None if asked is None else {'type': _CHOICES[asked]}
    if config.tool_choice is not None:
        choice = dict(config.tool_choice)
        if 'name' in choice:
            choice['name'] = names.to_wire(choice['name'])
    if config.parallel_tool_calls is None:
        return choice
    choice = choice or {'type': 'auto'}
    return (
        choice if choice['type'] == 'none' else {**choice, 'disable_parallel_tool_use': not config.parallel_tool_calls}
    )


def _schema_of(request: GenerateRequest) -> Body | None:
    output = request.output
    return output.schema_ if output is not None and output.constrained else None


def _in_words(schema: Body) -> str:
    return f'Answer with JSON alone that conforms to this schema:\n\n{to_json(schema).decode()}'


def _is_expressible(schema: Body) -> bool:
    if is_recursive(schema):
        return False
    loose: list[Body] = []

    def look(node: Body) -> Body:
        more = node.get('additionalProperties')
        unnamed = node.get('type') == 'object' and not node.get('properties') and more is not False
        shapeless = not any(word in node for word in _SHAPES)
        if unnamed or shapeless or isinstance(more, dict) or 'patternProperties' in node:
            loose.append(node)
        return node

    transformed(schema, look)
    return not loose


def _held(node: Body) -> Body:
    if '$ref' in node:
        return {key: node[key] for key in ('$defs', 'definitions', '$ref') if key in node}
    kept = {key: value for key, value in node.items() if key in _KEPT}
    lost = {key: value for key, value in node.items() if key not in _KEPT}
    if 'oneOf' in lost:
        kept['anyOf'] = lost.pop('oneOf')
    if lost.get('format') in _FORMATS:
        kept['format'] = lost.pop('format')
    if lost.get('minItems') in (0, 1):
        kept['minItems'] = lost.pop('minItems')
    if kept.get('type') == 'object':
        kept['additionalProperties'] = False
    if lost:
        told = f'{{{", ".join(f"{key}: {value}" for key, value in lost.items())}}}'
        kept['description'] = f'{kept["description"]}\n\n{told}' if 'description' in kept else told
    return kept
