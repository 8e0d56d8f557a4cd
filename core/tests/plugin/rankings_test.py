# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order that a provider gives them."""

from typing import Any

import pytest
from genkit import Document, GenkitError
from genkit.plugin import Rank, ranked_documents


DOCUMENTS = [Document.from_text('a', {'n': 0}), Document.from_text('b', {'n': 1})]


def test_the_best_comes_first_with_what_it_holds() -> None:
    ranks = [Rank(0, 0, 'a'), Rank(1, 0.5, 'b', {'spans': [1]})]
    found = ranked_documents(ranks, DOCUMENTS).documents
    assert [document.score for document in found] == [0.5, 0.0]
    assert found[0].metadata.model_dump() == {'score': 0.5, 'n': 1, 'spans': [1]}
    assert not ranked_documents([], DOCUMENTS).documents


@pytest.mark.parametrize('places', [[2], [-1], [0, 0], [True], ['0'], [None], [0.0]])
def test_a_place_without_a_document_or_twice_is_an_error(places: list[Any]) -> None:
    with pytest.raises(GenkitError, match='no result for 2 documents'):
        ranked_documents([Rank(place, 0.5, 'told') for place in places], DOCUMENTS)


@pytest.mark.parametrize('score', [float('nan'), float('inf'), 10**400, True, None, '0.5'])
def test_a_score_that_is_no_number_is_an_error(score: Any) -> None:
    with pytest.raises(GenkitError, match='no result for 2 documents'):
        ranked_documents([Rank(0, score, 'told')], DOCUMENTS)
