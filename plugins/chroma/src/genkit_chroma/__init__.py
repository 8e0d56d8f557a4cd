# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Chroma as a vector store for Genkit."""

from genkit_chroma.config import ChromaIndex, Distance, RetrieverOptions
from genkit_chroma.plugin import Chroma, chroma_indexer_ref, chroma_retriever_ref


__all__ = ['Chroma', 'ChromaIndex', 'Distance', 'RetrieverOptions', 'chroma_indexer_ref', 'chroma_retriever_ref']
