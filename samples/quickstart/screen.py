# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what happens: in colour on a terminal, as plain lines everywhere else."""

import io
import re
import sys
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

import trace_tree


WIDTH: Final = 90  # of a picture, in characters
BAR: Final = 30
_FONTS: Final = re.compile(r'@font-face \{.*?\}', re.DOTALL)  # a viewer has a font of its own, and needs no download


class Screen:
    """Plain lines.

    Args:
        output: Where they go.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._began: dict[str, float] = {}
        self._is_writing = False

    def heading(self, text: str) -> None:
        self._print(f'\n{text}')

    def line(self, text: str) -> None:
        self._print(f'  {text}')

    def write(self, text: str) -> None:
        """Show a piece of an answer that is still being written."""
        if text:
            print(text if self._is_writing else f'  {text}', end='', file=self._output, flush=True)
            self._is_writing = True

    def end_of_answer(self) -> None:
        self._is_writing = False
        self._print('')

    def loading(self, model: str, share: float) -> None:
        """Say that a model begins to load or is ready; called by the thread that loads it."""
        if share < 1:
            self._began[model] = time.perf_counter()
            self.line(f'loading {model} …')
        else:
            self.line(f'{model} is ready after {time.perf_counter() - self._began[model]:.1f} s')

    def indexing(self, done: int, total: int) -> None:
        self.line(f'{done} of {total} passages indexed')

    def trace(self, steps: Sequence[trace_tree.Step]) -> None:
        for line in trace_tree.lines(steps):
            self.line(line)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show what to type or open, with what it does."""
        for name, meaning in rows:
            self.line(name)
            self.line(f'    {meaning}')

    def _print(self, text: str) -> None:
        print(text, file=self._output, flush=True)


class Terminal(Screen):
    """The same with colours, and a bar that moves; all of it can be saved as a picture."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        from rich.console import Console  # noqa: PLC0415  (not loaded where its output would be in the way)

        self._console = Console(highlight=False, soft_wrap=True)
        self._picture = Console(highlight=False, record=True, file=io.StringIO(), width=WIDTH)
        self._answer = ''

    def save(self, file: Path) -> None:
        """Write what was shown as SVG."""
        file.write_text(_FONTS.sub('', self._picture.export_svg(title='bin/quickstart')), 'utf-8')

    def heading(self, text: str) -> None:
        self._show(f'\n[bold cyan]{_plain(text)}[/]')

    def line(self, text: str) -> None:
        self._show(f'  [dim]{_plain(text)}[/]')

    def write(self, text: str) -> None:
        super().write(text)
        self._answer += text

    def end_of_answer(self) -> None:
        super().end_of_answer()
        self._picture.print(textwrap.fill(self._answer, WIDTH, initial_indent='  ', subsequent_indent='  '))
        self._answer = ''

    def indexing(self, done: int, total: int) -> None:
        full = BAR * done // total
        bar = f'  [green]{"━" * full}[/][dim]{"━" * (BAR - full)} {done} of {total} passages[/]'
        if done < total:
            self._console.print(bar, end='\r')
        else:
            self._show(bar)

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        for name, meaning in rows:
            self._show(f'  [bold]{_plain(name)}[/]\n      [dim]{_plain(meaning)}[/]')

    def trace(self, steps: Sequence[trace_tree.Step]) -> None:
        for line in trace_tree.lines(steps):
            branch, mark, label = line.rpartition('─ ')
            name, _, rest = label.partition(' ')
            self._show(f'  [dim]{branch}{mark}[/]{_plain(name)} [dim]{_plain(rest)}[/]')

    def _show(self, markup: str) -> None:
        self._console.print(markup)
        self._picture.print(markup)


def _plain(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415  (as above)

    return escape(text)
