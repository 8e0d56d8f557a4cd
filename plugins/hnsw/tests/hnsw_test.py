# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract, on an index whose documents are in the log and on one that is in segments, and the plugin."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError
from genkit.plugin import StorePlugin, collections_by_name
from genkit.testing import StoreContract, define_fake_embedder
from genkit_hnsw import Hnsw, HnswIndex, RetrieverOptions, hnsw_indexer_ref, hnsw_retriever_ref
from genkit_hnsw.engine import Limits
from genkit_hnsw.store import HnswStore


class TestHnsw(StoreContract):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path):
        self.directory = tmp_path

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return Hnsw(HnswIndex(name=collection, embedder=embedder, directory=self.directory))


class InSegments(Hnsw):
    """Makes segments of a few documents, with graphs."""

    def __init__(self, *indexes: HnswIndex) -> None:
        stores = ((index, HnswStore(index, Limits(tail=4, fan=2, few=1))) for index in indexes)
        self._stores = collections_by_name('hnsw', 'indexes', stores)


class TestHnswInSegments(StoreContract):
    many = 330

    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path):
        self.directory = tmp_path

    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return InSegments(HnswIndex(name=collection, embedder=embedder, directory=self.directory))


class App:
    """An application with one index."""

    def __init__(self, directory: Path, **settings: Any) -> None:
        self.plugin = Hnsw(HnswIndex(name='notes', embedder='fake', directory=directory, **settings))
        self.ai = Genkit(plugins=[self.plugin])
        define_fake_embedder(self.ai, 'fake', dimensions=16)

    async def texts(self, query: str, **options: Any) -> list[str]:
        found = (await self.ai.retrieve('hnsw/notes', query, options)).documents
        return [Document.from_document_data(document).text() for document in found]


FRUIT = [Document.from_text(name, {'sour': name == 'lemon'}) for name in ('apple', 'lemon', 'pear', 'plum', 'quince')]


@pytest.fixture
def app(tmp_path) -> App:
    return App(tmp_path)


async def test_three_documents_come_by_default_and_a_least_score_may_be_asked_for(app):
    await app.ai.index('hnsw/notes', FRUIT)
    assert len(await app.texts('pear')) == 3
    assert len(await app.texts('pear', k=None)) == 3
    assert await app.texts('pear', minScore=0.999) == ['pear']
    assert await app.texts('pear', min_score=0.999, exact=True, expansionSearch=10) == ['pear']
    assert await app.texts('pear', filter={'sour': True}) == ['lemon']


@pytest.mark.parametrize('options', [{'k': 1.5}, {'expansion_search': 0}, {'where': {}}, {'exact': 'perhaps'}])
async def test_options_that_do_not_fit_are_refused(app, options):
    with pytest.raises(GenkitError, match='options of retriever hnsw/notes') as raised:
        await app.texts('pear', **options)
    assert raised.value.status == 'INVALID_ARGUMENT'


async def test_asking_and_deleting_make_no_folder(app, tmp_path):
    assert await app.texts('pear') == []
    await app.plugin.delete('notes', ['x'])
    await app.plugin.delete_meeting('notes', {'sour': True})
    await app.plugin.clear('notes')
    await app.ai.index('hnsw/notes', [])
    assert list(tmp_path.iterdir()) == []


async def test_an_index_may_be_cleared_and_compacted(app, tmp_path):
    await app.ai.index('hnsw/notes', FRUIT)
    await app.plugin.compact('notes')
    assert await app.plugin.count('notes') == 5
    await app.plugin.clear('notes')
    assert await app.plugin.count('notes') == 0
    for call in (app.plugin.clear('note'), app.plugin.compact('note')):
        with pytest.raises(GenkitError, match="no index 'note'; there are: 'notes'") as raised:
            await call
        assert raised.value.status == 'INVALID_ARGUMENT'


async def test_a_path_that_is_no_folder_says_so(tmp_path):
    (tmp_path / 'file').write_text('x')
    app = App(tmp_path / 'file')
    assert await app.texts('pear') == []
    with pytest.raises(GenkitError, match='cannot be written') as raised:
        await app.ai.index('hnsw/notes', FRUIT)
    assert raised.value.status == 'UNAVAILABLE'


@pytest.mark.parametrize(
    ('settings', 'named'),
    [
        ({'name': ''}, "name of an index is ''"),
        ({'name': 'x' * 201}, 'up to 200 letters'),
        ({'connectivity': 0}, 'connectivity of an index is 0'),
        ({'batch_size': -1}, 'batch_size of an index is -1'),
        ({'distance': 'far'}, "'cosine', 'l2' or 'ip'"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_once(settings, named):
    with pytest.raises(GenkitError, match=named) as raised:
        HnswIndex(**{'name': 'notes', 'embedder': 'e', **settings})
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_two_indexes_of_one_name_are_refused():
    index = HnswIndex(name='notes', embedder='e')
    with pytest.raises(GenkitError, match='Two indexes have one name'):
        Hnsw(index, index)


def test_references_name_retriever_and_indexer():
    assert hnsw_retriever_ref('notes').name == hnsw_indexer_ref('notes').name == 'hnsw/notes'


def test_a_filter_is_read_with_the_options():
    assert RetrieverOptions.model_validate({'filter': {'a': 1}}).model_dump(exclude_unset=True) == {'filter': {'a': 1}}


def test_one_plugin_serves_several_event_loops(app):
    asyncio.run(app.ai.index('hnsw/notes', FRUIT))
    assert len(asyncio.run(app.texts('x', k=9))) == 5


async def test_a_call_that_is_cancelled_leaves_all_or_nothing(app):
    await app.ai.index('hnsw/notes', FRUIT)
    more = [Document.from_text(f'more {number}') for number in range(50)]
    indexing = asyncio.create_task(app.ai.index('hnsw/notes', more))
    await asyncio.sleep(0)
    indexing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await indexing
    assert await app.plugin.count('notes') in (5, 55)
    await app.ai.index('hnsw/notes', more)
    assert await app.plugin.count('notes') == 55


def test_importing_the_plugin_imports_no_engine():
    program = (
        'import sys; from genkit_hnsw import Hnsw, HnswIndex; '
        "Hnsw(HnswIndex(name='notes', embedder='b')); print({'numpy', 'usearch', 'filelock'} & sys.modules.keys())"
    )
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    assert result.stdout == 'set()\n'
