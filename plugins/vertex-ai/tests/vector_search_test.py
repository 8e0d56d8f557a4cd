# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Vector Search with documents in Firestore and in BigQuery."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import Plugin, StorePlugin
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, StoreContract, define_fake_embedder
from genkit.types import Document
from genkit_vertex_ai import (
    BigQueryDocuments,
    Cloud,
    DocumentStore,
    FirestoreDocuments,
    NumericRestrict,
    VectorSearchIndex,
    VectorSearchOptions,
    VertexAIVectorSearch,
)
from genkit_vertex_ai.convert import from_value, to_neighbors, to_similarity, to_value
from genkit_vertex_ai.testing import FakeGoogle

from .discovery import check


class Models(Plugin):
    """Another plugin whose name is the prefix."""

    name = 'vertexai'

    async def resolve(self, action_type: Any, name: str) -> None:
        return None


VERTEX = 'aiplatform.v1beta1'
PREFIX = 'GoogleCloudAiplatformV1beta1'


def index(documents: DocumentStore, **more: Any) -> VectorSearchIndex:
    told: Any = {'index_id': '77', 'embedder': 'fake', **more}
    return VectorSearchIndex(
        index_endpoint_id='88',
        deployed_index_id='deployed',
        public_domain_name='1.us-central1-2.vdb.vertexai.goog',
        documents=documents,
        **told,
    )


class _OfVectorSearch(StoreContract):
    takes_filters = False

    def documents(self) -> DocumentStore:
        raise NotImplementedError

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        server = LoopbackServer(FakeGoogle()).__enter__()

        class Serving(VertexAIVectorSearch):
            async def aclose(self) -> None:
                await super().aclose()
                server.__exit__(None, None, None)

        told = index(self.documents(), name=collection, embedder=embedder)
        return Serving(told, project='p', api_key='key', base_url=server.url)


class TestFirestore(_OfVectorSearch):
    def documents(self) -> DocumentStore:
        return FirestoreDocuments('notes')


class TestBigQuery(_OfVectorSearch):
    def documents(self) -> DocumentStore:
        return BigQueryDocuments('things', 'notes')


class Searching:
    """An application with one index, in front of a fake Google."""

    def __init__(self, documents: DocumentStore | None = None, answer: Any = None, **more: Any) -> None:
        self.google = FakeGoogle()
        self._index = index(documents or FirestoreDocuments('notes'), **more)
        self._server = LoopbackServer(answer or self.google)

    async def __aenter__(self) -> Self:
        self._server.__enter__()
        told: Any = {'project': 'a-project', 'api_key': 'key', 'base_url': self._server.url}
        self.plugin = VertexAIVectorSearch(self._index, **told)
        self.ai = Genkit(plugins=[Models(), self.plugin])
        define_fake_embedder(self.ai, 'fake', dimensions=8)
        return self

    async def __aexit__(self, *ended: object) -> None:
        await self.ai.aclose()
        self._server.__exit__(None, None, None)

    def bodies(self, ending: str) -> list[Any]:
        return [request.json for request in self._server.requests if request.path.partition('?')[0].endswith(ending)]

    def paths(self) -> list[str]:
        return [request.path for request in self._server.requests]


RED = {'restricts': [{'namespace': 'color', 'allowList': ['red']}]}


async def test_requests_fit_what_google_says_of_them_and_zero_is_a_number() -> None:
    async with Searching() as searching:
        free = {'numericRestricts': [{'namespace': 'price', 'valueInt': 0}], 'crowdingTag': 'shop', **RED}
        documents = [Document.from_text('free', free), Document.from_text('dear', {**RED, 'n': [[1]]})]
        await searching.ai.index('vertexai/77', documents)
        query = Document.from_text('free', RED)
        options = VectorSearchOptions(
            k=3, crowding=1, numeric_restricts=[NumericRestrict(namespace='price', value_int=0, op='EQUAL')]
        )
        found = (await searching.ai.retrieve('vertexai/77', query, options)).documents
        assert [document.text for document in found] == ['free']
        assert {name: (found[0].metadata or {})[name] for name in free} == free
        (written,) = searching.bodies(':upsertDatapoints')
        check(VERTEX, f'{PREFIX}UpsertDatapointsRequest', written)
        numbers = [point.get('numericRestricts') for point in written['datapoints']]
        assert [{'namespace': 'price', 'valueInt': '0'}] in numbers
        (asked,) = searching.bodies(':findNeighbors')
        check(VERTEX, f'{PREFIX}FindNeighborsRequest', asked)
        ((given),) = asked['queries']
        assert given['datapoint']['restricts'] == [{'namespace': 'color', 'allowList': ['red']}]
        assert given['datapoint']['numericRestricts'] == [{'namespace': 'price', 'valueInt': '0', 'op': 'EQUAL'}]
        assert (given['neighborCount'], given['perCrowdingAttributeNeighborCount']) == (3, 1)
        await searching.plugin.delete('77', documents)
        check(VERTEX, f'{PREFIX}RemoveDatapointsRequest', searching.bodies(':removeDatapoints')[0])
        for body in searching.bodies('documents:commit'):
            check('firestore.v1', 'CommitRequest', body)
        for body in searching.bodies('documents:batchGet'):
            check('firestore.v1', 'BatchGetDocumentsRequest', body)
        assert not searching.google.documents
        assert not searching.google.points


