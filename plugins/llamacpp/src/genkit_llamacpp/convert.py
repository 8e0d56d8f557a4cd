# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Between Genkit's messages and the engine's: pure functions, no IO.

Templates of small models know neither tools nor tool results, so both travel as text. A tool's result becomes part of
the user's message, where even the smallest models make use of it. A tool call is written under a JSON schema that
admits nothing but a call of one of the tools or, where the model may choose, ``{"tool": "none"}``.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import GRAMMAR_SCHEMAS, fit
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerationUsage,
    Message,
    OutputConfig,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolChoice,
    ToolDefinition,
    ToolRequest,
    ToolRequestPart,
    ToolResponsePart,
)


Json = dict[str, Any]

# Without a system message the templates of some models put in their own, and SmolLM2 answers in the wrong language.
DEFAULT_SYSTEM: Final = 'You are a helpful assistant.'

LONGEST_STRING: Final = 256
LONGEST_ARRAY: Final = 16

_NO_TOOL: Final = 'none'
_ROLES: Final = {Role.SYSTEM: 'system', Role.USER: 'user', Role.MODEL: 'assistant', Role.TOOL: 'user'}
_FINISH_REASONS: Final = {'stop': FinishReason.STOP, 'length': FinishReason.LENGTH, 'tool_calls': FinishReason.STOP}


# Messages


def to_messages(messages: Sequence[Message]) -> list[Json]:
    """Return a conversation as the engine takes it: a system message first, no role twice in a row.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for content that is not text.
    """
    converted: list[Json] = []
    if not any(message.role == Role.SYSTEM for message in messages):
        converted.append({'role': 'system', 'content': DEFAULT_SYSTEM})
    for message in messages:
        text = '\n\n'.join(_texts(message))
        role = _ROLES[message.role]
        if converted and converted[-1]['role'] == role:
            converted[-1]['content'] += f'\n\n{text}' if text else ''
        elif text or message.role != Role.MODEL:
            converted.append({'role': role, 'content': text})
    return converted


def _texts(message: Message) -> list[str]:
    """Return the paragraphs of a message; adjacent texts are one."""
    paragraphs: list[str] = []
    after_text = False
    for part in message.content:
        text = _text_of(part)
        if after_text and isinstance(part, TextPart):
            paragraphs[-1] += text
        elif text:
            paragraphs.append(text)
        after_text = isinstance(part, TextPart) and bool(paragraphs)
    return paragraphs


def _text_of(part: Part) -> str:
    if isinstance(part, TextPart):
        return part.text
    if isinstance(part, (ReasoningPart, ToolRequestPart)):
        return ''
    if isinstance(part, ToolResponsePart) and not part.tool_response.content:
        output = part.tool_response.output
        shown = output if isinstance(output, str) else _dump(output)
        return f'Information from {part.tool_response.name}: {shown}'
    if part.data is not None:
        return _dump(part.data)
    raise GenkitError(
        f'Models of llama.cpp are given text here, and the request holds a {type(part).__name__}. '
        'Leave it out, describe it in words, or use a model that takes it.',
        status='INVALID_ARGUMENT',
    )


# Schemas


def to_response_format(output: OutputConfig | None) -> Json:
    """Return the member of an engine request that holds the answer to the schema asked for; empty if none is."""
    if output is None or not output.constrained:
        return {}
    if output.schema_ is not None:
        return schema_format(output.schema_)
    return {'response_format': {'type': 'json_object'}} if output.format == 'json' else {}


def schema_format(schema: Json) -> Json:
    """Return the member of an engine request that holds the answer to a schema."""
    fitted = fit(schema, GRAMMAR_SCHEMAS).schema
    return {'response_format': {'type': 'json_schema', 'json_schema': {'schema': bounded(fitted)}}}


def bounded(schema: Any) -> Any:
    """Return a schema that admits a part of what the given one does, with an end to every string and array.

    A small model that is held to a schema easily goes on with a string for ever.
    """
    if isinstance(schema, list):
        return [bounded(item) for item in cast('list[Any]', schema)]
    if not isinstance(schema, dict):
        return schema
    given = cast('Json', schema)
    limited = {name: _bounded_member(name, value) for name, value in given.items()}
    kind = given.get('type')
    if kind == 'string' and not given.keys() & {'enum', 'const', 'maxLength', 'pattern', 'format'}:
        limited['maxLength'] = max(LONGEST_STRING, given.get('minLength', 0))
    if kind == 'array' and 'maxItems' not in given:
        limited['maxItems'] = max(LONGEST_ARRAY, given.get('minItems', 0))
    if kind == 'object' and 'properties' in given:
        limited.setdefault('additionalProperties', False)
    return limited


def _bounded_member(name: str, value: Any) -> Any:
    if name in {'enum', 'const', 'default', 'examples'}:
        return value
    if name in {'properties', '$defs', 'definitions'}:
        return {key: bounded(member) for key, member in value.items()}
    return bounded(value)


