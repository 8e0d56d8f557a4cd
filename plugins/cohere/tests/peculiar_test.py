# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is peculiar to Cohere's chat: documents, citations, plans, thoughts, JSON, and its errors."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, Said, SaidCall
from genkit.types import Document, ReasoningPart, ToolRequest, ToolResponse
from genkit_cohere import CitationOptions, Cohere, CohereConfig, Thinking
from genkit_cohere.testing import CohereWire
from genkit_cohere.testing.chat import frame
from pydantic import BaseModel


WIRE = CohereWire()
MODEL = 'cohere/command-a-plus-05-2026'
LIGHTHOUSE = Document.from_text('It is 31 m tall.', {'id': 'd7', 'title': 'Lighthouse', 'secret': 'x'})
CITATION = {
    'start': 6,
    'end': 10,
    'text': '31 m',
    'type': 'TEXT_CONTENT',
    'content_index': 0,
    'sources': [{'type': 'document', 'id': 'd7', 'document': {'id': 'd7', 'text': 'It is 31 m tall.'}}],
}
SO = {'type': 'text', 'text': 'so'}
PLANNED = {'start': 0, 'end': 4, 'text': 'Look', 'type': 'PLAN', 'sources': []}


class City(BaseModel):
    name: str


async def asked(said: Any = None, **options: Any) -> tuple[Any, Any]:
    """Return the answer of a call, and the request that it became."""

    def answer(request: RecordedRequest) -> CannedAnswer:
        problem = WIRE.asked(request).refused
        assert problem is None, problem
        if isinstance(said, CannedAnswer):
            return said
        given = said or Said(texts=['ok'])
        return WIRE.stream(given) if request.json['stream'] else WIRE.answer(given)

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])
        asking: Any = {'model': MODEL, 'prompt': 'hi', **options}
        try:
            response = await ai.generate(**asking)
        finally:
            await ai.aclose()
    return response, server.requests[0]


async def test_documents_go_where_the_protocol_has_them_and_not_into_the_prompt() -> None:
    _, request = await asked(docs=[LIGHTHOUSE, Document.from_text('More.')])
    assert request.json['documents'] == [
        {'id': 'd7', 'data': {'title': 'Lighthouse', 'text': 'It is 31 m tall.'}},
        {'id': '1', 'data': {'text': 'More.'}},
    ]
    assert request.json['messages'] == [{'role': 'user', 'content': 'hi'}]
    for model in ('command-a-03-2025', 'a-model-of-tomorrow'):
        _, request = await asked(model=f'cohere/{model}', docs=[LIGHTHOUSE], config={'documents': ['plain']})
        assert request.json['documents'][1:] == ['plain']


async def test_documents_that_hold_media_are_refused() -> None:
    with pytest.raises(GenkitError, match='A document holds a MediaPart') as raised:
        await asked(docs=[Document.from_media('data:image/png;base64,AAAA')])
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_schema_is_held_and_the_documents_beside_it_become_text() -> None:
    response, request = await asked(Said(texts=['{"name":"Oslo"}']), docs=[LIGHTHOUSE], output_schema=City)
    assert response.output == City(name='Oslo')
    assert 'documents' not in request.json
    assert '[d7]: It is 31 m tall.' in request.json['messages'][-1]['content']
    assert request.json['response_format']['json_schema']['required'] == ['name']


async def test_a_schema_beside_tools_is_told_in_words_and_documents_stay() -> None:
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['{"name":"Oslo"}']))) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])

        async def look() -> str:
            return 'nothing'

        tool = ai.tool(name='look', description='Look.')(look)
        await ai.generate(model=MODEL, prompt='hi', tools=[tool], docs=[LIGHTHOUSE], output_schema=City)
        await ai.aclose()
    body = server.requests[0].json
    assert 'response_format' not in body
    assert body['documents'][0]['id'] == 'd7'
    assert 'conform to the following schema' in str(body['messages'])


@pytest.mark.parametrize(('prompt', 'told'), [('Oslo?', True), ('Oslo, as JSON.', False)])
async def test_json_without_a_schema_is_asked_for_in_words_too(prompt: str, told: bool) -> None:
    _, request = await asked(Said(texts=['{}']), prompt=prompt, output_format='json')
    assert request.json['response_format'] == {'type': 'json_object'}
    assert any(message['role'] == 'system' for message in request.json['messages']) is told


