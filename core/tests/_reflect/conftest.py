# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runtimes inside this process, the tools that one of them connects to, and applications in processes of their own."""

import asyncio
import contextlib
import functools
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from genkit import ActionRunContext, Genkit
from genkit._base import app_loop
from genkit._reflect import runtime as runtime_module
from genkit._reflect.address import ServerSpec
from genkit._reflect.runtime import Runtime
from genkit._trace import provider
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from websockets.asyncio.server import ServerConnection, serve


SECONDS = 10
NOBODY = 'http://127.0.0.1:9'  # discard; nothing listens there


@pytest.fixture(autouse=True)
def _without_application_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the loop that other tests of this process made the application's."""
    monkeypatch.setattr(app_loop._Known, 'loop', None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, untraced: None) -> Iterator[Path]:
    """A project's folder to be in, an environment without the tools' variables, and a process that exports nothing."""
    for name in [name for name in os.environ if name.startswith('GENKIT_')]:
        monkeypatch.delenv(name)
    (tmp_path / 'pyproject.toml').touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(provider._Tracing, 'processors', [])
    make_record = logging.getLogRecordFactory()
    runtime_module._telemetry_server.cache_clear()
    yield tmp_path
    telemetry = runtime_module._telemetry_server()
    if telemetry._logs is not None:
        telemetry._logs.close()
    telemetry.close()
    runtime_module._telemetry_server.cache_clear()
    logging.setLogRecordFactory(make_record)


def files_in(project: Path) -> list[Path]:
    return sorted((project / '.genkit' / 'runtimes').glob('*.json'))


class Kitchen:
    """An application with a flow for each thing that can happen, and what its tests hold on to.

    Attributes:
        gate: Opened by a test to let `wait` go on.
        stopped: The names of the flows that were cancelled.
        loops: The event loops that flows ran in, and the threads of these.
    """

    def __init__(self) -> None:
        self.ai = Genkit()
        self.gate = threading.Event()
        self.stopped: queue.Queue[str] = queue.Queue()
        self.threads: list[str] = []
        flows: list[Callable[..., Any]] = [
            *(self.cook, self.stream, self.fail, self.leave),
            *(self.wait, self.forever, self.whoami),
        ]
        for flow in flows:
            self.ai.flow(flow.__name__)(flow)
        self.ai.define_bidi_flow('echo', self.echo, init_schema=str, input_schema=int, output_schema=str)

    async def cook(self, dish: str) -> dict[str, Any]:
        """Cook something."""
        self.threads.append(threading.current_thread().name)
        return {'dish': dish, 'note': 'line\nbreak', 'nothing': None}

    async def stream(self, count: int, context: ActionRunContext) -> str:
        for number in range(count):
            context.send_chunk({'number': number, 'text': f'{number}\n'})
        return f'{count} chunks'

    async def fail(self, message: str) -> None:
        raise ValueError(message)

    async def leave(self, status: int) -> None:
        sys.exit(status)

    async def wait(self, count: int, context: ActionRunContext) -> str:
        for number in range(count):
            context.send_chunk(number)
        await asyncio.to_thread(self.gate.wait, SECONDS)
        return 'waited'

    async def forever(self, count: int, context: ActionRunContext) -> str:
        for number in range(count):
            context.send_chunk(number)
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.put('forever')
        return 'never'

    async def echo(self, numbers: AsyncIterator[int], context: Any) -> str:
        total = 0
        async for number in numbers:
            total += number
            await context.send(f'{context.init or ""}{number}')
        return f'total {total}'

    async def whoami(self, _: str, context: ActionRunContext) -> Any:
        return context.context


@pytest.fixture
def kitchen(project: Path) -> Iterator[Kitchen]:
    made = Kitchen()
    yield made
    made.gate.set()


