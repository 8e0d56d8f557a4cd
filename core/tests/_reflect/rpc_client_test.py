# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The protocol over a WebSocket: the tools listen and ask, a runtime connects and answers."""

import asyncio
import json
import logging
import os
import re
import threading

import pytest
from genkit import GENKIT_VERSION, Genkit, Plugin
from genkit._base import app_loop
from genkit._base.serialize import dump_json
from genkit.types import ReflectionRegisterParams


TRACE_ID = re.compile('[0-9a-f]{32}')
HELLO = {'key': '/flow/cook', 'input': 'soup', 'stream': False, 'streamInput': False}


async def answers(tools) -> bool:
    """Return whether a good call is answered."""
    *_, answer = await tools.run('/flow/cook', 'soup')
    return answer['result']['result']['dish'] == 'soup'


class TestRegistering:
    async def test_comes_first_and_says_who_it_is(self, kitchen, connect_tools, listening):
        connect_tools(kitchen.ai, 'kitchen')
        tools = await listening.connected()
        request = await tools.receive()
        assert request == {
            'jsonrpc': '2.0',
            'id': 'register',
            'method': 'register',
            'params': {
                'id': request['params']['id'],
                'pid': os.getpid(),
                'name': 'kitchen',
                'genkitVersion': f'py/{GENKIT_VERSION}',
                'reflectionApiSpecVersion': 1,
                'envs': ['dev'],
            },
        }
        assert request['params']['id'].startswith(str(os.getpid()))

    @pytest.mark.parametrize('pid', [467, 467.0])
    def test_may_give_whole_numbers_as_floats(self, pid):
        """As some JSON libraries write them."""
        assert dump_json(ReflectionRegisterParams.model_validate({'id': 'x', 'pid': pid})) == '{"id":"x","pid":467}'

    async def test_uses_the_id_that_the_environment_gives(self, kitchen, connect_tools, listening, monkeypatch):
        monkeypatch.setenv('GENKIT_RUNTIME_ID', 'mine')
        connect_tools(kitchen.ai)
        params = (await (await listening.connected()).receive())['params']
        assert params['id'] == 'mine'
        assert 'name' not in params

    async def test_tells_applications_of_one_process_apart(self, kitchen, connect_tools, listening):
        connect_tools(kitchen.ai)
        connect_tools(Genkit())
        ids = [(await (await listening.connected()).receive())['params']['id'] for _ in range(2)]
        assert len(set(ids)) == 2

    async def test_adopts_the_telemetry_server_of_the_answer(self, kitchen, connect_tools, listening, telemetry):
        connect_tools(kitchen.ai)
        tools = await listening.registered(telemetryServerUrl=telemetry.url)
        await tools.run('/flow/cook', 'soup')
        assert (await asyncio.to_thread(telemetry.span, 'cook'))['attributes']['genkit:state'] == 'success'

    async def test_keeps_the_telemetry_server_that_the_environment_names(
        self, kitchen, connect_tools, listening, telemetry, other_telemetry, monkeypatch
    ):
        monkeypatch.setenv('GENKIT_TELEMETRY_SERVER', telemetry.url)
        connect_tools(kitchen.ai)
        tools = await listening.registered(telemetryServerUrl=other_telemetry.url)
        await tools.run('/flow/cook', 'soup')
        assert await asyncio.to_thread(telemetry.span, 'cook')
        assert other_telemetry.requests == []

    async def test_that_is_refused_is_logged_and_answers_all_the_same(self, kitchen, connect_tools, listening, caplog):
        connect_tools(kitchen.ai)
        tools = await listening.connected()
        await tools.receive()
        await tools.send({'jsonrpc': '2.0', 'id': 'register', 'error': {'code': -32000, 'message': 'too old'}})
        assert await answers(tools)
        assert caplog.messages == [
            "The developer tools refused this runtime: {'code': -32000, 'message': 'too old'}",
        ]


