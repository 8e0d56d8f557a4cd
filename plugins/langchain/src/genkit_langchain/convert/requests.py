# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests of Genkit as LangChain's chat models take them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import (
    ToolNames,
    answer_parts,
    answer_text,
    get_request_api_key,
    object_arguments,
    tool_answers,
    tool_calls,
    without_key,
)
from genkit.types import GenerateRequest, Message, Part, Role, ToolDefinition, ToolRequestPart
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    message_to_dict,
    messages_from_dict,
)
from langchain_core.messages.tool import tool_call

from genkit_langchain.convert.messages import of_answer
from genkit_langchain.convert.pieces import FOREIGN, to_block, to_content


_OPTIONS: Final = {
    'max_output_tokens': 'max_tokens',
    'maxOutputTokens': 'max_tokens',
    'stop_sequences': 'stop',
    'stopSequences': 'stop',
    'top_k': 'top_k',
    'topK': 'top_k',
    'top_p': 'top_p',
    'topP': 'top_p',
    'version': 'model',
}
_CHOICES: Final = {'required': 'any', 'none': 'none', 'auto': 'auto'}


def to_langchain_messages(messages: Sequence[Message], names: ToolNames) -> list[BaseMessage]:
    """Return a conversation as messages of LangChain; each answer of a tool becomes a message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that has no counterpart.
    """
    converted: list[BaseMessage] = []
    for number, message in enumerate(messages):
        if message.role == Role.TOOL:
            converted += _answers(messages, number, names)
        elif message.role == Role.MODEL:
            converted.append(_of_model(message, number, names))
        else:
            kind = SystemMessage if message.role == Role.SYSTEM else HumanMessage
            converted.append(kind(content=cast('Any', to_content(message.content))))
    return converted


def to_options(request: GenerateRequest) -> dict[str, Any]:
    """Return the configuration of a request as keyword arguments of a call, under LangChain's usual names.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a key: the object of LangChain holds its own.
    """
    if get_request_api_key(request.config):
        raise GenkitError(
            'The request brings an api_key; a chat model of LangChain is made with its own. Leave api_key out, or add '
            'another model with that key.',
            status='INVALID_ARGUMENT',
        )
    config: Any = request.config
    members = config.model_dump(exclude_unset=True) if hasattr(config, 'model_dump') else dict(config or {})
    given = without_key(members)
    return {_OPTIONS.get(name, name): value for name, value in given.items() if value is not None}


def to_tools(tools: Sequence[ToolDefinition], names: ToolNames) -> list[dict[str, Any]]:
    """Return tools in the form of OpenAI's, which every chat model of LangChain takes."""
    return [
        {
            'type': 'function',
            'function': {
                'name': names.to_wire(tool.name),
                'description': tool.description,
                'parameters': names.inputs.schema(tool),
            },
        }
        for tool in tools
    ]


def to_tool_choice(request: GenerateRequest) -> dict[str, Any]:
    """Return the keyword argument that says whether a tool must be called; none if nothing was said."""
    return {} if request.tool_choice is None else {'tool_choice': _CHOICES[str(request.tool_choice)]}


def own_form(message: AIMessage) -> dict[str, Any] | None:
    """Return what is kept of a model's own message, so that its provider gets its signatures back; None for text."""
    if isinstance(message.content, str) and not message.additional_kwargs:
        return None
    plain = AIMessage(**{name: getattr(message, name) for name in _KEPT})
    return {FOREIGN: message_to_dict(plain)}


_KEPT: Final = ('content', 'additional_kwargs', 'response_metadata', 'tool_calls', 'invalid_tool_calls', 'id')


def _of_model(message: Message, number: int, names: ToolNames) -> BaseMessage:
    own = _own_message(message, names)
    if own is not None:
        return own
    calls = [
        tool_call(
            name=names.to_wire(call.part.tool_request.name),
            args=object_arguments(call.part.tool_request, names),
            id=call.id,
        )
        for call in tool_calls(message, number)
    ]
    others = [part for part in message.content if not isinstance(part, ToolRequestPart)]
    return AIMessage(content=cast('Any', to_content(others)), tool_calls=calls)


def _own_message(message: Message, names: ToolNames) -> AIMessage | None:
    """Return the message that a model of LangChain wrote, if it still says what the parts say; else they count."""
    held = (message.metadata or {}).get(FOREIGN)
    if not isinstance(held, Mapping):
        return None
    try:
        [found] = messages_from_dict([dict(cast('Mapping[str, Any]', held))])
    except Exception:  # noqa: BLE001  (metadata may hold anything; the parts are what was said)
        return None
    if not isinstance(found, AIMessage):
        return None
    calls = [(call['id'], call['args']) for call in found.tool_calls]
    requests = [part.tool_request for part in message.tool_requests]
    asked = [(request.ref, object_arguments(request, names)) for request in requests]
    others: list[Part] = [part for part in message.content if not isinstance(part, ToolRequestPart)]
    same = calls == asked and not found.invalid_tool_calls and of_answer(found) == others
    return found if same else None


def _answers(messages: Sequence[Message], number: int, names: ToolNames) -> list[BaseMessage]:
    converted: list[BaseMessage] = []
    for answer in tool_answers(messages, number):
        response = answer.part.tool_response
        text, parts = answer_text(response), answer_parts(response)
        blocks = [{'type': 'text', 'text': text}, *map(to_block, parts)] if parts else text
        converted.append(
            ToolMessage(content=cast('Any', blocks), tool_call_id=answer.id, name=names.to_wire(response.name))
        )
    return converted
