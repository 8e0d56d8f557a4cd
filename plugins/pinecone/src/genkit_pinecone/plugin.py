# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexes of Pinecone as a plugin."""

import asyncio
import os
import time
from collections.abc import Mapping
from typing import Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import (
    Credentials,
    StoreIndex,
    StorePlugin,
    VectorStore,
    collections_by_name,
    url_path,
    without_credentials,
)
from genkit.types import IndexerRef, RetrieverRef

from genkit_pinecone.config import IndexerOptions, Metric, PineconeIndex, RetrieverOptions
from genkit_pinecone.store import Api, PineconeStore


PLUGIN_NAME: Final = 'pinecone'
_URL: Final = 'https://api.pinecone.io'
_POLL_SECONDS: Final = 1.0


class Pinecone(StorePlugin):
    """Indexes: ``pinecone/<index>`` is a retriever and an indexer.

    Args:
        indexes: The indexes.
        api_key: The key; else ``PINECONE_API_KEY``, and False if every call brings its own, as
            ``context={'secrets': {'api_key': …}}``.
        controller_host: Where indexes are made and described; else ``PINECONE_CONTROLLER_HOST``, else Pinecone's own.
        timeout: Seconds without an answer.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two indexes of one name.
    """

    name = PLUGIN_NAME
    retriever_options = RetrieverOptions
    indexer_options = IndexerOptions

    def __init__(
        self,
        *indexes: PineconeIndex,
        api_key: str | Literal[False] | None = None,
        controller_host: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        credentials = Credentials(PLUGIN_NAME, api_key, ('PINECONE_API_KEY',))
        url = controller_host or os.environ.get('PINECONE_CONTROLLER_HOST') or _URL
        without_credentials(PLUGIN_NAME, url, 'controller_host')
        self._api = Api(credentials, url, timeout)
        stores = ((index, PineconeStore(index, self._api)) for index in indexes)
        self._stores = collections_by_name(PLUGIN_NAME, 'indexes', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the indexes by name."""
        return self._stores

    async def create_index(
        self,
        name: str,
        dimension: int,
        *,
        metric: Metric = 'cosine',
        cloud: str = 'aws',
        region: str = 'us-east-1',
        ready_within: float | None = 300.0,
        deletion_protection: Literal['enabled', 'disabled'] = 'disabled',
    ) -> dict[str, Any]:
        """Make a serverless index, wait until it is ready, and return what Pinecone says of it.

        Args:
            name: 1 to 45 lower-case letters, digits and dashes.
            dimension: The embedder's.
            metric: How vectors are compared; ``'dotproduct'`` for hybrid search.
            cloud: ``'aws'``, ``'gcp'`` or ``'azure'``.
            region: Of the cloud.
            ready_within: Seconds to wait; None does not wait.
            deletion_protection: ``'enabled'`` refuses `delete_index`.

        Raises:
            GenkitError: ``ABORTED`` if there is one of that name (HTTP 409), ``DEADLINE_EXCEEDED`` if it is not ready.
        """
        body = {
            'name': name,
            'dimension': dimension,
            'metric': metric,
            'spec': {'serverless': {'cloud': cloud, 'region': region}},
            'deletion_protection': deletion_protection,
        }
        known = await self._api.ask('POST', f'{self._api.url}/indexes', json=body)
        end = time.monotonic() + (ready_within or 0.0)
        while ready_within is not None and not known['status']['ready']:
            if time.monotonic() > end:
                raise GenkitError(
                    f'Index {name!r} of Pinecone was made, and is {known["status"]["state"]!r} after {ready_within} '
                    'seconds. Wait for it with `describe_index`.',
                    status='DEADLINE_EXCEEDED',
                    source=PLUGIN_NAME,
                )
            await asyncio.sleep(min(_POLL_SECONDS, ready_within / 10))
            known = await self._api.describe(name)
        return known

    async def describe_index(self, name: str) -> dict[str, Any]:
        """Return what Pinecone says of an index: ``host``, ``dimension``, ``metric``, ``status``, ``spec``.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none.
        """
        return await self._api.describe(name)

    async def delete_index(self, name: str) -> None:
        """Delete an index with everything in it.

        Raises:
            GenkitError: ``NOT_FOUND`` if there is none.
        """
        await self._api.ask('DELETE', f'{self._api.url}/indexes/{url_path(name)}')

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await super().aclose()
        await self._api.aclose()


def pinecone_retriever_ref(index: str) -> RetrieverRef[Any]:
    """Return a reference to the retriever of an index."""
    return RetrieverRef(name=f'{PLUGIN_NAME}/{index}')


def pinecone_indexer_ref(index: str) -> IndexerRef[Any]:
    """Return a reference to the indexer of an index."""
    return IndexerRef(name=f'{PLUGIN_NAME}/{index}')