class TestAnswering:
    @pytest.mark.parametrize('request_id', ['1', '', 'x' * 100, 7, 0, 7.5, None])
    async def test_repeats_the_id_unchanged(self, tools, request_id):
        answer = await tools.ask('listValues', {'type': 'defaultModel'}, request_id=request_id)
        assert answer == {'jsonrpc': '2.0', 'id': request_id, 'result': {'values': {}}}
        assert type(answer['id']) is type(request_id)

    async def test_lists_actions_by_key_without_null_members(self, tools):
        actions = (await tools.ask('listActions'))['result']['actions']
        assert actions['/flow/cook'] == {
            'key': '/flow/cook',
            'actionType': 'flow',
            'name': 'cook',
            'description': 'Cook something.',
            'inputSchema': {'type': 'string'},
            'outputSchema': {'type': 'object', 'additionalProperties': True},
        }
        assert all(None not in metadata.values() for metadata in actions.values())

    @pytest.mark.parametrize('params', [{}, None, {'anything': 1}, []])
    async def test_lists_actions_whatever_the_parameters(self, tools, params):
        await tools.send({'jsonrpc': '2.0', 'id': '1', 'method': 'listActions', 'params': params})
        assert '/util/generate' in (await tools.receive())['result']['actions']

    async def test_lists_values(self, tools):
        values = (await tools.ask('listValues', {'type': 'middleware'}))['result']['values']
        assert values['retry']['name'] == 'retry'

    async def test_takes_frames_of_bytes(self, tools):
        await tools.send(json.dumps({'jsonrpc': '2.0', 'id': '1', 'method': 'runAction', 'params': HELLO}).encode())
        told = [await tools.receive(), await tools.receive()]
        assert told[-1]['result']['result']['dish'] == 'soup'

    async def test_takes_and_sends_large_frames(self, tools, kitchen):
        @kitchen.ai.flow()
        async def double(text: str) -> str:
            return text + text

        text = 'ä' * 4_000_000
        answer = (await tools.run('/flow/double', text))[-1]
        assert answer['result']['result'] == text + text

    async def test_serves_several_requests_at_once(self, tools, kitchen):
        await tools.send({'id': 'slow', 'method': 'runAction', 'params': {**HELLO, 'key': '/flow/wait', 'input': 0}})
        assert (await tools.receive())['method'] == 'runActionState'
        assert await answers(tools)
        kitchen.gate.set()
        assert (await tools.receive())['id'] == 'slow'

    async def test_of_notifications_sends_nothing(self, tools, kitchen):
        for method in ('listActions', 'nonsense', 'sendInputStreamChunk', 'configure'):
            await tools.send({'jsonrpc': '2.0', 'method': method, 'params': {}})
        assert await answers(tools)

    async def test_passes_over_answers_to_nothing(self, tools):
        for message in ({'id': '99', 'result': {}}, {'id': None, 'error': {'code': -32700, 'message': 'x'}}):
            await tools.send({'jsonrpc': '2.0', **message})
        assert await answers(tools)


