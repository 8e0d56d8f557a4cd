# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A run as it goes: a live table for a person, lines for a log, documents for a program."""

import contextlib
import json
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from releasekit.model.documents import to_document
from releasekit.model.history import escaped, printable
from releasekit.model.names import counted
from releasekit.publish.controls import Controls
from releasekit.publish.events import Event
from releasekit.publish.work import Stage, Work
from releasekit.ui.keys import heard_keys, keyboard
from releasekit.ui.screen import Screen


if TYPE_CHECKING:
    from rich.console import Console, RenderableType


_STYLES = {
    Stage.WAITING: 'dim',
    Stage.SENDING: 'cyan',
    Stage.CONFIRMING: 'blue',
    Stage.PUBLISHED: 'green',
    Stage.FAILED: 'red',
    Stage.BLOCKED: 'yellow',
    Stage.POSTPONED: 'yellow',
    Stage.REMOVED: 'dim',
}
_KEYS = 'l log   p pause   r resume   q finish what is under way'
_LOG_LINES = 200


@dataclass
class Row:
    """A package as the table shows it."""

    version: str
    stage: Stage = Stage.WAITING
    retries: int = 0
    text: str = ''


@dataclass
class Progress:
    """What is known of a run so far; `note` takes what happens."""

    rows: dict[str, Row] = field(default_factory=dict[str, Row])
    step: str = ''
    log: deque[str] = field(default_factory=lambda: deque[str](maxlen=_LOG_LINES))
    started: float = field(default_factory=time.monotonic)
    shows_log: bool = False

    def begin(self, work: Work) -> None:
        """Take over what is to be published."""
        self.rows = {name: Row(parcel.version) for name, parcel in work.parcels.items()}
        self.started = time.monotonic()

    def note(self, event: Event) -> None:
        """Take over what happened."""
        self.log.append(line_of(event))
        row = self.rows.get(event.package)
        if row is None:
            return
        if event.stage is not None:
            row.stage = event.stage
        row.retries += event.kind == 'retry'
        row.text = _what(event)

    @property
    def estimate(self) -> float | None:
        """About how many seconds are left, from how long the published ones took; None before the first one."""
        done = sum(row.stage is Stage.PUBLISHED for row in self.rows.values())
        left = sum(not row.stage.is_end for row in self.rows.values())
        return (time.monotonic() - self.started) / done * left if done else None


def line_of(event: Event) -> str:
    """Return an event as a line of a log: the package, its stage or file, and what became of it."""
    kind = event.kind if event.kind in {'retry', 'wait'} else ''
    return printable(': '.join(part for part in (event.package, event.stage, event.file, kind, event.text) if part))


def _what(event: Event) -> str:
    """Return what the table shows beside a package's stage: what the stage does not say already."""
    if event.kind != 'file':
        return printable(event.text)
    file = 'wheel' if event.file.endswith('.whl') else 'source distribution'
    return file if event.text == Stage.SENDING else f'{file} {event.text}'


def document_of(event: Event) -> str:
    """Return an event as a line of JSON."""
    members: Mapping[str, object] = {
        name: value for name, value in to_document(event).items() if value not in {'', None}
    }
    return escaped(json.dumps({'schema': 'releasekit.event/1', **members}, ensure_ascii=False))


class Lines:
    """Prints each step and each event as a line: for logs, and for programs that read along."""

    def __init__(self, screen: Screen, *, as_documents: bool) -> None:
        self._screen = screen
        self._as_documents = as_documents

    def step(self, package: str, text: str) -> None:
        """Print a step before or after the run."""
        if not self._as_documents:
            self._screen.line(f'{package}: {text}' if package else text)

    def begin(self, work: Work, controls: Controls) -> None:  # noqa: ARG002 - as every watcher
        """Say how much there is to do."""
        self.step('', f'publishing {counted(len(work.parcels), "package")}')

    def event(self, event: Event) -> None:
        """Print what happened."""
        self._screen.line_at_once(document_of(event) if self._as_documents else line_of(event))


class Table:
    """Draws a table that changes as the run goes on, and hears keys."""

    def __init__(self, redraw: Callable[[], None]) -> None:
        self.progress = Progress()
        self._redraw = redraw
        self._controls: Controls | None = None

    def step(self, package: str, text: str) -> None:
        """Show a step before or after the run."""
        self.progress.step = f'{package}: {text}' if package else text
        self._redraw()

    def begin(self, work: Work, controls: Controls) -> None:
        """Show what is to be published."""
        self._controls = controls
        self.progress.step = ''
        self.progress.begin(work)
        self._redraw()

    def event(self, event: Event) -> None:
        """Show what happened."""
        self.progress.note(event)
        self._redraw()

    def hear(self, key: str) -> None:
        """Do what a key asks for."""
        if key == 'l':
            self.progress.shows_log = not self.progress.shows_log
        orders = {'p': 'pause', 'r': 'resume', 'q': 'drain'}
        if self._controls is not None and key in orders:
            self._controls.obey(orders[key])
            self.progress.step = {'p': 'paused', 'r': '', 'q': 'finishing what is under way'}[key]
        self._redraw()


@contextlib.contextmanager
def live_table(stream: TextIO) -> Generator[Table]:
    """Show a table on a terminal while the block runs; it stays there afterwards."""
    from rich.console import Console  # noqa: PLC0415 - slow to import, and only a terminal needs it
    from rich.live import Live  # noqa: PLC0415 - see above

    console = Console(file=stream)
    with Live(console=console, refresh_per_second=8, auto_refresh=False) as live:

        def redraw() -> None:
            live.update(render(table.progress, console), refresh=True)

        table = Table(redraw)
        with heard_keys(keyboard(), table.hear):
            yield table


def render(progress: Progress, console: 'Console') -> 'RenderableType':
    """Return a run as it is drawn: the table or the log, and a line about both."""
    from rich.console import Group  # noqa: PLC0415 - see above
    from rich.table import Table as RichTable  # noqa: PLC0415 - see above
    from rich.text import Text  # noqa: PLC0415 - see above

    if progress.shows_log:
        body: RenderableType = Text('\n'.join(list(progress.log)[-max(5, console.size.height - 4) :]))
    else:
        table = RichTable('package', 'version', 'stage', 'retries', 'what', header_style='bold', expand=False)
        for name, row in progress.rows.items():
            table.add_row(
                name, row.version, Text(row.stage, _STYLES[row.stage]), str(row.retries or ''), Text(row.text)
            )
        body = table if progress.rows else Text('')
    footer = (_summary(progress), _KEYS if progress.rows else '')
    return Group(body, *(Text(line, 'dim', no_wrap=True, overflow='ellipsis') for line in footer if line))


def _summary(progress: Progress) -> str:
    done = sum(row.stage is Stage.PUBLISHED for row in progress.rows.values())
    estimate = progress.estimate
    left = f', about {estimate:.0f} s left' if estimate else ''
    counted = f'{done} of {len(progress.rows)} published{left}' if progress.rows else ''
    return '   '.join(part for part in (counted, printable(progress.step)) if part)
