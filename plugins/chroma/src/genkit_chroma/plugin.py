# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Collections of Chroma as a plugin."""

import os
from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import StoreIndex, StorePlugin, VectorStore, collections_by_name
from genkit.types import IndexerRef, RetrieverRef

from genkit_chroma.config import ChromaIndex, Distance, RetrieverOptions, check_name
from genkit_chroma.store import ChromaStore, Given, GivenClient, HttpServer, Server


PLUGIN_NAME: Final = 'chroma'
_LOCAL: Final = 'http://localhost:8000'
_CLOUD: Final = 'https://api.trychroma.com'


class Chroma(StorePlugin):
    """Collections: ``chroma/<collection>`` is a retriever and an indexer.

    Args:
        indexes: The collections.
        url: Where the server is; else ``CHROMA_URL``, else Chroma Cloud if there is a key, else port 8000 here.
        api_key: For Chroma Cloud, or a server that wants a token; else ``CHROMA_API_KEY``.
        tenant: The tenant; else ``CHROMA_TENANT``, else that of the key.
        database: The database; else ``CHROMA_DATABASE``, else that of the key.
        headers: Sent with every request.
        timeout: Seconds without an answer.
        client: A client of ``chromadb``, or an asynchronous function that makes one, instead of all that.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two collections of one name.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions

    def __init__(
        self,
        *indexes: ChromaIndex,
        url: str | None = None,
        api_key: str | None = None,
        tenant: str | None = None,
        database: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        client: Given = None,
    ) -> None:
        key = api_key or os.environ.get('CHROMA_API_KEY')
        self._server: Server = (
            GivenClient(client)
            if client is not None
            else HttpServer(
                url or os.environ.get('CHROMA_URL') or (_CLOUD if key else _LOCAL),
                key=key,
                tenant=tenant or os.environ.get('CHROMA_TENANT'),
                database=database or os.environ.get('CHROMA_DATABASE'),
                headers=headers,
                timeout=timeout,
            )
        )
        stores = ((index, ChromaStore(index, self._server)) for index in indexes)
        self._stores = collections_by_name(PLUGIN_NAME, 'collections', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the collections by name."""
        return self._stores

    async def create_collection(
        self, name: str, *, distance: Distance = 'cosine', metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Make a collection.

        Raises:
            GenkitError: ``ALREADY_EXISTS`` or ``ABORTED`` if there is one, ``INVALID_ARGUMENT`` for a name that
                Chroma does not take.
        """
        check_name(name)
        await self._server.create(name, distance, metadata)

    async def delete_collection(self, name: str) -> None:
        """Delete a collection with everything in it.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none.
        """
        check_name(name)
        await self._server.drop(name)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await super().aclose()
        await self._server.aclose()


def chroma_retriever_ref(collection: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of a collection."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{collection}')


def chroma_indexer_ref(collection: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of a collection."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{collection}')
