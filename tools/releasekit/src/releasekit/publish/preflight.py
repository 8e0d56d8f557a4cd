# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be known before the first upload: which projects are new, and which names are taken by other contents."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from packaging.version import Version

from releasekit.build.likeness import first_difference
from releasekit.index.port import Index, IndexFile, IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact
from releasekit.publish.work import Parcel, Work


_SECONDS_A_FILE = 1.5
_AT_ONCE = 8
_NAMED = 4


@dataclass(frozen=True)
class Preflight:
    """What a run will meet.

    `there` are files that the index has already; of those that other tools packed there, `adopted` has the artefacts as
    the index has them, by file name. `new` are projects that it does not know.
    """

    new: tuple[str, ...]
    there: tuple[str, ...]
    files: int
    size: int
    adopted: Mapping[str, Artefact] = field(default_factory=dict[str, Artefact])

    def seconds(self, work: Work, width: int) -> float:
        """Return about how long a run takes: the longest chain, or the files by width, whichever is more."""
        longest = max((-priority[0] for priority in work.priority.values()), default=0)
        files_a_package = self.files / max(1, len(work.parcels))
        return _SECONDS_A_FILE * max(longest * files_a_package, (self.files - len(self.there)) / width)


async def preflight(
    work: Work,
    index: Index,
    store: Path,
    path_of: Callable[[Artefact], Path],
    way_out: str = 'Give the packages new versions',
) -> Preflight:
    """Ask the index about every package.

    Args:
        work: What is to be published.
        index: Where.
        store: Where the run keeps its journal.
        path_of: Finds an artefact's file.
        way_out: What to do about names that other contents have.

    Raises:
        RefusedError: A name is taken by other contents, the index does not answer, or there is no room for the journal.
    """
    _refuse_full_disk(store)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(parcel: Parcel) -> _Found:
        async with slots:
            return await _look(parcel, index, path_of)

    try:
        found = await asyncio.gather(*(look(parcel) for parcel in work.parcels.values()))
    except IndexUnreachable as error:
        raise RefusedError('RK-PREFLIGHT', f'the index does not answer: {error}; nothing was sent') from error
    taken = [text for one in found for text in one.taken]
    if taken:
        more = f'; and {len(taken) - _NAMED} more' if len(taken) > _NAMED else ''
        raise RefusedError('RK-PREFLIGHT', f'{"; ".join(taken[:_NAMED])}{more}. {way_out}; nothing was sent.')
    files = [file for parcel in work.parcels.values() for file in parcel.files]
    there = {file.file: file for one in found for file in one.there}
    return Preflight(
        tuple(name for name, one in zip(work.parcels, found, strict=True) if one.is_new),
        tuple(there),
        len(files),
        sum(file.size for file in files),
        {file.file: there[file.file] for file in files if there.get(file.file, file) != file},
    )


@dataclass(frozen=True)
class _Found:
    """What the index has of a package."""

    is_new: bool
    there: tuple[Artefact, ...]
    taken: tuple[str, ...]


async def _look(parcel: Parcel, index: Index, path_of: Callable[[Artefact], Path]) -> _Found:
    listed = await index.files(parcel.package)
    there: list[Artefact] = []
    taken: list[str] = []
    for file in parcel.files:
        found = (listed or {}).get(file.file)
        if found is not None:
            served = await as_served(file, found, index, path_of(file))
            there += [served] if isinstance(served, Artefact) else []
            taken += [served] if isinstance(served, str) else []
    taken += foreign_files(parcel, listed or {})
    return _Found(listed is None, tuple(there), tuple(taken))


def foreign_files(parcel: Parcel, listed: Mapping[str, IndexFile]) -> list[str]:
    """Return what an index has of a package's version besides our files, in words: installers may prefer it to ours."""
    own = {file.file for file in parcel.files}
    version = Version(parcel.version)
    return [
        f'{name}: the index has this file of {parcel.package} {version}, and it is none of ours'
        for name, file in listed.items()
        if name not in own and file.version == version
    ]


async def as_served(artefact: Artefact, found: IndexFile, index: Index, path: Path) -> Artefact | str:
    """Return an artefact as an index has it, or how it differs from ours, in words.

    Other bytes are the same artefact if they hold the same: another version of a build backend packed them, or a
    compressor of another machine.

    Args:
        artefact: What was built here.
        found: What the index lists under its name.
        index: Is asked for the bytes, if they are others.
        path: Of what was built.

    Raises:
        IndexUnreachable: The index does not give them.
    """
    digest = found.sha256 or await index.digest(replace(found, size=artefact.size))
    if digest == artefact.sha256:
        return artefact
    theirs = await index.fetch(replace(found, size=artefact.size))
    fetched = hashlib.sha256(theirs).hexdigest()
    if fetched != digest:
        return f'{artefact.file}: the index says sha256 {digest}, and serves {fetched}; ours has {artefact.sha256}'
    difference = await asyncio.to_thread(_difference, artefact, path, theirs)
    if difference is None:
        return replace(artefact, sha256=fetched, size=len(theirs))
    return f'{artefact.file}: ours has sha256 {artefact.sha256}, the index has {digest}, and {difference}'


def _difference(artefact: Artefact, path: Path, theirs: bytes) -> str | None:
    return first_difference(artefact.file, path.read_bytes(), theirs)


def _refuse_full_disk(store: Path) -> None:
    free = shutil.disk_usage(store).free
    if free < 1 << 20:
        raise RefusedError('RK-JOURNAL-WRITE', f'{store}: {free} bytes are free; a run writes a journal. Make room.')
