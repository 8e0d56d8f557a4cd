# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prints what building and publishing this workspace costs beside what it cannot do without.

uv run benchmarks/releasekit/publishing.py

Building: all packages in warm workers, over `uv build` of each by itself, the environments of both being there already.
Publishing: from the first file sent to the last package seen on a local index, over the longest chain of packages that
need each other, each with the time that it took itself; or over all that time by the number of those sent at once, if
that is more.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, '-m', 'releasekit')
WIDTH = 8


def main() -> None:
    """Print two lines."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, 'clone')
        run(Path(folder), 'git', 'clone', '--quiet', str(ROOT), str(clone))
        cache = Path(folder, 'cache')
        building(clone, cache)
        publishing(clone, cache)


def building(clone: Path, cache: Path) -> None:
    releases = plan(clone)
    build(clone, cache / 'warming')  # makes the environments
    os.rename(cache / 'warming' / 'environments', cache / 'environments')
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
        '(target <= 0.1)'
    )


def publishing(clone: Path, cache: Path) -> None:
    environment = {'RELEASEKIT_CACHE': str(cache / '0')}
    options = ('--to', 'local', '--events', '--no-verify', '--no-proof', '--sample', '0', '--upload-width', str(WIDTH))
    said = run(clone, *PROGRAM, 'publish', *options, **environment)
    events: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines() if line.startswith('{')]
    began = {event['package']: event['time'] for event in reversed(events) if event.get('stage') == 'sending'}
    ended = {event['package']: event['time'] for event in events if event.get('stage') == 'published'}
    own = {name: ended[name] - began[name] for name in ended}
    chain = longest(own, needs(clone, own))
    bound = max(chain, sum(own.values()) / WIDTH)
    makespan = max(ended.values()) - min(began.values())
    print(
        f'publishing {len(own)} packages, {WIDTH} at once: {makespan:.2f} s; longest chain {chain:.2f} s, all by '
        f'{WIDTH} {sum(own.values()) / WIDTH:.2f} s, ratio {makespan / bound:.2f} (target <= 1.15)'
    )


def run(folder: Path, *command: str, **variables: str) -> str:
    """Run a command in a folder, and return what it says."""
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, env=os.environ | variables)
    return done.stdout


def plan(clone: Path) -> Sequence[dict[str, Any]]:
    releases: Sequence[dict[str, Any]] = json.loads(run(clone, *PROGRAM, 'plan', '--json'))['releases']
    return releases


def build(clone: Path, cache: Path) -> None:
    run(clone, *PROGRAM, 'build', '--no-proof', '--sample', '0', RELEASEKIT_CACHE=str(cache))


def needs(clone: Path, known: Mapping[str, float]) -> dict[str, list[str]]:
    graph = json.loads(run(clone, *PROGRAM, 'graph', '--json'))
    found: dict[str, list[str]] = {name: [] for name in known}
    for edge in graph['edges']:
        if edge['from'] in known and edge['to'] in known:
            found[edge['from']].append(edge['to'])
    return found


def longest(own: Mapping[str, float], above: Mapping[str, Sequence[str]]) -> float:
    ends: dict[str, float] = {}

    def end(name: str) -> float:
        if name not in ends:
            ends[name] = own[name] + max((end(other) for other in above[name]), default=0.0)
        return ends[name]

    return max(map(end, own))


if __name__ == '__main__':
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f'{error}\n{error.stderr}')
