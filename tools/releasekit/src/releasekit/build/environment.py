# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Environments that builds run in: what is installed is what the index had when the commit was made."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from releasekit.model.errors import RefusedError
from releasekit.workspace.uv.environment import without_secrets
from releasekit.workspace.uv.lock import find_uv


_DAY = 86_400.0


@dataclass(frozen=True)
class Pins:
    """Exact versions for some requirements, as the text of a requirements file.

    `flags` are the arguments with which uv chooses the same again; `is_dated` says whether the versions are those that
    the index had at a time, so that they are the same each time.
    """

    text: str
    flags: tuple[str, ...]
    is_dated: bool


def find_pins(folder: Path, requires: tuple[str, ...], moment: int, flags: tuple[str, ...] = ()) -> Pins:
    """Return versions for some requirements: the newest that an index had at a time.

    Where the index does not say when files were uploaded, or had nothing that fits, they are the newest of today.

    Args:
        folder: Holds what was found before.
        requires: What is wanted.
        moment: The time, in seconds since 1970.
        flags: Where uv finds it.

    Raises:
        RefusedError: There are none.
    """
    dated = (*flags, '--exclude-newer', datetime.fromtimestamp(moment, UTC).isoformat())
    said = json.dumps([sys.version, requires, dated])
    place = folder / f'{hashlib.sha256(said.encode()).hexdigest()[:16]}.pins'
    newest = place.with_suffix('.newest')
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix('.lock')):
        if place.exists():
            return Pins(place.read_text(encoding='utf-8'), dated, is_dated=True)
        if _is_recent(newest):
            return Pins(newest.read_text(encoding='utf-8'), flags, is_dated=False)
        try:
            found = Pins(_resolved(requires, dated), dated, is_dated=True)
        except RefusedError:
            found = Pins(_resolved(requires, flags), flags, is_dated=False)
        (place if found.is_dated else newest).write_text(found.text, encoding='utf-8')
        return found


def build_environment(folder: Path, pins: Pins) -> Path:
    """Return the Python of an environment that holds exact versions; of several runs one makes it, the others wait.

    Args:
        folder: Holds all environments.
        pins: What is installed.

    Raises:
        RefusedError: uv cannot make it.
    """
    said = json.dumps([sys.version, pins.text])
    place = folder / hashlib.sha256(said.encode()).hexdigest()[:16]
    python = place / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
    complete = place / 'complete'
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix('.lock')):
        if not complete.exists():
            run_uv_here('venv', '--quiet', '--clear', '--no-project', '--python', sys.executable, str(place))
            listed = place / 'requirements.txt'
            listed.write_text(pins.text, encoding='utf-8')
            wanted = ('--no-deps', '--requirements', str(listed))
            run_uv_here('pip', 'install', '--quiet', '--no-config', '--python', str(python), *pins.flags, *wanted)
            complete.touch()
    return python


def _is_recent(path: Path) -> bool:
    try:
        return 0 <= time.time() - path.stat().st_mtime < _DAY
    except OSError:
        return False


def _resolved(requires: tuple[str, ...], flags: tuple[str, ...]) -> str:
    """Return exact versions for some requirements, as the text of a requirements file."""
    with tempfile.TemporaryDirectory(prefix='releasekit-') as folder:
        wanted = Path(folder) / 'wanted.in'
        wanted.write_text('\n'.join(requires), encoding='utf-8')
        plain = ('--quiet', '--no-config', '--no-header', '--no-annotate')
        return run_uv_here('pip', 'compile', *plain, '--python', sys.executable, *flags, str(wanted))


def run_uv_here(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Run uv and return what it printed.

    Raises:
        RefusedError: There is no uv, or it fails.
    """
    uv = find_uv()
    if uv is None:
        raise RefusedError('RK-UV-MISSING', 'uv is not installed, and environments are made by uv; install it')
    done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [uv, *arguments],
        capture_output=True,
        text=True,
        encoding='utf-8',
        errors='replace',
        check=False,
        env={**without_secrets(but='UV_INDEX_'), **(environment or {})},  # uv itself signs in to indexes
    )
    if done.returncode:
        reason = ' '.join(done.stderr.split())[-600:]
        raise RefusedError('RK-BUILD-UV', f'`uv {" ".join(arguments[:2])}` failed: {reason}')
    return done.stdout
