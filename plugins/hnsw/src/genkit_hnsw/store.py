# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An index as a vector store: the engine, asked in worker threads."""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from genkit.plugin import Condition, StoreEntry, StoreMatch, VectorStore
from genkit.types import Document

from genkit_hnsw.config import HnswIndex, RetrieverOptions


if TYPE_CHECKING:
    from genkit_hnsw.engine import Engine, Limits


class HnswStore(VectorStore[RetrieverOptions, None]):
    """An index.

    Args:
        index: The index.
        limits: When rows move on, for tests.
    """

    def __init__(self, index: HnswIndex, limits: 'Limits | None' = None) -> None:
        self.batch_size = index.batch_size
        self._index = index
        self._limits = limits
        self._making = Lock()

    async def upsert(self, entries: Sequence[StoreEntry], options: None) -> None:  # noqa: ARG002  (of the interface)
        """Store entries; they are on disk when this returns, all of them or, on an error, none."""
        await asyncio.to_thread(lambda: self._engine.upsert(entries))

    async def query(
        self,
        vector: list[float],
        query: Document,  # noqa: ARG002  (of the interface)
        options: RetrieverOptions,
    ) -> Sequence[StoreMatch]:
        """Return the nearest entries."""
        return await asyncio.to_thread(lambda: self._engine.query(vector, options))

    async def delete(self, ids: Sequence[str], options: None = None) -> None:  # noqa: ARG002  (of the interface)
        """Delete entries; unknown ids are ignored."""
        await asyncio.to_thread(lambda: self._engine.delete(ids))

    async def existing(self, ids: Sequence[str], options: None) -> set[str]:  # noqa: ARG002  (of the interface)
        """Return the ids that are stored."""
        return await asyncio.to_thread(lambda: self._engine.existing(ids))

    async def count(self, condition: Condition | None, options: None) -> int:  # noqa: ARG002  (of the interface)
        """Return the number of entries, of those that meet a condition if there is one."""
        return await asyncio.to_thread(lambda: self._engine.count(condition))

    async def delete_meeting(self, condition: Condition, options: None) -> None:  # noqa: ARG002  (of the interface)
        """Delete the entries that meet a condition."""
        await asyncio.to_thread(lambda: self._engine.delete_meeting(condition))

    async def clear(self) -> None:
        """Delete everything."""
        await asyncio.to_thread(self._engine.clear)

    async def compact(self) -> None:
        """Make as few segments as there can be."""
        await asyncio.to_thread(self._engine.compact)

    @property
    def _engine(self) -> 'Engine':
        with self._making:
            return self._made

    @cached_property
    def _made(self) -> 'Engine':
        from genkit_hnsw.engine import Engine  # noqa: PLC0415  (numpy and usearch are loaded with the first call)

        return Engine(self._index, self._limits)
