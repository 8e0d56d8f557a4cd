# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Firebase for Genkit: Firestore for vectors, sessions and streams; Auth, App Check and callable functions."""

from genkit_firebase.callables import CallableFlows, CallableHandler, CallableOptions, on_call_genkit
from genkit_firebase.config import DistanceMeasure, FirestoreIndex, IndexerOptions, RetrieverOptions
from genkit_firebase.context import Check, FirebaseContext, FirebasePolicy, HasClaim, firebase_context
from genkit_firebase.engagement import UserAcceptance, UserEngagement, UserFeedback, collect_user_engagement
from genkit_firebase.plugin import (
    Firestore,
    FirestoreRetriever,
    define_firestore_retriever,
    firestore_indexer_ref,
    firestore_retriever_ref,
)
from genkit_firebase.sessions import FirestoreSessionStore
from genkit_firebase.streams import FirestoreStreamManager
from genkit_firebase.telemetry import enable_firebase_telemetry


__all__ = [
    'CallableFlows',
    'CallableHandler',
    'CallableOptions',
    'Check',
    'DistanceMeasure',
    'FirebaseContext',
    'FirebasePolicy',
    'Firestore',
    'FirestoreIndex',
    'FirestoreRetriever',
    'FirestoreSessionStore',
    'FirestoreStreamManager',
    'HasClaim',
    'IndexerOptions',
    'RetrieverOptions',
    'UserAcceptance',
    'UserEngagement',
    'UserFeedback',
    'collect_user_engagement',
    'define_firestore_retriever',
    'enable_firebase_telemetry',
    'firebase_context',
    'firestore_indexer_ref',
    'firestore_retriever_ref',
    'on_call_genkit',
]
