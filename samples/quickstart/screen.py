# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Shows what happens: in colour on a terminal, as plain lines everywhere else."""

import sys
import time
from collections.abc import Sequence
from typing import TextIO

import trace_tree


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

    def _print(self, text: str) -> None:
        print(text, file=self._output, flush=True)


class Terminal(Screen):
    """The same with colours, and a bar that moves."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        from rich.console import Console  # noqa: PLC0415  (not loaded where its output would be in the way)

        self._console = Console(highlight=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self._console.print(f'\n[bold cyan]{_plain(text)}[/]')

    def line(self, text: str) -> None:
        self._console.print(f'  [dim]{_plain(text)}[/]')

    def indexing(self, done: int, total: int) -> None:
        width = 30
        full = width * done // total
        self._console.print(
            f'  [green]{"━" * full}[/][dim]{"━" * (width - full)} {done} of {total} passages[/]',
            end='\n' if done == total else '\r',
        )

    def trace(self, steps: Sequence[trace_tree.Step]) -> None:
        for line in trace_tree.lines(steps):
            branch, mark, label = line.rpartition('─ ')
            name, _, rest = label.partition(' ')
            self._console.print(f'  [dim]{branch}{mark}[/]{_plain(name)} [dim]{_plain(rest)}[/]')


def _plain(text: str) -> str:
    from rich.markup import escape  # noqa: PLC0415  (as above)

    return escape(text)
