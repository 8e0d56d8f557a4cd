# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Starts what the developer tools talk to, in the background, and takes it away again on every kind of exit."""

import asyncio
import functools
import itertools
import logging
import os
import socket
import threading
from typing import TYPE_CHECKING, Final

from genkit._base.version import GENKIT_VERSION
from genkit._reflect.address import LOOPBACK, THREAD_NAME, ServerSpec
from genkit._reflect.dispatcher import SPEC_VERSION, Dispatcher
from genkit._reflect.process_end import close_at_the_end
from genkit._reflect.runtime_file import RuntimeFile
from genkit._registry.registry import Registry
from genkit._trace.telemetry_server import TelemetryServer
from genkit.types import ReflectionRegisterParams


if TYPE_CHECKING:
    import uvicorn

_LOGGER: Final = logging.getLogger('genkit.reflection')
_PORTS: Final = range(3100, 4000)
_STOP_SECONDS: Final = 3.0
_SERIAL: Final = itertools.count(1)


class Runtime:
    """Serves the developer tools from its own threads until the process ends; failures are logged, not raised.

    Args:
        registry: The application's.
        name: Shown by the tools.
        spec: The address to listen on. Default: from the environment.
    """

    def __init__(self, registry: Registry, name: str | None = None, spec: ServerSpec | None = None) -> None:
        self._name = name
        self._spec = spec or ServerSpec.of_environment()
        self._serial = next(_SERIAL)
        self._telemetry = _telemetry_server()
        self._dispatcher = Dispatcher(registry, self._telemetry)
        self._file: RuntimeFile | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._withdrawn = threading.Event()
        self._closed = False

    def start(self) -> None:
        """Begin to serve."""
        close_at_the_end(self)
        self._thread.start()

    def withdraw(self) -> None:
        """Take the runtime file away, so that the tools look no longer for this process."""
        self._withdrawn.set()
        if self._file is not None:
            self._file.remove()

    def close(self) -> None:
        """Stop serving and take the runtime file away; what has ended is sent first."""
        if self._closed:
            return
        self._closed = True
        self.withdraw()
        self._telemetry.flush(_STOP_SECONDS)
        loop, main = self._loop, self._main
        if loop is not None and main is not None and not loop.is_closed():
            loop.call_soon_threadsafe(main.cancel)
            self._thread.join(_STOP_SECONDS)
        self._dispatcher.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except asyncio.CancelledError:
            return
        except Exception:
            _LOGGER.exception('The server for the developer tools has stopped; the application goes on.')
        finally:
            self.withdraw()

    async def _serve(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        url = os.environ.get('GENKIT_REFLECTION_V2_SERVER')
        await (self._connect(url) if url else self._listen())

    async def _connect(self, url: str) -> None:
        from genkit._reflect.rpc_client import RpcClient  # noqa: PLC0415  (loaded for the tools that speak it)

        suffix = '' if self._serial == 1 else f'-{self._serial}'
        introduction = ReflectionRegisterParams(
            id=os.environ.get('GENKIT_RUNTIME_ID') or f'{os.getpid()}{suffix}',
            pid=os.getpid(),
            name=self._name,
            genkit_version=f'py/{GENKIT_VERSION}',
            reflection_api_spec_version=SPEC_VERSION,
            envs=['dev'],
        )
        await RpcClient(self._dispatcher, introduction).stay_connected(url)

    async def _listen(self) -> None:
        try:
            listening = _bind(self._spec)
        except OSError as error:
            _LOGGER.warning('The developer tools cannot reach this runtime: %s', error)
            return
        with listening:
            await self._serve_http(listening)

    async def _serve_http(self, listening: socket.socket) -> None:
        from genkit._reflect.http_server import HttpServer  # noqa: PLC0415  (loaded for the tools that speak it)
        from genkit._reflect.quiet_server import quiet_server  # noqa: PLC0415  (loaded for the tools that speak it)

        port = listening.getsockname()[1]
        runtime_id = os.environ.get('GENKIT_RUNTIME_ID') or f'{os.getpid()}-{port}'
        local = self._spec.host in (LOOPBACK, 'localhost', '::1')
        server = quiet_server(HttpServer(self._dispatcher, runtime_id, local=local))
        announcing = asyncio.create_task(self._announce(server, runtime_id, self._spec.url(port)))
        try:
            await server.serve(sockets=[listening])
        finally:
            announcing.cancel()

    async def _announce(self, server: 'uvicorn.Server', runtime_id: str, url: str) -> None:
        """Write the runtime file once the server answers."""
        while not server.started:  # noqa: ASYNC110  (the server has no event for it)
            await asyncio.sleep(0.01)
        try:
            self._file = RuntimeFile(runtime_id, url, self._name)
            self._file.write()
        except OSError as error:
            _LOGGER.warning('The developer tools cannot find this runtime, its file cannot be written: %s', error)
        _LOGGER.info('The developer tools are served at %s', url)
        if self._withdrawn.is_set():
            self.withdraw()


@functools.cache
def _telemetry_server() -> TelemetryServer:
    """Return where the spans of this process go: one for all its runtimes, so that nothing is sent twice."""
    return TelemetryServer(
        os.environ.get('GENKIT_TELEMETRY_SERVER'),
        live=os.environ.get('GENKIT_ENABLE_REALTIME_TELEMETRY') == 'true',
    )


def _bind(spec: ServerSpec) -> socket.socket:
    """Return a socket that listens where it should, on the first free port."""
    family = socket.AF_INET6 if ':' in spec.host else socket.AF_INET
    failure: Exception | None = None
    for port in _PORTS if spec.port is None else (spec.port,):
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name != 'nt':
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((spec.host, port))
            listening.listen(128)
        except (OSError, OverflowError) as error:
            listening.close()
            failure = error
            if isinstance(error, socket.gaierror):  # the host's fault, whatever the port
                break
        else:
            listening.setblocking(False)
            return listening
    ports = f' to {_PORTS[-1]}' if spec.port is None else ''
    raise OSError(f'{spec.url(spec.port or _PORTS[0])}{ports} cannot be served: {failure}') from failure
