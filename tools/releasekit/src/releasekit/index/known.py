# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which versions of some projects an index has; reading needs no credentials."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable

from packaging.version import Version

from releasekit.index.credentials import nobody
from releasekit.index.port import IndexFile
from releasekit.index.web_index import Address, WebIndex, connected


_PATIENCE = 10.0
_AT_ONCE = 8


async def known_versions(
    address: Address, names: Collection[str], patience: float = _PATIENCE
) -> dict[str, dict[Version, int]]:
    """Return how many files an index has of each version of some projects; none of a project that it does not know.

    Raises:
        IndexUnreachable: There was no answer within `patience` seconds, or one that is no page of a project.
    """
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(index: WebIndex, name: str) -> tuple[str, dict[Version, int]]:
        async with slots:
            return name, _counted((await index.files(name) or {}).values())

    async with connected(address, nobody, patience=patience) as index:
        return dict(await asyncio.gather(*(ask(index, name) for name in sorted(names))))


def _counted(files: Iterable[IndexFile]) -> dict[Version, int]:
    found = Counter(file.version for file in files if file.version is not None)
    return {version: found[version] for version in sorted(found)}
