# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be known before the first upload: which projects are new, and which names are taken by other bytes."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

from releasekit.index.port import Index, IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.publish.work import Parcel, Work


_SECONDS_A_FILE = 1.5
_AT_ONCE = 8
_NAMED = 4


@dataclass(frozen=True)
class Preflight:
    """What a run will meet.

    `there` are files that the index has already, with the same bytes; `new` are projects that it does not know.
    """

    new: tuple[str, ...]
    there: tuple[str, ...]
    files: int
    size: int

    def seconds(self, work: Work, width: int) -> float:
        """Return about how long a run takes: the longest chain, or the files by width, whichever is more."""
        longest = max((-priority[0] for priority in work.priority.values()), default=0)
        files_a_package = self.files / max(1, len(work.parcels))
        return _SECONDS_A_FILE * max(longest * files_a_package, (self.files - len(self.there)) / width)


async def preflight(
    work: Work, index: Index, store: Path, way_out: str = 'Give the packages new versions'
) -> Preflight:
    """Ask the index about every package.

    Args:
        work: What is to be published.
        index: Where.
        store: Where the run keeps its journal.
        way_out: What to do about names that other bytes have.

    Raises:
        RefusedError: A name is taken by other bytes, the index does not answer, or there is no room for the journal.
    """
    _refuse_full_disk(store)
    slots = asyncio.Semaphore(_AT_ONCE)

    async def look(parcel: Parcel) -> tuple[bool, list[str], list[str]]:
        async with slots:
            return await _look(parcel, index)

    try:
        found = await asyncio.gather(*(look(parcel) for parcel in work.parcels.values()))
    except IndexUnreachable as error:
        raise RefusedError('RK-PREFLIGHT', f'the index does not answer: {error}; nothing was sent') from error
    taken = [text for _, _, texts in found for text in texts]
    if taken:
        more = f'; and {len(taken) - _NAMED} more' if len(taken) > _NAMED else ''
        raise RefusedError('RK-PREFLIGHT', f'{"; ".join(taken[:_NAMED])}{more}. {way_out}; nothing was sent.')
    files = [file for parcel in work.parcels.values() for file in parcel.files]
    return Preflight(
        tuple(name for name, (is_new, _, _) in zip(work.parcels, found, strict=True) if is_new),
        tuple(name for _, names, _ in found for name in names),
        len(files),
        sum(file.size for file in files),
    )


async def _look(parcel: Parcel, index: Index) -> tuple[bool, list[str], list[str]]:
    listed = await index.files(parcel.package)
    there: list[str] = []
    taken: list[str] = []
    for file in parcel.files:
        found = (listed or {}).get(file.file)
        if found is None:
            continue
        digest = found.sha256 or await index.digest(found)
        if digest == file.sha256:
            there.append(file.file)
        else:
            taken.append(f'{file.file}: ours has sha256 {file.sha256}, the index has {digest}')
    return listed is None, there, taken


def _refuse_full_disk(store: Path) -> None:
    free = shutil.disk_usage(store).free
    if free < 1 << 20:
        raise RefusedError('RK-JOURNAL-WRITE', f'{store}: {free} bytes are free; a run writes a journal. Make room.')
