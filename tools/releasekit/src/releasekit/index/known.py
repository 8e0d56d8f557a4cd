# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which versions of some projects an index has; reading needs no credentials."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from releasekit.index.credentials import nobody
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
            return name, _counted(await index.files(name) or ())

    async with connected(address, nobody, patience=patience) as index:
        return dict(await asyncio.gather(*(ask(index, name) for name in sorted(names))))


def _counted(files: Iterable[str]) -> dict[Version, int]:
    found = Counter(version for file in files if (version := _version(file)) is not None)
    return {version: found[version] for version in sorted(found)}


def _version(file: str) -> Version | None:
    """Return the version in a file's name, None for what is neither a wheel nor a source distribution."""
    try:
        return parse_wheel_filename(file)[1] if file.endswith('.whl') else parse_sdist_filename(file)[1]
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
