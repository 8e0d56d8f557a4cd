# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit build`: every file of the next release, built from the commit and proved; nothing is sent."""

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from releasekit.build.builder import Told, build_plan
from releasekit.build.bundle import read_bundle, write_bundle
from releasekit.build.gates import pass_gates
from releasekit.build.options import BuildOptions
from releasekit.build.proof import ProofOptions, prove_installation, prove_resolution
from releasekit.build.provenance import write_statements
from releasekit.build.store import ArtefactStore
from releasekit.checks.engine import rules_off
from releasekit.commands.plan import Planned, PlanOptions, plan_digest, usable_plan
from releasekit.index.bound import Place, needed_members
from releasekit.index.connection import open_index, refuse_unknown, served
from releasekit.index.port import Index, IndexUnreachable
from releasekit.index.web_index import Address
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact, Release
from releasekit.workspace.places import cache_folder


_OWN_LINUX = re.compile(r'-linux_\w+\.whl$')


@dataclass(frozen=True)
class BuildRequest:
    """What is to be built, how, and what is proved of it.

    `out` is where a bundle is written, `bundle` one that was written and is taken instead of building, and
    `bundle_sha256` what its list has to have. `to` names the index that is published to; a name that no index has is
    refused before anything is built. `index` and `is_offline` say where proofs find third parties; without `resolves`
    and `installs` nothing is proved.
    """

    plan: PlanOptions = field(default_factory=PlanOptions)
    build: BuildOptions = field(default_factory=BuildOptions)
    resolves: bool = True
    installs: bool = False
    to: str | None = None
    out: Path | None = None
    bundle: Path | None = None
    bundle_sha256: str | None = None
    index: str | None = None
    is_offline: bool = False


@dataclass(frozen=True)
class Built:
    """The files of a plan, by package, and the store that holds them; `bundle` is the sha256 of a bundle's list."""

    planned: Planned
    digest: str
    store: ArtefactStore
    files: Mapping[str, tuple[Artefact, ...]]
    bundle: str | None = None

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """All files, in publishing order."""
        return tuple(file for files in self.files.values() for file in files)

    def adopt(self, files: Mapping[str, Artefact]) -> 'Built':
        """Return the same with the artefacts that an index has of some files, by file name, in place of ours."""
        own = {name: tuple(files.get(file.file, file) for file in found) for name, found in self.files.items()}
        return replace(self, files=own)


def build(start: Path, request: BuildRequest, tell: Told) -> Built:
    """Build what a plan releases, or take over what a bundle holds of it.

    Args:
        start: A folder of the workspace.
        request: What, and how.
        tell: Told package and step as they come.

    Raises:
        UsageError: No index has the name that is published to.
        RefusedError: The tree is not as committed, a build or a gate fails, or a proof cannot be given.
    """
    planned = usable_plan(start, request.plan)
    if request.to:
        refuse_unknown(planned.workspace, request.to)
    if planned.plan.inputs.changed:
        raise RefusedError(
            'RK-TREE-DIRTY',
            f'not committed: {", ".join(planned.plan.inputs.changed)}. What is published is what a commit holds.',
        )
    digest = plan_digest(planned.plan)
    if request.bundle:
        return Built(planned, digest, *read_bundle(request.bundle, planned.plan, digest, request.bundle_sha256))
    store = ArtefactStore(cache_folder() / 'artefacts', digest)
    off = rules_off(planned.workspace)
    files = build_plan(planned.workspace, planned.plan, store, request.build, tell)

    def look(release: Release) -> None:
        tell(release.name, 'looking into its files')
        for file in (file.file for file in files[release.name] if _OWN_LINUX.search(file.file)):
            tell(release.name, f'{file} is for this machine: public indexes take manylinux and musllinux wheels')
        pass_gates(release, planned.workspace.by_name[release.name], files[release.name], store, off)
        write_statements(planned.workspace, planned.plan, release, files[release.name], store)

    with ThreadPoolExecutor(max(1, request.build.width)) as pool:
        list(pool.map(look, planned.plan.releases))
    built = Built(planned, digest, store, files)
    _prove(built, request, tell)
    if request.out:
        return replace(built, bundle=write_bundle(planned.plan, digest, files, store, request.out))
    return built


def _prove(built: Built, request: BuildRequest, tell: Told) -> None:
    if not built.artefacts or not (request.resolves or request.installs):
        return
    target = None if request.is_offline else asyncio.run(_target(built.planned, request.to))
    options = ProofOptions(built.planned.workspace, target, request.index, request.is_offline)
    if request.resolves:
        prove_resolution(built.artefacts, built.store, options, tell)
    if request.installs:
        prove_installation(built.artefacts, built.store, options, tell)


async def _target(planned: Planned, to: str | None) -> Place | None:
    """Return the index that is published to, with the names that proofs take from there; None if they take none."""
    if to is None or not _others(planned):
        return None
    async with open_index(planned.workspace, to) as (address, index):
        try:
            place = await target_place(planned, index, address)
        except IndexUnreachable as error:
            raise RefusedError('RK-PREFLIGHT', f'{to} does not answer: {error}; nothing was sent') from error
    others = place.names - planned.plan.by_name.keys()
    return replace(place, names=others) if others else None


async def target_place(planned: Planned, index: Index, address: Address) -> Place:
    """Return the index that is published to, with the names that are taken from there.

    Those are the packages of the plan, and the members that they need if the index has their last release.

    Raises:
        IndexUnreachable: It gives no answer.
    """
    known = await served(index, _others(planned))
    return Place(address.name, address.url, known | planned.plan.by_name.keys())


def _others(planned: Planned) -> dict[str, str | None]:
    """Return the members that the plan's packages need and that it does not release, with their last release."""
    names = planned.plan.by_name.keys()
    return {name: planned.plan.unchanged.get(name) for name in sorted(needed_members(planned.workspace, names))}
