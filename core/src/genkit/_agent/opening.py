# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The definition of an agent, and the opening of the session that a run serves."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NoReturn, TypeAlias, cast

from genkit._action.bidi import BidiRunContext
from genkit._action.schema import type_adapter, validate_input
from genkit._agent.access import AccessRule, CallerContext
from genkit._agent.client_input import ClientRules, InputCheck, check_id
from genkit._agent.signing import RequestSigner
from genkit._agent.stores.snapshots import SnapshotStore, as_read
from genkit._agent.turns import SessionRunner, new_id
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.json_schema import check_json
from genkit._base.suggest import refuse
from genkit.types import (
    AgentInit,
    AgentResult,
    AgentStreamChunk,
    SessionSnapshot,
    SessionState,
    SnapshotStatus,
)


AgentFn = Callable[[SessionRunner, BidiRunContext[Any, Any]], Awaitable[AgentResult | None]]
StateTransform: TypeAlias = Callable[[SessionState, CallerContext], SessionState]
ChunkTransform: TypeAlias = Callable[[AgentStreamChunk, CallerContext], AgentStreamChunk | None]
StoreChoice: TypeAlias = SnapshotStore | Callable[[CallerContext], SnapshotStore]

_STORES: Final = "store=SqliteSnapshots('agent.db'), FileSnapshots('folder') or MemorySnapshots()"
# Stores of sessions, and the stores of snapshots that keep things in the same way.
_OF_SESSIONS: Final = {
    'InMemorySessionStore': 'store=MemorySnapshots()',
    'FileSessionStore': "store=FileSnapshots('folder')",
}


@dataclass(frozen=True, kw_only=True)
class AgentDefinition:
    """The definition of an agent.

    Attributes:
        name: Of its actions.
        fn: Serves a session.
        store: Keeps its sessions, or a function that returns the store of a caller; None if its clients do.
        state_schema: The type, or JSON schema, of the application's own state.
        state_transform: Returns what a caller may see of a state.
        chunk_transform: Returns what a caller may see of a chunk; None drops it.
        access: Who may use its sessions.
        rules: What clients may write.
    """

    name: str
    fn: AgentFn
    store: StoreChoice | None = None
    state_schema: Any = None
    state_transform: StateTransform | None = None
    chunk_transform: ChunkTransform | None = None
    access: AccessRule
    rules: ClientRules = field(default_factory=ClientRules)

    def shown(self, state: SessionState, context: CallerContext) -> SessionState:
        """Return what a caller may see of a state."""
        return state if self.state_transform is None else self.state_transform(state, context)

    def store_for(self, context: CallerContext) -> SnapshotStore | None:
        """Return the store of a caller; None if clients keep the sessions."""
        store = self.store
        if store is None or hasattr(store, 'read'):
            return cast('SnapshotStore | None', store)
        chosen: Any = cast('Callable[[CallerContext], SnapshotStore]', store)(context)
        return chosen if chosen is None or hasattr(chosen, 'read') else refuse_store('The store of a caller', chosen)

    def required_store(self, context: CallerContext) -> SnapshotStore:
        """Return the store of a caller.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` without one.
        """
        store = self.store_for(context)
        if store is None:
            raise GenkitError(
                f'Agent {self.name!r} keeps no snapshots: it has no store. Define it with store=….',
                status='FAILED_PRECONDITION',
            )
        return store

    def input_check(self, *, by_application: bool) -> InputCheck:
        """Return what checks the inputs of a run."""
        return self._checks[by_application]

    @cached_property
    def _checks(self) -> tuple[InputCheck, InputCheck]:
        """What checks the inputs of others, and those of the application."""
        signer = RequestSigner(self.name) if self.store is None else None
        return tuple(InputCheck(self.name, self.rules, trusted, signer) for trusted in (False, True))  # pyright: ignore[reportReturnType]


