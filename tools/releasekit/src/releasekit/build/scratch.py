# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Copies of members as a commit has them, with the planned versions and requirements; no tracked file is touched."""

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from releasekit.model.errors import RefusedError
from releasekit.model.plan import Plan, Release
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.workspace.versions import version_edits


def make_scratch(workspace: Workspace, plan: Plan, releases: Sequence[Release], target: Path) -> None:
    """Copy the folders of some releases from the plan's commit, and write into the copies what the plan says.

    Raises:
        RefusedError: The commit does not hold what the plan speaks of.
    """
    content = GitRepository(workspace.root).archive(plan.inputs.commit, [release.folder for release in releases])
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(target, filter='data')
    for release in releases:
        _write_versions(workspace, release, target)
        _write_requirements(release, target / release.folder / 'pyproject.toml')


def _write_versions(workspace: Workspace, release: Release, target: Path) -> None:
    member = workspace.by_name[release.name]
    for path, text in version_edits(member, workspace.configuration, release.version).items():
        (target / path.relative_to(workspace.root)).write_bytes(text.encode())


def _write_requirements(release: Release, manifest: Path) -> None:
    if not release.rewrites:
        return
    import tomlkit  # noqa: PLC0415 - slow to import, and only a build writes

    document = tomlkit.parse(manifest.read_bytes().decode('utf-8-sig'))
    project: Any = document['project']
    for rewrite in release.rewrites:
        listed = (
            project['dependencies'] if rewrite.section is None else project['optional-dependencies'][rewrite.section]
        )
        places = [place for place, text in enumerate(listed) if text == rewrite.old]
        if not places:
            raise RefusedError(
                'RK-BUILD-PLAN', f'{release.folder}: the plan rewrites {rewrite.old!r}, which the commit does not have'
            )
        for place in places:
            listed[place] = rewrite.new
    manifest.write_bytes(tomlkit.dumps(document).encode())
