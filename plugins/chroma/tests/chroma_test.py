# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on Chroma's own server and on a client in the process, and what is peculiar to Chroma."""

import asyncio
import contextlib
import random
import subprocess
import sys
import traceback
import uuid
import warnings
from typing import Any

import httpx
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_chroma import Chroma, ChromaIndex, chroma_indexer_ref, chroma_retriever_ref

from .conftest import free_port


SECRET = 'ck-very-secret-0123456789'


async def emptied(plugin: Chroma, collection: str) -> Chroma:
    with contextlib.suppress(GenkitError):  # there is none at first
        await plugin.delete_collection(collection)
    return plugin


# https://docs.trychroma.com/docs/querying-collections/metadata-filtering has no operators for these.
LACKS = frozenset({'$exists', '$not $gt', '$not $gte', '$not $lt', '$not $lte', 'order of texts'})


class TestChroma(StoreContract):
    refused_comparisons = LACKS
    compares_numbers_in_lists = False

    @pytest.fixture(autouse=True)
    def _server(self, server):
        self.url = server

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return await emptied(Chroma(ChromaIndex(name=collection, embedder=embedder), url=self.url), collection)


class TestChromaInTheProcess(StoreContract):
    refused_comparisons = LACKS
    compares_numbers_in_lists = False

    @pytest.fixture(autouse=True)
    def _client(self, in_process):
        self.client = in_process

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return await emptied(Chroma(ChromaIndex(name=collection, embedder=embedder), client=self.client), collection)


@pytest.fixture(scope='module')
def in_process() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # of what chromadb imports
        import chromadb
        from chromadb.config import Settings

        return chromadb.EphemeralClient(Settings(anonymized_telemetry=False))


def vector_of(text: str) -> list[float]:
    drawn = random.Random(text)
    return [drawn.gauss(0, 1) for _ in range(8)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text)) for text in texts])


