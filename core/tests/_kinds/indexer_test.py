# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from typing import Any, cast

import pytest
from genkit import ActionKind, ActionRunContext, GenkitError, Progress, indexer_ref
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


async def test_progress_is_told_after_each_batch(registry, stored):
    told: list[Progress] = []
    await index(registry, 'store', list('abcde'), {'batch': 3}, on_progress=told.append, batch_size=2)
    options = Options(batch=3)
    assert stored == [(['a', 'b'], options), (['c', 'd'], options), (['e'], options)]
    assert told == [Progress(2, 5), Progress(4, 5), Progress(5, 5)]


async def test_progress_may_be_awaited(registry, stored):
    told: list[Progress] = []

    async def tell(progress: Progress) -> None:
        await asyncio.sleep(0)
        told.append(progress)

    await index(registry, 'store', ['a'] * 101, on_progress=tell)
    assert [len(texts) for texts, _ in stored] == [100, 1]
    assert told == [Progress(100, 101), Progress(101, 101)]


async def test_a_batch_size_alone_divides_and_without_it_there_is_one_call(registry, stored):
    await index(registry, 'store', ['a', 'b', 'c'], batch_size=2)
    await index(registry, 'store', ['a'] * 300)
    assert [len(texts) for texts, _ in stored] == [2, 1, 300]


async def test_no_documents_are_one_call_with_and_without_progress(registry, stored):
    told: list[Progress] = []
    await index(registry, 'store', [])
    await index(registry, 'store', [], on_progress=told.append)
    assert stored == [([], None), ([], None)]
    assert told == [Progress(0, 0)]


@pytest.mark.parametrize('size', [0, -1, 2.5, 'all'])
async def test_a_batch_size_that_is_none_is_refused(registry, stored, size):
    with pytest.raises(GenkitError, match=f'batch_size is {size!r}; it must be a whole number') as caught:
        await index(registry, 'store', ['a'], batch_size=size)
    assert caught.value.status == 'INVALID_ARGUMENT'
    assert stored == []


class FullError(GenkitError):
    """An error of an application's own."""

    def __init__(self) -> None:
        super().__init__('The shelf is full.', status='RESOURCE_EXHAUSTED', details={'free': 0})


@pytest.mark.parametrize(
    ('raised', 'status', 'kind'),
    [(FullError(), 'RESOURCE_EXHAUSTED', FullError), (OSError('gone'), 'INTERNAL', GenkitError)],
)
async def test_a_failure_in_the_middle_says_how_many_are_stored(registry, raised, status, kind):
    calls: list[int] = []

    async def store(documents: list[Document], options: Any) -> None:
        calls.append(len(documents))
        if len(calls) == 2:
            raise raised

    told: list[Progress] = []
    define_indexer(registry, 'shelf', store)
    with pytest.raises(kind, match=r'2 of 6 documents are stored. Fix the cause, then index documents\[2:\]') as caught:
        await index(registry, 'shelf', list('abcdef'), on_progress=told.append, batch_size=2)
    assert caught.value.status == status
    assert (caught.value.details['stored'], caught.value.details['total']) == (2, 6)
    assert caught.value.details.get('free') == (0 if kind is FullError else None)
    assert ('gone' in str(caught.value)) is (kind is GenkitError)
    assert 'gone' not in caught.value.message
    assert 'stored' not in str(FullError())
    assert (calls, told) == ([2, 2], [Progress(2, 6)])


async def test_a_document_that_is_none_fails_before_anything_is_stored(registry, stored):
    with pytest.raises(GenkitError, match=r'documents\[2\] is None; expected a text or a document'):
        await index(registry, 'store', cast('Any', ['a', 'b', None]), batch_size=1)
    assert stored == []


async def test_an_indexing_that_is_cancelled_ends_with_the_batch(registry):
    begun = asyncio.Event()
    calls: list[int] = []

    async def store(documents: list[Document], options: Any) -> None:
        calls.append(len(documents))
        begun.set()
        await asyncio.Event().wait()

    define_indexer(registry, 'slow', store)
    task = asyncio.create_task(index(registry, 'slow', ['a', 'b'], batch_size=1))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert calls == [1]


async def test_an_error_of_whoever_is_told_ends_the_indexing(registry, stored):
    def tell(progress: Progress) -> None:
        raise LookupError(progress.done)

    with pytest.raises(LookupError, match='1'):
        await index(registry, 'store', ['a', 'b'], on_progress=tell, batch_size=1)
    assert len(stored) == 1


def test_the_metadata_shows_what_the_indexer_is(registry, stored):
    action = registry.lookup_action(ActionKind.INDEXER, 'store')
    assert action.description == 'Store documents.'
    assert action.metadata == {'indexer': {'label': 'store', 'customOptions': to_json_schema(Options)}}
    assert action.output_schema == {'type': 'null'}
    assert indexer_action_metadata('store', Options).metadata == action.metadata
    assert make_indexer('i', lambda documents: None).metadata == {'indexer': {'label': 'i'}}
