# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for a collection, for a query, and for an indexing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, get_args

from genkit import GenkitError
from genkit.plugin import Filter, StoreIndex
from genkit.types import WireModel
from pydantic import BeforeValidator, Field

from genkit_weaviate.members import OWN_PROPERTIES, PREFIXES


DEFAULT_K: Final = 3
MOST: Final = 10_000
_CLASS: Final = re.compile(r'[A-Z][_0-9A-Za-z]*')
_PROPERTY: Final = re.compile(r'[_A-Za-z][_0-9A-Za-z]{0,230}')

Metric = Literal['cosine', 'dot', 'l2-squared', 'manhattan', 'hamming']
DataType = Literal[
    'text', 'text[]', 'int', 'int[]', 'number', 'number[]', 'boolean', 'boolean[]', 'date', 'date[]', 'uuid', 'uuid[]'
]


@dataclass(frozen=True, kw_only=True)
class WeaviateCollection(StoreIndex):
    """A collection of Weaviate and the embedder that fills it; it is made with the first documents if it is missing.

    Attributes:
        name: The second half of the names of its retriever and indexer.
        class_name: What Weaviate calls the collection. Default: the name with its first letter in upper case, since
            Weaviate writes every name so.
        metric: How vectors are compared, in a collection that is made; one that exists keeps its own.
        tenant: The tenant used where a call names none. A collection made for a tenant keeps its tenants apart.
        content_property: The property that holds the text.
        filterable: The members of the metadata that ``filter`` can compare. Default: all.
        properties: Members of the metadata to be kept as properties of the same name and of a type as well, for
            ``where``: ``{'published': 'date'}``.
        batch_size: How many documents are embedded and stored at a time.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a name that Weaviate does not take.
    """

    class_name: str | None = None
    metric: Metric = 'cosine'
    tenant: str | None = None
    content_property: str = 'text'
    filterable: Sequence[str] | None = None
    properties: Mapping[str, DataType] = field(default_factory=dict[str, DataType])
    batch_size: int = 100

    def __post_init__(self) -> None:
        """Check the names and the metric."""
        if self.metric not in get_args(Metric):
            raise _wrong(f'metric {self.metric!r}', f'one of {", ".join(get_args(Metric))}')
        if not _CLASS.fullmatch(self.stored_as):
            raise _wrong(
                f'collection {self.stored_as!r}',
                "letters, digits and underscores, the first one a letter in upper case. Set class_name='Notes'",
            )
        taken = {*OWN_PROPERTIES, self.content_property}
        for name in (self.content_property, *self.properties):
            if not _PROPERTY.fullmatch(name) or name == 'id':
                raise _wrong(f'property {name!r}', 'at most 231 letters, digits and underscores, and not id')
            if name in OWN_PROPERTIES or name.startswith(PREFIXES) or (name in taken and name in self.properties):
                raise _wrong(f'property {name!r}', 'a name that is not one of the plugin itself')

    @property
    def stored_as(self) -> str:
        """What Weaviate calls the collection."""
        return self.class_name or self.name[:1].upper() + self.name[1:]


def _wrong(what: str, expected: str) -> GenkitError:
    return GenkitError(f'Weaviate takes no {what}; expected {expected}.', status='INVALID_ARGUMENT', source='weaviate')


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


_Tenant = Annotated[str, Field(pattern=r'^[A-Za-z0-9_-]{1,64}$')]


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: How many documents to return at most, 1 to 10,000.
        tenant: The tenant to search. Default: that of the collection.
        filter: Conditions on the metadata, in the language that all stores have in common: ``{'page': {'$gte': 3}}``.
        where: The same in Weaviate's language (https://docs.weaviate.io/weaviate/api/graphql/filters), on properties
            of the collection; both must be met.
        alpha: For hybrid search, by words and by meaning: the weight of the vectors, from 0 for words alone to 1.
            Default: by meaning alone.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1, le=MOST)
    tenant: _Tenant | None = None
    filter: Filter | None = None
    where: dict[str, Any] | None = None
    alpha: float | None = Field(default=None, ge=0.0, le=1.0)


class IndexerOptions(WireModel):
    """Options of an indexing, of a deletion and of a count.

    Attributes:
        tenant: The tenant to store documents for. Default: that of the collection.
    """

    tenant: _Tenant | None = None
