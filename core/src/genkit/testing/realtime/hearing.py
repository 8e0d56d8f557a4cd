# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a caller hears of a conversation, and the simplest model there is."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from genkit.testing.realtime.moves import RealtimeMove, RealtimeTurn, SpeakMove
from genkit.types import GenerateResponseChunk, TextPart


_PATIENCE: Final = 10


def realtime_echo(turn: RealtimeTurn) -> Iterator[RealtimeMove]:
    """Say what was said, or what tools returned."""
    yield SpeakMove(f'You said: {turn.said}' if not turn.answers else f'It is {", ".join(turn.answers.values())}.')


class HeardConversation:
    """What a caller hears of a conversation.

    Args:
        conversation: Of `generate_bidi`.

    Attributes:
        chunks: All that came so far.
    """

    def __init__(self, conversation: Any) -> None:
        self.chunks: list[GenerateResponseChunk[Any]] = []
        self._coming = conversation.receive()

    async def until(self, event: str) -> dict[str, Any]:
        """Return the facts of the next event of a kind; fail if the conversation ends before."""
        async with asyncio.timeout(_PATIENCE):
            async for chunk in self._coming:
                self.chunks.append(chunk)
                if chunk.custom and chunk.custom['event'] == event:
                    return chunk.custom
        raise AssertionError(f'no {event!r} came: {self.events}')

    async def all(self) -> None:
        """Hear the rest."""
        async with asyncio.timeout(_PATIENCE):
            async for chunk in self._coming:
                self.chunks.append(chunk)

    @property
    def events(self) -> list[str]:
        """The kinds of events that came."""
        return [chunk.custom['event'] for chunk in self.chunks if chunk.custom]

    def said(self, whose: str) -> str:
        """Return the transcript of a side."""
        parts = [part for chunk in self.chunks for part in chunk.content if isinstance(part, TextPart)]
        return ''.join(part.text for part in parts if (part.metadata or {}).get('transcript') == whose)

    @property
    def sound(self) -> bytes:
        """The sound that came."""
        return b''.join(chunk.audio for chunk in self.chunks)
