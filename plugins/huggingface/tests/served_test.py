# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where models are asked, who serves and pays, and what servers of one's own answer."""

import contextlib

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart
from genkit.testing import CannedAnswer, LoopbackServer, OpenAIChatWire, Said
from genkit_huggingface import HuggingFace
from genkit_huggingface.plugin import _addresses


CHAT = OpenAIChatWire()
VECTOR = [1.0, 2.0, 3.0]


@contextlib.asynccontextmanager
async def served(answer, **options):
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[HuggingFace(api_key='hf_key', base_url=server.url, **options)])
        try:
            yield ai, server
        finally:
            await ai.aclose()


@pytest.mark.parametrize(
    ('given', 'chat', 'tasks'),
    [
        (
            'https://router.huggingface.co',
            'https://router.huggingface.co/v1',
            'https://router.huggingface.co/hf-inference/models',
        ),
        (
            'https://router.huggingface.co/v1/',
            'https://router.huggingface.co/v1',
            'https://router.huggingface.co/hf-inference/models',
        ),
        (
            'https://a.endpoints.huggingface.cloud',
            'https://a.endpoints.huggingface.cloud/v1',
            'https://a.endpoints.huggingface.cloud',
        ),
        ('http://localhost:8080/v1', 'http://localhost:8080/v1', 'http://localhost:8080'),
        ('http://gateway/team/openai', 'http://gateway/team/openai', 'http://gateway/team/openai'),
    ],
)
def test_chat_is_asked_below_v1_and_all_else_at_the_root(given, chat, tasks):
    assert _addresses(given) == (chat, tasks)


async def test_a_provider_is_named_after_the_model_unless_one_is_there():
    async with served(CHAT.answer(Said(texts=['ok'])), provider='cerebras') as (ai, server):
        await ai.generate(model='huggingface/openai/gpt-oss-120b', prompt='hi')
        await ai.generate(model='huggingface/openai/gpt-oss-120b:fastest', prompt='hi')
    assert [request.json['model'] for request in server.requests] == [
        'openai/gpt-oss-120b:cerebras',
        'openai/gpt-oss-120b:fastest',
    ]


async def test_the_organization_that_pays_is_named_in_a_header():
    async with served(CHAT.answer(Said(texts=['ok'])), bill_to='acme') as (ai, server):
        await ai.generate(model='huggingface/some/model', prompt='hi')
    assert server.requests[0].headers['x-hf-bill-to'] == 'acme'
    assert server.requests[0].path == '/v1/chat/completions'


async def test_a_model_that_loads_says_how_long_and_what_to_do():
    answer = CannedAnswer.of_json({'error': 'Model a/b is currently loading', 'estimated_time': 21.5}, 503)
    async with served(answer) as (ai, _):
        for call in (
            lambda: ai.generate(model='huggingface/a/b', prompt='hi'),
            lambda: ai.embed('huggingface/BAAI/bge-m3', 'hi'),
        ):
            with pytest.raises(GenkitError, match=r'currently loading.*ask again in 21.5 s.*`retry`') as raised:
                await call()
            assert raised.value.status == 'UNAVAILABLE'
            assert raised.value.details['retry_after_ms'] == 21_500


@pytest.mark.parametrize('told', [None, 'soon', -1, [], True, float('nan')])
async def test_a_time_that_cannot_be_meant_is_left_out(told):
    async with served(CannedAnswer.of_json({'error': 'busy', 'estimated_time': told}, 503)) as (ai, _):
        with pytest.raises(GenkitError, match='busy') as raised:
            await ai.generate(model='huggingface/a/b', prompt='hi')
    assert raised.value.details.get('retry_after_ms', 1000) == 1000


async def test_without_credit_the_error_says_where_it_is_bought():
    async with served(CannedAnswer.of_json({'error': 'You have exceeded your monthly included credits'}, 402)) as (
        ai,
        _,
    ):
        with pytest.raises(GenkitError, match=r'monthly included credits.*settings/billing') as raised:
            await ai.generate(model='huggingface/a/b', prompt='hi')
    assert raised.value.status == 'RESOURCE_EXHAUSTED'


