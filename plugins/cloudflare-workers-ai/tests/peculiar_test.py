# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The account, the gateway, the limit of an answer, and what the provider's own protocol holds."""

import contextlib

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer, Said
from genkit_cloudflare_workers_ai import CloudflareWorkersAI
from genkit_cloudflare_workers_ai.testing import WorkersAIChatWire


CHAT = WorkersAIChatWire()
PREFIX = 'cloudflare-workers-ai'
LLAMA = f'{PREFIX}/@cf/meta/llama-3.3-70b-instruct-fp8-fast'
PNG = 'data:image/png;base64,iVBORw0KGgo='
WAV = MediaPart(media=Media(url='data:audio/wav;base64,UklGRg==', content_type='audio/wav'))


@contextlib.asynccontextmanager
async def served(answer, path='/client/v4/accounts/a/ai/v1'):
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[CloudflareWorkersAI(api_key='key', base_url=f'{server.url}{path}')])
        try:
            yield ai, server
        finally:
            await ai.aclose()


def result(value):
    return CannedAnswer.of_json({'success': True, 'errors': [], 'messages': [], 'result': value})


def test_without_an_account_the_error_says_where_it_is_given(monkeypatch):
    monkeypatch.delenv('CLOUDFLARE_ACCOUNT_ID', raising=False)
    with pytest.raises(GenkitError, match='CLOUDFLARE_ACCOUNT_ID') as raised:
        CloudflareWorkersAI(api_key='key')
    assert raised.value.status == 'FAILED_PRECONDITION'


@pytest.mark.parametrize('given', ['argument', 'variable'])
def test_the_account_is_part_of_the_address(given, monkeypatch):
    monkeypatch.setenv('CLOUDFLARE_ACCOUNT_ID', 'of/env')
    plugin = CloudflareWorkersAI(api_key='key', account_id='acc' if given == 'argument' else None)
    account = 'acc' if given == 'argument' else 'of%2Fenv'
    assert plugin._base_url == f'https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1'


@pytest.mark.parametrize('config', [None, {'temperature': 0}, {'max_output_tokens': 7}, {'maxOutputTokens': 7}])
async def test_an_answer_is_never_limited_to_the_providers_256_tokens(config):
    async with served(CHAT.answer(Said(texts=['ok'], output_tokens=3))) as (ai, server):
        await ai.generate(model=LLAMA, prompt='hi', config=config)
    limited = config and set(config) & {'max_output_tokens', 'maxOutputTokens'}
    assert server.requests[0].json['max_tokens'] == (7 if limited else 4096)


@pytest.mark.parametrize('is_streamed', [True, False])
async def test_an_answer_that_reached_its_limit_says_so_although_the_provider_does_not(is_streamed):
    said = Said(texts=['on and on'], output_tokens=9)
    async with served(CHAT.stream(said) if is_streamed else CHAT.answer(said)) as (ai, _):
        ask = ai.generate_stream(model=LLAMA, prompt='hi', config={'max_output_tokens': 9}) if is_streamed else None
        response = await (
            ask.response if ask else ai.generate(model=LLAMA, prompt='hi', config={'max_output_tokens': 9})
        )
    assert response.finish_reason == 'length'


async def test_a_gateway_is_asked_without_the_word_run():
    async with served(result({'image': 'iVBORw0KGgo='}), '/v1/acc/gate/workers-ai/v1') as (ai, server):
        response = await ai.generate(model=f'{PREFIX}/@cf/black-forest-labs/flux-1-schnell', prompt='a cat')
    assert server.requests[0].path == '/v1/acc/gate/workers-ai/@cf/black-forest-labs/flux-1-schnell'
    assert server.requests[0].json == {'prompt': 'a cat'}
    assert response.media[0].media.url == PNG


@pytest.mark.parametrize('kind', ['image/png', 'image/jpeg'])
async def test_an_image_may_come_as_bytes(kind):
    async with served(CannedAnswer(b'pixels', 200, {'content-type': kind})) as (ai, _):
        response = await ai.generate(model=f'{PREFIX}/@cf/stabilityai/stable-diffusion-xl-base-1.0', prompt='a cat')
    assert response.media[0].media.url == f'data:{kind};base64,cGl4ZWxz'
    assert response.raw == {'contentType': kind, 'bytes': 6}


