# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract, and what is peculiar to tables: how they are made, indexed and filtered."""

import random
import uuid
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin
from genkit.testing import StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_postgresql import (
    Column,
    DistanceStrategy,
    ExactNearestNeighbor,
    HNSWIndex,
    HNSWQueryOptions,
    IVFFlatIndex,
    IVFFlatQueryOptions,
    PostgresEngine,
    PostgresIndex,
    PostgreSQL,
    postgres_indexer_ref,
    postgres_retriever_ref,
)

from .conftest import running


class TestPostgreSQL(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, database):
        self.url = database

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        plugin = PostgreSQL(PostgresIndex(name=collection, embedder=embedder), url=self.url)
        await plugin.init_vectorstore_table(collection, self.dimensions, overwrite_existing=True)
        return plugin


class TestHalfvec(TestPostgreSQL):
    """Numbers of 16 bits, ids that are UUIDs, and a table whose names need quotes."""

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        index = PostgresIndex(
            name=collection,
            embedder=embedder,
            schema_name='Other "schema"',
            id_column='the id',
            content_column='Text',
            embedding_column='select',
            metadata_json_column="it's",
            distance_strategy=DistanceStrategy.EUCLIDEAN,
        )
        plugin = PostgreSQL(index, url=self.url, name='other')
        async with plugin.engine.connection() as connection:
            await connection.execute('CREATE SCHEMA IF NOT EXISTS "Other ""schema"""')
        await plugin.init_vectorstore_table(
            collection, self.dimensions, overwrite_existing=True, vector_type='halfvec', id_type='uuid'
        )
        return plugin


@pytest.mark.soak
class TestOlderServers(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, older_database):
        self.url = older_database

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        plugin = PostgreSQL(PostgresIndex(name=collection, embedder=embedder), url=self.url)
        await plugin.init_vectorstore_table(collection, self.dimensions, overwrite_existing=True)
        return plugin


@pytest.mark.soak
@pytest.mark.parametrize('index', [HNSWIndex(), IVFFlatIndex(lists=4)], ids=['hnsw', 'ivfflat'])
async def test_older_servers_have_indexes_and_filters(older_database, index):
    app = App(older_database)
    await app.plugin.init_vectorstore_table(app.table, 8)
    await app.ai.index(app.name, [Document.from_text(str(n), {'even': n % 2 == 0}) for n in range(200)])
    await app.plugin.apply_vector_index(app.table, index)
    assert await app.plugin.is_valid_index(app.table)
    assert (await app.texts('8', k=1, filter={'even': True})) == ['8']
    await app.ai.aclose()


@pytest.mark.soak
async def test_a_server_without_halfvec_says_what_it_needs():
    package = pytest.importorskip('pgserver', reason='pgserver, whose pgvector is 0.6, is not built for this system')
    with running(package) as address:
        app = App(address, 2001)
        with pytest.raises(GenkitError, match=r'has pgvector 0\.6\.\d, and halfvec came with 0\.7\. Install') as raised:
            await app.plugin.init_vectorstore_table(app.table, 2001)
        assert raised.value.status == 'FAILED_PRECONDITION'
        await app.ai.aclose()


def vector_of(text: str, dimensions: int) -> list[float]:
    drawn = random.Random(text.encode('utf-8', 'surrogatepass'))
    return [drawn.gauss(0, 1) for _ in range(dimensions)]


class App:
    """An application with one table."""

    def __init__(self, url: str, dimensions: int = 8, **settings: Any) -> None:
        self.dimensions = dimensions
        self.table = f't-{uuid.uuid4().hex[:8]}'
        self.index = PostgresIndex(name=self.table, embedder='fake', **settings)
        self.plugin = PostgreSQL(self.index, url=url)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', self.embed)
        self.name = f'postgres/{self.table}'

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        texts = [Document.from_document_data(item).text() for item in request.input]
        return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text, self.dimensions)) for text in texts])

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve(self.name, query, {'k': 100, **options})).documents
        return [Document.from_document_data(document).text() for document in found]

    async def sql(self, statement: str, *values: Any) -> Any:
        async with self.plugin.engine.connection() as connection:
            return await connection.fetch(statement, *values)


