# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Copies of members as a commit has them, with the planned versions and requirements; no tracked file is touched."""

import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from releasekit.model.errors import RefusedError
from releasekit.model.plan import Plan, Release
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.workspace.versions import version_edits


_MOST_LINKS = 20
_FROM_HISTORY = frozenset({'mesonpy'})  # they make a source distribution of what git has, and of nothing else


def make_scratch(workspace: Workspace, plan: Plan, releases: Sequence[Release], target: Path) -> None:
    """Copy the folders of some releases from the plan's commit, and write into the copies what the plan says.

    Each has a tree of its own, so that no build meets what another one left behind. A link that leads out of the folder
    of a package becomes what it leads to, as no archive can hold it.

    Raises:
        RefusedError: The commit does not hold what the plan speaks of, or a link leads out of the workspace.
    """
    repository = GitRepository(workspace.root)
    with tempfile.TemporaryDirectory(prefix='releasekit-links-') as beside:
        for release in releases:
            tree = target / release.name
            folder = scratch_folder(target, release)
            _unpack(repository, plan.inputs.commit, [release.folder], tree)
            _follow_links(repository, plan.inputs.commit, folder, tree, Path(beside))
            _write_versions(workspace, release, tree)
            _write_requirements(release, folder / 'pyproject.toml')
            manifest = workspace.by_name[release.name].manifest
            if manifest.string('build-system', 'build-backend') in _FROM_HISTORY:
                GitRepository(folder).begin(f'{release.name} {release.version}', plan.time)


def scratch_folder(target: Path, release: Release) -> Path:
    """Return the folder of a package in the copies that `make_scratch` made."""
    return target / release.name / release.folder


def _unpack(repository: GitRepository, commit: str, paths: Sequence[str], target: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(repository.archive(commit, paths))) as archive:
        try:
            archive.extractall(target, filter='data')
        except tarfile.FilterError as error:
            raise RefusedError('RK-BUILD-PLAN', f'{error.tarinfo.name}: a link leads out of the workspace') from error


def _follow_links(repository: GitRepository, commit: str, folder: Path, target: Path, beside: Path) -> None:
    """Replace links that lead out of a folder by what the commit has there.

    Args:
        repository: Has the commit.
        commit: What the tree was copied from.
        folder: Of a package.
        target: The tree that it is in.
        beside: A folder for copies of what links lead to.
    """
    for link in sorted(path for path in folder.rglob('*') if path.is_symlink()):
        inside = _target(link, target)
        if not (target / inside).is_relative_to(folder):
            try:
                real = _found(repository, commit, inside, beside)
            except RefusedError as error:
                if error.code.id != 'RK-GIT-FAILED':
                    raise
                text = f'{link.relative_to(target)} leads to {inside}, which the commit does not have'
                raise RefusedError('RK-BUILD-PLAN', text) from error
            link.unlink()
            (shutil.copytree if real.is_dir() else shutil.copy)(real, link)


def _found(repository: GitRepository, commit: str, inside: PurePosixPath, beside: Path) -> Path:
    """Return a copy of what a commit has at a path, after all links on the way."""
    for _ in range(_MOST_LINKS):
        copy = beside / inside
        if not copy.exists() and not copy.is_symlink():
            _unpack(repository, commit, [str(inside)], beside)
        if not copy.is_symlink():
            return copy
        inside = _target(copy, beside)
    raise RefusedError('RK-BUILD-PLAN', f'{inside}: links lead to one another without end')


def _target(link: Path, root: Path) -> PurePosixPath:
    """Return what a link leads to, relative to the root of the tree that it is in."""
    path = os.path.normpath(link.parent / link.readlink())
    return PurePosixPath(Path(path).relative_to(root).as_posix())


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
