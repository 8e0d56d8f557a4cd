# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on a server that checks what it is sent, and what is peculiar to Pinecone."""

import asyncio
import random
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin
from genkit.testing import CannedAnswer, LoopbackServer, StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_pinecone import Pinecone, PineconeIndex, SparseVector, pinecone_indexer_ref, pinecone_retriever_ref

from .pinecone_server import KEYS, Index, PineconeServer


SECRET = 'pcsk_very-secret-0123456789'


@pytest.fixture(scope='module')
def server():
    with PineconeServer() as running:
        yield running


@pytest.fixture(autouse=True)
def _as_new(server):
    server.indexes.clear()
    server.requests.clear()
    server.delay = 0.0
    server.polls = 0


class TestPinecone(StoreContract):
    # https://docs.pinecone.io/guides/search/filter-by-metadata: orders are of numbers, and lists of texts.
    refused_comparisons = frozenset({'$not $gt', '$not $gte', '$not $lt', '$not $lte', 'order of texts'})
    compares_numbers_in_lists = False
    counts_by_filter = False

    @pytest.fixture(autouse=True)
    def _server(self, server):
        self.server = server

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        self.server.indexes[collection] = Index(collection, self.dimensions, 'cosine')
        index = PineconeIndex(name=collection, embedder=embedder)
        return Pinecone(index, api_key=KEYS[0], controller_host=self.server.url)


def vector_of(text: str) -> list[float]:
    drawn = random.Random(text)
    return [drawn.gauss(0, 1) for _ in range(8)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text)) for text in texts])


class App:
    """An application with one index."""

    def __init__(self, server: LoopbackServer, metric: str = 'cosine', api_key: Any = KEYS[0], **settings: Any) -> None:
        if isinstance(server, PineconeServer):
            server.indexes.setdefault('notes', Index('notes', 8, metric))
        index = PineconeIndex(name='notes', embedder='fake', **settings)
        self.plugin = Pinecone(index, api_key=api_key, controller_host=server.url)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', embed)

    async def index(self, *documents: Document, **options: Any) -> None:
        await self.ai.index('pinecone/notes', list(documents), options or None)

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve('pinecone/notes', query, {'k': 100, **options})).documents
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


def paths(server: LoopbackServer, ending: str) -> list[Any]:
    return [request for request in server.requests if request.path.split('?')[0].endswith(ending)]


ANIMALS = [
    Document.from_text('cat', {'legs': 4, 'wild': False, 'tags': ['pet', 'fur'], '_content': 'mine', 'gone': None}),
    Document.from_text('wolf', {'legs': 4, 'wild': True, 'numbers': [1, 2], '$odd': 1}),
    Document.from_text('crow', {'legs': 2, 'wild': True}),
]


@pytest.mark.parametrize(
    ('conditions', 'expected'),
    [
        ({'legs': 4}, {'cat', 'wolf'}),
        ({'legs': {'$gte': 2}, 'wild': True}, {'wolf', 'crow'}),
        ({'$or': [{'legs': {'$lt': 3}}, {'wild': False}]}, {'cat', 'crow'}),
        ({'tags': {'$in': ['fur']}}, {'cat'}),
        ({}, {'cat', 'wolf', 'crow'}),
    ],
)
async def test_a_filter_is_sent_and_met(make_app, conditions, expected):
    app = make_app()
    await app.index(*ANIMALS)
    assert set(await app.texts(filter=conditions)) == expected
    assert set(await app.texts(where=conditions)) == expected
    both = await app.texts(filter=conditions, where={'legs': 4})
    assert set(both) == expected & {'cat', 'wolf'}


async def test_a_number_that_pinecone_would_round_is_refused(make_app):
    app = make_app()
    with pytest.raises(GenkitError, match=rf'which has no {(1 << 53) + 1}'):
        await app.texts(filter={'legs': {'$nin': [4, (1 << 53) + 1]}})


async def test_records_are_counted_by_namespace(make_app):
    app = make_app()
    assert await app.plugin.count('notes') == 0
    await app.index(*ANIMALS)
    await app.index(ANIMALS[0], namespace='other')
    assert await app.plugin.count('notes') == 3
    assert await app.plugin.count('notes', options={'namespace': 'other'}) == 1
    await app.plugin.delete_meeting('notes', {'legs': 4}, {'namespace': 'third'})
    await app.plugin.delete_meeting('notes', {'legs': 4}, {'namespace': 'other'})
    assert (await app.plugin.count('notes'), await app.plugin.count('notes', options={'namespace': 'other'})) == (3, 0)


async def test_metadata_come_back_whatever_pinecone_can_compare(make_app):
    app = make_app()
    await app.index(*ANIMALS)
    for animal in ANIMALS:
        (document,) = (await app.ai.retrieve('pinecone/notes', animal.text(), {'k': 1})).documents
        kept = {key: value for key, value in (document.metadata or {}).items() if key not in ('_id', '_score')}
        assert kept == animal.metadata


