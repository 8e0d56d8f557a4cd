# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Chroma's own server on a free port, started once."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


_SECONDS = 15


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        return listening.getsockname()[1]


@pytest.fixture(scope='session')
def server(tmp_path_factory) -> Iterator[str]:
    program = Path(sys.executable).with_name('chroma')
    port = free_port()
    directory = tmp_path_factory.mktemp('chroma')
    process = subprocess.Popen(
        [program, 'run', '--path', directory, '--host', '127.0.0.1', '--port', str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, 'ANONYMIZED_TELEMETRY': 'False'},
    )
    url = f'http://127.0.0.1:{port}'
    try:
        _wait_for(f'{url}/api/v2/heartbeat', process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, 'chroma run has ended'
            time.sleep(0.05)
    pytest.fail(f'chroma run did not answer within {_SECONDS} seconds')
