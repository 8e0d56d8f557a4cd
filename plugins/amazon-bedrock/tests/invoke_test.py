# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models in their own protocols: what they take, and what is wrong with their answers."""

import base64
from typing import Any, Self

import pytest
from genkit import Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from genkit.types import Document, RetrieverResponse
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.testing import AsyncInvokeWire, InvokeWire, RerankWire, StabilityWire, TitanEmbedWire


PIXEL = 'data:image/png;base64,iVBO'
IMAGE = MediaPart(media=Media(url=PIXEL))


class _Server:
    """An application whose provider gives one answer."""

    def __init__(self, answer: CannedAnswer, **options: Any) -> None:
        self._options = options
        self.server = LoopbackServer(lambda _: answer)

    async def __aenter__(self) -> Self:
        self.server.__enter__()
        self.ai = Genkit(plugins=[AmazonBedrock(api_key='k', base_url=self.server.url, **self._options)])
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.ai.aclose()
        self.server.__exit__(None, None, None)


async def _embed(name: str, wire: Any, *content: Any, options: Any = None) -> tuple[Any, Any]:
    async with _Server(wire.vectors([[1.0, 2.0]])) as served:
        [found] = await served.ai.embed(f'amazon-bedrock/{name}', Document(content=list(content)), options=options)
        return found.embedding, wire.asked(served.server.requests[0])


async def test_images_are_embedded_where_the_model_sees() -> None:
    _, asked = await _embed('amazon.titan-embed-image-v1', TitanEmbedWire(), TextPart(text='a dot'), IMAGE)
    assert (asked.texts, asked.media) == (['a dot'], [base64.b64decode('iVBO')])
    _, asked = await _embed(
        'amazon.nova-2-multimodal-embeddings-v1:0', TitanEmbedWire(), IMAGE, options={'detail_level': 'x'}
    )
    assert asked.options['image']['format'] == 'png'
    assert asked.options['image']['detailLevel'] == 'x'
    film = MediaPart(media=Media(url='data:video/mp4;base64,iVBO'))
    _, asked = await _embed('amazon.nova-2-multimodal-embeddings-v1:0', TitanEmbedWire(), film)
    assert asked.options['video']['embeddingMode'] == 'AUDIO_VIDEO_COMBINED'
    _, asked = await _embed('cohere.embed-english-v3', InvokeWire(), IMAGE)
    assert (asked.body['images'], asked.body['input_type']) == ([PIXEL], 'image')
    _, asked = await _embed('cohere.embed-v4:0', InvokeWire(), TextPart(text='a dot'), IMAGE)
    [content] = [each['content'] for each in asked.body['inputs']]
    assert content == [{'type': 'text', 'text': 'a dot'}, {'type': 'image_url', 'image_url': {'url': PIXEL}}]


@pytest.mark.parametrize('name', ['cohere.embed-v4:0', 'amazon.titan-embed-image-v1', 'cohere.embed-english-v3'])
async def test_media_that_an_embedder_does_not_see_are_refused_by_name(name: str) -> None:
    sound = MediaPart(media=Media(url='data:audio/wav;base64,iVBO'))
    with pytest.raises(GenkitError, match='audio/wav') as raised:
        await _embed(name, InvokeWire(), sound)
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_what_vectors_are_for_has_a_default_and_can_be_said() -> None:
    _, asked = await _embed('cohere.embed-v4:0', InvokeWire(), TextPart(text='x'))
    assert (asked.body['input_type'], asked.body['embedding_types']) == ('search_document', ['float'])
    _, asked = await _embed(
        'cohere.embed-v4:0', InvokeWire(), TextPart(text='x'), options={'input_type': 'search_query'}
    )
    assert asked.body['input_type'] == 'search_query'
    purpose = {'embedding_purpose': 'TEXT_RETRIEVAL', 'version': 'us.amazon.nova-2-multimodal-embeddings-v1:0'}
    _, asked = await _embed(
        'amazon.nova-2-multimodal-embeddings-v1:0', TitanEmbedWire(), TextPart(text='x'), options=purpose
    )
    assert asked.options['embeddingPurpose'] == 'TEXT_RETRIEVAL'
    assert asked.model == 'us.amazon.nova-2-multimodal-embeddings-v1:0'


@pytest.mark.parametrize(
    ('name', 'member', 'words'),
    [
        ('cohere.embed-v4:0', 'input_type', ['search_document', 'search_query']),
        ('cohere.embed-english-v3', 'input_type', ['search_document', 'search_query']),
        ('amazon.nova-2-multimodal-embeddings-v1:0', 'embeddingPurpose', ['GENERIC_INDEX', 'GENERIC_RETRIEVAL']),
    ],
)
async def test_documents_are_indexed_and_queries_retrieved_as_what_they_are(
    name: str, member: str, words: list[str]
) -> None:
    async with _Server(InvokeWire().vectors([[1.0, 2.0]])) as served:

        async def index(documents: list[Document], _: Any) -> None:
            await served.ai.embed_many(f'amazon-bedrock/{name}', documents)

        async def retrieve(query: Document, _: Any) -> RetrieverResponse:
            await served.ai.embed(f'amazon-bedrock/{name}', query)
            return RetrieverResponse(documents=[])

        served.ai.define_indexer('mine', index)
        served.ai.define_retriever('mine', retrieve)
        await served.ai.index('mine', 'a text')
        await served.ai.retrieve('mine', 'a query')
    bodies = [request.json for request in served.server.requests]
    assert [body.get('singleEmbeddingParams', body)[member] for body in bodies] == words


