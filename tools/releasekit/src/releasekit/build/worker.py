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
from pathlib import Path
from typing import Self

from releasekit.model.errors import RefusedError
from releasekit.workspace.lock import find_uv


PROGRAM = Path(__file__).with_name('hooks_program.py')
_SECRET = re.compile(r'TOKEN|PASSWORD|SECRET|CREDENTIAL|API_KEY|^UV_PUBLISH_|^TWINE_', re.IGNORECASE)


def build_environment(folder: Path, requires: tuple[str, ...]) -> Path:
    """Return the Python of an environment that holds some requirements; it is made if there is none yet.

    Raises:
        RefusedError: uv cannot make it.
    """
    said = json.dumps([sys.version, *requires])
    place = folder / hashlib.sha256(said.encode()).hexdigest()[:16]
    python = place / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
    if not (place / 'complete').exists():
        run_uv_here('venv', '--quiet', '--clear', '--no-project', '--python', sys.executable, str(place))
        run_uv_here('pip', 'install', '--quiet', '--python', str(python), *requires)
        (place / 'complete').write_text(said, encoding='utf-8')
    return python


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
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {'hook': hook, 'backend': backend, 'source': str(source), 'target': str(target)}
        try:
            self._process.stdin.write(json.dumps(order) + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ''
        found: dict[str, str] = json.loads(answer) if answer else {'error': self._last_words()}
        if 'error' in found:
            raise RefusedError('RK-BUILD-FAILED', f'{source.name}: {backend} {hook}: {found["error"]}')
        return target / found['file']

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
