# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A vector store in a local folder, for Genkit: an HNSW graph in this process, durable writes, many readers."""

from genkit_hnsw.config import Distance, HnswIndex, RetrieverOptions
from genkit_hnsw.plugin import Hnsw, hnsw_indexer_ref, hnsw_retriever_ref


__all__ = [
    'Distance',
    'Hnsw',
    'HnswIndex',
    'RetrieverOptions',
    'hnsw_indexer_ref',
    'hnsw_retriever_ref',
]
