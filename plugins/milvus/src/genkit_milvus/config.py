# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for an index, for a query, and for an indexing."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, get_args

from genkit import GenkitError
from genkit.plugin import Filter, StoreIndex
from genkit.types import Document, WireModel
from pydantic import BeforeValidator, Field


PLUGIN_NAME: Final = 'milvus'
DEFAULT_K: Final = 3
MOST: Final = 16_384  # https://milvus.io/docs/limitations.md

Distance = Literal['cosine', 'l2', 'ip']
SearchMode = Literal['dense', 'sparse', 'hybrid']
ConsistencyLevel = Literal['Strong', 'Bounded', 'Session', 'Eventually']
SparseVector = Mapping[int, float]
SparseEncoder = Callable[[Sequence[Document]], Awaitable[Sequence[SparseVector]] | Sequence[SparseVector]]

_NAME: Final = re.compile(r'[A-Za-z_][A-Za-z0-9_]{0,254}')


@dataclass(frozen=True, kw_only=True)
class MilvusIndex(StoreIndex):
    """A collection of Milvus, and the embedder that fills it.

    Attributes:
        name: The second half of the names of its retriever and indexer.
        collection: The name of the collection. Default: ``name``, if Milvus takes it: letters, digits and underscores.
        distance: How vectors are compared in a collection that is made here.
        sparse_encoder: Gives documents and queries sparse vectors, as mappings of an index to a number, for search by
            words beside search by meaning. A query is one document in a list.
        partition: Where documents are stored if a call names no partition. Default: Milvus' own, ``_default``.
        consistency_level: What a query waits for: with ``Strong``, for everything that was stored before.
        create_collection_if_missing: Whether collection and partition are made when something is stored first.
        index_type: The index of the vectors of a collection that is made here. Default: ``AUTOINDEX``, and ``FLAT`` in
            Milvus Lite, whose graphs do not find the few documents that meet a filter (milvus-lite 3.2.2).
        index_params: Its parameters, such as ``{'M': 16, 'efConstruction': 200}`` of ``HNSW``.
        batch_size: The number of documents that are embedded and stored at a time.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that Milvus does not take.
    """

    collection: str | None = None
    distance: Distance = 'cosine'
    sparse_encoder: SparseEncoder | None = None
    partition: str | None = None
    consistency_level: ConsistencyLevel = 'Strong'
    create_collection_if_missing: bool = True
    index_type: str | None = None
    index_params: Mapping[str, Any] | None = None
    batch_size: int = 100

    def __post_init__(self) -> None:
        """Check the names and the distance."""
        if self.distance not in get_args(Distance):
            raise GenkitError(
                f'distance is {self.distance!r}; expected {" or ".join(map(repr, get_args(Distance)))}.',
                status='INVALID_ARGUMENT',
                source=PLUGIN_NAME,
            )
        if not _NAME.fullmatch(self.collection_name):
            hint = '' if self.collection else ' Or give another one: MilvusIndex(name=…, collection=…).'
            raise _wrong('collection', self.collection_name, hint)
        if self.partition is not None:
            check_partition(self.partition)

    @property
    def collection_name(self) -> str:
        """The name of the collection."""
        return self.name if self.collection is None else self.collection


def check_partition(name: str) -> str:
    """Return the name of a partition, if Milvus takes it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if not _NAME.fullmatch(name):
        raise _wrong('partition', name)
    return name


def _wrong(what: str, name: str, hint: str = '') -> GenkitError:
    return GenkitError(
        f'The name {name!r} of a {what} is not possible in Milvus; expected up to 255 letters, digits and underscores, '
        f'a digit not being the first.{hint}',
        status='INVALID_ARGUMENT',
        source=PLUGIN_NAME,
    )


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: The number of documents to return at most, 1 to 16384.
        filter: Conditions on the metadata, in the language of all stores: ``{'year': {'$gte': 2020}}``.
        expr: A condition in Milvus' language, which must be met as well: ``metadata["year"] >= 2020``. The fields are
            ``id``, ``document`` and ``metadata``.
        partitions: The partitions to search. Default: that of the index, else all.
        search: By ``dense`` vectors, ``sparse`` ones, or both. Default: both if the index has a sparse encoder.
        sparse_vector: The sparse vector of the query. Default: from the index's encoder.
        weights: How much the scores of dense and sparse search count in ``hybrid``, each 0 to 1. Default: the ranks
            count, not the scores (reciprocal rank fusion).
        rrf_k: The constant of that fusion; the larger, the less the first ranks differ.
        search_params: Parameters of the index for dense search, such as ``{'ef': 128}``.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    filter: Filter | None = None
    expr: str | None = None
    partitions: list[str] | None = Field(default=None, min_length=1)
    search: SearchMode | None = None
    sparse_vector: dict[int, float] | None = None
    weights: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] | None = None
    rrf_k: int = Field(default=60, ge=1, lt=MOST)
    search_params: dict[str, Any] | None = None


class IndexerOptions(WireModel):
    """Options of an indexing, of a deletion and of counting.

    Attributes:
        partition: The partition. Default: that of the index.
    """

    partition: str | None = None
