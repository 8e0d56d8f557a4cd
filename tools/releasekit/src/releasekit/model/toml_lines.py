# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where each key and list item of a TOML text stands: the parser of the standard library does not say.

The text must have been accepted by `tomllib`; what this scanner cannot follow ends the scan and leaves the rest
without a line.
"""

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from contextlib import suppress
from typing import Any, TypeAlias, cast


TomlPath: TypeAlias = tuple[str | int, ...]


_BLANK = re.compile(r'(?:[ \t\r\n]|#[^\n]*)*')
_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
_SCALAR = re.compile(r'[^,\]}\n#]+')
_DEEPEST = 200
_MOST_DOTS = 10_000  # of a line, wherever its strings begin and end
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?|\'[^\']*\'?')
_DOTTED = re.compile(r'[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*')


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says.

    Raises:
        TOMLDecodeError: It is not TOML, is nested too deeply, or holds a number of too many digits.
    """
    _refuse_long_keys(text)
    try:
        found = tomllib.loads(text)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError('it is nested too deeply') from error
    except tomllib.TOMLDecodeError:
        raise
    except ValueError as error:  # a number of more digits than Python reads
        raise tomllib.TOMLDecodeError(str(error)) from error
    if _is_deeper(found, _DEEPEST):
        raise tomllib.TOMLDecodeError('it is nested too deeply')
    return found


def _refuse_long_keys(text: str) -> None:
    """Refuse keys of too many parts before they are parsed, which takes the square of their number."""
    for number, line in enumerate(text.split('\n'), 1):
        if line.count('.') >= _DEEPEST:
            keys = _DOTTED.findall(_QUOTED.sub('_', line))
            if line.count('.') >= _MOST_DOTS or any(key.count('.') >= _DEEPEST for key in keys):
                raise tomllib.TOMLDecodeError(f'it is nested too deeply: line {number} has a key of too many parts')


def _is_deeper(value: Any, limit: int) -> bool:
    """Return whether tables and lists are nested in more levels, however many the interpreter allows."""
    level: list[Any] = [value]
    for _ in range(limit):
        nested: list[Any] = [each for each in level if isinstance(each, dict | list)]
        level = [
            member
            for each in nested
            for member in (cast('dict[str, Any]', each).values() if isinstance(each, dict) else cast('list[Any]', each))
        ]
        if not level:
            return False
    return True


def toml_lines(text: str) -> dict[TomlPath, int]:
    r"""Return the line, counted from 1, of every key and list item, under its path from the top.

    ```python
    lines = toml_lines('[project]\ndependencies = [\n  "a",\n  "b",\n]\n')
    assert lines['project', 'dependencies', 1] == 4
    ```
    """
    scanner = _Scanner(text)
    with suppress(_LostError):
        scanner.document()
    return scanner.lines


class _LostError(Exception):
    """The scanner met something that it does not know."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[TomlPath, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer('\n', text)]
        self._tables: Counter[TomlPath] = Counter()

    def document(self) -> None:
        table: TomlPath = ()
        while self._peek():
            if self._peek() == '[':
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> TomlPath:
        line = self._line()
        repeated = self._text.startswith('[[', self._at)
        self._at += 2 if repeated else 1
        keys = self._dotted()
        self._at += 2 if repeated else 1
        path: TomlPath = ()
        for position, key in enumerate(keys):
            path = (*path, key)
            self.lines.setdefault(path, line)
            if repeated and position == len(keys) - 1:
                self._tables[path] += 1
            if self._tables[path]:
                path = (*path, self._tables[path] - 1)
                self.lines.setdefault(path, line)
        return path

    def _pair(self, table: TomlPath) -> None:
        line = self._line()
        path = table
        for key in self._dotted():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._expect('=')
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        first = self._peek()
        if first == '[':
            self._array(path)
        elif first == '{':
            self._inline_table(path)
        else:
            self._match(_STRING if first in {'"', "'"} else _SCALAR)

    def _array(self, path: TomlPath) -> None:
        self._expect('[')
        index = 0
        while self._peek() != ']':
            item = (*path, index)
            self.lines.setdefault(item, self._line())
            self._value(item)
            self._skip_comma()
            index += 1
        self._expect(']')

    def _inline_table(self, path: TomlPath) -> None:
        self._expect('{')
        while self._peek() != '}':
            self._pair(path)
            self._skip_comma()
        self._expect('}')

    def _dotted(self) -> list[str]:
        keys = [self._key()]
        while self._peek() == '.':
            self._expect('.')
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._peek()
        raw = self._match(_KEY)
        if raw[0] not in {'"', "'"}:
            return raw
        return cast('str', parse_toml(f'key = {raw}')['key'])

    def _peek(self) -> str:
        """Skip blanks and comments; return the next character, '' at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _expect(self, character: str) -> None:
        if self._peek() != character:
            raise _LostError
        self._at += 1

    def _skip_comma(self) -> None:
        if self._peek() == ',':
            self._at += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise _LostError
        self._at = match.end()
        return match.group()

    def _line(self) -> int:
        return bisect_right(self._breaks, self._at) + 1
