# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether an index serves what was built: every byte, and an installation from there alone."""

import asyncio
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from releasekit.build.attestations import provenance_problem
from releasekit.build.proof import declared_modules, install_and_import
from releasekit.index.bound import Place, bindings_of, needed_lines, needed_members
from releasekit.index.port import Index, IndexFile, IndexUnreachable
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact
from releasekit.model.workspace import Workspace
from releasekit.publish.preflight import as_served, foreign_files
from releasekit.publish.work import Work


@dataclass(frozen=True)
class Served:
    """What an index serves of some packages: `files` as it has them, by name, and what is `wrong`, by package.

    `lies` are files whose page says another hash than they have, and `silent` why the index did not say what it has, by
    package; both are wrong, and neither says that a package is not there.
    """

    files: Mapping[str, Artefact]
    wrong: Mapping[str, tuple[str, ...]]
    lies: tuple[str, ...] = ()
    silent: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is wrong."""
        return tuple(text for texts in self.wrong.values() for text in texts)


async def verify_bytes(
    work: Work, index: Index, packages: Sequence[str], path_of: Callable[[Artefact], Path]
) -> Served:
    """Download every file of some packages and compare it with what was built.

    Args:
        work: What was published.
        index: Where.
        packages: Which ones.
        path_of: Finds an artefact's file.
    """
    slots = asyncio.Semaphore(8)

    async def look(package: str) -> _Seen:
        async with slots:
            return await _seen(work, index, package, path_of)

    found = dict(zip(packages, await asyncio.gather(*map(look, packages)), strict=True))
    return Served(
        {file.file: file for one in found.values() for file in one.files},
        {package: texts for package, one in found.items() if (texts := one.texts)},
        tuple(text for one in found.values() for text in one.lies),
        {package: one.silent for package, one in found.items() if one.silent},
    )


@dataclass
class _Seen:
    """What an index serves of one package."""

    files: list[Artefact] = field(default_factory=list[Artefact])
    wrong: list[str] = field(default_factory=list[str])
    lies: list[str] = field(default_factory=list[str])
    silent: str = ''

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.silent,) if self.silent else (*self.wrong, *self.lies)


async def _seen(work: Work, index: Index, package: str, path_of: Callable[[Artefact], Path]) -> _Seen:
    seen = _Seen()
    try:
        listed = await index.files(package) or {}
        seen.wrong += foreign_files(work.parcels[package], listed)
        for file in work.parcels[package].files:
            if file.file not in listed:
                seen.wrong.append(f'{file.file} is not there')
                continue
            unsaid = replace(listed[file.file], sha256=None)  # what the index serves counts, not what it says
            served = await as_served(file, unsaid, index, path_of(file))
            if isinstance(served, str):
                seen.wrong.append(served)
                continue
            said = listed[file.file].sha256
            if said not in {None, served.sha256}:
                seen.lies.append(f'{file.file}: the index says sha256 {said}, and serves {served.sha256}')
                continue
            seen.files.append(served)
            if address := listed[file.file].provenance:
                document = await index.fetch(IndexFile(file.file, address, size=0))
                problem = await asyncio.to_thread(provenance_problem, document, served)
                seen.wrong += [problem] if problem else []
    except IndexUnreachable as error:
        seen.silent = f'{package}: {error}'
    return seen


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