class Telemetry:
    """A telemetry server, and what it was sent."""

    def __init__(self, server: LoopbackServer) -> None:
        self.url = server.url
        self.requests = server.requests

    def spans(self, name: str) -> list[dict[str, Any]]:
        """Return every state of the spans of a name that came until now."""
        traces = [request.json for request in self.requests if request.path == '/api/traces']
        return [span for trace in traces for span in trace['spans'].values() if span['displayName'] == name]

    def span(self, name: str) -> dict[str, Any]:
        """Return the span of a name once it has ended and come."""
        return soon(lambda: next((span for span in self.spans(name) if span['endTime']), None))


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    with LoopbackServer(lambda _: CannedAnswer(b'OK')) as server:
        yield Telemetry(server)


@pytest.fixture
def hanging_telemetry() -> Iterator[Telemetry]:
    """A telemetry server that answers nothing before the end of the test."""
    gate = threading.Event()

    def hang(_: RecordedRequest) -> CannedAnswer:
        gate.wait(SECONDS)
        return CannedAnswer(b'OK')

    with LoopbackServer(hang) as server:
        yield Telemetry(server)
        gate.set()


@pytest.fixture
def other_telemetry() -> Iterator[Telemetry]:
    with LoopbackServer(lambda _: CannedAnswer(b'OK')) as server:
        yield Telemetry(server)


class Served:
    """A runtime of this process that the tools reach over HTTP."""

    def __init__(self, runtime: Runtime, announced: dict[str, Any], path: Path) -> None:
        self.runtime = runtime
        self.announced = announced
        self.path = path
        self.url: str = announced['reflectionServerUrl']
        self.client = httpx.Client(base_url=self.url, timeout=SECONDS, trust_env=False)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(':')[2])

    def run(self, key: str, value: Any = None, **members: Any) -> httpx.Response:
        return self.client.post('/api/runAction', json={'key': key, 'input': value, **members})


def started(runtime: Runtime) -> Runtime:
    """Start a runtime without the signals and the exit of the process that runs the tests."""
    runtime._thread.start()
    return runtime


@pytest.fixture
def serve_tools(project: Path) -> Iterator[Callable[..., Served]]:
    """Return a function that serves the tools over HTTP, for an application."""
    served: list[Served] = []

    def make(ai: Genkit, host: str = '127.0.0.1', name: str | None = None) -> Served:
        known = set(files_in(project))
        runtime = started(Runtime(ai.registry, name, ServerSpec(0, host)))
        path = soon(lambda: next((path for path in files_in(project) if path not in known), None))
        served.append(Served(runtime, json.loads(path.read_text()), path))
        return served[-1]

    yield make
    for each in served:
        each.client.close()
        each.runtime.close()


@pytest.fixture
def served(kitchen: Kitchen, serve_tools: Callable[..., Served]) -> Served:
    return serve_tools(kitchen.ai, name='kitchen')


def soon(look: Callable[[], Any]) -> Any:
    """Return what is there once it is there."""
    pause = threading.Event()
    for _ in range(int(SECONDS / 0.01)):
        if found := look():
            return found
        pause.wait(0.01)
    raise AssertionError(f'{look} found nothing')


@pytest.fixture(name='soon')
def soon_fixture() -> Callable[[Callable[[], Any]], Any]:
    """Return a function that waits for what another one finds."""
    return soon


class Tools:
    """One connection of a runtime, as the tools have it."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection

    async def send(self, message: Any) -> None:
        """Send JSON; text and bytes as they are."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def receive(self) -> Any:
        async with asyncio.timeout(SECONDS):
            return json.loads(await self.connection.recv())

    async def ask(self, method: str, params: Any = None, *, request_id: Any = '1') -> Any:
        """Return the answer to a request; nothing else may come before it."""
        members = {} if params is None else {'params': params}
        await self.send({'jsonrpc': '2.0', 'id': request_id, 'method': method, **members})
        return await self.receive()

    async def run(self, key: str, value: Any = None, *, stream: bool = False, request_id: Any = '1') -> list[Any]:
        """Return what is told of a run; the last is the answer."""
        params = {'key': key, 'input': value, 'stream': stream, 'streamInput': False}
        told = [await self.ask('runAction', params, request_id=request_id)]
        while 'id' not in told[-1]:
            told.append(await self.receive())
        return told


