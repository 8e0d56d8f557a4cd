# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The callable protocol: what every adapter is held to, Firebase's own client, and payloads of its reference."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from typing import Any, ClassVar

import httpx
import pytest
from genkit import ActionRunContext, Genkit, GenkitError, PublicError
from genkit.testing import WebContract
from genkit.web import ContextProvider
from genkit_firebase import CallableFlows, firebase_context, on_call_genkit

from .engines import packages
from .google_keys import PROJECT, Google


PREFIX = f'/{PROJECT}/us-central1'
PAGE = 'https://my-app.web.app'
INT64 = 'type.googleapis.com/google.protobuf.Int64Value'
UINT64 = 'type.googleapis.com/google.protobuf.UInt64Value'


class Unwrapped:
    """Takes errors out of their member `error`, as the contract of flows has them, and puts missing data in."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        started: dict[str, Any] = {}

        async def receive_data() -> Any:
            event = await receive()
            return {**event, 'body': b'{"data":null}'} if event.get('body') == b'{}' else event

        async def send_plain(event: Any) -> None:
            if event['type'] == 'http.response.start' and event['status'] >= 400:
                started.update(event)
                return
            if started:
                body = event['body'].removeprefix(b'{"error":')[:-1]
                headers = [(name, value) for name, value in started['headers'] if name != b'content-length']
                await send({**started, 'headers': [*headers, (b'content-length', str(len(body)).encode())]})
                started.clear()
                event = {**event, 'body': body}
            await send(event)

        await self._app(scope, receive_data, send_plain)


class TestCallableFlows(WebContract):
    replaced: ClassVar = {
        'test_an_agent_is_served_with_its_snapshots_and_the_way_to_stop_it': 'a call has no member `init`',
    }

    def serving(self, ai: Genkit, context_provider: ContextProvider | None = None, **options: Any) -> Any:
        return self.on_uvicorn(Unwrapped(CallableFlows(ai, context_provider=context_provider, **options)))

    def test_an_agent_is_served_with_its_snapshots_and_the_way_to_stop_it(self) -> None:
        said = {'data': {'message': {'role': 'user', 'content': [{'text': 'soup'}]}}}
        with self.client() as client:
            kept = client.post(f'{self.url}/waiter', json=said).json()['result']['snapshotId']
            found = client.post(f'{self.url}/waiter/getSnapshot', json={'data': {'snapshotId': kept}}).json()
            stopped = client.post(f'{self.url}/waiter/abort', json={'data': {'snapshotId': kept}}).json()
        assert found['result']['snapshotId'] == stopped['result']['snapshotId'] == kept


@pytest.fixture(scope='module')
def google() -> Iterator[Google]:
    with Google() as running:
        yield running


@pytest.fixture(scope='module')
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow()
    async def whoami(given: Any, context: ActionRunContext) -> Any:
        auth, app = (context.context or {}).get('auth'), (context.context or {}).get('app')
        return {'given': given, 'uid': auth and auth['uid'], 'app': app and app['appId']}

    @ai.flow()
    async def count(to: int, context: ActionRunContext) -> int:
        for number in range(to):
            context.send_chunk({'number': number, 'large': (1 << 53) + number})
        return 1 << 53

    @ai.flow()
    async def echo(given: Any) -> Any:
        return given

    @ai.flow()
    async def fail(status: str, context: ActionRunContext) -> None:
        context.send_chunk('before')
        raise PublicError(status, f'The flow says {status}.', {'dish': 'soup', 'large': 1 << 60})

    @ai.flow()
    async def crash(_: Any) -> None:
        raise ConnectionError('postgres://secret')

    @ai.flow()
    async def forever(_: Any, context: ActionRunContext) -> None:
        try:
            context.send_chunk('before')
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            left.append(1)
            raise

    _used = whoami, count, echo, fail, crash, forever
    return ai


left: list[int] = []


@pytest.fixture(scope='module')
def call(ai: Genkit, google: Google) -> Iterator[Any]:
    app = CallableFlows(ai, path_prefix=PREFIX, context_provider=firebase_context(**google.settings))
    script = packages() / 'callables.cjs'
    with WebContract.on_uvicorn(app) as url:
        running = subprocess.Popen(
            ['node', str(script), url, PROJECT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert running.stdin is not None
        assert running.stdout is not None

        def call(name: str, data: Any = None, **options: Any) -> Any:
            running.stdin.write(json.dumps({'name': name, 'data': data, **options}) + '\n')  # pyright: ignore[reportOptionalMemberAccess]
            running.stdin.flush()  # pyright: ignore[reportOptionalMemberAccess]
            return json.loads(running.stdout.readline())  # pyright: ignore[reportOptionalMemberAccess]

        yield call
        running.stdin.close()
        running.wait(10)
        running.stdout.close()


class TestWithFirebasesClient:
    """The client of npm, with the tokens that its other parts would bring."""

    def test_it_is_answered_with_the_tokens_that_it_sends(self, call: Any, google: Google) -> None:
        assert call('whoami', 'x') == {'data': {'given': 'x', 'uid': None, 'app': None}}
        given = {'auth': google.id_token(), 'app': google.app_token()}
        assert call('whoami', None, given=given) == {
            'data': {'given': None, 'uid': 'ada', 'app': '1:1234567890:web:abc'}
        }

    def test_a_token_that_is_not_accepted_is_an_error_of_the_client(self, call: Any, google: Google) -> None:
        error = call('whoami', 'x', given={'auth': google.id_token(exp=1)})['error']
        assert error['code'] == 'functions/unauthenticated'
        assert error['message'].startswith('The ID token has expired.')

    def test_any_value_comes_back(self, call: Any) -> None:
        value = {'text': 'Grüße, 世界 \U0001f35c\u2028"', 'list': [1, 2.5, None, True], 'deep': {'a': [{}]}}
        assert call('echo', value) == {'data': value}
        large = {'@type': INT64, 'value': str(1 << 60)}
        (back,) = call('echo', [large])['data']
        assert float(back) == float(1 << 60)  # JavaScript writes the nearest that is short

    def test_a_stream_comes_piece_by_piece(self, call: Any) -> None:
        outcome = call('count', 3, stream=True)
        assert [chunk['number'] for chunk in outcome['chunks']] == [0, 1, 2]
        assert [chunk['large'] for chunk in outcome['chunks']] == [1 << 53, 1 << 53, (1 << 53) + 2]
        assert outcome['data'] == 1 << 53

    @pytest.mark.parametrize('stream', [False, True])
    def test_errors_have_their_codes_and_details(self, stream: bool, call: Any) -> None:
        for status in ('INVALID_ARGUMENT', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'DATA_LOSS', 'UNAVAILABLE'):
            error = call('fail', status, stream=stream)['error']
            assert error['code'] == f'functions/{status.lower().replace("_", "-")}'
            assert error['message'].startswith(f'The flow says {status}.')
            assert error['details']['dish'] == 'soup'
            assert float(error['details']['large']) == float(1 << 60)
        error = call('crash', 1, stream=stream)['error']
        assert error['code'] == 'functions/internal'
        assert 'secret' not in json.dumps(error)

    def test_a_function_that_is_not_there_is_said(self, call: Any) -> None:
        error = call('cout', 1)['error']
        assert error['code'] == 'functions/not-found'
        assert "Did you mean '/demo-test/us-central1/count'" in error['message']

    def test_a_stream_that_is_left_ends_its_flow(self, call: Any) -> None:
        left.clear()
        assert call('forever', 1, stream=True, leave=True)['chunks'] == ['before']
        for _ in range(50):
            if left:
                break
            call('echo', 1)
        assert left == [1]


@pytest.fixture(scope='module')
def url(ai: Genkit) -> Iterator[str]:
    with WebContract.on_uvicorn(CallableFlows(ai, ['echo', 'count', 'fail'])) as running:
        yield running


def post(url: str, content: Any, **headers: str) -> httpx.Response:
    given = {'content-type': 'application/json', **{name.replace('_', '-'): value for name, value in headers.items()}}
    body = content if isinstance(content, bytes | str) else json.dumps(content)
    return httpx.post(url, content=body, headers=given)


@pytest.mark.parametrize(
    ('given', 'back'),
    [
        ({'@type': INT64, 'value': '12'}, 12),
        ({'@type': INT64, 'value': str(-(1 << 63))}, {'@type': INT64, 'value': str(-(1 << 63))}),
        ({'@type': UINT64, 'value': str((1 << 64) - 1)}, {'@type': UINT64, 'value': str((1 << 64) - 1)}),
        ({'@type': INT64, 'value': 7}, 7),
        ([{'a': {'@type': INT64, 'value': '-1'}}], [{'a': -1}]),
        ({'@type': 'Person', 'name': 'Ada'}, {'@type': 'Person', 'name': 'Ada'}),
        ((1 << 53) - 1, (1 << 53) - 1),
        (1 << 53, {'@type': INT64, 'value': str(1 << 53)}),
        (0.1234567890123456789, 0.1234567890123456789),
        ('1234567890123456789', '1234567890123456789'),
        (1 << 70, 1 << 70),
    ],
)
def test_numbers_of_64_bits_are_written_with_their_type(given: Any, back: Any, url: str) -> None:
    assert post(f'{url}/echo', {'data': given}).json() == {'result': back}


@pytest.mark.parametrize('value', ['', 'x', '1.5', '9' * 30, str(1 << 63), None, True, 1.5, [1]])
def test_a_number_that_is_none_is_refused(value: Any, url: str) -> None:
    answer = post(f'{url}/echo', {'data': {'@type': INT64, 'value': value}})
    assert (answer.status_code, answer.json()['error']['status']) == (400, 'INVALID_ARGUMENT')


@pytest.mark.parametrize(
    'body', ['', 'null', '[]', '{}', '{"data":', '{"data":1,"more":2}', '{"input":1}', b'\xff', '[' * 100_000]
)
def test_a_body_that_is_no_call_is_refused(body: Any, url: str) -> None:
    answer = post(f'{url}/echo', body)
    assert (answer.status_code, answer.json()['error']['status']) == (400, 'INVALID_ARGUMENT')
    assert answer.json().keys() == {'error'}


def test_what_is_not_listed_is_not_served(url: str) -> None:
    for name in ('whoami', 'echo/', 'ECHO', '', 'echo%2F'):
        answer = post(f'{url}/{name}', {'data': 1})
        assert (answer.status_code, answer.json()['error']['status']) == (404, 'NOT_FOUND'), name
        assert 'whoami' not in answer.json()['error']['message'].replace(f'/{name}', '')


def test_another_token_is_passed_over(url: str) -> None:
    assert post(f'{url}/echo', {'data': 1}, firebase_instance_id_token='x').json() == {'result': 1}


def test_pages_of_other_origins_may_call_where_that_is_said(ai: Genkit) -> None:
    asking = {'origin': PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x'}
    with WebContract.on_uvicorn(CallableFlows(ai, cross_site=[PAGE])) as url:
        for page, code in ((PAGE, 204), ('https://evil.example', 403), ('null', 403)):
            answer = httpx.options(f'{url}/echo', headers={**asking, 'origin': page})
            assert answer.status_code == code
            assert answer.headers.get('access-control-allow-origin') == (PAGE if code == 204 else None)
            assert answer.headers['vary'] == 'Origin'
        allowed = httpx.options(f'{url}/echo', headers=asking).headers['access-control-allow-headers'].lower()
        assert {'authorization', 'content-type', 'x-firebase-appcheck', 'firebase-instance-id-token'} <= {
            name.strip() for name in allowed.split(',')
        }
        called = post(f'{url}/echo', {'data': 1}, origin=PAGE, sec_fetch_site='cross-site')
        assert (called.json(), called.headers['access-control-allow-origin']) == ({'result': 1}, PAGE)
        failed = post(f'{url}/fail', {'data': 'ABORTED'}, origin=PAGE)
        assert (failed.status_code, failed.headers['access-control-allow-origin']) == (409, PAGE)
        assert post(f'{url}/echo', {'data': 1}, origin='https://evil.example').status_code == 403


def test_pages_of_any_origin_may_call_where_that_is_said(ai: Genkit) -> None:
    with WebContract.on_uvicorn(CallableFlows(ai, cross_site='allow')) as url:
        assert httpx.options(f'{url}/echo', headers={'origin': PAGE}).headers['access-control-allow-origin'] == '*'
        assert post(f'{url}/echo', {'data': 1}, origin=PAGE).headers['access-control-allow-origin'] == '*'
        answer = httpx.post(f'{url}/echo', content='{"data":1}', headers={'content-type': 'text/plain'})
        assert (answer.status_code, answer.json()['error']['status']) == (400, 'INVALID_ARGUMENT')


def test_pages_of_other_origins_may_not_call_otherwise(url: str) -> None:
    assert httpx.options(f'{url}/echo', headers={'origin': PAGE}).status_code == 403
    answer = post(f'{url}/echo', {'data': 1}, origin=PAGE)
    assert answer.status_code == 403
    assert 'access-control-allow-origin' not in answer.headers


def test_one_flow_is_served_at_any_path(ai: Genkit) -> None:
    @ai.flow()
    async def alone(name: str) -> str:
        return f'Hello, {name}!'

    with WebContract.on_uvicorn(on_call_genkit(alone)) as url:
        for path in ('', '/', '/alone', '/a/b'):
            assert post(f'{url}{path}', {'data': 'Ada'}).json() == {'result': 'Hello, Ada!'}


def test_a_body_that_does_not_arrive_is_given_up(ai: Genkit) -> None:
    def slow() -> Iterator[bytes]:
        import time

        yield b'{"data":'
        time.sleep(0.5)
        yield b'1}'

    with WebContract.on_uvicorn(CallableFlows(ai, body_timeout=0.1)) as url:
        answer = httpx.post(f'{url}/echo', content=slow(), headers={'content-type': 'application/json'})
    assert (answer.status_code, answer.json()['error']['status']) == (408, 'DEADLINE_EXCEEDED')


def test_options_that_make_no_sense_are_refused(ai: Genkit) -> None:
    for make in (
        lambda: CallableFlows(ai, cors=True),  # pyright: ignore[reportCallIssue]
        lambda: CallableFlows(ai, cross_site='sometimes'),
        lambda: CallableFlows(ai, ['nobody']),
        lambda: on_call_genkit('echo'),
        lambda: on_call_genkit(ai.flow, contextprovider=None),  # pyright: ignore[reportCallIssue]
    ):
        with pytest.raises(GenkitError) as raised:
            make()
        assert raised.value.status in {'INVALID_ARGUMENT', 'NOT_FOUND'}
