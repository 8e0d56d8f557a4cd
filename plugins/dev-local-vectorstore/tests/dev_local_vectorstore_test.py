# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import threading

import numpy as np
import pytest
from genkit import Document, Genkit, GenkitError
from genkit.testing import FilterContract, define_fake_embedder
from genkit.types import CommonRetrieverOptions, EmbedderRef, Embedding, EmbedResponse
from genkit_dev_local_vectorstore import (
    ID_KEY,
    SCORE_KEY,
    DevLocalVectorstore,
    IndexConfig,
    RetrieverOptions,
    define_dev_local_vector_store,
    dev_local_indexer_ref,
    dev_local_retriever_ref,
    document_id,
)
from genkit_dev_local_vectorstore.store import Store


NOTES = 'dev-local-vectorstore/notes'
FRUIT = [Document.from_text(name, {'sour': name == 'lemon'}) for name in ('apple', 'lemon', 'pear', 'plum', 'quince')]


def texts(found) -> list[str]:
    return [Document.from_document_data(document).text() for document in found.documents]


async def test_the_nearest_document_comes_first_with_its_score_and_id(app):
    await app.ai.index(NOTES, FRUIT)
    found = await app.ai.retrieve(NOTES, 'pear')
    assert texts(found)[0] == 'pear'
    assert len(found.documents) == 3
    scores = [document.metadata[SCORE_KEY] for document in found.documents]
    assert scores[0] == pytest.approx(1)
    assert scores == sorted(scores, reverse=True)
    assert found.documents[0].metadata == {'sour': False, '_score': scores[0], '_id': document_id(FRUIT[2])}


@pytest.mark.parametrize('options', [{'limit': 2}, {'k': 2}, RetrieverOptions(limit=2), CommonRetrieverOptions(k=2)])
async def test_the_number_of_documents_is_an_option_with_two_names(app, options):
    await app.ai.index(NOTES, FRUIT)
    assert len((await app.ai.retrieve(NOTES, 'pear', options)).documents) == 2


@pytest.mark.parametrize('options', [{}, {'k': None}, CommonRetrieverOptions(), None])
async def test_three_documents_come_unless_stated(app, options):
    await app.ai.index(NOTES, FRUIT)
    assert len((await app.ai.retrieve(NOTES, 'pear', options)).documents) == 3


@pytest.mark.parametrize('options', [{'limit': 0}, {'limit': 'many'}, {'top': 3}])
async def test_options_that_do_not_fit_are_refused(app, options):
    with pytest.raises(GenkitError, match='options of retriever dev-local-vectorstore/notes') as caught:
        await app.ai.retrieve(NOTES, 'pear', options)
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_a_score_may_be_asked_for(app):
    await app.ai.index(NOTES, FRUIT)
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'minScore': 0.99})) == ['pear']
    assert texts(await app.ai.retrieve(NOTES, 'stone', {'min_score': 0.99})) == []


async def test_metadata_may_be_asked_for(app):
    await app.ai.index(NOTES, FRUIT)
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'where': {'sour': True}})) == ['lemon']
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'where': {'sour': False}, 'k': 1})) == ['pear']
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'where': {'sweet': None}})) == []


async def test_equal_scores_stay_in_the_order_of_indexing(app):
    twins = [Document.from_text('twin', {'number': number}) for number in range(300)]
    twins[7:7] = FRUIT
    await app.ai.index(NOTES, twins)
    found = await app.ai.retrieve(NOTES, 'twin', {'limit': 250})
    assert [document.metadata['number'] for document in found.documents] == list(range(250))


async def test_an_empty_index_finds_nothing(app):
    assert (await app.ai.retrieve(NOTES, 'pear')).documents == []
    assert not app.path.parent.exists()


async def test_a_document_that_is_stored_is_neither_embedded_nor_stored_again(app, make_app):
    await app.ai.index(NOTES, [*FRUIT, FRUIT[0]])
    content = app.path.read_bytes()
    again = make_app()
    await again.ai.index(NOTES, FRUIT)
    assert again.embedder.requests == []
    assert app.path.read_bytes() == content
    await app.ai.index(NOTES, [*FRUIT, Document.from_text('pear', {'sour': True})])
    assert app.embedder.asked == ['apple', 'lemon', 'pear', 'plum', 'quince', 'pear']


async def test_what_was_found_is_the_same_document_when_it_is_indexed(app):
    await app.ai.index(NOTES, [Document.from_text('pear')])
    await app.ai.index(NOTES, (await app.ai.retrieve(NOTES, 'pear')).documents)
    assert len((await app.ai.retrieve(NOTES, 'pear')).documents) == 1


