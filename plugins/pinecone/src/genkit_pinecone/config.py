# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for an index, for a query, and for an indexing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

from genkit.plugin import Filter, StoreIndex
from genkit.types import Document, WireModel
from pydantic import BeforeValidator, Field, model_validator


DEFAULT_K: Final = 3
MOST: Final = 1000

Metric = Literal['cosine', 'dotproduct', 'euclidean']


class SparseVector(WireModel):
    """The numbers of a long vector that are not zero, for search by words beside search by meaning.

    Attributes:
        indices: Where they are, each place once.
        values: The numbers, as many.
    """

    indices: list[int]
    values: list[float]

    @model_validator(mode='after')
    def _fits(self) -> Self:
        if len(self.indices) != len(self.values) or not self.indices:
            raise ValueError(
                f'{len(self.indices)} indices and {len(self.values)} values; expected one value for each index'
            )
        return self


SparseEncoder = Callable[[Sequence[Document]], Awaitable[Sequence[SparseVector | None]]]


@dataclass(frozen=True, kw_only=True)
class PineconeIndex(StoreIndex):
    """An index of Pinecone and the embedder that fills it.

    Attributes:
        name: Of the index, and the second half of the names of its retriever and indexer.
        host: Its address, if it is known; else it is looked up with the first call.
        metric: How vectors are compared in an index whose ``host`` is given; else it is looked up as well.
        namespace: Used where a call names none; the default namespace is ``''``.
        content_key: The member of the stored metadata that holds the text.
        sparse_encoder: Gives documents and queries sparse vectors, for an index whose metric is ``dotproduct``.
        visible_within: Seconds to wait until what was stored can be found, which takes Pinecone a moment
            (https://docs.pinecone.io/guides/index-data/check-data-freshness). Default: no wait.
        batch_size: How many documents are embedded and stored at a time.
    """

    host: str | None = None
    metric: Metric = 'cosine'
    namespace: str = ''
    content_key: str = '_content'
    sparse_encoder: SparseEncoder | None = None
    visible_within: float | None = None
    batch_size: int = 100


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 1000.
        namespace: The namespace to search. Default: that of the index.
        filter: Conditions on the metadata, in the language that all stores have in common: ``{'page': {'$gte': 3}}``.
        where: The same in Pinecone's language (https://docs.pinecone.io/guides/search/filter-by-metadata); both must be
            met.
        sparse_vector: The sparse vector of the query, for hybrid search. Default: from the index's encoder.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    namespace: str | None = None
    filter: Filter | None = None
    where: dict[str, Any] | None = None
    sparse_vector: SparseVector | None = None


class IndexerOptions(WireModel):
    """Options of an indexing, and of a deletion.

    Attributes:
        namespace: The namespace to store documents in. Default: that of the index.
    """

    namespace: str | None = None
