# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers of LangChain's chat models as responses of Genkit."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from genkit.plugin import ToolNames, to_finish_reason, tool_request_part
from genkit.types import (
    FinishReason,
    GenerateResponse,
    GenerateResponseChunk,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
)
from langchain_core.messages import AIMessage, AIMessageChunk

from genkit_langchain.convert.messages import of_answer
from genkit_langchain.convert.requests import own_form
from genkit_langchain.convert.usage import to_usage


# Where providers of LangChain say why an answer ended, in the order in which they are asked.
_REASONS: Final = ('finish_reason', 'stop_reason', 'stopReason', 'done_reason')
_WORDS: Final = {
    'blocked': FinishReason.BLOCKED,
    'completed': FinishReason.STOP,
    'interrupted': FinishReason.INTERRUPTED,
    'unknown': FinishReason.UNKNOWN,
}


def to_response(message: AIMessage, names: ToolNames) -> GenerateResponse[Any]:
    """Return a whole answer.

    A call without an id is given one. Arguments that LangChain calls invalid stay text where they are no JSON object.
    """
    parts: list[Part] = [*of_answer(message), *_calls(message, names)]
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=parts or [TextPart(text='')], metadata=own_form(message)),
        finish_reason=_finish_reason(message),
        usage=to_usage(message.usage_metadata),
    )


def to_chunk(message: AIMessage) -> GenerateResponseChunk[Any] | None:
    """Return what is new in a chunk: text and reasoning; None if it holds neither."""
    parts = [part for part in of_answer(message) if not isinstance(part, ReasoningPart) or part.reasoning]
    return GenerateResponseChunk(role=Role.MODEL, content=parts) if parts else None


def calls_chunk(response: GenerateResponse[Any]) -> GenerateResponseChunk[Any] | None:
    """Return the tool calls of an answer as a chunk, at its end; None if there are none."""
    calls: Sequence[Part] = response.tool_requests
    return GenerateResponseChunk(role=Role.MODEL, content=list(calls)) if calls else None


def whole(chunk: AIMessageChunk) -> AIMessage:
    """Return the sum of a stream as a message; arguments that were cut off stay text, as LangChain completes them."""
    complete: list[Any] = []
    broken: list[Any] = []
    for piece in chunk.tool_call_chunks:
        name, args, ref = piece.get('name') or '', piece.get('args') or '', piece.get('id')
        given = tool_request_part(name, args).tool_request.input
        if isinstance(given, dict):
            complete.append({'name': name, 'args': given, 'id': ref, 'type': 'tool_call'})
        else:
            broken.append({'name': name, 'args': args, 'id': ref, 'error': None, 'type': 'invalid_tool_call'})
    return AIMessage(
        content=chunk.content,
        additional_kwargs=chunk.additional_kwargs,
        response_metadata=chunk.response_metadata,
        usage_metadata=chunk.usage_metadata,
        tool_calls=complete,
        invalid_tool_calls=broken,
        id=chunk.id,
    )


def _calls(message: AIMessage, names: ToolNames) -> list[ToolRequestPart]:
    said = [(call['name'], call['args'], call.get('id')) for call in message.tool_calls]
    said += [(call['name'] or '', call['args'] or '', call.get('id')) for call in message.invalid_tool_calls]
    return [
        tool_request_part(names.from_wire(name), given, ref or f'call_{uuid4().hex}', names=names)
        for name, given, ref in said
    ]


def _finish_reason(message: AIMessage) -> FinishReason:
    said = next((found for name in _REASONS if (found := message.response_metadata.get(name))), None)
    if said is None:
        return FinishReason.STOP if message.content or message.tool_calls else FinishReason.UNKNOWN
    return to_finish_reason(said, _WORDS)
