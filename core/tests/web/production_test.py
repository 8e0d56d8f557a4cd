# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is put around an application for production, tried over an in-process transport."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from genkit import Genkit, GenkitError
from genkit.web import FlowsApp, harden


def _application() -> Genkit:
    ai = Genkit()

    @ai.flow()
    async def greet(name: str) -> str:
        return f'Hello, {name}!'

    @ai.flow()
    async def fail(name: str) -> str:
        raise RuntimeError(name)

    @ai.flow()
    async def maybe(name: str) -> str:
        if name == 'fail':
            raise RuntimeError(name)
        return name

    assert (greet.name, fail.name, maybe.name) == ('greet', 'fail', 'maybe')
    return ai


def _client(**options: Any) -> httpx.AsyncClient:
    app: Any = harden(FlowsApp(_application()), **options)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://x')


async def _greet(client: httpx.AsyncClient, **request: Any) -> httpx.Response:
    return await client.post('/greet', json={'data': 'Ada'}, **request)


async def test_an_answer_carries_a_request_id_and_security_headers() -> None:
    async with _client() as client:
        answer = await _greet(client)
        assert answer.json() == {'result': 'Hello, Ada!'}
        assert len(answer.headers['x-request-id']) == 32
        assert answer.headers['x-content-type-options'] == 'nosniff'
        assert 'max-age' in answer.headers['strict-transport-security']
        assert (await _greet(client, headers={'x-request-id': 'abc-1'})).headers['x-request-id'] == 'abc-1'


@pytest.mark.parametrize('request_id', ['with space', 'x' * 129, 'a;b'])
async def test_an_id_that_could_do_harm_in_a_log_is_replaced(request_id: str) -> None:
    async with _client() as client:
        assert (await _greet(client, headers={'x-request-id': request_id})).headers['x-request-id'] != request_id


async def test_security_headers_can_be_left_to_something_else() -> None:
    async with _client(security_headers=False) as client:
        assert 'x-frame-options' not in (await _greet(client)).headers


async def test_too_large_a_body_is_answered_with_413_said_or_not() -> None:
    async with _client(body_limit=100) as client:
        said = await client.post('/greet', content=b'{"data":"' + b'x' * 200 + b'"}')

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(30):
                yield b'x' * 10

        unsaid = await client.post('/greet', content=pieces())
    assert [said.status_code, unsaid.status_code] == [413, 413]
    assert said.json()['status'] == 'INVALID_ARGUMENT'
    assert '100' in unsaid.json()['message']


class _Line:
    """A request as a server passes it on; its body ends with its last piece, unless it never does."""

    def __init__(self, *pieces: bytes, ends: bool = True, length: int | None = None) -> None:
        self.pieces = list(pieces)
        self.ends = ends
        self.got: list[Any] = []
        headers = [] if length is None else [(b'content-length', str(length).encode())]
        self.scope = {'type': 'http', 'method': 'POST', 'path': '/', 'query_string': b'', 'headers': headers}

    async def receive(self) -> Any:
        if not self.pieces:
            await asyncio.Event().wait()
        piece = self.pieces.pop(0)
        return {'type': 'http.request', 'body': piece, 'more_body': bool(self.pieces) or not self.ends}

    async def send(self, message: Any) -> None:
        self.got.append(message)


async def _reads_all(_scope: Any, receive: Any, send: Any) -> None:
    while (await receive())['type'] != 'http.disconnect':
        continue
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})


async def test_a_body_that_does_not_arrive_in_time_is_answered_with_408_once() -> None:
    app: Any = harden(_reads_all, body_timeout=0.02, security_headers=False)
    line = _Line(b'{"da', ends=False)
    await app(line.scope, line.receive, line.send)
    start, body, end = line.got
    assert (start['status'], end['body']) == (408, b'')
    assert (b'connection', b'close') in start['headers']
    assert json.loads(body['body'])['status'] == 'DEADLINE_EXCEEDED'


async def test_a_body_that_is_too_large_is_dropped_after_the_answer() -> None:
    app: Any = harden(_reads_all, body_limit=10, security_headers=False)
    for length in (None, 24):
        line = _Line(b'12345678', b'12345678', b'12345678', length=length)
        await app(line.scope, line.receive, line.send)
        assert [message.get('status') for message in line.got] == [413, None, None]
        assert not line.pieces


async def test_an_application_that_answers_before_it_has_read_everything_is_cut_off_alone() -> None:
    async def answers_first(_scope: Any, receive: Any, send: Any) -> None:
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        assert (await receive())['type'] == 'http.disconnect'

    app: Any = harden(answers_first, body_timeout=0.02, security_headers=False)
    line = _Line(ends=False)
    await app(line.scope, line.receive, line.send)
    assert [message.get('status') for message in line.got] == [200]


async def test_bodies_may_be_limited_by_something_else() -> None:
    async with _client(body_limit=None, body_timeout=None) as client:
        assert (await _greet(client)).status_code == 200


async def test_who_calls_too_often_has_to_wait_and_others_do_not() -> None:
    by_name: Callable[..., str] = lambda headers, _address: headers.get('x-name', '')  # noqa: E731
    async with _client(rate_limit='2/minute', rate_key=by_name) as client:
        codes = [(await _greet(client, headers={'x-name': 'a'})).status_code for _ in range(3)]
        refused = await _greet(client, headers={'x-name': 'a'})
        other = await _greet(client, headers={'x-name': 'b'})
    assert codes == [200, 200, 429]
    assert refused.json()['status'] == 'RESOURCE_EXHAUSTED'
    assert 1 <= int(refused.headers['retry-after']) <= 61
    assert other.status_code == 200


