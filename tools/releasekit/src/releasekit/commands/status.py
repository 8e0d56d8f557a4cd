# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit status`: what of the present plan is on an index, and what the journal of its run says."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from releasekit.build.store import ArtefactStore
from releasekit.commands.build import Built
from releasekit.commands.plan import Planned, PlanOptions, plan, plan_digest
from releasekit.commands.publish import open_index, run_folder
from releasekit.index.addresses import LOCAL
from releasekit.index.connection import local_folder
from releasekit.index.port import IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.publish.journal import Journal
from releasekit.workspace.places import cache_folder


@dataclass(frozen=True)
class PackageState:
    """A planned package: how many of its files are built, were tried, and are on the index.

    `on_index` counts those with the right hash, `foreign` what else the index has of this version: files with other
    bytes, or, where nothing was built here, files that nobody can compare.
    """

    name: str
    version: str
    built: int
    tried: int
    on_index: int
    foreign: int = 0

    @property
    def is_public(self) -> bool:
        """Whether every file that was built is there."""
        return 0 < self.built == self.on_index


@dataclass(frozen=True)
class Status:
    """How far the present plan has come on an index, and where things are, by what they are."""

    packages: tuple[PackageState, ...]
    places: Mapping[str, str]


def status(start: Path, options: PlanOptions, to: str) -> Status:
    """Return how far the present plan has come; the index decides, not the journal.

    Raises:
        UsageError: There is no such index.
        RefusedError: It does not say what it has.
    """
    try:
        return asyncio.run(_status(_as_built(plan(start, options)), to))
    except IndexUnreachable as error:
        raise RefusedError('RK-INDEX-SLOW', f'{to} does not say what it has: {error}') from error


async def _status(built: Built, to: str) -> Status:
    path = run_folder(built, to) / 'journal'
    records: list[Any] = []
    if path.is_file():
        journal = Journal.open(path, f'{built.digest} {to}', time.time)
        journal.close()
        records = list(journal.records)
    tried = {record['file'] for record in records if record['kind'] == 'intent'}
    states: list[PackageState] = []
    async with open_index(built, to) as (address, index):
        for release in built.planned.plan.releases:
            files = built.files[release.name]
            listed = await index.files(release.name) or {}
            there = [file for file in files if file.file in listed]
            hashes = [listed[file.file].sha256 or await index.digest(listed[file.file]) for file in there]
            right = sum(file.sha256 == found for file, found in zip(there, hashes, strict=True))
            known = sum(file.file in tried for file in files)
            foreign = sum(str(file.version) == release.version for file in listed.values()) - right
            states.append(PackageState(release.name, release.version, len(files), known, right, foreign))
        served = str(local_folder(built.planned.workspace.root)) if to == LOCAL else address.url
    places = {'index': served, 'built files': str(built.store.folder), 'journal and events': str(path.parent)}
    return Status(tuple(states), places)


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
