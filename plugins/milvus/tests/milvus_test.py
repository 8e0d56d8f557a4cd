# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract on Milvus Lite, and what is peculiar to Milvus."""

import asyncio
import random
import subprocess
import sys
import uuid
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import pytest
from genkit import Document, Genkit, GenkitError, Media, MediaPart, TextPart
from genkit.plugin import Filter, StorePlugin, document_id, meets
from genkit.testing import StoreContract
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit_milvus import Milvus, MilvusIndex, milvus_indexer_ref, milvus_retriever_ref
from pymilvus import DataType, MilvusClient


@pytest.fixture(scope='module')
def uri(tmp_path_factory) -> str:
    return str(tmp_path_factory.mktemp('milvus') / 'notes.db')


class TestMilvus(StoreContract):
    @pytest.fixture(autouse=True)
    def _uri(self, uri):
        self.uri = uri

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        index = MilvusIndex(name=collection, embedder=embedder, collection=collection.replace('-', '_'))
        plugin = Milvus(index, uri=self.uri)
        await plugin.delete_collection(collection)
        return plugin


def vector_of(text: str) -> list[float]:
    drawn = random.Random(text.encode('utf-8', 'surrogatepass'))
    return [drawn.gauss(0, 1) for _ in range(8)]


async def embed(request: EmbedRequest) -> EmbedResponse:
    texts = [Document.from_document_data(item).text() for item in request.input]
    return EmbedResponse(embeddings=[Embedding(embedding=vector_of(text)) for text in texts])


def words(documents: Sequence[Document]) -> list[dict[int, float]]:
    """A sparse encoder: a number for each word."""
    return [{crc32(word.encode()) % 10_000: 1.0 for word in document.text().lower().split()} for document in documents]


async def words_asynchronously(documents: Sequence[Document]) -> list[dict[int, float]]:
    return words(documents)


class App:
    """An application with one collection."""

    def __init__(self, uri: str, collection: str = '', **settings: Any) -> None:
        self.collection = collection or f'notes_{uuid.uuid4().hex[:8]}'
        index = MilvusIndex(name='notes', embedder='fake', collection=self.collection, **settings)
        self.plugin = Milvus(index, uri=uri)
        self.ai = Genkit(plugins=[self.plugin])
        self.ai.define_embedder('fake', embed)

    async def index(self, documents: Sequence[Document], **options: Any) -> None:
        await self.ai.index('milvus/notes', documents, options or None)

    async def texts(self, query: str = 'x', **options: Any) -> list[str]:
        found = (await self.ai.retrieve('milvus/notes', query, {'k': 100, **options})).documents
        return [Document.from_document_data(document).text() for document in found]


@pytest.fixture
async def make_app(uri):
    made: list[App] = []

    def make(collection: str = '', **settings: Any) -> App:
        made.append(App(uri, collection, **settings))
        return made[-1]

    yield make
    for app in made:
        await app.plugin.delete_collection('notes')
        await app.ai.aclose()


ANIMALS = [
    Document.from_text('a cat purrs', {'legs': 4, 'wild': False, 'tags': ['pet']}),
    Document.from_text('a wolf howls', {'legs': 4, 'wild': True, 'weight': 38.5}),
    Document.from_text('a crow caws', {'legs': 2, 'wild': True}),
]


@pytest.mark.parametrize('distance', ['cosine', 'l2', 'ip'])
async def test_scores_are_cosines_products_and_squared_distances_and_more_is_better(make_app, distance):
    app = make_app(distance=distance)
    await app.index(ANIMALS)
    for each in (app, make_app(app.collection)):  # the second one asks how the collection compares
        found = (await each.ai.retrieve('milvus/notes', 'a cat purrs', {'k': 3})).documents
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


@pytest.mark.parametrize('encoder', [words, words_asynchronously])
async def test_documents_are_found_by_meaning_by_words_and_by_both(make_app, encoder):
    app = make_app(sparse_encoder=encoder)
    await app.index([*ANIMALS, Document.from_text('')])
    assert await app.texts('wolf', k=1, search='sparse') == ['a wolf howls']
    assert (await app.texts('a crow caws', k=1, search='dense')) == ['a crow caws']
    assert set(await app.texts('a cat', search='sparse')) == {doc.text() for doc in ANIMALS}  # of each there is an `a`
    assert await app.texts('nothing of these', search='sparse') == []
    assert len(await app.texts('nothing of these')) == 4
    # Reciprocal ranks and weighted scores: what both searches like comes first.
    assert (await app.texts('a cat purrs', k=1)) == ['a cat purrs']
    assert (await app.texts('a cat purrs', weights=[0.0, 1.0], sparseVector=words([ANIMALS[2]])[0]))[0] == 'a crow caws'
    assert (await app.texts('a cat purrs', weights=[1.0, 0.0], sparse_vector=words([ANIMALS[2]])[0]))[
        0
    ] == 'a cat purrs'
    assert await app.texts('a cat purrs', filter={'wild': True}, expr='metadata["legs"] == 2') == ['a crow caws']
    assert await app.texts('wolf', search='sparse', filter={'legs': 2}) == []


