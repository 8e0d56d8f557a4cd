# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Stores of vectors that do one thing wrong each."""

import asyncio
import socket
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

from genkit import GenkitError
from genkit.plugin import (
    AllOf,
    Filter,
    StoreIndex,
    StoreMatch,
    StorePlugin,
    VectorStore,
    meets,
)
from genkit.testing import (
    StoreContract,
)
from genkit.types import (
    Document,
    WireModel,
)
from pydantic import Field


class Memory(VectorStore):
    batch_size = 100

    def __init__(self):
        self.kept = {}

    async def upsert(self, entries, options):
        for entry in entries:
            if self.kept and len(entry.vector) != len(next(iter(self.kept.values())).vector):
                raise GenkitError(f'A vector has {len(entry.vector)} dimensions.', status='INVALID_ARGUMENT')
        self.kept.update({entry.id: entry for entry in entries})

    async def query(self, vector, query, options):
        def score(entry):
            return sum(a * b for a, b in zip(entry.vector, vector, strict=False))

        best = sorted(self.meeting(options.filter), key=score, reverse=True)
        return [StoreMatch(entry.id, entry.document, score(entry)) for entry in best[: options.k]]

    async def delete(self, ids, options=None):
        for name in ids:
            self.kept.pop(name, None)

    async def existing(self, ids, options):
        return set(ids) & self.kept.keys()

    async def count(self, condition, options):
        return len(self.meeting(condition))

    async def delete_meeting(self, condition, options):
        for entry in self.meeting(condition):
            del self.kept[entry.id]

    def meeting(self, wanted):
        condition = wanted.condition if isinstance(wanted, Filter) else wanted
        return [each for each in self.kept.values() if not condition or meets(condition, each.document.metadata)]


class MemoryOptions(WireModel):
    k: int = Field(default=10, ge=1, le=1000)
    filter: Filter | None = None


class MemoryPlugin(StorePlugin):
    name = 'memory'
    retriever_options = MemoryOptions

    def __init__(self, index, store):
        self.found = {index.name: (index, store)}

    def collections(self):
        return self.found


