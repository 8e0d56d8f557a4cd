# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions of agents in Firestore."""

from genkit_firebase.sessions.snapshots import FirestoreSessionStore


__all__ = ['FirestoreSessionStore']