@pytest.fixture
async def make_app(database):
    made: list[App] = []

    async def make(dimensions: int = 8, size: int | None = None, init: Mapping[str, Any] | None = None, **settings):
        app = App(database, dimensions, **settings)
        made.append(app)
        await app.plugin.init_vectorstore_table(app.table, size or dimensions, **(init or {}))
        return app

    yield make
    for app in made:
        await app.ai.aclose()


ANIMALS = [
    Document.from_text('cat', {'legs': 4, 'name': 'Mia', 'wild': False, 'tags': ['pet'], 'born': '2020-01-31'}),
    Document.from_text('wolf', {'legs': 4, 'name': "O'Brien; DROP TABLE x; --", 'wild': True, 'tags': []}),
    Document.from_text('crow', {'legs': 2, 'name': 'Mia', 'wild': True, 'born': '2022-06-01', 'note': None}),
    Document.from_text('snake', {'legs': 0, 'name': 'ü', 'wild': True, 'length': 1.5}),
    Document.from_text('rumour'),
]
COLUMNS = [Column('legs', 'integer'), Column('name', 'varchar(80)'), Column('wild', 'boolean'), Column('born', 'date')]

FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({'legs': 4}, {'cat', 'wolf'}),
    ({'legs': 4, 'wild': True}, {'wolf'}),
    ({'legs': {'$gte': 2, '$lt': 4}}, {'crow'}),
    ({'legs': {'$gt': 0}}, {'cat', 'wolf', 'crow'}),
    ({'legs': {'$lte': 2}}, {'crow', 'snake'}),
    ({'name': {'$ne': 'Mia'}}, {'wolf', 'snake', 'rumour'}),
    ({'name': {'$in': ['Mia', 'ü']}}, {'cat', 'crow', 'snake'}),
    ({'name': {'$in': []}}, set()),
    ({'name': {'$nin': ['Mia', 'ü']}}, {'wolf', 'rumour'}),
    ({'born': {'$gte': '2021-01-01'}}, {'crow'}),
    ({'born': {'$exists': True}}, {'cat', 'crow'}),
    ({'born': {'$exists': False}}, {'wolf', 'snake', 'rumour'}),
    ({'born': None}, {'wolf', 'snake', 'rumour'}),
    ({'born': {'$ne': None}}, {'cat', 'crow'}),
    ({'wild': False}, {'cat'}),
    ({'length': {'$gt': 1}}, {'snake'}),
    ({'tags': 'pet'}, {'cat'}),
    ({'legs': '4'}, set()),
    ({'legs': 4.0}, {'cat', 'wolf'}),
    ({'legs': {'$lt': 0.5}}, {'snake'}),
    ({'legs': True}, set()),
    ({'legs': {'$gt': 1 << 40}}, set()),
    ({'legs': {'$in': [0, 2.5, 2]}}, {'crow', 'snake'}),
    ({'name': 4}, set()),
    ({'name': {'$gt': 'a'}}, {'snake'}),
    ({'$or': [{'legs': 0}, {'wild': False}]}, {'snake', 'cat'}),
    ({'$and': [{'legs': 4}, {'$not': {'wild': True}}]}, {'cat'}),
    ({'$not': {'legs': 4}}, {'crow', 'snake', 'rumour'}),
    ({'name': "O'Brien; DROP TABLE x; --"}, {'wolf'}),
    ({"x' = 'x' OR true --": 1}, set()),
    ({'name': "' OR '1'='1"}, set()),
    ({'name': {'$in': ["') OR true --"]}}, set()),
    ({}, {'cat', 'wolf', 'crow', 'snake', 'rumour'}),
]


