# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import StoreIndex, StoreMatch, VectorStore, collections_by_name, document_id
from genkit.plugin.stores.indexing import as_found, as_stored, embed_query, id_as_found, to_entries
from genkit.types import Document, Embedding, EmbedResponse


STORE: VectorStore[Any, Any] = object()  # pyright: ignore[reportAssignmentType]


def test_collections_are_found_by_name():
    index = StoreIndex(name='a', embedder='e')
    assert collections_by_name('shelf', 'tables', [(index, STORE)]) == {'a': (index, STORE)}


def test_two_of_one_name_are_refused():
    pairs = [(StoreIndex(name='a', embedder='e'), STORE), (StoreIndex(name='a', embedder='f'), STORE)]
    with pytest.raises(GenkitError, match=r"Two tables have one name: \['a', 'a'\]\. Rename one of them\.") as caught:
        collections_by_name('shelf', 'tables', pairs)
    assert (caught.value.status, caught.value.source) == ('INVALID_ARGUMENT', 'shelf')


@pytest.mark.parametrize('metadata', [{1: 'a'}, {None: 1}, {'a': 10**5000}, {'a': object()}])
def test_what_json_cannot_hold_is_refused_before_anything_is_stored(metadata):
    with pytest.raises(GenkitError, match=r'A document cannot be stored: .* Put only JSON-compatible values') as caught:
        document_id(Document.from_text('a', metadata))
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('number', [float('nan'), float('inf')])
async def test_vectors_that_are_not_finite_are_refused(number):
    ai = Genkit()
    ai.define_embedder('odd', lambda _request: EmbedResponse(embeddings=[Embedding(embedding=[1.0, number])]))
    index = StoreIndex(name='a', embedder='odd')
    with pytest.raises(GenkitError, match="'odd' gave a vector with a member that is not a finite number"):
        await embed_query(ai.registry, index, Document.from_text('x'))
    with pytest.raises(GenkitError, match='not a finite number'):
        await to_entries(ai.registry, index, [('x', Document.from_text('x'))])


def test_a_document_that_was_found_is_the_one_that_was_stored():
    stored = Document.from_text('a', {'n': 1})
    found = as_found(StoreMatch('x', stored, 0.5))
    assert found.metadata == {'n': 1, '_id': 'x', '_score': 0.5}
    assert (as_stored(found), id_as_found(found)) == (stored, 'x')
    own = Document.from_text('a', {'_id': 'x'})
    assert (as_stored(own), id_as_found(own)) == (own, None)
