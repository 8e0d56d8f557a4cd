# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for a collection, and for a query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import Filter, StoreIndex
from genkit.types import WireModel
from pydantic import BeforeValidator, Field


DEFAULT_K: Final = 3
MOST: Final = 1000

Distance = Literal['cosine', 'l2', 'ip']

# https://docs.trychroma.com/docs/collections/manage-collections, and what server 1.5.9 answers
_NAME: Final = re.compile(r'[a-zA-Z0-9][a-zA-Z0-9._-]{1,510}[a-zA-Z0-9]')


@dataclass(frozen=True, kw_only=True)
class ChromaIndex(StoreIndex):
    """A collection and the embedder that fills it.

    Attributes:
        name: Of the collection, and the second half of the names of its retriever and indexer.
        create_collection_if_missing: Whether it is made when it is first used.
        distance: How vectors are compared in a collection that is made here.
        collection_metadata: Of a collection that is made here.
        batch_size: How many documents are embedded and stored at a time.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that Chroma does not take.
    """

    create_collection_if_missing: bool = True
    distance: Distance = 'cosine'
    collection_metadata: Mapping[str, str | int | float | bool] | None = None
    batch_size: int = 100

    def __post_init__(self) -> None:
        """Check the name."""
        check_name(self.name)


def check_name(name: str) -> None:
    """Refuse a name that Chroma does not take.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if not _NAME.fullmatch(name):
        raise GenkitError(
            f'Collection name {name!r} is not possible; expected 3 to 512 letters, digits, dots, underscores and '
            'dashes, a letter or a digit being the first and the last.',
            status='INVALID_ARGUMENT',
            source='chroma',
        )


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 1000.
        filter: Conditions on the metadata, in the language that all stores have in common: ``{'page': {'$gte': 3}}``.
        where: The same in Chroma's language (https://docs.trychroma.com/docs/querying-collections/metadata-filtering).
            Several members of one mapping must all be met, and the filter as well.
        where_document: Conditions on the text: ``{'$contains': 'ferry'}``.
        include: ``embeddings`` puts the stored vector into the metadata as ``_embedding``; the text, the metadata and
            the score are there anyhow.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    filter: Filter | None = None
    where: dict[str, Any] | None = None
    where_document: dict[str, Any] | None = None
    include: list[Literal['documents', 'embeddings', 'metadatas', 'distances']] | None = None
