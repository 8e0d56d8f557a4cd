# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Gives every chunk its place in the exchange."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from genkit._base.errors import GenkitError
from genkit.types import GenerateResponseChunk, Message, Role, ToolRequestPart
from genkit.types.generate import ChunkHistory


_NOTHING_SENT = ChunkHistory()


class ChunkSender:
    """Numbers the chunks of one turn.

    The index grows when the role changes and something was sent already.

    Args:
        on_chunk: Where chunks go; None if the caller does not stream.
        read: How a chunk's ``output`` is read.
        index: Of the first chunk.
    """

    __slots__ = ('_history', '_index', '_on_chunk', '_read', '_role')

    def __init__(
        self, on_chunk: Callable[[Any], None] | None, read: Callable[[Any], Any] | None, index: int = 0
    ) -> None:
        self._on_chunk = on_chunk
        self._read = read
        self._index = index
        self._role = Role.MODEL
        self._history = _NOTHING_SENT if on_chunk is None else ChunkHistory()

    @property
    def next_index(self) -> int:
        """The index at which the next turn begins."""
        return self._index + 1

    @property
    def model_callback(self) -> Callable[[Any], None] | None:
        """What the model is given to send its chunks to."""
        return None if self._on_chunk is None else self._from_model

    def send_message(self, message: Message) -> None:
        """Send a whole message, such as the answers of tools, as one chunk."""
        if self._on_chunk is not None:
            self._send(message.role, GenerateResponseChunk(content=message.content))

    def send_unstreamed(self, message: Message) -> None:
        """Send what the model left out of a message's chunks: all of it, or the requests for tools."""
        if not self._history.texts:
            self.send_message(message)
            return
        sent = [part for content in self._history.contents for part in content if isinstance(part, ToolRequestPart)]
        known = {(part.tool_request.name, part.tool_request.ref) for part in sent if not part.tool_request.partial}
        left = [part for part in message.tool_requests if (part.tool_request.name, part.tool_request.ref) not in known]
        if left and self._on_chunk is not None:
            self._send(message.role, GenerateResponseChunk(content=[*left]))

    def next_turn(self) -> None:
        """Begin a new turn at the next index, with a fresh history."""
        self._index += 1
        self._role = Role.MODEL
        self._history = ChunkHistory()

    def _from_model(self, chunk: Any) -> None:
        if not isinstance(chunk, GenerateResponseChunk):
            chunk = GenerateResponseChunk.model_validate(chunk)
        self._send(Role.MODEL, chunk)  # pyright: ignore[reportUnknownArgumentType]  (a chunk of any output type)

    def _send(self, role: Role, chunk: GenerateResponseChunk[Any]) -> None:
        if role is not self._role:
            if self._history.texts:
                self._index += 1
            self._role = role
        if chunk.aggregated:
            self._history = ChunkHistory()  # what follows goes on from here
        placed = chunk.placed(self._history, role, self._index, self._read)
        assert self._on_chunk is not None
        try:
            left = self._on_chunk(placed)
        except Exception as error:
            raise reader_failed(error) from error
        if left is not None and inspect.iscoroutine(left):
            raise unawaited(left, self._on_chunk)


def reader_failed(error: Exception) -> GenkitError:
    """Return the error of a call whose chunks could not be taken."""
    return GenkitError(
        'The function that takes the chunks raised; the generation was stopped.', status='ABORTED', cause=error
    )


def unawaited(left: Coroutine[Any, Any, Any], on_chunk: Any) -> GenkitError:
    """Return the error of a function that takes chunks and leaves a coroutine, which nobody would await."""
    left.close()
    return GenkitError(
        f'on_chunk={on_chunk!r} returned a coroutine without being an async function. Write `async def`, or iterate '
        'over the chunks of generate_stream().',
        status='INVALID_ARGUMENT',
    )
