# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract for stores, passed by a store in memory."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import pytest
from genkit import GenkitError
from genkit.plugin import Condition, Filter, StoreEntry, StoreIndex, StoreMatch, StorePlugin, VectorStore, meets
from genkit.testing import StoreContract
from genkit.types import Document, WireModel
from pydantic import Field


class Options(WireModel):
    k: Annotated[int, Field(ge=1)] = 3
    filter: Filter | None = None


class Memory(VectorStore[Options, None]):
    """Keeps everything in a dictionary."""

    def __init__(self) -> None:
        self.entries: dict[str, StoreEntry] = {}

    async def upsert(self, entries: Sequence[StoreEntry], options: None) -> None:
        lengths = {len(entry.vector) for entry in (*self.entries.values(), *entries)}
        if len(lengths) > 1:
            raise GenkitError(f'Vectors of {sorted(lengths)} dimensions cannot be mixed.', status='INVALID_ARGUMENT')
        self.entries.update({entry.id: entry for entry in entries})

    async def query(self, vector: list[float], query: Document, options: Options) -> Sequence[StoreMatch]:
        kept = _meeting(options.filter and options.filter.condition, self.entries.values())
        found = [StoreMatch(entry.id, entry.document, _cosine(vector, entry.vector)) for entry in kept]
        return sorted(found, key=lambda match: -match.score)[: options.k]

    async def delete(self, ids: Sequence[str], options: None = None) -> None:
        for name in ids:
            self.entries.pop(name, None)

    async def existing(self, ids: Sequence[str], options: None) -> set[str]:
        return self.entries.keys() & set(ids)

    async def count(self, condition: Condition | None, options: None) -> int:
        return len(_meeting(condition, self.entries.values()))

    async def delete_meeting(self, condition: Condition, options: None) -> None:
        for entry in _meeting(condition, self.entries.values()):
            del self.entries[entry.id]


class MemoryStores(StorePlugin):
    name = 'memory'
    retriever_options = Options

    def __init__(self, *indexes: StoreIndex) -> None:
        self._collections = {index.name: (index, Memory()) for index in indexes}

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        return self._collections


class TestMemory(StoreContract):
    async def plugin(self, collection: str, embedder: str) -> StorePlugin:
        return MemoryStores(StoreIndex(name=collection, embedder=embedder))

    async def test_what_was_found_is_stored_once_and_can_be_deleted(self) -> None:
        ai, plugin, name = await self.application('notes')
        await ai.index(name, [Document.from_text(text, {'n': n}) for n, text in enumerate('abc')])
        found = await self.found(ai, name, 'a', {'k': 50})
        await ai.index(name, found)
        assert len(await self.found(ai, name, 'a', {'k': 50})) == 3
        await plugin.delete('notes', found[:1])
        assert {document.text for document in await self.found(ai, name, 'a', {'k': 50})} == {'b', 'c'}
        for single in ('an-id', found[0]):
            with pytest.raises(GenkitError, match='expected a list of documents and ids'):
                await plugin.delete('notes', single)  # pyright: ignore[reportArgumentType]  (a mistake)
        await ai.aclose()


def _meeting(condition: Condition | None, entries: Iterable[StoreEntry]) -> list[StoreEntry]:
    return [entry for entry in entries if condition is None or meets(condition, entry.document.metadata)]


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    norms = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / norms if norms else 0.0
