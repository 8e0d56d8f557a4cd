# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Vector Search: https://docs.cloud.google.com/vertex-ai/docs/vector-search/query-index-public-endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from genkit.plugin import StoreEntry, StoreIndex, StoreMatch, VectorStore
from genkit.types import Document

from genkit_vertex_ai.cloud import Cloud
from genkit_vertex_ai.config import VectorSearchOptions
from genkit_vertex_ai.convert import to_datapoint, to_neighbors, to_query, to_similarity
from genkit_vertex_ai.documents import DocumentStore


@dataclass(frozen=True, kw_only=True)
class VectorSearchIndex(StoreIndex):
    """An index of Vector Search with what fills it: ``vertexai/<index>`` is a retriever and an indexer.

    Attributes:
        name: Default: ``index_id``.
        index_id: The id of the index, which is written to.
        index_endpoint_id: The id of the endpoint, which is asked.
        deployed_index_id: The name of the index there.
        public_domain_name: The host of the endpoint, such as ``123.us-central1-456.vdb.vertexai.goog``.
        documents: Where the documents are kept, as an index holds vectors alone.
        measure: How the index compares vectors; it makes scores of its distances.
    """

    name: str = ''
    index_id: str
    index_endpoint_id: str
    deployed_index_id: str
    public_domain_name: str
    documents: DocumentStore
    measure: Literal['dot_product', 'cosine', 'squared_l2'] = 'dot_product'

    def __post_init__(self) -> None:
        """Name the index by its id unless it has a name."""
        if not self.name:
            object.__setattr__(self, 'name', self.index_id)


class VectorSearchStore(VectorStore[VectorSearchOptions, Any]):
    """One index: vectors in Vector Search, documents beside it.

    Args:
        index: The index.
        cloud: Calls Google's APIs.
    """

    def __init__(self, index: VectorSearchIndex, cloud: Cloud) -> None:
        self._index = index
        self._cloud = cloud

    async def upsert(self, entries: Sequence[StoreEntry], options: Any) -> None:  # noqa: ARG002  (there are none)
        """Store all entries: vectors first, as a document that is there is taken for stored."""
        url = f'{await self._cloud.place()}/indexes/{self._index.index_id}:upsertDatapoints'
        await self._cloud.call('POST', url, {'datapoints': [to_datapoint(entry) for entry in entries]})
        await self._index.documents.put(self._cloud, {entry.id: entry.document for entry in entries})

    async def query(self, vector: list[float], query: Document, options: VectorSearchOptions) -> Sequence[StoreMatch]:
        """Return the entries nearest to a vector, in the order of the service, without those that have no document."""
        body = to_query(self._index.deployed_index_id, vector, query, options)
        host = self._cloud.at(self._index.public_domain_name)
        place = (await self._cloud.place(number=True)).partition('/v1/')[2]
        url = f'{host}/v1/{place}/indexEndpoints/{self._index.index_endpoint_id}:findNeighbors'
        neighbors = to_neighbors(await self._cloud.call('POST', url, body), self._cloud.source)
        if not neighbors:
            return []
        documents = await self._index.documents.get(self._cloud, [name for name, _ in neighbors])
        return [
            StoreMatch(name, documents[name], to_similarity(distance, self._index.measure))
            for name, distance in neighbors
            if name in documents
        ]

    async def delete(self, ids: Sequence[str], options: Any = None) -> None:  # noqa: ARG002  (there are none)
        """Delete entries: documents first, as without one a vector is not found."""
        await self._index.documents.delete(self._cloud, ids)
        url = f'{await self._cloud.place()}/indexes/{self._index.index_id}:removeDatapoints'
        await self._cloud.call('POST', url, {'datapointIds': list(ids)})

    async def existing(self, ids: Sequence[str], options: Any) -> set[str]:  # noqa: ARG002  (there are none)
        """Return the ids whose documents are there."""
        return await self._index.documents.existing(self._cloud, ids)