async def test_requests_of_bigquery_fit_what_google_says_of_them() -> None:
    async with Searching(BigQueryDocuments('things', 'notes', location='EU')) as searching:
        await searching.ai.index('vertexai/77', [Document.from_text('one', {'n': 1})])
        assert (await searching.ai.retrieve('vertexai/77', 'one')).documents[0].text == 'one'
        for body in searching.bodies('/queries'):
            check('bigquery.v2', 'QueryRequest', body)
        (rows,) = searching.bodies('/insertAll')
        check('bigquery.v2', 'TableDataInsertAllRequest', rows)
        assert json.loads(rows['rows'][0]['json']['content']) == [{'text': 'one'}]
        select = searching.bodies('/queries')[-1]
        assert select['query'].endswith('FROM `a-project.things.notes` WHERE id IN UNNEST(@ids)')
        assert select['location'] == 'EU'


async def test_the_number_of_the_project_is_asked_for_once() -> None:
    async with Searching() as searching:
        await searching.ai.index('vertexai/77', 'one')
        for _ in range(3):
            await searching.ai.retrieve('vertexai/77', 'one')
        asked = [path for path in searching.paths() if path.startswith('/v3/')]
        assert asked == ['/v3/projects/a-project']
        (path, *_) = [path for path in searching.paths() if path.endswith(':findNeighbors')]
        assert path == '/v1/projects/4711/locations/us-central1/indexEndpoints/88:findNeighbors'


async def test_a_vector_without_a_document_is_left_out() -> None:
    async with Searching() as searching:
        await searching.ai.index('vertexai/77', [Document.from_text('one'), Document.from_text('two')])
        searching.google.documents.popitem()
        assert len((await searching.ai.retrieve('vertexai/77', 'one')).documents) == 1


async def test_an_interrupted_writing_begins_again() -> None:
    async with Searching() as searching:
        await searching.ai.index('vertexai/77', 'one')
        searching.google.documents.clear()  # as if it had ended after the vectors
        await searching.ai.index('vertexai/77', 'one')
        assert len(searching.bodies(':upsertDatapoints')) == 2
        await searching.ai.index('vertexai/77', 'one')
        assert len(searching.bodies(':upsertDatapoints')) == 2


async def test_documents_may_be_kept_by_the_application() -> None:
    class Memory(DocumentStore):
        def __init__(self) -> None:
            self.kept: dict[str, Document] = {}

        async def put(self, cloud: Cloud, documents: Mapping[str, Document]) -> None:
            self.kept.update(documents)

        async def get(self, cloud: Cloud, ids: Sequence[str]) -> Mapping[str, Document]:
            return {name: self.kept[name] for name in ids if name in self.kept}

        async def delete(self, cloud: Cloud, ids: Sequence[str]) -> None:
            for name in ids:
                self.kept.pop(name, None)

    memory = Memory()
    async with Searching(memory, name='mine') as searching:
        await searching.ai.index('vertexai/mine', 'one')
        assert [document.text for document in (await searching.ai.retrieve('vertexai/mine', 'one')).documents] == [
            'one'
        ]
        await searching.plugin.delete('mine', list(memory.kept))
    assert not memory.kept


@pytest.mark.parametrize('restrict', [{'namespace': 'a'}, {'namespace': 'a', 'valueInt': 1, 'valueFloat': 1.0}])
async def test_a_number_has_one_value(restrict: Any) -> None:
    async with Searching() as searching:
        with pytest.raises(GenkitError, match='give one of value_int') as raised:
            await searching.ai.retrieve('vertexai/77', Document.from_text('x', {'numericRestricts': [restrict]}))
        assert raised.value.status == 'INVALID_ARGUMENT'
        with pytest.raises(GenkitError, match='restricts cannot be read'):
            await searching.ai.retrieve('vertexai/77', Document.from_text('x', {'restricts': ['red']}))


def test_scores_rise_with_what_is_near() -> None:
    near, far = 0.1, 0.9
    assert to_similarity(far, 'dot_product') > to_similarity(near, 'dot_product')
    assert to_similarity(near, 'cosine') > to_similarity(far, 'cosine')
    assert to_similarity(near, 'squared_l2') > to_similarity(far, 'squared_l2')


