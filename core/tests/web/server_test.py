# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.web import FlowsApp, Server, ServerManager


PROGRAM = """
import asyncio, os, sys
from genkit import ActionRunContext, Genkit
from genkit.web import FlowsApp, Server, ServerManager

ai = Genkit()
opened = asyncio.Event()

@ai.flow()
async def wait(_: object, context: ActionRunContext) -> str:
    context.send_chunk('before')
    print('started', flush=True)
    await opened.wait()
    return 'after'

async def listen():
    for _ in range(2):
        line = await asyncio.to_thread(sys.stdin.readline)
        if line == 'open\\n':
            opened.set()

async def main():
    manager = ServerManager(
        [Server(app=FlowsApp(ai, on_shutdown=lambda: print('closed', flush=True)), port=0)],
        graceful_timeout=int(sys.argv[1]),
    )
    serving = asyncio.create_task(manager.serve())
    while not manager.urls:
        await asyncio.sleep(0.001)
    print(manager.urls[0], flush=True)
    listening = asyncio.create_task(listen())
    await serving
    print('ended', flush=True)
    os._exit(0)

asyncio.run(main())
"""


class Process:
    """A program that serves one flow, which waits until it is told to go on."""

    def __init__(self, graceful_timeout: int) -> None:
        command = [sys.executable, '-c', PROGRAM, str(graceful_timeout)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.read()

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f'{line}\n')
        self.process.stdin.flush()

    def signal(self, number: int = signal.SIGTERM) -> None:
        self.process.send_signal(number)


@pytest.fixture
def start() -> Iterator:
    running: list[Process] = []

    def begin(graceful_timeout: int = 10) -> Process:
        running.append(Process(graceful_timeout))
        return running[-1]

    yield begin
    for started in running:
        started.process.kill()
        started.process.communicate()


class Call(threading.Thread):
    """A call in a thread of its own."""

    def __init__(self, url: str, **headers: str) -> None:
        super().__init__(daemon=True)
        self.request = (f'{url}/wait', headers)
        self.pieces: list[bytes] = []
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        url, headers = self.request
        try:
            with httpx.stream('POST', url, json={'data': ''}, headers=headers, timeout=15) as response:
                self.pieces += response.iter_raw()
        except httpx.HTTPError as error:
            self.error = error

    def body(self) -> bytes:
        self.join(15)
        assert self.error is None
        return b''.join(self.pieces)


def refuses(url: str) -> bool:
    """Wait until a server takes no more connections."""
    while True:
        try:
            httpx.get(f'{url}/__health')
        except httpx.TransportError:
            return True


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()
    ai.flow('soup')(lambda: 'soup')
    return ai


async def test_several_applications_are_served_together(ai):
    other = Genkit()
    other.flow('bread')(lambda: 'bread')
    servers = [Server(app=FlowsApp(ai), port=0), Server(app=FlowsApp(other), port=0, name='other')]
    async with ServerManager(servers) as manager, httpx.AsyncClient() as client:
        first, second = manager.urls
        assert (await client.post(f'{first}/soup', json={})).json() == {'result': 'soup'}
        assert (await client.post(f'{second}/bread', json={})).json() == {'result': 'bread'}
        assert (await client.post(f'{second}/soup', json={})).status_code == 404
    for url in (first, second):
        with pytest.raises(httpx.ConnectError):
            await asyncio.to_thread(httpx.get, url)


