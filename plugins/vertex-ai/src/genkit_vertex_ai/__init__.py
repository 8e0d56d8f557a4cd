# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugins for Vertex AI beyond Google's own models."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_vertex_ai.cloud import Cloud, CloudOptions
from genkit_vertex_ai.config import (
    NumericRestrict,
    RerankConfig,
    Restrict,
    VectorSearchOptions,
    VertexMetric,
    VertexMetricConfig,
)
from genkit_vertex_ai.documents import BigQueryDocuments, DocumentStore, FirestoreDocuments
from genkit_vertex_ai.plugin import (
    VertexAIEvaluation,
    VertexAIModelGarden,
    VertexAIRerankers,
    VertexAIVectorSearch,
)
from genkit_vertex_ai.store import VectorSearchIndex


__all__ = [
    'BigQueryDocuments',
    'Cloud',
    'CloudOptions',
    'DocumentStore',
    'FirestoreDocuments',
    'NumericRestrict',
    'RerankConfig',
    'Restrict',
    'VectorSearchIndex',
    'VectorSearchOptions',
    'VertexAIEvaluation',
    'VertexAIModelGarden',
    'VertexAIRerankers',
    'VertexAIVectorSearch',
    'VertexMetric',
    'VertexMetricConfig',
]

_serve_older_names(__name__)
