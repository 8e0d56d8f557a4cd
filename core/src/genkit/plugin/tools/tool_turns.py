# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tool calls and their answers in a conversation, as protocols want them: each with an id, and paired."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from pydantic_core import to_json

from genkit.plugin.tools.tool_calls import parse_arguments
from genkit.plugin.tools.tool_names import ToolNames
from genkit.types import Message, Part, Role, ToolRequest, ToolRequestPart, ToolResponse, ToolResponsePart


class ToolCall(NamedTuple):
    """A tool call in a model's message.

    Attributes:
        id: The call's own, or one made from its place in the conversation, where it has none or that of another call of
            its message: protocols refuse two calls of one id.
        part: The part that holds it.
    """

    id: str
    part: ToolRequestPart


class ToolAnswer(NamedTuple):
    """A tool response, with the id of its call.

    Attributes:
        id: The id of the call.
        part: The part that holds it.
        place: The index of the call in the model's message, from 0; None if it is not there.
    """

    id: str
    part: ToolResponsePart
    place: int | None


def tool_calls(message: Message, number: int, prefix: str = 'call') -> list[ToolCall]:
    """Return the tool calls of a message, in order.

    Args:
        message: What a model said.
        number: Its place in the conversation, from 0.
        prefix: What an id that is made begins with.
    """
    found: list[ToolCall] = []
    taken: set[str] = set()
    for place, part in enumerate(message.tool_requests):
        own = part.tool_request.ref
        found.append(ToolCall(own if own and own not in taken else _made_id(prefix, number, place), part))
        taken.add(found[-1].id)
    return found


def tool_answers(messages: Sequence[Message], number: int, prefix: str = 'call') -> list[ToolAnswer]:
    """Return the tool responses in a message, in order, paired with the calls of the preceding model message.

    An answer without an id belongs to the first call of its tool that has no answer yet.

    Args:
        messages: The conversation.
        number: The place of the message with the answers, from 0.
        prefix: What an id that is made begins with, as for `tool_calls`.
    """
    asking = next((n for n in reversed(range(number)) if messages[n].role == Role.MODEL), None)
    calls = [] if asking is None else tool_calls(messages[asking], asking, prefix)
    waiting = dict(enumerate(calls))
    found: list[ToolAnswer] = []
    for turn in range(number if asking is None else asking + 1, number + 1):
        found = [
            _answer(part, waiting, _made_id(prefix, number if asking is None else asking, place))
            for place, part in enumerate(messages[turn].tool_responses)
        ]
    return found


def object_arguments(request: ToolRequest, names: ToolNames) -> dict[str, Any]:
    """Return the arguments of a call as an object, for protocols that only take objects."""
    given = names.inputs.to_wire(request.name, request.input)
    value = parse_arguments(given) if isinstance(given, str) else given
    if isinstance(value, Mapping):
        return dict(cast('Mapping[str, Any]', value))
    return {} if value is None else {'input': value}


def text_arguments(request: ToolRequest, names: ToolNames) -> str:
    """Return the arguments of a call as JSON text; text from the model is unchanged."""
    given = names.inputs.to_wire(request.name, request.input)
    return given if isinstance(given, str) else json_text({} if given is None else given)


def answer_text(response: ToolResponse) -> str:
    """Return the output of a tool as text: a text as it is, anything else as JSON."""
    output = response.output
    return output if isinstance(output, str) else json_text(output)


def answer_parts(response: ToolResponse) -> list[Part]:
    """Return the parts of a tool response besides its output: media and texts."""
    return [piece if isinstance(piece, Part) else Part(**piece) for piece in response.content or ()]


def json_text(value: Any) -> str:
    """Return a value as JSON text under its wire names; what has no form in JSON is its text."""
    return to_json(value, by_alias=True, fallback=str).decode()


def _made_id(prefix: str, message: int, place: int) -> str:
    return f'{prefix}_{message}_{place}'


def _answer(part: ToolResponsePart, waiting: dict[int, ToolCall], otherwise: str) -> ToolAnswer:
    """Return an answer with its call, which waits no longer."""
    response = part.tool_response
    for place, call in waiting.items():
        request = call.part.tool_request
        if request.name == response.name and response.ref in (None, request.ref):
            del waiting[place]
            return ToolAnswer(call.id, part, place)
    return ToolAnswer(response.ref or otherwise, part, None)
