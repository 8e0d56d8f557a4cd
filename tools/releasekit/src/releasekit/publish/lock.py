# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One run at a time: a lock of the operating system, which a killed run leaves by itself."""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError


@contextmanager
def run_lock(folder: Path, what: str) -> Generator[None]:
    """Hold the lock of a workspace's runs.

    Args:
        folder: Of the runs.
        what: What this run does, shown to runs that find the lock held.

    Raises:
        RefusedError: Another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / 'holder.json'
    lock = FileLock(folder / 'lock', timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise RefusedError('RK-LOCK-HELD', f'another run is under way: {_holder(note)}') from None
    try:
        note.write_text(json.dumps({'process': os.getpid(), 'what': what}), encoding='utf-8')
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        said = parse_json(note.read_bytes())
        return f'process {said["process"]}, {said["what"]}'
    except (OSError, ValueError, KeyError, TypeError):
        return 'its holder is not known'
