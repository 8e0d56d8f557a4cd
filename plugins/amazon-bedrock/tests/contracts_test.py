# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of what is no chat."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import ModelPlugin
from genkit.testing import (
    CannedAnswer,
    EmbedderContract,
    ImageContract,
    LoopbackServer,
    RecordedRequest,
    RerankerContract,
    VideoContract,
)
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.testing import AsyncInvokeWire, InvokeWire, RerankWire, StabilityWire, TitanEmbedWire


class _OfBedrock:
    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return AmazonBedrock(api_key=api_key, base_url=url, output_s3_uri='s3://bucket/folder')


class TestCohere4(_OfBedrock, EmbedderContract):
    wire = InvokeWire()
    model = 'cohere.embed-v4:0'
    shortens = ('output_dimension', 'output_dimension')


class TestCohere3(_OfBedrock, EmbedderContract):
    wire = InvokeWire()
    model = 'cohere.embed-multilingual-v3'


class _OneTextACall(_OfBedrock, EmbedderContract):
    """Embedders that take one text a call: several calls are made at once, and may arrive in any order."""

    wire = TitanEmbedWire()
    replaced: ClassVar = {
        'test_every_text_has_its_vector_in_order': 'calls arrive in any order; the vectors are in that of the texts',
        'test_many_texts_are_embedded_whatever_one_request_takes': 'as above',
        'test_vectors_that_are_missing_are_an_error': 'an answer holds one vector, so that it is there or nothing is',
    }

    async def test_every_text_has_its_vector_in_order(self) -> None:
        async with self.serving(self.good()) as (ai, exchange, name):
            found = await ai.embed_many(name, ['a', 'Grüße', '世界' * 4])
        assert [embedding.embedding[0] for embedding in found] == [1.0, 5.0, 8.0]
        assert sorted(text for asked in exchange.asked for text in asked.texts) == ['Grüße', 'a', '世界' * 4]

    async def test_many_texts_are_embedded_whatever_one_request_takes(self) -> None:
        texts = ['x' * (number % 9 + 1) for number in range(60)]
        async with self.serving(self.good()) as (ai, exchange, name):
            found = await ai.embed_many(name, texts)
        assert [embedding.embedding[0] for embedding in found] == [float(len(text)) for text in texts]
        assert len(exchange.asked) == len(texts)

    async def test_vectors_that_are_missing_are_an_error(self) -> None:
        for answer in (
            {'embedding': None, 'embeddings': []},
            {'embedding': 'none'},
            {'embeddings': [{'embedding': 7}]},
        ):
            async with self.serving(CannedAnswer.of_json(answer)) as (ai, _, name):
                with pytest.raises(GenkitError, match='embedding') as raised:
                    await ai.embed_many(name, ['one', 'two'])
            assert raised.value.status == 'INTERNAL'


class TestTitan(_OneTextACall):
    model = 'amazon.titan-embed-text-v2:0'
    shortens = ('dimensions', 'dimensions')


class NovaEmbedWire(TitanEmbedWire):
    """Gives vectors with their kind."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with a vector."""
        return CannedAnswer.of_json({'embeddings': [{'embeddingType': 'TEXT', 'embedding': list(vectors[0])}]})


class TestNova(_OneTextACall):
    wire = NovaEmbedWire()
    model = 'amazon.nova-2-multimodal-embeddings-v1:0'
    shortens = ('embedding_dimension', 'embeddingDimension')
    # Said of images alone, which the test does not send.
    option_values: ClassVar = {'detail_level': None}


class TestImages(_OfBedrock, ImageContract):
    wire = StabilityWire()
    model = 'stability.stable-image-core-v1:1'
    option_values: ClassVar = {'output_format': 'png'}


class TestVideos(_OfBedrock, VideoContract):
    wire = AsyncInvokeWire()
    option_values: ClassVar = {'output_s3_uri': 's3://another-bucket/folder'}


@pytest.fixture(scope='module', autouse=True)
def ranking():
    """Serve an order by the words that query and document share."""
    wire = RerankWire()

    def answer(request: RecordedRequest) -> CannedAnswer:
        asked = wire.asked(request)
        query, *documents = (set(text.lower().strip('.?').split()) for text in asked.texts)
        scores = [len(query & words) / 10 for words in documents]
        return wire.ranking(scores, asked.options.get('top_n'))

    with LoopbackServer(answer) as server:
        _Ranks.url = server.url
        yield


class _Ranks(RerankerContract):
    url = ''
    name = ''

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[AmazonBedrock(api_key='k', base_url=self.url)]), f'amazon-bedrock/{self.name}'


class TestCohereRanks(_Ranks):
    name = 'cohere.rerank-v3-5:0'


class TestAmazonRanks(_Ranks):
    name = 'amazon.rerank-v1:0'