@pytest.mark.parametrize('columns', [[], COLUMNS], ids=['as JSON', 'in columns'])
async def test_filters_mean_the_same_in_json_and_in_columns_and_no_value_becomes_sql(make_app, columns):
    app = await make_app(metadata_columns=columns)
    await app.ai.index(app.name, ANIMALS)
    for conditions, expected in FILTERS:
        assert set(await app.texts(filter=conditions)) == expected, conditions
    for pattern in ({'$like': 'M%'}, {'$ilike': 'm_A'}):
        assert set(await app.texts(where={'name': pattern})) == {'cat', 'crow'}
    assert await app.texts(where={'name': {'$like': 'M%'}}, filter={'legs': 2}) == ['crow']


async def test_metadata_come_back_from_columns_as_they_were(make_app):
    app = await make_app(metadata_columns=COLUMNS)
    await app.ai.index(app.name, ANIMALS)
    found = {
        Document.from_document_data(document).text(): document.metadata
        for document in (await app.ai.retrieve(app.name, 'x', {'k': 10})).documents
    }
    for animal in ANIMALS:
        metadata = {name: value for name, value in found[animal.text()].items() if name not in ('_id', '_score')}
        assert metadata == (animal.metadata or {})


@pytest.mark.parametrize(
    ('where', 'message'),
    [
        ({'name': {'$like': 3}}, "where['name']['$like'] is 3; expected a pattern"),
        ({'name': {'$regex': '.*'}}, "where['name']['$regex'] is '$regex'; expected $like or $ilike"),
        ({'name': 'Mia'}, "where['name'] is 'Mia'; expected a pattern such as"),
    ],
)
async def test_a_pattern_without_meaning_is_refused_by_its_place(make_app, where, message):
    app = await make_app(metadata_columns=COLUMNS)
    with pytest.raises(GenkitError) as raised:
        await app.texts(where=where)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert message in str(raised.value)


async def test_names_of_tables_and_columns_are_never_sql(database):
    evil = 'x"; DROP TABLE notes; --'
    index = PostgresIndex(name=evil, embedder='fake', id_column='i"d', metadata_columns=[Column('a"b; --', 'text')])
    plugin = PostgreSQL(index, url=database)
    ai = Genkit(plugins=[plugin])
    ai.define_embedder('fake', App(database).embed)
    await plugin.init_vectorstore_table(evil, 8, overwrite_existing=True)
    await ai.index(f'postgres/{evil}', [Document.from_text('one', {'a"b; --': 'two'})])
    (document,) = (await ai.retrieve(f'postgres/{evil}', 'one', {'filter': {'a"b; --': 'two'}})).documents
    assert (document.metadata or {})['a"b; --'] == 'two'
    await ai.aclose()


@pytest.mark.parametrize('kind', ['text; DROP TABLE x', 'text DEFAULT now()', 'text) --', 'mood', ''])
async def test_a_column_type_that_is_more_than_a_type_is_refused(database, kind):
    plugin = PostgreSQL(PostgresIndex(name='t', embedder='e', metadata_columns=[Column('a', kind)]), url=database)
    with pytest.raises(GenkitError, match=r"Column 'a' has type .*; expected one of text, varchar"):
        await plugin.init_vectorstore_table('t', 3)
    await plugin.aclose()


@pytest.mark.parametrize('name', ['', 'x' * 64, 'a\0b', 'ü' * 32])
def test_a_name_that_postgresql_would_change_is_refused(name):
    with pytest.raises(GenkitError, match='names of 1 to 63 bytes'):
        PostgreSQL(PostgresIndex(name=name, embedder='e'))


