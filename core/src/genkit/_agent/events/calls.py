# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The ids of tool calls.

A model's own ids may be missing, or come again in a later turn; protocols of agents want one of each in a session.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from genkit.types import Message, ToolRequest, ToolRequestPart, ToolResponse
from genkit.types.message import nested_interrupts


@dataclass(slots=True)
class Call:
    """A call of a tool, as far as it is known.

    Attributes:
        id: Unique in the session.
        name: Of the tool.
        ref: As the model gave it.
        text: The JSON of its input, as far as it has come in pieces.
        is_whole: Whether its input is complete.
        is_answered: Whether the tool has answered.
        inner: The calls that wait inside this one, of an agent that is used as a tool.
    """

    id: str
    name: str
    ref: str | None
    text: str = ''
    is_whole: bool = False
    is_answered: bool = False
    inner: list['Call'] = field(default_factory=list['Call'])


class Calls:
    """The calls of a session, in their order.

    Args:
        history: The conversation so far.
    """

    def __init__(self, history: Iterable[Message] = ()) -> None:
        self._known: dict[str, Call] = {}
        self._open: list[Call] = []
        for message in history:
            self.take(message)

    def take(self, message: Message) -> list[Call]:
        """Return the calls of a message that is complete, and note the answers in it."""
        requests = message.tool_requests
        added = [self.add(part.tool_request, is_whole=True) for part in requests]
        for call, part in zip(added, requests, strict=True):
            self.nest(call, part)
            call.is_answered = 'pendingOutput' in (part.metadata or {})
        for response in message.tool_responses:
            self.answered(response.tool_response)
        return added

    def begun(self, request: ToolRequest) -> Call | None:
        """Return the call whose input is still coming; None if it is a new one."""
        named = [call for call in self._open if not call.is_whole and call.name == request.name]
        return next((call for call in named if call.ref == request.ref), None)

    def of(self, message: Message) -> list[tuple[Call, ToolRequestPart]]:
        """Return the calls of the message that was read last, each with its request as it stands at the end."""
        left, found = list(self._open), list[tuple[Call, ToolRequestPart]]()
        for part in message.tool_requests:
            wanted = (part.tool_request.name, part.tool_request.ref)
            call = next((each for each in left if (each.name, each.ref) == wanted), None)
            if call is not None:
                left.remove(call)
                found.append((call, part))
        return found

    def add(self, request: ToolRequest, *, is_whole: bool) -> Call:
        """Return a new call."""
        wanted = request.ref or request.name
        number, chosen = 1, wanted
        while chosen in self._known:
            number += 1
            chosen = f'{wanted}~{number}'
        call = self._known[chosen] = Call(chosen, request.name, request.ref, is_whole=is_whole)
        self._open.append(call)
        return call

    def answered(self, response: ToolResponse) -> Call | None:
        """Return the call that a response belongs to, a new one if it was not seen; None if it had its answer."""
        wanted = (response.name, response.ref)
        call = next((each for each in self._open if (each.name, each.ref) == wanted), None)
        if call is None:
            call = self.add(ToolRequest(name=response.name, ref=response.ref), is_whole=False)
        self._open.remove(call)
        was_answered, call.is_answered = call.is_answered, True
        return None if was_answered else call

    def nest(self, call: Call, part: ToolRequestPart) -> list[tuple[Call, ToolRequestPart]]:
        """Return the calls that wait inside one, each with its request; they are new if it was not asked before."""
        leaves = nested_interrupts(part)
        if not call.inner:
            call.inner = [self.add(leaf.tool_request, is_whole=True) for leaf in leaves]
        return list(zip(call.inner, leaves, strict=True))


def call_ids(messages: Sequence[Message]) -> list[list[str]]:
    """Return the ids of the tool calls of each message of a conversation, in their order.

    They are those of the events of the same conversation: the model's own, or the tool's name, with a number after it
    where that was taken.
    """
    calls = Calls()
    return [[call.id for call in calls.take(message)] for message in messages]
