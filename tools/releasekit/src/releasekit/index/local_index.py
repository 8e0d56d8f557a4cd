# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An index of one's own, for rehearsals: pypiserver on the loopback, over a folder of files."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from releasekit.index.web_index import Address
from releasekit.model.errors import RefusedError


_SECONDS = 30.0


@asynccontextmanager
async def local_index(folder: Path, port: int = 0, *, is_read_only: bool = False) -> AsyncGenerator[Address]:
    """Serve a folder as an index while the block runs; what is sent there stays.

    It answers programs of this machine; what a web page sends is refused.

    Args:
        folder: Holds the files; made if it is missing.
        port: Of the loopback interface; 0 takes a free one.
        is_read_only: Whether the index refuses uploads.

    Raises:
        RefusedError: The server does not start.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    port = port or _free_port()
    uploads = () if is_read_only else ('--passwords', '.', '--authenticate', '.')
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            '-m',
            'releasekit.index.local_server',
            'run',
            '--port',
            str(port),
            '--interface',
            '127.0.0.1',
        ),
        *(*uploads, '--disable-fallback', '--hash-algo', 'sha256', str(folder)),
        stdin=asyncio.subprocess.PIPE,  # it ends when this is closed, however this process ends
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith('PYPISERVER_')},
    )
    address = Address('local', f'http://127.0.0.1:{port}/simple/', f'http://127.0.0.1:{port}/')
    try:
        await _wait(process, address)
        drain = asyncio.create_task(_drain(process))
        yield address
        drain.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _wait(process: asyncio.subprocess.Process, address: Address) -> None:
    deadline = asyncio.get_running_loop().time() + _SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while asyncio.get_running_loop().time() < deadline:
            if process.returncode is not None:
                break
            try:
                if (await client.get(address.url)).is_success:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
    said = b''
    if process.returncode is not None and process.stderr is not None:
        said = await process.stderr.read()
    reason = said.decode(errors='replace').strip().rpartition('\n')[2] or f'no answer within {_SECONDS:.0f} s'
    raise RefusedError('RK-INDEX-LOCAL', f'the local index does not start: {reason}')


async def _drain(process: asyncio.subprocess.Process) -> None:
    """Read what the server logs, so that it never waits for a reader."""
    assert process.stderr is not None
    while await process.stderr.read(1 << 16):
        pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]
