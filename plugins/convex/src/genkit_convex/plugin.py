# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in a deployment of Convex as a plugin."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from genkit.plugin import Credentials, StoreIndex, StorePlugin, VectorStore, collections_by_name, without_credentials
from genkit.types import IndexerRef, RetrieverRef

from genkit_convex.config import ConvexIndex, IndexerOptions, RetrieverOptions
from genkit_convex.store import Api, ConvexStore


PLUGIN_NAME: Final = 'convex'


class Convex(StorePlugin):
    """Indexes: ``convex/<name>`` is a retriever and an indexer.

    The deployment needs the functions that `write_functions` writes.

    Args:
        indexes: The indexes.
        url: Of the deployment, such as ``https://happy-animal-123.convex.cloud``; else ``CONVEX_URL``.
        deploy_key: The key; else ``CONVEX_DEPLOY_KEY``, and False if every call brings its own, as
            ``context={'secrets': {'api_key': …}}``.
        timeout: Seconds without an answer.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two indexes of one name, or an address with a password.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    indexer_options = IndexerOptions

    def __init__(
        self,
        *indexes: ConvexIndex,
        url: str | None = None,
        deploy_key: str | Literal[False] | None = None,
        timeout: float = 60.0,
    ) -> None:
        without_credentials(PLUGIN_NAME, url, 'url')
        self._api = Api(Credentials(PLUGIN_NAME, deploy_key, ('CONVEX_DEPLOY_KEY',), 'deploy_key'), url, timeout)
        stores = ((index, ConvexStore(index, self._api)) for index in indexes)
        self._stores = collections_by_name(PLUGIN_NAME, 'indexes', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the indexes by name."""
        return self._stores

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await super().aclose()
        await self._api.aclose()


def convex_retriever_ref(index: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of an index."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{index}')


def convex_indexer_ref(index: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of an index."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{index}')
