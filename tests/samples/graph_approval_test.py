# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The sample in a real terminal, by a human who wants changes and pulls the plug."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


pexpect: Any = pytest.importorskip('pexpect', reason='there are no terminals of this kind here')

MAIN = Path(__file__).parents[2] / 'samples' / 'graph-approval' / 'main.py'
QUESTION = 'Publish it? "yes", or what to change: '


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    started: list[Any] = []

    def begin() -> Any:
        command = ['-W', 'error', str(MAIN), 'tea', '--folder', str(tmp_path)]
        started.append(pexpect.spawn(sys.executable, command, encoding='utf-8', timeout=30, echo=False))
        return started[-1]

    yield begin
    for each in started:
        each.close(force=True)


def test_a_post_that_is_killed_in_mid_draft_goes_on(start: Callable[..., Any], tmp_path: Path):
    writer = start()
    writer.expect_exact(QUESTION)
    writer.sendline('with a lot of milk and sugar')
    writer.expect_exact('Here it is: A post')
    writer.kill(9)
    writer.expect(pexpect.EOF)

    writer = start()
    writer.expect_exact('A post about tea, with a lot of milk and sugar.  (14 words)')
    writer.expect_exact(QUESTION)
    writer.sendintr()
    writer.expect_exact('Start it again to go on.')
    writer.expect(pexpect.EOF)

    writer = start()
    writer.expect_exact(QUESTION)
    writer.sendline('yes')
    writer.expect_exact('Published: ')
    writer.expect(pexpect.EOF)
    writer.close()
    assert writer.exitstatus == 0
    assert (tmp_path / 'tea.txt').read_text() == 'Here it is: A post about tea, with a lot of milk and sugar.\n'