def cited(*, streamed: bool) -> CannedAnswer:
    content = [{'type': 'text', 'text': 'It is 31 m tall.'}]
    message = {'role': 'assistant', 'tool_plan': 'Look it up.', 'content': content, 'citations': [CITATION, PLANNED]}
    end = {'finish_reason': 'COMPLETE', 'usage': {'billed_units': {'input_tokens': 5, 'output_tokens': 2}}}
    if not streamed:
        return CannedAnswer.of_json({'id': 'c1', 'message': message, **end})
    events: list[dict[str, Any]] = [{'type': 'message-start', 'id': 'c1', 'delta': {'message': {}}}]
    events.append({'type': 'tool-plan-delta', 'delta': {'message': {'tool_plan': 'Look it up.'}}})
    events.append({'type': 'content-start', 'index': 0, 'delta': {'message': {'content': content[0]}}})
    events += [
        {'type': 'citation-start', 'index': 0, 'delta': {'message': {'citations': one}}} for one in (CITATION, PLANNED)
    ]
    events += [{'type': 'content-end', 'index': 0}, {'type': 'message-end', 'id': 'c1', 'delta': end}]
    return CannedAnswer(b''.join(frame(event) for event in events), 200, {'content-type': 'text/event-stream'})


async def test_citations_are_in_the_metadata_of_what_they_are_in_streamed_and_whole() -> None:
    whole, _ = await asked(cited(streamed=False), docs=[LIGHTHOUSE])
    chunks: list[Any] = []
    streamed, _ = await asked(cited(streamed=True), docs=[LIGHTHOUSE], on_chunk=chunks.append)
    for response in (whole, streamed):
        plan, text = response.message.content
        assert isinstance(plan, ReasoningPart)
        assert plan.metadata == {'toolPlan': True, 'citations': [PLANNED]}
        assert isinstance(text, TextPart)
        assert text.metadata == {'citations': [CITATION]}
        assert (response.usage.input_tokens, response.custom) == (5, {'id': 'c1'})
    shown = [part.metadata for chunk in chunks for part in chunk.content if 'citations' in (part.metadata or {})]
    assert shown == [{'citations': [CITATION]}, {'citations': [PLANNED]}]
    assert streamed.raw == whole.raw


@pytest.mark.parametrize('model', ['command-a-03-2025', 'command-a-reasoning-08-2025'])
async def test_a_plan_goes_back_with_its_calls(model: str) -> None:
    said = Said(thoughts=['I will ', 'look.'], calls=[SaidCall('look', '{}')])
    with LoopbackServer(
        lambda r: WIRE.stream(said) if len(r.json['messages']) == 1 else WIRE.stream(Said(texts=['ok']))
    ) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])

        async def look() -> list[dict[str, int]]:
            return [{'a': 1}, {'b': 2}]

        tool = ai.tool(name='look', description='Look.')(look)
        response = await ai.generate_stream(model=f'cohere/{model}', prompt='hi', tools=[tool]).response
        await ai.aclose()
    assert response.messages[1].reasoning == 'I will look.'
    call = {'id': 'call_1', 'type': 'function', 'function': {'name': 'look', 'arguments': '{}'}}
    assert server.requests[1].json['messages'][1:] == [
        {'role': 'assistant', 'tool_plan': 'I will look.', 'tool_calls': [call]},
        {
            'role': 'tool',
            'tool_call_id': 'call_1',
            'content': [
                {'type': 'document', 'document': {'data': {'a': 1}}},
                {'type': 'document', 'document': {'data': {'b': 2}}},
            ],
        },
    ]


@pytest.mark.parametrize(
    ('model', 'expected'),
    [
        (
            'command-a-reasoning-08-2025',
            {'content': [{'type': 'thinking', 'thinking': 'hm'}, {'type': 'text', 'text': 'so'}]},
        ),
        ('command-a-03-2025', {'tool_plan': 'hm', 'content': [{'type': 'text', 'text': 'so'}]}),
    ],
)
async def test_thoughts_go_back_with_calls_as_the_model_takes_them(model: str, expected: dict[str, Any]) -> None:
    pixel = MediaPart(media=Media(url='data:image/png;base64,iVBORw=='))
    thought, call = ReasoningPart(reasoning='hm'), ToolRequestPart(tool_request=ToolRequest(name='look', ref='r'))
    seen = ToolResponse(name='look', ref='r', output=None, content=[TextPart(text='see'), pixel])
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[thought, TextPart(text='so'), call]),
        Message(role=Role.TOOL, content=[ToolResponsePart(tool_response=seen)]),
        Message(role=Role.MODEL, content=[thought, TextPart(text='done')]),
        Message(role=Role.MODEL, content=[thought]),
    ]
    _, request = await asked(model=f'cohere/{model}', messages=history, prompt='and?')
    calls = [{'id': 'r', 'type': 'function', 'function': {'name': 'look', 'arguments': '{}'}}]
    results = [{'type': 'document', 'document': {'data': {'output': ''}}}, {'type': 'text', 'text': 'see'}]
    image = {'type': 'image_url', 'image_url': {'url': 'data:image/png;base64,iVBORw=='}}
    assert request.json['messages'][1:] == [
        {'role': 'assistant', **expected, 'tool_calls': calls},
        {'role': 'tool', 'tool_call_id': 'r', 'content': results},
        {'role': 'user', 'content': [image]},
        {'role': 'assistant', 'content': 'done'},
        {'role': 'user', 'content': 'and?'},
    ]


