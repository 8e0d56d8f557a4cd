# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Each endpoint of the developer tools' protocol over HTTP, with the bytes that go over the wire."""

import json
import logging
import re
import socket
from typing import Any

import httpx
import pytest
from genkit import GENKIT_VERSION, Action, ActionKind, ActionRunContext, Genkit, Plugin, model_ref
from genkit.middleware import BaseMiddleware
from genkit.plugin import model_action_metadata
from genkit.testing import define_echo_model


TRACE_ID = re.compile('[0-9a-f]{32}')
SPAN_ID = re.compile('[0-9a-f]{16}')


def exchange(port: int, request: bytes) -> tuple[bytes, bytes]:
    """Return head and body of the raw answer to a request that asks for the connection to be closed."""
    with socket.create_connection(('127.0.0.1', port), timeout=10) as connection:
        connection.sendall(request)
        received = b''.join(iter(lambda: connection.recv(65536), b''))
    head, _, body = received.partition(b'\r\n\r\n')
    return head, body


def post(path: str, body: bytes) -> bytes:
    head = f'POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n'
    return head.encode() + body


def chunks_of(body: bytes) -> bytes:
    """Return the bytes of a chunked body; it has to end as one does."""
    pieces: list[bytes] = []
    while body:
        size, _, rest = body.partition(b'\r\n')
        length = int(size, 16)
        pieces.append(rest[:length])
        assert rest[length : length + 2] == b'\r\n'
        body = rest[length + 2 :]
    assert pieces[-1] == b''
    return b''.join(pieces)


def ids_of(answer: httpx.Response) -> tuple[str, str]:
    trace_id, span_id = answer.headers['x-genkit-trace-id'], answer.headers['x-genkit-span-id']
    assert TRACE_ID.fullmatch(trace_id)
    assert SPAN_ID.fullmatch(span_id)
    return trace_id, span_id


class TestHealth:
    def test_is_answered(self, served):
        answer = served.client.get('/api/__health')
        assert (answer.status_code, answer.json()) == (200, {'status': 'OK'})
        assert answer.headers['content-type'] == 'application/json'
        assert answer.headers['x-genkit-version'] == GENKIT_VERSION

    def test_is_answered_to_who_asks_for_this_runtime(self, served):
        assert served.client.get('/api/__health', params={'id': served.announced['id']}).status_code == 200

    def test_is_refused_to_who_asks_for_another_one(self, served):
        answer = served.client.get('/api/__health', params={'id': '1-2'})
        assert answer.status_code == 503
        assert answer.json() == {'error': f"This is runtime '{served.announced['id']}', not '1-2'."}

    def test_is_answered_while_a_flow_blocks_the_loop_of_actions(self, served, kitchen, soon):
        running: list[str] = []

        @kitchen.ai.flow()
        async def block(_: str) -> str:
            running.append('block')
            kitchen.gate.wait(10)
            return 'done'

        with served.client.stream('POST', '/api/runAction', json={'key': '/flow/block', 'input': ''}) as answer:
            soon(lambda: running)
            assert served.client.get('/api/__health').status_code == 200
            kitchen.gate.set()
            assert json.loads(answer.read())['result'] == 'done'


class TestEnvironments:
    def test_are_development_alone(self, served):
        assert served.client.get('/api/envs').json() == ['dev']


