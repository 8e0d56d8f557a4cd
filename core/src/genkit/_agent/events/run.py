# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs an agent for one of its clients, and tells what happens as events."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from genkit._agent.client import AgentChat, Said
from genkit._agent.events.calls import Calls
from genkit._agent.events.event import AgentEvent, WaitingCall
from genkit._agent.events.reader import EventReader
from genkit._agent.response import AgentError
from genkit._agent.turns import STREAMS_WHOLE
from genkit._base.errors import GenkitError, get_callable_json
from genkit.types import AgentFinishReason, Message


async def run_events(chat: AgentChat, said: Said) -> AsyncGenerator[AgentEvent, None]:
    """Send a message or an answer, and yield what happens until the run ends; leaving the iterator ends the run.

    Args:
        chat: The conversation; only one run of it at a time.
        said: What the client says, as for `AgentChat.send`; answers are an `AgentInput` with ``resume``.
    """
    reader = EventReader(list(chat.messages))
    whole = STREAMS_WHOLE.set(True)
    try:
        turn = chat.send_stream(said)
    finally:
        STREAMS_WHOLE.reset(whole)
    try:
        async for chunk in turn:
            for event in reader.take(chunk):
                yield event
        for event in await _last(reader, turn.response):
            yield event
    finally:
        if not turn.response.done():
            await turn.abort()


async def _last(reader: EventReader, run: 'asyncio.Task[Any]') -> list[AgentEvent]:
    try:
        response = await run
    except AgentError as error:
        return reader.end(error.response.output)
    except GenkitError as error:
        return reader.broken(AgentFinishReason.FAILED, get_callable_json(error))
    except asyncio.CancelledError:
        if not run.cancelled():
            raise
        return reader.broken(AgentFinishReason.ABORTED)
    return reader.end(response.output, response.total_usage)


def waiting_calls(messages: list[Message]) -> list[WaitingCall]:
    """Return the calls at the end of a conversation that wait for a person, with the ids that their events had."""
    if not messages:
        return []
    calls = Calls(messages)
    found: list[WaitingCall] = []
    for call, part in calls.of(messages[-1]):
        if 'interrupt' in (part.metadata or {}):
            found += [WaitingCall(each.id, leaf) for each, leaf in calls.nest(call, part)] or [
                WaitingCall(call.id, part)
            ]
    return found
