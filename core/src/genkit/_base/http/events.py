# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Server-sent events, out of bytes that arrive in any pieces."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple


_BYTE_ORDER_MARK: Final = b'\xef\xbb\xbf'
_IGNORED: Final = frozenset({b'', b'id', b'retry'})  # a line with nothing before its colon is a comment
_LONGEST_HEAD: Final = 20_000


class Event(NamedTuple):
    """One event: its name, empty unless it was given one, and its data as it came."""

    name: str
    data: bytes


class EventReader:
    """Reads a stream of events as https://html.spec.whatwg.org/multipage/server-sent-events.html lays it down.

    It reads two things more, because servers of flows send them: a line ``error: …`` is an event of that name by
    itself, and the last event counts although no blank line follows it. A line ends with LF or CRLF, not with CR alone.

    Attributes:
        head: The beginning of what came, up to the first event: in place of events a server may send a page, or an
            error.
        stray: Lines that are none of the format, up to a limit: a failure in mid-stream may come as JSON by itself.
    """

    def __init__(self) -> None:
        self.head = b''
        self.stray = b''
        self._begun = False
        self._rest = bytearray()
        self._name = ''
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events that a further piece completes."""
        if not self._begun and len(self.head) < _LONGEST_HEAD:
            self.head = (self.head + piece)[:_LONGEST_HEAD]
        known = len(self._rest)
        self._rest += piece
        end = self._rest.rfind(b'\n', known)
        if end < 0:
            return []
        lines = bytes(self._rest[:end]).split(b'\n')
        del self._rest[: end + 1]
        return list(self._read(lines))

    def close(self) -> list[Event]:
        """Return the event that the end of the bytes completes, if there is one."""
        lines = [bytes(self._rest), b'']
        self._rest.clear()
        return list(self._read(lines))

    def _read(self, lines: Iterable[bytes]) -> Iterator[Event]:
        for ended in lines:
            line = ended.removesuffix(b'\r').removeprefix(_BYTE_ORDER_MARK)
            name, _, value = line.partition(b':')
            value = value.removeprefix(b' ')
            if name == b'data':
                self._data.append(value)
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
