# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An agent as actions: the agent itself, its snapshots, and the way to stop what it does."""

import logging
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from genkit._action.action import Action
from genkit._action.bidi import BidiAction, BidiRunContext
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._agent.access import CallerContext
from genkit._agent.client_input import check_id
from genkit._agent.opening import AgentDefinition
from genkit._agent.run.invocation import invoke
from genkit._agent.stores.snapshots import as_read
from genkit._base.errors import ErrorReason, GenkitError, extended
from genkit._base.suggest import did_you_mean, shown
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


MESSAGE_EXAMPLE: Final = '{"message": {"role": "user", "content": [{"text": "Hello"}]}}'

_LOGGER: Final = logging.getLogger('genkit.agent')
_OF_INIT: Final = frozenset({'sessionId', 'snapshotId', 'state', 'session_id', 'snapshot_id'})
_INIT: Final = 'A run begins with {"sessionId": "…"}, {"snapshotId": "…"} or {"state": {…}}.'


class AgentAction(BidiAction[AgentInput, AgentOutput, AgentStreamChunk, AgentInit]):
    """An agent as an action.

    Attributes:
        agent: The client-side handle of the agent.
        is_open_to_all: Whether it keeps sessions without a rule whose they are, and nobody was warned of it.
        derived: What is served beside it, by the last segment of its path; empty if the agent keeps no snapshots.
    """

    agent: Any = None
    is_open_to_all = False
    derived: Mapping[str, Action[Any, Any, Any]] = MappingProxyType({})

    def validate(self, raw_input: Any) -> Any:
        """Return wire data as an input.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` with an input as it should be.
        """
        if type(raw_input) is AgentInput:
            return raw_input
        try:
            return super().validate(raw_input)
        except GenkitError as error:
            raise self._explained(raw_input, error) from None

    def validate_init(self, init: Any) -> Any:
        """Return wire data as where a run begins.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
        """
        try:
            return super().validate_init(init)
        except GenkitError as error:
            known = AgentInit.model_json_schema()['properties']
            members: Mapping[str, Any] = cast('Any', init) if isinstance(init, Mapping) else {}
            unknown = next((name for name in members if name not in known), None)
            meant = '' if unknown is None else did_you_mean(unknown, known).strip()
            raise extended(error, meant or _INIT) from None

    def _explained(self, given: Any, error: GenkitError) -> GenkitError:
        way_out = f'An agent is sent a message, or a resume: {{"data": {MESSAGE_EXAMPLE}}}.'
        if isinstance(given, Mapping):
            misplaced = [name for name in cast('Mapping[str, Any]', given) if name in _OF_INIT]
            if misplaced:
                way_out = f'{misplaced[0]!r} belongs beside the input: {{"data": …, "init": {{"{misplaced[0]}": …}}}}.'
            return extended(error, way_out)
        return GenkitError(
            f'The input of agent {self.name!r} is {shown(given)}. {way_out}',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_INPUT,
            details={name: value for name, value in error.details.items() if name == 'problems'},
        )

    def note_served(self) -> None:
        """Warn, once, that any client who knows a session's id can read and continue it."""
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
        return await invoke(agent, inputs, context)

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

    None if there is none, or if the caller may not read it.

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
