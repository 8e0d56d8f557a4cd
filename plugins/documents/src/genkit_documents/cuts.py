# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds where a section is cut: at the coarsest boundary that keeps a passage within its size."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self, cast

from genkit import GenkitError

from genkit_documents.structure import Section


_GUESS: Final = 4  # characters to one unit of a measure that is not characters, to begin the search with


@dataclass(frozen=True, slots=True)
class Ruler:
    """Measures texts."""

    size: int
    overlap: int
    length: Callable[[str], int]

    @classmethod
    def of(cls, size: Any, overlap: Any, length: Callable[[str], int]) -> Self:
        """Return a ruler, or raise ``INVALID_ARGUMENT`` for sizes that no passage can have."""
        if not _is_whole(size) or size < 1:
            raise GenkitError(
                f'size is {size!r}; it must be a whole number of at least 1, such as 800.', status='INVALID_ARGUMENT'
            )
        overlap = size // 8 if overlap is None else overlap
        if not _is_whole(overlap) or not 0 <= overlap < size:
            raise GenkitError(
                f'overlap is {overlap!r}; it must be a whole number from 0 up to less than size, which is {size}. '
                'Make it smaller, or size larger.',
                status='INVALID_ARGUMENT',
            )
        return cls(size, overlap, length)

    def fits(self, text: str, start: int, end: int, limit: int) -> bool:
        """Return whether a stretch of text measures no more than a limit."""
        if self.length is len:
            return end - start <= limit
        measured = cast('Any', self.length(text[start:end]))
        if isinstance(measured, int | float):
            return measured <= limit
        raise GenkitError(
            f'length returned {measured!r} for a text; it must return a number, such as len(tokenizer.encode(text)).',
            status='INVALID_ARGUMENT',
        )

    def reach(self, span: tuple[str, int, int], limit: int, *, backwards: bool = False) -> int:
        """Return how many characters from the start of a span, or from its end, measure no more than a limit."""
        text, start, end = span
        if self.length is len:
            return min(limit, end - start)

        def fits(count: int) -> bool:
            return self.fits(text, *((end - count, end) if backwards else (start, start + count)), limit)

        low, high = 0, min(max(limit, 1) * _GUESS, end - start)
        while high < end - start and fits(high):
            low, high = high, min(2 * high, end - start)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(middle) else (low, middle - 1)
        return low


def passages_of(text: str, section: Section, ruler: Ruler) -> Iterator[tuple[int, int]]:
    """Yield the beginning and the end of each passage of a section."""
    start = _patterns()['blank lines'].match(text, section.start, section.end).end()
    end = _trimmed(text, start, section.end)
    begin = core = start
    runs = _Runs(text, end)
    while core < end:
        limit = ruler.size if core == start else ruler.size - ruler.overlap
        most = core + ruler.reach((text, core, end), limit)
        cut = end if most == end else _cut(text, section, (core, most, runs.end_at(most)), limit, ruler)
        until = _trimmed(text, core, cut)
        if until == core:  # more space than fits
            start = begin = core = cut
            continue
        if core > start:
            begin = _overlapping(text, section, (begin, core, until), ruler)
        yield begin, until
        core = cut


class _Runs:
    """Knows the last run of spaces, so that it is searched once, however many passages end in it."""

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self._known = range(0)
        self._is_end = False

    def end_at(self, place: int) -> int:
        """Return where the spaces after a place end, or the place if the text cannot be cut there."""
        if place not in self._known:
            space = _patterns()['space'].match(self._text, place, self._end)
            self._known = range(place, space.end() if space else place + 1)
            self._is_end = space is not None and _is_boundary(self._text, space.end())
        return self._known.stop if self._is_end else place


def _cut(text: str, section: Section, span: tuple[int, int, int], limit: int, ruler: Ruler) -> int:
    """Return where the next passage begins: after the coarsest boundary, and of those the last one, that fits."""
    core, most, high = span
    # What follows a heading stays with it, at least its beginning.
    floor = section.body if core < section.body < most else core
    for cut in _candidates(text, section, floor, high):
        if _is_boundary(text, cut) and ruler.fits(text, core, _trimmed(text, core, cut), limit):
            return cut
    ends = list(_graphemes(text, core, max(most, core + 1)))
    fitting = (cut for cut in reversed(ends) if cut <= most and ruler.fits(text, core, cut, limit))
    return next(fitting, ends[0])


def _candidates(text: str, section: Section, low: int, high: int) -> Iterator[int]:
    for places in (section.blocks, section.lines):
        before = bisect_right(places, high)
        if before and places[before - 1] > low:
            yield places[before - 1]
    for name in ('sentence', 'space'):
        last = None
        for match in _patterns()[name].finditer(text, low, high):
            last = match.end() if low < match.end() else last
        if last is not None:
            yield last


def _overlapping(text: str, section: Section, span: tuple[int, int, int], ruler: Ruler) -> int:
    """Return where a passage begins that repeats the end of the one before."""
    before, core, until = span
    low = max(core - ruler.reach((text, before, core), ruler.overlap, backwards=True), before + 1)
    for begin in _openings(text, section, (before, low, core)):
        if _is_boundary(text, begin) and ruler.fits(text, begin, until, ruler.size):
            return begin
    return core


def _openings(text: str, section: Section, span: tuple[int, int, int]) -> Iterator[int]:
    before, low, core = span
    # The space before an opening may lie before the lowest place.
    spaced = {
        name: (match.end() for match in _patterns()[name].finditer(text, max(before, low - 1), core))
        for name in ('sentence', 'space')
    }
    places = [
        starts[index] for starts in (section.blocks, section.lines) if (index := bisect_left(starts, low)) < len(starts)
    ]
    yield from sorted(place for place in [*places, *spaced['sentence']] if low <= place < core)
    yield from (place for place in spaced['space'] if low <= place < core)
    yield from (place for place in _graphemes(text, before, core) if low <= place < core)


def _trimmed(text: str, start: int, end: int) -> int:
    """Return where a stretch ends without the space at its end."""
    trimmed = start + len(text[start:end].rstrip())
    while trimmed < end and not _is_boundary(text, trimmed):
        trimmed += 1
    return trimmed


def _is_boundary(text: str, place: int) -> bool:
    """Return whether a place after a space or punctuation, or before a space, divides no character as people see it."""
    return place in {0, len(text)} or _patterns()['grapheme'].match(text[place - 1 : place + 1]).end() == 1


def _graphemes(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the ends of the characters as people see them, from a boundary on, that begin before an end."""
    # Slices, because the pattern looks back as far as there are flags.
    pattern = _patterns()['grapheme']
    begin = start
    for match in pattern.finditer(text[start:end]):
        if start + match.end() == end:
            break
        begin = start + match.end()
        yield begin
    width = 2 * (end - begin)
    while (length := pattern.match(text[begin : begin + width]).end()) == width:
        width *= 2
    yield begin + length


@cache
def _patterns() -> dict[str, Any]:
    import regex  # noqa: PLC0415  (heavy, and needed only where a text is split)

    return {
        'grapheme': regex.compile(r'\X'),
        'space': regex.compile(r'\s++'),
        'blank lines': regex.compile(r'(?:[^\S\n]*\n)*+'),
        # A number that begins a list item is no sentence, and neither is an abbreviation before a small letter.
        'sentence': regex.compile(
            r'(?<!(?:^|\n)[ \t]{0,12}\d{1,3})[.!?…]["\'”’»)\]]*\s++(?!\p{Ll})|[。！？][”’」』）]*\s*+'  # noqa: RUF001
        ),
    }


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