async def test_a_missing_table_says_how_it_is_made(database):
    app = App(database)
    for call in (
        app.ai.retrieve(app.name, 'x'),
        app.ai.index(app.name, ANIMALS),
        app.plugin.delete(app.table, ['a']),
        app.plugin.apply_vector_index(app.table),
    ):
        with pytest.raises(GenkitError, match=f"init_vectorstore_table\\('{app.table}', vector_size\\)") as raised:
            await call
        assert raised.value.status == 'NOT_FOUND'
    await app.ai.aclose()


async def test_a_table_that_was_dropped_or_made_anew_is_noticed(make_app):
    app = await make_app()
    await app.ai.index(app.name, ANIMALS)
    await app.sql(f'DROP TABLE "{app.table}"')
    with pytest.raises(GenkitError, match='There is no table'):
        await app.texts()
    await app.plugin.init_vectorstore_table(app.table, 9)
    app.dimensions = 9
    await app.ai.index(app.name, ANIMALS)
    assert len(await app.texts()) == 5


async def test_making_a_table_again_leaves_it_alone_unless_told_otherwise(make_app):
    app = await make_app()
    await app.ai.index(app.name, ANIMALS)
    await app.plugin.init_vectorstore_table(app.table, 8)
    assert len(await app.texts()) == 5
    with pytest.raises(GenkitError, match='holds vectors of 8 dimensions, not 9') as raised:
        await app.plugin.init_vectorstore_table(app.table, 9)
    assert raised.value.status == 'FAILED_PRECONDITION'
    await app.plugin.init_vectorstore_table(app.table, 8, overwrite_existing=True)
    assert await app.texts() == []


async def test_a_query_of_other_dimensions_names_both(make_app):
    app = await make_app(size=9)
    with pytest.raises(GenkitError, match='of 9 dimensions, and the embedder gave 8') as raised:
        await app.texts()
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_table_of_another_program_is_read_with_its_own_columns(database):
    app = App(
        database,
        id_column='langchain_id',
        metadata_json_column='langchain_metadata',
        ignore_metadata_columns=['secret'],
    )
    await app.plugin.engine.test_connection()
    await app.sql('CREATE EXTENSION IF NOT EXISTS vector')
    await app.sql(
        f'CREATE TABLE "{app.table}" (langchain_id uuid PRIMARY KEY, content text, embedding vector(8), '
        'langchain_metadata json, page integer, tags text[], price numeric(8, 2), secret text)'
    )
    await app.sql(
        f'INSERT INTO "{app.table}" VALUES (gen_random_uuid(), \'theirs\', array_fill(0.5, ARRAY[8])::vector, '
        """'{"a": 1}', 7, ARRAY['x', 'y'], 9.5, 'hidden')"""
    )
    await app.ai.index(app.name, [Document.from_text('ours', {'page': 8, 'tags': ['z'], 'price': 1.25, 'b': 2})])
    found = (await app.ai.retrieve(app.name, 'x', {'k': 5})).documents
    kept = [{key: value for key, value in (item.metadata or {}).items() if not key.startswith('_')} for item in found]
    assert sorted(kept, key=lambda item: item['page']) == [
        {'a': 1, 'page': 7, 'tags': ['x', 'y'], 'price': 9.5},
        {'b': 2, 'page': 8, 'tags': ['z'], 'price': 1.25},
    ]
    assert await app.texts(filter={'b': 2}) == ['ours']
    ids = [(item.metadata or {})['_id'] for item in found]
    await app.plugin.delete(app.table, ids)
    assert await app.texts() == []
    await app.ai.aclose()


async def test_without_a_column_of_json_what_has_no_column_is_refused(make_app):
    app = await make_app(metadata_columns=[Column('a')], metadata_json_column=None)
    await app.ai.index(app.name, [Document.from_text('one', {'a': 'x'})])
    assert await app.texts(filter={'a': 'x'}) == ['one']
    with pytest.raises(GenkitError, match=r"no column for \['b'\] of a document"):
        await app.ai.index(app.name, [Document.from_text('two', {'a': 'x', 'b': 1})])
    with pytest.raises(GenkitError, match="no such column; those with metadata are: 'a'"):
        await app.texts(filter={'b': 1})
    assert await app.texts() == ['one']


