# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Engines of Firestore: Google's emulator, where it is installed, and the one of npm.

What npm fetches is kept in `.tools/firebase` until `package.json` changes; no lock file, because that would name the
registry.
"""

import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import pytest


HERE = Path(__file__).parent / 'npm'
CACHE = Path(__file__).parents[3] / '.tools' / 'firebase'
NO_NETWORK = re.compile(r'ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH')
JARS = (
    '/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar',
    '/usr/share/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar',
)
SECONDS = 60


def free_port() -> int:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return free.getsockname()[1]


class Engine:
    """Runs while its block does.

    Attributes:
        host: Its address, as FIRESTORE_EMULATOR_HOST wants it.
    """

    def __init__(self, command: list[str], port: int, **options: Any) -> None:
        self._command = command
        self._port = port
        self._options = options
        self.host = f'127.0.0.1:{port}'
        self._process: Any = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it can be reached."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._options
        )
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self._port), 1):
                return
            assert self._process.poll() is None, f'it has ended: {self._command}'
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f'it cannot be reached: {self._command}')

    def kill(self) -> None:
        """Stop it at once."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.kill()
            self._process.wait()
            self._process = None


def google_engine() -> Engine:
    """Google's own emulator, if gcloud brought it and there is Java."""
    gcloud = shutil.which('gcloud')
    beside = [str(Path(gcloud).resolve().parents[1] / 'platform' / Path(*Path(JARS[0]).parts[-2:]))] if gcloud else []
    jar = next((path for path in (*beside, *JARS) if Path(path).exists()), None)
    if jar is None or shutil.which('java') is None:
        pytest.skip("Google's emulator is not installed: gcloud components install cloud-firestore-emulator")
    port = free_port()
    main = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore'
    return Engine(['java', '-Duser.language=en', '-cp', jar, main, 'start', '--host=127.0.0.1', f'--port={port}'], port)


def best_engine() -> Engine:
    """Google's emulator, or the one of npm where that is not installed."""
    try:
        return google_engine()
    except pytest.skip.Exception:
        return npm_engine()


def npm_engine() -> Engine:
    """The emulator of npm, which ignores vectors, transactions and versions of documents."""
    port = free_port()
    return Engine(['node', str(packages() / 'firestore.cjs'), str(port)], port)


def packages() -> Path:
    """The folder with the packages that `package.json` names, and the scripts."""
    missing = [program for program in ('node', 'npm') if shutil.which(program) is None]
    if missing:
        _cannot(f'{" and ".join(missing)} not found: install Node.js 20 or newer')
    files = sorted(path for path in HERE.iterdir() if path.is_file())
    folder = CACHE / hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()[:16]
    if not folder.exists():
        _install(folder, files)
    return folder


def _install(folder: Path, files: list[Path]) -> None:
    draft = folder.with_name(f'{folder.name}-{os.getpid()}')
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for path in files:
        shutil.copy(path, draft)
    ended = subprocess.run(
        ['npm', 'install', '--ignore-scripts', '--loglevel=error'],
        cwd=draft,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if ended.returncode != 0:
        shutil.rmtree(draft)
        text = f'npm cannot install what {HERE / "package.json"} names: {ended.stderr[-2000:]}'
        _cannot(text) if NO_NETWORK.search(ended.stderr) else pytest.fail(text)
    with contextlib.suppress(OSError):  # somebody else was faster
        draft.rename(folder)
    shutil.rmtree(draft, ignore_errors=True)


def _cannot(reason: str) -> None:
    """Skip, or fail where the tests have to run."""
    if os.environ.get('CI', '').lower() == 'true':
        pytest.fail(reason)
    pytest.skip(reason)