class App:
    """An application with one collection."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.collection = f'notes-{uuid.uuid4().hex[:8]}'
        self.plugin = Chroma(ChromaIndex(name=self.collection, embedder='fake', **settings), url=url)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', embed)
        self.name = f'chroma/{self.collection}'

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve(self.name, query, {'k': 100, **options})).documents
        return [Document.from_document_data(document).text() for document in found]


@pytest.fixture
async def make_app(server):
    made: list[App] = []

    def make(**settings):
        made.append(App(server, **settings))
        return made[-1]

    yield make
    for app in made:
        await app.ai.aclose()


ANIMALS = [
    Document.from_text('a cat purrs', {'legs': 4, 'wild': False, 'tags': ['pet'], 'docMetadata': 'mine'}),
    Document.from_text('a wolf howls', {'legs': 4, 'wild': True, 'weight': 38.5}),
    Document.from_text('a crow caws', {'legs': 2, 'wild': True, 'chroma:x': 1, 'huge': 1 << 70, '': 'empty'}),
]


@pytest.mark.parametrize(
    ('options', 'expected'),
    [
        ({'where': {'legs': 4}}, {'a cat purrs', 'a wolf howls'}),
        ({'where': {'legs': 4, 'wild': True}}, {'a wolf howls'}),
        ({'where': {'$or': [{'legs': {'$lt': 3}}, {'wild': False}]}}, {'a cat purrs', 'a crow caws'}),
        ({'where': {'weight': {'$gt': 38}}}, {'a wolf howls'}),
        ({'where': {}}, {'a cat purrs', 'a wolf howls', 'a crow caws'}),
        ({'whereDocument': {'$contains': 'howl'}}, {'a wolf howls'}),
        ({'where': {'wild': True}, 'whereDocument': {'$not_contains': 'howl'}}, {'a crow caws'}),
    ],
)
async def test_conditions_on_metadata_and_text_are_met(make_app, options, expected):
    app = make_app()
    await app.ai.index(app.name, ANIMALS)
    assert set(await app.texts(**options)) == expected


@pytest.mark.parametrize('include', [None, [], ['distances'], ['documents'], ['embeddings', 'distances']])
async def test_text_metadata_and_score_are_there_whatever_is_included(make_app, include):
    app = make_app()
    await app.ai.index(app.name, ANIMALS)
    (cat, *rest) = (await app.ai.retrieve(app.name, 'a cat purrs', {'k': 3, 'include': include})).documents
    assert len(rest) == 2
    assert Document.from_document_data(cat).text() == 'a cat purrs'
    metadata = dict(cat.metadata or {})
    assert metadata.pop('_score') == pytest.approx(1.0, abs=1e-5)
    metadata.pop('_id')
    vector = metadata.pop('_embedding', None)
    assert (vector is not None) == ('embeddings' in (include or []))
    assert vector is None or vector == pytest.approx(vector_of('a cat purrs'), abs=1e-5)
    assert metadata == ANIMALS[0].metadata


@pytest.mark.parametrize('distance', ['cosine', 'l2', 'ip'])
async def test_scores_are_cosines_products_and_squared_distances_and_more_is_better(make_app, distance):
    app = make_app(distance=distance)
    await app.ai.index(app.name, ANIMALS)
    found = (await app.ai.retrieve(app.name, 'a cat purrs', {'k': 3})).documents
    scores = [(document.metadata or {})['_score'] for document in found]
    assert scores == sorted(scores, reverse=True)
    query = vector_of('a cat purrs')
    for document, score in zip(found, scores, strict=True):
        other = vector_of(Document.from_document_data(document).text())
        product = sum(a * b for a, b in zip(query, other, strict=True))
        lengths = (sum(a * a for a in query) * sum(b * b for b in other)) ** 0.5
        squared = sum((a - b) ** 2 for a, b in zip(query, other, strict=True))
        expected = {'cosine': product / lengths, 'ip': product, 'l2': -squared}[distance]
        assert score == pytest.approx(expected, abs=1e-4)


async def test_what_another_program_stored_is_read_with_its_metadata(make_app, server):
    app = make_app()
    assert await app.texts() == []
    path = f'{server}/api/v2/tenants/default_tenant/databases/default_database/collections'
    async with httpx.AsyncClient() as client:
        collection = (await client.get(f'{path}/{app.collection}')).json()
        records = {
            'ids': ['1', '2'],
            'embeddings': [vector_of('x'), vector_of('y')],
            'documents': ['theirs', None],
            'metadatas': [{'a': 1}, None],
        }
        (await client.post(f'{path}/{collection["id"]}/upsert', json=records)).raise_for_status()
    found = (await app.ai.retrieve(app.name, 'x', {'k': 2})).documents
    assert [Document.from_document_data(document).text() for document in found] == ['theirs', '']
    assert [(document.metadata or {}).get('a') for document in found] == [1, None]


async def test_a_missing_collection_says_how_it_is_made(make_app):
    app = make_app(create_collection_if_missing=False)
    for call in (app.ai.retrieve(app.name, 'x'), app.ai.index(app.name, ANIMALS)):
        with pytest.raises(
            GenkitError, match=f"There is no collection '{app.collection}'.*create_collection"
        ) as raised:
            await call
        assert raised.value.status == 'NOT_FOUND'
    await app.plugin.create_collection(app.collection, metadata={'owner': 'me'})
    await app.ai.index(app.name, ANIMALS)
    assert len(await app.texts()) == 3
    with pytest.raises(GenkitError, match='already exists') as raised:
        await app.plugin.create_collection(app.collection)
    assert raised.value.status in ('ALREADY_EXISTS', 'ABORTED')


async def test_a_collection_that_was_deleted_meanwhile_is_made_again(make_app):
    app = make_app()
    await app.ai.index(app.name, ANIMALS)
    await app.plugin.delete_collection(app.collection)
    assert await app.texts() == []
    await app.ai.index(app.name, ANIMALS)
    assert len(await app.texts()) == 3


async def test_vectors_of_other_dimensions_say_what_to_do(make_app):
    app = make_app()
    await app.ai.index(app.name, ANIMALS)

    async def longer(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0] * 9) for _ in request.input])

    app.ai.define_embedder('fake', longer)
    with pytest.raises(GenkitError, match=r'dimension of 8, got 9.*Use the embedder that the collection') as raised:
        await app.texts()
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_condition_without_meaning_is_refused(make_app):
    app = make_app()
    await app.ai.index(app.name, ANIMALS)
    with pytest.raises(GenkitError) as raised:
        await app.texts(where={'legs': {'$regex': 'x'}})
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('name', ['', 'ab', '-abc', 'abc-', 'a b c', 'ab/c', 'x' * 513, 'übung'])
def test_a_name_that_chroma_does_not_take_is_refused_at_once(name):
    with pytest.raises(GenkitError, match='3 to 512 letters'):
        ChromaIndex(name=name, embedder='e')


def test_two_collections_of_one_name_are_refused():
    index = ChromaIndex(name='abc', embedder='e')
    with pytest.raises(GenkitError, match='Two collections have one name'):
        Chroma(index, index)


def test_references_name_retriever_and_indexer():
    assert chroma_retriever_ref('notes').name == chroma_indexer_ref('notes').name == 'chroma/notes'


async def test_a_server_that_cannot_be_reached_is_named_without_credentials():
    port = free_port()
    app = App(f'http://user:{SECRET}@127.0.0.1:{port}')
    with pytest.raises(GenkitError) as raised:
        await app.texts()
    assert raised.value.status == 'UNAVAILABLE'
    assert f'Chroma at http://127.0.0.1:{port}: ' in str(raised.value)
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    await app.ai.aclose()


def answering(request: RecordedRequest) -> CannedAnswer:
    key = request.headers.get('x-chroma-token')
    if key not in ('key-a', 'key-b'):
        return CannedAnswer.of_json({'error': 'AuthError', 'message': f'bad token {key}'}, 401)
    if request.path == '/api/v2/auth/identity':
        return CannedAnswer.of_json({'user_id': '', 'tenant': f'tenant of {key}', 'databases': ['base']})
    if request.path.endswith('/collections'):
        return CannedAnswer.of_json({'id': key, 'name': 'notes', 'configuration_json': {'spann': {'space': 'ip'}}})
    row = {'ids': [['1']], 'documents': [[key]], 'metadatas': [[None]], 'distances': [[0.25]]}
    return CannedAnswer.of_json(row)


async def test_each_plugin_sends_its_own_key_to_its_own_tenant():
    with LoopbackServer(answering) as loopback:
        for key in ('key-a', 'key-b'):
            plugin = Chroma(ChromaIndex(name='notes', embedder='fake'), url=loopback.url, api_key=key)
            ai = Genkit(plugins=[plugin])
            ai.define_embedder('fake', embed)
            (document,) = (await ai.retrieve('chroma/notes', 'x')).documents
            assert Document.from_document_data(document).text() == key
            assert (document.metadata or {})['_score'] == 0.75
            assert loopback.requests[-1].path.startswith(f'/api/v2/tenants/tenant%20of%20{key}/databases/base/')
            await ai.aclose()


async def test_a_key_that_is_refused_is_not_repeated(monkeypatch):
    monkeypatch.setenv('CHROMA_API_KEY', SECRET)
    with LoopbackServer(answering) as loopback:
        app = App(loopback.url)
        with pytest.raises(GenkitError, match='Check the key') as raised:
            await app.texts()
        assert raised.value.status == 'UNAUTHENTICATED'
        assert SECRET not in ''.join(traceback.format_exception(raised.value))
        assert SECRET not in repr(app.plugin._server)
        await app.ai.aclose()


async def test_a_server_that_is_busy_says_when_to_come_back():
    busy = CannedAnswer.of_json({'error': 'RateLimit', 'message': 'slow down'}, 429, {'retry-after': '2'})
    with LoopbackServer(lambda _: busy) as loopback:
        app = App(loopback.url)
        with pytest.raises(GenkitError, match='slow down') as raised:
            await app.texts()
        assert raised.value.status == 'RESOURCE_EXHAUSTED'
        assert raised.value.details['retry_after_ms'] == 2000
        await app.ai.aclose()


async def test_a_client_may_be_made_by_an_asynchronous_function(in_process):
    async def make() -> Any:
        return in_process

    plugin = Chroma(ChromaIndex(name='made-by-function', embedder='fake'), client=make)
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('fake', embed)
    await ai.index('chroma/made-by-function', ANIMALS)
    found = (await ai.retrieve('chroma/made-by-function', 'a cat purrs', {'where': {'wild': False}})).documents
    assert len(found) == 1
    with pytest.raises(GenkitError) as raised:
        await ai.retrieve('chroma/made-by-function', 'x', {'where': {'wild': {'$regex': 1}}})
    assert raised.value.status == 'INVALID_ARGUMENT'
    await ai.aclose()


def test_one_plugin_serves_several_event_loops(server):
    app = App(server)

    async def index() -> None:
        await app.ai.index(app.name, ANIMALS)
        await app.ai.aclose()

    async def count() -> int:
        found = len(await app.texts())
        await app.ai.aclose()
        return found

    asyncio.run(index())
    assert asyncio.run(count()) == 3


def test_importing_the_plugin_imports_no_client():
    program = (
        'import sys; from genkit_chroma import Chroma, ChromaIndex; '
        "Chroma(ChromaIndex(name='notes', embedder='b')); print('chromadb' in sys.modules, 'httpx' in sys.modules)"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False False\n'