async def test_one_failure_among_several_calls_is_the_error_of_all() -> None:
    async with _Server(InvokeWire().error(429, 'slow down', {'retry-after': '1'})) as served:
        with pytest.raises(GenkitError, match='slow down') as raised:
            await served.ai.embed_many('amazon-bedrock/amazon.titan-embed-text-v2:0', ['one', 'two', 'three'])
    assert raised.value.status == 'RESOURCE_EXHAUSTED'
    assert raised.value.__cause__ is not None


async def test_an_image_that_was_filtered_says_why() -> None:
    async with _Server(StabilityWire().images([], 'image/png')) as served:
        name = 'amazon-bedrock/stability.stable-image-ultra-v1:1'
        with pytest.raises(GenkitError, match='Filter reason: prompt'):
            await served.ai.generate(model=name, prompt='what must not be drawn')


async def test_an_image_may_be_drawn_after_another_in_the_format_that_is_asked_for() -> None:
    wire = StabilityWire()
    async with _Server(wire.images([b'pixels'], 'image/jpeg')) as served:
        prompt = [TextPart(text='brighter'), IMAGE]
        model = 'amazon-bedrock/stability.sd3-5-large-v1:0'
        response = await served.ai.generate(model=model, prompt=prompt, config={'output_format': 'jpeg', 'seed': 7})
        asked = wire.asked(served.server.requests[0])
    assert response.media[0].media.content_type == 'image/jpeg'
    assert response.custom == {'seeds': [7]}
    assert {'mode': 'image-to-image', 'strength': 0.7, 'seed': 7}.items() <= asked.body.items()
    assert asked.media == [base64.b64decode('iVBO')]


@pytest.mark.parametrize(
    ('results', 'says'),
    [
        ([{'index': 7, 'relevance_score': 0.5}], '7'),
        ([{'index': 0, 'relevance_score': 'high'}], 'high'),
        ([{'relevance_score': 0.5}], 'no result for 1'),
        ('none', 'results'),
    ],
)
async def test_a_ranking_that_cannot_be_meant_is_an_error(results: Any, says: str) -> None:
    async with _Server(CannedAnswer.of_json({'results': results})) as served:
        with pytest.raises(GenkitError, match=says) as raised:
            await served.ai.rerank('amazon-bedrock/cohere.rerank-v3-5:0', 'query', ['one'])
    assert raised.value.status == 'INTERNAL'


async def test_rerankers_are_asked_in_their_own_protocols() -> None:
    wire = RerankWire()
    async with _Server(wire.ranking([0.1, 0.9])) as served:
        for name in ('cohere.rerank-v3-5:0', 'amazon.rerank-v1:0'):
            found = await served.ai.rerank(
                f'amazon-bedrock/{name}', 'query', ['one', 'two'], {'k': 9, 'api_key': 'another-key'}
            )
            assert [document.text() for document in found] == ['two', 'one']
        cohere, amazon = (wire.asked(request) for request in served.server.requests)
    assert (cohere.options['api_version'], cohere.options['top_n'], cohere.key) == (2, 2, 'another-key')
    assert set(amazon.options) == {'query', 'documents', 'top_n'}
    async with _Server(wire.error(403, 'no', {})) as served:
        with pytest.raises(GenkitError, match='bedrock:InvokeModel'):
            await served.ai.rerank('amazon-bedrock/amazon.rerank-v1:0', 'query', ['one'])


async def test_a_video_lies_in_the_folder_that_the_provider_names() -> None:
    wire = AsyncInvokeWire()
    model = 'amazon-bedrock/luma.ray-v2:0'
    async with _Server(wire.running()) as served:
        with pytest.raises(GenkitError, match='output_s3_uri'):
            await served.ai.generate_operation(model=model, prompt='waves')
        config = {'output_s3_uri': 's3://bucket/folder', 'duration': '5s'}
        operation = await served.ai.generate_operation(
            model=model, prompt=[TextPart(text='waves'), IMAGE], config=config
        )
        asked = wire.asked(served.server.requests[0])
    assert asked.body['outputDataConfig'] == {'s3OutputDataConfig': {'s3Uri': 's3://bucket/folder'}}
    assert asked.options['keyframes']['frame0']['source']['media_type'] == 'image/png'
    async with _Server(wire.done('s3://bucket/folder/abc')) as served:
        operation = await served.ai.check_operation(operation)
        asked = wire.asked(served.server.requests[0])
    assert operation.output['message']['content'][0]['media']['url'] == 's3://bucket/folder/abc/output.mp4'
    assert asked.body['invocationArn'] == operation.id


async def test_batches_whose_sizes_only_fit_together_are_an_error() -> None:
    def answer(request: RecordedRequest) -> CannedAnswer:
        asked = len(request.json['texts'])
        return CannedAnswer.of_json({'embeddings': {'float': [[1.0]] * (asked - 1 if asked > 50 else asked + 1)}})

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[AmazonBedrock('k', region='us-east-1', base_url=server.url)])
        with pytest.raises(GenkitError, match='embedding'):
            await ai.embed_many('amazon-bedrock/cohere.embed-v4:0', ['a'] * 100)
        await ai.aclose()
