# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Messages of LangChain as messages of Genkit: what a caller of `GenkitChatModel` gives."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import tool_request_part
from genkit.types import Message, Part, ReasoningPart, Role, TextPart, ToolRequestPart, ToolResponse, ToolResponsePart
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from genkit_langchain.convert.pieces import to_parts


KEPT: Final = 'genkit'
"""The member of ``additional_kwargs`` that holds what blocks and calls of LangChain have no place for."""

_ROLES: Final = {
    'assistant': Role.MODEL,
    'developer': Role.SYSTEM,
    'model': Role.MODEL,
    'system': Role.SYSTEM,
    'user': Role.USER,
    'human': Role.USER,
    'ai': Role.MODEL,
}


def to_messages(messages: Sequence[BaseMessage]) -> list[Message]:
    """Return a conversation as messages of Genkit; the answers of tools to one message become one message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a message or a block that Genkit has no counterpart of.
    """
    converted: list[Message] = []
    names: dict[str, str] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            converted.append(_of_model(message))
            names.update({str(call['id']): call['name'] for call in message.tool_calls})
        elif isinstance(message, ToolMessage):
            _add_answer(converted, _answer(message, names))
        else:
            converted.append(_plain(message))
    return converted


def of_answer(message: AIMessage) -> list[Part]:
    """Return what a model of LangChain wrote besides its tool calls, as parts; an empty text is none."""
    parts = to_parts(cast('Sequence[Mapping[str, Any]]', message.content_blocks), of_model=True)
    return [part for part in parts if not isinstance(part, TextPart) or part.text]


def _plain(message: BaseMessage) -> Message:
    role = _role(message)
    blocks = cast('Sequence[Mapping[str, Any]]', message.content_blocks)
    metadata = {'name': message.name} if message.name else None
    parts = to_parts(blocks, of_model=role == Role.MODEL) or [TextPart(text='')]
    return Message(role=role, content=parts, metadata=metadata)


def _role(message: BaseMessage) -> Role:
    if isinstance(message, SystemMessage):
        return Role.SYSTEM
    if isinstance(message, HumanMessage):
        return Role.USER
    if isinstance(message, ChatMessage) and message.role.lower() in _ROLES:
        return _ROLES[message.role.lower()]
    said = f' with role {message.role!r}' if isinstance(message, ChatMessage) else ''
    raise GenkitError(
        f'The conversation holds a {type(message).__name__}{said}; Genkit takes SystemMessage, HumanMessage, AIMessage '
        'and ToolMessage.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_INPUT,
    )


def _of_model(message: AIMessage) -> Message:
    held = message.additional_kwargs.get(KEPT)
    kept: Mapping[str, Any] = cast('Mapping[str, Any]', held) if isinstance(held, Mapping) else {}
    parts = [part for part in of_answer(message) if 'langchain' not in (part.custom or {})]
    thoughts = _thoughts(kept)
    if thoughts:
        parts = [*thoughts, *(part for part in parts if not isinstance(part, ReasoningPart))]
    calls = kept.get('calls')
    signed: Mapping[str, Any] = cast('Mapping[str, Any]', calls) if isinstance(calls, Mapping) else {}
    for call in message.tool_calls:
        parts.append(tool_request_part(call['name'], call['args'], call['id'], _of_call(signed, call['id'])))
    for call in message.invalid_tool_calls:
        part = tool_request_part(call['name'] or '', '', call['id'])
        request = part.tool_request.replaced(input=call['args'] or '')
        parts.append(part.replaced(tool_request=request))
    return Message(role=Role.MODEL, content=parts or [TextPart(text='')])


def _thoughts(kept: Mapping[str, Any]) -> list[Part]:
    """Return the reasoning with the signatures that its provider wants back."""
    held = kept.get('reasoning')
    found: list[Part] = []
    for each in cast('list[Any]', held) if isinstance(held, list) else []:
        try:
            found.append(ReasoningPart.model_validate(each))
        except ValueError:
            return []  # not what was put there
    return found


def _of_call(signed: Mapping[str, Any], ref: str | None) -> dict[str, Any] | None:
    metadata = signed.get(ref or '')
    return dict(cast('Mapping[str, Any]', metadata)) if isinstance(metadata, Mapping) else None


def _answer(message: ToolMessage, names: Mapping[str, str]) -> ToolResponsePart:
    parts = to_parts(cast('Sequence[Mapping[str, Any]]', message.content_blocks), of_model=False)
    text = ''.join(part.text for part in parts if isinstance(part, TextPart))
    others = [part for part in parts if not isinstance(part, TextPart)]
    response = ToolResponse(
        ref=message.tool_call_id,
        name=names.get(message.tool_call_id) or message.name or 'tool',
        output={'error': text} if message.status == 'error' else text,
        content=cast('list[Any]', others) or None,
    )
    return ToolResponsePart(tool_response=response)


def _add_answer(converted: list[Message], part: ToolResponsePart) -> None:
    if converted and converted[-1].role == Role.TOOL:
        converted[-1] = converted[-1].replaced(content=[*converted[-1].content, part])
    else:
        converted.append(Message(role=Role.TOOL, content=[part]))


def kept_of(parts: Sequence[Part], refs: Mapping[int, str]) -> dict[str, Any]:
    """Return what `to_messages` wants back of an answer: signed thoughts, and the metadata of tool calls.

    Args:
        parts: The answer of a model of Genkit.
        refs: The ids of its tool calls, by their place among the parts.
    """
    thoughts = [part for part in parts if isinstance(part, ReasoningPart)]
    signed = [part.to_wire() for part in thoughts]
    calls = {
        refs[place]: part.metadata
        for place, part in enumerate(parts)
        if isinstance(part, ToolRequestPart) and part.metadata and place in refs
    }
    kept: dict[str, Any] = {}
    if any(part.metadata for part in thoughts):
        kept['reasoning'] = signed
    if calls:
        kept['calls'] = calls
    return {KEPT: kept} if kept else {}
