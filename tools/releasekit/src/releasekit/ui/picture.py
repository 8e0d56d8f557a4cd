# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A picture of what a command shows on a terminal, as SVG: for documentation, and for reports of faults."""

import contextlib
import io
import os
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Final, TextIO


_COLUMNS: Final = 100
_LINES: Final = 200
# How a live table takes back what it drew: the line where the cursor is, and so many above it.
_TAKEN_BACK: Final = re.compile(r'\r\x1b\[2K((?:\x1b\[1A\x1b\[2K)*)')
_CURSOR: Final = re.compile(r'\x1b\[\?25[hl]')
_FONTS: Final = re.compile(r'@font-face \{.*?\}', re.DOTALL)  # they would be fetched; the reader's own will do


class Recorded(io.TextIOBase):
    """A stream that is shown where it was, and is a terminal to its writer.

    Args:
        shown: Where it was.
        heard: Everything that was written, to this stream and others.
    """

    def __init__(self, shown: TextIO, heard: list[str]) -> None:
        self._shown = shown
        self._heard = heard

    def write(self, text: str, /) -> int:
        """Write and remember."""
        self._heard.append(text)
        return self._shown.write(text)

    def flush(self) -> None:
        """Pass on what was written."""
        self._shown.flush()

    def isatty(self) -> bool:
        """Say yes."""
        return True

    def fileno(self) -> int:
        """Return the number of the stream's file."""
        return self._shown.fileno()


@contextlib.contextmanager
def recorded(picture: Path | None, title: str) -> Generator[None]:
    """Draw what the block shows; nothing is recorded without a file to put it in."""
    if picture is None:
        yield
        return
    heard: list[str] = [f'$ {title}\n']
    before, environment = (sys.stdout, sys.stderr), {name: os.environ.get(name) for name in ('COLUMNS', 'LINES')}
    os.environ.update(COLUMNS=str(_COLUMNS), LINES=str(_LINES))  # as much as a reader can scroll through
    sys.stdout, sys.stderr = Recorded(sys.stdout, heard), Recorded(sys.stderr, heard)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for name, value in environment.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        picture.write_text(drawn(''.join(heard), title), 'utf-8')


def drawn(shown: str, title: str) -> str:
    """Return what a terminal shows in the end as SVG."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only a picture needs it
    from rich.text import Text  # noqa: PLC0415 - see above

    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(left_over(shown)))
    return _FONTS.sub('', console.export_svg(title=title))


def left_over(shown: str) -> str:
    """Return what is left on a terminal of what was written there."""
    pieces = _TAKEN_BACK.split(_CURSOR.sub('', shown).replace('\r\n', '\n'))
    left = pieces[0]
    for ups, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        lines = left.split('\n')
        left = '\n'.join([*lines[: -1 - ups.count('A')], ''] if len(lines) > 1 else ['']) + piece
    return left
