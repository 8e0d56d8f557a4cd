# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Turns web pages into Markdown: what a reader sees, with headings, lists, tables and code as structure."""

import re
from collections import Counter
from typing import Final

from genkit_documents.html_tokens import Closing, Opening, tokens_of


_SKIPPED: Final = frozenset(
    {'script', 'style', 'nav', 'template', 'noscript', 'svg', 'math', 'iframe', 'object', 'canvas', 'audio', 'video'}
    | {'button', 'select', 'textarea', 'datalist', 'xmp', 'noembed', 'noframes', 'dialog'}
)
_VOID: Final = frozenset(
    {'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'param', 'source', 'track'} | {'wbr'}
)
# Their ends may be left out.
_IMPLIED: Final = frozenset(
    {'body', 'dd', 'dt', 'head', 'html', 'li', 'optgroup', 'option', 'p', 'rp', 'rt', 'tbody', 'td', 'tfoot'}
    | {'th', 'thead', 'tr'}
)
_BLOCKS: Final = frozenset(
    {'address', 'article', 'aside', 'blockquote', 'body', 'caption', 'dd', 'details', 'div', 'dl', 'dt'}
    | {'fieldset', 'figcaption', 'figure', 'footer', 'form', 'header', 'hr', 'legend', 'li', 'main', 'ol', 'p'}
    | {'pre', 'search', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'ul'}
)
_HEADINGS: Final = {f'h{level}': level for level in range(1, 7)}
_MARKUP: Final = re.compile(r'#{1,6}(?:\s|$)|`{3}|~{3}|(?:=+|-+)$')
_TICKS: Final = re.compile('`+')
_MAX_INDENT: Final = 8


def to_markdown(html: str) -> tuple[str, str | None]:
    """Return a page as Markdown, and its title if it has one."""
    page = _Page()
    for token in tokens_of(html):
        if isinstance(token, Opening):
            page.open(token)
        elif isinstance(token, Closing):
            page.close(token.name)
        else:
            page.write(token)
    page.flush()
    page.end_row()
    return page.text(), ' '.join(''.join(page.title).split()) or page.heading


class _Page:
    """What has been read of a page."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.heading: str | None = None
        self._blocks: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()
        self._skipped_from: int | None = None
        self._inline: list[str] = []
        self._cells: list[list[str]] | None = None
        self._lists: list[int | None] = []
        self._mark = ''

    def open(self, tag: Opening) -> None:
        name = tag.name
        if name in _VOID:
            if self._skipped_from is None:
                self._separate(name)
            return
        if self._skipped_from is not None and self._open[-1] == name and name in _IMPLIED:
            self.close(name)
        begins_skipping = self._skipped_from is None and (tag.is_hidden or name in _SKIPPED)
        if begins_skipping:
            self.flush()
        elif self._skipped_from is None:
            self._begin(name)
        if begins_skipping or name not in _IMPLIED:
            self._open.append(name)
            self._counts[name] += 1
        if begins_skipping:
            self._skipped_from = len(self._open)

    def close(self, name: str) -> None:
        if self._skipped_from is None and name in _IMPLIED:
            self._end(name)
        if not self._counts[name]:
            return
        while self._open:
            closed = self._open.pop()
            self._counts[closed] -= 1
            if self._skipped_from is None:
                self._end(closed)
            elif len(self._open) < self._skipped_from:
                self._skipped_from = None
            if closed == name:
                return

    def write(self, text: str) -> None:
        if self._open and self._open[-1] == 'title' and self._skipped_from is None:
            self.title.append(text)
        elif self._skipped_from is None:
            self._inline.append(text)

    def text(self) -> str:
        parts: list[str] = []
        before = ''
        for kind, text in self._blocks:
            parts += ['\n' if kind == before and kind in {'item', 'row'} else '\n\n', text]
            before = kind
        return ''.join(parts[1:])

    def flush(self) -> None:
        """End a block: what was written becomes one."""
        rows = [' '.join(row.split()) for row in ''.join(self._inline).split('\0')]
        self._inline.clear()
        lines = [f'\\{line}' if _MARKUP.match(line) else line for line in rows if line]
        if not lines:
            return
        if self._cells is not None:
            if not self._cells:
                self._cells.append([])
            self._cells[-1].append(' '.join(rows).strip())
            return
        indent = '  ' * min(len(self._lists) - 1, _MAX_INDENT) if self._lists else ''
        if self._mark:
            margin = f'\n{indent}{" " * len(self._mark)}'
            self._blocks.append(('item', f'{indent}{self._mark}{margin.join(lines)}'))
        else:
            self._blocks.append(('paragraph', f'\n{indent}'.join([f'{indent}{lines[0]}', *lines[1:]])))
        self._mark = ''

    def end_row(self) -> None:
        """End the row of a table, if there is one."""
        cells, self._cells = self._cells, None
        if cells and any(cells):
            row = ' | '.join(' '.join(cell).replace('|', '\\|') for cell in cells)
            self._blocks.append(('row', f'| {row} |'))

    def _separate(self, name: str) -> None:
        if name == 'br':
            self._inline.append('\n' if self._is_in_code() else '\0')
        elif name in _BLOCKS:
            self.flush()

    def _begin(self, name: str) -> None:
        if name in _BLOCKS or name in _HEADINGS:
            self.flush()
        if name in _HEADINGS or name in {'tr', 'table', 'pre'}:
            self.end_row()
        if name == 'tr':
            self._cells = []
        elif name in {'td', 'th'} and self._cells is not None:
            self._cells.append([])
        elif name in {'ul', 'ol'}:
            self._lists.append(0 if name == 'ol' else None)
            self._mark = ''
        elif name == 'li':
            self._number_item()

    def _number_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._mark = '- ' if number is None else f'{number + 1}. '

    def _end(self, name: str) -> None:
        if name in _HEADINGS:
            self._end_heading(_HEADINGS[name])
        elif name == 'pre':
            self._end_code()
        elif name in _BLOCKS:
            self.flush()
            if name in {'tr', 'table'}:
                self.end_row()
            elif name in {'ul', 'ol'} and self._lists:
                self._lists.pop()
                self._mark = ''

    def _end_heading(self, level: int) -> None:
        text = ' '.join(''.join(self._inline).replace('\0', ' ').split())
        self._inline.clear()
        self._mark = ''
        if text:
            self.heading = self.heading or text
            self._blocks.append(('heading', f'{"#" * level} {text}'))

    def _end_code(self) -> None:
        code = ''.join(self._inline).replace('\0', '\n').strip('\n')
        self._inline.clear()
        if code.strip():
            fence = '`' * max(3, 1 + max((len(ticks) for ticks in _TICKS.findall(code)), default=0))
            self._blocks.append(('code', f'{fence}\n{code}\n{fence}'))

    def _is_in_code(self) -> bool:
        return self._counts['pre'] > 0
