# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL for Genkit: with pgvector as a vector store, and as a store for the sessions of agents."""

from genkit_postgresql.config import (
    Column,
    DistanceStrategy,
    ExactNearestNeighbor,
    HNSWIndex,
    HNSWQueryOptions,
    IVFFlatIndex,
    IVFFlatQueryOptions,
    PostgresIndex,
    QueryOptions,
    RetrieverOptions,
    VectorIndex,
)
from genkit_postgresql.engine import ConnectorEngine, GoogleEngine, GoogleEngineOptions, PostgresEngine
from genkit_postgresql.plugin import PostgreSQL, postgres_indexer_ref, postgres_retriever_ref
from genkit_postgresql.sessions import PostgresSnapshots


__all__ = [
    'Column',
    'ConnectorEngine',
    'DistanceStrategy',
    'ExactNearestNeighbor',
    'GoogleEngine',
    'GoogleEngineOptions',
    'HNSWIndex',
    'HNSWQueryOptions',
    'IVFFlatIndex',
    'IVFFlatQueryOptions',
    'PostgreSQL',
    'PostgresEngine',
    'PostgresIndex',
    'PostgresSnapshots',
    'QueryOptions',
    'RetrieverOptions',
    'VectorIndex',
    'postgres_indexer_ref',
    'postgres_retriever_ref',
]