class TestListing:
    def test_describes_actions_by_key_without_null_members(self, served):
        listed = served.client.get('/api/actions').json()
        assert listed['/flow/cook'] == {
            'key': '/flow/cook',
            'actionType': 'flow',
            'name': 'cook',
            'description': 'Cook something.',
            'inputSchema': {'type': 'string'},
            'outputSchema': {'type': 'object', 'additionalProperties': True},
        }
        assert listed['/util/generate']['name'] == 'generate'
        assert all(None not in metadata.values() for metadata in listed.values())

    def test_includes_what_came_later(self, served, kitchen):
        assert '/flow/late' not in served.client.get('/api/actions').json()

        @kitchen.ai.flow()
        async def late() -> None:
            return None

        assert served.client.get('/api/actions').json()['/flow/late']['name'] == 'late'

    def test_includes_what_providers_have_and_plugins_advertise(self, kitchen, serve_tools):
        class Vendor(Plugin):
            name = 'vendor'

            async def resolve(self, kind, name):
                return None

            async def list_actions(self):
                return [model_action_metadata('large')]

        class Down(Plugin):
            name = 'down'

            async def resolve(self, kind, name):
                return None

            async def list_actions(self):
                raise ConnectionError('no network')

        async def fetch() -> Any:
            return {'tool': [Action(ActionKind.TOOL, 'saw', lambda: 'ran', description='Saws.')]}

        ai = Genkit(plugins=[Vendor(), Down()])
        ai.define_dynamic_action_provider('shed', fetch)
        served = serve_tools(ai)
        listed = served.client.get('/api/actions').json()
        assert listed['/model/vendor/large']['actionType'] == 'model'
        provided = listed['/dynamic-action-provider/shed:tool/saw']
        assert (provided['name'], provided['description']) == ('saw', 'Saws.')
        assert served.run('/dynamic-action-provider/shed:tool/saw').json()['result'] == 'ran'


class TestValues:
    def test_of_middleware_are_described_by_name(self, served, kitchen):
        class Ours(BaseMiddleware):
            name = 'ours'

        kitchen.ai.define_middleware(Ours)
        values = served.client.get('/api/values', params={'type': 'middleware'}).json()
        assert values['ours']['name'] == 'ours'
        assert {'retry', 'fallback', 'cache'} <= set(values)
        assert set(values['retry']) >= {'name', 'description', 'configSchema'}

    @pytest.mark.parametrize(
        ('model', 'shown'),
        [
            ('echo', 'echo'),
            (model_ref('echo'), {'name': 'echo'}),
            (
                model_ref('echo', config={'topK': 3, 'apiKey': 'sk-1'}, version='2'),
                {'name': 'echo', 'config': {'topK': 3, 'apiKey': '<redacted>'}, 'version': '2'},
            ),
        ],
    )
    def test_of_the_default_model_are_a_map(self, serve_tools, project, model, shown):
        served = serve_tools(Genkit(model=model))
        values = served.client.get('/api/values', params={'type': 'defaultModel'}).json()
        assert values == {'defaultModel': shown}

    def test_of_the_default_model_are_empty_without_one(self, served):
        assert served.client.get('/api/values', params={'type': 'defaultModel'}).json() == {}

    def test_need_a_type(self, served):
        answer = served.client.get('/api/values')
        assert (answer.status_code, answer.json()) == (
            400,
            {
                'error': 'Say which values: /api/values?type=middleware.',
                'code': 3,
                'message': 'Say which values: /api/values?type=middleware.',
            },
        )

    def test_of_another_type_are_refused(self, served):
        answer = served.client.get('/api/values', params={'type': 'middlewares'})
        assert answer.status_code == 400
        assert answer.json()['error'].startswith("Values of type 'middlewares' are not listed. Did you mean 'middlew")


