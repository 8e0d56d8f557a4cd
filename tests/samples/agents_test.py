# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The samples of agents that need no model, run as their readers run them."""

import re
import subprocess
import sys
from pathlib import Path


SAMPLES = Path(__file__).parents[2] / 'samples'


def run(name: str) -> list[str]:
    ended = subprocess.run(
        [sys.executable, '-W', 'error', SAMPLES / name / 'main.py'], capture_output=True, text=True, check=True
    )
    assert not ended.stderr
    return ended.stdout.splitlines()


def test_work_in_the_background_ends_or_is_stopped():
    lines = run('agent-background')
    assert lines.index('  completed, 5 of 5 chapters') < lines.index('  it says: I have read Moby-Dick.')
    assert any(line.startswith('  pending, ') for line in lines)
    stopped = re.fullmatch(r'  aborted; it was heard of after chapter (\d) of 5', lines[-1])
    assert stopped is not None, lines
    assert int(stopped[1]) < 5


def test_a_team_shares_the_work():
    lines = run('agent-team')
    assert [line.split()[0] for line in lines] == ['guest', 'host', 'host', 'cook', 'waiter', 'host']
    assert lines[-1].startswith('host    All is done. The cook has done it')
