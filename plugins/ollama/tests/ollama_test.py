# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
from typing import Any, ClassVar

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.plugin import ModelPlugin
from genkit.testing import CannedAnswer, LoopbackServer, ModelContract, OllamaWire, Said, SaidCall
from genkit.types import ReasoningPart, ToolRequest, ToolResponse
from genkit_ollama import Ollama, OllamaConfig, OllamaModel
from pydantic import BaseModel


WIRE = OllamaWire()
LONGER = 'test_equal_requests_have_equal_bytes_and_a_longer_conversation_begins_with_the_shorter'


class TestOllama(ModelContract):
    wire = WIRE
    needs_key = False
    counts_thoughts = False
    says_blocked = False
    lists_by_asking = True

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Ollama(url, api_key=api_key, models=['gemma3:4b'])


class TestOllamaByGenerate(ModelContract):
    wire = OllamaWire(generate=True)
    needs_key = False
    counts_thoughts = False
    says_blocked = False
    lists_by_asking = True
    replaced: ClassVar = {
        'test_an_unknown_model_passes_through': 'an unknown model is asked by chat',
        LONGER: 'the generate API knows no conversations',
    }

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Ollama(url, api_key=api_key, models=[OllamaModel(name='codellama:7b-code', type='generate')])

    @pytest.mark.skip(reason='an unknown model is asked by chat')
    async def test_an_unknown_model_passes_through(self) -> None: ...

    @pytest.mark.skip(reason='the generate API knows no conversations')
    async def test_equal_requests_have_equal_bytes_and_a_longer_conversation_begins_with_the_shorter(self) -> None: ...


class Answer(BaseModel):
    city: str


async def _sent(plugin: dict[str, Any] | None = None, said: Said | None = None, **options: Any) -> Any:
    """Return the request that a call becomes."""
    options = {'model': 'ollama/m', 'prompt': 'hi', **options}
    with LoopbackServer(lambda _: WIRE.answer(said or Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[Ollama(server.url, **(plugin or {}))])
        await ai.generate(**options)
        await ai.aclose()
    return server.requests[0]


async def test_options_are_where_the_server_looks_for_them() -> None:
    config = {
        'temperature': 0,
        'top_k': 3,
        'num_ctx': 4096,
        'num_keep': 5,
        'max_output_tokens': 9,
        'stop_sequences': ['A', 'B'],
        'think': 'low',
        'keep_alive': 0,
        'options': {'mirostat': 1},
    }
    request = await _sent(config=config)
    assert request.path == '/api/chat'
    assert request.json == {
        'model': 'm',
        'messages': [{'role': 'user', 'content': 'hi'}],
        'think': 'low',
        'keep_alive': 0,
        'options': {
            'temperature': 0,
            'top_k': 3,
            'num_ctx': 4096,
            'num_keep': 5,
            'num_predict': 9,
            'stop': ['A', 'B'],
            'mirostat': 1,
        },
        'stream': False,
    }


async def test_the_options_of_the_type_are_sent_under_their_own_names() -> None:
    request = await _sent(config=OllamaConfig(think=False, seed=1, min_p=0.1, keep_alive='5m'))
    assert request.json['think'] is False
    assert request.json['keep_alive'] == '5m'
    assert request.json['options'] == {'seed': 1, 'min_p': 0.1}


async def test_options_may_be_named_as_in_json() -> None:
    request = await _sent(config={'numCtx': 5, 'maxOutputTokens': 3, 'keepAlive': '1m', 'mirostat': 1})
    assert request.json['keep_alive'] == '1m'
    assert request.json['options'] == {'num_ctx': 5, 'num_predict': 3, 'mirostat': 1}


async def test_json_without_a_schema_is_asked_for_by_name_and_not_beside_tools() -> None:
    said = Said(texts=['{}'])
    assert (await _sent(said=said, output_format='json')).json['format'] == 'json'
    with LoopbackServer(lambda _: WIRE.answer(said)) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        look = ai.tool(name='look', description='Look.')(_look)
        await ai.generate(model='ollama/m', prompt='hi', tools=[look], output_schema=Answer)
        await ai.generate(model='ollama/m', prompt='hi', tools=[look], tool_choice='none')
        with pytest.raises(GenkitError, match='required'):
            await ai.generate(model='ollama/m', prompt='hi', tools=[look], tool_choice='required')
        await ai.aclose()
    beside, without = (request.json for request in server.requests)
    assert 'format' not in beside
    assert beside['tools']
    assert 'conform to the following schema' in str(beside['messages'])
    assert 'tools' not in without


async def _look() -> str:
    return 'nothing'


async def test_a_history_with_tools_thoughts_and_images_is_sent_as_the_server_knows_it() -> None:
    pixel = MediaPart(media=Media(url='data:image/png;base64,iVBORw=='))
    call = ToolRequestPart(tool_request=ToolRequest(name='a/look', ref='r', input='{"at": 1}'))
    seen = ToolResponse(name='a/look', ref='r', output={'x': 1}, content=[TextPart(text='see'), pixel])
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[ReasoningPart(reasoning='hm'), call]),
        Message(role=Role.TOOL, content=[ToolResponsePart(tool_response=seen)]),
    ]
    request = await _sent(messages=history, prompt=None)
    function = {'name': 'a_look', 'arguments': {'at': 1}}
    assert request.json['messages'] == [
        {'role': 'user', 'content': 'hi'},
        {'role': 'assistant', 'content': '', 'thinking': 'hm', 'tool_calls': [{'id': 'r', 'function': function}]},
        {'role': 'tool', 'tool_name': 'a_look', 'tool_call_id': 'r', 'content': '{"x":1}'},
        {'role': 'user', 'content': 'see', 'images': ['iVBORw==']},
    ]


