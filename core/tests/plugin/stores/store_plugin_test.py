# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import GenkitError
from genkit.plugin import StoreIndex, VectorStore, collections_by_name


STORE: VectorStore[Any, Any] = object()  # pyright: ignore[reportAssignmentType]


def test_collections_are_found_by_name():
    index = StoreIndex(name='a', embedder='e')
    assert collections_by_name('shelf', 'tables', [(index, STORE)]) == {'a': (index, STORE)}


def test_two_of_one_name_are_refused():
    pairs = [(StoreIndex(name='a', embedder='e'), STORE), (StoreIndex(name='a', embedder='f'), STORE)]
    with pytest.raises(GenkitError, match=r"Two tables have one name: \['a', 'a'\]\. Rename one of them\.") as caught:
        collections_by_name('shelf', 'tables', pairs)
    assert (caught.value.status, caught.value.source) == ('INVALID_ARGUMENT', 'shelf')