@pytest.mark.parametrize('text', ['a\0b', 'a\ud800b'])
async def test_text_that_postgresql_cannot_hold_is_refused_and_nothing_is_stored(make_app, text):
    app = await make_app()
    with pytest.raises(GenkitError) as raised:
        await app.ai.index(app.name, [Document.from_text('fine'), Document.from_text(text)])
    assert raised.value.status == 'INVALID_ARGUMENT', str(raised.value)
    assert await app.texts() == []


async def test_a_missing_column_is_named_with_those_there_are(make_app, database):
    app = await make_app()
    other = PostgreSQL(PostgresIndex(name=app.table, embedder='fake', content_column='text'), url=database)
    ai = Genkit(plugins=[other])
    ai.define_embedder('fake', app.embed)
    with pytest.raises(GenkitError, match=r"no column 'text'; it has 'id', 'content', 'embedding', 'metadata'"):
        await ai.retrieve(app.name, 'x')
    await ai.aclose()


async def test_a_table_without_a_key_says_that_it_needs_one(make_app):
    app = await make_app()
    await app.sql(f'ALTER TABLE "{app.table}" DROP CONSTRAINT "{app.table}_pkey"')
    with pytest.raises(GenkitError, match='The id column needs a primary key') as raised:
        await app.ai.index(app.name, ANIMALS)
    assert raised.value.status == 'FAILED_PRECONDITION'


INDEXES = [
    (HNSWIndex(m=8, ef_construction=32), 'hnsw', HNSWQueryOptions(ef_search=60)),
    (IVFFlatIndex(lists=4), 'ivfflat', IVFFlatQueryOptions(probes=4)),
]


@pytest.mark.parametrize(('index', 'method', 'searched'), INDEXES, ids=['hnsw', 'ivfflat'])
@pytest.mark.parametrize('distance', list(DistanceStrategy))
async def test_an_index_is_made_used_rebuilt_and_dropped(make_app, index, method, searched, distance):
    app = await make_app(distance_strategy=distance, index_query_options=searched)
    documents = [Document.from_text(str(number), {'even': number % 2 == 0}) for number in range(300)]
    await app.ai.index(app.name, documents)
    assert not await app.plugin.is_valid_index(app.table)
    await app.plugin.apply_vector_index(app.table, index)
    assert await app.plugin.is_valid_index(app.table)
    await app.plugin.apply_vector_index(app.table, index, concurrently=True)
    await app.plugin.reindex(app.table)
    (row,) = await app.sql(
        'SELECT indexdef FROM pg_indexes WHERE tablename = $1 AND indexname LIKE $2', app.table, '%vec%'
    )
    assert f'USING {method}' in row[0]
    exact = sorted(
        documents, key=lambda document: _distance(vector_of(document.text(), 8), vector_of('7', 8), distance)
    )
    assert await app.texts('7', k=5) == [document.text() for document in exact[:5]]
    assert len(await app.texts('7', k=250)) == 250
    assert len(await app.texts('7', k=100, filter={'even': True})) == 100
    await app.plugin.apply_vector_index(app.table, ExactNearestNeighbor())
    assert not await app.plugin.is_valid_index(app.table)
    await app.plugin.drop_vector_index(app.table)
    with pytest.raises(GenkitError, match='does not exist') as raised:
        await app.plugin.reindex(app.table)
    assert raised.value.status == 'NOT_FOUND'


def _distance(a: list[float], b: list[float], strategy: DistanceStrategy) -> float:
    product = sum(x * y for x, y in zip(a, b, strict=True))
    if strategy == DistanceStrategy.INNER_PRODUCT:
        return -product
    if strategy == DistanceStrategy.EUCLIDEAN:
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
    return -product / (sum(x * x for x in a) * sum(x * x for x in b)) ** 0.5