@pytest.mark.parametrize('metric', ['cosine', 'dotproduct', 'euclidean'])
async def test_the_nearest_comes_first_by_every_metric(make_app, metric):
    app = make_app(metric=metric)
    await app.index(*ANIMALS)
    found = (await app.ai.retrieve('pinecone/notes', 'cat', {'k': 3})).documents
    scores = [(document.metadata or {})['_score'] for document in found]
    assert scores == sorted(scores, reverse=True)
    if metric != 'dotproduct':
        assert Document.from_document_data(found[0]).text() == 'cat'
        assert scores[0] == pytest.approx(1.0 if metric == 'cosine' else 0.0)


async def test_namespaces_are_apart(make_app):
    app = make_app(namespace='home')
    await app.index(ANIMALS[0])
    await app.index(ANIMALS[1], namespace='away')
    assert await app.texts() == await app.texts(namespace='home') == ['cat']
    assert await app.texts(namespace='away') == ['wolf']
    assert await app.texts(namespace='') == await app.texts(namespace='nowhere') == []
    await app.plugin.delete('notes', [ANIMALS[1]], {'namespace': 'nowhere'})
    await app.plugin.delete('notes', [ANIMALS[1]], {'namespace': 'away'})
    assert await app.texts(namespace='away') == []
    assert await app.texts() == ['cat']


async def test_sparse_vectors_are_stored_and_asked_with(make_app):
    async def encode(documents: Sequence[Document]) -> list[SparseVector | None]:
        return [SparseVector(indices=[len(item.text())], values=[100.0]) for item in documents]

    app = make_app(metric='dotproduct', sparse_encoder=encode)
    await app.index(*ANIMALS, Document.from_text('elephant'))
    assert (await app.texts('anything', sparseVector={'indices': [8], 'values': [1000.0]}))[0] == 'elephant'
    assert (await app.texts('eight ch'))[0] == 'elephant'


async def test_a_sparse_vector_that_does_not_fit_is_refused_before_it_is_sent(make_app, server):
    app = make_app()
    with pytest.raises(GenkitError, match='2 indices and 1 values') as raised:
        await app.texts(sparseVector={'indices': [1, 2], 'values': [1.0]})
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert paths(server, '/query') == []


async def test_upserts_keep_to_two_megabytes_and_a_thousand_vectors(make_app, server):
    app = make_app(batch_size=2500)
    await app.index(*(Document.from_text(f'{number} ' + 'x' * 15_000) for number in range(200)))
    sizes = [len(request.json['vectors']) for request in paths(server, '/upsert')]
    assert (len(sizes), sum(sizes)) == (2, 200)
    assert all(len(request.body) <= 2_000_000 for request in paths(server, '/upsert'))
    server.requests.clear()
    await app.index(*(Document.from_text(f'small {number}') for number in range(2100)))
    assert [len(request.json['vectors']) for request in paths(server, '/upsert')] == [1000, 1000, 100]
    assert len((await app.ai.retrieve('pinecone/notes', 'x', {'k': 1000})).documents) == 1000
    await app.plugin.delete('notes', [Document.from_text(f'small {number}') for number in range(2100)])
    assert [len(request.json['ids']) for request in paths(server, '/delete')] == [1000, 1000, 100]


async def test_a_document_that_is_too_long_is_named_with_its_size_and_nothing_is_sent(make_app, server):
    app = make_app()
    with pytest.raises(GenkitError, match=r"Document '\w{32}' takes \d+ bytes .* 40960 of a record\. Divide") as raised:
        await app.index(ANIMALS[0], Document.from_text('ü' * 21_000))
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert paths(server, '/upsert') == []


async def test_where_an_index_is_is_looked_up_once_for_each_key(make_app, server):
    app = make_app(api_key=False)
    with pytest.raises(GenkitError, match='every request must bring one'):
        await app.texts()
    retriever = await app.ai.registry.resolve_action_by_key('/retriever/pinecone/notes')
    assert retriever is not None
    query = {'query': ANIMALS[0].to_wire()}
    for key in (*KEYS, *KEYS):
        await retriever.arun(query, context={'secrets': {'api_key': key}})
    assert [request.headers['api-key'] for request in paths(server, '/query')] == [*KEYS, *KEYS]
    assert [request.headers['api-key'] for request in paths(server, '/indexes/notes')] == [*KEYS]


async def test_a_host_that_is_given_is_not_looked_up(server):
    app = App(server, host=f'{server.url}/data/notes')
    await app.index(*ANIMALS)
    assert len(await app.texts()) == 3
    assert paths(server, '/indexes/notes') == []
    await app.ai.aclose()


async def test_an_index_is_looked_up_once(make_app, server):
    app = make_app()
    await asyncio.gather(*(app.texts() for _ in range(5)))
    assert len(paths(server, '/indexes/notes')) == 1


async def test_indexing_waits_until_what_it_stored_can_be_found(make_app, server):
    server.delay = 0.15
    app = make_app(visible_within=5.0)
    await app.index(*ANIMALS)
    assert len(await app.texts()) == 3


async def test_waiting_in_vain_says_so(make_app, server):
    server.delay = 60.0
    app = make_app(visible_within=0.05)
    with pytest.raises(GenkitError, match=r'3 records were stored .* raise visible_within') as raised:
        await app.index(*ANIMALS)
    assert raised.value.status == 'DEADLINE_EXCEEDED'


