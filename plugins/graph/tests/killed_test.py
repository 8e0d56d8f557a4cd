# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs that are killed at every moment end as one that was not, and nothing that was kept runs again."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from genkit import GenkitError

from .killed_program import RUN, Moments, report_graph


pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='children are forked')
NEVER = 10**6
NODES = ['ask_ada', 'check_ada', 'draft', 'review', 'search'] * 2


@pytest.fixture(scope='module')
def run_until() -> Iterator[Callable[[Path, int], int]]:
    """Return what runs the graph in a folder until a moment, and returns the exit code."""
    with subprocess.Popen(
        [sys.executable, '-m', 'tests.killed_program'],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def run(folder: Path, moment: int) -> int:
            program.stdin.write(f'{folder} {moment}\n')  # pyright: ignore[reportOptionalMemberAccess]
            program.stdin.flush()  # pyright: ignore[reportOptionalMemberAccess]
            return int(program.stdout.readline())  # pyright: ignore[reportOptionalMemberAccess]

        yield run
        program.stdin.close()


def ran(folder: Path) -> list[str]:
    """Return the nodes that came to their end, whether that was kept or not."""
    path = folder / 'ran.txt'
    return path.read_text().split() if path.exists() else []


async def steps(folder: Path) -> int:
    """Return how many ends of nodes are kept."""
    with contextlib.suppress(GenkitError):
        return (await report_graph(folder, Moments(NEVER)).checkpoints(RUN))[-1].step
    return 0


@pytest.mark.timeout(120)
async def test_a_run_that_is_killed_at_any_moment_ends_as_one_that_is_not(
    tmp_path: Path, run_until: Callable[[Path, int], int]
):
    whole = tmp_path / 'whole'
    whole.mkdir()
    assert run_until(whole, NEVER) == 0
    expected = (whole / 'result.json').read_text()
    assert '"sources":["search 1","ada 1","checked ada 1","search 2","ada 2","checked ada 2"]' in expected
    assert sorted(ran(whole)) == sorted(NODES)

    killed = 0
    for moment in (each for each in range(1, 200) if each % 3):  # two of three, for the time that it takes
        folder = tmp_path / str(moment)
        folder.mkdir()
        if run_until(folder, moment) == 0:
            break
        killed += 1
        unkept = len(ran(folder)) - await steps(folder)
        assert unkept in {0, 1, 2}
        assert run_until(folder, NEVER) == 0
        assert (folder / 'result.json').read_text() == expected, f'killed at moment {moment}'
        assert len(ran(folder)) == len(NODES) + unkept, f'killed at moment {moment}'
    assert killed >= 25


async def test_a_run_that_is_killed_again_and_again_comes_to_its_end(
    tmp_path: Path, run_until: Callable[[Path, int], int]
):
    kills = 0
    while run_until(tmp_path, 5) != 0:
        kills += 1
    assert kills >= 4
    assert '"approved":true' in (tmp_path / 'result.json').read_text()
