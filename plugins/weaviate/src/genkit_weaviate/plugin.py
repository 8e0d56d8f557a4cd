# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Collections of Weaviate as a plugin."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import Credentials, StoreIndex, StorePlugin, VectorStore, collections_by_name, without_credentials
from genkit.types import IndexerRef, RetrieverRef

from genkit_weaviate.config import IndexerOptions, RetrieverOptions, WeaviateCollection
from genkit_weaviate.service import Api
from genkit_weaviate.store import WeaviateStore


PLUGIN_NAME: Final = 'weaviate'


class Weaviate(StorePlugin):
    """Collections: ``weaviate/<name>`` is a retriever and an indexer.

    Args:
        collections: The collections.
        url: Where Weaviate is, such as ``http://localhost:8080``, without a scheme by HTTPS; else ``WEAVIATE_URL``.
        api_key: The key; else ``WEAVIATE_API_KEY``, else none, as a server of one's own may need none. False if every
            call brings its own, as ``context={'secrets': {'api_key': …}}``.
        timeout: Seconds without an answer.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two collections of one name, or an address with a password.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    indexer_options = IndexerOptions

    def __init__(
        self,
        *collections: WeaviateCollection,
        url: str | None = None,
        api_key: str | Literal[False] | None = None,
        timeout: float = 60.0,
    ) -> None:
        without_credentials(PLUGIN_NAME, url, 'url')
        self._api = Api(Credentials(PLUGIN_NAME, api_key, ('WEAVIATE_API_KEY',)), url, timeout)
        stores = ((collection, WeaviateStore(collection, self._api)) for collection in collections)
        self._stores = collections_by_name(PLUGIN_NAME, 'collections', stores)
        stored = {collection.stored_as.lower(): collection.name for collection in collections}
        if len(stored) < len(self._stores):
            raise GenkitError(
                f'Two of the collections {sorted(self._stores)!r} are one in Weaviate. Give one another class_name.',
                status='INVALID_ARGUMENT',
                source=PLUGIN_NAME,
            )

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the collections by name."""
        return self._stores

    async def delete_collection(self, name: str) -> None:
        """Delete a collection with everything in it; one that does not exist is no error.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a name that the plugin does not know.
        """
        if name not in self._stores:
            known = ', '.join(repr(each) for each in self._stores)
            raise GenkitError(
                f'There is no collection {name!r}; there are: {known}.', status='INVALID_ARGUMENT', source=PLUGIN_NAME
            )
        await self._stores[name][1].schema.delete()

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await super().aclose()
        await self._api.aclose()


def weaviate_retriever_ref(collection: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of a collection."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{collection}')


def weaviate_indexer_ref(collection: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of a collection."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{collection}')