class TestRunning:
    async def test_tells_the_trace_and_then_the_result(self, tools):
        state, answer = await tools.run('/flow/cook', 'soup', request_id='17')
        trace_id = state['params']['state']['traceId']
        assert TRACE_ID.fullmatch(trace_id)
        assert state == {
            'jsonrpc': '2.0',
            'method': 'runActionState',
            'params': {'requestId': '17', 'state': {'traceId': trace_id}},
        }
        assert answer == {
            'jsonrpc': '2.0',
            'id': '17',
            'result': {
                'result': {'dish': 'soup', 'note': 'line\nbreak', 'nothing': None},
                'telemetry': {'traceId': trace_id, 'spanId': answer['result']['telemetry']['spanId']},
            },
        }

    async def test_tells_every_chunk_before_the_result(self, tools):
        state, *chunks, answer = await tools.run('/flow/stream', 100, stream=True, request_id='5')
        assert state['method'] == 'runActionState'
        assert [chunk['params'] for chunk in chunks] == [
            {'requestId': '5', 'chunk': {'number': number, 'text': f'{number}\n'}} for number in range(100)
        ]
        assert {chunk['method'] for chunk in chunks} == {'streamChunk'}
        assert answer['result']['result'] == '100 chunks'

    async def test_tells_chunks_while_the_action_runs(self, tools, kitchen):
        await tools.send({'id': '1', 'method': 'runAction', 'params': {**HELLO, 'key': '/flow/wait', 'input': 2}})
        assert (await tools.receive())['method'] == 'runActionState'
        kitchen.gate.set()
        assert (await tools.receive())['result']['result'] == 'waited'  # no chunks: they were not asked for
        kitchen.gate.clear()
        params = {**HELLO, 'key': '/flow/wait', 'input': 2, 'stream': True}
        await tools.send({'id': '2', 'method': 'runAction', 'params': params})
        told = [await tools.receive() for _ in range(3)]
        assert [message['params'].get('chunk') for message in told] == [None, 0, 1]  # the flow still waits
        kitchen.gate.set()
        assert (await tools.receive())['id'] == '2'

    async def test_hands_on_the_context(self, tools):
        params = {**HELLO, 'key': '/flow/whoami', 'context': {'user': 'Ada'}}
        await tools.ask('runAction', params)
        assert (await tools.receive())['result']['result'] == {'user': 'Ada'}

    async def test_takes_numbers_for_ids_of_runs(self, tools):
        state, answer = await tools.run('/flow/cook', 'soup', request_id=3)
        assert (state['params']['requestId'], answer['id']) == (3, 3)

    async def test_of_an_action_that_fails_is_an_error_with_all_the_facts(self, tools):
        state, answer = await tools.run('/flow/fail', 'no salt')
        error = answer['error']
        assert (error['code'], error['message']) == (
            -32000,
            "Error while running action fail: ValueError('no salt')",
        )
        assert (error['data']['code'], error['data']['message']) == (13, error['message'])
        assert error['data']['details']['traceId'] == state['params']['state']['traceId']
        assert 'ValueError: no salt' in error['data']['details']['stack']

    async def test_of_a_wrong_input_is_an_error_without_a_trace(self, tools):
        (answer,) = await tools.run('/flow/cook', 3)
        assert (answer['error']['code'], answer['error']['data']['code']) == (-32000, 3)
        assert isinstance(answer['error']['data']['details'], dict)


class TestTalking:
    async def test_sends_inputs_to_a_run_and_tells_what_comes_of_each(self, tools):
        params = {'key': '/flow/echo', 'init': 'n', 'stream': True, 'streamInput': True}
        await tools.send({'id': '9', 'method': 'runAction', 'params': params})
        for number in (1, 2):
            await tools.send({'method': 'sendInputStreamChunk', 'params': {'requestId': '9', 'chunk': number}})
        told = [await tools.receive() for _ in range(3)]
        assert [note['params']['chunk'] for note in told[1:]] == ['n1', 'n2']
        await tools.send({'method': 'endInputStream', 'params': {'requestId': '9'}})
        assert (await tools.receive())['result']['result'] == 'total 3'

    async def test_of_an_input_that_does_not_fit_ends_the_run_with_an_error(self, tools):
        params = {'key': '/flow/echo', 'stream': False, 'streamInput': True}
        await tools.send({'id': '9', 'method': 'runAction', 'params': params})
        assert (await tools.receive())['method'] == 'runActionState'
        await tools.send({'method': 'sendInputStreamChunk', 'params': {'requestId': '9', 'chunk': 'seven'}})
        answer = await tools.receive()
        assert answer['error']['data']['code'] == 3
        assert 'seven' in answer['error']['message']

    async def test_to_a_run_that_is_over_is_an_error(self, tools):
        answer = await tools.ask('sendInputStreamChunk', {'requestId': '404', 'chunk': 1})
        assert answer['error']['code'] == -32602

    async def test_without_a_stream_of_inputs_the_request_holds_the_only_one(self, tools):
        *_, answer = await tools.run('/flow/echo', 5)
        assert answer['result']['result'] == 'total 5'


