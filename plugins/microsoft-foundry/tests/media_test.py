# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images by three protocols, videos and ranks: where they are asked for, and what answers should not be."""

import contextlib
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer
from genkit.types import RetrieverResponse
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.testing import FoundryVideoWire, filtered_prompt, image_answer


PNG = 'data:image/png;base64,iVBORw0KGgo='
HAT = [TextPart(text='add a hat'), MediaPart(media=Media(url=PNG))]
PREFIX = 'microsoft-foundry'
FILM = FoundryVideoWire()


@contextlib.asynccontextmanager
async def served(answer, **options):
    answering: Any = answer if callable(answer) else lambda _: answer
    with LoopbackServer(answering) as server:
        ai = Genkit(plugins=[MicrosoftFoundry('the-key', endpoint=server.url, **options)])
        try:
            yield ai, server
        finally:
            await ai.aclose()


@pytest.mark.parametrize(
    ('model', 'path'),
    [
        ('gpt-image-2', '/openai/v1/images/generations'),
        ('MAI-Image-2.6', '/mai/v1/images/generations'),
        ('FLUX.2-pro', '/providers/blackforestlabs/v1/flux-2-pro?api-version=preview'),
        ('FLUX.1-Kontext-pro', '/providers/blackforestlabs/v1/flux-kontext-pro?api-version=preview'),
        ('FLUX-1.1-pro', '/providers/blackforestlabs/v1/flux-pro-1.1?api-version=preview'),
    ],
)
async def test_each_vendor_is_asked_in_its_place_by_the_name_of_the_deployment(model, path):
    async with served(image_answer([b'pixels']), deployments={'mine': model}) as (ai, server):
        response = await ai.generate(f'{PREFIX}/mine', 'a cat', config={'size': '1024x768'})
    [request] = server.requests
    assert request.path == path
    body = request.json
    assert (body['model'], body['prompt']) == ('mine', 'a cat')
    if model == 'gpt-image-2':
        assert body['size'] == '1024x768'
    else:
        assert (body['width'], body['height'], 'size' in body) == (1024, 768, False)
    sent = (request.headers.get('api-key'), request.headers.get('authorization'))
    assert sent == ((None, 'Bearer the-key') if 'FLUX' in model else ('the-key', None))
    assert response.media[0].media.url == 'data:image/png;base64,cGl4ZWxz'


@pytest.mark.parametrize(
    ('model', 'path', 'name'),
    [('gpt-image-2', '/openai/v1/images/edits', 'image[]'), ('MAI-Image-2.6', '/mai/v1/images/edits', 'image')],
)
async def test_an_image_in_the_prompt_is_edited(model, path, name):
    async with served(image_answer([b'x'])) as (ai, server):
        await ai.generate(f'{PREFIX}/{model}', HAT)
    [request] = server.requests
    assert request.path == path
    for piece in (b'name="prompt"\r\n\r\nadd a hat', f'name="{name}"; filename="image_0.png"'.encode()):
        assert piece in request.body


async def test_images_in_the_prompt_of_flux_are_numbered():
    async with served(image_answer([b'x'])) as (ai, server):
        await ai.generate(f'{PREFIX}/FLUX.2-flex', [*HAT, HAT[1]], config={'guidance': 3.5})
    assert server.requests[0].json == {
        'model': 'FLUX.2-flex',
        'prompt': 'add a hat',
        'guidance': 3.5,
        'output_format': 'png',
        'input_image': 'iVBORw0KGgo=',
        'input_image_2': 'iVBORw0KGgo=',
    }


async def test_an_image_for_a_model_that_takes_none_is_refused():
    async with served(image_answer([b'x'])) as (ai, server):
        with pytest.raises(GenkitError) as raised:
            await ai.generate(f'{PREFIX}/FLUX-1.1-pro', HAT)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert server.requests == []


async def test_a_dated_version_edits_by_the_path_of_the_deployment():
    async with served(image_answer([b'x']), api_version='2025-04-01-preview') as (ai, server):
        await ai.generate(f'{PREFIX}/gpt-image-2', HAT)
    assert server.requests[0].path == '/openai/deployments/gpt-image-2/images/edits?api-version=2025-04-01-preview'


async def test_a_first_frame_goes_as_a_file():
    async with served(FILM.running()) as (ai, server):
        operation = await ai.generate_operation(f'{PREFIX}/sora-2', HAT, config={'seconds': '8'})
    [request] = server.requests
    assert request.path == '/openai/v1/videos'
    for piece in (b'name="seconds"\r\n\r\n8', b'name="input_reference"; filename="image.png"'):
        assert piece in request.body
    assert operation.id == 'video_1'


async def test_a_video_is_fetched_with_the_key_when_it_is_there():
    async with served(FILM.done('')) as (ai, server):
        started = await ai.generate_operation(f'{PREFIX}/sora-2', 'waves')
        done = await ai.check_operation(started)
    assert [request.path for request in server.requests[1:]] == [
        '/openai/v1/videos/video_1',
        '/openai/v1/videos/video_1/content',
    ]
    assert server.requests[-1].headers['api-key'] == 'the-key'
    assert done.output['message']['content'][0]['media']['contentType'] == 'video/mp4'