# Tools


def offered_tools(request: GenerateRequest, *, once: bool) -> list[ToolDefinition]:
    """Return the tools that the model is to be asked about now; none if it is to answer.

    That a tool is required is fulfilled once one has answered the user's last message.

    Args:
        request: What the model is asked.
        once: Whether to offer a tool no second time after the same message of the user: the smallest models never see
            that they have all they need.
    """
    if not request.tools or request.tool_choice == ToolChoice.NONE:
        return []
    called = {call.name for call in calls_since_user(request.messages)}
    if called and request.tool_choice == ToolChoice.REQUIRED:
        return []
    return [tool for tool in request.tools if not (once and tool.name in called)]


def calls_since_user(messages: Sequence[Message]) -> list[ToolRequest]:
    """Return the tool calls that followed the user's last message."""
    calls: list[ToolRequest] = []
    for message in messages:
        if message.role == Role.USER:
            calls = []
        calls += [part.tool_request for part in message.tool_requests]
    return calls


def to_tool_question(request: GenerateRequest, tools: Sequence[ToolDefinition]) -> tuple[list[Json], Json]:
    """Return the messages that ask which of the tools is needed, and the schema that the answer is held to."""
    offered = '\n'.join(_described(tool) for tool in tools)
    may_refuse = request.tool_choice != ToolChoice.REQUIRED
    refusal = f'\n- {_NO_TOOL}: No tool is needed.' if may_refuse else ''
    messages = to_messages(request.messages)
    asked = messages.pop()['content'] if messages[-1]['role'] == 'user' else ''
    question = f'Tools:\n{offered}{refusal}\n\nRequest: {asked}\n\nWhich tool does the request need? Reply with JSON.'
    return [*messages, {'role': 'user', 'content': question}], _call_schema(tools, may_refuse=may_refuse)


def to_tool_request(text: str, request: GenerateRequest) -> ToolRequestPart | None:
    """Return the call that the model wrote; None if it wants none, or one that has been answered already.

    Raises:
        GenkitError: ``OUT_OF_RANGE`` if the call was cut off: half a call is neither a call nor none.
    """
    try:
        written = json.loads(text)
    except ValueError as error:
        raise GenkitError(
            f"The tool call was cut off: {text!r}. Raise max_output_tokens, or limit the strings in the tool's "
            'input schema with max_length.',
            status='OUT_OF_RANGE',
            reason=ErrorReason.ANSWER_CUT_OFF,
            cause=error,
        ) from error
    if written['tool'] == _NO_TOOL:
        return None
    earlier = calls_since_user(request.messages)
    if any(call.name == written['tool'] and call.input == written['arguments'] for call in earlier):
        return None
    reference = f'call-{sum(len(message.tool_requests) for message in request.messages)}'
    return ToolRequestPart(tool_request=ToolRequest(name=written['tool'], ref=reference, input=written['arguments']))


def _described(tool: ToolDefinition) -> str:
    parameters = ', '.join((tool.input_schema or {}).get('properties', {}))
    return f'- {tool.name}({parameters}): {" ".join(tool.description.split())}'


def _call_schema(tools: Sequence[ToolDefinition], *, may_refuse: bool) -> Json:
    definitions: Json = {}
    choices: list[Json] = []
    for number, tool in enumerate(tools):
        arguments, own = _hoisted(tool.input_schema or {'type': 'object', 'properties': {}}, f'tool{number}-')
        definitions |= own
        choices.append(_closed_object({'tool': {'const': tool.name}, 'arguments': arguments}))
    if may_refuse:
        choices.append(_closed_object({'tool': {'const': _NO_TOOL}}))
    return {'anyOf': choices, **({'$defs': definitions} if definitions else {})}


def _closed_object(properties: Json) -> Json:
    return {'type': 'object', 'properties': properties, 'required': list(properties), 'additionalProperties': False}


def _hoisted(schema: Json, prefix: str) -> tuple[Json, Json]:
    """Return a schema and its definitions apart, renamed so that those of several tools lie side by side."""
    renamed = json.loads(_dump(schema).replace('"#/$defs/', f'"#/$defs/{prefix}'))
    definitions = renamed.pop('$defs', {})
    return renamed, {f'{prefix}{name}': definition for name, definition in definitions.items()}


# Answers


def to_finish_reason(reason: str | None) -> FinishReason:
    """Return why the model stopped."""
    return _FINISH_REASONS.get(reason or '', FinishReason.UNKNOWN)


def to_usage(usage: Json) -> GenerationUsage:
    """Return what one completion consumed."""
    details: Json = usage.get('prompt_tokens_details') or {}
    return GenerationUsage(
        input_tokens=usage.get('prompt_tokens'),
        output_tokens=usage.get('completion_tokens'),
        total_tokens=usage.get('total_tokens'),
        cached_content_tokens=details.get('cached_tokens'),
    )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
