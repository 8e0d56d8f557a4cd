# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Collections of Milvus as a plugin."""

import os
from collections.abc import Mapping
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import StoreIndex, StorePlugin, VectorStore, collections_by_name
from genkit.types import IndexerRef, RetrieverRef

from genkit_milvus.config import PLUGIN_NAME, IndexerOptions, MilvusIndex, RetrieverOptions
from genkit_milvus.connection import Connection
from genkit_milvus.store import MilvusStore


_DEFAULT: Final = 'milvus.db'


class Milvus(StorePlugin):
    """Collections: ``milvus/<index>`` is a retriever and an indexer.

    Args:
        indexes: The collections.
        uri: The address of a server, such as ``http://localhost:19530``, or a file of Milvus Lite, which runs in this
            process and whose name ends with ``.db``. Default: ``MILVUS_URI``, else ``milvus.db``.
        token: ``user:password`` or an API key. Default: ``MILVUS_TOKEN``.
        db_name: The database. Default: ``MILVUS_DB_NAME``, else Milvus' own.
        timeout: Seconds that a call may take.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two indexes of one name, and for an address that is none.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    indexer_options = IndexerOptions

    def __init__(
        self,
        *indexes: MilvusIndex,
        uri: str | None = None,
        token: str | None = None,
        db_name: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._connection = Connection(
            uri or os.environ.get('MILVUS_URI') or _DEFAULT,
            token or os.environ.get('MILVUS_TOKEN'),
            db_name or os.environ.get('MILVUS_DB_NAME'),
            timeout,
        )
        stores = ((index, MilvusStore(index, self._connection)) for index in indexes)
        self._stores = collections_by_name(PLUGIN_NAME, 'indexes', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the collections by the names of their indexes."""
        return self._stores

    async def create_collection(self, index: str, dimensions: int) -> None:
        """Make the collection of an index, with what its settings say, and wait until it is loaded.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index; what Milvus says if there is one already.
        """
        await self._find(index).create(dimensions)

    async def delete_collection(self, index: str) -> None:
        """Delete the collection of an index with everything in it; it need not be there.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an unknown index.
        """
        await self._find(index).drop()

    async def aclose(self) -> None:
        """Close the running loop's connections; Milvus Lite runs until the program ends."""
        await super().aclose()
        await self._connection.aclose()

    def _find(self, index: str) -> MilvusStore:
        if index not in self._stores:
            known = ', '.join(repr(name) for name in self._stores)
            raise GenkitError(
                f'There is no index {index!r}; there are: {known}.', status='INVALID_ARGUMENT', source=PLUGIN_NAME
            )
        return self._stores[index][1]


def milvus_retriever_ref(index: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of an index."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{index}')


def milvus_indexer_ref(index: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of an index."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{index}')