async def test_a_caller_may_change_what_was_found(app):
    await app.ai.index(NOTES, [Document.from_text('pear', {'tags': ['green']})])
    (await app.ai.retrieve(NOTES, 'pear')).documents[0].metadata['tags'].append('eaten')
    assert (await app.ai.retrieve(NOTES, 'pear')).documents[0].metadata['tags'] == ['green']


async def test_many_documents_are_embedded_in_batches(app):
    await app.ai.index(NOTES, [Document.from_text(str(number)) for number in range(250)])
    assert [len(request.input) for request in app.embedder.requests] == [100, 100, 50]


async def test_a_batch_that_was_stored_stays_when_a_later_one_fails(app, make_app, monkeypatch):
    documents = [Document.from_text(str(number)) for number in range(150)]
    embed = app.embedder.embed

    async def once(request):
        if app.embedder.requests:
            raise GenkitError('Enough for today.', status='RESOURCE_EXHAUSTED')
        return await embed(request)

    app.ai.define_embedder('fake', once)
    with pytest.raises(GenkitError, match='Enough for today'):
        await app.ai.index(NOTES, documents)
    later = make_app()
    await later.ai.index(NOTES, documents)
    assert len(later.embedder.asked) == 50


async def test_media_and_text_make_one_document(app):
    picture = Document.from_media('data:image/png;base64,AAAA', 'image/png', {'page': 1})
    await app.ai.index(NOTES, [picture, *FRUIT])
    [found] = (await app.ai.retrieve(NOTES, picture, {'limit': 1})).documents
    assert found.content == picture.content
    assert found.metadata == {'page': 1, SCORE_KEY: pytest.approx(1), ID_KEY: document_id(picture)}


async def test_each_embedding_of_a_document_can_be_found(make_app):
    app = make_app()
    app.embedder.pieces = 3
    await app.ai.index(NOTES, FRUIT)
    assert [len(request.input) for request in app.embedder.requests] == [5, 1, 1, 1, 1, 1]
    found = await app.ai.retrieve(NOTES, 'pear', {'limit': 100})
    assert len(found.documents) == 15
    assert found.documents[0].metadata['embedMetadata'] == {'piece': 0}
    assert found.documents[0].metadata[SCORE_KEY] == pytest.approx(1)
    assert sorted(texts(found)).count('pear') == 3


async def test_queries_may_have_other_embedder_options(make_app):
    app = make_app(embedder_options={'prefix': 'passage: ', 'pooling': 'mean'}, query_options={'prefix': 'query: '})
    await app.ai.index(NOTES, FRUIT)
    await app.ai.retrieve(NOTES, 'pear')
    indexed, asked = app.embedder.requests
    assert indexed.options == {'prefix': 'passage: ', 'pooling': 'mean'}
    assert asked.options == {'prefix': 'query: ', 'pooling': 'mean'}


async def test_an_embedder_may_be_a_reference_with_its_own_options(make_app):
    app = make_app(
        reference=EmbedderRef(name='fake', config={'pooling': 'mean'}),
        embedder_options=RetrieverOptions(limit=5),
        query_options=RetrieverOptions(limit=6),
    )
    await app.ai.index(NOTES, FRUIT)
    await app.ai.retrieve(NOTES, 'pear')
    indexed, asked = app.embedder.requests
    assert indexed.options == {'pooling': 'mean', 'limit': 5}
    assert asked.options == {'pooling': 'mean', 'limit': 6}


async def test_vectors_of_another_length_are_refused_with_both_lengths(app):
    await app.ai.index(NOTES, FRUIT)
    app.embedder.dimensions = 48
    for call in (app.ai.retrieve(NOTES, 'pear'), app.ai.index(NOTES, [Document.from_text('fig')])):
        with pytest.raises(GenkitError, match=r'of 32 dimensions .* gave 48 dimensions') as caught:
            await call
        assert caught.value.status == 'FAILED_PRECONDITION'


async def test_vectors_of_another_embedder_are_refused_with_both_names(app, make_app):
    await app.ai.index(NOTES, FRUIT)
    with pytest.raises(GenkitError, match="from embedder 'fake', and embedder 'other'") as caught:
        await make_app(name='other').ai.retrieve(NOTES, 'pear')
    assert caught.value.status == 'FAILED_PRECONDITION'


