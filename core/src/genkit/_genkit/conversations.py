# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The methods of `Genkit` for sessions and chats."""

from collections.abc import Sequence
from typing import Any, Unpack

from genkit._base.suggest import as_list, refuse
from genkit._generate.options import (
    MESSAGES_WAY_OUT,
    ContentArgument,
    GenerateOptions,
    ModelArgument,
    check_generate_options,
)
from genkit._generate.tools import with_tools_made
from genkit._registry.registry import Registry
from genkit._session.chat import Chat, Preamble
from genkit._session.session import MAIN_THREAD, Session, current_session
from genkit._session.store import SessionStore
from genkit.types import Message


class Conversations:
    """Sessions and chats.

    Attributes:
        registry: Knows models and tools.
    """

    registry: Registry

    def chat(
        self,
        model: ModelArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message = (),
        *,
        session: Session | None = None,
        thread: str = MAIN_THREAD,
        **options: Unpack[GenerateOptions],
    ) -> Chat:
        """Start a chat, or continue a thread of a session.

        Args:
            model: A name, a reference or a model action. Default: the application's default model.
            system: The system message, sent with every message; not stored in the thread.
            messages: The initial messages of a new thread.
            session: The session that stores the thread. Default: a new one in memory.
            thread: The name of the thread within the session.
            options: Options of `generate`, used for every message.
        """
        check_generate_options(options, 'chat()', ('model', 'system', 'messages', 'session', 'thread'))
        begun = as_list('messages', messages, MESSAGES_WAY_OUT)
        preamble = Preamble(model=model, system=system, messages=begun, options=with_tools_made(options))
        return Chat(session or Session(self.registry), preamble, thread)

    def create_session(
        self, *, store: SessionStore | None = None, session_id: str | None = None, initial_state: Any = None
    ) -> Session:
        """Create a session; it is stored with the first message or by `Session.save`."""
        session = Session(self.registry, _checked_store(store), session_id)
        if initial_state is not None:
            session.update_state(initial_state)
        return session

    async def load_session(self, session_id: str, *, store: SessionStore) -> Session:
        """Load a session from a store.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        return await Session.load(self.registry, session_id, _checked_store(store) or store)

    @staticmethod
    def current_session() -> Session:
        """Return the session of the chat that is running, for tools and flows inside it."""
        return current_session()


def _checked_store(store: Any) -> SessionStore | None:
    """Refuse what keeps no sessions."""
    is_class = isinstance(store, type)
    if store is None or (not is_class and hasattr(store, 'get') and hasattr(store, 'save')):
        return store
    if is_class and hasattr(store, 'save'):
        refuse('store', store, f'expected an instance: write store={store.__name__}(…).')
    way_out = "write store=FileSessionStore('folder') or InMemorySessionStore(), of genkit.agent."
    if hasattr(store, 'read'):
        refuse('store', store, f'it keeps the snapshots of an agent, not sessions: {way_out}')
    return refuse('store', store, f'expected a store of sessions: {way_out}')
