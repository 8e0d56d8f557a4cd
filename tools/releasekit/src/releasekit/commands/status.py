# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit status`: what of the present plan is on an index, and what the journal of its run says."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from releasekit.build.store import ArtefactStore
from releasekit.commands.build import Built
from releasekit.commands.plan import Planned, PlanOptions, plan, plan_digest
from releasekit.commands.publish import open_index, run_folder
from releasekit.publish.journal import Journal
from releasekit.workspace.places import cache_folder


@dataclass(frozen=True)
class PackageState:
    """A planned package: how many of its files are built, were tried, and are on the index with the right hash."""

    name: str
    version: str
    built: int
    tried: int
    on_index: int

    @property
    def is_public(self) -> bool:
        """Whether every file that was built is there."""
        return 0 < self.built == self.on_index


def status(start: Path, options: PlanOptions, to: str) -> tuple[PackageState, ...]:
    """Return how far the present plan has come; the index decides, not the journal.

    Raises:
        UsageError: There is no such index.
    """
    return asyncio.run(_status(_as_built(plan(start, options)), to))


async def _status(built: Built, to: str) -> tuple[PackageState, ...]:
    path = run_folder(built, to) / 'journal'
    records: list[Any] = []
    if path.is_file():
        journal = Journal.open(path, f'{built.digest} {to}', time.time)
        journal.close()
        records = list(journal.records)
    tried = {record['file'] for record in records if record['kind'] == 'intent'}
    states: list[PackageState] = []
    async with open_index(built, to) as (_, index):
        for release in built.planned.plan.releases:
            files = built.files[release.name]
            listed = await index.files(release.name) or {}
            right = [
                file
                for file in files
                if file.file in listed
                and (listed[file.file].sha256 or await index.digest(listed[file.file])) == file.sha256
            ]
            known = sum(file.file in tried for file in files)
            states.append(PackageState(release.name, release.version, len(files), known, len(right)))
    return tuple(states)


def follow(start: Path, options: PlanOptions, to: str) -> Iterator[dict[str, Any]]:
    """Yield the events of a run as they come, from another terminal, until it ends."""
    path = run_folder(_as_built(plan(start, options)), to) / 'events.ndjson'
    done = 0
    while True:
        lines = path.read_text(encoding='utf-8').split('\n')[:-1] if path.is_file() else []
        for line in lines[min(done, len(lines)) :]:
            event: dict[str, Any] = json.loads(line)
            yield event
            if event['kind'] == 'end':
                return
        done = len(lines)
        time.sleep(0.2)


def order(start: Path, options: PlanOptions, to: str, text: str) -> Path:
    """Give an order to the run that is under way, such as ``pause``; return the file that it reads."""
    path = run_folder(_as_built(plan(start, options)), to) / 'orders'
    with path.open('a', encoding='utf-8') as file:
        file.write(f'{text}\n')
    return path


def _as_built(planned: Planned) -> Built:
    """Return what the store holds of a plan, without building anything."""
    digest = plan_digest(planned.plan)
    store = ArtefactStore(cache_folder() / 'artefacts', digest)
    return Built(planned, digest, store, {release.name: store.find(release.name) for release in planned.plan.releases})
