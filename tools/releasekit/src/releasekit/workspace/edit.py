# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Changing files of a workspace: each change is written beside the file and put in its place in one step."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from tomlkit import TOMLDocument, dumps, parse

from releasekit.workspace.regular import read_text


def write_text(path: Path, text: str) -> None:
    """Replace a file, or create it with its folders; an existing file keeps its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name}.')
    try:
        with os.fdopen(handle, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def edit_manifest(path: Path, change: Callable[[TOMLDocument], None]) -> None:
    """Apply a change to a TOML file and keep its comments, order and layout."""
    text = read_text(path)
    document = parse(text)
    change(document)
    changed = dumps(document)
    if changed != text:
        write_text(path, changed)


def make_executable(path: Path) -> None:
    """Let everybody run a file who may read it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)
