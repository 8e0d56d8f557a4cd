# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finding the root of the workspace and reading manifests."""

import tomllib
from pathlib import Path

from releasekit.model.errors import WorkspaceError
from releasekit.model.manifest import Manifest
from releasekit.model.toml_lines import parse_toml
from releasekit.workspace.regular import read_text


MANIFEST = 'pyproject.toml'


def find_root(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, whose manifest holds `[tool.uv.workspace]`.

    Where no manifest does, the nearest folder with a `[project]` is a workspace of one, as it is for uv.

    Raises:
        WorkspaceError: There is neither.
    """
    start = start.resolve()
    project: Path | None = None
    for folder in (start, *start.parents):
        path = folder / MANIFEST
        if not path.is_file():
            continue
        manifest = read_manifest(path, str(path))
        if manifest.value('tool', 'uv', 'workspace') is not None:
            return folder
        if project is None and manifest.value('project') is not None:
            project = folder
    if project is None:
        raise WorkspaceError(
            'RK-WORKSPACE-MISSING',
            f'no uv workspace in {str(start)!r} or above it: expected a {MANIFEST} with [tool.uv.workspace]. '
            'Name its folder with --root.',
        )
    return project


def read_manifest(path: Path, shown: str) -> Manifest:
    """Read one manifest; `shown` is its name in messages.

    Raises:
        WorkspaceError: The file cannot be read, or it is not UTF-8 or not TOML.
    """
    try:
        text = read_text(path).removeprefix('\ufeff').replace('\r\n', '\n')
        return Manifest(path, shown, text, parse_toml(text))
    except UnicodeDecodeError as error:
        raise WorkspaceError(
            'RK-MANIFEST-UNREADABLE', f'{shown}: byte {error.start} is not UTF-8; save the file as UTF-8'
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError('RK-MANIFEST-UNREADABLE', f'{shown}: not TOML: {error}') from error
    except OSError as error:
        raise WorkspaceError('RK-MANIFEST-UNREADABLE', f'{shown}: cannot be read: {error.strerror}') from error
