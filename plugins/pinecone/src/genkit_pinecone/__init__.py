# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Pinecone as a vector store for Genkit."""

from genkit_pinecone.config import IndexerOptions, Metric, PineconeIndex, RetrieverOptions, SparseEncoder, SparseVector
from genkit_pinecone.plugin import Pinecone, pinecone_indexer_ref, pinecone_retriever_ref


__all__ = [
    'IndexerOptions',
    'Metric',
    'Pinecone',
    'PineconeIndex',
    'RetrieverOptions',
    'SparseEncoder',
    'SparseVector',
    'pinecone_indexer_ref',
    'pinecone_retriever_ref',
]
