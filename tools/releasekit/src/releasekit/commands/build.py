# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit build`: every file of the next release, built from the commit and proved; nothing is sent."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from releasekit.build.builder import Told, build_plan
from releasekit.build.gates import pass_gates
from releasekit.build.options import BuildOptions
from releasekit.build.proof import ProofOptions, prove_installation, prove_resolution
from releasekit.build.provenance import write_statements
from releasekit.build.store import ArtefactStore
from releasekit.checks.engine import rules_off
from releasekit.commands.plan import Planned, PlanOptions, plan_digest, usable_plan
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact, Release
from releasekit.workspace.places import cache_folder


@dataclass(frozen=True)
class BuildRequest:
    """What is to be built, how, and what is proved of it.

    `index` and `is_offline` say where proofs find third parties; without `resolves` and `installs` nothing is proved.
    """

    plan: PlanOptions = field(default_factory=PlanOptions)
    build: BuildOptions = field(default_factory=BuildOptions)
    resolves: bool = True
    installs: bool = False
    index: str | None = None
    is_offline: bool = False


@dataclass(frozen=True)
class Built:
    """The files of a plan, by package, and the store that holds them."""

    planned: Planned
    digest: str
    store: ArtefactStore
    files: Mapping[str, tuple[Artefact, ...]]

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """All files, in publishing order."""
        return tuple(file for files in self.files.values() for file in files)


def build(start: Path, request: BuildRequest, tell: Told) -> Built:
    """Build what a plan releases.

    Args:
        start: A folder of the workspace.
        request: What, and how.
        tell: Told package and step as they come.

    Raises:
        RefusedError: The tree is not as committed, a build or a gate fails, or a proof cannot be given.
    """
    planned = usable_plan(start, request.plan)
    if planned.plan.inputs.changed:
        raise RefusedError(
            'RK-TREE-DIRTY',
            f'not committed: {", ".join(planned.plan.inputs.changed)}. What is published is what a commit holds.',
        )
    digest = plan_digest(planned.plan)
    store = ArtefactStore(cache_folder() / 'artefacts', digest)
    off = rules_off(planned.workspace)
    files = build_plan(planned.workspace, planned.plan, store, request.build, tell)

    def look(release: Release) -> None:
        tell(release.name, 'looking into its files')
        pass_gates(release, planned.workspace.by_name[release.name], files[release.name], store, off)
        write_statements(planned.workspace, planned.plan, release, files[release.name], store)

    with ThreadPoolExecutor(max(1, request.build.width)) as pool:
        list(pool.map(look, planned.plan.releases))
    built = Built(planned, digest, store, files)
    _prove(built, request, tell)
    return built


def _prove(built: Built, request: BuildRequest, tell: Told) -> None:
    if not built.artefacts:
        return
    pythons = built.planned.workspace.configuration.pythons
    options = ProofOptions(pythons, request.index, request.is_offline)
    if request.resolves:
        prove_resolution(built.artefacts, built.store, options, tell)
    if request.installs:
        prove_installation(built.artefacts, built.store, options, tell)
