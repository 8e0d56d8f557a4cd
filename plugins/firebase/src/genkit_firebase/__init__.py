# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Firebase for Genkit: Firestore as a vector store and for the sessions of agents."""

from genkit_firebase.config import DistanceMeasure, FirestoreIndex, IndexerOptions, RetrieverOptions
from genkit_firebase.plugin import (
    Firestore,
    FirestoreRetriever,
    define_firestore_retriever,
    firestore_indexer_ref,
    firestore_retriever_ref,
)
from genkit_firebase.sessions import FirestoreSessionStore


__all__ = [
    'DistanceMeasure',
    'Firestore',
    'FirestoreIndex',
    'FirestoreRetriever',
    'FirestoreSessionStore',
    'IndexerOptions',
    'RetrieverOptions',
    'define_firestore_retriever',
    'firestore_indexer_ref',
    'firestore_retriever_ref',
]
