# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Firebase for Genkit: sessions of agents in Firestore."""

from genkit_firebase.sessions import FirestoreSessionStore


__all__ = ['FirestoreSessionStore']
