# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether an index serves what was built: every byte, and an installation from there alone."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from releasekit.build.proof import declared_modules, install_and_import
from releasekit.index.bound import Place, bindings_of, needed_lines, needed_members
from releasekit.index.port import Index, IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.model.workspace import Workspace
from releasekit.publish.work import Work


async def verify_bytes(work: Work, index: Index, packages: Sequence[str]) -> tuple[str, ...]:
    """Download every file of some packages and return what is wrong with it."""
    slots = asyncio.Semaphore(8)

    async def look(package: str) -> list[str]:
        async with slots:
            return await _differences(work, index, package)

    return tuple(text for texts in await asyncio.gather(*map(look, packages)) for text in texts)


async def _differences(work: Work, index: Index, package: str) -> list[str]:
    try:
        listed = await index.files(package) or {}
        found: list[str] = []
        for file in work.parcels[package].files:
            if file.file not in listed:
                found.append(f'{file.file} is not there')
            elif (digest := await index.digest(listed[file.file])) != file.sha256:
                found.append(f'{file.file}: the index serves sha256 {digest}, {file.sha256} was built')
    except IndexUnreachable as error:
        return [f'{package}: {error}']
    return found


def verify_installation(
    work: Work,
    path_of: Callable[[str], Path],
    packages: Sequence[str],
    source: tuple[Workspace, Place],
    tell: Callable[[str, str], None],
) -> None:
    """Install each package by its exact version, together with all that it needs, and import what it declares.

    Names of the workspace come from the index that they were published to, and no other name does.

    Args:
        work: What was published.
        path_of: Gives the wheel of a package.
        packages: Which ones.
        source: The workspace, and the index with the names that are taken from there.
        tell: Told package and step.

    Raises:
        RefusedError: A package cannot be installed or imported; the message names all of them.
    """
    workspace, place = source
    bindings = bindings_of(workspace, (place,))
    failed: list[str] = []
    for number, package in enumerate(packages, 1):
        tell(package, f'installing and importing, {number} of {len(packages)}')
        modules = {package: declared_modules(path_of(package))}
        with tempfile.TemporaryDirectory(prefix='releasekit-verify-') as folder:
            exact = f'{package}=={work.parcels[package].version}'
            lines = [exact, *needed_lines(workspace, [package], bindings.bound)]
            own = sorted(place.names & {package, *needed_members(workspace, [package])})
            fresh = [flag for name in own for flag in ('--refresh-package', name)]
            try:
                project = bindings.write(Path(folder) / 'project', lines)
                for note in install_and_import(Path(folder) / 'venv', project, modules, fresh):
                    tell('', note)
            except RefusedError as error:
                failed.append(f'{package}: {error}')
    if failed:
        raise RefusedError('RK-VERIFY', '; '.join(failed))
