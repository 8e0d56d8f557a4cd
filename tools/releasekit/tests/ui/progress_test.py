# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A run as it is shown while it goes."""

import io
import json

import pytest
from releasekit.publish.events import Event
from releasekit.publish.work import Parcel, Stage, Work
from releasekit.ui.progress import Progress, document_of, line_of, render
from rich.console import Console


WHEEL = 'acme-1.0-py3-none-any.whl'


@pytest.fixture
def progress():
    progress = Progress()
    progress.begin(Work({name: Parcel(name, '1.0', ()) for name in ('acme', 'bolt')}))
    return progress


def shown(progress, width=100):
    stream = io.StringIO()
    console = Console(file=stream, width=width, height=30)
    console.print(render(progress, console))
    return stream.getvalue()


@pytest.mark.parametrize(
    ('event', 'line', 'what'),
    [
        (Event(0, 'stage', 'acme', Stage.SENDING), 'acme: sending', ''),
        (Event(0, 'file', 'acme', None, WHEEL, 'sending'), f'acme: {WHEEL}: sending', 'wheel'),
        (Event(0, 'file', 'acme', None, 'acme-1.0.tar.gz', 'there'), 'acme: acme-1.0.tar.gz: there',
         'source distribution there'),
        (Event(0, 'retry', 'acme', None, WHEEL, 'sending again'), f'acme: {WHEEL}: retry: sending again',
         'sending again'),
        (Event(0, 'stage', 'acme', Stage.FAILED, text='400 \x1b[31mno'), 'acme: failed: 400 no', '400 no'),
        (Event(0, 'end', text='exit code 0'), 'exit code 0', ''),
    ],
)  # fmt: skip
def test_an_event_is_a_line_and_a_cell_that_says_what_the_stage_does_not(progress, event, line, what):
    assert line_of(event) == line
    progress.note(event)
    assert progress.rows['acme'].text == what


@pytest.mark.parametrize('width', [60, 80, 100])
def test_the_lines_below_the_table_do_not_wrap(progress, width):
    progress.step = 'genkit-plugin-with-a-long-name: installing and importing, 17 of 23 packages of this release'
    progress.note(Event(0, 'stage', 'acme', Stage.PUBLISHED))
    lines = [line for line in shown(progress, width).splitlines() if not line.startswith(('┏', '┃', '┡', '│', '└'))]
    assert len(lines) == 2
    assert lines[0].startswith('1 of 2 published')
    assert lines[1].startswith('l log')


def test_nothing_foreign_acts_on_the_terminal_and_programs_lose_nothing(progress):
    said = 'no\x1b[2J\u202e\x9b2J'
    event = Event(0, 'wait', 'acme', None, WHEEL, said)
    progress.note(event)
    progress.step = said
    for shows_log in (False, True):
        progress.shows_log = shows_log
        assert not set('\x1b\u202e\x9b') & set(shown(progress))
    text = document_of(event)
    assert not set('\x1b\u202e\x9b') & set(text)
    assert json.loads(text)['text'] == said