@pytest.mark.parametrize(
    ('embeddings', 'message'),
    [
        ([[1.0, 2.0]], '1 embeddings for 2 documents'),
        ([[1.0], [1.0, 2.0]], r'vectors of \[1, 2\] dimensions'),
        ([[], []], r'vectors of \[0\] dimensions'),
        ([[1.0], [float('nan')]], 'not a finite number'),
    ],
)
async def test_an_embedder_that_misbehaves_is_named_and_nothing_is_stored(app, embeddings, message):
    async def misbehave(request):
        return EmbedResponse(embeddings=[Embedding(embedding=embedding) for embedding in embeddings])

    app.ai.define_embedder('fake', misbehave)
    with pytest.raises(GenkitError, match=f"Embedder 'fake' gave .*{message}"):
        await app.ai.index(NOTES, FRUIT[:2])
    assert not app.path.exists()


async def test_an_unknown_embedder_is_named(tmp_path):
    ai = Genkit(plugins=[DevLocalVectorstore('notes', 'nobody', directory=tmp_path)])
    with pytest.raises(GenkitError, match="'nobody' not found"):
        await ai.index(NOTES, FRUIT)


async def test_a_document_that_json_cannot_hold_is_refused(app):
    with pytest.raises(GenkitError, match='cannot be stored') as caught:
        await app.ai.index(NOTES, [Document.from_text('pear', {'tree': object()})])
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_documents_can_be_deleted_by_id_and_come_back(app, make_app):
    await app.ai.index(NOTES, FRUIT)
    [lemon] = (await app.ai.retrieve(NOTES, 'lemon', {'limit': 1})).documents
    assert await app.plugin.delete([lemon.metadata[ID_KEY], 'unknown']) == 1
    assert await app.plugin.delete([lemon.metadata[ID_KEY]]) == 0
    for wrong in ('an-id', [lemon]):
        with pytest.raises(GenkitError, match='expected a list of ids'):
            await app.plugin.delete(wrong)
    for current in (app, make_app()):
        assert sorted(texts(await current.ai.retrieve(NOTES, 'lemon', {'k': 9}))) == ['apple', 'pear', 'plum', 'quince']
    await app.ai.index(NOTES, FRUIT)
    assert texts(await app.ai.retrieve(NOTES, 'lemon'))[0] == 'lemon'


async def test_an_index_without_documents_takes_another_embedder(app, make_app):
    await app.ai.index(NOTES, FRUIT)
    await app.plugin.delete([document_id(document) for document in FRUIT])
    app.embedder.dimensions = 7
    await app.ai.index(NOTES, FRUIT)
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'k': 1})) == ['pear']
    assert len((await make_app(app.embedder).ai.retrieve(NOTES, 'pear', {'k': 9})).documents) == 5


async def test_a_cleared_index_is_empty_for_everybody_and_takes_another_embedder(app, make_app):
    other = make_app(name='other')
    await app.plugin.clear()
    await app.ai.index(NOTES, FRUIT)
    await app.plugin.clear('notes')
    assert (await other.ai.retrieve(NOTES, 'pear')).documents == []
    await other.ai.index(NOTES, FRUIT[2:])
    assert texts(await other.ai.retrieve(NOTES, 'pear', {'limit': 1})) == ['pear']


async def test_a_file_that_was_cleared_and_filled_to_the_same_size_is_read_anew(app, make_app):
    other = make_app()
    await app.ai.index(NOTES, [Document.from_text('pear')])
    size = app.path.stat().st_size
    assert texts(await other.ai.retrieve(NOTES, 'pear')) == ['pear']
    await app.plugin.clear()
    await app.ai.index(NOTES, [Document.from_text('plum')])
    assert app.path.stat().st_size == size
    assert texts(await other.ai.retrieve(NOTES, 'pear')) == ['plum']


async def test_an_unknown_index_is_refused(app):
    with pytest.raises(GenkitError, match=r"no index 'letters'; give one of \['notes'\]"):
        await app.plugin.clear('letters')


