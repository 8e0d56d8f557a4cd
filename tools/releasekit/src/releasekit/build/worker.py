# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Warm workers: one process for each environment, that calls hook after hook of a build backend in it."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from releasekit.model.errors import RefusedError
from releasekit.workspace.uv.environment import without_secrets


PROGRAM = Path(__file__).with_name('hooks_program.py')
_MOST_LINES = 15  # of a backend that failed
_OF_A_PROGRAM = ('SystemExit', 'CalledProcessError')


@dataclass(frozen=True)
class Job:
    """A package to be built: its name, the object that builds it, its tree, and variables that the backend reads."""

    package: str
    backend: str
    source: Path
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


class Worker:
    """A process that calls the hooks of a build backend; use it in a `with` block.

    Args:
        python: Of an environment that holds the backend.
        epoch: The time that builds take for now, in seconds since 1970.
    """

    def __init__(self, python: Path, epoch: int) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        clean = {name: value for name, value in without_secrets().items() if not name.startswith('PYTHON')}
        path = os.pathsep.join((str(python.parent), clean.get('PATH', os.defpath)))
        here = {'PATH': path, 'VIRTUAL_ENV': str(python.parents[1]), **build_variables(epoch)}
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [str(python), '-I', str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**clean, **here},
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

    def call(self, hook: str, job: Job, target: Path) -> Path:
        """Call a hook and return the file that it made.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        return target / str(self._order(hook, job, target))

    def requires(self, job: Job) -> tuple[str, ...]:
        """Return what a backend needs besides, to build both kinds of files of one package.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        hooks = ('get_requires_for_build_sdist', 'get_requires_for_build_wheel')
        found = [self._order(hook, job, job.source) or () for hook in hooks]
        return tuple(sorted({str(entry) for entries in found for entry in entries}))

    def _order(self, hook: str, job: Job, target: Path) -> Any:
        """Have a hook called and return what it returned.

        Raises:
            RefusedError: The backend failed; the message has its last words.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            'hook': hook,
            'backend': job.backend,
            'source': str(job.source),
            'target': str(target),
            'variables': dict(job.variables),
        }
        try:
            self._process.stdin.write(json.dumps(order) + '\n')
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ''
        found: dict[str, Any] = json.loads(answer) if answer else {'error': self._last_words()}
        if 'error' in found:
            error: str = found['error']
            said = self._last_lines() if error.startswith(_OF_A_PROGRAM) else ()  # it says only that it failed
            raise RefusedError('RK-BUILD-FAILED', f'{job.package}: {job.backend} {hook}: {error}', said)
        return found['result']

    def _last_words(self) -> str:
        self._process.wait(timeout=10)
        return ' '.join(self._last_lines()) or 'the backend ended'

    def _last_lines(self) -> tuple[str, ...]:
        """Return the last lines that the backend and its programs printed, without our own traceback."""
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 16_384))
        printed = self._log.read().decode(errors='replace').rpartition('Traceback (most recent call last)')
        text = printed[0] or printed[2]
        return tuple(line.strip() for line in text.splitlines() if line.strip())[-_MOST_LINES:]


def build_variables(epoch: int) -> dict[str, str]:
    """Return what makes two builds alike: the time that they take for now, and the order of sets."""
    return {'SOURCE_DATE_EPOCH': str(epoch), 'PYTHONHASHSEED': '0'}
