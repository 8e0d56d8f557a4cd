# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Milvus and Milvus Lite as vector stores for Genkit: dense, sparse and hybrid search."""

from genkit_milvus.config import (
    ConsistencyLevel,
    Distance,
    IndexerOptions,
    MilvusIndex,
    RetrieverOptions,
    SearchMode,
    SparseEncoder,
)
from genkit_milvus.plugin import Milvus, milvus_indexer_ref, milvus_retriever_ref


__all__ = [
    'ConsistencyLevel',
    'Distance',
    'IndexerOptions',
    'Milvus',
    'MilvusIndex',
    'RetrieverOptions',
    'SearchMode',
    'SparseEncoder',
    'milvus_indexer_ref',
    'milvus_retriever_ref',
]
