# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An agent as actions: the agent itself, its snapshots, and the way to stop what it does."""

import logging
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.bidi import BidiAction, BidiRunContext
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._agent.access import CallerContext
from genkit._agent.client_input import check_id
from genkit._agent.invocation import Invocation
from genkit._agent.opening import AgentDefinition
from genkit._agent.stores.snapshots import as_read
from genkit._base.errors import GenkitError
from genkit._registry.registry import Registry
from genkit.types import (
    AgentAbortRequest,
    AgentAbortResponse,
    AgentInit,
    AgentInput,
    AgentMetadata,
    AgentOutput,
    AgentStateManagement,
    AgentStreamChunk,
    GetSnapshotRequest,
    SessionSnapshot,
    SnapshotStatus,
)


_LOGGER: Final = logging.getLogger('genkit.agent')


class AgentAction(BidiAction[AgentInput, AgentOutput, AgentStreamChunk, AgentInit]):
    """An agent as an action.

    Attributes:
        agent: What somebody who talks with it holds.
        is_open_to_all: Whether it keeps sessions without a rule whose they are, and nobody was warned of it.
        derived: What is served beside it, by the last segment of its path; empty if the agent keeps no snapshots.
    """

    agent: Any = None
    is_open_to_all = False
    derived: Mapping[str, Action[Any, Any, Any]] = MappingProxyType({})

    def note_served(self) -> None:
        """Warn, once, that whoever knows a session's id reads and continues it."""
        if not self.is_open_to_all:
            return
        self.is_open_to_all = False
        _LOGGER.warning(
            'Agent %r is served and keeps sessions, but has no rule whose they are: whoever knows the id of a session '
            'reads and continues it. Define the agent with owner=… or authorize=….',
            self.name,
        )


def register_agent(
    registry: Registry, agent: AgentDefinition, description: str | None, metadata: dict[str, Any] | None
) -> AgentAction:
    """Register an agent and what belongs to it."""

    async def run(
        inputs: AsyncIterator[AgentInput], context: BidiRunContext[AgentStreamChunk, AgentInit]
    ) -> AgentOutput:
        return await Invocation(agent, inputs, context).run()

    async def snapshot(request: GetSnapshotRequest, context: ActionRunContext) -> SessionSnapshot:
        found = await find_snapshot(agent, request, context.context)
        if found is None:
            name = request.snapshot_id or request.session_id
            raise GenkitError(f'Snapshot {name!r} not found for agent {agent.name!r}.', status='NOT_FOUND')
        return found

    async def abort(request: AgentAbortRequest, context: ActionRunContext) -> AgentAbortResponse:
        status = await abort_snapshot(agent, request.snapshot_id, context.context)
        return AgentAbortResponse(snapshot_id=request.snapshot_id, status=status)

    served = AgentStateManagement.SERVER if agent.store is not None else AgentStateManagement.CLIENT
    schema = None if agent.state_schema is None else to_json_schema(agent.state_schema)
    about = AgentMetadata(state_management=served, abortable=agent.store is not None, state_schema=schema)
    action = AgentAction(
        ActionKind.AGENT,
        agent.name,
        run,
        init_schema=AgentInit,
        input_schema=AgentInput,
        output_schema=AgentOutput,
        chunk_schema=AgentStreamChunk,
        description=description,
        metadata={**(metadata or {}), 'agent': about.to_wire()},
    )
    registry.register_action(action)
    reading: Action[Any, Any, Any] = Action(ActionKind.AGENT_SNAPSHOT, agent.name, snapshot)
    aborting: Action[Any, Any, Any] = Action(ActionKind.AGENT_ABORT, agent.name, abort)
    registry.register_action(reading)
    registry.register_action(aborting)
    if agent.store is not None:
        action.derived = {'getSnapshot': reading, 'abort': aborting}
        action.is_open_to_all = not agent.access.exists
    return action


async def find_snapshot(
    agent: AgentDefinition, request: GetSnapshotRequest, context: CallerContext
) -> SessionSnapshot | None:
    """Return a snapshot as a caller may see it, by its own id or as the newest of a session.

    None if there is none, and likewise if the caller may not read it.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` unless exactly one id is given, ``FAILED_PRECONDITION`` without a store.
    """
    if (request.snapshot_id is None) == (request.session_id is None):
        raise GenkitError(
            f'Give either a snapshotId or a sessionId; got {request.snapshot_id!r} and {request.session_id!r}.',
            status='INVALID_ARGUMENT',
        )
    check_id('snapshotId', request.snapshot_id)
    check_id('sessionId', request.session_id)
    store = agent.required_store(context)
    snapshot_id = request.snapshot_id
    if snapshot_id is None:
        leaf = await store.latest(request.session_id or '')
        if leaf is None:
            return None
        snapshot_id = leaf.snapshot_id
    found = await store.read(snapshot_id)
    if found is None or not await agent.access.may('read', context, found):
        return None
    return as_read(found).replaced(state=None if found.state is None else agent.shown(found.state, context))


async def abort_snapshot(agent: AgentDefinition, snapshot_id: str, context: CallerContext) -> SnapshotStatus | None:
    """Stop the work behind a snapshot, and return the status it had; None if the caller knows of no such snapshot."""
    check_id('snapshotId', snapshot_id)
    store = agent.required_store(context)
    while True:
        found = await store.read(snapshot_id)
        if found is None or not await agent.access.may('abort', context, found):
            return None
        if found.status != SnapshotStatus.PENDING:
            return found.status
        if await store.update(found.replaced(status=SnapshotStatus.ABORTED), None, SnapshotStatus.PENDING):
            return SnapshotStatus.PENDING
