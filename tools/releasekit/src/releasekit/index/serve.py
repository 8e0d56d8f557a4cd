# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps the local index up, so that other projects install from it."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from pathlib import Path

from releasekit.index.local_index import local_index
from releasekit.index.web_index import Address


def serve(folder: Path, port: int, tell: Callable[[Address, Path], None]) -> None:
    """Serve the files of a local index until Ctrl-C or SIGTERM; uploads are refused.

    Args:
        folder: Holds the files.
        port: Of the loopback interface.
        tell: Called with the address and the folder of the files once the server answers.

    Raises:
        RefusedError: The server does not start, for example because the port is taken.
    """
    asyncio.run(_serve(folder, port, tell))


async def _serve(folder: Path, port: int, tell: Callable[[Address, Path], None]) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows, where Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, ended.set)
    async with local_index(folder, port, is_read_only=True) as address:
        tell(address, folder)
        with contextlib.suppress(KeyboardInterrupt):
            await ended.wait()
