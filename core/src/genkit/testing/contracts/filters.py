# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the contract of stores asks of their filters."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from genkit import Genkit, GenkitError, StatusName
from genkit.plugin import Comparison, Condition, Filter, StorePlugin
from genkit.testing.contracts.contract import Contract
from genkit.testing.contracts.filter_cases import DOCUMENTS, OF_NUMBERS_IN_LISTS, WITHOUT_MEANING, filter_cases
from genkit.types import Document


class FilterContract(Contract):
    """Filters of a store: the same documents are found in every store, or the filter is refused.

    Attributes:
        refused_comparisons: What the store cannot compare: operators as in an error, such as ``$exists`` or
            ``$not $gt``, and ``order of texts``.
        compares_numbers_in_lists: Whether it compares the elements of lists that hold something else than texts.
        counts: Whether it can count what it holds.
    """

    refused_comparisons: ClassVar[frozenset[str]] = frozenset()
    compares_numbers_in_lists: ClassVar[bool] = True
    counts: ClassVar[bool] = True

    async def application(self) -> tuple[Genkit, StorePlugin, str]:
        """Return an application with an empty collection, the plugin, and the name of retriever and indexer."""
        raise NotImplementedError

    async def found(self, ai: Genkit, name: str, query: str, options: Any = None) -> list[Document]:
        """Return what is found, once the store has settled."""
        raise NotImplementedError

    async def test_a_filter_finds_the_documents_that_meet_it(self) -> None:
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

    @pytest.mark.parametrize(('given', 'named'), WITHOUT_MEANING)
    async def test_a_filter_without_meaning_is_refused_by_its_place(self, given: Any, named: str) -> None:
        ai, _, name = await self.application()
        with pytest.raises(GenkitError, match=named) as raised:
            await ai.retrieve(name, 'x', {'k': 1, 'filter': given})
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        await ai.aclose()

    async def test_documents_that_meet_a_filter_are_deleted_and_no_others(self) -> None:
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
        if not self.counts:
            pytest.skip('The store cannot count.')
        ai, plugin, name = await self._filled()
        collection = name.removeprefix(plugin.namespaced(''))
        await self.found(ai, name, 'settled')
        assert await plugin.count(collection) == len(DOCUMENTS)
        assert await plugin.count(collection, {'tags': 'boat'}) == 2
        assert await plugin.count(collection, {'year': {'$in': []}}) == 0
        await ai.aclose()

    async def _filled(self) -> tuple[Genkit, StorePlugin, str]:
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
