# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parses the JSON of a turn incrementally: each character is parsed once, however often the output is read."""

from typing import Any, cast

from genkit._base.json_stream import JsonStream
from genkit.types import GenerateResponseChunk


class TurnReader:
    """How far the chunks of a turn have been read.

    Attributes:
        stream: The JSON so far.
        item_counts: How many elements of an outermost array were complete after each chunk.
    """

    __slots__ = ('item_counts', 'stream')

    def __init__(self) -> None:
        self.stream = JsonStream()
        self.item_counts: list[int] = []

    def read(self, texts: list[str]) -> None:
        """Read the texts that are new."""
        for text in texts:
            self.stream.feed(text)
            self.item_counts.append(self.stream.completed_items())


def read_up_to(chunk: GenerateResponseChunk[Any]) -> TurnReader:
    """Return the JSON as it stood after a chunk.

    Chunks are usually read in order, and then this costs what is new. For an earlier chunk the turn is read again up
    to there.
    """
    history = chunk.history
    if history is None or chunk.aggregated:
        reader = TurnReader()
        reader.read([chunk.text])
        return reader
    reader = cast('TurnReader | None', history.state)
    if reader is None:
        reader = history.state = TurnReader()
    done = len(reader.item_counts)
    if done > chunk.position + 1:
        reader = TurnReader()
        done = 0
    reader.read(history.texts[done : chunk.position + 1])
    return reader