async def test_a_model_that_edits_gets_a_form_with_the_images():
    async with served(result({'image': '/9j/'})) as (ai, server):
        response = await ai.generate(
            model=f'{PREFIX}/@cf/black-forest-labs/flux-2-dev',
            prompt=[TextPart(text='add a hat'), MediaPart(media=Media(url=PNG))],
            config={'width': 512},
        )
    request = server.requests[0]
    assert request.headers['content-type'].startswith('multipart/form-data; boundary=')
    for piece in (b'name="prompt"\r\n\r\nadd a hat', b'name="width"\r\n\r\n512', b'name="input_image_0"; filename="0"'):
        assert piece in request.body
    assert response.media[0].media.content_type == 'image/jpeg'


async def test_an_image_for_a_model_that_takes_none_is_refused():
    async with served(result({'image': 'x'})) as (ai, server):
        with pytest.raises(GenkitError) as raised:
            await ai.generate(
                model=f'{PREFIX}/@cf/black-forest-labs/flux-1-schnell', prompt=[MediaPart(media=Media(url=PNG))]
            )
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert server.requests == []


async def test_speech_may_come_in_base_64_and_has_a_speaker_or_a_language():
    async with served(result({'audio': 'SUQz'})) as (ai, server):
        response = await ai.generate(model=f'{PREFIX}/@cf/myshell-ai/melotts', prompt='hola', config={'lang': 'es'})
        await ai.generate(model=f'{PREFIX}/@cf/deepgram/aura-2-en', prompt='hello', config={'voice': 'luna'})
    assert response.media[0].media.url == 'data:audio/mpeg;base64,SUQz'
    assert [request.json for request in server.requests] == [
        {'prompt': 'hola', 'lang': 'es'},
        {'text': 'hello', 'speaker': 'luna'},
    ]


async def test_a_transcript_of_deepgram_is_that_of_the_best_alternative():
    heard = {
        'results': {'channels': [{'alternatives': [{'transcript': 'hello', 'confidence': 1}]}, {'alternatives': []}]}
    }
    async with served(CannedAnswer.of_json({'result': heard, 'success': True})) as (ai, server):
        response = await ai.generate(
            model=f'{PREFIX}/@cf/deepgram/nova-3', prompt=[WAV], config={'language': 'en', 'punctuate': True}
        )
    assert response.text == 'hello'
    assert server.requests[0].path.endswith('/run/@cf/deepgram/nova-3?language=en&punctuate=true')
    assert (server.requests[0].headers['content-type'], server.requests[0].body) == ('audio/wav', b'RIFF')


@pytest.mark.parametrize('failed', [{'success': False}, {'success': True, 'errors': [{'code': 3040, 'message': 'no'}]}])
async def test_a_failure_in_an_envelope_of_success_is_an_error(failed):
    async with served(CannedAnswer.of_json({'result': {}, **failed})) as (ai, _):
        with pytest.raises(GenkitError):
            await ai.generate(model=f'{PREFIX}/@cf/openai/whisper', prompt=[WAV])


@pytest.mark.parametrize('value', [None, [], 'x', {}, {'text': 3}, {'results': []}, {'results': {'channels': 1}}])
async def test_what_is_no_transcript_is_an_error_that_says_so(value):
    async with served(result(value)) as (ai, _):
        with pytest.raises(GenkitError) as raised:
            await ai.generate(model=f'{PREFIX}/@cf/openai/whisper', prompt=[WAV])
    assert raised.value.status in ('INTERNAL', 'UNAVAILABLE')


@pytest.mark.parametrize('place', [5, -1, True, None, '0'])
async def test_a_rank_of_what_was_not_sent_is_an_error(place):
    async with served(result({'response': [{'id': place, 'score': 1}]})) as (ai, _):
        with pytest.raises(GenkitError, match='which is no result for 2 documents'):
            await ai.rerank(f'{PREFIX}/@cf/baai/bge-reranker-base', 'q', ['a', 'b'])


async def test_a_reranker_keeps_what_the_documents_hold():
    async with served(result({'response': [{'id': 1, 'score': 0.9}, {'id': 0, 'score': 0.1}]})) as (ai, server):
        found = await ai.rerank(f'{PREFIX}/@cf/baai/bge-reranker-base', 'q', ['a', 'b'], {'k': 1})
    assert [(document.text(), document.score) for document in found] == [('b', 0.9)]
    assert server.requests[0].json == {'query': 'q', 'contexts': [{'text': 'a'}, {'text': 'b'}], 'top_k': 1}


@pytest.mark.parametrize('version', ['../../../a-neighbour/ai/run/@cf/x', '@cf/..', '.'])
async def test_a_name_that_leads_to_another_address_is_refused(version):
    async with served(result({'image': 'AAAA'})) as (ai, server):
        with pytest.raises(GenkitError, match='cannot be part of an address'):
            await ai.generate(f'{PREFIX}/@cf/leonardo/phoenix-1.0', 'Hi', config={'version': version})
    assert not server.requests
