# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs ASGI applications until a signal stops the process, and lets active requests finish."""

import asyncio
import contextlib
import math
import os
import signal
import socket
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, Unpack

from genkit._base.app_loop import note_application_loop, note_told_to_end
from genkit._base.errors import GenkitError
from genkit._base.http.asgi import Application
from genkit._base.suggest import as_list, refuse
from genkit.web.app import FlowsApp, ServingOptions
from genkit.web.routes import HasRegistry


if TYPE_CHECKING:
    import uvicorn

DEFAULT_PORT: Final = 3400
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_BACKLOG: Final = 2048


@dataclass(frozen=True, kw_only=True)
class Server:
    """An ASGI application and the address it listens on.

    Attributes:
        app: The ASGI application.
        host: The address to listen on. Default: loopback only.
        port: The port to listen on; 0 for a free one.
        name: The name for messages.
        trusted_proxies: Addresses or networks of proxies whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are
            trusted. Default: none, because any client can send these headers.
        max_connections: The maximum number of concurrent connections; further ones are answered with 503. Default: no
            limit.
    """

    app: Application
    host: str = '127.0.0.1'
    port: int = DEFAULT_PORT
    name: str = 'flows'
    trusted_proxies: Sequence[str] = ()
    max_connections: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be served."""
        if not callable(self.app):
            refuse('app', self.app, 'expected an ASGI application: write Server(app=FlowsApp(ai), …).')


class ServerManager:
    """Runs several servers together: either all of them start or none does, and they stop together.

    On the first SIGINT or SIGTERM no more connections are taken and the requests under way get time to end; on the
    second, they do not. `Genkit.run_main` does not stay for the developer tools after that. Use the manager as an
    asynchronous context manager to run servers beside other work.

    Args:
        servers: One or several servers.
        graceful_timeout: The maximum time for active requests to finish after the first signal, in seconds.
        graceful_seconds: An older name of ``graceful_timeout``.

    Raises:
        GenkitError: ``UNAVAILABLE``, when it starts, if a port is taken.
    """

    def __init__(
        self,
        servers: Sequence[Server] | Server,
        *,
        graceful_timeout: float = 10,
        graceful_seconds: float | None = None,
    ) -> None:
        self._servers = list(as_list('servers', servers))
        for number, server in enumerate(self._servers):
            if not isinstance(server, Server):
                refuse(f'servers[{number}]', server, 'expected a server: write ServerManager([Server(app=…)]).')
        self._graceful = graceful_timeout if graceful_seconds is None else graceful_seconds
        self._running: list[uvicorn.Server] = []
        self._sockets: list[socket.socket] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def urls(self) -> list[str]:
        """The URLs of the servers, in the given order; available once they run."""
        return [_url(listening) for listening in self._sockets]

    async def serve(self) -> None:
        """Run the servers until a signal stops them."""
        with self._stopped_by_signals():
            async with self:
                await asyncio.gather(*self._tasks)

    def stop(self) -> None:
        """Stop accepting connections; when called again, cancel active requests."""
        for server in self._running:
            server.force_exit = server.should_exit
            server.should_exit = True

    async def __aenter__(self) -> Self:
        """Start all servers and wait until they answer."""
        note_application_loop()
        try:
            for server in self._servers:
                self._sockets.append(_listen(server))
        except BaseException:
            self._close_sockets()
            raise
        self._running = [_uvicorn_server(server, self._graceful) for server in self._servers]
        self._tasks = [
            asyncio.create_task(server.serve(sockets=[listening]), name=f'server {described.name}')
            for server, listening, described in zip(self._running, self._sockets, self._servers, strict=True)
        ]
        await asyncio.gather(*(_started(server, task) for server, task in zip(self._running, self._tasks, strict=True)))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop all servers and wait until they have."""
        for server in self._running:
            server.should_exit = True
        try:
            await asyncio.gather(*self._tasks)
        finally:
            self._close_sockets()

    @contextlib.contextmanager
    def _stopped_by_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        replaced: dict[int, Any] = {}
        for number in _SIGNALS:
            previous = signal.getsignal(number)
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; another thread
                loop.add_signal_handler(number, self._end)
                replaced[number] = previous
        try:
            yield
        finally:
            for number, previous in replaced.items():
                loop.remove_signal_handler(number)
                if previous is not None:
                    signal.signal(number, previous)

    def _end(self) -> None:
        note_told_to_end()
        self.stop()

    def _close_sockets(self) -> None:
        for listening in self._sockets:
            listening.close()


async def serve_flows(
    ai: HasRegistry,
    *,
    port: int | None = None,
    host: str = '127.0.0.1',
    trusted_proxies: Sequence[str] = (),
    **options: Unpack[ServingOptions],
) -> None:
    """Serve an application's flows until a signal stops it.

    Args:
        ai: The application.
        port: The port to listen on. Default: the environment variable ``PORT``, or 3400.
        host: The address to listen on. Default: loopback only.
        trusted_proxies: See `Server`.
        options: See `ServingOptions`.
    """
    chosen = port if port is not None else _port_of_environment()
    server = Server(app=FlowsApp(ai, **options), host=host, port=chosen, trusted_proxies=trusted_proxies)
    await ServerManager([server]).serve()


def _port_of_environment() -> int:
    text = os.environ.get('PORT', str(DEFAULT_PORT))
    if not text.isdigit():
        raise GenkitError(f'PORT is {text!r}; it must be a number such as {DEFAULT_PORT}.', status='INVALID_ARGUMENT')
    return int(text)


def _listen(server: Server) -> socket.socket:
    family = socket.AF_INET6 if ':' in server.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # or asyncio leaves Nagle's delay on
    if os.name != 'nt':
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((server.host, server.port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise GenkitError(
            f'Server {server.name!r} cannot listen on {server.host}:{server.port}: {error.strerror}. '
            'Stop what listens there, or choose another port.',
            status='UNAVAILABLE',
            cause=error,
        ) from error
    listening.setblocking(False)
    return listening


def _uvicorn_server(server: Server, graceful_timeout: float) -> 'uvicorn.Server':
    import uvicorn  # noqa: PLC0415  (loaded by those who serve)

    class SignalsElsewhere(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, Any, None]:
            yield  # one handler stops all the servers

    config = uvicorn.Config(
        server.app,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=math.ceil(graceful_timeout),
        server_header=False,
        proxy_headers=bool(server.trusted_proxies),
        forwarded_allow_ips=list(server.trusted_proxies),
        limit_concurrency=server.max_connections,
    )
    return SignalsElsewhere(config)


async def _started(server: 'uvicorn.Server', task: 'asyncio.Task[None]') -> None:
    while not (server.started or task.done()):  # noqa: ASYNC110  (the server has no event for it)
        await asyncio.sleep(0.005)


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f'http://[{host}]:{port}' if ':' in host else f'http://{host}:{port}'
