# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""AlloyDB's own vector index (https://cloud.google.com/alloydb/docs/ai/create-scann-index)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from genkit_postgresql import DistanceStrategy, VectorIndex


@dataclass(frozen=True)
class ScaNNIndex(VectorIndex):
    """A ScaNN index: smaller and faster to build than HNSW, and to be built when the table has its documents.

    Attributes:
        num_leaves: Of its tree; about the root of the number of rows.
        quantizer: ``'SQ8'`` finds fast, ``'FLAT'`` finds more.
    """

    method = 'scann'
    is_of_pgvector = False
    num_leaves: int = 100
    quantizer: Literal['SQ8', 'FLAT'] = 'SQ8'

    def operator_class(self, vector_type: str, distance: DistanceStrategy) -> str:  # noqa: ARG002  (the same for all)
        """Return ScaNN's name for a distance."""
        names = {DistanceStrategy.EUCLIDEAN: 'l2', DistanceStrategy.INNER_PRODUCT: 'dot_product'}
        return names.get(distance, 'cosine')

    def parameters(self) -> Mapping[str, int | str]:
        """Return what stands after ``WITH``."""
        return {'num_leaves': self.num_leaves, 'quantizer': self.quantizer}


@dataclass(frozen=True)
class ScaNNQueryOptions:
    """How thoroughly a ScaNN index is searched.

    Attributes:
        num_leaves_to_search: More find more, and take longer.
        pre_reordering_num_neighbors: How many candidates are compared once more, exactly; -1 leaves it to the database.
    """

    num_leaves_to_search: int = 1
    pre_reordering_num_neighbors: int = -1

    def settings(self) -> Mapping[str, int]:
        """Return what is set for the transaction of a query."""
        return {
            'scann.num_leaves_to_search': self.num_leaves_to_search,
            'scann.pre_reordering_num_neighbors': self.pre_reordering_num_neighbors,
        }
