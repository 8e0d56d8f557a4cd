# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the contract of stores asks of their filters."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol

import pytest

from genkit import Genkit, GenkitError, StatusName
from genkit.plugin import Comparison, Condition, Filter
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.filter_cases import DOCUMENTS, OF_NUMBERS_IN_LISTS, WITHOUT_MEANING, filter_cases
from genkit.types import Document


class FilteredPlugin(Protocol):
    """What the tests need of a plugin besides its retriever and its indexer; `StorePlugin` has it."""

    def namespaced(self, name: str, /) -> str:
        """Return the full name of a collection."""
        ...

    async def delete_meeting(self, collection: str, filter: Mapping[str, Any], /) -> object:  # noqa: A002
        """Delete the documents that meet a filter."""
        ...

    async def count(self, collection: str, filter: Mapping[str, Any] | None = None, /) -> int:  # noqa: A002
        """Return the number of those that meet a filter."""
        ...


class FilterContract(Contract):
    """Filters of a store: the same documents are found in every store, or the filter is refused.

    Attributes:
        takes_filters: Whether it takes the filters that stores have in common; if not, it must refuse them all.
        refused_comparisons: What the store cannot compare: operators as in an error, such as ``$exists`` or
            ``$not $gt``, and ``order of texts``.
        compares_numbers_in_lists: Whether it compares the elements of lists that hold something else than texts.
        counts_by_filter: Whether it can count the documents that meet a filter, and not only all of them.
    """

    takes_filters: ClassVar[bool] = True
    refused_comparisons: ClassVar[frozenset[str]] = frozenset()
    compares_numbers_in_lists: ClassVar[bool] = True
    counts_by_filter: ClassVar[bool] = True

    async def application(self) -> tuple[Genkit, FilteredPlugin, str]:
        """Return an application with an empty collection, the plugin, and the name of retriever and indexer."""
        raise NotImplementedError

    async def found(self, ai: Genkit, name: str, query: str, options: Any = None) -> list[Document]:
        """Return what is found, once the store has settled."""
        raise NotImplementedError

    async def test_a_filter_finds_the_documents_that_meet_it(self) -> None:
        if not self.takes_filters:
            await self._refuses_all()
            return
        ai, _, name = await self._filled()
        cases = [*filter_cases(), *(OF_NUMBERS_IN_LISTS if self.compares_numbers_in_lists else ())]
        wrong: list[str] = []
        await self.found(ai, name, 'settled')
        for given, expected in cases:
            refused = self.refused_comparisons.intersection(_kinds(Filter(given).condition))
            try:
                found = (await ai.retrieve(name, 'ada', {'k': 50, 'filter': given})).documents
            except GenkitError as error:
                if not refused or error.status != StatusName.INVALID_ARGUMENT or not _names_one(str(error), refused):
                    wrong.append(f'{given!r} raised {error}')
                continue
            texts = frozenset(Document.from_document_data(document).text() for document in found)
            if refused:
                wrong.append(f'{given!r} uses {sorted(refused)}, which the store lacks, and found {sorted(texts)}')
            elif texts != expected:
                wrong.append(f'{given!r} found {sorted(texts)} instead of {sorted(expected)}')
        assert not wrong, '\n'.join(wrong)
        await ai.aclose()

    async def test_a_filter_without_meaning_is_refused_by_its_place(self) -> None:
        self._needs_filters()
        ai, _, name = await self.application()
        for given, named in WITHOUT_MEANING:
            with pytest.raises(GenkitError, match=named) as raised:
                await ai.retrieve(name, 'x', {'k': 1, 'filter': given})
            assert raised.value.status == StatusName.INVALID_ARGUMENT
        await ai.aclose()

    async def test_documents_that_meet_a_filter_are_deleted_and_no_others(self) -> None:
        self._needs_filters()
        ai, plugin, name = await self._filled()
        collection = name.removeprefix(plugin.namespaced(''))
        await self.found(ai, name, 'settled')
        with pytest.raises(GenkitError) as raised:
            await plugin.delete_meeting(collection, {})
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        await plugin.delete_meeting(collection, {'year': {'$in': []}})
        await plugin.delete_meeting(collection, {'year': {'$gte': 2020}})
        left = {Document.from_document_data(each).text() for each in await self.found(ai, name, 'x', {'k': 50})}
        assert left == DOCUMENTS.keys() - {'bob', 'finn', 'iris'}
        await ai.aclose()

    async def test_documents_are_counted(self) -> None:
        self._needs_filters()
        ai, plugin, name = await self._filled()
        collection = name.removeprefix(plugin.namespaced(''))
        await self.found(ai, name, 'settled')
        assert await plugin.count(collection) == len(DOCUMENTS)
        if self.counts_by_filter:
            assert await plugin.count(collection, {'tags': 'boat'}) == 2
        else:
            with pytest.raises(GenkitError) as raised:
                await plugin.count(collection, {'tags': 'boat'})
            assert raised.value.status == StatusName.UNIMPLEMENTED
        assert await plugin.count(collection, {'year': {'$in': []}}) == 0
        await ai.aclose()

    def _needs_filters(self) -> None:
        if not self.takes_filters:
            pytest.skip('The store takes no common filters.')

    async def _refuses_all(self) -> None:
        ai, _, name = await self._filled()
        with pytest.raises(GenkitError, match='filter') as raised:
            await ai.retrieve(name, 'ada', {'k': 50, 'filter': {'year': 2020}})
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        await ai.aclose()

    async def _filled(self) -> tuple[Genkit, FilteredPlugin, str]:
        ai, plugin, name = await self.application()
        await ai.index(name, [Document.from_text(text, dict(metadata)) for text, metadata in DOCUMENTS.items()])
        return ai, plugin, name


def _kinds(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Comparison):
        yield condition.word
        if condition.operator in ('gt', 'gte', 'lt', 'lte') and isinstance(condition.value, str):
            yield 'order of texts'
    else:
        for each in condition.conditions:
            yield from _kinds(each)


def _names_one(message: str, refused: frozenset[str]) -> bool:
    return any(word in message for word in refused) or 'order of texts' in refused