@pytest.mark.parametrize(
    ('answer', 'pooling', 'vector'),
    [
        (VECTOR, None, VECTOR),
        ([VECTOR], None, VECTOR),
        ([[VECTOR]], None, VECTOR),
        ([[[1.0, 0.0], [3.0, 4.0]]], None, [2.0, 2.0]),
        ([[[[1.0, 0.0], [3.0, 4.0]]]], 'mean', [2.0, 2.0]),
        ([[[1.0, 0.0], [3.0, 4.0]]], 'first', [1.0, 0.0]),
        ([[[1.0, 0.0], [3.0, 4.0]]], 'last', [3.0, 4.0]),
    ],
)
async def test_the_vectors_of_tokens_become_one(answer, pooling, vector):
    async with served(CannedAnswer.of_json(answer)) as (ai, server):
        (found,) = await ai.embed('huggingface/BAAI/bge-m3', 'hi', options={'pooling': pooling} if pooling else None)
    assert found.embedding == vector
    assert server.requests[0].path == '/'
    assert server.requests[0].json == {'inputs': ['hi']}


@pytest.mark.parametrize('answer', [[[[1.0], [1.0, 2.0]]], ['text'], [[None]], [[[]]], [[True, False]], [{'a': 1}]])
async def test_what_is_no_vector_is_an_error(answer):
    async with served(CannedAnswer.of_json(answer)) as (ai, _):
        with pytest.raises(GenkitError, match='must be a list of numbers') as raised:
            await ai.embed('huggingface/BAAI/bge-m3', 'hi')
    assert raised.value.status == 'INTERNAL'


async def test_an_image_that_is_a_page_of_html_is_an_error():
    page = CannedAnswer(b'<html>Sign in</html>', 200, {'content-type': 'text/html'})
    async with served(page) as (ai, _):
        with pytest.raises(GenkitError, match='Sign in'):
            await ai.generate(model='huggingface/black-forest-labs/FLUX.1-dev', prompt='a cat')


async def test_options_of_a_transcript_go_beside_the_sound():
    sound = MediaPart(media=Media(url='data:audio/wav;base64,UklGRg==', content_type='audio/wav'))
    async with served(CannedAnswer.of_json({'text': 'hello', 'chunks': []})) as (ai, server):
        response = await ai.generate(
            model='huggingface/openai/whisper-large-v3', prompt=[sound], config={'return_timestamps': True}
        )
    assert response.text == 'hello'
    assert response.raw['chunks'] == []
    assert server.requests[0].json == {'inputs': 'UklGRg==', 'parameters': {'return_timestamps': True}}


async def test_a_stream_that_ends_with_the_token_of_its_end_has_stopped():
    frames = [
        b'data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":null}]}\n\n',
        b'data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":"eos_token"}]}\n\n',
        b'data: [DONE]\n\n',
    ]
    async with served(CannedAnswer(frames, 200, {'content-type': 'text/event-stream'})) as (ai, _):
        response = await ai.generate_stream(model='huggingface/tgi', prompt='hi').response
    assert (response.text, response.finish_reason) == ('ok', 'stop')


@pytest.mark.parametrize('version', ['../../api/whoami', 'acme/..', '.'])
async def test_a_name_that_leads_to_another_address_is_refused(version):
    with LoopbackServer(lambda _: CannedAnswer.of_json({})) as server:
        ai = Genkit(plugins=[HuggingFace(api_key='hf_key', tasks_url=f'{server.url}/models')])
        with pytest.raises(GenkitError, match='cannot be part of an address'):
            await ai.generate('huggingface/black-forest-labs/FLUX.1-schnell', 'Hi', config={'version': version})
        await ai.aclose()
    assert not server.requests
