# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings and ranking: what vectors are for, images, types, batches, and answers that are none."""

import base64
import struct
from typing import Any

import pytest
from cohere.v2.client import AsyncV2Client
from genkit import Genkit, GenkitError
from genkit.plugin import embed
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from genkit.types import Document, RetrieverResponse, TextPart
from genkit_cohere import Cohere, CohereEmbedConfig, CohereRerankConfig, RelevantSpans
from genkit_cohere.testing import CohereEmbedWire, CohereRerankWire

from .cohere_test import parameters


WIRE = CohereEmbedWire()
RANKS = CohereRerankWire()
PIXEL = 'data:image/png;base64,iVBORw0KGgo='
IMAGE = Document.from_media(PIXEL)


def ones(request: RecordedRequest) -> CannedAnswer:
    body = WIRE.asked(request).body
    inputs = body.get('texts') or body.get('inputs') or body['images']
    return WIRE.vectors([[1.0]] * len(inputs))


async def embedded(model: str, documents: list[Any], answer: Any = ones, **options: Any) -> tuple[Any, list[Any]]:
    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])
        try:
            found = await ai.embed_many(f'cohere/{model}', documents, **options)
        finally:
            await ai.aclose()
    return found, [request.json for request in server.requests]


async def test_documents_are_indexed_and_queries_retrieved_as_what_they_are() -> None:
    with LoopbackServer(ones) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)])

        async def index(documents: list[Document], options: Any) -> None:
            await embed(ai.registry, 'cohere/embed-v5.0-fast', documents, options=options)

        async def retrieve(query: Document, options: Any) -> RetrieverResponse:
            await embed(ai.registry, 'cohere/embed-v5.0-fast', [query], options=options)
            return RetrieverResponse(documents=[])

        ai.define_indexer('mine', index)
        ai.define_retriever('mine', retrieve)
        await ai.index('mine', 'a text')
        await ai.retrieve('mine', 'a query')
        await ai.retrieve('mine', 'a query', {'input_type': 'classification'})
        await ai.embed('cohere/embed-v5.0-fast', 'neither')
        await ai.aclose()
    assert [request.json['input_type'] for request in server.requests] == [
        'search_document',
        'search_query',
        'classification',
        'search_document',
    ]


async def test_no_more_than_96_inputs_go_into_a_call() -> None:
    found, bodies = await embedded('embed-v4.0', [f't{number}' for number in range(200)])
    assert [len(body['texts']) for body in bodies] == [96, 96, 8]
    assert len(found) == 200
    _, bodies = await embedded('embed-v4.0', [IMAGE, *(f't{number}' for number in range(96))])
    assert [len(body.get('inputs') or body['texts']) for body in bodies] == [96, 1]


async def test_text_and_images_go_together_where_the_model_takes_them() -> None:
    both = Document(content=[TextPart(text='a dot'), *IMAGE.content])
    found, bodies = await embedded('embed-v5.0-pro', ['text', both])
    assert len(found) == 2
    url = {'type': 'image_url', 'image_url': {'url': PIXEL}}
    assert bodies == [
        {
            'model': 'embed-v5.0-pro',
            'input_type': 'search_document',
            'embedding_types': ['float'],
            'inputs': [
                {'content': [{'type': 'text', 'text': 'text'}]},
                {'content': [{'type': 'text', 'text': 'a dot'}, url]},
            ],
        }
    ]


async def test_an_earlier_model_takes_an_image_by_itself_in_its_order() -> None:
    _, bodies = await embedded('embed-english-v3.0', ['a', 'b', IMAGE, 'c'])
    assert [(body['input_type'], body.get('texts'), body.get('images')) for body in bodies] == [
        ('search_document', ['a', 'b'], None),
        ('image', None, [PIXEL]),
        ('search_document', ['c'], None),
    ]
    both = Document(content=[TextPart(text='a dot'), *IMAGE.content])
    with pytest.raises(GenkitError, match='Document 1 holds more than one image'):
        await embedded('embed-english-v3.0', ['a', both])
    with pytest.raises(GenkitError, match='image/tiff'):
        await embedded('embed-v4.0', [Document.from_media('data:image/tiff;base64,AAAA')])


async def test_vectors_come_in_the_types_that_are_asked_for() -> None:
    packed = base64.b64encode(struct.pack('<2f', 0.5, -2)).decode()
    answer = CannedAnswer.of_json({'embeddings': {'int8': [[1, -2]], 'base64': [packed], 'float': [[0.1]]}})
    ask: Any = {'answer': lambda _: answer}
    found, bodies = await embedded('embed-v4.0', ['a'], **ask, options=CohereEmbedConfig(embedding_types=['int8']))
    assert (found[0].embedding, bodies[0]['embedding_types']) == ([1, -2], ['int8'])
    found, _ = await embedded('embed-v4.0', ['a'], **ask, options={'embeddingTypes': ['base64', 'int8']})
    assert (found[0].embedding, found[0].metadata) == ([0.5, -2], {'int8': [1, -2]})
    with pytest.raises(GenkitError, match="'ubinary'"):
        await embedded('embed-v4.0', ['a'], **ask, options={'embedding_types': ['ubinary']})


