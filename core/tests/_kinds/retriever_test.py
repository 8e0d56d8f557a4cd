# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, GenkitError, RetrieverResponse, retriever_ref
from genkit._kinds.retriever import define_retriever, retrieve
from genkit.plugin import make_retriever, retriever_action_metadata, to_json_schema
from genkit.types import Document, DocumentData
from pydantic import BaseModel
from typing_extensions import TypedDict


class Options(BaseModel):
    k: int = 3


class TypedOptions(TypedDict):
    k: int


def found(*texts: str) -> RetrieverResponse:
    return RetrieverResponse(documents=[Document.from_text(text) for text in texts])


class TestRetrieving:
    async def test_by_text_or_document(self, registry):
        async def echo(query: Document, options: Any) -> RetrieverResponse:
            assert type(query) is Document
            return found(query.text())

        define_retriever(registry, 'echo', echo)
        data = DocumentData.model_validate({'content': [{'text': 'data'}]})
        for query, text in (('text', 'text'), (Document.from_text('document'), 'document'), (data, 'data')):
            (document,) = (await retrieve(registry, 'echo', query)).documents
            assert Document.from_document_data(document).text() == text

    async def test_turns_options_into_their_type(self, registry):
        seen: list[Any] = []

        def note(query: Document, options: Any) -> RetrieverResponse:
            seen.append(options)
            return found()

        define_retriever(registry, 'typed', note, Options)
        define_retriever(registry, 'untyped', note, {'type': 'object'})
        await retrieve(registry, 'typed', 'x', {'k': 5})
        await retrieve(registry, 'typed', 'x', Options(k=1))
        await retrieve(registry, 'typed', 'x')
        await retrieve(registry, 'untyped', 'x', {'k': '5'})
        assert seen == [Options(k=5), Options(k=1), None, {'k': '5'}]

    async def test_refuses_options_that_do_not_fit(self, registry):
        define_retriever(registry, 'typed', lambda query, options: found(), Options)
        with pytest.raises(GenkitError, match='the options of retriever typed failed: k') as caught:
            await retrieve(registry, 'typed', 'x', {'k': 'many'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_takes_options_of_any_type_that_pydantic_knows(self, registry):
        define_retriever(registry, 'typed', lambda query, options: found(str(options['k'])), TypedOptions)
        assert await retrieve(registry, 'typed', 'x', {'k': 5}) == found('5')
        with pytest.raises(GenkitError, match='the options of retriever typed failed: k'):
            await retrieve(registry, 'typed', 'x', {'k': 'many'})

    async def test_lays_options_over_those_of_the_reference(self, registry):
        seen: list[Any] = []

        def note(query: Document, options: Any) -> RetrieverResponse:
            seen.append(options)
            return found()

        define_retriever(registry, 'r', note)
        await retrieve(registry, retriever_ref('r', {'k': 1, 'lang': 'de'}), 'x', {'k': 2})
        assert seen == [{'k': 2, 'lang': 'de'}]

    async def test_hands_over_the_context_to_who_wants_it(self, registry):
        def for_whom(query: Document, options: Any, context: ActionRunContext) -> RetrieverResponse:
            return found(context.context['user'])

        action = define_retriever(registry, 'r', for_whom)
        response = await action.arun_raw({'query': {'content': [{'text': 'x'}]}}, context={'user': 'Ada'})
        assert response.response == found('Ada')

    async def test_may_be_done_by_a_function_of_the_query_alone(self, registry):
        define_retriever(registry, 'r', lambda query: found(query.text()))
        assert await retrieve(registry, 'r', 'x') == found('x')

    async def test_with_an_unknown_retriever_is_an_error(self, registry):
        with pytest.raises(GenkitError, match="Retriever 'none' not found") as caught:
            await retrieve(registry, 'none', 'x')
        assert caught.value.status == 'NOT_FOUND'


class TestMetadata:
    def test_shows_what_the_retriever_is(self):
        def search(query: Document, options: Any) -> RetrieverResponse:
            """Search."""
            return found()

        action = make_retriever('r', search, Options, metadata={'a': 1})
        assert action.kind is ActionKind.RETRIEVER
        assert action.description == 'Search.'
        assert action.metadata == {'a': 1, 'retriever': {'label': 'r', 'customOptions': to_json_schema(Options)}}
        assert make_retriever('r', search, description='Finds.').description == 'Finds.'

    def test_is_the_same_when_a_plugin_advertises_the_retriever(self):
        advertised = retriever_action_metadata('r', Options)
        assert advertised.metadata == make_retriever('r', lambda query: found(), Options).metadata
        assert advertised.action_type == 'retriever'