async def test_what_is_not_seen_yet_is_stored_again_and_not_doubled(make_app, server):
    server.delay = 0.3
    app = make_app()
    await app.index(*ANIMALS)
    await app.index(*ANIMALS)
    await asyncio.sleep(0.4)
    assert sorted(await app.texts()) == ['cat', 'crow', 'wolf']


async def test_indexes_are_made_described_and_deleted(server):
    server.polls = 2
    plugin = Pinecone(api_key=KEYS[0], controller_host=server.url)
    made = await plugin.create_index('fresh', 8, metric='dotproduct', ready_within=1.0)
    assert made['status']['ready']
    assert (await plugin.describe_index('fresh'))['dimension'] == 8
    with pytest.raises(GenkitError, match='already exists') as raised:
        await plugin.create_index('fresh', 8)
    assert raised.value.status == 'ABORTED'
    await plugin.delete_index('fresh')
    with pytest.raises(GenkitError) as raised:
        await plugin.delete_index('fresh')
    assert raised.value.status == 'NOT_FOUND'
    server.polls = 1000
    with pytest.raises(GenkitError, match="'Initializing' after") as raised:
        await plugin.create_index('slow', 8, ready_within=0.05)
    assert raised.value.status == 'DEADLINE_EXCEEDED'
    await plugin.aclose()


async def test_a_missing_index_says_how_it_is_made(server, make_app):
    app = make_app()
    server.indexes.clear()
    with pytest.raises(GenkitError, match=r"There is no index 'notes' .* plugin\.create_index\('notes', dim") as raised:
        await app.texts()
    assert raised.value.status == 'NOT_FOUND'
    server.indexes['notes'] = Index('notes', 8, 'cosine')
    assert await app.texts() == []


@pytest.mark.parametrize(
    ('code', 'status'),
    [
        (400, 'INVALID_ARGUMENT'),
        (403, 'PERMISSION_DENIED'),
        (429, 'RESOURCE_EXHAUSTED'),
        (500, 'INTERNAL'),
        (503, 'UNAVAILABLE'),
    ],
)
async def test_an_answer_that_is_an_error_has_its_status_and_hint(code, status):
    answer = CannedAnswer.of_json({'code': 8, 'message': f'no, {KEYS[0]}'}, code, {'retry-after': '3'})
    with LoopbackServer(lambda _: answer) as loopback:
        app = App(loopback, host=loopback.url)
        with pytest.raises(GenkitError, match='no, ') as raised:
            await app.texts()
        assert raised.value.status == status
        assert raised.value.details['retry_after_ms'] == 3000
        assert KEYS[0] not in ''.join(traceback.format_exception(raised.value))
        await app.ai.aclose()


async def test_without_a_key_or_with_a_wrong_one_it_says_where_a_key_goes(server, monkeypatch):
    monkeypatch.delenv('PINECONE_API_KEY', raising=False)
    app = App(server, api_key=None)
    with pytest.raises(GenkitError, match='Set PINECONE_API_KEY') as raised:
        await app.texts()
    assert raised.value.status == 'FAILED_PRECONDITION'
    monkeypatch.setenv('PINECONE_API_KEY', SECRET)
    with pytest.raises(GenkitError, match='Check the key') as raised:
        await app.texts()
    assert raised.value.status == 'UNAUTHENTICATED'
    assert SECRET not in ''.join(traceback.format_exception(raised.value))
    assert SECRET not in str(raised.value.details)
    await app.ai.aclose()


async def test_a_server_that_cannot_be_reached_is_named():
    with socket.socket() as listening:
        listening.bind(('127.0.0.1', 0))
        url = f'http://127.0.0.1:{listening.getsockname()[1]}'
    plugin = Pinecone(PineconeIndex(name='notes', embedder='e'), api_key=SECRET, controller_host=url)
    with pytest.raises(GenkitError, match=f'Pinecone at {url}/indexes/notes: .* Check that it can') as raised:
        await plugin.describe_index('notes')
    assert raised.value.status == 'UNAVAILABLE'
    await plugin.aclose()


def test_one_plugin_serves_several_event_loops(server):
    app = App(server)

    async def run() -> list[str]:
        await app.index(*ANIMALS)
        found = await app.texts()
        await app.ai.aclose()
        return found

    assert asyncio.run(run()) == asyncio.run(run())


def test_two_indexes_of_one_name_are_refused():
    index = PineconeIndex(name='a', embedder='e')
    with pytest.raises(GenkitError, match='Two indexes have one name'):
        Pinecone(index, index)


def test_references_name_retriever_and_indexer():
    assert pinecone_retriever_ref('notes').name == pinecone_indexer_ref('notes').name == 'pinecone/notes'


def test_importing_the_plugin_imports_no_http_library():
    program = (
        'import sys; from genkit_pinecone import Pinecone, PineconeIndex; '
        "Pinecone(PineconeIndex(name='a', embedder='b')); print('pinecone' in sys.modules, 'httpx' in sys.modules)"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'False False\n'