@pytest.mark.parametrize('content', [b'', b'{"error": {"message": "gone"}}', b'<html>'])
async def test_what_is_no_video_is_an_error(content):
    def answer(request):
        if request.path.endswith('/content'):
            return CannedAnswer(content, 200, {'content-type': 'text/html' if b'<' in content else 'application/json'})
        return FILM.done('')(request)

    async with served(answer) as (ai, _):
        started = await ai.generate_operation(f'{PREFIX}/sora-2', 'waves')
        with pytest.raises(GenkitError) as raised:
            await ai.check_operation(started)
    assert raised.value.status == 'UNAVAILABLE'


@pytest.mark.parametrize('name', [None, ''])
async def test_a_video_without_an_id_is_an_error(name):
    async with served(CannedAnswer.of_json({'id': name, 'status': 'queued'})) as (ai, _):
        with pytest.raises(GenkitError, match='nothing in it is of the protocol'):
            await ai.generate_operation(f'{PREFIX}/sora-2', 'waves')


async def test_a_filtered_prompt_of_a_video_is_an_error_that_names_the_category():
    async with served(filtered_prompt('violence')) as (ai, _):
        with pytest.raises(GenkitError, match=r'violence \(medium\)'):
            await ai.generate_operation(f'{PREFIX}/sora-2', 'waves')


async def test_a_reranker_keeps_what_the_documents_hold():
    ranked = {'results': [{'index': 1, 'relevance_score': 0.9}, {'index': 0, 'relevance_score': 0.1}]}
    async with served(CannedAnswer.of_json(ranked), deployments={'order': 'Cohere-rerank-v4.0-fast'}) as (ai, server):
        found = await ai.rerank(f'{PREFIX}/order', 'q', ['a', 'b'], {'k': 5, 'max_tokens_per_doc': 100})
    assert [(document.text(), document.score) for document in found] == [('b', 0.9), ('a', 0.1)]
    assert server.requests[0].json == {
        'model': 'order',
        'query': 'q',
        'documents': ['a', 'b'],
        'top_n': 2,
        'max_tokens_per_doc': 100,
    }


@pytest.mark.parametrize('place', [5, -1, True, None, '0'])
async def test_a_rank_of_what_was_not_sent_is_an_error(place):
    ranked = {'results': [{'index': place, 'relevance_score': 1}]}
    async with served(CannedAnswer.of_json(ranked)) as (ai, _):
        with pytest.raises(GenkitError, match='which is no result for 2 documents'):
            await ai.rerank(f'{PREFIX}/Cohere-rerank-v4.0-pro', 'q', ['a', 'b'])


@pytest.mark.parametrize(
    'ranked',
    [
        b'{"results": [{"index": 0, "relevance_score": NaN}]}',
        b'{"results": [{"index": 0, "relevance_score": ' + b'9' * 400 + b'}]}',
        b'{"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 0.5}]}',
    ],
)
async def test_a_score_that_is_none_and_a_second_rank_of_a_document_are_errors(ranked):
    async with served(CannedAnswer(ranked, 200, {'content-type': 'application/json'})) as (ai, _):
        with pytest.raises(GenkitError, match='which is no result for 2 documents'):
            await ai.rerank(f'{PREFIX}/Cohere-rerank-v4.0-pro', 'q', ['a', 'b'])


@pytest.mark.parametrize('image', ['<html>busy</html>', 'data:text/html,<script>', 7])
async def test_what_is_no_image_is_an_error(image):
    async with served(CannedAnswer.of_json({'data': [{'b64_json': image}]})) as (ai, _):
        with pytest.raises(GenkitError, match='b64_json') as raised:
            await ai.generate(f'{PREFIX}/gpt-image-2', 'a cat')
    assert raised.value.status == 'INTERNAL'


@pytest.mark.parametrize('deployment', ['.', '..'])
@pytest.mark.parametrize('model', ['gpt-5.4', 'gpt-image-2'])
async def test_the_name_of_a_deployment_leads_nowhere_else(deployment, model):
    plugin = {'deployments': {deployment: model}, 'api_version': '2024-10-21'}
    async with served(image_answer([b'x']), **plugin) as (ai, server):
        with pytest.raises(GenkitError, match='cannot be part of an address') as raised:
            await ai.generate(f'{PREFIX}/{deployment}', 'a cat')
    assert (raised.value.status, server.requests) == ('INVALID_ARGUMENT', [])


async def test_documents_are_indexed_and_queries_retrieved_as_what_they_are():
    answer = CannedAnswer.of_json({'data': [{'index': 0, 'embedding': [1.0]}]})
    async with served(answer) as (ai, server):

        async def index(documents, _options):
            await ai.embed_many(f'{PREFIX}/embed-v-4-0', documents)

        async def retrieve(query, _options):
            await ai.embed(f'{PREFIX}/embed-v-4-0', query)
            return RetrieverResponse(documents=[])

        ai.define_indexer('mine', index)
        ai.define_retriever('mine', retrieve)
        await ai.index('mine', 'a text')
        await ai.retrieve('mine', 'a query')
        await ai.embed(f'{PREFIX}/embed-v-4-0', 'neither')
    assert [request.json.get('input_type') for request in server.requests] == ['document', 'query', None]


async def test_closing_closes_both_clients():
    plugin = MicrosoftFoundry('k', endpoint='http://127.0.0.1:9')
    ai = Genkit(plugins=[plugin])
    for model in ('model-router', 'claude-opus-5'):
        with pytest.raises(GenkitError):
            await ai.generate(f'{PREFIX}/{model}', 'hi')
    clients = [plugin.clients.get(), plugin._claude.clients.get()]
    await ai.aclose()
    assert [client.is_closed() for client in clients] == [True, True]