class TestCancelling:
    async def test_ends_the_run_with_the_code_1(self, tools, kitchen):
        params = {**HELLO, 'key': '/flow/forever', 'input': 1, 'stream': True}
        await tools.send({'id': 'run', 'method': 'runAction', 'params': params})
        trace_id = (await tools.receive())['params']['state']['traceId']
        assert (await tools.receive())['params']['chunk'] == 0
        await tools.send({'id': 'stop', 'method': 'cancelAction', 'params': {'traceId': trace_id}})
        told = {message['id']: message for message in [await tools.receive(), await tools.receive()]}
        assert told['stop']['result'] == {'message': 'Action cancelled'}
        assert told['run']['error'] == {
            'code': -32000,
            'message': 'Action was cancelled',
            'data': {'code': 1, 'message': 'Action was cancelled', 'details': {'traceId': trace_id}},
        }
        assert kitchen.stopped.get(timeout=10) == 'forever'

    async def test_of_an_unknown_trace_is_an_error(self, tools):
        answer = await tools.ask('cancelAction', {'traceId': 'f' * 32})
        assert answer['error'] == {'code': -32602, 'message': 'Action not found or already completed'}


class TestConfiguring:
    async def test_adopts_a_telemetry_server(self, tools, telemetry):
        await tools.send({'method': 'configure', 'params': {'telemetryServerUrl': telemetry.url}})
        await tools.run('/flow/cook', 'soup')
        assert await asyncio.to_thread(telemetry.span, 'cook')


class TestErrors:
    @pytest.mark.parametrize('frame', ['', '{', 'nonsense', b'\xff\xfe', b'', '[' * 10_000, '"\\ud800"'])
    async def test_of_frames_that_are_no_json(self, tools, frame):
        await tools.send(frame)
        answer = await tools.receive()
        assert (answer['id'], answer['error']['code']) == (None, -32700)
        assert await answers(tools)

    @pytest.mark.parametrize(
        'value', [[], {}, 7, None, 'x', {'jsonrpc': '2.0'}, {'id': 1}, [{'method': 'listActions'}]]
    )
    async def test_of_json_that_is_no_request(self, tools, value):
        await tools.send(json.dumps(value))
        answer = await tools.receive()
        assert (answer['id'], answer['error']['code']) == (None, -32600)
        assert await answers(tools)

    @pytest.mark.parametrize('method', ['nonsense', 'ListActions', '', None, 7, {}])
    async def test_of_methods_that_are_unknown(self, tools, method):
        answer = await tools.ask(method)
        assert answer['error'] == {'code': -32601, 'message': f'Method not found: {method!r}.'}

    @pytest.mark.parametrize(
        ('method', 'params', 'complaint'),
        [
            ('runAction', None, 'key'),
            ('runAction', {'key': 7}, 'key'),
            ('runAction', [], 'The parameters are wrong'),
            ('runAction', {'key': '/flow/none'}, "Action '/flow/none' not found."),
            ('runAction', {'key': 'none'}, "Action key 'none' is not of the form"),
            ('listValues', {}, 'type'),
            ('listValues', {'type': 'flows'}, "Values of type 'flows' are not listed."),
            ('cancelAction', {'traceId': None}, 'traceId'),
            ('configure', {'telemetryServerUrl': 7}, 'telemetryServerUrl'),
        ],
    )
    async def test_of_parameters_that_are_wrong(self, tools, method, params, complaint):
        answer = await tools.ask(method, params)
        assert answer['error']['code'] == -32602
        assert complaint in answer['error']['message']
        assert await answers(tools)

    async def test_of_an_unknown_action_tells_its_status(self, tools):
        answer = await tools.ask('runAction', {'key': '/flow/none'})
        assert answer['error']['data']['code'] == 5
        assert "Action '/flow/none' not found." in answer['error']['data']['message']


