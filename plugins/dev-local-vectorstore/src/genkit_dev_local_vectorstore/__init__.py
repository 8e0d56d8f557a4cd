# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A vector store in one local file, for Genkit: exact search, durable writes, no server."""

from genkit_dev_local_vectorstore.config import IndexConfig, RetrieverOptions
from genkit_dev_local_vectorstore.convert import ID_KEY, SCORE_KEY, document_id
from genkit_dev_local_vectorstore.plugin import (
    DevLocalVectorstore,
    define_dev_local_vector_store,
    dev_local_indexer_ref,
    dev_local_retriever_ref,
)


__all__ = [
    'ID_KEY',
    'SCORE_KEY',
    'DevLocalVectorstore',
    'IndexConfig',
    'RetrieverOptions',
    'define_dev_local_vector_store',
    'dev_local_indexer_ref',
    'dev_local_retriever_ref',
    'document_id',
]
