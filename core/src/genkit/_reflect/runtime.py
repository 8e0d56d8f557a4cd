# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Starts what the developer tools talk to, in the background, and takes it away again on every kind of exit."""

import asyncio
import atexit
import contextlib
import importlib
import itertools
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from genkit._base.version import GENKIT_VERSION
from genkit._reflect.address import LOOPBACK, ServerSpec
from genkit._reflect.dispatcher import SPEC_VERSION, Dispatcher
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
    """Serves the developer tools from threads of its own until the process ends; failures are logged, not raised.

    Args:
        registry: The application's.
        name: Shown by the tools.
        spec: Where to listen; the environment decides unless stated.
    """

    def __init__(self, registry: Registry, name: str | None = None, spec: ServerSpec | None = None) -> None:
        self._name = name
        self._spec = spec or ServerSpec.of_environment()
        self._serial = next(_SERIAL)
        self._telemetry = TelemetryServer(
            os.environ.get('GENKIT_TELEMETRY_SERVER'),
            live=os.environ.get('GENKIT_ENABLE_REALTIME_TELEMETRY') == 'true',
        )
        self._dispatcher = Dispatcher(registry, self._telemetry)
        self._file: RuntimeFile | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name='genkit-reflection', daemon=True)
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to serve."""
        _at_exit(self)
        self._thread.start()

    def close(self) -> None:
        """Stop serving and take the runtime file away; what has ended is sent first."""
        if self._closed.is_set():
            return
        self._closed.set()
        if self._file is not None:
            self._file.remove()
        self._telemetry.flush()
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
            if self._file is not None:
                self._file.remove()

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
        import uvicorn  # noqa: PLC0415  (loaded in the background, and only in development)

        from genkit._reflect.http_server import HttpServer  # noqa: PLC0415  (likewise)

        listening = _bind(self._spec)
        port = listening.getsockname()[1]
        runtime_id = os.environ.get('GENKIT_RUNTIME_ID') or f'{os.getpid()}-{port}'
        local = self._spec.host in (LOOPBACK, 'localhost', '::1')
        application = HttpServer(self._dispatcher, runtime_id, local=local)
        config = uvicorn.Config(
            application, lifespan='off', log_config=None, log_level='error', access_log=False, ws='none', http='h11'
        )
        server = uvicorn.Server(config)
        with listening:
            announcing = asyncio.create_task(self._announce(server, runtime_id, port))
            try:
                await server.serve(sockets=[listening])
            finally:
                announcing.cancel()

    async def _announce(self, server: 'uvicorn.Server', runtime_id: str, port: int) -> None:
        """Write the runtime file once the server answers."""
        while not server.started:  # noqa: ASYNC110  (the server has no event for it)
            await asyncio.sleep(0.01)
        host = self._spec.host if self._spec.host not in ('0.0.0.0', '::') else LOOPBACK  # noqa: S104  (compared)
        self._file = RuntimeFile(runtime_id, f'http://{host}:{port}', self._name)
        try:
            self._file.write()
        except OSError as error:
            _LOGGER.warning('The developer tools cannot find this runtime: %s cannot be written.', self._file.path)
            _LOGGER.debug('%r', error)
        _LOGGER.info('The developer tools are served at http://%s:%s', host, port)
        if self._closed.is_set():
            self._file.remove()


def _bind(spec: ServerSpec) -> socket.socket:
    """Return a socket that listens where it should, on the first free port."""
    family = socket.AF_INET6 if ':' in spec.host else socket.AF_INET
    failure: OSError | None = None
    for port in _PORTS if spec.port is None else (spec.port,):
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name != 'nt':
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((spec.host, port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            failure = error
        else:
            listening.setblocking(False)
            return listening
    raise OSError(f'No free port for the developer tools: {spec}') from failure


class _Exit:
    runtimes: list[Runtime] = []  # noqa: RUF012  (one per process on purpose)
    installed = False


def _at_exit(runtime: Runtime) -> None:
    _Exit.runtimes.append(runtime)
    if not _Exit.installed:
        _Exit.installed = True
        atexit.register(close_all)
        _close_on_signals()
        if _is_script_of_the_tools():
            _outlive_the_script()


def close_all() -> None:
    """Close every runtime of the process."""
    while _Exit.runtimes:
        _Exit.runtimes.pop().close()


def _close_on_signals() -> None:
    """Close on the signals that would end the process at once; whoever handles them already keeps them."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in ('SIGTERM', 'SIGHUP'):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _close_and_end)


def _close_and_end(number: int, _frame: Any) -> None:
    close_all()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _is_script_of_the_tools() -> bool:
    """Return whether the tools started a script of the application's own, rather than a server or a test runner."""
    started = 'GENKIT_TELEMETRY_SERVER' in os.environ or 'GENKIT_REFLECTION_V2_SERVER' in os.environ
    path = getattr(sys.modules.get('__main__'), '__file__', None)
    if not started or path is None:
        return False
    installed = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    return installed.isdisjoint(Path(path).resolve().parents)


def _outlive_the_script() -> None:
    """Keep the process after its script has ended, until the tools end it; a script that failed ends at once."""
    # Before worker threads are refused, which is earlier than anything that `atexit` or a thread that is no daemon
    # can do. The standard library's own executor uses it; without it scripts end when they end.
    register: Any = getattr(threading, '_register_atexit', None)
    if register is not None:
        importlib.import_module('concurrent.futures.thread')  # whose own step must come after ours
        register(_stay)


def _stay() -> None:
    if getattr(sys, 'last_value', None) is None:
        wait_for_the_end()


def wait_for_the_end() -> None:
    """Wait for Ctrl-C; other signals end the process."""
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
