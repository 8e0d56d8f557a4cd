# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Loading a whole workspace: what uv discovers, as data."""

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.member import Member
from releasekit.model.names import is_valid_name
from releasekit.model.requirement import declared_requirements, dynamic_requirements, has_dynamic_requirements
from releasekit.model.workspace import Workspace
from releasekit.workspace.configure import configuration_source, read_configuration, refuse_strangers
from releasekit.workspace.patterns import member_folders
from releasekit.workspace.regular import read_text
from releasekit.workspace.root import MANIFEST, find_root, read_manifest
from releasekit.workspace.uv.lock import LOCK_FILE
from releasekit.workspace.uv.locked import locked_members


def load_workspace(start: Path, *, unique: bool = True) -> Workspace:
    """Load the workspace around a folder: the root project, if it is one, and every member its patterns select.

    Args:
        start: A folder of the workspace, at whatever depth.
        unique: Refuse members that cannot be distinguished; `check` reports them instead.

    Raises:
        WorkspaceError: There is no workspace, or uv would refuse it too; the message names the file.
    """
    if not start.is_dir():
        raise WorkspaceError('RK-WORKSPACE-MISSING', f'{str(start)!r} is not a folder')
    root = find_root(start)
    manifest = read_manifest(root / MANIFEST, MANIFEST)
    if not manifest.flag('tool', 'uv', 'managed', default=True):
        raise WorkspaceError(
            'RK-WORKSPACE-MEMBER',
            f'{manifest.place("tool", "uv", "managed")}: the root is not managed by uv; remove the line',
        )
    folders, idle = member_folders(root, manifest)
    members: list[Member] = []
    if manifest.value('project') is not None or PurePosixPath() in folders:
        members.append(_member(PurePosixPath(), manifest))
    for folder in folders:
        if folder != PurePosixPath():
            members.extend(_nested(root, folder))
    members, unread = _with_locked(root, members)
    source, keys = configuration_source(root, manifest)
    configuration = read_configuration(source, keys)
    refuse_strangers(configuration, source, keys, [member.name for member in members])
    withheld = [name for name, policy in configuration.packages.items() if policy.published is False]
    members = [
        replace(member, is_withheld=any(fnmatchcase(member.name, pattern) for pattern in withheld))
        for member in members
    ]
    workspace = Workspace(root, manifest, configuration, tuple(members), tuple(idle), unread)
    if unique:
        _refuse_collisions(workspace)
    return workspace


def _with_locked(root: Path, members: list[Member]) -> tuple[list[Member], frozenset[str]]:
    """Return the members, with the requirements of the lock where they are dynamic; and those that it does not know."""
    dynamic = {member.name for member in members if has_dynamic_requirements(member.manifest)}
    path = root / LOCK_FILE
    if not dynamic:
        return members, frozenset()
    try:
        locked = locked_members(read_text(path), dynamic) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise WorkspaceError('RK-MANIFEST-UNREADABLE', f'{LOCK_FILE}: cannot be read: {error}') from error
    found: list[Member] = []
    for member in members:
        if member.name in locked:
            known = locked[member.name]
            more = dynamic_requirements(member.manifest, known.requirements)
            found.append(replace(member, requirements=(*member.requirements, *more), dynamic_extras=known.extras))
        else:
            found.append(member)
    return found, frozenset(dynamic - locked.keys())


def _nested(root: Path, folder: PurePosixPath) -> list[Member]:
    manifest = read_manifest(root / folder / MANIFEST, str(folder / MANIFEST))
    if not manifest.flag('tool', 'uv', 'managed', default=True):
        return []
    if manifest.value('tool', 'uv', 'workspace') is not None:
        raise WorkspaceError(
            'RK-WORKSPACE-MEMBER',
            f'{manifest.place("tool", "uv", "workspace")}: a member cannot be a workspace itself; '
            'remove the table, or exclude the folder',
        )
    return [_member(folder, manifest)]


def _member(folder: PurePosixPath, manifest: Manifest) -> Member:
    if not manifest.table('project'):
        raise WorkspaceError(
            'RK-WORKSPACE-MEMBER', f'{manifest.relative}: no [project] table; add one, or exclude the folder'
        )
    member = Member(folder, manifest, declared_requirements(manifest))
    if not member.declared_name:
        raise WorkspaceError('RK-MANIFEST-NAME', f'{manifest.place("project")}: [project] has no name')
    if not is_valid_name(member.declared_name):
        raise WorkspaceError(
            'RK-MANIFEST-NAME',
            f'{manifest.place("project", "name")}: {member.declared_name!r} cannot name a distribution: '
            'letters, digits, `-`, `_` and `.`, a letter or digit at both ends',
        )
    return member


def _refuse_collisions(workspace: Workspace) -> None:
    for group in workspace.collisions():
        places = ', '.join(member.manifest.place('project', 'name') for member in group)
        names = ' and '.join(sorted({repr(member.declared_name) for member in group}))
        raise WorkspaceError(
            'RK-WORKSPACE-COLLISION', f'several members are called {names} or share a folder but for its case: {places}'
        )