def test_values_of_firestore_are_json_again() -> None:
    value = {'a': [1, 2.5, 'x', None, True, {'b': []}], 'large': 2**70, 'c': {}}
    there = to_value(value)
    check('firestore.v1', 'Value', there)
    assert from_value(there) == {**value, 'large': float(2**70)}
    assert from_value({'timestampValue': '2026-11-22T12:00:00Z'}) == '2026-11-22T12:00:00Z'
    assert from_value({}) is None


@pytest.mark.parametrize(
    'value', [{'integerValue': 'x'}, {'integerValue': '9' * 5000}, {'arrayValue': {'values': 7}}, {'mapValue': 'x'}]
)
def test_what_is_no_value_of_firestore_is_an_error(value: Any) -> None:
    with pytest.raises(GenkitError) as raised:
        from_value(value)
    assert raised.value.status == 'INTERNAL'


@pytest.mark.parametrize('distance', [float('nan'), float('inf'), 10**400, '1'])
def test_a_distance_is_a_number(distance: Any) -> None:
    neighbor = {'datapoint': {'datapointId': 'a'}, 'distance': distance}
    with pytest.raises(GenkitError, match='no id or distance'):
        to_neighbors({'nearestNeighbors': [{'neighbors': [neighbor]}]}, 'test')


async def test_a_query_of_bigquery_is_followed_to_its_end() -> None:
    row = {'f': [{'v': 'a'}, {'v': '[{"text":"one"}]'}, {'v': None}]}
    other = {'f': [{'v': 'b'}, {'v': 'a plain text'}, {'v': '{"n":1}'}]}
    job = {'jobReference': {'jobId': 'j/1', 'location': 'EU'}}
    answers = [
        {'jobComplete': False, **job},
        {'jobComplete': True, 'pageToken': 't', 'rows': [row], **job},
        {'jobComplete': True, 'rows': [other]},
    ]
    requests: list[RecordedRequest] = []

    def answer(request: RecordedRequest) -> CannedAnswer:
        requests.append(request)
        return CannedAnswer.of_json(answers.pop(0))

    with LoopbackServer(answer) as server:
        cloud = Cloud('test', None, {'project': 'p', 'api_key': 'key', 'base_url': server.url})
        found = await BigQueryDocuments('d', 't').get(cloud, ['a', 'b'])
        await cloud.aclose()
    assert [(name, document.text, document.metadata) for name, document in found.items()] == [
        ('a', 'one', None),
        ('b', 'a plain text', {'n': 1}),
    ]
    assert [request.path.rpartition('/')[2] for request in requests] == [
        'queries',
        'j%2F1?timeoutMs=30000&location=EU',
        'j%2F1?timeoutMs=30000&location=EU&pageToken=t',
    ]


@pytest.mark.parametrize(
    ('answer', 'says'),
    [
        ({'insertErrors': [{'index': 0, 'errors': [{'message': 'no such field'}]}]}, 'no such field'),
        ({'jobComplete': False}, 'BigQuery gave no job'),
        (
            {'jobComplete': True, 'rows': [{'f': [{'v': 'a'}, {'v': '{"x":1}'}, {'v': None}]}]},
            'must be a list of parts',
        ),
        (7, 'answer'),
        ({'jobComplete': True, 'pageToken': 't', 'rows': [], 'jobReference': {'jobId': 'j'}}, 'an earlier one'),
    ],
)
async def test_what_bigquery_refuses_is_an_error(answer: Any, says: str) -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        cloud = Cloud('test', None, {'project': 'p', 'api_key': 'key', 'base_url': server.url})
        store = BigQueryDocuments('d', 't')
        call = store.put(cloud, {'a': Document.from_text('x')}) if 'field' in says else store.get(cloud, ['a'])
        with pytest.raises(GenkitError, match=says) as raised:
            await call
        await cloud.aclose()
    assert raised.value.status == 'INTERNAL'


def test_names_of_tables_are_names() -> None:
    with pytest.raises(GenkitError, match='names no dataset or table'):
        BigQueryDocuments('d', 't` WHERE TRUE; --')


@pytest.mark.parametrize('answer', [[], {'nearestNeighbors': [{'neighbors': [{}]}]}, {'nearestNeighbors': 7}])
async def test_what_is_no_neighbor_is_an_error(answer: Any) -> None:
    google = FakeGoogle()

    def given(request: RecordedRequest) -> CannedAnswer:
        return CannedAnswer.of_json(answer) if request.path.endswith(':findNeighbors') else google(request)

    async with Searching(answer=given) as searching:
        with pytest.raises(GenkitError) as raised:
            await searching.ai.retrieve('vertexai/77', 'x')
    assert raised.value.status in ('INTERNAL', 'UNAVAILABLE')


def test_two_indexes_of_one_name_are_refused() -> None:
    with pytest.raises(GenkitError, match='Two indexes have one name'):
        VertexAIVectorSearch(index(FirestoreDocuments('a')), index(FirestoreDocuments('b')))
