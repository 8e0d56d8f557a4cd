# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Convex as a vector store for Genkit."""

from genkit_convex.config import ConvexIndex, IndexerOptions, RetrieverOptions
from genkit_convex.plugin import Convex, convex_indexer_ref, convex_retriever_ref
from genkit_convex.template import write_functions


__all__ = [
    'Convex',
    'ConvexIndex',
    'IndexerOptions',
    'RetrieverOptions',
    'convex_indexer_ref',
    'convex_retriever_ref',
    'write_functions',
]
