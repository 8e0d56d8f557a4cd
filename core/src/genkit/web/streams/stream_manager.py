# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where streams are kept."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence


class StreamWriter(ABC):
    """Writes one stream."""

    @abstractmethod
    async def write(self, frames: Sequence[str]) -> None:
        """Keep further frames, each the JSON of an object with a ``message``, a ``result`` or an ``error``."""

    @abstractmethod
    async def end(self) -> None:
        """Note that there are no more."""


class StreamManager(ABC):
    """Keeps streams for a while, for one process or for several."""

    @abstractmethod
    async def open(self, stream_id: str) -> StreamWriter:
        """Begin a stream.

        Args:
            stream_id: Its id, which no other one has.
        """

    @abstractmethod
    async def join(self, stream_id: str) -> AsyncIterator[str]:
        """Return the frames of a stream from its beginning, those that are still to come included.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is no such stream, or no longer.
        """


def no_stream_reason(stream_id: str) -> str:
    """Return the text of the error for a stream that is not there."""
    return f'There is no stream {stream_id!r}: it was never there, or is there no longer.'