class TestConnection:
    async def test_that_is_lost_is_made_again(self, tools, listening):
        await tools.connection.close()
        assert await answers(await listening.registered())

    async def test_that_cannot_be_made_is_tried_again_and_again(self, kitchen, connect_tools, listening, monkeypatch):
        url = os.environ['GENKIT_REFLECTION_V2_SERVER']
        refusals: list[str] = []
        refused_twice = asyncio.Event()

        async def refuse(reader, writer) -> None:
            refusals.append((await reader.readline()).decode())
            writer.close()
            if len(refusals) == 2:
                refused_twice.set()

        refusing = await asyncio.start_server(refuse, '127.0.0.1', 0)
        port = refusing.sockets[0].getsockname()[1]
        monkeypatch.setenv('GENKIT_REFLECTION_V2_SERVER', f'ws://127.0.0.1:{port}')
        connect_tools(kitchen.ai)
        async with asyncio.timeout(10):
            await refused_twice.wait()
        refusing.close()
        await refusing.wait_closed()
        assert refusals[0].startswith('GET / HTTP/1.1')
        assert url  # the tools that listen were never asked
        assert listening.connections.empty()

    async def test_that_is_lost_cancels_what_still_runs(self, tools, kitchen, listening, caplog):
        params = {**HELLO, 'key': '/flow/forever', 'input': 1, 'stream': True}
        await tools.send({'id': '1', 'method': 'runAction', 'params': params})
        assert (await tools.receive())['method'] == 'runActionState'
        assert (await tools.receive())['method'] == 'streamChunk'
        tools.connection.transport.abort()
        assert await asyncio.to_thread(kitchen.stopped.get, timeout=10) == 'forever'
        assert await answers(await listening.registered())
        assert caplog.messages == []

    async def test_that_is_lost_while_chunks_are_sent_complains_about_nothing(self, tools, kitchen, listening, caplog):
        caplog.set_level(logging.ERROR)
        await tools.send(
            {'id': '1', 'method': 'runAction', 'params': {**HELLO, 'key': '/flow/stream', 'input': 20_000}}
        )
        await tools.send(
            {
                'id': '2',
                'method': 'runAction',
                'params': {**HELLO, 'key': '/flow/stream', 'input': 20_000, 'stream': True},
            }
        )
        await tools.receive()
        tools.connection.transport.abort()
        assert await answers(await listening.registered())
        assert caplog.messages == []

    async def test_that_breaks_the_protocol_is_made_again(self, tools, listening):
        tools.connection.transport.write(b'\x81\x02\xff\xff')  # text that is not UTF-8
        assert await answers(await listening.registered())


async def test_an_application_whose_loop_ends_is_an_error_and_not_silence(project, connect_tools, listening):
    """The tools would wait for half a minute."""
    asked = asyncio.Event()
    tests_loop = asyncio.get_running_loop()

    class Slow(Plugin):
        name = 'slow'

        async def resolve(self, kind, name):
            return None

        async def list_actions(self):
            tests_loop.call_soon_threadsafe(asked.set)
            await asyncio.Event().wait()

    ai = Genkit(plugins=[Slow()])
    ended = threading.Event()

    def application() -> None:
        async def main() -> None:
            app_loop.note_application_loop()
            tests_loop.call_soon_threadsafe(asked.set)
            await asyncio.to_thread(ended.wait)

        asyncio.run(main())

    running = asyncio.create_task(asyncio.to_thread(application))
    await asked.wait()
    asked.clear()
    connect_tools(ai)
    tools = await listening.registered()
    await tools.send({'id': '1', 'method': 'listActions'})
    await asked.wait()
    ended.set()
    await running
    answer = await tools.receive()
    assert answer['error']['code'] == -32603
    assert answer['error']['message'] == "CANCELLED: The application's event loop has ended; ask again."
