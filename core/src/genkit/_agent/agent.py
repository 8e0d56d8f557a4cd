# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents that are defined in this application."""

from collections.abc import Callable, Mapping
from typing import Any

from genkit._action.context import ToolRunContext, current_context
from genkit._action.kind import ActionKind
from genkit._action.pipe import Pipe
from genkit._agent.access import CallerContext
from genkit._agent.client import AgentChat, AgentClient
from genkit._agent.definition import AgentAction, abort_snapshot, find_snapshot
from genkit._agent.opening import AgentDefinition
from genkit._agent.response import AgentResponse
from genkit._base.errors import Interrupt
from genkit._kinds.tool import ToolAction
from genkit.types import (
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentResume,
    AgentStreamChunk,
    GetSnapshotRequest,
    SessionSnapshot,
    SnapshotStatus,
    WireModel,
)


class Task(WireModel):
    """The input of an agent that is used as a tool.

    Attributes:
        task: A task given by another agent, as text.
    """

    task: str


class LocalTransport:
    """Runs an agent of the same program.

    Args:
        definition: The agent.
        action: The action of the agent.
        context: The caller's context. Default: that of the running call, if any.
        by_application: Whether the messages come from the application itself, which may write any role.
    """

    def __init__(
        self,
        definition: AgentDefinition,
        action: AgentAction,
        context: CallerContext | None = None,
        *,
        by_application: bool = True,
    ) -> None:
        self._definition = definition
        self._action = action
        self._context = context
        self._by_application = by_application

    async def run(
        self, init: AgentInit, given: AgentInput, on_chunk: Callable[[AgentStreamChunk], None]
    ) -> AgentOutput:
        """Run the agent with one input."""
        inputs: Pipe[AgentInput] = Pipe()
        inputs.put_now(self._action.validate(given))
        inputs.close()
        running = self._action.arun_bidi(
            inputs, init, by_application=self._by_application, on_chunk=on_chunk, context=self._context
        )
        return (await running).response

    async def get_snapshot(self, request: GetSnapshotRequest) -> SessionSnapshot | None:
        """Return a snapshot, or None."""
        return await find_snapshot(self._definition, request, self._caller())

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Abort the work that a snapshot belongs to."""
        return await abort_snapshot(self._definition, snapshot_id, self._caller())

    def _caller(self) -> CallerContext:
        given = self._context if self._context is not None else current_context()
        return {**self._action.base_context, **(given or {})}


class Agent(AgentClient):
    """An agent of this application, callable from code.

    Args:
        definition: Its definition.
        action: The action of the agent.

    Attributes:
        action: The agent as a bidirectional action, for more than one input at a time.
    """

    def __init__(self, definition: AgentDefinition, action: AgentAction) -> None:
        super().__init__(LocalTransport(definition, action), definition.name)
        self.action = action
        self.definition = definition

    def __repr__(self) -> str:
        """Return the name, and who keeps the sessions."""
        kept = 'its clients' if self.definition.store is None else type(self.definition.store).__name__
        return f'Agent({self.name!r}, sessions kept by {kept})'

    def for_caller(self, context: Mapping[str, Any]) -> AgentClient:
        """Return the agent bound to a caller's context: its sessions belong to that caller.

        Args:
            context: The context, as a context provider returns it, such as ``{'auth': {'uid': 'ada'}}``.
        """
        return AgentClient(LocalTransport(self.definition, self.action, context), self.name)

    def for_client(self, context: Mapping[str, Any] | None = None) -> AgentClient:
        """Return the agent as a client of it may use it: it writes only what clients may, and its sessions are its own.

        Protocols that serve the agent use this.

        Args:
            context: The client's context, as a context provider returns it.
        """
        served = LocalTransport(self.definition, self.action, context or {}, by_application=False)
        return AgentClient(served, self.name)

    def as_tool(self, name: str | None = None, description: str | None = None) -> ToolAction:
        """Return the agent as a tool of another agent: it takes a task, runs it in its own session, and returns text.

        If the agent is interrupted, so is the outer one: its ``response.interrupts`` hold the inner requests, and tool
        responses to them are passed on.
        """
        # The resume data of a call comes from the caller of the outer agent, perhaps a client.
        untrusted = LocalTransport(self.definition, self.action, by_application=False)

        async def run(task: Task, context: ToolRunContext) -> str:
            place = _resumed_at(context)
            if place is None:
                chat = self.chat()
                response = await chat.send(task.task)
            else:
                chat = AgentChat(untrusted, place)
                resume = AgentResume.model_validate(context.resumed_metadata)
                response = await chat.resume(respond=resume.respond or (), restart=resume.restart or ())
            if response.interrupts:
                raise Interrupt(_waiting(self.name, response))
            return response.text

        return ToolAction(
            ActionKind.TOOL,
            name or self.name,
            run,
            description=description or self.action.description or f'Asks the agent {self.name}.',
            metadata={'type': 'tool', 'agent': self.name},
            input_schema=Task,
            output_schema=str,
        )


def _waiting(agent: str, response: AgentResponse) -> dict[str, Any]:
    """Return what an agent that is a tool says when it waits: what waits in it, and where it goes on."""
    output = response.output
    place = AgentInit(snapshot_id=output.snapshot_id, state=output.state)
    message = response.message
    requests = [] if message is None else [p for p in message.tool_requests if 'interrupt' in (p.metadata or {})]
    return {
        'agent': agent,
        'interrupts': [part.to_wire() for part in requests],
        'continueAt': place.to_wire(),
    }


def _resumed_at(context: ToolRunContext) -> AgentInit | None:
    """Return the init that continues an agent used as a tool; None to start a new session."""
    told, earlier = context.resumed_metadata, context.interrupt_metadata
    if not isinstance(told, dict) or not isinstance(earlier, dict) or 'continueAt' not in earlier:
        return None
    if not {'respond', 'restart'} & told.keys():
        return None
    return AgentInit.model_validate(earlier['continueAt'])


def agent_of(action: Any) -> Agent | None:
    """Return the agent that an action was made for, or None."""
    agent = getattr(action, 'agent', None)
    return agent if isinstance(agent, Agent) else None