class TestRunning:
    def test_answers_the_result_and_the_trace(self, served):
        answer = served.run('/flow/cook', 'soup')
        trace_id, span_id = ids_of(answer)
        assert answer.status_code == 200
        assert answer.headers['content-type'] == 'application/json'
        assert answer.headers['x-genkit-version'] == GENKIT_VERSION
        assert answer.headers['transfer-encoding'] == 'chunked'
        assert answer.json() == {
            'result': {'dish': 'soup', 'note': 'line\nbreak', 'nothing': None},
            'telemetry': {'traceId': trace_id, 'spanId': span_id},
        }

    def test_sends_exactly_these_bytes(self, served):
        head, body = exchange(served.port, post('/api/runAction', b'{"key":"/flow/stream","input":2}'))
        assert head.startswith(b'HTTP/1.1 200 OK\r\n')
        trace_id, span_id = (
            re.search(name + rb': ([0-9a-f]+)\r\n', head)[1].decode()  # pyright: ignore[reportOptionalSubscript]
            for name in (b'x-genkit-trace-id', b'x-genkit-span-id')
        )
        assert chunks_of(body).decode() == (
            f'{{"result":"2 chunks","telemetry":{{"traceId":"{trace_id}","spanId":"{span_id}"}}}}'
        )

    def test_answers_an_error_for_what_is_no_json(self, served, kitchen):
        @kitchen.ai.flow()
        async def odd(chunk: bool, context: ActionRunContext) -> object:
            if chunk:
                context.send_chunk(object())
            return object()

        error = served.run('/flow/odd', False).json()['error']
        assert error['message'].startswith('The result of /flow/odd cannot be written as JSON.')
        body = {'key': '/flow/odd', 'input': True}
        answer = served.client.post('/api/runAction', params={'stream': 'true'}, json=body)
        assert 'A chunk of /flow/odd cannot be written as JSON.' in answer.text

    def test_exposes_the_ids_to_pages_of_this_machine(self, served):
        answer = served.client.get('/api/envs', headers={'origin': 'http://localhost:4000'})
        assert answer.headers['access-control-allow-origin'] == 'http://localhost:4000'
        assert answer.headers['vary'] == 'origin'
        assert answer.headers['access-control-expose-headers'] == (
            'X-Genkit-Trace-Id, X-Genkit-Span-Id, x-genkit-version'
        )

    def test_belongs_to_the_trace_that_the_request_names(self, served):
        trace_id = 'ab' * 16
        headers = {'traceparent': f'00-{trace_id}-{"cd" * 8}-01'}
        body = {'key': '/flow/cook', 'input': 'soup'}
        assert ids_of(served.client.post('/api/runAction', json=body, headers=headers))[0] == trace_id
        assert ids_of(served.client.post('/api/runAction', json=body, headers={'traceparent': 'x'}))[0] != trace_id

    def test_tells_the_trace_before_the_action_ends(self, served, kitchen):
        with served.client.stream('POST', '/api/runAction', json={'key': '/flow/wait', 'input': 0}) as answer:
            trace_id, _ = ids_of(answer)  # the flow still waits
            kitchen.gate.set()
            assert json.loads(answer.read())['telemetry']['traceId'] == trace_id

    def test_hands_on_context_and_labels(self, served, spans):
        answer = served.run('/flow/whoami', '', context={'user': 'Ada'}, telemetryLabels={'origin': 'test'})
        assert answer.json()['result'] == {'user': 'Ada'}
        assert spans.attributes('whoami')['origin'] == 'test'

    def test_without_a_trace_if_so_asked_answers_as_ever(self, served):
        answer = served.run('/flow/cook', 'soup', telemetryLabels={'genkitx:ignore-trace': 'true'})
        assert answer.json()['result']['dish'] == 'soup'
        assert 'x-genkit-trace-id' not in answer.headers

    def test_of_the_generate_utility_asks_a_model(self, serve_tools, project):
        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')
        request = {'model': 'echo', 'messages': [{'role': 'user', 'content': [{'text': 'Soup?'}]}]}
        answer = serve_tools(ai).run('/util/generate', request).json()
        assert answer['result']['message']['content'] == [{'text': '[ECHO] user: Soup?'}]

    def test_of_an_action_that_fails_is_an_error_with_status_200(self, served):
        answer = served.run('/flow/fail', 'no salt')
        trace_id, _ = ids_of(answer)
        assert answer.status_code == 200
        error = answer.json()['error']
        assert set(answer.json()) == {'error'}
        assert error['code'] == 13
        assert error['message'] == "Error while running action fail: ValueError('no salt')"
        assert error['details']['traceId'] == trace_id
        assert 'ValueError: no salt' in error['details']['stack']

    def test_of_a_wrong_input_is_an_error_that_names_the_action(self, served):
        error = served.run('/flow/cook', 3).json()['error']
        assert error['code'] == 3
        assert '/flow/cook' in error['message']
        assert error['details']['reason'] == 'INVALID_INPUT'

    def test_with_a_context_that_is_no_object_is_an_error(self, served):
        error = served.run('/flow/cook', 'soup', context=[1]).json()['error']
        assert (error['code'], error['message']) == (3, 'The context is [1]; it must be a JSON object.')

    def test_of_an_action_that_leaves_the_program_is_an_error_and_nothing_more(self, served):
        left = served.run('/flow/leave', 3).json()['error']['message']
        assert left == 'Error while running action leave: SystemExit(3)'
        assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup'

    def test_of_an_unknown_action_is_not_found(self, served):
        answer = served.run('/flow/none')
        said = "Action '/flow/none' not found."
        assert answer.status_code == 404
        assert answer.json() == {'error': said, 'code': 5, 'message': said}
        assert "Did you mean 'cook'?" in served.run('/flow/cok').json()['message']

    @pytest.mark.parametrize(
        ('key', 'complaint'),
        [
            ('hello', "Action key 'hello' is not of the form /<kind>/<name>, such as /flow/hello."),
            ('', "Action key '' is not of the form"),
            ('/flow', "Action key '/flow' is not of the form"),
            ('/flows/hello', "Action key '/flows/hello' names the unknown kind 'flows'. Did you mean 'flow'?"),
        ],
    )
    def test_of_a_malformed_key_is_refused(self, served, key, complaint):
        answer = served.run(key)
        assert answer.status_code == 400
        assert answer.json()['error'].startswith(complaint)

    def test_happens_in_a_loop_of_the_runtime_while_the_application_has_none(self, served, kitchen):
        served.run('/flow/cook', 'soup')
        assert kitchen.threads == ['genkit-actions']