@pytest.mark.parametrize('vector', [None, 7, 'AAAA', [None], ['1'], [True], {'a': 1}])
async def test_what_is_no_vector_is_an_error(vector: Any) -> None:
    answer = CannedAnswer.of_json({'embeddings': {'float': [vector], 'base64': ['!']}})
    with pytest.raises(GenkitError, match='must be a list of numbers') as raised:
        await embedded('embed-v4.0', ['a'], lambda _: answer)
    assert raised.value.status == 'INTERNAL'
    with pytest.raises(GenkitError, match='as a vector'):
        await embedded('embed-v4.0', ['a'], lambda _: answer, options={'embedding_types': ['base64']})


async def ranked(answer: Any = RANKS.ranked, options: Any = None, documents: Any = ('one', 'two')) -> tuple[Any, Any]:
    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[Cohere(api_key='the-key-1', base_url=server.url)])
        try:
            found = await ai.rerank('cohere/rerank-v3.5', 'two?', list(documents), options)
        finally:
            await ai.aclose()
    return found, server.requests


async def test_the_options_of_ranking_are_sent() -> None:
    options = CohereRerankConfig(k=1, max_tokens_per_doc=9, relevant_spans=RelevantSpans(max_spans=2))
    found, (request,) = await ranked(options=options)
    assert [document.text for document in found] == ['two']
    assert request.json == {
        'model': 'rerank-v3.5',
        'query': 'two?',
        'documents': ['one', 'two'],
        'top_n': 1,
        'max_tokens_per_doc': 9,
        'relevant_spans': {'mode': 'enabled', 'max_spans': 2},
    }
    parameters(AsyncV2Client.rerank).model_validate(request.json)
    assert request.headers['authorization'] == 'Bearer the-key-1'
    _, (request,) = await ranked(options={'version': 'other', 'api_key': 'the-key-2'})
    assert (request.json['model'], request.headers['authorization']) == ('other', 'Bearer the-key-2')
    assert b'the-key-2' not in request.body


async def test_spans_are_in_the_metadata() -> None:
    result = {'index': 1, 'relevance_score': 1, 'relevant_spans': [{'start': 0, 'end': 3}]}
    found, _ = await ranked(lambda _: CannedAnswer.of_json({'results': [result]}))
    assert (found[0].text, found[0].score) == ('two', 1.0)
    assert found[0].metadata.extra == {'relevantSpans': [{'start': 0, 'end': 3}]}


@pytest.mark.parametrize(
    'result', [None, 7, {}, {'index': 2, 'relevance_score': 1}, {'index': -1, 'relevance_score': 1}, {'index': 0}]
)
async def test_what_is_no_result_is_an_error(result: Any) -> None:
    with pytest.raises(GenkitError, match='which is no result for 2 documents') as raised:
        await ranked(lambda _: CannedAnswer.of_json({'results': [result]}))
    assert raised.value.status == 'INTERNAL'


@pytest.mark.parametrize(
    ('answer', 'status'),
    [
        (RANKS.error(401, 'the key the-key-1 is wrong', {}), 'UNAUTHENTICATED'),
        (RANKS.error(429, 'slow down', {'retry-after': '7'}), 'RESOURCE_EXHAUSTED'),
        (CannedAnswer.of_json({'error': {'message': 'no credits', 'code': 402}}), 'RESOURCE_EXHAUSTED'),
        (CannedAnswer(b'<html>', 200, {'content-type': 'text/html'}), 'UNAVAILABLE'),
        (CannedAnswer(b'[]'), 'UNAVAILABLE'),
        (CannedAnswer(b'', 302, {'location': '/elsewhere'}), 'FAILED_PRECONDITION'),
    ],
)
async def test_failures_of_ranking_have_their_status(answer: CannedAnswer, status: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await ranked(lambda _: answer)
    assert raised.value.status == status
    assert 'the-key-1' not in str(raised.value)


async def test_media_are_not_ranked() -> None:
    with pytest.raises(GenkitError, match='holds a medium'):
        await ranked(documents=[IMAGE])


async def test_rerankers_describe_their_options() -> None:
    ai = Genkit(plugins=[Cohere(api_key='key')])
    listed = {action.name: action for action in await ai.list_actions('reranker')}
    options = (listed['cohere/rerank-v5.0-pro'].metadata or {})['reranker']['customOptions']
    assert 'maxTokensPerDoc' in options['properties']


async def test_batches_whose_sizes_only_fit_together_are_an_error() -> None:
    sizes = iter((95, 5))

    def answer(_: Any) -> CannedAnswer:
        return CannedAnswer.of_json({'embeddings': {'float': [[1.0]] * next(sizes)}})

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[Cohere('k', base_url=server.url)])
        with pytest.raises(GenkitError, match='95 embeddings'):
            await ai.embed_many('cohere/embed-v4.0', ['a'] * 100)
        await ai.aclose()
