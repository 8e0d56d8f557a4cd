# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Member patterns, read as uv reads them.

Measured with uv 0.13: `*` matches hidden folders; `**` does not match the folder it starts in; an exclusion is matched
against the whole path and its `*` crosses slashes; a match without a manifest is passed over when it is hidden or holds
no file that git would keep, and is an error otherwise.
"""

import glob
import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.workspace.root import MANIFEST


def member_folders(root: Path, manifest: Manifest) -> tuple[list[PurePosixPath], list[str]]:
    """Return the folders that the root's patterns select, sorted, and the patterns that match nothing.

    Folders are relative to the root and hold a manifest; one behind a symbolic link counts under its own path.

    Raises:
        WorkspaceError: A matched folder holds files but no manifest.
    """
    excluded = [os.path.normpath(pattern) for pattern in manifest.strings('tool', 'uv', 'workspace', 'exclude')]
    found: set[PurePosixPath] = set()
    idle: list[str] = []
    for index, pattern in enumerate(manifest.strings('tool', 'uv', 'workspace', 'members')):
        matches = {match for match in _matches(root, pattern) if not _is_excluded(match, excluded)}
        place = manifest.place('tool', 'uv', 'workspace', 'members', index)
        selected = {match for match in matches if _is_member(root / match, match, f'{place}: pattern {pattern!r}')}
        if not selected:
            idle.append(pattern)
        found |= selected
    return sorted(found), idle


def _matches(root: Path, pattern: str) -> Iterator[PurePosixPath]:
    start = os.path.normpath(pattern.removesuffix('**')) if pattern.endswith('**') else None
    matches = glob.iglob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207 - `..` and hidden
    for match in matches:
        folder = os.path.normpath(match)
        if folder != start and (root / folder).is_dir():
            yield PurePosixPath(folder)


def _is_excluded(folder: PurePosixPath, excluded: list[str]) -> bool:
    return any(fnmatchcase(str(folder), pattern) for pattern in excluded)


def _is_member(path: Path, folder: PurePosixPath, source: str) -> bool:
    if (path / MANIFEST).is_file():
        return True
    if folder.name.startswith('.') or not _holds_kept_files(path):
        return False
    raise WorkspaceError(f'{source} matches {str(folder)!r}, which has no {MANIFEST}; add one, or exclude the folder')


def _holds_kept_files(path: Path) -> bool:
    if not any(files for _, _, files in os.walk(path)):
        return False
    listing = ['git', 'ls-files', '--cached', '--others', '--exclude-standard', '.']
    try:
        done = subprocess.run(listing, cwd=path, capture_output=True, check=False)  # noqa: S603 - a fixed command
    except OSError:
        return True
    return done.returncode != 0 or bool(done.stdout.strip())