class TestStreaming:
    def test_sends_a_line_for_each_chunk_and_no_line_break_at_the_end(self, served):
        body = b'{"key":"/flow/stream","input":2}'
        head, raw = exchange(served.port, post('/api/runAction?stream=true', body))
        assert b'\r\ncontent-type: text/plain\r\n' in head
        first, second, last = chunks_of(raw).decode().split('\n')
        assert (first, second) == ('{"number":0,"text":"0\\n"}', '{"number":1,"text":"1\\n"}')
        assert json.loads(last)['result'] == '2 chunks'
        assert set(json.loads(last)['telemetry']) == {'traceId', 'spanId'}

    def test_is_asked_for_by_the_accept_header_as_well(self, served):
        answer = served.client.post(
            '/api/runAction', json={'key': '/flow/stream', 'input': 1}, headers={'accept': 'text/event-stream'}
        )
        assert answer.text.count('\n') == 1

    def test_sends_chunks_while_the_action_runs(self, served, kitchen):
        parameters = {'params': {'stream': 'true'}, 'json': {'key': '/flow/wait', 'input': 2}}
        with served.client.stream('POST', '/api/runAction', **parameters) as answer:
            lines = answer.iter_lines()
            assert [next(lines), next(lines)] == ['0', '1']  # the flow still waits
            kitchen.gate.set()
            assert json.loads(next(lines))['result'] == 'waited'

    def test_ends_with_the_error_of_an_action_that_fails(self, served):
        answer = served.client.post(
            '/api/runAction', params={'stream': 'true'}, json={'key': '/flow/fail', 'input': 'no salt'}
        )
        assert answer.status_code == 200
        assert '\n' not in answer.text
        assert answer.json()['error']['code'] == 13

    def test_goes_on_when_nobody_reads_any_more(self, served, kitchen, soon):
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(post('/api/runAction?stream=true', b'{"key":"/flow/wait","input":1}'))
            assert connection.recv(12) == b'HTTP/1.1 200'
        kitchen.gate.set()
        assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup'


