# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations that remember: sessions, chats and where they are kept."""

from genkit._agent.chat import Chat
from genkit._agent.session import Session
from genkit._agent.session_store import FileSessionStore, InMemorySessionStore, SessionData, SessionStore
from genkit._base.doors import present as _present


__all__ = [
    'Chat',
    'FileSessionStore',
    'InMemorySessionStore',
    'Session',
    'SessionData',
    'SessionStore',
]

_present(__name__, __all__, globals())
