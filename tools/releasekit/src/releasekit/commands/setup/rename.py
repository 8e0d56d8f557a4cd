# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit rename`: gives every published package a name with a prefix, for an index where the names are taken."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from releasekit.model.errors import UsageError
from releasekit.model.names import is_valid_name, normalize_name
from releasekit.model.workspace import Workspace
from releasekit.vcs.git import GitRepository
from releasekit.workspace.edit import write_text
from releasekit.workspace.load import load_workspace
from releasekit.workspace.regular import read_text
from releasekit.workspace.renaming import renamed_manifest, renamed_text
from releasekit.workspace.root import MANIFEST
from releasekit.workspace.uv.lock import LOCK_FILE, refresh_lock


_TEXTS = frozenset({'.md', '.py'})
_LONGEST = 100
_HISTORY = frozenset({'CHANGELOG.md'})


@dataclass(frozen=True)
class RenameReport:
    """The new name of each package, by its old one, the files that change, and whether they were written."""

    names: dict[str, str]
    files: tuple[PurePosixPath, ...]
    is_written: bool


def rename(start: Path, prefix: str, *, write: bool = False) -> RenameReport:
    """Put a prefix before the names of all published packages: in manifests, and in texts that say how to install them.

    Import packages, folders, commands and changelogs keep their names. Files are those that HEAD has.

    Args:
        start: A folder of the workspace.
        prefix: Stands before the names, such as ``acme-``.
        write: Change the files and the lock; else only report them.

    Raises:
        UsageError: A name with the prefix is no name of a distribution, or a member has it already.
        RefusedError: The repository cannot be read, or uv cannot make the lock.
    """
    workspace = load_workspace(start)
    names = _names(workspace, prefix)
    changed = dict(_changes(workspace, names, prefix))
    if write:
        for path, text in changed.items():
            write_text(workspace.root / path, text)
        if changed and (workspace.root / LOCK_FILE).exists():
            refresh_lock(workspace.root, {*workspace.by_name, *names.values()})
    return RenameReport(names, tuple(sorted(changed)), write)


def _names(workspace: Workspace, prefix: str) -> dict[str, str]:
    published = [member.name for member in workspace.members if member.is_published]
    names = {name: f'{prefix}{name}' for name in published if not name.startswith(normalize_name(prefix))}
    for new in names.values():
        if not is_valid_name(new) or normalize_name(new) != new:
            raise UsageError('RK-USAGE', f'{new!r} cannot name a distribution; a prefix such as `acme-` can begin one')
        if len(new) > _LONGEST:
            text = f'{new!r} has {len(new)} characters, and a name may have {_LONGEST}; take a shorter prefix'
            raise UsageError('RK-USAGE', text)
        if new in workspace.by_name:
            raise UsageError('RK-USAGE', f'a member is called {new!r} already; choose another prefix')
    return names


def _changes(workspace: Workspace, names: dict[str, str], prefix: str) -> list[tuple[PurePosixPath, str]]:
    manifests = {member.folder / MANIFEST for member in workspace.members} | {PurePosixPath(MANIFEST)}
    found: list[tuple[PurePosixPath, str]] = []
    head = ('HEAD', '.')
    for path in map(PurePosixPath, GitRepository(workspace.root).trees([head])[head]):
        is_manifest = path in manifests
        if not is_manifest and (path.suffix not in _TEXTS or path.name in _HISTORY):
            continue
        try:
            text = read_text(workspace.root / path)
        except (OSError, UnicodeDecodeError):
            continue
        new = renamed_manifest(text, names, prefix) if is_manifest else renamed_text(text, names)
        if new != text:
            found.append((path, new))
    return found
