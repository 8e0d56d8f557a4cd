# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Divides a template into text and tags, and tags into tokens.

The rules are those of the Handlebars language (https://handlebarsjs.com/guide/), including its escapes: a backslash
before a tag makes it text, two make one backslash before a living tag.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from genkit._prompt.dotprompt.handlebars.syntax import NO_STRIP, Place, Strip, template_error


class Token(NamedTuple):
    """A token inside of a tag: its kind is ``id``, ``string``, ``number``, ``word``, ``as`` or the sign itself."""

    kind: str
    text: str
    offset: int


@dataclass(slots=True)
class Segment:
    """A piece of a template.

    Attributes:
        kind: ``text``, ``comment``, ``raw``, or the sign of a tag: ``{{`` for a value, ``#``, ``#*``, ``#>``, ``/``,
            ``^``, ``else`` (with tokens: ``else if``), ``>`` and ``*``.
        text: The text of a text, and what is inside of a raw block.
        end: The name that closes a raw block.
    """

    kind: str
    offset: int
    text: str = ''
    tokens: list[Token] = field(default_factory=list[Token])
    strip: Strip = NO_STRIP
    end: str = ''


_NEXT_TAG: Final = re.compile(r'\\{0,2}\{\{')
_LONG_COMMENT: Final = re.compile(r'\{\{(~?)!--')
_LONG_COMMENT_END: Final = re.compile(r'--(~?)\}\}')
_SHORT_COMMENT: Final = re.compile(r'\{\{(~?)!.*?\}\}', re.DOTALL)
_FORK: Final = re.compile(r'\{\{(~?)(?:\s*else|\^)\s*(~?)\}\}')
_OPEN: Final = re.compile(r'\{\{(~?)(?:\s*(else)(?![\w$:?-])|(#>|#\*|#|>|/|\^|\{|&|\*)?)')
_CLOSE: Final = re.compile(r'(\}?)(~?)\}\}')
_RAW_EDGE: Final = re.compile(r'\{\{\{\{(?:/([^\s!"#%-,./;->@\[-^`{-~]+)\}\}\}\}|(?=[^/]))')

_NAME: Final = r'[^\s!"#%-,./;->@\[-^`{-~]+(?=[=~}\s/.)\]|]|$)'
_LITERAL_END: Final = r'(?=[~}\s)\]])'
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<string>"(?:\\"|[^"])*"|'(?:\\'|[^'])*')
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?{_LITERAL_END})
    | (?P<word>(?:true|false|null|undefined){_LITERAL_END})
    | (?P<as>as\s+\|)
    | (?P<up>\.\.)
    | (?P<here>\.(?=[=~}}\s/.)\]|]))
    | (?P<name>{_NAME})
    | (?P<odd>\[(?:\\\]|[^\]])*\])
    | (?P<sign>[()=|@/.])
    """,
    re.VERBOSE,
)


class Places:
    """Says where the offsets of a template are in its file.

    The ends of its lines are looked for once: there are as many questions as there are tokens.

    Args:
        source: The template.
        origin: Where the template begins.
    """

    __slots__ = ('_ends', '_origin')

    def __init__(self, source: str, origin: Place) -> None:
        self._origin = origin
        self._ends = [found.start() for found in re.finditer('\n', source)]

    def __call__(self, offset: int) -> Place:
        """Return the line and column of an offset."""
        origin, line = self._origin, bisect_left(self._ends, offset)
        if not line:
            return Place(origin.file, origin.line, offset + origin.column)
        return Place(origin.file, origin.line + line, offset - self._ends[line - 1])


def scan(source: str, places: Places) -> list[Segment]:
    """Return the pieces of a template.

    Args:
        source: The template.
        places: Its places, for messages.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place of a tag that is not closed or holds a stray sign.
    """
    return list(_Scanner(source, places).segments())


class _Scanner:
    """Walks through a template once."""

    def __init__(self, source: str, places: Places) -> None:
        self._source = source
        self._places = places
        self._at = 0

    def segments(self) -> Iterator[Segment]:
        source = self._source
        while self._at < len(source):
            tag = source.find('{{', self._at)
            start, text = self._at, source[self._at : tag if tag >= 0 else len(source)]
            escaped = tag >= 0 and text.endswith('\\')
            is_living = not escaped or text.endswith('\\\\')
            if text := text[:-1] if escaped else text:
                yield Segment('text', start, text)
            if tag < 0:
                return
            self._at = tag
            yield self._tag() if is_living else self._escaped()

    def _escaped(self) -> Segment:
        start = self._at
        following = _NEXT_TAG.search(self._source, start + 2)
        self._at = following.start() if following else len(self._source)
        return Segment('text', start, self._source[start : self._at])

    def _tag(self) -> Segment:
        if self._source.startswith('{{{{', self._at):
            return self._raw_block()
        return self._comment() or self._fork() or self._mustache()

    def _comment(self) -> Segment | None:
        start = self._at
        opening = _LONG_COMMENT.match(self._source, start)
        if opening:
            closing = _LONG_COMMENT_END.search(self._source, opening.end() - 2)
            if closing is None:
                raise self._error(start, 'the comment is not closed; end it with --}}.')
            self._at = closing.end()
            return Segment('comment', start, strip=Strip(bool(opening[1]), bool(closing[1])))
        short = _SHORT_COMMENT.match(self._source, start)
        if short is None:
            return None
        self._at = short.end()
        return Segment('comment', start, strip=Strip(bool(short[1]), self._source[self._at - 3] == '~'))

    def _fork(self) -> Segment | None:
        start = self._at
        found = _FORK.match(self._source, start)
        if found is None:
            return None
        self._at = found.end()
        return Segment('else', start, strip=Strip(bool(found[1]), bool(found[2])))

    def _mustache(self) -> Segment:
        start = self._at
        opening = _OPEN.match(self._source, start)
        assert opening is not None
        sign = opening[2] or opening[3] or ''
        self._at = opening.end()
        tokens, closing = self._tokens(start)
        if bool(closing[1]) != (sign == '{'):
            expected, got = ('}}}', '}}') if sign == '{' else ('}}', '}}}')
            raise self._error(
                closing.start(), f'expected {expected!r}, got {got!r}; put a space before a brace of text.'
            )
        kind = '{{' if sign in {'', '{', '&'} else sign
        return Segment(kind, start, tokens=tokens, strip=Strip(bool(opening[1]), bool(closing[2])))

    def _tokens(self, start: int) -> tuple[list[Token], re.Match[str]]:
        tokens: list[Token] = []
        source = self._source
        while True:
            closing = _CLOSE.match(source, self._at)
            if closing:
                self._at = closing.end()
                return tokens, closing
            found = _TOKEN.match(source, self._at)
            if found is None:
                if self._at >= len(source):
                    raise self._error(start, 'the tag is not closed; end it with }}, or write \\{{ to mean the braces.')
                raise self._error(self._at, f'{source[self._at]!r} is not expected in a tag; put odd names in [ ].')
            self._at = found.end()
            if found.lastgroup != 'space':
                tokens.append(_token(found))

    def _raw_block(self) -> Segment:
        start = self._at
        self._at += 4
        tokens, _ = self._tokens_until_raw_close(start)
        inside, depth = self._at, 0
        for edge in _RAW_EDGE.finditer(self._source, inside):
            if edge[1] is None:
                depth += 1
            elif depth:
                depth -= 1
            else:
                self._at = edge.end()
                return Segment('raw', start, self._source[inside : edge.start()], tokens, end=edge[1])
        raise self._error(start, 'the raw block is not closed; end it with {{{{/name}}}}.')

    def _tokens_until_raw_close(self, start: int) -> tuple[list[Token], re.Match[str]]:
        tokens, closing = self._tokens(start)
        end = closing.start()
        if not self._source.startswith('}}}}', end):
            raise self._error(end, "expected '}}}}' at the end of a raw block's tag.")
        self._at = end + 4
        return tokens, closing

    def _error(self, offset: int, message: str) -> Exception:
        return template_error(self._places(offset), message)


def _token(found: re.Match[str]) -> Token:
    kind, text = found.lastgroup or '', found[0]
    if kind == 'string':
        return Token('string', text[1:-1].replace(f'\\{text[0]}', text[0]), found.start())
    if kind == 'odd':
        return Token('odd', re.sub(r'\\([\\\]])', r'\1', text[1:-1]), found.start())
    return Token({'up': 'name', 'here': 'name', 'sign': text}.get(kind, kind), text, found.start())