class OfStores(StoreContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = Memory

    async def plugin(self, collection, embedder):
        return MemoryPlugin(StoreIndex(name=collection, embedder=embedder), self.Fake())


class TestRightStore(OfStores):
    pass


class TestStoreOfTexts(OfStores):
    noticed_by: ClassVar[set[str]] = {
        'test_what_was_stored_is_found_with_its_text_metadata_and_score',
        'test_equal_texts_with_other_metadata_are_two_documents',
        'test_a_document_that_the_embedder_splits_is_stored_with_all_its_parts',
        'test_many_documents_are_stored_in_batches_with_progress',
    }

    class Fake(Memory):
        async def query(self, vector, query, options):
            found = await super().query(vector, query, options)
            return [
                StoreMatch(each.id, each.document.replaced(metadata={'_id': each.id}), each.score) for each in found
            ]


class TestStoreThatKeeps(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_deleted_documents_are_not_found_again'}

    class Fake(Memory):
        async def delete(self, ids, options=None):
            return None


class TestStoreThatFindsAll(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_the_nearest_comes_first_and_no_more_than_asked_for'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            return await super().query(vector, query, options.replaced(k=max(options.k, 4)))


class TestStoreOfAnyDimensions(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_vectors_of_other_dimensions_are_refused_and_nothing_is_stored'}

    class Fake(Memory):
        async def upsert(self, entries, options):
            self.kept.update({entry.id: entry for entry in entries})


class TestStoreOfPlainMetadata(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_what_was_stored_is_found_with_its_text_metadata_and_score'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            def plain(document):
                kept = {name: value for name, value in (document.metadata or {}).items() if name != 'deep'}
                return document.replaced(metadata=kept)

            found = await super().query(vector, query, options)
            return [StoreMatch(each.id, plain(each.document), each.score) for each in found]


class TestStoreOfEqualTexts(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_equal_texts_with_other_metadata_are_two_documents'}

    class Fake(Memory):
        async def upsert(self, entries, options):
            known = {entry.document.text() for entry in self.kept.values()}
            for entry in entries:
                if entry.document.text() not in known or 'embedMetadata' in (entry.document.metadata or {}):
                    await super().upsert([entry], options)
                known.add(entry.document.text())


class TestStoreOfFirstParts(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_a_document_that_the_embedder_splits_is_stored_with_all_its_parts'}

    class Fake(Memory):
        async def upsert(self, entries, options):
            await super().upsert([entry for entry in entries if '-' not in entry.id], options)


class TestStoreThatLosesItsWayAmongMany(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_many_documents_are_stored_in_batches_with_progress'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            if len(self.kept) <= 100:
                return await super().query(vector, query, options)
            found = await super().query(vector, query, options.replaced(k=len(self.kept)))
            return found[::-1][: options.k]


class TestStoreOfWords(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_media_come_back_as_media'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            found = await super().query(vector, query, options)
            return [
                StoreMatch(each.id, Document.from_text(each.document.text(), each.document.metadata), each.score)
                for each in found
            ]


class TestStoreThatIsNeverEmpty(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_nothing_is_found_in_an_empty_collection'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            found = await super().query(vector, query, options)
            return found if self.kept else [StoreMatch('0', Document.from_text(''), 0.0)]


class TestStoreOfOneWriter(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_several_can_store_and_ask_at_the_same_time'}

    class Fake(Memory):
        async def upsert(self, entries, options):
            kept = dict(self.kept)
            await asyncio.sleep(0.01)
            self.kept = kept
            await super().upsert(entries, options)


class TestStoreThatKeepsVersions(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_storing_a_document_again_changes_nothing'}

    class Fake(Memory):
        async def existing(self, ids, options):
            return {name for name in await super().existing(ids, options) if not self.kept[name].document.metadata}

        async def upsert(self, entries, options):
            entries = [replace(entry, id=f'{entry.id}+') if entry.id in self.kept else entry for entry in entries]
            await super().upsert(entries, options)


class TestStoreThatPromisesTooEarly(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_an_indexing_that_failed_in_the_middle_can_be_repeated'}

    class Fake(Memory):
        def __init__(self):
            super().__init__()
            self.promised = set()

        async def existing(self, ids, options):
            known = set(ids) & self.promised
            self.promised |= set(ids)
            return known


class ForgivingOptions(WireModel):
    k: Any = 10
    filter: Filter | None = None


class TestStoreOfAnyNumber(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_a_number_of_documents_that_makes_no_sense_is_refused_by_name'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            wanted = options.k if isinstance(options.k, int) and options.k > 0 else 10
            return await super().query(vector, query, options.replaced(k=wanted))

    async def plugin(self, collection, embedder):
        plugin = await super().plugin(collection, embedder)
        plugin.retriever_options = ForgivingOptions
        return plugin


class TestStoreThatListsWhatItFinds(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_it_lists_its_retriever_and_indexer_without_connecting'}

    async def plugin(self, collection, embedder):
        return AskingPlugin(StoreIndex(name=collection, embedder=embedder), self.Fake())


class AskingPlugin(MemoryPlugin):
    async def list_actions(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(('127.0.0.1', 9))
        return await super().list_actions()


class TestStoreOfHalfAFilter(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_a_filter_finds_the_documents_that_meet_it'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            found = options.filter
            if found and isinstance(found.condition, AllOf):
                options = options.replaced(filter=SimpleNamespace(condition=found.condition.conditions[0]))
            return await super().query(vector, query, options)

        def meeting(self, wanted):
            return super().meeting(getattr(wanted, 'condition', wanted))


class AnyFilterOptions(WireModel):
    k: int = Field(default=10, ge=1, le=1000)
    filter: Any = None


class TestStoreOfAnyFilter(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_a_filter_without_meaning_is_refused_by_its_place'}

    class Fake(Memory):
        async def query(self, vector, query, options):
            try:
                wanted = options.filter and Filter(options.filter)
            except GenkitError:
                wanted = None
            if wanted and wanted.finds_nothing:
                return []
            return await super().query(vector, query, options.replaced(filter=wanted))

    async def plugin(self, collection, embedder):
        plugin = await super().plugin(collection, embedder)
        plugin.retriever_options = AnyFilterOptions
        return plugin


class TestStoreThatDeletesMore(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_documents_that_meet_a_filter_are_deleted_and_no_others'}

    class Fake(Memory):
        async def delete_meeting(self, condition, options):
            self.kept.clear()


class TestStoreThatCountsAll(OfStores):
    noticed_by: ClassVar[set[str]] = {'test_documents_are_counted'}

    class Fake(Memory):
        async def count(self, condition, options):
            return len(self.kept)


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
