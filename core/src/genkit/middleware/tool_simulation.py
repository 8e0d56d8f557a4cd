# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools for models without native tool calls: described in the prompt, called in JSON."""

import json
from typing import Any, Final, cast

from genkit._base.extract import read_final_json
from genkit._kinds.instructions import inject_part
from genkit.middleware.interface import BaseMiddleware, GenerateMiddlewareContext, ModelHookParams, ModelNext
from genkit.types import (
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    Role,
    TextPart,
    ToolChoice,
    ToolRequest,
    ToolRequestPart,
    ToolResponsePart,
)


_ASK: Final = (
    'You can use the tools below. To use one or more, answer with JSON alone, in this form:\n'
    '{"tool_calls": [{"name": "<tool>", "input": {…}}]}\n'
    'To answer without a tool, write plain text.\n\nTools:\n'
)


class SimulateTools(BaseMiddleware):
    """Describes the tools in the prompt and parses tool calls from the text, for a model without native tool calls."""

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Describe the tools, call the model, parse tool calls."""
        request = params.request
        if not request.tools:
            return await next_fn(ModelHookParams(request.replaced(messages=_in_words(request.messages))), ctx)
        held: list[Any] = []
        inner = ctx.replace_on_chunk(held.append) if ctx.is_streaming else ctx
        response = await next_fn(ModelHookParams(_described(request)), inner)
        names = {tool.name for tool in request.tools}
        calls = _tool_calls(response.text, names)
        if not calls:
            for chunk in held:
                ctx.send_chunk(chunk)
            return response
        ctx.send_chunk(GenerateResponseChunk(role=Role.MODEL, content=list(calls)))
        return response.replaced(message=Message(role=Role.MODEL, content=calls))


def _described(request: GenerateRequest) -> GenerateRequest:
    tools = '\n'.join(
        json.dumps({'name': tool.name, 'description': tool.description, 'input': tool.input_schema or {}})
        for tool in request.tools or ()
    )
    must = '\nYou must use a tool.' if request.tool_choice == ToolChoice.REQUIRED else ''
    part = TextPart(text=f'{_ASK}{tools}{must}\n', metadata={'purpose': 'tools'})
    messages = inject_part(_in_words(request.messages), part)
    return request.replaced(messages=messages, tools=[], tool_choice=None)


def _in_words(messages: list[Message]) -> list[Message]:
    """Return the messages with tool requests and answers written out."""
    return [
        message.replaced(
            role=Role.USER if message.role == Role.TOOL else message.role,
            content=[_as_text(part) for part in message.content],
        )
        for message in messages
    ]


def _as_text(part: Part) -> Part:
    if isinstance(part, ToolRequestPart):
        request = part.tool_request
        return TextPart(text=json.dumps({'tool_calls': [{'name': request.name, 'input': request.input}]}, default=str))
    if isinstance(part, ToolResponsePart):
        answer = part.tool_response
        return TextPart(text=f'Tool {answer.name} answered: {json.dumps(answer.output, default=str)}')
    return part


def _tool_calls(text: str, names: set[str]) -> list[Part]:
    found = read_final_json(text) if '{' in text else None
    value = None if found is None else found.value
    calls: object = cast('dict[str, Any]', value).get('tool_calls') if isinstance(value, dict) else None
    if not isinstance(calls, list):
        return []
    parts: list[Part] = []
    for number, call in enumerate(cast('list[object]', calls)):
        members = cast('dict[str, Any]', call) if isinstance(call, dict) else {}
        if members.get('name') not in names:
            return []
        request = ToolRequest(name=members['name'], ref=str(number), input=members.get('input'))
        parts.append(ToolRequestPart(tool_request=request))
    return parts
