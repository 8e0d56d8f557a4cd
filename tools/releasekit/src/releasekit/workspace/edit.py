# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Changing files of a workspace: each change is written beside the file and put in its place in one step."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.workspace.regular import read_text


if TYPE_CHECKING:
    from tomlkit import TOMLDocument


_MARK = '\ufeff'


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


def edit_manifest(path: Path, change: 'Callable[[TOMLDocument], None]') -> None:
    """Apply a change to a TOML file and keep its comments, order and layout."""
    text = read_text(path)
    changed = edited(text, change)
    if changed != text:
        write_text(path, changed)


def edited(text: str, change: 'Callable[[TOMLDocument], None]') -> str:
    """Return a TOML text with a change in it; comments, order and layout stay, and so does a byte order mark."""
    from tomlkit import dumps, parse  # noqa: PLC0415 - slow to import, and a plan writes nothing

    mark = _MARK if text.startswith(_MARK) else ''
    document = parse(text.removeprefix(mark))
    change(document)
    return f'{mark}{dumps(document)}'


def make_executable(path: Path) -> None:
    """Let everybody run a file who may read it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)
