# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools, whether they must be called, and the schema that an answer is held to."""

import re
from typing import Any, Final, NamedTuple

from genkit.plugin import CacheMark, ToolNames, cache_mark, fit
from genkit.types import GenerateRequest, ToolChoice, ToolDefinition

from genkit_anthropic.config import AnthropicConfig
from genkit_anthropic.models import ClaudeEntry


Body = dict[str, Any]

# The tool by which a model gives its answer where the protocol cannot hold it to a schema.
ANSWER_TOOL: Final = 'genkit_answer'

_FIVE_MINUTES: Final = 300
_CHOICES: Final = {ToolChoice.AUTO: 'auto', ToolChoice.REQUIRED: 'any', ToolChoice.NONE: 'none'}
_MUST_CALL: Final = 'Call at least one of the tools before you answer.'
_MUST_ANSWER_BY_TOOL: Final = f'Give your answer by calling the tool {ANSWER_TOOL}.'

_REFUSED_IN_ID: Final = re.compile(r'[^A-Za-z0-9_-]')


class Tooling(NamedTuple):
    """What a request says of tools and of the answer's form.

    Attributes:
        tools: As the protocol describes them.
        choice: Its ``tool_choice``.
        output_format: Its ``output_config.format``.
        instructions: What can only be expressed in the prompt.
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
        forced: Whether the model can be forced to call a tool; one that thinks cannot, and is instructed to.
    """
    tools = [_tool(tool, names) for tool in request.tools or ()] + list(config.server_tools or ())
    told: list[str] = []
    choice = _choice(request.tool_choice, config, names) if tools else None
    if choice is not None and not forced and choice['type'] in ('any', 'tool'):
        named = choice.get('name')
        told.append(_MUST_CALL if named is None else f'Call the tool {named} before you answer.')
        choice = {**{key: value for key, value in choice.items() if key != 'name'}, 'type': 'auto'}
    schema = _answer_schema(entry, request)
    if schema is None:
        return Tooling(tools, choice, None, told)
    if entry.structured == 'format':
        return Tooling(tools, choice, {'type': 'json_schema', 'schema': schema}, told)
    tools.append({'name': ANSWER_TOOL, 'description': 'Takes the answer.', 'input_schema': schema})
    if not forced:
        return Tooling(tools, choice, None, [*told, _MUST_ANSWER_BY_TOOL])
    return Tooling(tools, {'type': 'tool', 'name': ANSWER_TOOL}, None, told)


def to_cache_control(mark: CacheMark) -> Body:
    """Return a cache mark in the protocol's words; it keeps prompts for five minutes or for an hour."""
    if mark.ttl is None:
        return {'type': 'ephemeral'}
    return {'type': 'ephemeral', 'ttl': '5m' if mark.ttl <= _FIVE_MINUTES else '1h'}


def to_call_id(ref: str) -> str:
    """Return the id of a tool call with the characters that the protocol takes."""
    return _REFUSED_IN_ID.sub('_', ref)


def _tool(tool: ToolDefinition, names: ToolNames) -> Body:
    schema = names.inputs.schema(tool)
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


def _answer_schema(entry: ClaudeEntry, request: GenerateRequest) -> Body | None:
    output = request.output
    if output is None or output.schema_ is None or not output.constrained:
        return None
    return fit(output.schema_, entry.schemas).schema
