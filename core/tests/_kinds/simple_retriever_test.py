# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from genkit import ActionRunContext, Document, GenkitError, Media, MediaPart, SimpleRetrieverOptions, TextPart
from genkit.types import DocumentData
from pydantic import BaseModel


class Book(BaseModel):
    title: str
    body: str
    year: int = 1900


class Query(BaseModel):
    k: int = 1


BOOK = {'title': 'T', 'body': 'B', 'year': 1999}


@pytest.fixture
def found(ai):
    """Return a function that retrieves some items and returns each document's text and metadata."""

    async def retrieve(*items: Any, **options: Any) -> list[tuple[str, dict[str, Any] | None]]:
        ai.define_simple_retriever(SimpleRetrieverOptions('r', **options), lambda _query, _options: list(items))
        documents = (await ai.retrieve('r', 'x')).documents
        return [(Document.from_document_data(document).text(), document.metadata) for document in documents]

    return retrieve


class TestItems:
    async def test_may_be_texts(self, found):
        assert await found('a', 'b') == [('a', None), ('b', None)]

    async def test_may_be_none_at_all(self, found):
        assert await found() == []

    @pytest.mark.parametrize('item', [BOOK, MappingProxyType(BOOK), Book(**BOOK)])
    async def test_may_be_anything_with_members(self, found, item):
        assert await found(item, content='body') == [('B', {'title': 'T', 'year': 1999})]

    async def test_may_be_documents_and_data_of_documents(self, ai):
        items = [Document.from_text('a', {'m': 1}), DocumentData(content=[TextPart(text='b')])]
        ai.define_simple_retriever('r', lambda _query: items)
        assert (await ai.retrieve('r', 'x')).documents == [items[0], Document.from_text('b')]

    async def test_may_be_mixed(self, found):
        assert [text for text, _ in await found(BOOK, Book(**BOOK), Document.from_text('d'), content='title')] == [
            'T',
            'T',
            'd',
        ]

    async def test_are_left_as_they_are(self, found):
        item = dict(BOOK)
        await found(item, content='body')
        assert item == BOOK

    @pytest.mark.parametrize('item', [5, None, ['a']])
    async def test_of_other_types_are_refused(self, found, item):
        with pytest.raises(GenkitError, match='expected texts, mappings') as caught:
            await found(item, content='body')
        assert caught.value.status == 'INVALID_ARGUMENT'


class TestContent:
    async def test_may_be_made_by_a_function(self, found):
        assert await found(BOOK, content=lambda item: f'{item["title"]}: {item["body"]}') == [('T: B', BOOK)]

    async def test_of_texts_may_be_made_by_a_function(self, found):
        assert await found('a', content=str.upper) == [('A', None)]

    async def test_may_be_parts(self, ai):
        image = MediaPart(media=Media(url='data:image/png;base64,', content_type='image/png'))
        options = SimpleRetrieverOptions('r', content=lambda item: [TextPart(text=item), image])
        ai.define_simple_retriever(options, lambda _query: ['a'])
        (document,) = (await ai.retrieve('r', 'x')).documents
        assert document.content == [TextPart(text='a'), image]

    @pytest.mark.parametrize('content', ['text', None])
    async def test_that_an_item_lacks_is_an_error_that_says_how_to_name_it(self, found, content):
        with pytest.raises(GenkitError, match=r"SimpleRetrieverOptions\(name, content='…'\)") as caught:
            await found(BOOK, content=content)
        assert caught.value.status == 'INVALID_ARGUMENT'


class TestMetadata:
    async def test_is_everything_but_the_content_unless_stated(self, found):
        assert await found(BOOK, content='title') == [('T', {'body': 'B', 'year': 1999})]

    async def test_may_be_some_members(self, found):
        assert await found(BOOK, content='body', metadata=['year', 'missing']) == [('B', {'year': 1999})]
        assert await found(BOOK, content='body', metadata=[]) == [('B', {})]

    async def test_may_be_made_by_a_function(self, found):
        def decade(item: Mapping[str, Any]) -> dict[str, Any]:
            return {'decade': item['year'] // 10}

        assert await found(BOOK, content='body', metadata=decade) == [('B', {'decade': 199})]
        assert await found('a', metadata=lambda item: {'length': len(item)}) == [('a', {'length': 1})]


class TestHandler:
    async def test_gets_the_query_as_a_document_and_typed_options(self, ai):
        seen: list[Any] = []

        async def search(query: Document, options: Any, context: ActionRunContext) -> list[str]:
            """Searches."""
            seen.append((query.text(), options, context.context))
            return []

        action = ai.define_simple_retriever(SimpleRetrieverOptions('r', config_schema=Query), search)
        await ai.retrieve('r', 'what', {'k': 2})
        await action.arun_raw({'query': {'content': [{'text': 'q'}]}}, context={'user': 'Ada'})
        assert seen == [('what', Query(k=2), {}), ('q', None, {'user': 'Ada'})]
        assert action.description == 'Searches.'

    async def test_refuses_options_that_do_not_fit(self, ai):
        ai.define_simple_retriever(SimpleRetrieverOptions('r', config_schema=Query), lambda _query, _options: [])
        with pytest.raises(GenkitError, match='the options of retriever r failed: k') as caught:
            await ai.retrieve('r', 'x', {'k': 'few'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_that_fails_is_named_with_its_cause(self, ai):
        def broken(_query: Document, _options: Any) -> list[str]:
            raise OSError('gone')

        ai.define_simple_retriever('broken', broken)
        with pytest.raises(GenkitError, match='Error while running action broken') as caught:
            await ai.retrieve('broken', 'x')
        assert caught.value.status == 'INTERNAL'
        assert isinstance(caught.value.cause, OSError)


def test_it_is_listed_as_a_retriever(ai):
    action = ai.define_simple_retriever('r', lambda _query: [], description='Finds.')
    assert (action.key, action.description) == ('/retriever/r', 'Finds.')
    assert action.metadata['retriever'] == {'label': 'r'}
