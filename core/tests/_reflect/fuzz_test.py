# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Malformed requests and frames, thousands of them: the application runs on, and the next good call is answered."""

import json
import random
import socket
import string

import pytest
from websockets.exceptions import ConnectionClosed


FEW, MANY = 500, 10_000
METHODS = ('GET', 'POST', 'PUT', 'OPTIONS', 'HEAD', 'BREW', 'get', '')
PATHS = (
    *('/api/runAction', '/api/runAction?stream=true', '/api/cancelAction', '/api/notify', '/api/actions'),
    *('/api/values?type=middleware', '/api/values?type=%ff&type=', '/api/__health?id=%00', '/api/envs', '/', '*', '//'),
    *('/api/%2e%2e/', '/\xe4', 'http://127.0.0.1/api/envs', '/api/runAction?stream=' + 'x' * 70_000),
)
HEADERS = (
    *('host: localhost', 'host: evil.example', 'host:', 'origin: null', 'origin: http://[', 'connection: upgrade'),
    *('upgrade: websocket', 'upgrade: h2c', 'expect: 100-continue', 'content-length: 5', 'content-length: -1'),
    *('content-length: 99999999999999999999', 'transfer-encoding: chunked', 'transfer-encoding: gzip', 'x: \x00'),
    *('accept: text/event-stream', 'sec-fetch-site: cross-site', ': x', 'no colon', 'x: ' + 'y' * 70_000),
)
KEYS = (
    *('/flow/cook', '/flow/stream', '/flow/fail', '/flow/leave', '/flow/whoami', '/util/generate'),
    *('/model/', 'x', '', None, 7, []),
)
RPC_METHODS = ('runAction', 'listActions', 'listValues', 'cancelAction', 'configure', 'sendInputStreamChunk', 'x', None)


class Nonsense:
    """Wrong in all the ways that one number decides."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.pick = self._random.choice

    def noise(self) -> bytes:
        return self._random.randbytes(self._random.randrange(1, 60))

    def text(self) -> str:
        return ''.join(self._random.choices(string.printable + 'äß\x00\ud7ff\U0001f600', k=self._random.randrange(12)))

    def value(self, depth: int = 0) -> object:
        kind = self._random.randrange(9 if depth < 4 else 6)
        if kind == 0:
            return self.pick([None, True, False, 0, -1, 2**70, 1e308, 0.5])
        if kind == 6:
            return [self.value(depth + 1) for _ in range(self._random.randrange(4))]
        if kind >= 7:
            return {self.text(): self.value(depth + 1) for _ in range(self._random.randrange(4))}
        return self.text()

    def mostly(self, value: object) -> object:
        return value if self._random.random() < 0.8 else self.value()

    def run(self) -> dict[str, object]:
        members = {
            'key': self.mostly(self.pick(KEYS)),
            'input': self.value(),
            'context': self.pick([None, {}, {'auth': 1}, self.value()]),
            'telemetryLabels': self.pick([None, {'a': 'b'}, self.value()]),
            'traceId': self.value(),
            'stream': self.pick([True, False, self.value()]),
            'telemetryServerUrl': self.pick(['http://127.0.0.1:9', 'x', self.value()]),
            'type': self.pick(['middleware', self.value()]),
        }
        return {name: member for name, member in members.items() if self._random.random() < 0.85}

    def damaged(self, text: bytes) -> bytes:
        """Return a text with something cut off, put in or repeated, or as it is."""
        place = self._random.randrange(len(text) + 1)
        how = self._random.randrange(5)
        if how == 0:
            return text[:place]
        if how == 1:
            return text[:place] + self.noise() + text[place:]
        return text * 2 if how == 2 else text

    def request(self) -> bytes:
        if self._random.random() < 0.1:
            return self.noise()
        body = self.damaged(json.dumps(self.mostly(self.run())).encode('utf-8', 'surrogatepass'))
        good = ['host: localhost', f'content-length: {len(body)}']
        headers = [*good[self._random.randrange(2) :], *self._random.sample(HEADERS, self._random.randrange(3))]
        method = self.pick(METHODS[:2] if self._random.random() < 0.7 else METHODS)
        line = f'{method} {self.pick(PATHS)} HTTP/1.1'
        head = '\r\n'.join([line, *headers, 'connection: close', '', '']).encode('latin-1')
        return self.damaged(head) + body if self._random.random() < 0.2 else head + body

    def frame(self) -> 'str | bytes':
        members = {
            'jsonrpc': '2.0',
            'id': self.pick(['1', 7, None, self.value()]),
            'method': self.mostly(self.pick(RPC_METHODS)),
            'params': self.mostly(self.run()),
            'result': self.value(),
        }
        request = {name: member for name, member in members.items() if self._random.random() < 0.85}
        text = self.damaged(json.dumps(self.mostly(request)).encode('utf-8', 'surrogatepass'))
        return text if self._random.random() < 0.5 else text.decode('utf-8', 'replace')


def send(port: int, request: bytes) -> None:
    """Send a request and read what comes; some are cut off in the middle, as by a client that hangs up."""
    with socket.create_connection(('127.0.0.1', port), timeout=10) as connection:
        connection.sendall(request)
        if len(request) % 7:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                continue


def fuzz_http(served, count: int) -> None:
    for seed in range(count):
        try:
            send(served.port, Nonsense(seed).request())
        except TimeoutError as error:
            raise AssertionError(f'request {seed} was not answered: {Nonsense(seed).request()!r}') from error
        except OSError:  # the server has closed the connection already
            pass
        if seed % 100 == 0:
            assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup', seed
    assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup'
    assert served.runtime._thread.is_alive()


async def fuzz_frames(tools, listening, count: int) -> None:
    for seed in range(count):
        try:
            await tools.send(Nonsense(seed).frame())
            if seed % 100 == 0:
                params = {'key': '/flow/cook', 'input': 'soup'}
                await tools.send({'id': f'good-{seed}', 'method': 'runAction', 'params': params})
                answer = await tools.receive()
                while answer.get('id') != f'good-{seed}':
                    answer = await tools.receive()
                assert answer['result']['result']['dish'] == 'soup', seed
        except ConnectionClosed:  # what is no text ends a connection, and the runtime makes another
            tools = await listening.registered()
    *_, answer = await tools.run('/flow/cook', 'soup', request_id='last')
    while answer.get('id') != 'last':
        answer = await tools.receive()
    assert answer['result']['result']['dish'] == 'soup'


def test_http_requests(served):
    fuzz_http(served, FEW)


async def test_frames(tools, listening):
    await fuzz_frames(tools, listening, FEW)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_ten_thousand_http_requests(served):
    fuzz_http(served, MANY)


@pytest.mark.soak
@pytest.mark.timeout(600)
async def test_ten_thousand_frames(tools, listening):
    await fuzz_frames(tools, listening, MANY)
