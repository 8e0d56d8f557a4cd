# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is peculiar to xAI's chat: the two protocols, tools of the provider, deferred answers, costs, errors."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, OpenAIResponsesWire, RecordedRequest, Said, SaidCall
from genkit_xai import XAI
from genkit_xai.testing import XAIWire
from pydantic import BaseModel


CHAT, RESPONSES = XAIWire(), OpenAIResponsesWire()
SAID = Said(texts=['ok'])
PATHS = {'/chat/completions': 'chat', '/responses': 'responses'}


def _either(request: RecordedRequest) -> CannedAnswer:
    return (CHAT if request.path == '/chat/completions' else RESPONSES).answer(SAID)


def _application(server: LoopbackServer, **options: Any) -> Genkit:
    return Genkit(plugins=[XAI(api_key='k', base_url=server.url, **options)], model='xai/grok-4.7')


@pytest.mark.parametrize(
    ('plugin', 'model', 'config', 'api'),
    [
        ({}, 'grok-4.7', {}, 'chat'),
        ({}, 'grok-4.7', {'serverTools': ['web_search']}, 'responses'),
        ({}, 'grok-4.7', {'previous_response_id': 'r'}, 'responses'),
        ({}, 'grok-4.7', {'maxTurns': 2}, 'responses'),
        ({}, 'grok-4.7', {'api': 'responses'}, 'responses'),
        ({'api': 'responses'}, 'grok-4.7', {}, 'responses'),
        ({'api': 'responses'}, 'grok-4.7', {'api': 'chat'}, 'chat'),
        ({}, 'grok-4.20-multi-agent-0309', {}, 'responses'),
        ({}, 'grok-5-multi-agent', {}, 'responses'),
        ({'api': 'chat'}, 'grok-4.20-multi-agent-0309', {}, 'chat'),
    ],
)
async def test_a_request_goes_through_the_protocol_that_it_needs(
    plugin: dict[str, Any], model: str, config: dict[str, Any], api: str
) -> None:
    with LoopbackServer(_either) as server:
        ai = _application(server, **plugin)
        assert (await ai.generate(model=f'xai/{model}', prompt='hi', config=config)).text == 'ok'
        await ai.aclose()
    assert [PATHS[request.path] for request in server.requests] == [api]


async def test_tools_of_the_provider_may_be_given_by_name_and_beside_those_of_the_application() -> None:
    with LoopbackServer(_either) as server:
        ai = _application(server)

        async def weather(city: str) -> str:
            return city

        tool = ai.tool(name='weather', description='Tell the weather.')(weather)
        given = ['web_search', 'code_execution', {'type': 'x_search', 'from_date': '2026-01-01'}]
        config = {'server_tools': given, 'max_turns': 3, 'include': ['inline_citations']}
        await ai.generate(prompt='hi', tools=[tool], config=config)
        await ai.aclose()
    sent = server.requests[0].json
    own, *others = sent['tools']
    assert (own['type'], own['name']) == ('function', 'weather')
    assert others == [
        {'type': 'web_search'},
        {'type': 'code_interpreter'},
        {'type': 'x_search', 'from_date': '2026-01-01'},
    ]
    assert sent['max_turns'] == 3
    assert sent['include'] == ['reasoning.encrypted_content', 'inline_citations']
    assert sent['store'] is False


async def test_what_the_provider_searched_and_cited_comes_back_and_goes_back() -> None:
    link = {'type': 'url_citation', 'url': 'https://a.example', 'start_index': 0, 'end_index': 2}
    search = {'type': 'web_search_call', 'id': 'ws', 'status': 'completed', 'action': {'type': 'search', 'query': 'q'}}
    text = {'type': 'output_text', 'text': 'ok', 'annotations': [link]}
    answer = {
        'id': 'r1',
        'status': 'completed',
        'output': [search, {'type': 'message', 'role': 'assistant', 'content': [text]}],
        'citations': ['https://a.example'],
        'usage': {'input_tokens': 1, 'output_tokens': 2, 'num_sources_used': 4, 'cost_in_usd_ticks': 158500},
    }
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = _application(server)
        response = await ai.generate(prompt='hi', config={'server_tools': ['web_search']})
        await ai.generate(messages=response.messages, prompt='on', config={'server_tools': ['web_search']})
        await ai.aclose()
    assert response.custom == {'responseId': 'r1', 'citations': ['https://a.example']}
    assert response.message is not None
    searched, said = response.message.content
    assert searched.custom == {'xai': search}
    assert said.metadata == {'annotations': [link]}
    assert response.cost == Decimal('0.00001585')
    assert response.usage is not None
    assert (response.usage.custom or {})['sources'] == 4
    assert server.requests[1].json['input'][1] == search


async def test_reasoning_counted_apart_and_the_cost_are_those_that_the_provider_says() -> None:
    usage = {
        'prompt_tokens': 32,
        'completion_tokens': 9,
        'total_tokens': 135,
        'prompt_tokens_details': {'cached_tokens': 6},
        'completion_tokens_details': {'reasoning_tokens': 94},
        'num_sources_used': 0,
        'cost_in_usd_ticks': 12345678,
    }
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': '42'}, 'finish_reason': 'stop'}
    answer = {'id': '1', 'choices': [choice], 'usage': usage, 'citations': ['https://a.example']}
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = _application(server)
        response = await ai.generate(prompt='hi')
        await ai.aclose()
    assert response.usage is not None
    counted = response.usage
    assert (counted.input_tokens, counted.output_tokens, counted.total_tokens) == (32, 103, 135)
    assert (counted.thoughts_tokens, counted.cached_content_tokens) == (94, 6)
    assert response.cost == Decimal('0.0012345678')
    assert response.custom == {'citations': ['https://a.example']}