async def test_options_are_sent_under_the_names_of_the_protocol() -> None:
    config = CohereConfig(
        temperature=0,
        top_k=3,
        top_p=0.5,
        max_output_tokens=9,
        stop_sequences=['END'],
        thinking=Thinking(token_budget=512),
        safety_mode='STRICT',
        citation_options=CitationOptions(mode='OFF'),
        seed=1,
    )
    _, request = await asked(config=config, system='brief')
    assert request.json == {
        'model': 'command-a-plus-05-2026',
        'messages': [{'role': 'system', 'content': 'brief'}, {'role': 'user', 'content': 'hi'}],
        'max_tokens': 9,
        'k': 3,
        'p': 0.5,
        'thinking': {'type': 'enabled', 'token_budget': 512},
        'citation_options': {'mode': 'OFF'},
        'temperature': 0,
        'stop_sequences': ['END'],
        'safety_mode': 'STRICT',
        'seed': 1,
        'stream': False,
    }
    _, request = await asked(config={'reasoning_effort': 'high', 'thinking': {'type': 'disabled'}})
    assert (request.json['reasoning_effort'], request.json['thinking']) == ('high', {'type': 'disabled'})
    with pytest.raises(GenkitError, match='safety_mode') as raised:
        await asked(config={'safety_mode': 'LOOSE'})
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_an_image_may_say_how_closely_it_is_looked_at() -> None:
    image = MediaPart(media=Media(url='https://example.com/x.png'), metadata={'detail': 'low'})
    _, request = await asked(prompt=[TextPart(text='what?'), image])
    assert request.json['messages'][0]['content'] == [
        {'type': 'text', 'text': 'what?'},
        {'type': 'image_url', 'image_url': {'url': 'https://example.com/x.png', 'detail': 'low'}},
    ]


@pytest.mark.parametrize(('reason', 'expected'), [('STOP_SEQUENCE', 'stop'), ('TIMEOUT', 'other'), ('ERROR', 'other')])
async def test_reasons_of_the_protocol(reason: str, expected: str) -> None:
    message = {'role': 'assistant', 'content': [{'type': 'text', 'text': 'hm'}]}
    response, _ = await asked(CannedAnswer.of_json({'message': message, 'finish_reason': reason}))
    assert response.finish_reason == expected


async def test_what_is_billed_is_kept_beside_what_was_counted() -> None:
    response, _ = await asked()
    assert response.usage.custom == {'billedInputTokens': 3, 'billedOutputTokens': 2}


async def test_a_denied_word_is_an_error_of_the_request() -> None:
    with pytest.raises(GenkitError, match='blocked') as raised:
        await asked(WIRE.error(498, 'blocked', {}))
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('variable', ['CO_API_KEY', 'COHERE_API_KEY'])
async def test_key_and_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    for name in ('CO_API_KEY', 'COHERE_API_KEY'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, 'sk-of-the-environment')
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['ok']))) as server:
        monkeypatch.setenv('CO_API_URL', f'{server.url}/v2')  # as it is also written
        ai = Genkit(plugins=[Cohere()], model=MODEL)
        await ai.generate(prompt='hi')
        await ai.aclose()
    (request,) = server.requests
    assert (request.path, request.headers['authorization']) == ('/v2/chat', 'Bearer sk-of-the-environment')


async def test_a_gateway_has_its_own_path_headers_and_name() -> None:
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['ok']))) as server:
        plugin = Cohere(
            api_key='key',
            base_url=f'{server.url}/proxy/',
            name='mine',
            headers={'x-team': 'a'},
            models=['mine/x'],
            max_retries=1,
        )
        ai = Genkit(plugins=[plugin])
        await ai.generate(model='mine/x', prompt='hi')
        names = [action.name for action in await ai.list_actions('model')]
        await ai.aclose()
    assert 'mine/x' in names
    assert (server.requests[0].path, server.requests[0].headers['x-team']) == ('/proxy/v2/chat', 'a')


def test_the_plugin_can_be_imported_without_loading_a_client() -> None:
    code = "import sys, genkit_cohere; print(sorted({'httpx', 'cohere', 'pytest'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'


async def test_clients_are_closed_with_the_application() -> None:
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['ok']))) as server:
        plugin = Cohere(api_key='key', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=MODEL)
        await ai.generate(prompt='hi')
        client = plugin.clients.get()
        await ai.aclose()
        assert client.is_closed
        await asyncio.gather(*(ai.generate(prompt='hi') for _ in range(3)))
        await ai.aclose()
