# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Make small mistakes in the sources and list those that no test notices: ``python -m tests.mutation --sample 25``."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from .areas import AREAS
from .trial import sample, try_all


def main() -> int:
    """Run the command; 1 if something survived."""
    parser = argparse.ArgumentParser(prog='python -m tests.mutation', description=__doc__)
    parser.add_argument('--sample', type=int, default=10, metavar='N', help='mutants of each area; default: 10')
    parser.add_argument('--skip', type=int, default=0, metavar='N', help='leave out so many of each area first')
    parser.add_argument('--area', action='append', choices=[area.name for area in AREAS], help='only this one')
    parser.add_argument('--path', type=Path, action='append', default=[], help='only files at or below this path')
    parser.add_argument('--workers', type=int, default=2, help='how many are tried at once; default: 2')
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    paths = [path.resolve() for path in given.path]
    for area in AREAS:
        if given.area and area.name not in given.area:
            continue
        chosen = sample(given.skip + given.sample, paths, areas=[area])[given.skip :]
        for trial in try_all(chosen, given.workers):
            tried[area.name] += 1
            killed[area.name] += trial.is_killed
            if not trial.is_killed:
                _say(f'survived: {trial}')
        _say(f'{area.name}: {killed[area.name]} of {tried[area.name]} killed')
    return int(killed.total() < tried.total())


def _say(text: str) -> None:
    sys.stdout.write(f'{text}\n')
    sys.stdout.flush()


if __name__ == '__main__':
    sys.exit(main())
