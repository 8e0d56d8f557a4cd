# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application in its own process, which ends when we do."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from conform.model.errors import StartError
from conform.targets.loading import Application


_STOP_SECONDS: Final = 5.0
_SHOWN_LINES: Final = 20


@asynccontextmanager
async def started(application: Application, project: Path | None, seconds: float) -> AsyncGenerator[str]:
    """Start an application in development mode and give the address of its reflection API; stop it afterwards.

    Args:
        application: What to start.
        project: The folder it runs in. Default: a new temporary one.
        seconds: How long to wait for its runtime file.

    Raises:
        StartError: It ended, or announced no runtime in time; with the end of what it printed.
    """
    with tempfile.TemporaryDirectory(prefix='conform-', ignore_cleanup_errors=True) as scratch:
        root = project or Path(scratch)
        output = Path(scratch, 'output.log')
        runtime_id = f'conform-{uuid.uuid4().hex}'
        process = _spawn(application, root, output, runtime_id)
        try:
            yield await _find(process, root, runtime_id, time.monotonic() + seconds)
        except TimeoutError as error:
            raise StartError(f'It announced no runtime within {seconds:g} s.{_tail(output)}', error) from error
        except ChildProcessError as error:
            raise StartError(f'It ended with exit code {process.returncode}.{_tail(output)}', error) from error
        finally:
            _stop(process)
            for path in _runtime_files(root, runtime_id):
                path.unlink(missing_ok=True)


def _spawn(application: Application, root: Path, output: Path, runtime_id: str) -> 'subprocess.Popen[bytes]':
    # Runtimes announce themselves in the nearest folder with a manifest: in this one, then.
    output.with_name('pyproject.toml').touch()
    environment = {name: value for name, value in os.environ.items() if name != 'GENKIT_REFLECTION_V2_SERVER'}
    with output.open('wb') as log:
        process = subprocess.Popen(
            [sys.executable, '-P', '-m', 'conform.targets.host'],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=root,
            env={**environment, 'GENKIT_ENV': 'dev', 'GENKIT_RUNTIME_ID': runtime_id, 'PYTHONUNBUFFERED': '1'},
            start_new_session=True,
        )
    assert process.stdin is not None, 'it is a pipe'
    with suppress(BrokenPipeError):  # it ended already, which is found out next
        process.stdin.write(json.dumps(asdict(application)).encode() + b'\n')
        process.stdin.flush()
    return process


async def _find(process: 'subprocess.Popen[bytes]', root: Path, runtime_id: str, deadline: float) -> str:
    """Return the address in the runtime file of this process."""
    while time.monotonic() < deadline:
        for path in _runtime_files(root, runtime_id):
            with suppress(OSError, ValueError, KeyError):
                return json.loads(path.read_text(encoding='utf-8'))['reflectionServerUrl']
        if process.poll() is not None:
            raise ChildProcessError
        await asyncio.sleep(0.05)
    raise TimeoutError


def _runtime_files(root: Path, runtime_id: str) -> list[Path]:
    """Return the runtime's files, the newest first; the runtime may take a folder above for the project's."""
    folders = (root.resolve(), *root.resolve().parents)
    found = [path for folder in folders for path in Path(folder, '.genkit/runtimes').glob(f'{runtime_id}*.json')]
    return sorted(found, reverse=True)


def _stop(process: 'subprocess.Popen[bytes]') -> None:
    """End the process and those that it started: by closing what it listens to, and then by force."""
    assert process.stdin is not None, 'it is a pipe'
    with suppress(OSError):
        process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_SECONDS)
    if os.name == 'posix':
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()


def _tail(output: Path) -> str:
    lines = output.read_text(encoding='utf-8', errors='replace').splitlines()[-_SHOWN_LINES:]
    return '\n'.join([' It printed:', *(f'  {line}' for line in lines)]) if lines else ' It printed nothing.'
