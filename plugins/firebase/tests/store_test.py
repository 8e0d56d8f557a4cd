# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of vector stores, and what is peculiar to Firestore."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin
from genkit.testing import StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_firebase import (
    Firestore,
    FirestoreIndex,
    define_firestore_retriever,
    firestore_indexer_ref,
    firestore_retriever_ref,
)
from google.cloud.firestore import AsyncClient, GeoPoint
from google.cloud.firestore_v1.vector import Vector

from .engines import Engine
from .firestore_server import FirestoreServer, RefusedError


class App:
    """An application with a collection, in which the vector of a document is that of its metadata, or of its text."""

    def __init__(self, **settings: Any) -> None:
        self.path = str(settings.setdefault('collection', uuid.uuid4().hex))
        self.plugin = Firestore(FirestoreIndex(name='notes', embedder='fake', **settings), project='demo-test')
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', self._embed)
        self.vector: list[float] | None = None
        self.client = AsyncClient('demo-test')

    async def _embed(self, request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=self._vector(each)) for each in request.input])

    def _vector(self, document: Any) -> list[float]:
        return self.vector or [1.0, float(len(Document.from_document_data(document).text()))]

    async def index(self, *texts: str, **metadata: Any) -> None:
        await self.ai.index('firestore/notes', [Document.from_text(text, metadata) for text in texts])

    async def found(self, query: str = 'x', **options: Any) -> list[Document]:
        return (await self.ai.retrieve('firestore/notes', query, options)).documents

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        return [Document.from_document_data(each).text() for each in await self.found(query, **options)]

    async def put(self, name: str, fields: dict[str, Any]) -> None:
        """Store a document as another program does."""
        await self.client.collection(self.path).document(name).set(fields)

    async def aclose(self) -> None:
        await self.ai.aclose()
        await self.client._firestore_api.transport.close()


