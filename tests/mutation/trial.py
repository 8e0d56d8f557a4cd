# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tries mutants: each in a copy of its package, which comes before the real one, under the tests of its area."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Final

from .areas import AREAS, ROOT, Area
from .mutants import Mutant, mutants_of


LIMIT: Final = 600.0  # seconds for tests of which it is not known how long they take
PATIENCE: Final = 5  # times as long as without a mistake: who takes longer hangs, which is noticed as well
_SAYS_SOMETHING: Final = 3  # above it pytest was called wrongly


@dataclass(frozen=True)
class Trial:
    """What became of a mutant."""

    area: Area
    mutant: Mutant
    is_killed: bool

    def __str__(self) -> str:
        """Say where it is and what was changed."""
        return f'{self.mutant.path.relative_to(ROOT).as_posix()}:{self.mutant.line}: {self.mutant.change}'


def sample(count: int, paths: Iterable[Path] = (), *, areas: Iterable[Area] = AREAS) -> list[tuple[Area, Mutant]]:
    """Return so many mutants of each area; the choice changes only where the code does."""
    chosen: list[tuple[Area, Mutant]] = []
    wanted = tuple(paths)
    for area in areas:
        files = [file for file in area.files() if not wanted or any(file.is_relative_to(path) for path in wanted)]
        found = sorted((mutant for file in files for mutant in mutants_of(file)), key=lambda each: each.rank(ROOT))
        chosen += [(area, mutant) for mutant in found[:count]]
    return chosen


def try_all(mutants: Iterable[tuple[Area, Mutant]], workers: int = 2) -> Iterator[Trial]:
    """Yield what became of each mutant, in order."""
    folders: SimpleQueue[Path] = SimpleQueue()
    with TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        for number in range(workers):
            folders.put(Path(folder) / str(number))

        def attempt(area: Area, mutant: Mutant | None, limit: float = LIMIT) -> tuple[bool, float]:
            place, began = folders.get(), time.monotonic()
            try:
                return fails(area, mutant, place, limit), time.monotonic() - began
            finally:
                folders.put(place)

        chosen = list(mutants)
        areas = list(dict.fromkeys(area for area, _ in chosen))
        usual = pool.map(lambda area: attempt(area, None)[1], areas)
        limits = {area: PATIENCE * seconds for area, seconds in zip(areas, usual, strict=True)}
        outcomes = pool.map(lambda each: attempt(each[0], each[1], limits[each[0]]), chosen)
        for (area, mutant), (is_killed, _) in zip(chosen, outcomes, strict=True):
            yield Trial(area, mutant, is_killed)


def fails(area: Area, mutant: Mutant | None, folder: Path, limit: float = LIMIT) -> bool:
    """Return whether the tests of an area notice a mutant, or, without one, whether they fail anyway."""
    with _changed(area, mutant, folder) as copies:
        environment = {**os.environ, 'PYTHONPATH': str(copies), 'PYTHONDONTWRITEBYTECODE': '1'}
        plain = ['-x', '-q', '--no-header', '-p', 'no:cacheprovider', '--tb=line']
        command = [sys.executable, '-m', 'pytest', *plain, *area.tests]
        try:
            ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            if mutant is None:
                raise
            return True
    said = ended.stdout.decode(errors='replace')[-2000:]
    if ended.returncode > _SAYS_SOMETHING:
        raise RuntimeError(f'{command} ended with {ended.returncode}: {said}')
    if mutant is None and ended.returncode:
        raise RuntimeError(f'The tests of {area.name} fail without any mistake; mend them first: {said}')
    return ended.returncode != 0


@contextmanager
def _changed(area: Area, mutant: Mutant | None, folder: Path) -> Iterator[Path]:
    """Give a folder that holds a copy of the package with the mistake in it."""
    package = ROOT / area.package
    copies = folder / package.name
    copied = copies / package.name
    if not copied.exists():
        shutil.copytree(package, copied)  # with what was compiled, which saves seconds
    if mutant is None:
        yield copies
        return
    changed = copied / mutant.path.relative_to(package)
    changed.write_text(mutant.source(), encoding='utf-8')
    for compiled in (changed.parent / '__pycache__').glob(f'{changed.stem}.*.pyc'):
        compiled.unlink()
    try:
        yield copies
    finally:
        shutil.copy2(mutant.path, changed)
