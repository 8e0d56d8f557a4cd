# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a collection is made of: how one is made, and what a server says of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from genkit.plugin import count_of, items_of, members_of

from genkit_milvus.config import Distance, MilvusIndex
from genkit_milvus.connection import pymilvus
from genkit_milvus.convert import DOCUMENT, ID, METADATA, MOST_BYTES, MOST_ID_BYTES, REST, SPARSE, VECTOR
from genkit_milvus.errors import other_layout
from genkit_milvus.filters import TERMS


METRICS: Final[Mapping[Distance, str]] = {'cosine': 'COSINE', 'l2': 'L2', 'ip': 'IP'}
_NEEDED: Final = (ID, VECTOR, DOCUMENT, METADATA, REST, TERMS)


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a collection.

    Attributes:
        dimensions: Of its vectors.
        distance: How they are compared.
        has_sparse: Whether rows have sparse vectors.
    """

    dimensions: int
    distance: Distance
    has_sparse: bool


def make_collection(client: Any, index: MilvusIndex, dimensions: int, *, timeout: float, is_lite: bool) -> None:
    """Make a collection with its indexes, and have it loaded."""
    types = pymilvus().DataType
    schema = client.create_schema(auto_id=False, enable_dynamic_field=True)
    schema.add_field(ID, types.VARCHAR, is_primary=True, max_length=MOST_ID_BYTES)
    schema.add_field(VECTOR, types.FLOAT_VECTOR, dim=dimensions)
    schema.add_field(DOCUMENT, types.VARCHAR, max_length=MOST_BYTES)
    schema.add_field(METADATA, types.JSON)
    schema.add_field(REST, types.JSON)
    schema.add_field(TERMS, types.VARCHAR, max_length=MOST_BYTES)
    indexes = client.prepare_index_params()
    indexes.add_index(
        VECTOR,
        index_type=index.index_type or ('FLAT' if is_lite else 'AUTOINDEX'),
        metric_type=METRICS[index.distance],
        params=dict(index.index_params or {}),
    )
    if index.sparse_encoder is not None:
        schema.add_field(SPARSE, types.SPARSE_FLOAT_VECTOR)
        indexes.add_index(SPARSE, index_type='SPARSE_INVERTED_INDEX', metric_type='IP')
    client.create_collection(
        index.collection_name,
        schema=schema,
        index_params=indexes,
        consistency_level=index.consistency_level,
        timeout=timeout,
    )


def read_layout(index: MilvusIndex, collection: Any, vector_index: Any) -> Layout:
    """Return what a server says of a collection.

    Args:
        index: The collection.
        collection: Its description.
        vector_index: That of the index of its vectors; None if it has none.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if another program has made it in its own way; ``INTERNAL`` if the
            description is none.
    """
    name = index.collection_name
    said = members_of(collection, 'collection')
    fields = {str(field.get('name')): field for field in items_of(said.get('fields'), 'fields')}
    for field in _NEEDED:
        if field not in fields:
            raise other_layout(name, f'field {field!r}')
    dimensions = count_of(members_of(fields[VECTOR].get('params'), 'params').get('dim'))
    if not dimensions:
        raise other_layout(name, f'number of dimensions for the field {VECTOR!r}')
    metric = str(members_of(vector_index, 'index').get('metric_type') or METRICS[index.distance]).upper()
    found: list[Distance] = [distance for distance, known in METRICS.items() if known == metric]
    if not found:
        raise other_layout(name, f'index of {VECTOR!r} by COSINE, L2 or IP, but one by {metric}')
    return Layout(dimensions, found[0], SPARSE in fields)
