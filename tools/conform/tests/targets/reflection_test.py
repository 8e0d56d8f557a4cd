# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The reflection protocol, against runtimes that answer well, badly and not at all."""

import asyncio
import threading

import pytest
from conform.model.errors import RunError, StartError, UsageError
from conform.model.suite import Case
from conform.targets.reflection import Patience, connected
from genkit.testing import CannedAnswer, LoopbackServer


HASTE = Patience(runtime=0.3, models=0.3)


class Runtime:
    """A runtime that gives one answer to every run."""

    def __init__(self, run, actions=('/model/a/b',)):
        self.run = run
        self.actions = actions

    def __call__(self, request):
        match request.path.partition('?')[0]:
            case '/api/__health':
                return CannedAnswer.of_json({'status': 'OK'})
            case '/api/actions':
                return CannedAnswer.of_json({key: {} for key in self.actions})
            case _:
                return self.run


async def ask(run, *, stream=False):
    traces = []
    with LoopbackServer(Runtime(run)) as server:
        async with connected(server.url, HASTE) as target:
            await target.prepare({'/model/a/b'})
            answer = await target.run(Case('a/b', 't', {'messages': []}, stream=stream), traces.append)
    return answer, traces, server.requests[-1]


async def test_a_run_is_posted_and_its_result_read():
    headers = {'x-genkit-trace-id': 't1'}
    answer, traces, request = await ask(CannedAnswer.of_json({'result': {'x': 1}, 'telemetry': {}}, headers=headers))
    assert (answer.response, list(answer.chunks), traces) == ({'x': 1}, [], ['t1'])
    assert (request.method, request.path) == ('POST', '/api/runAction')
    assert request.json == {'key': '/model/a/b', 'input': {'messages': []}}


async def test_a_stream_is_read_line_by_line_and_a_line_ends_with_a_line_feed_only():
    body = '{"n": "a\u2028b\x85c"}\n{"n": 2}\n{"result": {"x": "d\u2028"}}'.encode()
    pieces = [body[place : place + 1] for place in range(len(body))]
    answer, _, request = await ask(CannedAnswer(pieces), stream=True)
    assert answer.chunks == [{'n': 'a\u2028b\x85c'}, {'n': 2}]
    assert answer.response == {'x': 'd\u2028'}
    assert request.path == '/api/runAction?stream=true'


async def test_proxies_of_the_environment_are_not_asked(monkeypatch):
    monkeypatch.setenv('HTTP_PROXY', 'http://127.0.0.1:9')
    monkeypatch.setenv('ALL_PROXY', 'http://127.0.0.1:9')
    answer, _, _ = await ask(CannedAnswer.of_json({'result': 1}))
    assert answer.response == 1


@pytest.mark.parametrize(
    ('run', 'message'),
    [
        (CannedAnswer.of_json({'error': {'code': 13, 'message': 'boom', 'details': {'stack': 's'}}}), 'boom'),
        (CannedAnswer.of_json({'error': 'too large'}, status=413), 'HTTP status 413: too large'),
        (CannedAnswer.of_json({'error': 'none'}, status=404), "Action '/model/a/b' not found."),
        (CannedAnswer.of_json({'telemetry': {}}), "{'telemetry': {}}"),
        (CannedAnswer.of_json([1]), '[1]'),
        (CannedAnswer(b'<html>', 502), "The runtime answered 502 with b'<html>', expected JSON: "),
        (CannedAnswer(b'{"result": 1}', cut_at=5), 'The runtime did not answer: RemoteProtocolError('),
    ],
)
async def test_whatever_is_no_answer_is_told(run, message):
    with pytest.raises(RunError) as caught:
        await ask(run)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize('body', [b'{"n": 1}\n', b'{"n": 1}\n{"error": {"message": "boom"}}', b'x\n{"result": 1}'])
async def test_a_stream_without_a_good_end_is_an_error(body):
    with pytest.raises(RunError):
        await ask(CannedAnswer(body), stream=True)


async def test_models_that_are_never_listed_are_asked_anyway_and_the_nearest_is_suggested():
    with LoopbackServer(Runtime(CannedAnswer.of_json({'error': 'none'}, status=404))) as server:
        async with connected(server.url, HASTE) as target:
            await target.prepare({'/model/a/bb'})
            with pytest.raises(RunError, match=r"'/model/a/bb' not found\. Did you mean '/model/a/b'\?"):
                await target.run(Case('a/bb', 't'), lambda trace: None)


async def test_models_that_are_listed_later_are_waited_for():
    runtime = Runtime(CannedAnswer(), actions=())
    with LoopbackServer(runtime) as server:
        async with connected(server.url, Patience(models=10)) as target:

            def answer(request):
                runtime.actions = ('/model/a/b',)
                return Runtime.__call__(runtime, request)

            await target.prepare(set())
            server._answer = lambda request: answer(request) if len(server.requests) > 3 else runtime(request)
            await target.prepare({'/model/a/b'})
    assert [request.path for request in server.requests].count('/api/actions') == 3


@pytest.mark.parametrize('answer', [CannedAnswer(status=503), CannedAnswer(b'{"status": "OK"}', cut_at=5)])
async def test_a_runtime_that_is_not_well_is_given_up(answer):
    wanted = pytest.raises(StartError, match=r'No runtime answers at .* within 0\.3 s: ')
    with LoopbackServer(lambda request: answer) as server, wanted:
        async with connected(server.url, HASTE):
            pass


async def test_a_run_that_is_given_up_is_cancelled_there_too():
    ended = threading.Event()

    def pieces():
        yield b'{"n": 1}\n'
        ended.wait(10)
        yield b'{}'

    def answer(request):
        if request.path == '/api/cancelAction':
            ended.set()
            return CannedAnswer.of_json({'message': 'Action cancelled'})
        return Runtime(CannedAnswer(pieces(), headers={'x-genkit-trace-id': 't1'}))(request)

    with LoopbackServer(answer) as server:
        async with connected(server.url, HASTE) as target:
            begun = asyncio.Event()
            run = asyncio.create_task(target.run(Case('a/b', 't', stream=True), lambda trace: begun.set()))
            await begun.wait()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
    assert ended.is_set()
    assert server.requests[-1].json == {'traceId': 't1'}


async def test_an_address_has_a_scheme():
    with pytest.raises(UsageError, match=r"'localhost:3100' is no address, such as http://localhost:3100\."):
        async with connected('localhost:3100', HASTE):
            pass
