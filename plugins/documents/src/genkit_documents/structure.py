# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the structure of a text: its sections under headings, its blocks, and the lines that stand for themselves."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final


_LINE: Final = re.compile(r'[^\n]*\n|[^\n]+')
_FENCE: Final = re.compile(r'[ \t]*(`{3,}|~{3,})([^\n]*)')
_ITEM: Final = re.compile(r'[ \t]*(?:[-*+•|>]|\d{1,9}[.)])')
_UNDERLINE: Final = re.compile(r' {0,3}(?:=+|-+)[ \t]*\r?\n?')
_SPACE_BEFORE_TEXT: Final = re.compile(r'\s*')
_MAX_LEVEL: Final = 6
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading.

    Attributes:
        start: Where its heading begins; headings above it that have no text of their own belong to it.
        body: Where its text begins.
        end: Where the next section begins.
        headings: The path of headings that leads to it.
        blocks: Where its paragraphs, lists and code blocks begin.
        lines: Where its lines of code, list items and rows begin.
    """

    start: int
    body: int
    end: int
    headings: tuple[str, ...]
    blocks: list[int]
    lines: list[int]


@dataclass(frozen=True, slots=True)
class _Heading:
    start: int
    body: int
    level: int
    title: str


@dataclass(slots=True)
class _Scan:
    headings: list[_Heading] = field(default_factory=list[_Heading])
    blocks: list[int] = field(default_factory=list[int])
    lines: list[int] = field(default_factory=list[int])


def markdown_sections(text: str) -> list[Section]:
    """Return the sections of a Markdown text; a heading without text is part of the section below it, or of none."""
    scan = _scan_markdown(text)
    found: list[Section] = []
    path: list[_Heading] = []
    begin = 0
    body = 0
    for heading in [*scan.headings, _Heading(len(text), len(text), 0, '')]:
        is_empty = not text[body : heading.start].strip()
        if not is_empty:
            found.append(_section(scan, text, (begin, body, heading.start), path))
        is_kept = bool(path) and is_empty and heading.level > path[-1].level
        begin = begin if is_kept else heading.start
        body = heading.body
        path = [*(above for above in path if above.level < heading.level), heading]
    return found


def shortened(title: str) -> str:
    """Return a title that metadata may repeat: the beginning of one that is long."""
    return title if len(title) <= _MAX_TITLE else f'{title[: _MAX_TITLE - 1]}…'


def plain_section(text: str) -> Section:
    """Return a text without headings as one section."""
    scan = _Scan()
    is_first = True
    for start, line in _lines(text):
        is_first = _note_block(scan, start, line, is_first=is_first)
    return _section(scan, text, (0, 0, len(text)), [])


def first_heading(text: str) -> str | None:
    """Return the first heading of a Markdown text."""
    return next((heading.title for heading in _scan_markdown(text).headings if heading.title), None)


def _section(scan: _Scan, text: str, span: tuple[int, int, int], path: list[_Heading]) -> Section:
    start, body, end = span
    match = _SPACE_BEFORE_TEXT.match(text, body, end)
    body = match.end() if match else body
    blocks = scan.blocks[bisect_right(scan.blocks, body) : bisect_left(scan.blocks, end)]
    lines = scan.lines[bisect_right(scan.lines, body) : bisect_left(scan.lines, end)]
    return Section(
        start, body, end, tuple(shortened(heading.title) for heading in path if heading.title), blocks, lines
    )


def _scan_markdown(text: str) -> _Scan:
    scan = _Scan()
    fence = ''
    paragraph: tuple[int, str] | None = None  # a paragraph of one line so far, which an underline makes a heading
    is_first = True
    for start, line in _lines(text):
        marker = _FENCE.match(line)
        if fence:
            if line.strip():
                scan.lines.append(start)
            if marker and marker[1].startswith(fence) and not marker[2].strip():
                fence, is_first = '', True
        elif marker and not (marker[1][0] == '`' and '`' in marker[2]):
            scan.blocks.append(start)
            fence, paragraph = marker[1], None
        elif heading := _atx_heading(start, line):
            scan.headings.append(heading)
            paragraph, is_first = None, True
        elif paragraph and _UNDERLINE.fullmatch(line):
            level = 1 if '=' in line else 2
            scan.headings.append(_Heading(paragraph[0], start + len(line), level, paragraph[1].strip()))
            paragraph, is_first = None, True
        else:
            opens = is_first and bool(line.strip()) and not _ITEM.match(line) and not line.startswith(('    ', '\t'))
            paragraph = (start, line) if opens else None
            is_first = _note_block(scan, start, line, is_first=is_first)
    return scan


def _note_block(scan: _Scan, start: int, line: str, *, is_first: bool) -> bool:
    """Note what begins with a line, and return whether the next line is the first of a block."""
    if not line.strip():
        return True
    if is_first:
        scan.blocks.append(start)
    elif _ITEM.match(line):
        scan.lines.append(start)
    return False


def _atx_heading(start: int, line: str) -> _Heading | None:
    marked = line.lstrip(' ')
    title = marked.lstrip('#')
    level = len(marked) - len(title)
    if len(line) - len(marked) >= 4 or not 1 <= level <= _MAX_LEVEL or not title[:1].isspace():  # noqa: PLR2004  (code)
        return None
    title = title.strip()
    opened = title.rstrip('#')
    if not opened or opened[-1].isspace():
        title = opened.rstrip()
    return _Heading(start, start + len(line), level, title)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for match in _LINE.finditer(text):
        yield match.start(), match[0]