@pytest.mark.skipif(not socket.has_ipv6, reason='this system has no IPv6')
async def test_an_ipv6_address_is_served_and_written_in_brackets(ai):
    try:
        socket.create_server(('::1', 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip('this machine has no IPv6 loopback')
    async with ServerManager([Server(app=FlowsApp(ai), host='::1', port=0)]) as manager, httpx.AsyncClient() as client:
        assert manager.urls[0].startswith('http://[::1]:')
        assert (await client.post(f'{manager.urls[0]}/soup', json={})).json() == {'result': 'soup'}


async def test_none_is_served_if_a_port_is_taken(ai):
    started = []
    with socket.create_server(('127.0.0.1', 0)) as taken, socket.create_server(('127.0.0.1', 0)) as free:
        port, free_port = taken.getsockname()[1], free.getsockname()[1]
        free.close()
        servers = [
            Server(app=FlowsApp(ai, on_startup=lambda: started.append(1)), port=free_port),
            Server(app=FlowsApp(ai), port=port, name='admin'),
        ]
        with pytest.raises(GenkitError, match=f"'admin' cannot listen on 127.0.0.1:{port}") as refused:
            await ServerManager(servers).serve()
    assert refused.value.status == 'UNAVAILABLE'
    assert started == []
    socket.create_server(('127.0.0.1', free_port)).close()


async def test_serving_ends_when_it_is_stopped(ai):
    closed = []
    manager = ServerManager([Server(app=FlowsApp(ai, on_shutdown=lambda: closed.append(1)), port=0)])
    serving = asyncio.create_task(manager.serve())
    while not manager.urls:  # noqa: ASYNC110  (it does not say when it listens)
        await asyncio.sleep(0)
    async with httpx.AsyncClient() as client:
        assert (await client.get(f'{manager.urls[0]}/__health')).status_code == 200
    manager.stop()
    await serving
    assert closed == [1]


@pytest.mark.skipif(os.name == 'nt', reason='this system sends no signals')
class TestSignals:
    @pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
    def test_a_call_that_is_under_way_gets_its_answer_and_no_other_is_taken(self, start, number):
        server = start()
        call = Call(server.url)
        assert server.read() == 'started'
        server.signal(number)
        assert refuses(server.url)
        server.tell('open')
        assert json.loads(call.body()) == {'result': 'after'}
        assert (server.read(), server.read()) == ('closed', 'ended')

    def test_a_stream_that_is_under_way_comes_to_its_end(self, start):
        server = start()
        call = Call(server.url, accept='text/event-stream')
        assert server.read() == 'started'
        server.signal()
        assert refuses(server.url)
        server.tell('open')
        assert call.body() == b'data: {"message":"before"}\n\ndata: {"result":"after"}\n\n'
        assert (server.read(), server.read()) == ('closed', 'ended')

    @pytest.mark.parametrize('headers', [{}, {'accept': 'text/event-stream'}], ids=['call', 'stream'])
    def test_a_second_signal_cuts_off_what_goes_on(self, start, headers):
        server = start()
        call = Call(server.url, **headers)
        assert server.read() == 'started'
        server.signal()
        assert refuses(server.url)
        server.signal()
        call.join(15)
        assert not call.is_alive(), 'the client learns that there is no more'
        assert b'after' not in b''.join(call.pieces)
        assert server.read() in {'closed', 'ended'}

    @pytest.mark.parametrize('headers', [{}, {'accept': 'text/event-stream'}], ids=['call', 'stream'])
    def test_what_does_not_end_in_time_is_cut_off(self, start, headers):
        server = start(1)
        call = Call(server.url, **headers)
        assert server.read() == 'started'
        server.signal()
        call.join(15)
        assert not call.is_alive(), 'the client learns that there is no more'
        assert b'after' not in b''.join(call.pieces)
        assert (server.read(), server.read()) == ('closed', 'ended')


@pytest.mark.parametrize(('trusted', 'client'), [((), '127.0.0.1'), (['127.0.0.1'], '203.0.113.7')])
async def test_only_proxies_that_are_trusted_say_who_calls(trusted, client):
    ai = Genkit()

    @ai.flow()
    async def who(_: None, context: ActionRunContext) -> str:
        return context.context['address']

    app = FlowsApp(ai, context_provider=lambda data: {'address': data.request['client'][0]})
    server = Server(app=app, port=0, trusted_proxies=trusted)
    async with ServerManager([server]) as manager, httpx.AsyncClient() as http:
        forwarded = {'x-forwarded-for': '203.0.113.7'}
        answer = await http.post(f'{manager.urls[0]}/{who.name}', json={}, headers=forwarded)
    assert answer.json() == {'result': client}


async def test_half_open_bodies_end(ai):
    async with ServerManager([Server(app=FlowsApp(ai, body_timeout=0.1), port=0)]) as manager:
        port = int(manager.urls[0].rpartition(':')[2])
        opened = [await asyncio.open_connection('127.0.0.1', port) for _ in range(20)]
        for _, writer in opened:
            writer.write(b'POST /soup HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{')
        for reader, writer in opened:
            assert (await reader.read()).startswith(b'HTTP/1.1 408 ')
            writer.close()


async def test_connections_beyond_a_limit_are_turned_away(ai):
    async with ServerManager([Server(app=FlowsApp(ai), port=0, max_connections=2)]) as manager:
        port = int(manager.urls[0].rpartition(':')[2])
        opened = [await asyncio.open_connection('127.0.0.1', port) for _ in range(3)]
        async with httpx.AsyncClient() as client:
            assert (await client.post(f'{manager.urls[0]}/soup', json={})).status_code == 503
        for _, writer in opened:
            writer.close()
