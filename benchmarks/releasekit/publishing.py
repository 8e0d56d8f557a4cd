# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prints how long publishing takes at width 8 against the local index, over the critical path of the graph.

uv run benchmarks/releasekit/publishing.py [--packages 100]

The packages need one another as those of synthetic.py do: the first one, and the one seven before. The critical path is
the longest chain of packages, each at what one alone takes on the same index. That is what an index allows that answers
everybody at once; this one and uv share the processors of this machine, so what the same work takes them at best, one
by one over their number, is said too. The second measurement is of the same index at a distance: every answer takes
a fifth of a second longer, and what is left is how well the packages are scheduled.
"""

import argparse
import asyncio
import hashlib
import io
import os
import statistics
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any, cast

from releasekit.index.credentials import nobody
from releasekit.index.local_index import local_index
from releasekit.index.port import Index
from releasekit.index.web_index import connected
from releasekit.model.plan import Artefact
from releasekit.publish.controls import Controls
from releasekit.publish.delivery import Dock
from releasekit.publish.events import Event
from releasekit.publish.journal import Journal
from releasekit.publish.policy import Policy
from releasekit.publish.run import Run
from releasekit.publish.work import Parcel, Stage, Work


VERSION = '1.0.0'
DISTANCE = 0.2  # seconds


class Distant:
    """An index whose answers are a while on their way."""

    def __init__(self, index: Index, seconds: float) -> None:
        self._index = index
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        """Return a method of the index that takes longer."""
        method = getattr(self._index, name)

        async def later(*given: Any) -> Any:
            await asyncio.sleep(self._seconds)
            return await method(*given)

        return later


def main() -> None:
    """Print a few lines for each distance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--packages', type=int, default=100)
    count = parser.parse_args().packages
    print(f'{count} packages, each needs the first one and the one seven before it')
    for seconds in (0.0, DISTANCE):
        compare(count, seconds)


def compare(count: int, seconds: float) -> None:
    needs = {number: {0, max(0, number - 7)} - {number} for number in range(count)}
    sample = min(count, 20)
    alone, one_by_one, _ = measure({number: set() for number in range(sample)}, 1, seconds)
    _, together, depth = measure(needs, 8, seconds)
    path = depth * alone
    print(f'answers {seconds:g} s away: {depth} in the longest chain, one alone {alone * 1000:.0f} ms')
    print(f'  makespan {together:.2f} s, critical path {path:.2f} s, ratio {together / path:.2f} (target <= 1.15)')
    if not seconds:
        processors = os.cpu_count() or 1
        least = one_by_one / sample * count / processors
        print(f'  least time of {processors} processors {least:.2f} s, ratio {together / max(path, least):.2f}')


def measure(needs: dict[int, set[int]], width: int, distance: float) -> tuple[float, float, int]:
    """Return what a package takes, the median; what all take; and the length of the longest chain."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(publishing(Path(folder), needs, width, distance))


async def publishing(folder: Path, needs: dict[int, set[int]], width: int, distance: float) -> tuple[float, float, int]:
    work = parcels(folder, needs)
    begun: dict[str, float] = {}
    taken: list[float] = []

    def tell(event: Event) -> None:
        if event.stage is Stage.SENDING:
            begun[event.package] = event.time
        elif event.stage is Stage.PUBLISHED:
            taken.append(event.time - begun[event.package])

    async with local_index(folder / 'index') as address, connected(address, nobody) as index:
        journal = Journal.open(folder / 'journal', 'benchmark', time.time)
        policy = Policy(width=width, is_strict=width > 1)
        dock = Dock(
            cast('Index', Distant(index, distance)) if distance else index,
            journal,
            lambda file: folder / file.file,
            policy,
            Controls(),
            tell,
            ready,
        )
        started = time.perf_counter()
        if width == 1:
            for parcel in work.parcels.values():
                report = await Run(Work({parcel.package: parcel}), dock).finish()
        else:
            report = await Run(work, dock).finish()
        seconds = time.perf_counter() - started
        journal.close()
    assert report.exit_code == 0
    return statistics.median(taken), seconds, -min(priority[0] for priority in work.priority.values())


async def ready() -> None:
    """Allow sending."""


def parcels(folder: Path, needs: dict[int, set[int]]) -> Work:
    found: dict[str, Parcel] = {}
    for number, needed in needs.items():
        name = f'genkit-plugin-p{number:03}'
        names = [f'genkit-plugin-p{other:03}' for other in sorted(needed)]
        files = tuple(artefact(folder, name, file, content) for file, content in packed(name, names))
        found[name] = Parcel(name, VERSION, files, frozenset(names))
    return Work(found)


def artefact(folder: Path, name: str, file: str, content: bytes) -> Artefact:
    (folder / file).write_bytes(content)
    return Artefact(name, VERSION, file, hashlib.sha256(content).hexdigest(), len(content))


def packed(name: str, names: list[str]) -> list[tuple[str, bytes]]:
    """Return a wheel and a source distribution with nothing in them."""
    module = name.replace('-', '_')
    about = f'Metadata-Version: 2.4\nName: {name}\nVersion: {VERSION}\nSummary: A package of a benchmark\n'
    about += ''.join(f'Requires-Dist: {other}=={VERSION}\n' for other in names)
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, 'w') as archive:
        archive.writestr(f'{module}/__init__.py', '')
        archive.writestr(f'{module}-{VERSION}.dist-info/METADATA', about)
        archive.writestr(f'{module}-{VERSION}.dist-info/WHEEL', 'Wheel-Version: 1.0\nTag: py3-none-any\n')
        archive.writestr(f'{module}-{VERSION}.dist-info/RECORD', '')
    sdist = io.BytesIO()
    with tarfile.open(fileobj=sdist, mode='w:gz') as archive:
        entry = tarfile.TarInfo(f'{module}-{VERSION}/PKG-INFO')
        entry.size = len(about)
        archive.addfile(entry, io.BytesIO(about.encode()))
    return [
        (f'{module}-{VERSION}-py3-none-any.whl', wheel.getvalue()),
        (f'{module}-{VERSION}.tar.gz', sdist.getvalue()),
    ]


if __name__ == '__main__':
    main()
