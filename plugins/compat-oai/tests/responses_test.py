# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the second protocol has that the first has not."""

import json
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer, OpenAIChatWire, OpenAIResponsesWire, Said, SaidCall
from genkit.types import CustomPart, ReasoningPart
from genkit_compat_oai import OpenAI, OpenAIConfig
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from pydantic import TypeAdapter


MODEL = 'openai/gpt-5.4'
WIRE = OpenAIResponsesWire()


async def _ask(*answers: Any, plugin: dict[str, Any] | None = None, **asked: Any) -> tuple[Any, list[Any]]:
    waiting = list(answers)

    def answer(request: Any) -> CannedAnswer:
        said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if not isinstance(said, Said):
            return said
        return WIRE.stream(said) if request.json.get('stream') else WIRE.answer(said)

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url, **(plugin or {}))])

        @ai.tool()
        async def now() -> str:
            """Tell the time."""
            return 'noon'

        try:
            response = await ai.generate(model=MODEL, **asked)
        finally:
            await ai.aclose()
    return response, server.requests


def _whole(text: str) -> dict[str, Any]:
    body: Any = WIRE.answer(Said(texts=[text])).body
    return json.loads(body)


async def test_reasoning_goes_back_as_it_came_between_call_and_answer() -> None:
    thinking = Said(thoughts=['Look at the clock.'], calls=[SaidCall('now', '{}')])
    response, requests = await _ask(thinking, Said(texts=['It is noon.']), prompt='time?', tools=['now'])
    assert response.text == 'It is noon.'
    thought = response.messages[1].content[0]
    assert isinstance(thought, ReasoningPart)
    assert thought.reasoning == 'Look at the clock.'
    items = requests[1].json['input']
    assert [item['type'] for item in items] == ['message', 'reasoning', 'function_call', 'function_call_output']
    assert items[1]['encrypted_content'] == 'ZW5jcnlwdGVk'
    assert items[2]['call_id'] == items[3]['call_id'] == 'call_1'
    assert requests[0].json['store'] is False
    assert requests[0].json['include'] == ['reasoning.encrypted_content']


async def test_a_request_is_one_that_the_provider_s_library_describes() -> None:
    config = {
        'reasoning_effort': 'high',
        'reasoning_summary': 'auto',
        'verbosity': 'low',
        'max_output_tokens': 9,
        'server_tools': [{'type': 'web_search'}],
        'stop_sequences': ['X'],
        'seed': 1,
    }
    _, (request,) = await _ask(Said(texts=['ok']), prompt='hi', system='be brief', tools=['now'], config=config)
    body = request.json
    TypeAdapter(ResponseCreateParamsNonStreaming).validate_python(body)
    assert body['reasoning'] == {'effort': 'high', 'summary': 'auto'}
    assert body['text'] == {'verbosity': 'low'}
    assert [tool['type'] for tool in body['tools']] == ['function', 'web_search']
    assert not {'stop', 'stop_sequences', 'seed', 'api', 'server_tools'} & body.keys()


async def test_what_the_provider_s_own_tools_did_is_kept_and_goes_back() -> None:
    search = {
        'type': 'web_search_call',
        'id': 'ws_1',
        'status': 'completed',
        'action': {'type': 'search', 'query': 'q'},
    }
    whole = _whole('found')
    answer = CannedAnswer.of_json({**whole, 'output': [search, *whole['output']]})
    response, _ = await _ask(answer, prompt='look')
    assert isinstance(response.message.content[0], CustomPart)
    assert response.message.content[0].custom['openai']['action']['query'] == 'q'
    _, requests = await _ask(Said(texts=['ok']), messages=response.messages, prompt='and?')
    assert requests[0].json['input'][1]['type'] == 'web_search_call'


async def test_a_refusal_is_a_blocked_answer() -> None:
    whole = _whole('x')
    whole['output'][0]['content'] = [{'type': 'refusal', 'refusal': 'I will not.'}]
    with pytest.raises(GenkitError, match='I will not'):
        await _ask(CannedAnswer.of_json(whole), prompt='do it')


async def test_an_answer_that_failed_is_an_error() -> None:
    whole = _whole('x')
    failed = {**whole, 'status': 'failed', 'error': {'code': 'rate_limit_exceeded', 'message': 'too fast'}}
    with pytest.raises(GenkitError, match='too fast') as raised:
        await _ask(CannedAnswer.of_json(failed), prompt='hi')
    assert raised.value.status == 'RESOURCE_EXHAUSTED'


async def test_an_error_in_the_middle_of_a_stream_is_an_error() -> None:
    event = {'type': 'error', 'code': 'server_error', 'message': 'it broke', 'param': None, 'sequence_number': 1}
    frames = [f'event: error\ndata: {json.dumps(event)}\n\n'.encode()]
    with pytest.raises(GenkitError, match='it broke') as raised:
        await _ask(CannedAnswer(frames, 200, {'content-type': 'text/event-stream'}), prompt='hi', on_chunk=print)
    assert raised.value.status == 'INTERNAL'


async def test_a_file_and_the_answer_of_a_tool_with_an_image_are_sent() -> None:
    pdf = MediaPart(media=Media(url='data:application/pdf;base64,JVBERg=='))
    _, (request,) = await _ask(Said(texts=['ok']), prompt=[TextPart(text='read'), pdf])
    file = request.json['input'][0]['content'][1]
    assert (file['type'], file['file_data'][:20]) == ('input_file', 'data:application/pdf')


@pytest.mark.parametrize(
    ('plugin', 'config', 'path'),
    [
        ({}, None, '/responses'),
        ({'api': 'chat'}, None, '/chat/completions'),
        ({}, OpenAIConfig(api='chat'), '/chat/completions'),
        ({'api': 'chat'}, {'api': 'responses'}, '/responses'),
    ],
)
async def test_which_protocol_is_spoken_can_be_said(plugin: Any, config: Any, path: str) -> None:
    def answer(request: Any) -> CannedAnswer:
        wire = WIRE if request.path == '/responses' else OpenAIChatWire()
        return wire.answer(Said(texts=['ok']))

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url, **plugin)])
        response = await ai.generate(model=MODEL, prompt='hi', config=config)
        await ai.aclose()
    assert response.text == 'ok'
    assert [request.path for request in server.requests] == [path]


async def test_earlier_models_speak_the_first_protocol() -> None:
    with LoopbackServer(lambda _: OpenAIChatWire().answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url)])
        await ai.generate(model='openai/gpt-4o-mini', prompt='hi')
        await ai.aclose()
    assert [request.path for request in server.requests] == ['/chat/completions']