async def test_settings_of_a_search_last_as_long_as_its_transaction(make_app):
    app = await make_app(index_query_options=HNSWQueryOptions(ef_search=77))
    await app.ai.index(app.name, ANIMALS)
    await app.plugin.apply_vector_index(app.table)
    await app.texts()
    (row,) = await app.sql("SELECT current_setting('hnsw.ef_search')")
    assert row[0] == '40'


@pytest.mark.parametrize(('dimensions', 'kind'), [(2000, 'vector'), (2001, 'halfvec'), (4001, 'vector')])
async def test_long_vectors_are_kept_in_the_type_that_can_be_indexed(make_app, dimensions, kind):
    app = await make_app(dimensions)
    await app.ai.index(app.name, ANIMALS)
    (row,) = await app.sql(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'embedding' AND attrelid = "
        'to_regclass($1)',
        f'"{app.table}"',
    )
    assert row[0] == f'{kind}({dimensions})'
    if dimensions > 4000:
        with pytest.raises(GenkitError, match=r'4001 dimensions cannot be indexed') as raised:
            await app.plugin.apply_vector_index(app.table)
        assert raised.value.status == 'FAILED_PRECONDITION'
    else:
        await app.plugin.apply_vector_index(app.table)
        assert await app.plugin.is_valid_index(app.table)
    assert (await app.texts('crow', k=1)) == ['crow']


async def test_scores_are_cosines_products_and_distances_and_more_is_better(make_app):
    app = await make_app()
    await app.ai.index(app.name, ANIMALS)
    for strategy in DistanceStrategy:
        options = {'k': 5, 'distanceStrategy': strategy.value}
        found = (await app.ai.retrieve(app.name, 'cat', options)).documents
        for document in found:
            text = Document.from_document_data(document).text()
            expected = -_distance(vector_of('cat', 8), vector_of(text, 8), strategy)
            if strategy == DistanceStrategy.EUCLIDEAN:
                expected = -(abs(expected) ** 0.5)
            assert (document.metadata or {})['_score'] == pytest.approx(expected, abs=1e-5)


async def test_a_pool_that_is_passed_is_used_and_left_open(database):
    async with asyncpg.create_pool(database, min_size=0) as pool:
        app = App(database)
        plugin = PostgreSQL(PostgresIndex(name=app.table, embedder='fake'), engine=PostgresEngine(pool=pool))
        ai = Genkit(plugins=[plugin])
        ai.define_embedder('fake', app.embed)
        await plugin.init_vectorstore_table(app.table, 8)
        await ai.index(app.name, ANIMALS)
        await ai.aclose()
        assert await pool.fetchval(f'SELECT count(*) FROM "{app.table}"') == 5


async def test_what_a_plugin_cannot_mean_is_refused_at_once(database):
    index = PostgresIndex(name='a', embedder='e')
    with pytest.raises(GenkitError, match='Two tables have one name'):
        PostgreSQL(index, index)
    with pytest.raises(GenkitError, match='metadata_columns and ignore_metadata_columns'):
        PostgreSQL(PostgresIndex(name='a', embedder='e', metadata_columns=['x'], ignore_metadata_columns=['y']))
    plugin = PostgreSQL(PostgresIndex(name='notes', embedder='e'), url=database)
    with pytest.raises(GenkitError, match=r"Did you mean 'notes'\? There are: 'notes'"):
        await plugin.init_vectorstore_table('note', 3)
    with pytest.raises(GenkitError, match='vector_size is 0'):
        await plugin.init_vectorstore_table('notes', 0)
    await plugin.aclose()


def test_references_name_retriever_and_indexer():
    assert postgres_retriever_ref('notes').name == postgres_indexer_ref('notes').name == 'postgres/notes'
    assert postgres_retriever_ref('notes', name='archive').name == 'archive/notes'
