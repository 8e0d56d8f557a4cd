# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Printing: rich where a person looks on, plain text where a program or a log does."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from releasekit.model.history import escaped, printable


@dataclass(frozen=True)
class Branch:
    """A node of a tree to be printed."""

    label: str
    branches: list['Branch'] = field(default_factory=list['Branch'])


class Screen:
    """A stream to print on.

    Only a terminal gets colours and boxes, and only when `NO_COLOR` is not set and `TERM` is not `dumb`.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_rich = stream.isatty() and not os.environ.get('NO_COLOR') and os.environ.get('TERM') != 'dumb'

    def line(self, text: str = '', style: str = '') -> None:
        """Print a line; a style is a name of rich's and is seen on a terminal only."""
        text = printable(text)
        if self._is_rich and style:
            from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal needs it
            from rich.text import Text  # noqa: PLC0415 - see above

            Console(file=self._stream, soft_wrap=True, highlight=False).print(Text(text, style))
        else:
            self._stream.write(f'{text}\n')

    def line_at_once(self, text: str) -> None:
        """Print a line for a program that reads along, which a buffer would keep from it."""
        self.line(text)
        self._stream.flush()

    def text(self, text: str) -> None:
        """Print a JSON text as it is, to the last byte; on a terminal with escapes for what would act on it."""
        self._stream.write(escaped(text) if self._stream.isatty() else text)

    def json(self, schema: str, document: dict[str, object]) -> None:
        """Print a document for programs; its first key names its schema and version."""
        self._stream.write(escaped(json.dumps({'schema': schema, **document}, indent=2, ensure_ascii=False)) + '\n')

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under headings."""
        rows = [[printable(cell) for cell in row] for row in rows]
        if self._is_rich:
            self._rich_table(columns, rows)
            return
        widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
        for row in (columns, *rows):
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self._stream.write('  '.join(cells).rstrip() + '\n')

    def tree(self, branch: Branch) -> None:
        """Print a tree."""
        if self._is_rich:
            self._rich_tree(branch)
            return
        for line in (branch.label, *_plain_branches(branch)):
            self._stream.write(f'{printable(line)}\n')

    def _rich_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal needs it
        from rich.table import Table  # noqa: PLC0415 - see above
        from rich.text import Text  # noqa: PLC0415 - see above

        table = Table(*columns, header_style='bold')
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(file=self._stream).print(table)

    def _rich_tree(self, branch: Branch) -> None:
        from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal needs it
        from rich.text import Text  # noqa: PLC0415 - see above
        from rich.tree import Tree  # noqa: PLC0415 - see above

        def grow(tree: Tree, branches: list[Branch]) -> None:
            for inner in branches:
                grow(tree.add(Text(printable(inner.label))), inner.branches)

        tree = Tree(Text(printable(branch.label), 'bold'))
        grow(tree, branch.branches)
        Console(file=self._stream, soft_wrap=True).print(tree)


def _plain_branches(branch: Branch, margin: str = '') -> Iterator[str]:
    for position, inner in enumerate(branch.branches, 1):
        is_last = position == len(branch.branches)
        yield f'{margin}{"└── " if is_last else "├── "}{inner.label}'
        yield from _plain_branches(inner, margin + ('    ' if is_last else '│   '))