class TestCancelling:
    def test_ends_the_stream_with_the_code_1(self, served, kitchen):
        parameters = {'params': {'stream': 'true'}, 'json': {'key': '/flow/forever', 'input': 1}}
        with served.client.stream('POST', '/api/runAction', **parameters) as answer:
            lines = answer.iter_lines()
            assert next(lines) == '0'
            trace_id, _ = ids_of(answer)
            cancelled = served.client.post('/api/cancelAction', json={'traceId': trace_id})
            assert (cancelled.status_code, cancelled.json()) == (200, {'message': 'Action cancelled'})
            assert json.loads(next(lines)) == {
                'error': {'code': 1, 'message': 'Action was cancelled', 'details': {'traceId': trace_id}}
            }
        assert kitchen.stopped.get(timeout=10) == 'forever'

    def test_ends_a_run_that_does_not_stream_likewise(self, served):
        with served.client.stream('POST', '/api/runAction', json={'key': '/flow/forever', 'input': 0}) as answer:
            served.client.post('/api/cancelAction', json={'traceId': ids_of(answer)[0]})
            assert json.loads(answer.read())['error']['code'] == 1

    def test_of_a_run_that_has_ended_is_not_found(self, served):
        trace_id, _ = ids_of(served.run('/flow/cook', 'soup'))
        for unknown in (trace_id, 'f' * 32):
            answer = served.client.post('/api/cancelAction', json={'traceId': unknown})
            assert answer.status_code == 404
            assert answer.json() == {'message': 'Action not found or already completed'}

    @pytest.mark.parametrize('body', [{}, {'traceId': ''}, {'traceId': None}, {'traceId': 7}])
    def test_needs_a_trace(self, served, body):
        answer = served.client.post('/api/cancelAction', json=body)
        assert answer.status_code == 400
        assert answer.json() == {
            'error': f'traceId is {body.get("traceId")!r}; give the id of a running trace.',
        }


class TestNotifying:
    def test_adopts_a_telemetry_server_that_becomes_known_late(self, served, telemetry):
        assert served.run('/flow/cook', 'soup').status_code == 200
        answer = served.client.post('/api/notify', json={'telemetryServerUrl': telemetry.url})
        assert (answer.status_code, answer.json()) == (200, {})
        trace_id, _ = ids_of(served.run('/flow/cook', 'bread'))
        assert telemetry.span('cook')['attributes']['genkit:input'] == '"bread"'
        assert telemetry.span('cook')['traceId'] == trace_id

    def test_keeps_the_telemetry_server_that_the_environment_names(
        self, kitchen, serve_tools, telemetry, other_telemetry, monkeypatch
    ):
        monkeypatch.setenv('GENKIT_TELEMETRY_SERVER', telemetry.url)
        served = serve_tools(kitchen.ai)
        served.client.post('/api/notify', json={'telemetryServerUrl': other_telemetry.url})
        served.run('/flow/cook', 'soup')
        assert telemetry.span('cook')
        assert other_telemetry.requests == []

    def test_of_a_telemetry_server_that_hangs_keeps_runs_from_nothing(self, served, hanging_telemetry):
        served.client.post('/api/notify', json={'telemetryServerUrl': hanging_telemetry.url})
        assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup'

    @pytest.mark.parametrize('url', ['', None, 7, ['http://127.0.0.1']])
    def test_of_no_server_changes_nothing(self, served, url):
        assert served.client.post('/api/notify', json={'telemetryServerUrl': url}).status_code == 200
        assert served.run('/flow/cook', 'soup').status_code == 200

    def test_warns_of_tools_of_another_time(self, served, caplog):
        caplog.set_level(logging.WARNING, logger='genkit.reflection')
        served.client.post('/api/notify', json={'reflectionApiSpecVersion': 1})
        assert caplog.messages == []
        served.client.post('/api/notify', json={'reflectionApiSpecVersion': 2})
        assert caplog.messages == [
            'The developer tools speak version 2 of their protocol and this SDK speaks 1; update the older one.'
        ]
