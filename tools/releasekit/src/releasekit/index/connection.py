# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Opening the index of a name: the local one is started, others are connected to with the credentials at hand."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from releasekit.index.addresses import LOCAL, address_of
from releasekit.index.credentials import credentials_for, nobody
from releasekit.index.local_index import local_index
from releasekit.index.port import Index
from releasekit.index.web_index import Address, WebIndex, connected
from releasekit.model.workspace import Workspace
from releasekit.workspace.places import cache_folder, runs_folder


@asynccontextmanager
async def open_index(
    workspace: Workspace, to: str, *, sends: bool = False, with_uv: bool = False
) -> AsyncGenerator[tuple[Address, WebIndex]]:
    """Give the index of a name, and where it is; the local one is started, and stopped afterwards.

    Args:
        workspace: Whose indexes have names.
        to: `local`, or the name of one of its indexes.
        sends: Whether files are sent there; without, no credentials are needed.
        with_uv: Whether `uv publish` sends the files.

    Raises:
        UsageError: There is no such index.
        RefusedError: There are no credentials to send files with.
    """
    if to == LOCAL:
        async with (
            local_index(local_folder(workspace.root)) as address,
            connected(address, nobody, with_uv=with_uv) as index,
        ):
            yield address, index
        return
    address = address_of(workspace, to)
    credentials = credentials_for(address.upload_url) if sends else nobody
    async with connected(address, credentials, with_uv=with_uv) as index:
        yield address, index


def refuse_unknown(workspace: Workspace, to: str) -> None:
    """Refuse a name that no index has, before anything is done for it.

    Raises:
        UsageError: There is no such index.
    """
    if to != LOCAL:
        address_of(workspace, to)


def local_folder(root: Path) -> Path:
    """Return the files of a workspace's local index."""
    return cache_folder() / 'local' / runs_folder(root).name


async def served(index: Index, versions: Mapping[str, str | None]) -> frozenset[str]:
    """Return the names of which an index has the version that is given.

    A name that it does not have, or only in other versions, is another project there, or comes from elsewhere.

    Args:
        index: Is asked.
        versions: By name; None of what was never released.

    Raises:
        IndexUnreachable: It gives no answer.
    """
    found: set[str] = set()
    for name, version in versions.items():
        listed = await index.files(name) if version is not None else None
        if any(str(file.version) == version for file in (listed or {}).values()):
            found.add(name)
    return frozenset(found)
