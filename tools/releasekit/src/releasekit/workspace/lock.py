# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asking uv whether the lock agrees with the manifests."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


_INSTALL = 'install uv (https://docs.astral.sh/uv), or leave the rule out with --skip lock-current'


@dataclass(frozen=True)
class LockState:
    """The answer; when the lock is not current, or cannot be checked, the reason and the way out."""

    is_current: bool
    reason: str = ''
    way_out: str = 'run `uv lock` and commit the result'


class Lock(Protocol):
    """Whatever can tell whether `uv.lock` is current."""

    def state(self, root: Path) -> LockState:
        """Compare the lock of a workspace with its manifests."""
        ...


class UvLock:
    """The real answer, from `uv lock --check`. uv is found through `UV`, on the PATH, or beside this Python."""

    def state(self, root: Path) -> LockState:
        """Run uv in the workspace; a lock that uv cannot check is not current."""
        beside = os.pathsep.join((os.environ.get('PATH', os.defpath), str(Path(sys.executable).parent)))
        uv = os.environ.get('UV') or shutil.which('uv', path=beside)
        if not uv:
            return LockState(
                is_current=False, reason='the lock cannot be checked: uv is not installed', way_out=_INSTALL
            )
        command = [uv, 'lock', '--check', '--no-progress', '--color=never']
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
        except OSError as error:
            reason = f'the lock cannot be checked: {uv!r} does not run: {error.strerror}'
            return LockState(is_current=False, reason=reason, way_out=_INSTALL)
        if done.returncode == 0:
            return LockState(is_current=True)
        return LockState(is_current=False, reason=f'the lock is not current: {_reason(done.stderr)}')


def _reason(output: str) -> str:
    """Return what uv complains about: its first error, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix('error: ') for line in lines if line.startswith('error: ')]
    return [*errors[:1], *lines[-1:], 'uv gave no reason'][0]
