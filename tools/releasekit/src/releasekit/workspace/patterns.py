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
    patterns = manifest.strings('tool', 'uv', 'workspace', 'members')
    matches = [{match for match in _matches(root, it) if not _is_excluded(match, excluded)} for it in patterns]
    bare = {match for found in matches for match in found if not (root / match / MANIFEST).is_file()}
    kept = _holding_kept_files(root, [match for match in bare if not match.name.startswith('.')])
    for index, (pattern, found) in enumerate(zip(patterns, matches, strict=True)):
        if wrong := sorted(found & kept):
            place = manifest.place('tool', 'uv', 'workspace', 'members', index)
            raise WorkspaceError(
                'RK-WORKSPACE-MEMBER',
                f'{place}: pattern {pattern!r} matches {str(wrong[0])!r}, which has no {MANIFEST}; '
                'add one, or exclude the folder',
            )
    idle = [pattern for pattern, found in zip(patterns, matches, strict=True) if not found - bare]
    return sorted(set[PurePosixPath]().union(*matches) - bare), idle


def _matches(root: Path, pattern: str) -> Iterator[PurePosixPath]:
    start = os.path.normpath(pattern.removesuffix('**')) if pattern.endswith('**') else None
    matches = glob.iglob(pattern, root_dir=root, recursive=True, include_hidden=True)  # noqa: PTH207 - `..` and hidden
    for match in matches:
        folder = os.path.normpath(match)
        if folder != start and (root / folder).is_dir():
            yield PurePosixPath(folder)


def _is_excluded(folder: PurePosixPath, excluded: list[str]) -> bool:
    return any(fnmatchcase(str(folder), pattern) for pattern in excluded)


def _holding_kept_files(root: Path, folders: list[PurePosixPath]) -> set[PurePosixPath]:
    """Return the folders that hold a file which git would keep: one process for all, none where all are empty."""
    filled = {folder for folder in folders if any(files for _, _, files in os.walk(root / folder))}
    if not filled:
        return set()
    listing = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', *map(str, filled)]
    try:
        done = subprocess.run(listing, cwd=root, capture_output=True, check=False)  # noqa: S603 - a list of arguments
    except OSError:
        return filled
    if done.returncode:
        return filled
    files = [PurePosixPath(os.fsdecode(name)) for name in done.stdout.split(b'\0') if name]
    return {folder for folder in filled if any(file.is_relative_to(folder) for file in files)}
