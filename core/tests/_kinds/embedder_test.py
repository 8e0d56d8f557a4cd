# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import ActionKind, EmbedderOptions, EmbedderSupports, Genkit, GenkitError, embedder_ref
from genkit._kinds.embedder import define_embedder
from genkit.plugin import embed, embedder_action_metadata, make_embedder, to_json_schema
from genkit.testing.embedders import fake_embedding
from genkit.types import Document, Embedding, EmbedRequest, EmbedResponse
from pydantic import BaseModel


class Config(BaseModel):
    size: int = 3


@pytest.fixture
def requests(registry) -> list[EmbedRequest]:
    """What an embedder, which counts characters, was asked."""
    asked: list[EmbedRequest] = []

    async def count(request: EmbedRequest) -> EmbedResponse:
        asked.append(request)
        lengths = [len(Document.from_document_data(document).text()) for document in request.input]
        return EmbedResponse(embeddings=[Embedding(embedding=[float(length)]) for length in lengths])

    define_embedder(registry, 'count', count)
    return asked


class TestEmbedding:
    async def test_is_one_request_for_all(self, registry, requests):
        embeddings = await embed(registry, 'count', ['a', Document.from_text('abc'), 'ab'])
        assert [embedding.embedding for embedding in embeddings] == [[1.0], [3.0], [2.0]]
        assert len(requests) == 1

    async def test_adds_metadata_to_every_document(self, registry, requests):
        own = Document.from_text('abc', {'a': 1, 'b': 1})
        await embed(registry, 'count', ['x', own], metadata={'b': 2})
        assert [document.metadata for document in requests[0].input] == [{'b': 2}, {'a': 1, 'b': 2}]
        assert own.metadata == {'a': 1, 'b': 1}

    async def test_lays_options_over_those_of_the_reference(self, registry, requests):
        reference = embedder_ref('count', {'size': 1, 'kind': 'q'}, version='v1')
        await embed(registry, reference, ['x'], options={'size': 2})
        await embed(registry, reference, ['x'])
        await embed(registry, 'count', ['x'], options={'size': 2})
        await embed(registry, 'count', ['x'])
        assert [request.options for request in requests] == [
            {'version': 'v1', 'size': 2, 'kind': 'q'},
            {'version': 'v1', 'size': 1, 'kind': 'q'},
            {'size': 2},
            None,
        ]

    async def test_with_an_unknown_embedder_names_the_nearest(self, registry, requests):
        with pytest.raises(GenkitError, match=r"Embedder 'cuont' not found\. Did you mean 'count'") as caught:
            await embed(registry, 'cuont', ['x'])
        assert caught.value.status == 'NOT_FOUND'

    async def test_may_be_done_by_a_plain_function(self, registry):
        define_embedder(registry, 'zero', lambda request: EmbedResponse(embeddings=[Embedding(embedding=[0])]))
        assert (await embed(registry, 'zero', ['x']))[0].embedding == [0]


class TestMetadata:
    OPTIONS = EmbedderOptions(
        config_schema=Config,
        label='Counter',
        dimensions=1,
        supports=EmbedderSupports(input=['text'], multilingual=True),
    )

    def test_shows_what_the_embedder_is(self):
        action = make_embedder('count', lambda request: request, self.OPTIONS, metadata={'a': 1}, description='Counts.')
        assert action.kind is ActionKind.EMBEDDER
        assert action.description == 'Counts.'
        assert action.metadata == {
            'a': 1,
            'embedder': {
                'label': 'Counter',
                'dimensions': 1,
                'supports': {'input': ['text'], 'multilingual': True},
                'customOptions': to_json_schema(Config),
            },
        }

    def test_is_labelled_by_the_name_unless_told_otherwise(self):
        assert make_embedder('count', lambda request: request).metadata == {'embedder': {'label': 'count'}}

    def test_is_the_same_when_a_plugin_advertises_the_embedder(self):
        advertised = embedder_action_metadata('count', self.OPTIONS)
        assert advertised.metadata == make_embedder('count', lambda request: request, self.OPTIONS).metadata
        assert advertised.action_type == 'embedder'


class TestDimensions:
    async def test_that_are_others_than_declared_are_refused(self):
        ai = Genkit()
        ai.define_embedder('short', fake_embedding(3), EmbedderOptions(dimensions=8))
        with pytest.raises(
            GenkitError, match="Embedder 'short' gave a vector of 3 dimensions and declares 8"
        ) as refused:
            await ai.embed(embedder='short', content='a')
        assert refused.value.status == 'INTERNAL'

    async def test_may_be_others_where_options_ask_for_them(self):
        ai = Genkit()
        ai.define_embedder('short', fake_embedding(3), EmbedderOptions(dimensions=8))
        [embedding] = await ai.embed(embedder='short', content='a', options={'dimensions': 3})
        assert len(embedding.embedding) == 3
