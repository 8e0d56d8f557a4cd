# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import io
import os
import sys
import time

import pytest
from releasekit.ui.picture import drawn, left_over, recorded
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text


def plain(shown: str) -> list[str]:
    return Text.from_ansi(left_over(shown)).plain.rstrip('\n').split('\n')


@pytest.mark.parametrize('frames', [1, 2, 7])
def test_of_a_table_that_changes_the_last_state_is_left(frames: int):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=60, legacy_windows=False)
    stream.write('before\n')
    with Live(console=console, auto_refresh=False) as live:
        for frame in range(frames):
            table = Table('package')
            for row in range(frame + 1):
                table.add_row(f'{frame}-{row}')
            live.update(table, refresh=True)
            time.sleep(0)
    stream.write('after\n')
    lines = plain(stream.getvalue())
    assert lines[0] == 'before'
    assert lines[-1] == 'after'
    assert [line for line in lines if '-' in line] == [line for line in lines if f'{frames - 1}-' in line]
    assert sum(f'{frames - 1}-' in line for line in lines) == frames


def test_the_environment_is_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv('COLUMNS', '77')
    monkeypatch.delenv('LINES', raising=False)
    with recorded(tmp_path / 'p.svg', 'releasekit graph'):
        sys.stdout.write('level 0\n')
    assert (os.environ['COLUMNS'], os.environ.get('LINES')) == ('77', None)
    assert 'level&#160;0' in (tmp_path / 'p.svg').read_text()


def test_a_picture_fetches_nothing():
    picture = drawn('$ releasekit graph\nlevel 0\n', 'releasekit graph')
    assert picture.startswith('<svg')
    assert 'level&#160;0' in picture
    assert 'url(' not in picture.replace('url(#', '')
