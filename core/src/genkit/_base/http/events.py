# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Lines and server-sent events, out of bytes that arrive in any pieces."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from genkit._base.errors import GenkitError


# Bytes of one line, and of the data of one event. A picture comes in one.
LONGEST: Final = 32 * 2**20

_BYTE_ORDER_MARK: Final = b'\xef\xbb\xbf'
_IGNORED: Final = frozenset({b'', b'id', b'retry'})  # a line with nothing before its colon is a comment
_LONGEST_HEAD: Final = 20_000


class LineReader:
    """Reads lines that end with LF, in time that grows with the bytes.

    Args:
        longest: Bytes of a line, at most.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._rest = bytearray()

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the lines that a further piece completes.

        Raises:
            GenkitError: ``OUT_OF_RANGE`` if a line is too long.
        """
        known = len(self._rest)
        self._rest += piece
        end = self._rest.rfind(b'\n', known)
        if end < 0:
            if known + len(piece) > self._longest:
                self._rest.clear()
                raise _too_long('a line', self._longest)
            return []
        lines = bytes(self._rest[:end]).split(b'\n')
        del self._rest[: end + 1]
        return lines

    def close(self) -> bytes:
        """Return the last line, which nothing ended."""
        line = bytes(self._rest)
        self._rest.clear()
        return line


class Event(NamedTuple):
    """One event: its name, empty unless it was given one, and its data as it came."""

    name: str
    data: bytes


class EventReader:
    """Reads a stream of events as https://html.spec.whatwg.org/multipage/server-sent-events.html lays it down.

    It reads two things more, because servers of flows send them: a line ``error: …`` is an event of that name by
    itself, and the last event counts although no blank line follows it. A line ends with LF or CRLF, not with CR alone.

    Args:
        longest: Bytes of a line and of the data of an event, at most.

    Attributes:
        head: The beginning of what came, up to the first event: in place of events a server may send a page, or an
            error.
        stray: Lines that are none of the format, up to a limit: a failure in mid-stream may come as JSON by itself.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self.head = b''
        self.stray = b''
        self._begun = False
        self._longest = longest
        self._lines = LineReader(longest)
        self._name = ''
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that a further piece completes.

        Raises:
            GenkitError: ``OUT_OF_RANGE`` if a line or an event is too long.
        """
        if not self._begun and len(self.head) < _LONGEST_HEAD:
            self.head = (self.head + piece)[:_LONGEST_HEAD]
        lines = self._lines.feed(piece)
        return list(self._read(lines)) if lines else []

    def close(self) -> list[Event]:
        """Return the event that the end of the bytes completes, if there is one."""
        return list(self._read([self._lines.close(), b'']))

    def _read(self, lines: Iterable[bytes]) -> Iterator[Event]:
        for ended in lines:
            line = ended.removesuffix(b'\r').removeprefix(_BYTE_ORDER_MARK)
            name, _, value = line.partition(b':')
            value = value.removeprefix(b' ')
            if name == b'data':
                self._data.append(value)
                self._size += len(ended)
                if self._size > self._longest:
                    self._data, self._size = [], 0
                    raise _too_long('an event', self._longest)
            elif name == b'event':
                self._name = value.decode(errors='replace')
            elif name == b'error':
                yield from self._complete()
                yield Event('error', value)
            elif not line:
                yield from self._complete()
            elif name not in _IGNORED and len(self.stray) < _LONGEST_HEAD:
                self.stray += line[:_LONGEST_HEAD] + b'\n'

    def _complete(self) -> Iterator[Event]:
        if self._data:
            self._begun = True
            yield Event(self._name, b'\n'.join(self._data))
        self._name = ''
        self._data = []
        self._size = 0


def _too_long(what: str, longest: int) -> GenkitError:
    return GenkitError(
        f'The stream has {what} of more than {longest} bytes, which is not read to its end. Ask for a smaller answer.',
        status='OUT_OF_RANGE',
    )