async def test_what_a_sparse_encoder_gives_is_checked(make_app):
    answers: list[Any] = []
    app = make_app(sparse_encoder=lambda documents: answers)
    for wrong, named in (
        ([], 'gave 0 vectors for 1 documents'),
        ([[1, 2]], 'a mapping of indexes to numbers'),
        ([{-1: 1.0}], 'gives -1: 1.0'),
        ([{1 << 32: 1.0}], '4294967296: 1.0'),
        ([{'a': 1.0}], "'a': 1.0"),
        ([{1: float('nan')}], '1: nan'),
        ([{1: 1e300}], '1: 1e\\+300'),
        ([{1: '1'}], "1: '1'"),
        ([{1: -0.5}], '1: -0.5'),
    ):
        answers[:] = wrong
        with pytest.raises(GenkitError, match=named):
            await app.index([ANIMALS[0]])
    assert await app.plugin.count('notes') == 0


async def test_sparse_vectors_that_nothing_makes_and_that_nothing_holds_are_errors_that_say_so(make_app):
    dense, both = make_app(), make_app(sparse_encoder=words)
    await dense.index(ANIMALS)
    await both.index(ANIMALS)
    with pytest.raises(GenkitError, match="no field 'sparse_vector'") as raised:
        await dense.texts('x', search='sparse')
    assert raised.value.status == 'FAILED_PRECONDITION'
    with pytest.raises(GenkitError, match="no field 'sparse_vector', and the index has a sparse_encoder"):
        await make_app(dense.collection, sparse_encoder=words).index([Document.from_text('new')])
    without = make_app(both.collection)
    with pytest.raises(GenkitError, match='Give MilvusIndex a sparse_encoder') as raised:
        await without.index([Document.from_text('new')])
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert len(await without.texts('x')) == 3
    assert await without.texts('x', search='sparse', sparse_vector=words([ANIMALS[1]])[0], k=1) == ['a wolf howls']


async def test_a_condition_in_the_language_of_milvus_stands_beside_the_filter(make_app):
    app = make_app()
    await app.index(ANIMALS)
    assert set(await app.texts(expr='metadata["legs"] == 4')) == {'a cat purrs', 'a wolf howls'}
    assert await app.texts(expr='document like "a w%" or metadata["legs"] == 4', filter={'wild': True}) == [
        'a wolf howls'
    ]
    assert len(await app.texts(expr=' ')) == 3
    with pytest.raises(GenkitError, match='unknown function') as raised:
        await app.texts(expr='garbage ((')
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_partitions_are_made_and_searched_apart(make_app):
    app = make_app()
    await app.index([ANIMALS[0]])
    await app.index([ANIMALS[1]], partition='forest')
    await app.index([ANIMALS[2]], partition='fields')
    assert len(await app.texts()) == 3
    assert await app.texts(partitions=['forest']) == ['a wolf howls']
    assert set(await app.texts(partitions=['forest', 'fields'], filter={'wild': True})) == {
        'a wolf howls',
        'a crow caws',
    }
    assert await app.plugin.count('notes') == 3
    assert await app.plugin.count('notes', options={'partition': 'forest'}) == 1
    assert await app.plugin.count('notes', {'legs': 4}, {'partition': 'fields'}) == 0
    await app.plugin.delete('notes', [ANIMALS[1]], {'partition': 'fields'})
    await app.plugin.delete('notes', [ANIMALS[1]], {'partition': 'nowhere'})
    assert await app.plugin.count('notes') == 3
    await app.plugin.delete_meeting('notes', {'legs': {'$gt': 0}}, {'partition': 'forest'})
    assert await app.plugin.count('notes') == 2
    with pytest.raises(GenkitError, match=f"'{app.collection}' has no partition 'nowhere'") as raised:
        await app.texts(partitions=['nowhere'])
    assert raised.value.status == 'NOT_FOUND'
    with pytest.raises(GenkitError, match="name 'no-where' of a partition is not possible"):
        await app.index(ANIMALS, partition='no-where')
    own = make_app(app.collection, partition='fields')
    assert await own.texts() == ['a crow caws']
    await own.index(ANIMALS)  # what is elsewhere is not there
    assert len(await own.texts()) == 3