async def test_an_image_of_a_private_address_is_not_fetched() -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'x', 200, {'content-type': 'image/png'})) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        image = MediaPart(media=Media(url=f'{server.url}/x.png'))
        with pytest.raises(GenkitError):
            await ai.generate(model='ollama/m', prompt=[image])
    assert not server.requests


async def test_calls_without_ids_get_one_each() -> None:
    wire = OllamaWire(ids=False)
    said = Said(calls=[SaidCall('look', '{}'), SaidCall('look', '{}')])
    with LoopbackServer(lambda r: wire.stream(said) if r.json['stream'] else wire.answer(said)) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        look = ai.tool(name='look', description='Look.')(_look)
        options: Any = {'model': 'ollama/m', 'prompt': 'hi', 'tools': [look], 'return_tool_requests': True}
        whole = await ai.generate(**options)
        stream = ai.generate_stream(**options)
        chunks = [chunk async for chunk in stream]
        streamed = await stream.response
        await ai.aclose()
    for response in (whole, streamed):
        refs = {part.tool_request.ref for part in response.tool_requests}
        assert len(refs - {None}) == 2
    pieces = [part.tool_request.ref for chunk in chunks for part in chunk.tool_requests]
    assert pieces == [part.tool_request.ref for part in streamed.tool_requests]


async def test_nested_schemas_of_tools_are_written_out() -> None:
    class Place(BaseModel):
        city: Answer

    async def look(place: Place) -> str:
        return place.city.city

    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        await ai.generate(model='ollama/m', prompt='hi', tools=[ai.tool(name='look', description='Look.')(look)])
        await ai.aclose()
    parameters = server.requests[0].json['tools'][0]['function']['parameters']
    assert parameters['properties']['city']['properties']['city']['type'] == 'string'
    assert '$ref' not in str(parameters)


async def test_a_failure_in_the_middle_of_a_stream_is_an_error() -> None:
    good = b'{"model":"m","message":{"role":"assistant","content":"half"},"done":false}\n'
    # a line may come in pieces, and a piece may hold several lines
    pieces = [good[:20], good[20:] + good + b'{"error":"model runner has', b' unexpectedly stopped"}\n']
    chunks: list[Any] = []
    with LoopbackServer(lambda _: CannedAnswer(pieces, 200, {'content-type': 'application/x-ndjson'})) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        with pytest.raises(GenkitError, match='runner has unexpectedly stopped') as raised:
            await ai.generate(model='ollama/m', prompt='hi', on_chunk=chunks.append)
        await ai.aclose()
    assert raised.value.status == 'DATA_LOSS'
    assert [chunk.text for chunk in chunks] == ['half', 'half']


async def test_characters_that_end_lines_elsewhere_end_none_here() -> None:
    text = 'a\x85b\u2028c'
    line = '{"message":{"role":"assistant","content":"' + text + '"},"done":true,"done_reason":"stop"}'
    with LoopbackServer(lambda _: CannedAnswer([line.encode()], 200, {'content-type': 'x-ndjson'})) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        response = await ai.generate(model='ollama/m', prompt='hi', on_chunk=lambda _: None)
        await ai.aclose()
    assert response.text == text


async def test_an_answer_without_counts_has_no_made_up_ones() -> None:
    body = {'model': 'm', 'message': {'role': 'assistant', 'content': 'ok'}, 'done': True, 'done_reason': 'load'}
    with LoopbackServer(lambda _: CannedAnswer.of_json(body)) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        response = await ai.generate(model='ollama/m', prompt='hi')
        await ai.aclose()
    assert response.finish_reason == 'other'
    assert response.usage is not None
    assert response.usage.input_tokens is None
    assert response.raw == body


async def test_generate_has_a_prompt_and_instructions_and_no_conversation() -> None:
    models = [OllamaModel(name='m', type='generate')]
    with LoopbackServer(lambda _: OllamaWire(generate=True).answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[Ollama(server.url, models=models)])
        await ai.generate(model='ollama/m', system='be brief', prompt='def f(', config={'suffix': ')', 'raw': True})
        history = [Message(role=Role.MODEL, content=[TextPart(text='hi')])]
        with pytest.raises(GenkitError, match="type='chat'"):
            await ai.generate(model='ollama/m', messages=history, prompt='go on')
        await ai.aclose()
    (request,) = server.requests
    assert request.path == '/api/generate'
    assert request.json == {
        'model': 'm',
        'system': 'be brief',
        'prompt': 'def f(',
        'suffix': ')',
        'raw': True,
        'stream': False,
    }


def test_importing_the_plugin_loads_no_library_for_http() -> None:
    program = 'import sys, genkit_ollama; assert not {"ollama", "httpx"} & set(sys.modules)'
    subprocess.run([sys.executable, '-c', program], check=True)
