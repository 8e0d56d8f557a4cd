# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, Document, GenkitError, reranker_ref
from genkit._kinds.reranker import make_reranker, reranker_action_metadata
from genkit.plugin import to_json_schema
from genkit.types import DocumentData, RankedDocumentData, RankedDocumentMetadata, RerankerResponse
from pydantic import BaseModel


class Options(BaseModel):
    k: int = 10


def by_shared_letters(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
    """Counts letters."""
    scored = [(len(set(query.text()) & set(document.text())), document) for document in documents]
    best = sorted(scored, key=lambda entry: -entry[0])[: getattr(options, 'k', None)]
    return RerankerResponse(
        documents=[
            RankedDocumentData(content=document.content, metadata=RankedDocumentMetadata(score=score))
            for score, document in best
        ]
    )


def documents(*texts: str) -> list[Document]:
    return [Document.from_text(text) for text in texts]


@pytest.fixture
def reranker(ai):
    return ai.define_reranker('letters', by_shared_letters, Options)


async def test_documents_come_back_in_order_each_with_its_score(ai, reranker):
    ranked = await ai.rerank('letters', 'abc', documents('xa', 'abc', 'zz', 'ab'))
    assert [(document.text(), document.score) for document in ranked] == [('abc', 3), ('ab', 2), ('xa', 1), ('zz', 0)]


async def test_the_query_may_be_a_text_or_a_document_of_either_type(ai, reranker):
    data = DocumentData.model_validate({'content': [{'text': 'a'}]})
    for query in ('a', Document.from_text('a'), data):
        ranked = await ai.rerank('letters', query, documents('b', 'a'))
        assert [document.text() for document in ranked] == ['a', 'b']


async def test_documents_of_the_wire_are_as_good_as_others(ai, reranker):
    given = [DocumentData.model_validate({'content': [{'text': text}]}) for text in ('b', 'a')]
    assert [document.text() for document in await ai.rerank('letters', 'a', given)] == ['a', 'b']


async def test_no_documents_are_no_documents(ai, reranker):
    assert await ai.rerank('letters', 'a', []) == []


async def test_options_are_turned_into_their_type_and_laid_over_the_references(ai, reranker):
    ref = reranker_ref('letters', {'k': 1})
    assert len(await ai.rerank(ref, 'a', documents('a', 'b', 'c'))) == 1
    assert len(await ai.rerank(ref, 'a', documents('a', 'b', 'c'), {'k': 2})) == 2
    assert len(await ai.rerank('letters', 'a', documents('a', 'b', 'c'), Options(k=3))) == 3


async def test_options_that_do_not_fit_are_refused(ai, reranker):
    with pytest.raises(GenkitError, match='the options of reranker letters failed: k') as caught:
        await ai.rerank('letters', 'a', documents('a'), {'k': 'few'})
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_an_unknown_reranker_is_an_error_with_the_nearest_name(ai, reranker):
    with pytest.raises(GenkitError, match=r"Reranker 'leters' not found\. Did you mean 'letters'") as caught:
        await ai.rerank('leters', 'a', documents('a'))
    assert caught.value.status == 'NOT_FOUND'


async def test_a_reranker_may_be_asynchronous_and_want_the_context(ai):
    seen: list[Any] = []

    async def rank(_query: Document, _documents: list[Document], _options: Any, context: ActionRunContext):
        seen.append(context.context)
        return RerankerResponse(documents=[])

    action = ai.define_reranker('r', rank)
    await action.arun_raw({'query': {'content': []}, 'documents': []}, context={'user': 'Ada'})
    assert seen == [{'user': 'Ada'}]


async def test_a_reranker_that_fails_is_named_with_its_cause(ai):
    def broken(_query: Document, _documents: list[Document]) -> RerankerResponse:
        raise OSError('gone')

    ai.define_reranker('broken', broken)
    with pytest.raises(GenkitError, match='Error while running action broken') as caught:
        await ai.rerank('broken', 'a', documents('a'))
    assert isinstance(caught.value.cause, OSError)


def test_the_metadata_shows_what_the_reranker_is():
    action = make_reranker('letters', by_shared_letters, Options, metadata={'a': 1})
    assert action.kind is ActionKind.RERANKER
    assert action.description == 'Counts letters.'
    assert action.metadata == {'a': 1, 'reranker': {'label': 'letters', 'customOptions': to_json_schema(Options)}}
    assert make_reranker('letters', by_shared_letters, description='Ranks.').description == 'Ranks.'


def test_the_metadata_is_the_same_when_a_plugin_advertises_the_reranker():
    advertised = reranker_action_metadata('letters', Options)
    assert advertised.metadata == make_reranker('letters', by_shared_letters, Options).metadata
    assert advertised.action_type == 'reranker'
