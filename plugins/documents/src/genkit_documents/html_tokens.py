# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the tokens of HTML in one pass, in time that grows with the page however it is broken.

The tokenizer is that of https://html.spec.whatwg.org/multipage/parsing.html#tokenization as far as texts and the names
of tags need it. Parsers that build trees, and `html.parser`, take time that grows with the square of a hostile page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape as _unescape
from typing import Any, Final


_RAW: Final = frozenset({'script', 'style', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript'})
_ESCAPABLE: Final = frozenset({'title', 'textarea'})


@dataclass(frozen=True, slots=True)
class Opening:
    """A tag that opens an element."""

    name: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """A tag that closes an element."""

    name: str


Token = str | Opening | Closing


def unescape(text: str) -> str:
    """Return a text with its entities decoded, whatever their numbers are."""
    return _unescape(_pattern('number').sub(_short, text)) if '&#' in text else _unescape(text)


def _short(number: Any) -> str:
    """Return the number of a character as Python reads it: it refuses those of thousands of digits."""
    return '&#xFFFD;' if number[2] or not number[1] else f'&#{number[1]};'


def tokens_of(html: str) -> Iterator[Token]:
    """Yield the texts, with entities decoded, and the tags of a page; comments and the text of scripts are left out."""
    place = 0
    while place < len(html):
        begin = html.find('<', place)
        if begin != place:
            yield unescape(html[place : begin if begin >= 0 else len(html)])
        if begin < 0:
            return
        place = begin
        if tag := _pattern('tag').match(html, begin):
            place = tag.end()
            name = tag[2].lower()
            if tag[1]:
                yield Closing(name)
                continue
            yield Opening(name, _pattern('hidden').search(tag[3]) is not None)
            if name in _RAW | _ESCAPABLE:
                end = _end_of(html, name, place)
                if name in _ESCAPABLE:
                    yield unescape(html[place:end])
                place = end
        elif skipped := _pattern('markup').match(html, begin):
            place = skipped.end()
        else:
            yield '<'
            place = begin + 1


def _end_of(html: str, name: str, place: int) -> int:
    found = _pattern(name).search(html, place)
    return found.start() if found else len(html)


@cache
def _pattern(name: str) -> Any:
    import regex  # noqa: PLC0415  (heavy, and needed only where a page is read)

    value = r'(?:"[^"]*+"|\'[^\']*+\'|[^\s>]*+)'
    patterns = {
        # No part gives back what it has taken; a tag that does not end takes the rest of the page, as in browsers.
        'tag': rf'<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+{value})?+)*+)(?:>|\Z)',
        'markup': r'<!--(?:-?>|(?s:.*?)(?:--!?>|\Z))|<(?:[!?]|/[^a-zA-Z])[^>]*+(?:>|\Z)',
        'number': r'&#(?=[0-9])0*+([0-9]{0,7}+)([0-9]*+);?',
        'hidden': r'(?i)(?:^|[\s/"\'])hidden(?=[\s/=]|$)',
    }
    return regex.compile(patterns.get(name) or rf'(?i)</{name}(?=[\s/>]|\Z)')
