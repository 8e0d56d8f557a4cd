# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for an index, for a query, and for an indexing."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from genkit.plugin import Filter, StoreIndex
from genkit.types import WireModel
from pydantic import BeforeValidator, Field


DEFAULT_K: Final = 3
MOST: Final = 1000


@dataclass(frozen=True, kw_only=True)
class ConvexIndex(StoreIndex):
    """Documents in a deployment of Convex and the embedder that fills it; several indexes share its tables.

    Attributes:
        name: Of the index, and the second half of the names of its retriever and indexer.
        namespace: Used where a call names none.
        batch_size: How many documents are embedded and stored at a time.
    """

    namespace: str = ''
    batch_size: int = 100


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 1000. The vector index gives 256; for more, all are compared.
        namespace: The namespace to search. Default: that of the index.
        filter: Conditions on the metadata, in the language that all stores have in common: ``{'page': {'$gte': 3}}``.
            All documents of the namespace are compared.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    namespace: str | None = None
    filter: Filter | None = None


class IndexerOptions(WireModel):
    """Options of an indexing, of a deletion and of a count.

    Attributes:
        namespace: The namespace to store documents in. Default: that of the index.
    """

    namespace: str | None = None
