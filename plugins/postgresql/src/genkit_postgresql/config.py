# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: where documents are kept, how they are compared, which index finds them, and what a query asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal, Protocol

from genkit.plugin import Filter, StoreIndex
from genkit.types import WireModel
from pydantic import BeforeValidator, Field


DEFAULT_K: Final = 4
MOST: Final = 1000  # documents a query may ask for, and pgvector's highest ef_search

VectorType = Literal['vector', 'halfvec']
IdType = Literal['text', 'uuid']


class DistanceStrategy(StrEnum):
    """How near two vectors are; the operators are those of pgvector (https://github.com/pgvector/pgvector#querying)."""

    COSINE = 'cosine'
    EUCLIDEAN = 'euclidean'
    INNER_PRODUCT = 'inner_product'


@dataclass(frozen=True)
class Column:
    """A column that holds one member of the documents' metadata.

    Attributes:
        name: Of the member and of the column.
        type: One of PostgreSQL's types, such as ``'integer'``, ``'varchar(80)'`` or ``'text[]'``.
        nullable: Whether a document may lack it.
    """

    name: str
    type: str = 'text'
    nullable: bool = True


class QueryOptions(Protocol):
    """How thoroughly an index is searched."""

    def settings(self) -> Mapping[str, int]:
        """Return what is set for the transaction of a query."""
        ...


@dataclass(frozen=True)
class HNSWQueryOptions:
    """How thoroughly an HNSW index is searched.

    Attributes:
        ef_search: How many candidates are looked at, 1 to 1000; never fewer than a query asks for.
    """

    ef_search: int = 40

    def settings(self) -> Mapping[str, int]:
        """Return what is set for the transaction of a query."""
        return {'hnsw.ef_search': self.ef_search}


@dataclass(frozen=True)
class IVFFlatQueryOptions:
    """How thoroughly an IVFFlat index is searched.

    Attributes:
        probes: How many of its lists are looked at.
    """

    probes: int = 1

    def settings(self) -> Mapping[str, int]:
        """Return what is set for the transaction of a query."""
        return {'ivfflat.probes': self.probes}


class VectorIndex:
    """An index over the vectors of a table; a database with its own method brings a subclass.

    Attributes:
        method: As after ``USING``.
        is_of_pgvector: Whether pgvector brings the operator class, and not another extension.
    """

    method: ClassVar[str]
    is_of_pgvector: ClassVar[bool] = True

    def operator_class(self, vector_type: str, distance: DistanceStrategy) -> str:
        """Return pgvector's operator class for a type and a distance."""
        names = {
            DistanceStrategy.COSINE: 'cosine',
            DistanceStrategy.EUCLIDEAN: 'l2',
            DistanceStrategy.INNER_PRODUCT: 'ip',
        }
        return f'{vector_type}_{names[distance]}_ops'

    def parameters(self) -> Mapping[str, int | str]:
        """Return what stands after ``WITH``."""
        return {}


class ExactNearestNeighbor(VectorIndex):
    """No index: every vector is looked at, and nothing is missed. Applying it drops the index."""

    method = ''


@dataclass(frozen=True)
class HNSWIndex(VectorIndex):
    """A graph; finds fast, takes longer to build (https://github.com/pgvector/pgvector#hnsw).

    Attributes:
        m: Connections of a vector on each layer.
        ef_construction: Candidates looked at while building.
    """

    method = 'hnsw'
    m: int = 16
    ef_construction: int = 64

    def parameters(self) -> Mapping[str, int | str]:
        """Return what stands after ``WITH``."""
        return {'m': self.m, 'ef_construction': self.ef_construction}


@dataclass(frozen=True)
class IVFFlatIndex(VectorIndex):
    """Lists of neighbours; builds fast, and is to be built when the table has its documents.

    Attributes:
        lists: Rows / 1000 up to a million rows (https://github.com/pgvector/pgvector#ivfflat).
    """

    method = 'ivfflat'
    lists: int = 100

    def parameters(self) -> Mapping[str, int | str]:
        """Return what stands after ``WITH``."""
        return {'lists': self.lists}


@dataclass(frozen=True, kw_only=True)
class PostgresIndex(StoreIndex):
    """A table of documents and the embedder that fills it.

    Attributes:
        name: Of the table, and the second half of the names of its retriever and indexer.
        schema_name: Where the table is.
        id_column: Holds the ids; the primary key.
        content_column: Holds the text.
        embedding_column: Holds the vectors.
        metadata_columns: Members of the metadata that have columns of their own; of a table that exists, names suffice.
        ignore_metadata_columns: Instead of ``metadata_columns``: all columns of the table are, but these.
        metadata_json_column: Holds the other members; None if there is no such column.
        distance_strategy: How vectors are compared.
        index_query_options: How thoroughly an index is searched.
        batch_size: How many documents are embedded and stored in one transaction.
    """

    schema_name: str = 'public'
    id_column: str = 'id'
    content_column: str = 'content'
    embedding_column: str = 'embedding'
    metadata_columns: Sequence[Column | str] = ()
    ignore_metadata_columns: Sequence[str] = ()
    metadata_json_column: str | None = 'metadata'
    distance_strategy: DistanceStrategy = DistanceStrategy.COSINE
    index_query_options: QueryOptions | None = None
    batch_size: int = 100

    @property
    def index_name(self) -> str:
        """The name of the table's vector index, unless another is given."""
        return f'{self.name}genkitvectorindex'


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 1000.
        filter: Conditions on the metadata, in the language that all stores have in common: ``{'page': {'$gte': 3}}``.
        where: Patterns that texts of the metadata must match, which only PostgreSQL has: ``{'topic': {'$like':
            'trav%'}}``, or ``$ilike`` whatever the case.
        distance_strategy: Another than the table's; an index made for that one is not used then.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    filter: Filter | None = None
    where: dict[str, Any] | None = None
    distance_strategy: DistanceStrategy | None = None
