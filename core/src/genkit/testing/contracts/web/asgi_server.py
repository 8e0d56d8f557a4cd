# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A real ASGI server for tests."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Generator
from typing import Any

import uvicorn


@contextlib.contextmanager
def serve_asgi(app: Any) -> Generator[str]:
    """Serve an ASGI application on a free loopback port, from its own thread, and yield its address.

    Args:
        app: The application; its lifespan is run if it has one.

    Raises:
        RuntimeError: The application did not start.
    """
    config = uvicorn.Config(app, log_config=None, access_log=False, ws='none', timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    # Only sockets that say so are sent on without delay by asyncio.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(('127.0.0.1', 0))
        listening.listen()
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), name='served', daemon=True
        )
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError(f'{app!r} did not start; its error has been logged.')
            time.sleep(0.002)
        try:
            yield f'http://127.0.0.1:{listening.getsockname()[1]}'
        finally:
            server.should_exit = True
            thread.join()
