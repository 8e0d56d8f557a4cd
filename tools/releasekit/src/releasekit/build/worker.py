# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Warm workers: one environment for each set of build requirements, one process that calls hook after hook in it."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from filelock import FileLock

from releasekit.model.errors import RefusedError
from releasekit.workspace.lock import find_uv


PROGRAM = Path(__file__).with_name('hooks_program.py')
_DAY = 86_400.0
_SECRET = re.compile(r'TOKEN|PASSWORD|SECRET|CREDENTIAL|API_KEY|^UV_PUBLISH_|^TWINE_', re.IGNORECASE)


def build_environment(folder: Path, requires: tuple[str, ...], flags: tuple[str, ...] = ()) -> Path:
    """Return the Python of an environment that holds the newest versions of some requirements, as of today.

    One that was made within a day is taken as it is; of several runs one makes it, and the others wait.

    Args:
        folder: Holds all environments.
        requires: What is installed.
        flags: Where uv finds it.

    Raises:
        RefusedError: uv cannot make it.
    """
    said = json.dumps([sys.version, *requires])
    place = folder / hashlib.sha256(said.encode()).hexdigest()[:16]
    python = place / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
    complete = place / 'complete'
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix('.lock')):
        if not _is_recent(complete):
            pins = _resolved(requires, flags)
            if not complete.exists() or complete.read_text(encoding='utf-8') != pins:
                run_uv_here('venv', '--quiet', '--clear', '--no-project', '--python', sys.executable, str(place))
                listed = place / 'requirements.txt'
                listed.write_text(pins, encoding='utf-8')
                wanted = ('--no-deps', '--requirements', str(listed))
                run_uv_here('pip', 'install', '--quiet', '--no-config', '--python', str(python), *flags, *wanted)
            complete.write_text(pins, encoding='utf-8')
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


def run_uv_here(*arguments: str, environment: dict[str, str] | None = None) -> str:
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
        env={**_without_secrets(but='UV_INDEX_'), **(environment or {})},  # uv itself signs in to indexes
    )
    if done.returncode:
        reason = ' '.join(done.stderr.split())[-600:]
        raise RefusedError('RK-BUILD-UV', f'`uv {" ".join(arguments[:2])}` failed: {reason}')
    return done.stdout


class Worker:
    """A process that calls the hooks of a build backend; use it in a `with` block.

    Args:
        python: Of an environment that holds the backend.
        epoch: The time that builds take for now, in seconds since 1970.
    """

    def __init__(self, python: Path, epoch: int) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        clean = {name: value for name, value in _without_secrets().items() if not name.startswith('PYTHON')}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [str(python), '-I', str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**clean, 'SOURCE_DATE_EPOCH': str(epoch), 'PYTHONHASHSEED': '0'},
            text=True,
            encoding='utf-8',
        )

    def __enter__(self) -> Self:
        """Give the worker."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._log.close()

    def call(self, hook: str, backend: str, source: Path, target: Path) -> Path:
        """Call a hook and return the file that it made.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        return target / str(self._order(hook, backend, source, target))

    def requires(self, backend: str, source: Path) -> tuple[str, ...]:
        """Return what a backend needs besides, to build both kinds of files of one package.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        hooks = ('get_requires_for_build_sdist', 'get_requires_for_build_wheel')
        found = [self._order(hook, backend, source, source) or () for hook in hooks]
        return tuple(sorted({str(entry) for entries in found for entry in entries}))

    def _order(self, hook: str, backend: str, source: Path, target: Path) -> Any:
        """Have a hook called and return what it returned.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {'hook': hook, 'backend': backend, 'source': str(source), 'target': str(target)}
        try:
            self._process.stdin.write(json.dumps(order) + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ''
        found: dict[str, Any] = json.loads(answer) if answer else {'error': self._last_words()}
        if 'error' in found:
            raise RefusedError('RK-BUILD-FAILED', f'{source.name}: {backend} {hook}: {found["error"]}')
        return found['result']

    def _last_words(self) -> str:
        self._process.wait(timeout=10)
        self._log.seek(0)
        return ' '.join(self._log.read().decode(errors='replace').split())[-400:] or 'the backend ended'


def _without_secrets(but: str | None = None) -> dict[str, str]:
    """Return the environment for programs that others wrote, such as build backends: nobody's keys are in it.

    Args:
        but: How names begin that are passed on nevertheless.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not _SECRET.search(name) or (but is not None and name.startswith(but))
    }