async def test_a_reader_sees_what_another_client_has_written_before(make_app):
    writer, reader = make_app(), None
    await writer.index([ANIMALS[0]])
    reader = make_app(writer.collection)
    for number in range(20):
        await writer.index([Document.from_text(f'document {number}')])
        assert await reader.texts(f'document {number}', k=1) == [f'document {number}']


async def test_filters_find_what_they_find_in_this_process(make_app):
    """What is stored for filters, against what decides in other stores, over values and conditions by chance."""
    chance = random.Random(5)
    scalars = [0, 1, 2, -1, 1.5, 2.0, 1e300, -1e300, 1 << 62, (1 << 63) - 1, -(1 << 63), 1 << 70, True, False, None]
    scalars += ['', '0', 'a', 'A', 'ab', 'ä', '🍜', '\uffff', 'x' * 300, 'x' * 255 + 'y', '"\\\'', 'a\nb', 'true']
    names = ['a', 'b', 'c"d', 'größe', "e'"]

    def value() -> Any:
        return (
            [chance.choice(scalars) for _ in range(chance.randint(0, 3))]
            if chance.random() < 0.3
            else chance.choice(scalars)
        )

    def metadata() -> dict[str, Any]:
        members = {name: value() for name in names if chance.random() < 0.8}
        return (
            {**members, 'm': {name: value() for name in names if chance.random() < 0.5}}
            if chance.random() < 0.5
            else members
        )

    askable = [
        each
        for each in scalars
        if each is not None and each != 1 << 70 and not (isinstance(each, str) and len(each) > 255)
    ]
    ordered = [each for each in askable if not isinstance(each, bool)]

    def comparison() -> dict[str, Any]:
        name = chance.choice([*names, *(f'm.{name}' for name in names), 'm', 'm.a.b'])
        kind = chance.choice(['$eq', '$ne', '$in', '$nin', '$exists', '$gt', '$gte', '$lt', '$lte'])
        if kind in ('$in', '$nin'):
            return {name: {kind: chance.sample([*askable, None], 3)}}
        if kind == '$exists':
            return {name: {kind: chance.random() < 0.5}}
        return {name: {kind: chance.choice(askable if kind in ('$eq', '$ne') else ordered)}}

    def condition(depth: int = 0) -> dict[str, Any]:
        if depth > 2 or chance.random() < 0.4:
            return comparison()
        kind = chance.choice(['$and', '$or', '$not'])
        return {
            kind: condition(depth + 1)
            if kind == '$not'
            else [condition(depth + 1) for _ in range(chance.randint(1, 3))]
        }

    documents = [Document.from_text(f'document {number}', metadata()) for number in range(80)]
    app = make_app()
    await app.index(documents)
    for _ in range(120):
        given = condition()
        expected = {each.text() for each in documents if meets(Filter(given).condition, each.metadata or {})}
        assert set(await app.texts(filter=given)) == expected, given
    found = (await app.ai.retrieve('milvus/notes', 'x', {'k': 100})).documents
    back = {document.text(): {k: v for k, v in (document.metadata or {}).items() if k[0] != '_'} for document in found}
    assert back == {each.text(): each.metadata or {} for each in documents}


async def test_an_order_of_long_texts_is_refused_by_name(make_app):
    app = make_app()
    with pytest.raises(
        GenkitError, match=r"filter\['a'\] uses \$gt, but Milvus orders texts by their first 255"
    ) as raised:
        await app.plugin.count('notes', {'a': {'$gt': 'x' * 256}})
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_ids_of_any_characters_are_looked_up_and_deleted_as_they_are(make_app):
    app = make_app()
    await app.index(ANIMALS)
    strange = ['"', "'", '\\', '"] or id != "', "a' or '1'='1", 'a\nb', '%', '', 'ü', '\t']
    await app.plugin.delete('notes', strange)
    store = app.plugin.collections()['notes'][1]
    assert await store.existing([*strange, document_id(ANIMALS[0])], None) == {document_id(ANIMALS[0])}
    assert await app.plugin.count('notes') == 3


