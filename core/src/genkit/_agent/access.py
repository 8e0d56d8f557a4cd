# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Access rules: the owner of a session, and which callers may read, continue and abort it."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from genkit._base.errors import GenkitError
from genkit.types import SessionSnapshot


AccessAction: TypeAlias = Literal['begin', 'read', 'continue', 'abort']
CallerContext: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SessionAccess:
    """A caller's request to use a session, to be authorized.

    Attributes:
        action: ``begin`` a session under an id that the caller chose, ``read`` a snapshot, ``continue`` the session
            or ``abort`` its work.
        session_id: The session.
        snapshot_id: The snapshot, if one is named.
        agent: The agent's name.
        owner: Who began the session, as the agent's ``owner`` function said then; for ``begin``, as it says now.
    """

    action: AccessAction
    session_id: str | None
    snapshot_id: str | None
    agent: str
    owner: str | None


Authorize: TypeAlias = Callable[[CallerContext, SessionAccess], 'bool | Awaitable[bool]']
Owner: TypeAlias = Callable[[CallerContext], 'str | Awaitable[str]']


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """Decides who uses the sessions of an agent.

    Attributes:
        agent: The agent's name.
        owner: Returns the caller's name; the caller who starts a session owns it.
        authorize: Decides; by default the owner may do everything, and without ``owner`` everybody may.
    """

    agent: str
    owner: Owner | None = None
    authorize: Authorize | None = None

    @property
    def exists(self) -> bool:
        """Whether the application has said anything about it."""
        return self.owner is not None or self.authorize is not None

    async def owner_of_new(self, context: CallerContext) -> str | None:
        """Return who owns a session that this caller begins.

        Raises:
            GenkitError: ``UNAUTHENTICATED`` if the caller cannot be named.
        """
        if self.owner is None:
            return None
        try:
            named = self.owner(context)
            owner = await named if inspect.isawaitable(named) else named
        except (LookupError, AttributeError, TypeError) as error:
            raise self._nameless() from error
        if not isinstance(owner, str) or not owner:  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped code)
            raise self._nameless()
        return owner

    async def may(self, action: AccessAction, context: CallerContext, snapshot: SessionSnapshot) -> bool:
        """Return whether a caller may do something with the session of a snapshot."""
        if not self.is_of_this_agent(snapshot):
            return False
        owner: str | None = getattr(snapshot, 'owner', None)
        return await self._decide(action, context, snapshot.session_id, snapshot.snapshot_id, owner)

    async def may_begin(self, context: CallerContext, session_id: str, owner: str | None) -> bool:
        """Return whether a caller may begin a session under an id that the caller chose."""
        return await self._decide('begin', context, session_id, None, owner)

    def is_of_this_agent(self, snapshot: SessionSnapshot) -> bool:
        """Return whether this agent wrote a snapshot; those of earlier releases do not say."""
        return getattr(snapshot, 'agent', None) in {None, self.agent}

    def refusal(self, session_id: str | None) -> GenkitError:
        """Return the error for a session that this caller may not use, or that another agent wrote."""
        return GenkitError(
            f'Session {session_id!r} of agent {self.agent!r} is not open to this caller. Begin a session of your own.',
            status='PERMISSION_DENIED',
        )

    async def _decide(
        self,
        action: AccessAction,
        context: CallerContext,
        session_id: str | None,
        snapshot_id: str | None,
        owner: str | None,
    ) -> bool:
        if self.authorize is None:
            return self.owner is None or owner == await self.owner_of_new(context)
        session = SessionAccess(
            action=action, session_id=session_id, snapshot_id=snapshot_id, agent=self.agent, owner=owner
        )
        allowed: Any = self.authorize(context, session)
        # A rule that forgets to return, or returns the text of a refusal, has not said yes.
        return (await allowed if inspect.isawaitable(allowed) else allowed) is True

    def _nameless(self) -> GenkitError:
        return GenkitError(
            f"The caller of agent {self.agent!r} cannot be named: its 'owner' function found nobody in the context. "
            'Serve the agent with a context_provider that says who asks, or call it with agent.for_caller(context).',
            status='UNAUTHENTICATED',
        )
