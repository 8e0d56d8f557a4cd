# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads JSON that is still being written, in one pass: n characters cost O(n) however often the value is read.

Tolerant on purpose: text before the first bracket, code fences, trailing commas, comments, single quotes, unquoted keys
and Python's literals are what language models produce. What follows the first complete value is ignored.
"""

import json
import re
from enum import Enum, auto
from typing import Any, Final, cast


_DECODER: Final = json.JSONDecoder(strict=False)
_OPENING: Final = re.compile(r'[{\[]')
_SPACE: Final = re.compile(r'[\s\ufeff]*')
_PLAIN: Final = {'"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
_BARE: Final = re.compile(r'[^\s,:{}\[\]"\'/]+')
_ESCAPES: Final = {
    'b': '\b',
    'f': '\f',
    'n': '\n',
    'r': '\r',
    't': '\t',
    '"': '"',
    '\\': '\\',
    '/': '/',
    "'": "'",
    '\n': '',  # of other languages
}
_UNICODE_ESCAPE: Final = re.compile(r'\\u([0-9a-fA-F]{4})')
_LITERALS: Final = {
    'true': True,
    'false': False,
    'null': None,
    'True': True,
    'False': False,
    'None': None,
    'undefined': None,
    'NaN': float('nan'),
    'Infinity': float('inf'),
    '-Infinity': float('-inf'),
    '+Infinity': float('inf'),
}
_HIGH_SURROGATES: Final = range(0xD800, 0xDC00)
_LOW_SURROGATES: Final = range(0xDC00, 0xE000)
_SCAN_LIMIT: Final = 4096
_SCAN_DEPTH: Final = 16
_RETRY_LIMIT: Final = 512
_LONGEST_WORD: Final = 256


class _Want(Enum):
    START = auto()
    KEY = auto()
    COLON = auto()
    VALUE = auto()
    COMMA = auto()
    NOTHING = auto()


class _MalformedJsonError(ValueError):
    """The text cannot be JSON, however tolerantly it is read."""


class JsonStream:
    """An incremental reader of one JSON value.

    Feed it text as it comes and call `snapshot` whenever the value so far is of interest.

    Attributes:
        malformed: Whether the text cannot be JSON.
        skipped: Whether a bracket before the value began nothing that could be read.
        remainder: What followed the value in the piece of text that closed it.
    """

    __slots__ = (
        '_bare',
        '_comment',
        '_key',
        '_open',
        '_pieces',
        '_quote',
        '_rest',
        '_root',
        '_searched',
        '_want',
        'malformed',
        'remainder',
        'skipped',
    )

    def __init__(self) -> None:
        self.malformed = False
        self.remainder = ''
        self.skipped = False
        self._want = _Want.START
        self._open: list[Any] = []
        self._root: Any = None
        self._key: str | None = None
        self._rest = ''
        self._bare: str | None = None
        self._comment = ''
        self._searched = False
        self._quote = ''
        self._pieces: list[str] = []

    @property
    def complete(self) -> bool:
        """Whether the value has been closed."""
        return self._want is _Want.NOTHING and not self.malformed

    @property
    def started(self) -> bool:
        """Whether an opening bracket has been seen."""
        return self._root is not None

    def completed_items(self) -> int:
        """Return how many elements of an outermost array are complete."""
        root: object = self._root
        if not isinstance(root, list):
            return 0
        return len(cast('list[Any]', root)) - (1 if len(self._open) > 1 else 0)

    def item(self, index: int) -> Any:
        """Return one complete element of the outermost array."""
        return self._root[index]

    def feed(self, text: str) -> None:
        """Read more text."""
        if self._want is _Want.NOTHING:
            return
        buffer = self._rest + text
        self._rest = ''
        self._bare = None
        try:
            self._rest = buffer[self._read(buffer) :]
        except _MalformedJsonError:
            self._want = _Want.NOTHING
            self.malformed = True

    def snapshot(self) -> Any:
        """Return the value so far, or None before it starts or when the text is not JSON.

        The result is the caller's own: complete parts are shared between snapshots, open containers are copied.
        An open string is included as far as it goes, an open number as far as it is one, a key without value is not.
        """
        if self.malformed or self._root is None or not self._open:
            return None if self.malformed else self._root
        root: Any = self._open[0].copy()
        inner = root
        for container in self._open[1:]:
            copied = container.copy()
            inner[-1 if isinstance(inner, list) else next(reversed(inner))] = copied
            inner = copied
        self._add_unfinished(inner)
        return root

    def _add_unfinished(self, container: Any) -> None:
        if self._want is not _Want.VALUE:
            return
        if self._quote:
            self._pieces = [''.join(self._pieces)]
            value: Any = self._pieces[0]
        elif self._bare is not None:
            try:
                value = _scalar(self._bare)
            except _MalformedJsonError:
                return
        else:
            return
        if isinstance(container, list):
            cast('list[Any]', container).append(value)
        elif self._key is not None:
            container[self._key] = value

    def _read(self, buffer: str) -> int:
        position = 0
        end = len(buffer)
        while position < end:
            if self._want is _Want.START:
                position = self._find_start(buffer, position)
                continue
            if self._comment:
                position, stopped = self._read_comment(buffer, position)
                if stopped:
                    return position
                continue
            if self._quote:
                position, stopped = self._read_string(buffer, position)
                if stopped:
                    return position
                continue
            if self._want is _Want.NOTHING:
                self.remainder = buffer[position:]
                return end
            position = _end_of_space(buffer, position)
            if position == end:
                return end
            try:
                following = self._read_token(buffer, position)
            except _MalformedJsonError:
                if len(self._open) != 1 or self._root:
                    raise
                # A bracket in the prose before the value: forget it and look for the next one.
                self._open.clear()
                self._root = self._key = None
                self._want = _Want.START
                self.skipped = True
                continue
            if following < 0:
                return position
            position = following
        return end

    def _find_start(self, buffer: str, position: int) -> int:
        found = _OPENING.search(buffer, position)
        if found is None:
            return len(buffer)
        start = found.start()
        limit = _RETRY_LIMIT if self._searched else len(buffer)
        self._searched = True
        if (after := self._read_whole(buffer, start, limit)) > 0:
            self._want = _Want.NOTHING
            self.malformed = False
            return after
        self._enter(buffer[start])
        return start + 1

    def _read_token(self, buffer: str, position: int) -> int:
        """Read one token and return where it ends, or -1 if its end is not there yet."""
        character = buffer[position]
        want = self._want
        if character == '/':
            return self._begin_comment(buffer, position)
        if character in '}]':
            return self._leave(character, position)
        if want is _Want.COMMA:
            if character != ',':
                raise _MalformedJsonError
            self._want = _Want.KEY if isinstance(self._open[-1], dict) else _Want.VALUE
            return position + 1
        if want is _Want.COLON:
            if character != ':':
                raise _MalformedJsonError
            self._want = _Want.VALUE
            return position + 1
        if character in '"\'':
            self._quote = character
            return position + 1
        if character in '{[' and want is _Want.VALUE:
            if (after := self._read_whole(buffer, position)) > 0:
                return after
            self._enter(character)
            return position + 1
        return self._read_bare(buffer, position)

    def _begin_comment(self, buffer: str, position: int) -> int:
        if position + 1 == len(buffer):
            return -1
        ends = {'/': '\n', '*': '*/'}
        if buffer[position + 1] not in ends:
            raise _MalformedJsonError
        self._comment = ends[buffer[position + 1]]
        return position + 2

    def _read_comment(self, buffer: str, position: int) -> tuple[int, bool]:
        """Read on in an open comment; the flag says that more text is needed."""
        end = buffer.find(self._comment, position)
        if end < 0:
            return max(position, len(buffer) - len(self._comment) + 1), True
        after = end + len(self._comment)
        self._comment = ''
        return after, False

    def _read_whole(self, buffer: str, position: int, limit: int = _SCAN_LIMIT) -> int:
        """Let the compiled parser take a container that is already whole; 0 if it cannot."""
        if len(self._open) > _SCAN_DEPTH:
            return 0
        offset = position if len(buffer) - position > limit else 0
        window = buffer[position : position + limit] if offset else buffer
        try:
            value, after = _DECODER.raw_decode(window, position - offset)
        except (ValueError, RecursionError):
            return 0
        if '\\u' in window:
            value = without_lone_surrogates(value)
        if self._open:
            self._store(value)
        else:
            self._root = value
        return after + offset

    def _read_string(self, buffer: str, position: int) -> tuple[int, bool]:
        """Read on in an open string; the flag says that more text is needed."""
        plain = _PLAIN[self._quote].match(buffer, position)
        if plain:
            self._pieces.append(plain.group())
            position = plain.end()
        if position == len(buffer):
            return position, True
        if buffer[position] == self._quote:
            text = ''.join(self._pieces)
            self._quote = ''
            self._pieces = []
            self._store_text(text)
            return position + 1, False
        text, after = _read_escape(buffer, position)
        if after < 0:
            return position, True
        self._pieces.append(text)
        return after, False

    def _read_bare(self, buffer: str, position: int) -> int:
        found = _BARE.match(buffer, position)
        if found is None:
            raise _MalformedJsonError
        if found.end() - position > _LONGEST_WORD:
            raise _MalformedJsonError
        if found.end() == len(buffer):
            self._bare = found.group()
            return -1
        if self._want is _Want.KEY:
            self._store_text(found.group())
        else:
            self._store(_scalar(found.group()))
        return found.end()

    def _store_text(self, text: str) -> None:
        if self._want is _Want.KEY:
            self._key = text
            self._want = _Want.COLON
        else:
            self._store(text)

    def _store(self, value: Any) -> None:
        container = self._open[-1]
        if isinstance(container, list):
            cast('list[Any]', container).append(value)
        else:
            # Asking for a key and a value in turn means that a key stands when a value arrives. Removing an earlier
            # member of that name keeps the newest member last, which `snapshot` relies on.
            container.pop(self._key, None)
            container[self._key] = value
            self._key = None
        self._want = _Want.COMMA

    def _enter(self, character: str) -> None:
        container: Any = {} if character == '{' else []
        if self._open:
            self._store(container)
        else:
            self._root = container
        self._open.append(container)
        self._want = _Want.KEY if character == '{' else _Want.VALUE

    def _leave(self, character: str, position: int) -> int:
        container = self._open[-1]
        closes = '}' if isinstance(container, dict) else ']'
        if character != closes or self._want is _Want.COLON or (self._want is _Want.VALUE and self._key is not None):
            raise _MalformedJsonError
        self._open.pop()
        self._want = _Want.COMMA if self._open else _Want.NOTHING
        return position + 1


def _end_of_space(buffer: str, position: int) -> int:
    if buffer[position] > ' ' and buffer[position] not in '\u00a0\ufeff':
        return position
    found = _SPACE.match(buffer, position)
    return found.end() if found else position


def _read_escape(buffer: str, position: int) -> tuple[str, int]:
    """Return the character of the escape at ``position`` and where it ends, or -1 if its end is not there yet."""
    if position + 1 >= len(buffer):
        return '', -1
    kind = buffer[position + 1]
    if kind != 'u':
        return _ESCAPES.get(kind, '\\' + kind), position + 2  # one that JSON does not know means itself: \d, \x
    found = _UNICODE_ESCAPE.match(buffer, position)
    if found is None:
        if len(buffer) - position < len('\\uXXXX'):
            return '', -1
        raise _MalformedJsonError
    code = int(found.group(1), 16)
    if code not in _HIGH_SURROGATES:
        return ('\ufffd' if code in _LOW_SURROGATES else chr(code)), found.end()
    low = _UNICODE_ESCAPE.match(buffer, found.end())
    if low is None:
        rest = buffer[found.end() : found.end() + len('\\uXXXX')]
        unfinished = rest in ('', '\\') or (rest.startswith('\\u') and len(rest) < len('\\uXXXX'))
        return ('', -1) if unfinished else ('\ufffd', found.end())
    second = int(low.group(1), 16)
    if second not in _LOW_SURROGATES:
        return '\ufffd', found.end()
    return (chr(code) + chr(second)).encode('utf-16', 'surrogatepass').decode('utf-16'), low.end()


def without_lone_surrogates(value: Any) -> Any:
    """Return a JSON value with the halves of characters replaced that stand alone in its texts."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')
    if isinstance(value, list):
        return [without_lone_surrogates(item) for item in cast('list[Any]', value)]
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return {without_lone_surrogates(name): without_lone_surrogates(member) for name, member in members.items()}
    return value


def _scalar(text: str) -> Any:
    """Return the number or literal that a bare word stands for."""
    if text in _LITERALS:
        return _LITERALS[text]
    if '_' not in text:
        try:
            return int(text, 16 if text.lower().startswith(('0x', '-0x', '+0x')) else 10)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            pass
    raise _MalformedJsonError
