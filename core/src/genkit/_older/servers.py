# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that were made of a configuration and an object that makes the application."""

import inspect
import socket
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from genkit._base.errors import GenkitError
from genkit._base.http.asgi import Application
from genkit.web.server import Server as CurrentServer
from genkit.web.server import ServerManager as CurrentServerManager


_RUNNING: Final['weakref.WeakSet[CurrentServerManager]'] = weakref.WeakSet()


@dataclass(kw_only=True)
class ServerConfig:
    """Where a server listens.

    Attributes:
        name: For people.
        host: The address to listen on. Default: loopback only.
        port: The port; once the server runs, the chosen one. Default: a free one.
        ports: Those to choose from where ``port`` is taken or not stated.
        log_level: Of no effect: the application sets up its own logging.
    """

    name: str = 'server'
    host: str = '127.0.0.1'
    port: int | None = None
    ports: Iterable[int] = ()
    log_level: str | None = None


class ServerLifecycle(Protocol):
    """What makes a server's application, and may take part in its start and its end."""

    def create(self, config: ServerConfig) -> Application:
        """Return the application."""
        ...


class AbstractBaseServer:
    """A lifecycle whose start and end do nothing."""

    def create(self, config: ServerConfig) -> Application:
        """Return the application; a subclass says which."""
        raise GenkitError(
            f'{type(self).__name__} makes no application for server {config.name!r}. Define create(self, config).',
            status='UNIMPLEMENTED',
        )

    async def start(self, app: Application, config: ServerConfig) -> Application:
        """Return the application once it may be served."""
        _ = config
        return app

    async def stop(self, app: Application, config: ServerConfig) -> None:
        """End what `start` began."""


class UvicornAdapter:
    """Serves with uvicorn, as is always done."""


GranianAdapter = UvicornAdapter


@dataclass(kw_only=True)
class Server:
    """A configuration and what makes its application.

    Attributes:
        config: Where it listens.
        lifecycle: Makes the application.
        adapter: Of no effect: uvicorn serves.
    """

    config: ServerConfig
    lifecycle: ServerLifecycle
    adapter: Any = None


class ServerManager(CurrentServerManager):
    """Runs some servers as one; see `genkit.web.ServerManager`.

    Args:
        servers: What `serve` runs, as there.
        graceful_seconds: How long requests may go on after the first signal.
    """

    def __init__(self, servers: Sequence[CurrentServer] = (), *, graceful_seconds: int = 10) -> None:
        super().__init__(servers, graceful_seconds=graceful_seconds)
        _RUNNING.add(self)

    async def run_all(self, servers: Sequence[Server]) -> None:
        """Run servers until a signal, or `terminate_all_servers`, stops them."""
        apps: list[Application] = []
        try:
            for server in servers:
                config = server.config
                config.port = _chosen_port(config)
                app = server.lifecycle.create(config)
                apps.append(await _done(getattr(server.lifecycle, 'start', None), app, config) or app)
            self._servers = [
                CurrentServer(app=app, host=server.config.host, port=server.config.port or 0, name=server.config.name)
                for server, app in zip(servers, apps, strict=True)
            ]
            await self.serve()
        finally:
            for server, app in zip(servers, apps, strict=False):
                await _done(getattr(server.lifecycle, 'stop', None), app, server.config)


async def terminate_all_servers() -> None:
    """Let the servers of this process end, with the requests that are under way."""
    for manager in list(_RUNNING):
        manager.stop()


def is_port_available(port: int, host: str = '127.0.0.1') -> bool:
    """Return whether a server could listen on a port at this moment."""
    with socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def find_free_port(ports: Iterable[int], host: str = '127.0.0.1') -> int | None:
    """Return the first port that a server could listen on at this moment, or None."""
    return next((port for port in ports if is_port_available(port, host)), None)


def _chosen_port(config: ServerConfig) -> int:
    wanted = [config.port, *config.ports] if config.port else list(config.ports)
    if not wanted:
        with socket.create_server((config.host, 0)) as probe:
            return probe.getsockname()[1]
    free = find_free_port(wanted, config.host)
    return wanted[0] if free is None else free  # listening says which port is taken


async def _done(hook: Any, app: Application, config: ServerConfig) -> Any:
    result = None if hook is None else hook(app, config)
    return await result if inspect.isawaitable(result) else result
