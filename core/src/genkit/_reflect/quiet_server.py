# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A uvicorn server that leaves logging alone: an application's own uvicorn keeps its log configuration."""

import asyncio
import logging
import socket
import threading
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from genkit._base.http.asgi import Application
from genkit._reflect.address import THREAD_NAME


class _OfOtherThreads(logging.Filter):
    """Filter that passes records of other threads, and errors except runs cancelled at shutdown."""

    def filter(self, record: logging.LogRecord) -> bool:
        if threading.current_thread().name != THREAD_NAME:
            return True
        cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
        return record.levelno >= logging.ERROR and not cut_off


_FILTER: Final = _OfOtherThreads()


class _WithoutAccessLog(H11Protocol):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.access_log = False


class _Server(uvicorn.Server):
    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            connections: Any = self.server_state.connections
            for connection in list(connections):
                connection.shutdown()  # those that wait for a request; what else goes on is cancelled


def quiet_server(application: Application) -> uvicorn.Server:
    """Return a server that logs nothing but errors when it runs in the thread for the developer tools.

    Levels and handlers of uvicorn's loggers belong to the application: uvicorn's own settings would change them for
    the whole process.
    """
    logging.getLogger('uvicorn.error').addFilter(_FILTER)
    application_: Any = application  # its types are a union of dictionaries that say the same
    return _Server(uvicorn.Config(application_, lifespan='off', log_config=None, ws='none', http=_WithoutAccessLog))