@pytest.mark.parametrize(
    ('document', 'named'),
    [
        (Document.from_text('x' * 65_536), "takes 65536 bytes as 'document'"),
        (Document.from_text('ü' * 32_768), "takes 65536 bytes as 'document'"),
        (Document.from_text('x', {'a': 'x' * 65_536}), "bytes as 'metadata'"),
        (Document.from_text('x', {'a': list(range(2500))}), "bytes as 'filter_terms'"),
        (
            Document(content=[TextPart(text='x'), MediaPart(media=Media(url=f'data:image/png;base64,{"A" * 65_536}'))]),
            "'rest'",
        ),
        (Document.from_text('half \ud800'), 'is not Unicode'),
        (Document.from_text('x', {'a': 'half \ud800'}), 'is not Unicode'),
    ],
)
async def test_what_milvus_cannot_hold_is_refused_by_the_name_of_its_document(make_app, document, named):
    app = make_app()
    with pytest.raises(GenkitError, match=named) as raised:
        await app.index([ANIMALS[0], document])
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert repr(document_id(document)) in raised.value.message
    assert await app.plugin.count('notes') == 0


async def test_what_json_of_milvus_would_change_comes_back_as_it_was(make_app):
    app = make_app()
    metadata = {
        'huge': 1 << 70,
        'deep': [{'a': -(1 << 65)}, None],
        'wide': 1 << 64,
        'beyond': 10**400,
        'none': None,
        'whole': 2.0,
        'a.b': 1,
        '': 2,
        '$x': 3,
    }
    await app.index([Document.from_text('x', metadata)])
    (found,) = (await app.ai.retrieve('milvus/notes', 'x')).documents
    kept = {name: value for name, value in (found.metadata or {}).items() if name not in ('_id', '_score')}
    assert (kept, type(kept['wide'])) == (metadata, int)
    assert await app.plugin.count('notes', {'huge': {'$gt': 1 << 62}, 'beyond': {'$gt': 1e300}}) == 1


async def test_a_missing_collection_says_how_it_is_made(make_app):
    app = make_app(create_collection_if_missing=False)
    for call in (app.texts(), app.index(ANIMALS), app.plugin.count('notes'), app.plugin.delete('notes', ['x'])):
        with pytest.raises(
            GenkitError, match=f"There is no collection '{app.collection}'.*create_collection"
        ) as raised:
            await call
        assert raised.value.status == 'NOT_FOUND'
    await app.plugin.create_collection('notes', 8)
    await app.index(ANIMALS)
    assert len(await app.texts()) == 3
    with pytest.raises(GenkitError, match='already exists'):
        await app.plugin.create_collection('notes', 8)
    for call in (app.plugin.create_collection('note', 8), app.plugin.delete_collection('note')):
        with pytest.raises(GenkitError, match="no index 'note'; there are: 'notes'"):
            await call


async def test_a_collection_that_was_deleted_meanwhile_is_made_again(make_app):
    app = make_app()
    other = make_app(app.collection)
    await app.index(ANIMALS)
    await other.plugin.delete_collection('notes')
    assert await app.texts() == []
    await app.index(ANIMALS)
    assert len(await app.texts()) == 3
    await other.plugin.delete_collection('notes')
    await app.plugin.delete_meeting('notes', {'legs': 4})
    assert await app.plugin.count('notes') == 0


async def test_collections_are_made_once_by_many_who_store_first(make_app):
    first = make_app()
    apps = [first, *(make_app(first.collection) for _ in range(4))]
    await asyncio.gather(*(app.index([Document.from_text(f'of {number}')]) for number, app in enumerate(apps)))
    assert len(await first.texts()) == 5


async def test_vectors_of_other_dimensions_say_what_to_do(make_app):
    app = make_app()
    await app.index(ANIMALS)

    async def longer(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0] * 9) for _ in request.input])

    app.ai.define_embedder('fake', longer)
    with pytest.raises(
        GenkitError, match=r'8 dimensions, and one of 9 was given; |8 dimensions, and one of 9'
    ) as raised:
        await app.texts()
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert raised.value.details['stored'] == 8


