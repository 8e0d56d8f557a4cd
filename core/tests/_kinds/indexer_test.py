# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, GenkitError, indexer_ref
from genkit._kinds.indexer import define_indexer, index
from genkit.plugin import indexer_action_metadata, make_indexer, to_json_schema
from genkit.types import Document, DocumentData
from pydantic import BaseModel


class Options(BaseModel):
    batch: int = 10


@pytest.fixture
def stored(registry) -> list[tuple[list[str], Any]]:
    """What an indexer was given: the texts and the options."""
    given: list[tuple[list[str], Any]] = []

    async def store(documents: list[Document], options: Any) -> None:
        """Store documents."""
        given.append(([document.text() for document in documents], options))

    define_indexer(registry, 'store', store, Options)
    return given


async def test_documents_of_either_type_are_stored_in_order(registry, stored):
    data = DocumentData.model_validate({'content': [{'text': 'b'}]})
    await index(registry, 'store', [Document.from_text('a'), data])
    assert stored == [(['a', 'b'], None)]


async def test_options_are_turned_into_their_type_and_laid_over_the_references(registry, stored):
    await index(registry, indexer_ref('store', {'batch': 1}), [], None)
    await index(registry, indexer_ref('store', {'batch': 1}), [], {'batch': 2})
    await index(registry, 'store', [], Options(batch=3))
    assert [options for _, options in stored] == [Options(batch=1), Options(batch=2), Options(batch=3)]


async def test_options_that_do_not_fit_are_refused(registry, stored):
    with pytest.raises(GenkitError, match='the options of indexer store failed: batch'):
        await index(registry, 'store', [], {'batch': 'large'})
    assert stored == []


async def test_a_plain_function_may_want_the_context(registry):
    users: list[str] = []

    def store(documents: list[Document], options: Any, context: ActionRunContext) -> None:
        users.append(context.context['user'])

    action = define_indexer(registry, 'plain', store)
    assert (await action.arun_raw({'documents': []}, context={'user': 'Ada'})).response is None
    assert users == ['Ada']


async def test_an_unknown_indexer_is_an_error(registry):
    with pytest.raises(GenkitError, match="Indexer 'none' not found") as caught:
        await index(registry, 'none', [])
    assert caught.value.status == 'NOT_FOUND'


def test_the_metadata_shows_what_the_indexer_is(registry, stored):
    action = registry.lookup_action(ActionKind.INDEXER, 'store')
    assert action.description == 'Store documents.'
    assert action.metadata == {'indexer': {'label': 'store', 'customOptions': to_json_schema(Options)}}
    assert action.output_schema == {'type': 'null'}
    assert indexer_action_metadata('store', Options).metadata == action.metadata
    assert make_indexer('i', lambda documents: None).metadata == {'indexer': {'label': 'i'}}