async def test_options_that_models_which_think_refuse_are_not_sent_to_them() -> None:
    config = {'stopSequences': ['x'], 'presencePenalty': 1.0, 'frequencyPenalty': 1.0, 'reasoningEffort': 'high'}
    with LoopbackServer(_either) as server:
        ai = _application(server)
        for model in ('xai/grok-4.7', 'xai/grok-4.20-0309-non-reasoning', 'xai/grok-9-non-reasoning'):
            await ai.generate(model=model, prompt='hi', config=config)
        await ai.aclose()
    thinking, *others = (request.json for request in server.requests)
    assert not thinking.keys() & {'stop', 'presence_penalty', 'frequency_penalty', 'deferred', 'deferred_interval'}
    assert thinking['reasoning_effort'] == 'high'
    for other in others:
        assert other.keys() >= {'stop', 'presence_penalty', 'frequency_penalty'}


def _deferred(*later: CannedAnswer) -> Callable[[RecordedRequest], CannedAnswer]:
    waiting = [CannedAnswer.of_json({'request_id': 'an/id'}), *later]
    return lambda _: waiting.pop(0)


PENDING = CannedAnswer(b'', 202)
DEFERRED = {'deferred': True, 'deferredInterval': 0.001}


class Folder(BaseModel):
    path: str


@pytest.mark.parametrize('streamed', [False, True])
async def test_a_deferred_answer_is_fetched_when_it_is_ready(streamed: bool) -> None:
    ready = CHAT.answer(Said(thoughts=['hm'], texts=['{"path":"x"}']))
    chunks: list[Any] = []
    with LoopbackServer(_deferred(PENDING, PENDING, ready)) as server:
        ai = _application(server, api='responses')
        listener = chunks.append if streamed else None
        response = await ai.generate(prompt='hi', config=DEFERRED, output_schema=Folder, on_chunk=listener)
        await ai.aclose()
    assert response.output == Folder(path='x')
    assert response.reasoning == 'hm'
    assert ''.join(chunk.text for chunk in chunks) == ('{"path":"x"}' if streamed else '')
    begun, *fetched = server.requests
    assert (begun.path, begun.json['deferred']) == ('/chat/completions', True)
    assert 'deferred_interval' not in begun.json
    assert [request.path for request in fetched] == ['/chat/deferred-completion/an%2Fid'] * 3
    assert all(request.headers['authorization'] == 'Bearer k' for request in server.requests)


async def test_tools_run_between_deferred_answers() -> None:
    call = CHAT.answer(Said(calls=[SaidCall('weather', '{"city":"Oslo"}')]))
    begun = CannedAnswer.of_json({'request_id': 'two'})
    with LoopbackServer(_deferred(call, begun, CHAT.answer(SAID))) as server:
        ai = _application(server)

        async def weather(city: str) -> str:
            return f'rain in {city}'

        tool = ai.tool(name='weather', description='Tell the weather.')(weather)
        response = await ai.generate(prompt='hi', tools=[tool], config=DEFERRED)
        await ai.aclose()
    assert response.text == 'ok'
    assert 'rain in Oslo' in str(server.requests[2].json['messages'])


@pytest.mark.parametrize(
    ('answers', 'status', 'says'),
    [
        ([CannedAnswer.of_json({})], 'UNAVAILABLE', '{}'),
        ([CannedAnswer.of_json({'request_id': 7})], 'INTERNAL', 'request_id'),
        ([..., CannedAnswer.of_json({'error': 'gone'}, 404)], 'NOT_FOUND', 'gone'),
        ([..., PENDING, CannedAnswer.of_json({'error': 'it broke'}, 500)], 'INTERNAL', 'it broke'),
        ([..., CannedAnswer(b'<html>', 200, {'content-type': 'text/html'})], 'UNAVAILABLE', 'html'),
        ([..., CannedAnswer.of_json({'error': {'message': 'no credits', 'code': 402}})], 'RESOURCE_EXHAUSTED', 'no cr'),
    ],
)
async def test_a_deferred_answer_that_fails_is_an_error(answers: list[Any], status: str, says: str) -> None:
    waiting = [CannedAnswer.of_json({'request_id': 'one'}) if answer is ... else answer for answer in answers]
    with LoopbackServer(lambda _: waiting.pop(0)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError) as raised:
            await ai.generate(prompt='hi', config=DEFERRED)
        await ai.aclose()
    assert raised.value.status == status
    assert says in raised.value.message


async def test_errors_are_readable() -> None:
    body = {'code': 'The caller does not have permission', 'error': 'Incorrect API key provided: k. Get one.'}
    with LoopbackServer(lambda _: CannedAnswer.of_json(body, 403)) as server:
        ai = _application(server)
        with pytest.raises(GenkitError, match='Get one') as raised:
            await ai.generate(prompt='hi')
        await ai.aclose()
    assert raised.value.status == 'PERMISSION_DENIED'


@pytest.mark.parametrize(
    ('name', 'kind'),
    [
        ('grok-5', 'model'),
        ('grok-2-image-1212', 'model'),
        ('grok-imagine-image-3', 'model'),
        ('grok-imagine-video-2', 'background-model'),
        ('grok-tts-2', 'model'),
    ],
)
async def test_a_name_that_is_not_listed_is_of_the_kind_of_its_family(name: str, kind: str) -> None:
    plugin = XAI(api_key='k', models=[name])
    listed = {metadata.name: metadata.action_type for metadata in await plugin.list_actions()}
    assert listed[f'xai/{name}'] == kind