class Listening:
    """The tools' server; each connection is to be taken by a test."""

    def __init__(self) -> None:
        self.connections: asyncio.Queue[Tools] = asyncio.Queue()

    async def handle(self, connection: ServerConnection) -> None:
        self.connections.put_nowait(Tools(connection))
        await connection.wait_closed()

    async def connected(self) -> Tools:
        """Return the next connection, not registered yet."""
        async with asyncio.timeout(SECONDS):
            return await self.connections.get()

    async def registered(self, **result: Any) -> Tools:
        """Return the next connection once it is registered."""
        tools = await self.connected()
        request = await tools.receive()
        assert request['method'] == 'register'
        await tools.send({'jsonrpc': '2.0', 'id': request['id'], 'result': result})
        return tools


@pytest.fixture
async def listening(project: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Listening]:
    """The tools' server, which the environment names."""
    server = Listening()
    async with serve(server.handle, '127.0.0.1', 0, max_size=None) as listener:
        port = listener.sockets[0].getsockname()[1]
        monkeypatch.setenv('GENKIT_REFLECTION_V2_SERVER', f'ws://127.0.0.1:{port}')
        yield server


@pytest.fixture
async def connect_tools(listening: Listening) -> AsyncIterator[Callable[..., Runtime]]:
    """Return a function that starts a runtime which connects to the tools."""
    with contextlib.ExitStack() as stack:

        def make(ai: Genkit, name: str | None = None) -> Runtime:
            runtime = started(Runtime(ai.registry, name))
            stack.callback(runtime.close)
            return runtime

        yield make
        await asyncio.to_thread(stack.close)


@pytest.fixture
async def tools(kitchen: Kitchen, connect_tools: Callable[..., Runtime], listening: Listening) -> Tools:
    connect_tools(kitchen.ai, 'kitchen')
    return await listening.registered()


class Launched:
    """An application in a process of its own."""

    def __init__(self, process: 'subprocess.Popen[str]', project: Path) -> None:
        self.process = process
        self.project = project

    @functools.cached_property
    def announced(self) -> dict[str, Any]:
        """What its runtime file says."""
        path = soon(lambda: self.ended or next(iter(self.files), None))
        assert isinstance(path, Path), f'it has ended: {self.process.communicate()}'
        return json.loads(path.read_text())

    @property
    def files(self) -> list[Path]:
        """The runtime files of this process, not of those before it."""
        return [path for path in files_in(self.project) if path.name.startswith(f'{self.process.pid}-')]

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    @functools.cached_property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.announced['reflectionServerUrl'], timeout=SECONDS, trust_env=False)

    def run(self, key: str, value: Any = None) -> Any:
        return self.client.post('/api/runAction', json={'key': key, 'input': value}).json()

    def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip('\n')

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self, number: int | None = None) -> tuple[int, str, str]:
        """Return exit status and the rest of its output; send it a signal before, if one is given."""
        if number is not None:
            self.send(number)
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    """Return a function that runs a program in a project's folder as the tools would, or without them."""
    (tmp_path / 'pyproject.toml').touch()
    launched: list[Launched] = []

    def run(program: str, *command: str, **environment: str | None) -> Launched:
        """Run ``main.py``, by itself or by another command.

        Args:
            program: The text of ``main.py``.
            command: What to run instead of ``python main.py``.
            environment: More variables; None takes one away.
        """
        (tmp_path / 'main.py').write_text(textwrap.dedent(program))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith('GENKIT_')}
        given = {'GENKIT_ENV': 'dev', 'GENKIT_TELEMETRY_SERVER': NOBODY, 'PYTHONUNBUFFERED': '1', **environment}
        process = subprocess.Popen(
            [sys.executable, '-W', 'error', *(command or ('main.py',))],
            cwd=tmp_path,
            env={**inherited, **{name: value for name, value in given.items() if value is not None}},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_ordinary_signals if os.name == 'posix' else None,  # noqa: PLW1509  (before any thread)
        )
        launched.append(Launched(process, tmp_path))
        return launched[-1]

    yield run
    for each in launched:
        if 'client' in each.__dict__:
            each.client.close()
        if not each.ended:
            each.process.kill()
        each.process.communicate()


def _ordinary_signals() -> None:
    """What a terminal gives a program, whoever runs the tests."""
    for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
