# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asking uv whether the lock agrees with the manifests."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from releasekit.model.errors import RefusedError
from releasekit.model.toml_lines import parse_toml
from releasekit.workspace.edit import write_text
from releasekit.workspace.regular import read_file, read_text
from releasekit.workspace.uv.environment import without_secrets


LOCK_FILE = 'uv.lock'

_OF_INDEXES = 'UV_INDEX_'  # uv itself signs in to indexes
_NO_BUILD = ('disabled', 'no-build')
_MEMBER = re.compile(
    r'(?P<before>^\[\[package\]\]\r?\nname = "(?P<name>[^"]+)"\r?\nversion = ")[^"]*'
    r'(?P<after>"\r?\nsource = \{ (?:editable|virtual|directory) = )',
    re.MULTILINE,
)
_STALE = ('needs to be updated', 'Unable to find lockfile')
_ASK_UV = '`uv lock --check` says all of it: correct the requirement, or let uv reach what it names, and look again'
_REPLACE = f'make {LOCK_FILE} a readable file, or remove it and run `uv lock`'
_INSTALL = 'install uv (https://docs.astral.sh/uv), or leave the rule out with --skip lock-current'


@dataclass(frozen=True)
class LockState:
    """The answer; when the lock is not current, or cannot be checked, the reason and the way out."""

    is_current: bool
    reason: str = ''
    way_out: str = 'run `uv lock` and commit the result'


class Lock(Protocol):
    """Whatever can tell whether `uv.lock` is current."""

    def begin(self, root: Path) -> None:
        """Start to look in the background, for a caller who needs the result later."""
        ...

    def state(self, root: Path) -> LockState:
        """Compare the lock of a workspace with its manifests."""
        ...


class UvLock:
    """The real answer, from `uv lock --check`. uv is found through `UV`, on the PATH, or beside this Python."""

    def __init__(self) -> None:
        self._begun: dict[Path, subprocess.Popen[str]] = {}

    def begin(self, root: Path) -> None:
        """Start uv in the workspace; where that is impossible, `state` says so."""
        with suppress(OSError):
            if (uv := find_uv()) and not _unreadable(root):
                self._begun[root] = _check(uv, root)

    def state(self, root: Path) -> LockState:
        """Run uv in the workspace, or wait for it; a lock that uv cannot check is not current."""
        uv = find_uv()
        if not uv:
            reason = 'the lock cannot be checked: uv is not installed'
            return LockState(is_current=False, reason=reason, way_out=_INSTALL)
        if problem := _unreadable(root):
            return LockState(is_current=False, reason=f'the lock cannot be checked: {problem}', way_out=_REPLACE)
        try:
            process = self._begun.pop(root, None) or _check(uv, root)
        except OSError as error:
            reason = f'the lock cannot be checked: {uv!r} does not run: {error.strerror}'
            return LockState(is_current=False, reason=reason, way_out=_INSTALL)
        _, said = process.communicate()
        if process.returncode == 0:
            return LockState(is_current=True)
        if any(text in said for text in _STALE):
            return LockState(is_current=False, reason=f'the lock is not current: {_reason(said)}')
        return LockState(is_current=False, reason=f'the lock cannot be checked: {_reason(said)}', way_out=_ASK_UV)


def _unreadable(root: Path) -> str:
    """Return why the lock is no file that uv can read, which would wait for a pipe for ever; empty if it is one."""
    try:
        read_file(root / LOCK_FILE)
    except FileNotFoundError:
        return ''  # uv says what to do about it
    except OSError as error:
        return f'{LOCK_FILE}: {error.strerror}'
    return ''


def _check(uv: str, root: Path, *more: str) -> subprocess.Popen[str]:
    command = [uv, 'lock', '--check', '--no-progress', '--color=never', *more]
    streams = (subprocess.DEVNULL, subprocess.DEVNULL, subprocess.PIPE)
    return subprocess.Popen(command, -1, None, *streams, cwd=root, env=without_secrets(_OF_INDEXES), text=True)  # noqa: S603 - no shell


def find_uv() -> str | None:
    """Return the uv to run: the one that `UV` names, else that of the PATH, else the one beside this Python."""
    beside = os.pathsep.join((os.environ.get('PATH', os.defpath), str(Path(sys.executable).parent)))
    return os.environ.get('UV') or shutil.which('uv', path=beside)


def refresh_lock(root: Path, members: Collection[str], versions: Mapping[str, str] | None = None) -> None:
    """Bring the lock up to date with the manifests of members.

    Args:
        root: The root of the workspace.
        members: The names of what may change.
        versions: The new versions, if nothing else has changed: they are written into the lock, and uv compares it. No
            build backend runs then, as locking otherwise may have it.

    Raises:
        RefusedError: uv is missing or fails, or what changed is not only members. The caller puts the files back.
    """
    uv = find_uv()
    if not uv:
        raise RefusedError('RK-UV-MISSING', 'uv is not installed, so the lock cannot follow the versions; install uv')
    before = _foreign(root, members)
    builds: tuple[str, ...] = ()
    if versions is not None:
        builds = ('--no-build',)
        write_text(root / LOCK_FILE, with_versions(read_text(root / LOCK_FILE), versions))
        process = _check(uv, root, *builds)
        _, said = process.communicate()
        if process.returncode == 0 or all(word in said for word in _NO_BUILD):
            return  # what only a build could tell has not changed
    command = [uv, 'lock', '--no-progress', '--color=never', *builds]
    done = subprocess.run(  # noqa: S603 - no shell
        command, cwd=root, env=without_secrets(_OF_INDEXES), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RefusedError(
            'RK-LOCK-FAILED', f'`uv lock` failed, and all files are as they were: {_reason(done.stderr)}'
        )
    after = _foreign(root, members)
    changed = sorted({name for name, _ in before.keys() ^ after.keys()}) or sorted(
        name for name, version in after if after[name, version] != before[name, version]
    )
    if changed:
        raise RefusedError(
            'RK-LOCK-FOREIGN',
            f'`uv lock` also changed {", ".join(changed)}, so all files are as they were; lock and commit those first',
        )


def with_versions(lock: str, versions: Mapping[str, str]) -> str:
    """Return the text of a lock with other versions of members, which have a source in the workspace."""

    def write(found: re.Match[str]) -> str:
        version = versions.get(found['name'])
        return found[0] if version is None else f'{found["before"]}{version}{found["after"]}'

    return _MEMBER.sub(write, lock)


def _foreign(root: Path, members: Collection[str]) -> dict[tuple[str, str], object]:
    packages = parse_toml(read_text(root / LOCK_FILE)).get('package', [])
    return {(item['name'], item.get('version', '')): item for item in packages if item['name'] not in members}


def _reason(output: str) -> str:
    """Return what uv complains about: its first error with the causes that it names, else its last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix('error: ') for line in lines if line.startswith('error: ')]
    causes = [line.removeprefix('cause: ') for line in lines if line.startswith('cause: ')] if errors else []
    return ': '.join([*errors[:1], *causes]) or [*lines[-1:], 'uv gave no reason'][0]
