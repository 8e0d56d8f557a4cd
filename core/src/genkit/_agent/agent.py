# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An agent of this application."""

from collections.abc import Callable
from typing import Any

from genkit._action.kind import ActionKind
from genkit._action.pipe import Pipe
from genkit._agent.conversation import AgentClient
from genkit._agent.definition import AgentAction, abort_snapshot, find_snapshot, required_store
from genkit._agent.invocation import AgentDefinition
from genkit._kinds.tool import ToolAction
from genkit.types import (
    AgentInit,
    AgentInput,
    AgentOutput,
    AgentStreamChunk,
    GetSnapshotRequest,
    SessionSnapshot,
    SnapshotStatus,
    WireModel,
)


class Task(WireModel):
    """What another agent is to do.

    Attributes:
        task: In words.
    """

    task: str


class LocalTransport:
    """Talks with an agent of the same program.

    Args:
        definition: What it is.
        action: What runs.
    """

    def __init__(self, definition: AgentDefinition, action: AgentAction) -> None:
        self._definition = definition
        self._action = action

    async def run(
        self, init: AgentInit, given: AgentInput, on_chunk: Callable[[AgentStreamChunk], None]
    ) -> AgentOutput:
        """Run the agent with one input."""
        inputs: Pipe[AgentInput] = Pipe()
        inputs.put_now(self._action.validate(given))
        inputs.close()
        return (await self._action.arun_bidi(inputs, init, on_chunk=on_chunk)).response

    async def get_snapshot(self, request: GetSnapshotRequest) -> SessionSnapshot | None:
        """Return a snapshot, or None."""
        return await find_snapshot(self._definition, request)

    async def abort(self, snapshot_id: str) -> SnapshotStatus | None:
        """Stop the work behind a snapshot."""
        return await abort_snapshot(required_store(self._definition), snapshot_id)


class Agent(AgentClient):
    """An agent that is defined here.

    Args:
        definition: What it is.
        action: What runs.

    Attributes:
        action: The agent as a bidirectional action, for more than one input at a time.
    """

    def __init__(self, definition: AgentDefinition, action: AgentAction) -> None:
        super().__init__(LocalTransport(definition, action), definition.name)
        self.action = action
        self.definition = definition

    def as_tool(self, name: str | None = None, description: str | None = None) -> ToolAction:
        """Return the agent as a tool of another: it is given a task, in a session of its own, and answers with text."""

        async def run(task: Task) -> str:
            return (await self.chat().send(task.task)).text

        return ToolAction(
            ActionKind.TOOL,
            name or self.name,
            run,
            description=description or self.action.description or f'Asks the agent {self.name}.',
            metadata={'type': 'tool', 'agent': self.name},
            input_schema=Task,
            output_schema=str,
        )


def agent_of(action: Any) -> Agent | None:
    """Return the agent that an action was made for, or None."""
    agent = getattr(action, 'agent', None)
    return agent if isinstance(agent, Agent) else None
