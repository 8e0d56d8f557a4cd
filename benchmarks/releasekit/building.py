# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prints what building all packages of this workspace in warm workers costs, over `uv build` of each by itself.

uv run benchmarks/releasekit/building.py

What both download is there already. The command also plans, looks into every file and writes statements, which
`uv build` does not; what planning takes of it is said too.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, '-m', 'releasekit')


def main() -> None:
    """Print a line."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, 'clone')
        run(Path(folder), 'git', 'clone', '--quiet', str(ROOT), str(clone))
        building(clone, Path(folder, 'cache'))


def building(clone: Path, cache: Path) -> None:
    started = time.perf_counter()
    releases = plan(clone)
    planned = time.perf_counter() - started
    build(clone, cache / 'warming')  # makes the environments
    (cache / 'warming' / 'environments').rename(cache / 'environments')
    taken: list[float] = []
    for number in range(3):
        fresh = cache / str(number)
        fresh.mkdir()
        (fresh / 'environments').symlink_to(cache / 'environments', target_is_directory=True)
        started = time.perf_counter()
        build(clone, fresh)
        taken.append(time.perf_counter() - started)
    with tempfile.TemporaryDirectory() as out:
        started = time.perf_counter()
        for release in releases:
            run(clone, os.environ.get('UV', 'uv'), 'build', '--quiet', '--package', release['name'], '--out-dir', out)
        isolated = time.perf_counter() - started
    warm = sorted(taken)[1]
    print(
        f'build of {len(releases)} packages: {warm:.2f} s warm, {isolated:.2f} s isolated, ratio {warm / isolated:.3f} '
        f'(target <= 0.1); without the {planned:.2f} s of planning {(warm - planned) / isolated:.3f}'
    )


def run(folder: Path, *command: str, **variables: str) -> str:
    """Run a command in a folder, and return what it says."""
    done = subprocess.run(  # noqa: S603 - commands of this file
        command, cwd=folder, check=True, capture_output=True, text=True, env=os.environ | variables
    )
    return done.stdout


def plan(clone: Path) -> Sequence[dict[str, Any]]:
    releases: Sequence[dict[str, Any]] = json.loads(run(clone, *PROGRAM, 'plan', '--json'))['releases']
    return releases


def build(clone: Path, cache: Path) -> None:
    run(clone, *PROGRAM, 'build', '--no-proof', '--sample', '0', RELEASEKIT_CACHE=str(cache))


if __name__ == '__main__':
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f'{error}\n{error.stderr}')