def test_a_rate_that_cannot_be_read_is_refused_by_name() -> None:
    with pytest.raises(GenkitError, match="'often'") as raised:
        _client(rate_limit='often')
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_flow_that_fails_again_and_again_is_given_a_rest_and_others_go_on() -> None:
    async with _client(breaker_threshold=3, breaker_timeout=60) as client:
        codes = [(await client.post('/fail', json={'data': 'x'})).status_code for _ in range(3)]
        resting = await client.post('/fail', json={'data': 'x'})
        other = await _greet(client)
    assert codes == [500, 500, 500]
    assert other.json() == {'result': 'Hello, Ada!'}
    assert resting.status_code == 503
    assert resting.json()['status'] == 'UNAVAILABLE'
    assert resting.headers['retry-after'] == '60'


async def test_the_rest_ends_and_a_success_closes_the_circuit() -> None:
    async with _client(breaker_threshold=2, breaker_timeout=0.05) as client:
        codes = []
        for name in ('fail', 'fail', 'fine', 'wait', 'fine', 'fine', 'fail', 'fine'):
            if name == 'wait':
                await asyncio.sleep(0.1)
            else:
                codes.append((await client.post('/maybe', json={'data': name})).status_code)
        assert codes == [500, 500, 503, 200, 200, 500, 200]


async def test_an_application_that_raises_is_given_a_rest_too_and_paths_that_clients_make_up_share_one() -> None:
    async def fails(scope: Any, _receive: Any, send: Any) -> None:
        if scope['path'].startswith('/raise'):
            raise RuntimeError
        await send({'type': 'http.response.start', 'status': 500, 'headers': []})
        await send({'type': 'http.response.body', 'body': b''})

    app: Any = harden(fails, breaker_threshold=2)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://x') as client:
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await client.get('/raise')
        assert (await client.get('/raise')).status_code == 503
        codes = [(await client.get(f'/{number}')).status_code for number in range(1010)]
    assert codes[:999] == [500] * 999
    assert codes[-5:] == [503] * 5


async def test_health_and_readiness_say_how_the_checks_went_and_not_why(caplog: pytest.LogCaptureFixture) -> None:
    async def database() -> bool:
        raise ConnectionError('password=hunter2')

    async with _client(checks={'cache': lambda: True, 'database': database}) as client:
        alive, ready = await client.get('/healthz'), await client.get('/readyz')
    assert (alive.status_code, alive.json()) == (200, {'status': 'OK'})
    assert (ready.status_code, ready.json()['checks']) == (503, {'cache': True, 'database': False})
    assert 'hunter2' not in ready.text
    assert "Check 'database' failed" in caplog.text
    async with _client(checks={'cache': lambda: True}) as client:
        assert (await client.get('/readyz')).status_code == 200


async def test_each_request_is_one_record_with_its_facts(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'genkit.web.requests')
    async with _client() as client:
        await client.post('/greet?key=s3cret', json={'data': 'Ada'})
    (record,) = [record for record in caplog.records if record.name == 'genkit.web.requests']
    facts: dict[str, Any] = record.__dict__
    assert (facts['method'], facts['path'], facts['status']) == ('POST', '/greet', 200)
    assert facts['milliseconds'] >= 0
    assert 's3cret' not in record.getMessage()


def test_logs_become_lines_of_json_with_ids_and_without_secrets() -> None:
    program = (
        'import logging\nfrom genkit.web import log_as_json\nlog_as_json()\n'
        'log = logging.getLogger("shop")\nlog.info("paid %s", 3, extra={"api_key": "sk-1", "order": 7})\n'
        'try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception("oops")\n'
    )
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    first, second = [json.loads(line) for line in done.stderr.splitlines()]
    assert (first['event'], first['level'], first['logger'], first['order']) == ('paid 3', 'info', 'shop', 7)
    assert first['api_key'] == '<redacted>'
    assert 'ZeroDivisionError' in second['exception']


async def test_clients_are_told_apart_by_their_address_and_not_by_their_port() -> None:
    app: Any = harden(FlowsApp(_application()), rate_limit='1/minute')

    async def asked(address: str, port: int) -> int:
        transport = httpx.ASGITransport(app, client=(address, port))
        async with httpx.AsyncClient(transport=transport, base_url='http://x') as client:
            return (await _greet(client)).status_code

    assert [await asked('10.0.0.1', 1001), await asked('10.0.0.1', 1002), await asked('10.0.0.2', 1001)] == [
        200,
        429,
        200,
    ]


@pytest.mark.parametrize(
    ('options', 'way_out'),
    [
        ({'rate': '1/minute'}, "harden() has no option 'rate'. Did you mean 'rate_"),
        ({'rate_storage': 'async+memory://'}, 'rate_storage does nothing without rate_limit: write harden(app, rate_'),
        ({'breaker_timeout': 5}, 'write harden(app, breaker_threshold=5, breaker_timeout=…)'),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(options: Any, way_out: str) -> None:
    with pytest.raises(GenkitError) as raised:
        harden(FlowsApp(Genkit()), **options)
    assert way_out in raised.value.message
    harden(FlowsApp(Genkit()), rate_limit=None, rate_storage='async+memory://')


def test_an_application_of_genkit_is_served_before_it_is_hardened() -> None:
    application: Any = Genkit()
    with pytest.raises(GenkitError, match=r'app is Genkit\(\); expected an ASGI application: write harden\(FlowsApp'):
        harden(application)
