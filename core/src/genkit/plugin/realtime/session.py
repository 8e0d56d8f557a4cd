# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a protocol of real-time models has to say, without IO."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from genkit.plugin.realtime.chunks import Control, control_of, event_chunk, is_sound
from genkit.plugin.realtime.socket import Body
from genkit.plugin.realtime.transcript import Transcript, Utterance
from genkit.plugin.tools.tool_names import ToolNames
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    MediaPart,
    Message,
    Part,
    Role,
    ToolRequestPart,
    ToolResponsePart,
)


Chunk = GenerateResponseChunk[Any]

MOST_SOUND: Final = 256 * 1024
"""Bytes of sound that are sent in one message."""


class Owed(IntEnum):
    """What the model owes the user."""

    NOTHING = 0
    PERHAPS = 1
    ANSWER = 2


class RealtimeSession(ABC):
    """The provider's protocol in one conversation, which may outlive a connection.

    Its methods put the events that are to be sent into `outbox`.

    Args:
        source: The plugin's name, for errors.
        beginning: Configuration, tools, system message and the conversation so far.
        names: Gives the tools their own names back.
        is_single: Whether the beginning is all that is asked, as in `generate`.

    Attributes:
        secrets: Texts that no error may repeat, as `Talk` finds them for each connection.
        outbox: Events to send, in order.
        ready: Whether the provider takes what is said on this connection.
        transcript: What was said.
        usage: Of all turns.
        reason: Why the last turn ended.
        turns: How many turns the model has ended.
        calls: Tool calls without a response, by their ids.
        owed: What the model owes the user.
        restarted: Whether an answer begins again on the next connection.
        leave_by: When this connection must be replaced, in seconds of `now`; None while it may stay.
        facts: What is said of the conversation in the final answer.
    """

    def __init__(self, source: str, beginning: GenerateRequest, names: ToolNames, *, is_single: bool) -> None:
        self.source = source
        self.names = names
        self.is_single = is_single
        self.beginning = beginning
        self.secrets: tuple[str | None, ...] = ()
        self.outbox: list[Body] = []
        self.ready = False
        self.transcript = Transcript(keeps_sound=is_single)
        self.usage: GenerationUsage | None = None
        self.reason = FinishReason.UNKNOWN
        self.turns = 0
        self.calls: dict[str, ToolRequestPart] = {}
        self.owed = Owed.NOTHING
        self.restarted = False
        self.leave_by: float | None = None
        self.facts: dict[str, Any] = {}
        for message in beginning.messages:
            if message.role != Role.SYSTEM:
                self.transcript.add(message)

    @property
    def is_answering(self) -> bool:
        """Whether the model is in the middle of an answer."""
        return self.owed == Owed.ANSWER

    @property
    def is_idle(self) -> bool:
        """Whether the connection can be replaced without a loss."""
        return self.owed == Owed.NOTHING and not self.calls

    @property
    def is_over(self) -> bool:
        """Whether a single request is answered."""
        return self.is_single and self.turns > 0 and self.owed != Owed.ANSWER

    def now(self) -> float:
        """Return the time, in seconds from any moment."""
        return time.monotonic()

    @abstractmethod
    def open(self) -> None:
        """Put what a new connection begins with into the outbox; `ready` is False until the provider agrees."""

    @abstractmethod
    def retell(self) -> None:
        """Put what a connection that is ready has to be given of the conversation into the outbox."""

    @abstractmethod
    def read(self, event: Body) -> list[Chunk]:
        """Take an event of the provider, and return what the caller gets.

        Raises:
            GenkitError: The provider says that it failed, or what it says cannot be meant.
        """

    @abstractmethod
    def take(self, message: Message) -> None:
        """Take a message of the caller, of the user as a rule; the transcript has it already."""

    @abstractmethod
    def listen(self, parts: Sequence[MediaPart]) -> None:
        """Take sound of the user as it comes."""

    @abstractmethod
    def answer(self, responses: Sequence[ToolResponsePart]) -> None:
        """Take responses of tools to calls that wait for them."""

    @abstractmethod
    def interrupt(self, heard_ms: float | None) -> list[Chunk]:
        """Stop the answer that is under way."""

    @abstractmethod
    def end_turn(self) -> None:
        """Note that the user has finished speaking, and wants an answer."""

    @abstractmethod
    def finish(self) -> None:
        """Note that the caller sends nothing more; sound that was sent may be speech that waits for an answer."""

    def give_up(self) -> None:
        """Note that what was perhaps owed did not come."""
        self.owed = Owed.NOTHING

    @abstractmethod
    def lost(self) -> list[Chunk]:
        """Note that the connection is no more, and return what the caller gets; sets `restarted`."""

    def told(self, request: GenerateRequest) -> list[Chunk]:
        """Take a request of the caller, and return what the caller gets at once.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a part that the provider does not take.
        """
        chunks: list[Chunk] = []
        for message in request.messages:
            said: list[Part] = []
            for part in message.content:
                control = control_of(part)
                if control is None:
                    said.append(part)
                else:
                    chunks += self._control(control)
            if said:
                chunks += self._said(message.replaced(content=said))
        return chunks

    def response(self) -> GenerateResponse[Any]:
        """Return the whole answer."""
        messages = self.transcript.messages()
        answer = messages.pop() if messages and messages[-1].role == Role.MODEL else None
        system = [message for message in self.beginning.messages if message.role == Role.SYSTEM]
        said = self.beginning.replaced(messages=[*system, *messages])
        return GenerateResponse(
            message=answer or Message(role=Role.MODEL, content=[]),
            finish_reason=self.reason,
            usage=self.usage,
            custom={**self.facts, 'turns': self.turns},
            request=said,
        )

    def end_of_turn(self, usage: GenerationUsage | None = None, **facts: Any) -> Chunk:
        """Count a turn that has ended, and return the chunk that says so."""
        self.turns += 1
        self.count(usage)
        shown = None if usage is None else usage.model_dump(by_alias=True, exclude_none=True)
        return event_chunk('turnComplete', usage=shown, **facts)

    def count(self, usage: GenerationUsage | None) -> None:
        """Add what a turn consumed."""
        if usage is not None:
            self.usage = usage if self.usage is None else self.usage + usage

    def call(self, part: ToolRequestPart, said: Utterance) -> list[Chunk]:
        """Note a tool call that is complete, and return it as a chunk; one that comes twice is not made again.

        Args:
            part: The call, with the provider's id, by which its response is known.
            said: What the call is a part of.
        """
        ref = part.tool_request.ref or ''
        if ref in self.calls:
            return []
        self.calls[ref] = part
        said.parts.append(part)
        return [GenerateResponseChunk(role=Role.MODEL, content=[part])]

    def cancel_calls(self, refs: Sequence[str]) -> list[Chunk]:
        """Forget tool calls that the model no longer needs, and return the chunk that says so."""
        cancelled = [part for ref in refs if (part := self.calls.pop(ref, None)) is not None]
        if not cancelled:
            return []
        marked = [part.replaced(metadata={**(part.metadata or {}), 'cancelled': True}) for part in cancelled]
        shown = event_chunk('toolCallsCancelled', refs=[part.tool_request.ref for part in cancelled])
        return [shown.replaced(content=marked)]

    def _control(self, control: Control) -> list[Chunk]:
        if control.action == 'interrupt':
            return self.interrupt(control.heard_ms)
        self.end_turn()
        return []

    def _said(self, message: Message) -> list[Chunk]:
        if message.role == Role.TOOL:
            waiting = [part for part in message.tool_responses if self._is_awaited(part)]
            if waiting:
                self.transcript.add(message.replaced(content=list(waiting)))
                self.answer(waiting)
            return []
        sounds = [part for part in message.content if isinstance(part, MediaPart) and is_sound(part)]
        if message.role == Role.USER and len(sounds) == len(message.content):
            self.listen(sounds)
            return []
        chunks = self.interrupt(None) if message.role == Role.USER and self.is_answering else []
        self.transcript.add(message)
        self.take(message)
        return chunks

    def _is_awaited(self, part: ToolResponsePart) -> bool:
        """Return whether a tool's response is awaited; one to a call that was cancelled is not."""
        response = part.tool_response
        named = (ref for ref, call in self.calls.items() if call.tool_request.name == response.name)
        ref = response.ref if response.ref is not None else next(named, None)
        return ref is not None and self.calls.pop(ref, None) is not None