async def test_a_collection_of_another_program_is_left_alone(make_app, uri):
    app = make_app()
    client = MilvusClient(uri)
    client.create_collection(app.collection, dimension=8)
    with pytest.raises(GenkitError, match="has no field 'document'") as raised:
        await app.index(ANIMALS)
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert client.query(app.collection, output_fields=['count(*)'])[0]['count(*)'] == 0
    client.drop_collection(app.collection)
    schema = client.create_schema()
    schema.add_field('id', DataType.INT64, is_primary=True)
    schema.add_field('vector', DataType.FLOAT_VECTOR, dim=8)
    client.create_collection(app.collection, schema=schema)
    with pytest.raises(GenkitError, match="has no field 'document'"):
        await app.texts()
    client.close()


@pytest.mark.parametrize('name', ['', 'a-b', '1a', 'a b', 'a/b', '../a', 'übung', 'x' * 256, 'a"b'])
def test_a_name_that_milvus_does_not_take_is_refused_at_once(name):
    with pytest.raises(GenkitError, match='up to 255 letters, digits and underscores') as raised:
        MilvusIndex(name=name, embedder='e')
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert MilvusIndex(name=name, embedder='e', collection='fine').collection_name == 'fine'


def test_two_indexes_of_one_name_are_refused():
    index = MilvusIndex(name='abc', embedder='e')
    with pytest.raises(GenkitError, match='Two indexes have one name'):
        Milvus(index, index)


@pytest.mark.parametrize('given', ['', 'notes.sqlite', 'ftp://x', 'http://', 'localhost:19530', 'http://x:port'])
def test_a_place_where_milvus_cannot_be_is_refused_at_once(given, monkeypatch):
    monkeypatch.setenv('MILVUS_URI', given or 'nowhere')
    with pytest.raises(GenkitError, match=r'is no place where Milvus can be.*MILVUS_URI') as raised:
        Milvus(uri=given)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_references_name_retriever_and_indexer():
    assert milvus_retriever_ref('notes').name == milvus_indexer_ref('notes').name == 'milvus/notes'


@pytest.mark.parametrize(
    'options', [{'k': 16_385}, {'weights': [2, 1]}, {'search': 'both'}, {'partitions': []}, {'rrf_k': 0}, {'where': {}}]
)
async def test_options_that_do_not_fit_are_refused(make_app, options):
    with pytest.raises(GenkitError, match='options of retriever milvus/notes') as raised:
        await make_app().texts(**options)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_one_plugin_serves_several_event_loops(uri):
    app = App(uri)

    async def index() -> None:
        await app.index(ANIMALS)
        await app.ai.aclose()

    async def count() -> int:
        found = len(await app.texts())
        await app.plugin.delete_collection('notes')
        await app.ai.aclose()
        return found

    asyncio.run(index())
    assert asyncio.run(count()) == 3


SEPARATE = """
import asyncio, sys
{before}
from genkit import Document, Genkit, GenkitError
from genkit.testing import define_fake_embedder
from genkit_milvus import Milvus, MilvusIndex

async def main():
    ai = Genkit(plugins=[Milvus(MilvusIndex(name='notes', embedder='fake'), uri=sys.argv[1])])
    define_fake_embedder(ai, 'fake', dimensions=8)
    print('pymilvus' in sys.modules)
    try:
        await ai.index('milvus/notes', [Document.from_text('x')])
    except GenkitError as error:
        print(error.status, error.message)
    await ai.aclose()

asyncio.run(main())
"""


def run(uri: str, before: str = '') -> list[str]:
    result = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', SEPARATE.format(before=before), uri],
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.splitlines()


def test_a_file_that_this_process_has_open_is_not_opened_by_another_one(uri):
    """And a program that only imports the plugin does not load pymilvus."""
    MilvusClient(uri).close()  # it stays open until the process ends
    loaded, refused = run(uri)
    assert loaded == 'False'
    assert refused.startswith(f'UNAVAILABLE Milvus at {uri}: the file cannot be opened. One process at a time')


def test_without_milvus_lite_a_file_says_what_to_install(tmp_path):
    _, refused = run(str(tmp_path / 'x.db'), before="sys.modules['milvus_lite'] = None")
    assert refused.startswith('FAILED_PRECONDITION')
    assert 'genkit-plugin-milvus[lite]' in refused


def test_a_distance_that_milvus_does_not_know_is_refused():
    with pytest.raises(GenkitError, match="distance is 'COSINE'; expected 'cosine' or 'l2' or 'ip'") as raised:
        MilvusIndex(name='a', embedder='e', distance='COSINE')  # pyright: ignore[reportArgumentType]  (a mistake)
    assert raised.value.status == 'INVALID_ARGUMENT'