def refuse_store(name: str, store: Any) -> NoReturn:
    """Raise the error for what keeps no snapshots, with the store of snapshots that it stands for.

    Args:
        name: The argument.
        store: What was given.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    is_class = isinstance(store, type)
    if is_class and hasattr(store, 'read'):
        refuse(name, store, f'expected an instance: write store={store.__name__}(…).')
    meant = _OF_SESSIONS.get(store.__name__ if is_class else type(store).__name__)
    way_out = f'write {meant} of genkit.agent.' if meant else f'write {_STORES}, of genkit.agent.'
    if hasattr(store, 'save') and hasattr(store, 'get'):
        refuse(name, store, f'it keeps sessions of ai.create_session(), an agent keeps snapshots: {way_out}')
    refuse(name, store, f'expected a store of snapshots: {way_out}')


@dataclass(frozen=True, slots=True)
class NotOpened:
    """A session that cannot be served: the run ends, and the error is its result."""

    error: GenkitError


class _NotOpenedError(Exception):
    """Ends the opening of a session."""

    def __init__(self, error: GenkitError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(kw_only=True, slots=True)
class OpenedSession:
    """The state and the snapshot that a run starts from.

    Attributes:
        state: What the session holds.
        parent: The snapshot that the next one follows.
        alone: Whether the next snapshot must be the first that follows.
        good_id: The last completed snapshot.
        owner: Who owns the session.
    """

    state: SessionState
    parent: SessionSnapshot | None = None
    alone: bool = True
    good_id: str | None = None
    owner: str | None = None


class Opening:
    """Finds the session that an init names, as far as its caller may use it.

    Args:
        agent: The agent.
        store: The caller's store; None if clients keep the sessions.
        context: The caller.
        check: What this caller may write.
    """

    def __init__(
        self, agent: AgentDefinition, store: SnapshotStore | None, context: Mapping[str, Any], check: InputCheck
    ) -> None:
        self._agent = agent
        self._store = store
        self._context = context
        self._check = check

    async def open(self, init: AgentInit) -> OpenedSession | NotOpened:
        """Return where a run begins, or why the session cannot be served.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` or ``FAILED_PRECONDITION`` for an init that this agent does not take;
                ``PERMISSION_DENIED`` or ``UNAUTHENTICATED`` for a session that is not the caller's.
        """
        try:
            return await self._open(init)
        except _NotOpenedError as refused:
            return NotOpened(refused.error)

    async def _open(self, init: AgentInit) -> OpenedSession:
        check_id('init.sessionId', init.session_id)
        check_id('init.snapshotId', init.snapshot_id)
        if self._store is None:
            return self._open_clients_own(init)
        if init.state is not None:
            raise GenkitError(
                f"Cannot send 'state' to agent {self._agent.name!r}: its sessions are kept by the server. Send a "
                'sessionId or a snapshotId.',
                status='FAILED_PRECONDITION',
            )
        if init.snapshot_id is not None:
            found = await self._snapshot_named(self._store, init.snapshot_id, init.session_id)
            return self._opened(found, found, alone=False)
        if init.session_id is None:
            return await self._begun(None)
        leaf = await self._store.latest(init.session_id)
        parent = None if leaf is None else await self._store.read(leaf.snapshot_id)
        if parent is None:
            return await self._begun(init.session_id)
        if not await self._agent.access.may('continue', self._context, parent):
            raise self._agent.access.refusal(init.session_id)
        if parent.status == SnapshotStatus.PENDING:
            await self._require_idle(self._store, parent)
        return self._opened(parent, await self._last_good(self._store, parent), alone=True)

    async def _require_idle(self, store: SnapshotStore, pending: SessionSnapshot) -> None:
        """Refuse a session with work in progress; work without a heartbeat is ended, so that it stays lost."""
        if as_read(pending).status == SnapshotStatus.PENDING or not await store.update(
            pending.replaced(status=SnapshotStatus.ABORTED), None, SnapshotStatus.PENDING
        ):
            raise _NotOpenedError(
                GenkitError(
                    f'Session {pending.session_id!r} is being worked on for another caller, or in the background. Wait '
                    f'for the end of snapshot {pending.snapshot_id!r}, or abort it; then continue the session.',
                    status='ABORTED',
                )
            )

    def _open_clients_own(self, init: AgentInit) -> OpenedSession:
        for member, value in (('snapshotId', init.snapshot_id), ('sessionId', init.session_id)):
            if value is not None:
                raise GenkitError(
                    f"Cannot use '{member}' with agent {self._agent.name!r}: its state is kept by its clients. Send "
                    "the 'state' of the last output, or give the agent a store.",
                    status='FAILED_PRECONDITION',
                )
        state = init.state or SessionState()
        check_id('init.state.sessionId', state.session_id)
        self._check.check_state(state)
        self._check_custom(state)
        return OpenedSession(state=state if state.session_id else state.replaced(session_id=new_id()))

    async def _begun(self, session_id: str | None) -> OpenedSession:
        access = self._agent.access
        owner = await access.owner_of_new(self._context)
        if session_id is not None and not await access.may_begin(self._context, session_id, owner):
            raise access.refusal(session_id)
        return OpenedSession(state=SessionState.trusted(session_id=session_id or new_id()), owner=owner)

    def _opened(self, parent: SessionSnapshot, good: SessionSnapshot | None, *, alone: bool) -> OpenedSession:
        state = (good and good.state) or SessionState()
        self._check_custom(state)
        return OpenedSession(
            state=state.replaced(session_id=parent.session_id),
            parent=parent,
            alone=alone,
            good_id=good and good.snapshot_id,
            owner=getattr(parent, 'owner', None),
        )

    async def _snapshot_named(self, store: SnapshotStore, snapshot_id: str, asked: str | None) -> SessionSnapshot:
        found = await store.read(snapshot_id)
        if found is None or not await self._agent.access.may('continue', self._context, found):
            # A session of another caller looks like one that does not exist.
            raise _NotOpenedError(
                GenkitError(f'Snapshot {snapshot_id!r} not found for agent {self._agent.name!r}.', status='NOT_FOUND')
            )
        if asked is not None and found.session_id != asked:
            raise GenkitError(
                f'Snapshot {snapshot_id} does not belong to session {asked} (it belongs to {found.session_id}).',
                status='INVALID_ARGUMENT',
            )
        if found.status != SnapshotStatus.COMPLETED:
            raise _NotOpenedError(
                GenkitError(
                    f'Snapshot {snapshot_id!r} cannot be resumed: it is {str(as_read(found).status)!r}, not completed.',
                    status='INVALID_ARGUMENT',
                    reason=ErrorReason.SNAPSHOT_NOT_RESUMABLE,
                )
            )
        return found

    async def _last_good(self, store: SnapshotStore, newest: SessionSnapshot) -> SessionSnapshot | None:
        """Return the newest completed snapshot of a session; what was kept after it stays in the chain."""
        found: SessionSnapshot | None = newest
        seen: set[str] = set()
        while found is not None and found.status != SnapshotStatus.COMPLETED:
            if found.snapshot_id in seen:
                raise GenkitError(
                    f'The snapshots of session {newest.session_id!r} follow each other in a circle.',
                    status='FAILED_PRECONDITION',
                )
            seen.add(found.snapshot_id)
            found = await store.read(found.parent_id) if found.parent_id else None
        return found

    def _check_custom(self, state: SessionState) -> None:
        schema = self._agent.state_schema
        if schema is None or state.custom is None:
            return
        what = f'the state of agent {self._agent.name}'
        try:
            if isinstance(schema, dict):
                check_json(cast('dict[str, Any]', schema), state.custom, what)
            else:
                validate_input(type_adapter(schema), state.custom, what)
        except GenkitError as error:
            raise _NotOpenedError(error) from error