async def test_several_indexes_have_their_own_files(tmp_path):
    names = ['notes', 'Notes', 'a/b', 'b: ü', '..']
    plugin = DevLocalVectorstore(
        indexes=[IndexConfig(index_name=name, embedder='length', directory=tmp_path) for name in names]
    )
    ai = Genkit(plugins=[plugin])

    async def length(request):
        return EmbedResponse(embeddings=[Embedding(embedding=[1.0, 0.5]) for _ in request.input])

    ai.define_embedder('length', length)
    for name in names:
        await ai.index(dev_local_indexer_ref(name), [Document.from_text(name)])
    for name in names:
        assert texts(await ai.retrieve(dev_local_retriever_ref(name), 'x')) == [name]
    stores = {path.name for path in tmp_path.glob('*.gkvs')}
    assert stores == {
        'index-notes.gkvs', 'index-%4eotes.gkvs', 'index-a%2fb.gkvs', 'index-b%3a%20%c3%bc.gkvs', 'index-%2e%2e.gkvs',
    }  # fmt: skip
    with pytest.raises(GenkitError, match='no index None'):
        await plugin.clear()


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ({}, 'Give both'),
        ({'index_name': 'notes'}, 'Give both'),
        ({'embedder': 'fake'}, 'Give both'),
        ({'index_name': '', 'embedder': 'fake'}, 'empty or too long'),
        ({'index_name': 'ü' * 80, 'embedder': 'fake'}, 'empty or too long'),
        (
            {'index_name': 'a', 'embedder': 'x', 'indexes': [IndexConfig(index_name='a', embedder='y')]},
            'Two indexes have one name',
        ),
    ],
)
def test_a_plugin_without_a_proper_index_is_refused(arguments, message):
    with pytest.raises(GenkitError, match=message) as caught:
        DevLocalVectorstore(**arguments)
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_an_index_is_listed_before_it_is_used_and_runs_from_wire_data(app):
    listed = {metadata.key: metadata for metadata in await app.ai.list_actions()}
    assert f'/indexer/{NOTES}' in listed
    schema = listed[f'/retriever/{NOTES}'].metadata['retriever']['customOptions']
    assert sorted(schema['properties']) == ['filter', 'limit', 'minScore', 'where']
    await app.ai.index(NOTES, FRUIT)
    action = await app.ai.registry.resolve_action_by_key(f'/retriever/{NOTES}')
    request = {'query': {'content': [{'text': 'pear'}]}, 'options': {'k': 1}}
    assert texts((await action.arun_raw(request)).response) == ['pear']


async def test_the_older_function_defines_both_under_a_plain_name(tmp_path, app):
    retriever, indexer = define_dev_local_vector_store(app.ai, name='menu', embedder='fake', directory=tmp_path)
    await app.ai.index(indexer, FRUIT)
    assert texts(await app.ai.retrieve(retriever='menu', query=Document.from_text('plum'), options={'limit': 1})) == [
        'plum'
    ]
    assert (retriever, indexer) == ('menu', 'menu')


async def test_searching_agrees_with_plain_arithmetic(app):
    count, dimensions = 500, app.embedder.dimensions
    documents = [Document.from_text(f'number {number}', {'number': number}) for number in range(count)]
    await app.ai.index(NOTES, documents)
    matrix = np.array([app.embedder.vector(document.text()) for document in documents])
    query = np.array(app.embedder.vector('a query'))
    cosines = matrix @ query / np.linalg.norm(matrix, axis=1) / np.linalg.norm(query)
    found = (await app.ai.retrieve(NOTES, 'a query', {'limit': 50})).documents
    expected = np.argsort(-cosines)[:50]
    assert [document.metadata['number'] for document in found] == expected.tolist()
    assert [document.metadata[SCORE_KEY] for document in found] == pytest.approx(cosines[expected], abs=1e-6)
    assert matrix.shape == (count, dimensions)


@pytest.mark.parametrize('numbers', [0, 10_000])
async def test_only_a_search_that_takes_long_leaves_the_thread_of_the_event_loop(app, monkeypatch, numbers):
    monkeypatch.setattr('genkit_dev_local_vectorstore.store._QUICK_NUMBERS', numbers)
    threads = []
    search = Store.search

    def record(*arguments):
        threads.append(threading.current_thread())
        return search(*arguments)

    monkeypatch.setattr(Store, 'search', record)
    await app.ai.index(NOTES, FRUIT)
    assert texts(await app.ai.retrieve(NOTES, 'pear', {'k': 1})) == ['pear']
    assert (threads == [threading.main_thread()]) == (numbers > 0)


class TestFilters(FilterContract):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path):
        self.directory = tmp_path

    async def application(self):
        plugin = DevLocalVectorstore('notes', 'words', directory=self.directory)
        ai = Genkit(plugins=[plugin])
        define_fake_embedder(ai, 'words', dimensions=16)
        return ai, plugin, NOTES

    async def found(self, ai, name, query, options=None):
        return (await ai.retrieve(name, query, options)).documents


async def test_a_filter_and_equal_members_must_both_be_met(app):
    await app.ai.index(NOTES, FRUIT)
    both = {'where': {'sour': False}, 'filter': {'sour': {'$exists': True}}, 'k': 9}
    assert len((await app.ai.retrieve(NOTES, 'pear', both)).documents) == 4
    assert texts(await app.ai.retrieve(NOTES, 'pear', {**both, 'filter': {'sour': True}})) == []
