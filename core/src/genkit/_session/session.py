# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions: state and threads of messages that outlive a call."""

import asyncio
import copy
import time
import uuid
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Self
from weakref import WeakKeyDictionary

from genkit._base.errors import GenkitError
from genkit._base.loop_cache import LoopCache
from genkit._registry.registry import Registry
from genkit._session.store import InMemorySessionStore, SessionData, SessionStore
from genkit.types import Message


MAIN_THREAD = 'main'

# Saves of sessions in one store wait for each other, so that each sees the previous one.
_SAVING: 'WeakKeyDictionary[SessionStore, LoopCache[asyncio.Lock]]' = WeakKeyDictionary()

_CURRENT: 'ContextVar[Session | None]' = ContextVar('genkit_session', default=None)


class Session:
    """State and threads of messages that outlive a call. Load an existing session with `Session.load`.

    Args:
        registry: The registry of the models and tools that chats use.
        store: The store. Default: a new one in memory.
        session_id: The session's id. Default: a random one.
        data: The initial data.
    """

    def __init__(
        self,
        registry: Registry,
        store: SessionStore | None = None,
        session_id: str | None = None,
        data: SessionData | None = None,
    ) -> None:
        self.registry = registry
        self.store: SessionStore = store or InMemorySessionStore()
        self._data = data or SessionData(id=session_id or str(uuid.uuid4()))
        self._locks: dict[str, asyncio.Lock] = {}
        self._kept_at: float | None = None if data is None else data.updated_at

    @classmethod
    async def load(cls, registry: Registry, session_id: str, store: SessionStore) -> Self:
        """Load a session from a store.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        data = await store.get(session_id)
        if data is None:
            raise GenkitError(
                f'Session {session_id!r} not found in {type(store).__name__}. Make it with ai.create_session(…).',
                status='NOT_FOUND',
            )
        return cls(registry, store, data=data)

    def __repr__(self) -> str:
        """Return the id, the store and the names of the threads."""
        return f'Session({self.id!r}, store={type(self.store).__name__}, threads={list(self._data.threads)})'

    @property
    def id(self) -> str:
        """The session's id."""
        return self._data.id

    @property
    def state(self) -> Any:
        """The custom state; change it with `update_state`."""
        return self._data.state

    @property
    def messages(self) -> list[Message]:
        """The messages of the main thread."""
        return self.get_messages()

    def get_messages(self, thread: str = MAIN_THREAD) -> list[Message]:
        """Return the messages of a thread."""
        return list(self._data.threads.get(thread, ()))

    def update_messages(self, messages: Sequence[Message], thread: str = MAIN_THREAD) -> None:
        """Replace the messages of a thread in memory; `save` stores them."""
        self._data.threads[thread] = list(messages)
        self._data.updated_at = time.time()

    def update_state(self, state: Any) -> None:
        """Replace the state, or merge into it if both are dictionaries; `save` stores it."""
        current = self._data.state
        merge = isinstance(current, dict) and isinstance(state, dict)
        self._data.state = {**current, **state} if merge else state
        self._data.updated_at = time.time()

    async def save(self) -> None:
        """Store the session in its current state.

        Raises:
            GenkitError: ``ABORTED`` if the stored session was changed since it was loaded or saved here.
        """
        async with _saving_in(self.store):
            kept = await self.store.get(self.id)
            if kept is not None and kept.updated_at != self._kept_at:
                raise GenkitError(
                    f'Session {self.id!r} was changed by somebody else since it was loaded. Load it again, and repeat '
                    'what you did.',
                    status='ABORTED',
                )
            await self.store.save(self.id, copy.copy(self._data))
            self._kept_at = self._data.updated_at

    def lock(self, thread: str) -> asyncio.Lock:
        """Return the lock that serializes the messages of a thread."""
        return self._locks.setdefault(thread, asyncio.Lock())

    def enter(self) -> Any:
        """Make this the current session, until what is returned is given to `leave`."""
        return _CURRENT.set(self)

    @staticmethod
    def leave(token: Any) -> None:
        """Make the session before it the current one."""
        _CURRENT.reset(token)


def current_session() -> Session:
    """Return the session of the chat that is running, for tools and flows inside it.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` outside a chat.
    """
    session = _CURRENT.get()
    if session is None:
        raise GenkitError('There is no session: this is not running inside chat.send().', status='FAILED_PRECONDITION')
    return session


def _saving_in(store: SessionStore) -> asyncio.Lock:
    try:
        return _SAVING.setdefault(store, LoopCache(asyncio.Lock)).get()
    except TypeError:  # a store that nothing can refer to weakly
        return asyncio.Lock()
