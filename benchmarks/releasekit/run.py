# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prints what releasekit costs on a synthetic workspace, in seconds of wall time from the shell, beside its floor.

uv run benchmarks/releasekit/run.py [--json] [--packages 100] [--commits 10000] [--recent 200] [--rounds 7]

The floor of a command is what it cannot do without: an interpreter that starts, and for plans git reading the commits
in question. Floor and command are measured in turns.
"""

import argparse
import dataclasses
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthetic import Size, make, run


PROGRAM = (sys.executable, '-m', 'releasekit')
Commands = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Line:
    """One line of the table; times are seconds, medians over the rounds. On a busy machine `best` says more."""

    work: str
    seconds: float
    best: float
    floor: float
    git_processes: int
    target: str = ''

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        size = Size(arguments.packages, arguments.commits)
        long = make(Path(folder, 'long'), size)
        short = make(Path(folder, 'short'), dataclasses.replace(size, recent=arguments.recent))
        lines = _measure(long, short, arguments)
    if arguments.json:
        print(json.dumps([{**dataclasses.asdict(line), 'ratio': line.ratio} for line in lines], indent=2))
    else:
        print(f'{size.packages} packages, {size.commits} commits, median of {arguments.rounds}')
        print(f'{"work":<36}{"median":>10}{"best":>10}{"floor":>10}{"ratio":>8}{"git":>5}  target')
        for line in lines:
            numbers = (
                f'{line.seconds:8.3f} s{line.best:8.3f} s{line.floor:8.3f} s{line.ratio:8.2f}{line.git_processes:5}'
            )
            print(f'{line.work:<36}{numbers}  {line.target}'.rstrip())


def _measure(long: Path, short: Path, arguments: argparse.Namespace) -> list[Line]:
    start = (sys.executable, '-c', 'import argparse, dataclasses, tomllib')
    cases = [
        (f'plan, {arguments.commits} commits to read', long, ('plan',), True, '<= 1.0 s, 8 git'),
        ('plan --json, the same', long, ('plan', '--json'), True, ''),
        (f'plan, {arguments.recent} commits to read', short, ('plan',), True, ''),
        ('graph', long, ('graph',), False, '<= 0.5 s'),
        ('check', long, ('check',), False, '<= 0.5 s'),
    ]
    lines: list[Line] = []
    for work, folder, command, reads_history, target in cases:
        commits = 'HEAD' if folder == long else f'HEAD~{arguments.recent}..HEAD'
        reading = [('git', 'log', '--name-only', '--format=%H%n%aN%n%B', commits)] if reads_history else []
        taken, least = _in_turns(folder, [(*PROGRAM, *command)], [start, *reading], arguments.rounds)
        lines.append(
            Line(
                work,
                statistics.median(taken),
                min(taken),
                statistics.median(least),
                _git_processes(folder, command),
                target,
            )
        )
    return lines


def _in_turns(folder: Path, work: Commands, floor: Commands, rounds: int) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for commands, taken in zip((work, floor), times, strict=True):
            started = time.perf_counter()
            for command in commands:
                run(folder, *command)
            if number:  # the first round warms files and bytecode
                taken.append(time.perf_counter() - started)
    return times


def _git_processes(folder: Path, command: tuple[str, ...]) -> int:
    """Count the git processes of one run, with a program in front of git that leaves a line for each."""
    with tempfile.TemporaryDirectory() as place:
        log, counter = Path(place, 'log'), Path(place, 'git')
        counter.write_text(f'#!/bin/sh\necho >> {log}\nexec {shutil.which("git")} "$@"\n', 'utf-8')
        counter.chmod(0o755)
        path = f'{place}{os.pathsep}{os.environ["PATH"]}'
        run(folder, *PROGRAM, *command, PATH=path)
        return len(log.read_text('utf-8')) if log.exists() else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description='Prints what releasekit costs.')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--packages', type=int, default=100)
    parser.add_argument('--commits', type=int, default=10_000)
    parser.add_argument('--recent', type=int, default=200)
    parser.add_argument('--rounds', type=int, default=7)
    return parser.parse_args()


if __name__ == '__main__':
    main()
