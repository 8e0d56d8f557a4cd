# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The lines of stdin, read in a thread that holds up nobody: with the library's own reader, Ctrl-C waits for a line."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Generator
from typing import Final, Self


_PIECE: Final = 65536
_LINES: Final = 64


class StdinLines:
    """An asynchronous iterator over lines of UTF-8.

    Args:
        descriptor: What to read.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[str | None] = asyncio.Queue(_LINES)
        self._is_closed = False
        threading.Thread(target=self._read, name='mcp stdin', daemon=True).start()

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __anext__(self) -> str:
        """Return the next line."""
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line

    def close(self) -> None:
        """Read no more."""
        self._is_closed = True

    def _read(self) -> None:
        pieces: list[bytes] = []
        with contextlib.suppress(OSError, RuntimeError):  # the descriptor or the event loop is closed
            while not self._is_closed and (piece := os.read(self._descriptor, _PIECE)):
                *ends, rest = piece.split(b'\n')
                for end in ends:
                    self._put(b''.join([*pieces, end]).decode(errors='replace'))
                    pieces.clear()
                pieces.append(rest)
            if any(pieces):
                self._put(b''.join(pieces).decode(errors='replace'))
            self._put(None)

    def _put(self, line: str | None) -> None:
        asyncio.run_coroutine_threadsafe(self._lines.put(line), self._loop).result()


@contextlib.contextmanager
def taken_stdin() -> Generator[StdinLines]:
    """Take stdin from everything else in the process, which reads an empty file meanwhile."""
    kept = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    lines = StdinLines(kept)
    try:
        yield lines
    finally:
        lines.close()
        os.dup2(kept, 0)
        os.close(kept)
