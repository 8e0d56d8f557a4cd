# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Single keys of a terminal, while something else goes on."""

import contextlib
import select
import sys
import threading
from collections.abc import Callable, Generator
from typing import TextIO


_SECONDS = 0.1


@contextlib.contextmanager
def heard_keys(stream: TextIO, heard: Callable[[str], None]) -> Generator[bool]:
    """Call a function with each key that is pressed meanwhile; gives False where that cannot be had."""
    try:
        import termios  # noqa: PLC0415 - POSIX has it
        import tty  # noqa: PLC0415 - see above
    except ImportError:
        yield False
        return
    if not stream.isatty():
        yield False
        return
    number = stream.fileno()
    before = termios.tcgetattr(number)
    ended = threading.Event()

    def listen() -> None:
        while not ended.is_set():
            if select.select([number], [], [], _SECONDS)[0]:
                heard(stream.read(1))

    listener = threading.Thread(target=listen, name='releasekit-keys', daemon=True)
    try:
        tty.setcbreak(number)
        listener.start()
        yield True
    finally:
        ended.set()
        listener.join(timeout=5 * _SECONDS)
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def keyboard() -> TextIO:
    """Return where keys come from."""
    return sys.stdin
