# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a run looks to a person: a bar on a terminal, plain lines elsewhere, and a table at the end."""

from collections.abc import Sequence
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from conform.model.outcome import Outcome, Report, Result
from conform.ui.parity import HEADINGS, parity_rows


_STYLES = {Outcome.PASSED: 'green', Outcome.FAILED: 'red', Outcome.SKIPPED: 'dim', Outcome.ERROR: 'red'}
_SHORT = {Outcome.PASSED: 'pass', Outcome.FAILED: 'FAIL', Outcome.SKIPPED: 'skip', Outcome.ERROR: 'ERROR'}


class Screen:
    """A stream to print on; only a terminal gets colours, boxes and a moving bar."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, markup=False, emoji=False, highlight=False, soft_wrap=True)
        self.is_terminal = self._console.is_terminal

    def line(self, text: str = '', style: str = '') -> None:
        """Print a line."""
        self._console.print(text, style=style or None)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under headings."""
        if self.is_terminal:
            table = Table(*columns, header_style='bold')
            for row in rows:
                table.add_row(*row)
            self._console.print(table, soft_wrap=False)
            return
        widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
        for row in (columns, *rows):
            self.line('  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def progress(self, total: int) -> 'RunProgress':
        """Return what shows results while they come."""
        return RunProgress(self, self._console, total)

    def report(self, report: Report) -> None:
        """Print one table of tests and models for every target, what went wrong, and the sums."""
        for target in dict.fromkeys(result.target for result in report.results):
            results = [result for result in report.results if result.target == target]
            self.line()
            if results[0].outcome is Outcome.ERROR:
                self.line(f'{target} could not be started: {results[0].reason}', 'red')
            else:
                self._show_results(target, results)
        for reason in dict.fromkeys(report.skipped.values()):
            names = ', '.join(name for name, why in report.skipped.items() if why == reason)
            self.line(f'skipped, {reason}: {names}', 'dim')
        if len(report.packages) > 1:
            self.line()
            self.table(HEADINGS, list(parity_rows(report)))
        counts = ', '.join(f'{report.counts[outcome]} {outcome}' for outcome in Outcome if report.counts[outcome])
        self.line()
        self.line(f'{counts or "nothing was run"} in {report.seconds:.1f} s ({report.mode})', 'bold')

    def _show_results(self, target: str, results: Sequence[Result]) -> None:
        models = list(dict.fromkeys(result.case.model for result in results))
        cells: dict[tuple[str, str], str] = {}
        for result in results:  # two tests of a model may have one name
            place = (result.case.name, result.case.model)
            cells[place] = f'{cells.get(place, "")} {_SHORT[result.outcome]}'.strip()
        tests = dict.fromkeys(result.case.name for result in results)
        self.table([target, *models], [[test, *(cells.get((test, model), '') for model in models)] for test in tests])
        for result in results:
            if result.outcome is not Outcome.PASSED:
                self._show_details(result)

    def _show_details(self, result: Result) -> None:
        self.line()
        self.line(f'{_SHORT[result.outcome]} {result.case.model} {result.case.name}', _STYLES[result.outcome])
        self.line(f'  {result.reason}')
        if result.answer:
            self.line(f'  got    {result.answer.shown()}')
        if result.trace_id:
            self.line(f'  trace  {result.trace_id}')


class RunProgress:
    """Shows results while they come; use it as a context manager."""

    def __init__(self, screen: Screen, console: Console, total: int) -> None:
        columns = (TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._screen = screen
        self._bar = Progress(*columns, console=console, transient=True, disable=not screen.is_terminal)
        self._task = self._bar.add_task('cases', total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, result: Result) -> None:
        """Take in a result."""
        is_quiet = self._screen.is_terminal and result.outcome is Outcome.PASSED
        if not is_quiet and result.outcome is not Outcome.ERROR:
            again = f', attempt {result.attempts}' if result.attempts > 1 else ''
            line = f'{_SHORT[result.outcome]:5} {result.case.model} {result.case.name} ({result.seconds:.2f} s{again})'
            self._screen.line(line, _STYLES[result.outcome])
        self._bar.advance(self._task)
