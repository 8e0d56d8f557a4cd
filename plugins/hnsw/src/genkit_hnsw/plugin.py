# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexes in local folders as a plugin."""

from collections.abc import Mapping
from typing import Any

from genkit import GenkitError
from genkit.plugin import StoreIndex, StorePlugin, VectorStore, collections_by_name
from genkit.types import IndexerRef, RetrieverRef

from genkit_hnsw.config import PLUGIN_NAME, HnswIndex, RetrieverOptions
from genkit_hnsw.store import HnswStore


class Hnsw(StorePlugin):
    """Indexes: ``hnsw/<index>`` is a retriever and an indexer.

    Args:
        indexes: The indexes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two indexes of one name.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions

    def __init__(self, *indexes: HnswIndex) -> None:
        self._stores = collections_by_name(PLUGIN_NAME, 'indexes', ((index, HnswStore(index)) for index in indexes))

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the indexes by name."""
        return self._stores

    async def clear(self, index: str) -> None:
        """Delete all documents of an index, also of one whose files are damaged.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index; ``UNAVAILABLE`` while another process writes;
                ``PERMISSION_DENIED``.
        """
        await self._find(index).clear()

    async def compact(self, index: str) -> None:
        """Rewrite an index so that queries are fast and space is free again, after many deletions for instance.

        Indexing does that by itself, as far as it pays. This builds the graph of all that has changed, which takes
        minutes for a large index, and other writers wait.

        Raises:
            GenkitError: As `clear`; ``RESOURCE_EXHAUSTED`` for a full disk; ``DATA_LOSS`` for a damaged file.
        """
        await self._find(index).compact()

    def _find(self, index: str) -> HnswStore:
        if index not in self._stores:
            known = ', '.join(repr(name) for name in self._stores)
            raise GenkitError(
                f'There is no index {index!r}; there are: {known}.', status='INVALID_ARGUMENT', source=PLUGIN_NAME
            )
        return self._stores[index][1]


def hnsw_retriever_ref(index: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of an index."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{index}')


def hnsw_indexer_ref(index: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of an index."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{index}')