@pytest.fixture
async def make(engine: Any) -> AsyncIterator[Any]:
    made: list[App] = []

    def app(**settings: Any) -> App:
        made.append(App(**settings))
        return made[-1]

    yield app
    for each in made:
        await each.aclose()


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Google's emulator, or the stand-in where that is not installed; npm's knows no vectors."""
    try:
        google: Engine = request.getfixturevalue('google')
    except pytest.skip.Exception:
        return request.getfixturevalue('server')
    monkeypatch.setenv('FIRESTORE_EMULATOR_HOST', google.host)
    return google


class TestFirestore(StoreContract):
    @pytest.fixture(autouse=True)
    def _engine(self, engine: Any) -> None:
        """The contract runs on it."""

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        index = FirestoreIndex(name=collection, collection=uuid.uuid4().hex, embedder=embedder)
        return Firestore(index, project='demo-test')


@pytest.mark.soak
class TestOnTheStandIn(TestFirestore):
    @pytest.fixture
    def engine(self, server: FirestoreServer) -> FirestoreServer:
        return server


async def test_a_document_is_one_that_other_programs_can_read(make: Any) -> None:
    app = make()
    metadata = {'year': 2020, 'ratio': 2.0, 'author': {'name': 'Ada', 'age': None}, 'tags': ['x', None], 'none': None}
    await app.index('hello', **metadata, empty=[], __odd__=1, large=1 << 70, nested=[[1], 2], embedding='mine')
    (snapshot,) = [each async for each in app.client.collection(app.path).stream()]
    fields = snapshot.to_dict() or {}
    assert fields.pop('embedding') == Vector([1.0, 5.0])
    assert sorted(fields.pop('_genkit')) == ['metadata', 'version']
    assert fields == {
        'text': 'hello',
        'year': 2020,
        'ratio': 2.0,
        'author': {'name': 'Ada'},
        'tags': ['x', None],
        'large': float(1 << 70),
        'nested': [2],
    }
    (document,) = await app.found()
    back = {
        name: value for name, value in (document.metadata or {}).items() if not name.startswith('_') or name[1] == '_'
    }
    assert back == {
        **metadata,
        'empty': [],
        '__odd__': 1,
        'large': 1 << 70,
        'nested': [[1], 2],
        'embedding': 'mine',
    }
    assert type(back['ratio']) is float


async def test_documents_of_other_programs_are_found_as_they_are(make: Any) -> None:
    app = make(content_field='body')
    when = datetime(2026, 1, 2, 3, tzinfo=UTC)
    place = app.client.collection(app.path).document('other')
    await app.put(
        'a',
        {
            'body': 'hello',
            'embedding': Vector([1.0, 1.0]),
            'when': when,
            'place': GeoPoint(1.0, 2.0),
            'raw': b'ab',
            'refers': place,
            'list': [when],
        },
    )
    await app.put('b', {'embedding': Vector([1.0, 2.0]), 'body': 3})
    await app.put('c', {'embedding': Vector([1.0, 3.0])})
    await app.put('d', {'body': 'without a vector'})
    documents = await app.found()
    assert [Document.from_document_data(each).text() for each in documents] == ['hello', '3', '']
    metadata = documents[0].metadata or {}
    assert metadata['when'] == '2026-01-02T03:00:00+00:00'
    assert metadata['list'] == ['2026-01-02T03:00:00+00:00']
    assert metadata['place'] == {'latitude': 1.0, 'longitude': 2.0}
    assert metadata['raw'] == 'YWI='
    assert metadata['refers'] == f'{app.path}/other'
    assert metadata['_id'] == 'a'


async def test_content_and_metadata_may_be_made_by_functions(make: Any) -> None:
    app = make(
        content_field=lambda snapshot: f'{snapshot.get("title")}: {snapshot.get("body")}',
        metadata_fields=lambda snapshot: {'id': snapshot.id, 'when': snapshot.create_time},
    )
    await app.put('a', {'title': 'T', 'body': 'B', 'embedding': Vector([1.0, 1.0])})
    (document,) = await app.found()
    assert Document.from_document_data(document).text() == 'T: B'
    assert set(document.metadata or {}) == {'id', 'when', '_id', '_score'}
    with pytest.raises(GenkitError, match='content_field') as raised:
        await app.index('x')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_a_function_that_makes_no_content_is_named(make: Any) -> None:
    app = make(content_field=lambda snapshot: None)
    await app.put('a', {'embedding': Vector([1.0, 1.0])})
    with pytest.raises(GenkitError, match='content_field returned NoneType'):
        await app.found()


async def test_some_fields_become_metadata(make: Any) -> None:
    app = make(metadata_fields=['year', 'gone'])
    await app.index('hello', year=2020, topic='x', gone=[])
    (document,) = await app.found()
    assert set(document.metadata or {}) == {'year', 'gone', '_id', '_score'}


async def test_distances_are_compared_and_shown_as_asked_for(make: Any) -> None:
    app = make(distance_result_field='distance')
    for name, vector in (('same', [1.0, 0.0]), ('near', [1.0, 0.5]), ('far', [0.0, 3.0])):
        await app.put(name, {'text': name, 'embedding': Vector(vector)})
    app.vector = [1.0, 0.0]
    assert await app.texts(distanceThreshold=0) == ['same']
    assert await app.texts(distance_threshold=0.2) == ['same', 'near']
    euclidean = await app.found(distance_measure='EUCLIDEAN', k=2)
    assert [(each.metadata or {})['distance'] for each in euclidean] == [0.0, 0.5]
    assert [(each.metadata or {})['_score'] for each in euclidean] == [-0.0, -0.5]
    product = await app.found(distance_measure='DOT_PRODUCT', distance_threshold=0.5, distance_result_field='p')
    assert [((each.metadata or {})['p'], (each.metadata or {})['_score']) for each in product] == [(1.0, 1.0)] * 2
    assert len(await app.texts(limit=1)) == 1
    app.vector = [0.0, 0.0]
    assert [(each.metadata or {})['_score'] for each in await app.found()] == [0.0] * 3


async def test_the_threshold_of_a_collection_counts_even_if_it_is_0(make: Any) -> None:
    app = make(distance_threshold=0.0)
    await app.put('a', {'text': 'same', 'embedding': Vector([1.0, 0.0])})
    await app.put('b', {'text': 'near', 'embedding': Vector([1.0, 0.5])})
    app.vector = [1.0, 0.0]
    assert await app.texts() == ['same']
    assert await app.texts(distance_threshold=1.0) == ['same', 'near']


async def test_conditions_of_firestore_itself(make: Any) -> None:
    app = make()
    for year in range(2018, 2023):
        await app.index(f'in {year}', year=year, kind='even' if year % 2 == 0 else 'odd')
    assert sorted(await app.texts(where={'kind': 'odd'})) == ['in 2019', 'in 2021']
    triples = [('kind', '==', 'even'), ('year', '>=', 2020)]
    assert sorted(await app.texts(where=triples)) == ['in 2020', 'in 2022']
    assert sorted(await app.texts(where=triples, filter={'year': {'$ne': 2022}})) == ['in 2020']
    with pytest.raises(GenkitError, match='~=') as raised:
        await app.texts(where=[('year', '~=', 1)])
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_numbers_within_lists_are_compared(make: Any) -> None:
    app = make()
    await app.index('hello', pages=[1, 2, 30])
    for given in ({'pages': 2}, {'pages': {'$gt': 20}}, {'pages': {'$in': [5, 30]}}, {'pages': {'$ne': 3}}):
        assert await app.texts(filter=given) == ['hello'], given
    assert await app.texts(filter={'pages': 3}) == []


async def test_where_lists_are_declared_filters_are_left_to_firestore(server: FirestoreServer) -> None:
    app = App(list_fields=['tags'])
    await app.index('one', tags=['a', 'b'], year=2020, kind='x', odd=True)
    await app.index('two', tags=['a'], year=2021, kind='y', odd=False)
    server.requests.clear()
    given = {'tags': 'b', 'year': {'$gte': 2020, '$lt': 2022}, 'kind': {'$in': list('xyz')}, 'odd': True}
    assert await app.texts(filter=given, k=7) == ['one']
    queries = [request.structured_query for name, request in server.requests if name == 'RunQuery']
    assert [query.find_nearest.limit for query in queries if 'find_nearest' in query] == [7]
    with pytest.raises(GenkitError, match=r"list_fields=\['other', 'tags'\]") as raised:
        await app.index('three', other=['a'])
    assert raised.value.status == 'INVALID_ARGUMENT'
    await app.aclose()


async def test_what_firestore_cannot_compare_is_compared_here_or_refused(make: Any) -> None:
    app = make()
    for start in range(0, 1_100, 300):
        batch = app.client.batch()
        for number in range(start, min(start + 300, 1_100)):
            fields = {'text': str(number), 'embedding': Vector([1.0, number / 1_000]), 'n': number}
            batch.set(app.client.collection(app.path).document(str(number)), fields)
        await batch.commit()
    app.vector = [1.0, 0.0]
    assert await app.texts(filter={'n': {'$gt': 500}}, k=3) == ['501', '502', '503']
    assert await app.texts(filter={'n': {'$nin': [0, 1]}}, k=1) == ['2']
    with pytest.raises(GenkitError, match='Ask for fewer') as raised:
        await app.texts(filter={'n': {'$gt': 998}}, k=3)
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert "{'n': {'$gt': 998}}" in str(raised.value)
    assert await app.plugin.count('notes', {'n': {'$gt': 998}}) == 101
    await app.plugin.delete_meeting('notes', {'n': {'$lt': 1_000}})
    assert await app.plugin.count('notes') == 100


async def test_a_filter_with_many_values_or_alternatives_is_compared_nevertheless(make: Any) -> None:
    app = make(list_fields=())
    for year in range(2018, 2023):
        await app.index(f'in {year}', year=year, topic=f'{year}' + 'x' * 2_000)
    many = list(range(2000, 2021))
    assert sorted(await app.texts(filter={'year': {'$in': [*many, *range(100, 120)]}})) == [
        'in 2018',
        'in 2019',
        'in 2020',
    ]
    alternatives = {'$and': [{'year': {'$in': many}}, {'$or': [{'year': 2019}, {'year': 2020}]}]}
    assert sorted(await app.texts(filter=alternatives)) == ['in 2019', 'in 2020']
    assert await app.texts(filter={'topic': '2018' + 'x' * 2_000}) == ['in 2018']


@pytest.mark.parametrize('name', ['text', 'embedding', '_genkit.version', '_genkitDistance'])
async def test_a_filter_on_a_field_of_the_collection_itself_is_refused(name: str, make: Any) -> None:
    app = make()
    with pytest.raises(GenkitError, match='a field of the collection itself') as raised:
        await app.texts(filter={name: 'x'})
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_vectors_that_firestore_cannot_hold_are_refused_before_they_are_sent(server: FirestoreServer) -> None:
    app = App()
    app.vector = [0.5] * 2_049
    for call in (app.index('x'), app.texts()):
        with pytest.raises(GenkitError, match='2049 dimensions; Firestore takes 2048') as raised:
            await call
        assert raised.value.status == 'INVALID_ARGUMENT'
    assert [name for name, _ in server.requests] == ['BatchGetDocuments']  # whether it is stored already
    app.vector = [0.5] * 2_048
    await app.index('x')
    assert await app.texts() == ['x']
    await app.aclose()


async def test_a_query_of_other_dimensions_is_refused(make: Any) -> None:
    app = make()
    await app.index('x')
    app.vector = [1.0, 2.0, 3.0]
    with pytest.raises(GenkitError, match='holds vectors of 2 dimensions, and these have 3') as raised:
        await app.texts()
    assert raised.value.status == 'INVALID_ARGUMENT'
    await app.plugin.delete('notes', [(await app.client.collection(app.path).get())[0].id])
    await app.index('y')  # the collection was emptied, and takes others
    assert await app.texts() == ['y']


async def test_large_vectors_go_in_several_commits(make: Any) -> None:
    app = make()
    app.vector = [0.123456789] * 2_048
    await app.ai.index('firestore/notes', [Document.from_text(f'{n}' + 'x' * 100_000) for n in range(40)])
    assert await app.plugin.count('notes') == 40


async def test_a_document_that_is_too_large_is_refused(make: Any) -> None:
    app = make()
    with pytest.raises(GenkitError) as raised:
        await app.index('x' * 1_100_000)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert await app.plugin.count('notes') == 0


async def test_another_collection_for_each_call(make: Any) -> None:
    app = make()
    path = f'users/ada/{app.path}'
    await app.index('mine')
    await app.ai.index('firestore/notes', [Document.from_text('hers')], {'collection': path})
    assert await app.texts() == ['mine']
    assert await app.texts(collection=path) == ['hers']
    assert await app.plugin.count('notes', None, {'collection': path}) == 1
    await app.plugin.delete('notes', [Document.from_text('hers')], {'collection': path})
    assert await app.texts(collection=path) == []
    with pytest.raises(GenkitError, match=r"'a/b'") as raised:
        await app.texts(collection='a/b')
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_ids_that_no_document_has_are_passed_over(make: Any) -> None:
    app = make()
    await app.index('x')
    await app.plugin.delete('notes', ['a/b', '', '..', '__x__', '\ud800', 'ü' * 1_000])
    assert await app.texts() == ['x']


async def test_a_retriever_that_stands_alone(make: Any) -> None:
    app = make()
    action = define_firestore_retriever(
        app.ai,
        name='library',
        label='The library',
        collection=app.path,
        embedder='fake',
        firestore=app.client,
        content_field='body',
        vector_field='v',
        metadata_fields=['author'],
        distance_measure='EUCLIDEAN',
        distance_threshold=5,
        distance_result_field='d',
    )
    assert action.metadata['retriever']['label'] == 'The library'
    await app.put('a', {'body': 'A book', 'v': Vector([1.0, 0.0]), 'author': 'Ada', 'year': 1843})
    await app.put('b', {'body': 'B', 'v': Vector([1.0, 90.0]), 'author': 'Bob'})
    response = await app.ai.retrieve('library', 'x')
    assert [(Document.from_document_data(each).text(), each.metadata) for each in response.documents] == [
        ('A book', {'author': 'Ada', 'd': 1.0})
    ]
    nothing = await app.ai.retrieve('library', 'x', {'filter': {'author': {'$in': []}}})
    assert nothing.documents == []
    everything = await app.ai.retrieve('library', 'x', {'filter': {}, 'distanceThreshold': 100})
    assert len(everything.documents) == 2


@pytest.mark.parametrize(
    'message',
    [
        (
            'Missing vector index configuration. Please create the required index with the following gcloud command: '
            'gcloud firestore indexes composite create --project=p --collection-group=notes --query-scope=COLLECTION '
            '--field-config=order=ASCENDING,field-path=year '
            '--field-config=vector-config=\'{"dimension":"2","flat": "{}"}\',field-path=embedding'
        ),
        'The query requires an index. You can create it here: https://console.firebase.google.com/v1/r/project/p/'
        'firestore/indexes?create_composite=Cktwcm9qZWN0cy9w' + 'Y' * 1_500,
    ],
)
async def test_the_command_that_makes_a_missing_index_is_shown(message: str, server: FirestoreServer) -> None:
    def refuse(name: str, request: Any) -> None:
        if name == 'RunQuery' and 'find_nearest' in request.structured_query:
            raise RefusedError(grpc.StatusCode.FAILED_PRECONDITION, message)

    app = App()
    server.before = refuse
    with pytest.raises(GenkitError) as raised:
        await app.texts(filter={'year': 2020})
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert message in str(raised.value)
    assert 'list_fields=[]' in str(raised.value)
    await app.aclose()


@pytest.mark.parametrize(
    ('code', 'status', 'says'),
    [
        (grpc.StatusCode.PERMISSION_DENIED, 'PERMISSION_DENIED', 'roles/datastore.user'),
        (grpc.StatusCode.UNAUTHENTICATED, 'UNAUTHENTICATED', 'GOOGLE_APPLICATION_CREDENTIALS'),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 'RESOURCE_EXHAUSTED', 'quotas'),
        (grpc.StatusCode.INTERNAL, 'INTERNAL', 'its words'),
        (grpc.StatusCode.UNAVAILABLE, 'UNAVAILABLE', 'its words'),
    ],
)
async def test_what_firestore_says_is_an_error_of_ours(
    code: grpc.StatusCode, status: str, says: str, server: FirestoreServer
) -> None:
    def refuse(*_: Any) -> None:
        raise RefusedError(code, 'its words')

    server.before = refuse
    plugin = Firestore(FirestoreIndex(name='n', embedder='fake'), project='demo-test', timeout=0.5)
    with pytest.raises(GenkitError, match=says) as raised:
        await plugin.count('n')
    assert raised.value.status == status
    assert raised.value.__cause__ is not None
    await plugin.aclose()


async def test_a_server_that_hangs_is_given_up(server: FirestoreServer) -> None:
    server.before = server.hang
    plugin = Firestore(FirestoreIndex(name='n', embedder='fake'), project='demo-test', timeout=0.3)
    with pytest.raises(GenkitError, match='timeout=') as raised:
        await plugin.count('n')
    assert raised.value.status == 'DEADLINE_EXCEEDED'
    await plugin.aclose()


async def test_a_commit_whose_answer_is_lost_is_repeated(server: FirestoreServer) -> None:
    lost: list[str] = []

    def lose(name: str, _: Any) -> None:
        if name == 'Commit' and not lost:
            lost.append(name)
            raise RefusedError(grpc.StatusCode.UNAVAILABLE, 'the connection was lost')

    server.after = lose
    app = App()
    await app.index('once')
    assert lost
    assert await app.plugin.count('notes') == 1
    await app.aclose()


async def test_a_document_that_is_damaged_is_said(make: Any) -> None:
    app = make()
    await app.put('a', {'embedding': Vector([1.0, 1.0]), '_genkit': {'metadata': '{'}})
    with pytest.raises(GenkitError, match='Index it again') as raised:
        await app.texts()
    assert raised.value.status == 'DATA_LOSS'


def test_several_event_loops_use_one_plugin(engine: Any) -> None:
    app = Firestore(FirestoreIndex(name='n', collection=uuid.uuid4().hex, embedder='fake'), project='demo-test')

    async def count() -> int:
        try:
            return await app.count('n')
        finally:
            await app.aclose()

    assert [asyncio.run(count()) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ('settings', 'says'),
    [
        ({'name': 'a/b'}, "Collection 'a/b'"),
        ({'name': 'n', 'vector_field': ''}, 'vector_field'),
        ({'name': 'n', 'content_field': '__a__'}, 'content_field'),
        ({'name': 'n', 'vector_field': '_genkit'}, 'vector_field'),
        ({'name': 'n', 'distance_measure': 'cosine'}, "'COSINE'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(GenkitError, match=says) as raised:
        FirestoreIndex(embedder='fake', **settings)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_two_collections_of_one_name_are_refused() -> None:
    with pytest.raises(GenkitError, match='one name'):
        Firestore(FirestoreIndex(name='n', embedder='a'), FirestoreIndex(name='n', embedder='b'))


def test_references_name_what_there_is() -> None:
    assert firestore_retriever_ref('n').name == firestore_indexer_ref('n').name == 'firestore/n'
