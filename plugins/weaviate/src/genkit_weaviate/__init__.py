# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Weaviate as a vector store for Genkit."""

from genkit_weaviate.config import DataType, IndexerOptions, Metric, RetrieverOptions, WeaviateCollection
from genkit_weaviate.plugin import Weaviate, weaviate_indexer_ref, weaviate_retriever_ref


__all__ = [
    'DataType',
    'IndexerOptions',
    'Metric',
    'RetrieverOptions',
    'Weaviate',
    'WeaviateCollection',
    'weaviate_indexer_ref',
    'weaviate_retriever_ref',
]
