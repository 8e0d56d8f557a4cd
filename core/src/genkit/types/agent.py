# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The wire types of agents and their clients."""

from typing import Any, Self

from pydantic import Field, PrivateAttr, RootModel

from genkit.types.generate import GenerateResponseChunk
from genkit.types.message import Message
from genkit.types.part import Part, ToolRequestPart, ToolResponsePart
from genkit.types.wire import WireEnum, WireModel


class AgentFinishReason(WireEnum):
    """The reason why an agent's turn or run ended."""

    STOP = 'stop'
    LENGTH = 'length'
    BLOCKED = 'blocked'
    INTERRUPTED = 'interrupted'
    OTHER = 'other'
    UNKNOWN = 'unknown'
    ABORTED = 'aborted'
    DETACHED = 'detached'
    FAILED = 'failed'


class AgentStateManagement(WireEnum):
    """Whether an agent's state is kept by the server or by the client."""

    SERVER = 'server'
    CLIENT = 'client'


class SnapshotStatus(WireEnum):
    """Status of the work that a snapshot belongs to."""

    PENDING = 'pending'
    COMPLETED = 'completed'
    ABORTED = 'aborted'
    FAILED = 'failed'
    EXPIRED = 'expired'


class JsonPatchOp(WireEnum):
    """An operation of RFC 6902."""

    ADD = 'add'
    REMOVE = 'remove'
    REPLACE = 'replace'
    MOVE = 'move'
    COPY = 'copy'
    TEST = 'test'


class JsonPatchOperation(WireModel):
    """One operation of a JSON patch."""

    op: JsonPatchOp
    path: str
    from_: str | None = Field(default=None, alias='from')
    value: Any = None


class JsonPatch(RootModel[list[JsonPatchOperation]]):
    """A list of changes to a JSON value (RFC 6902)."""


class RuntimeError_(WireModel):  # noqa: N801  (named as on the wire; the bare name is Python's own)
    """An error that is part of a result."""

    status: str | None = None
    message: str
    details: Any = None
    _cause: BaseException | None = PrivateAttr(default=None)

    @property
    def cause(self) -> BaseException | None:
        """The error itself, in the process in which it happened; it does not travel."""
        return self._cause

    def caused_by(self, error: BaseException | None) -> Self:
        """Return this error with the exception that it stands for."""
        found = self.replaced()
        found._cause = error  # noqa: SLF001  (of this class)
        return found


class Artifact(WireModel):
    """A result that an agent produced, such as a document."""

    name: str | None = None
    parts: list[Part]
    metadata: dict[str, Any] | None = None


class SessionState(WireModel):
    """The state of a session: messages, custom state and artifacts."""

    session_id: str | None = None
    messages: list[Message] | None = None
    custom: Any = None
    artifacts: list[Artifact] | None = None


class SessionSnapshot(WireModel):
    """The state of a session after a turn. Times are ISO 8601."""

    snapshot_id: str
    session_id: str | None = None
    parent_id: str | None = None
    created_at: str
    updated_at: str | None = None
    heartbeat_at: str | None = None
    status: SnapshotStatus | None = None
    finish_reason: AgentFinishReason | None = None
    error: RuntimeError_ | None = None
    state: SessionState | None = None


class AgentInit(WireModel):
    """The starting point of a run: a session, a snapshot, or a state kept by the client."""

    session_id: str | None = None
    snapshot_id: str | None = None
    state: SessionState | None = None


class AgentResume(WireModel):
    """Tool responses and restarts that resume an interrupted turn."""

    respond: list[ToolResponsePart] | None = None
    restart: list[ToolRequestPart] | None = None


class AgentInput(WireModel):
    """The input of one turn."""

    detach: bool | None = None
    message: Message | None = None
    resume: AgentResume | None = None


class TurnEnd(WireModel):
    """Marks the end of a turn in the stream."""

    snapshot_id: str | None = None
    finish_reason: AgentFinishReason | None = None


class AgentStreamChunk(WireModel):
    """A chunk of an agent's stream; exactly one field is set."""

    model_chunk: GenerateResponseChunk | None = None
    custom_patch: JsonPatch | None = None
    artifact: Artifact | None = None
    turn_end: TurnEnd | None = None


class AgentResult(WireModel):
    """The return value of an agent's handler."""

    message: Message | None = None
    artifacts: list[Artifact] | None = None
    finish_reason: AgentFinishReason | None = None


class AgentOutput(AgentResult):
    """The result of a run."""

    session_id: str | None = None
    snapshot_id: str | None = None
    state: SessionState | None = None
    error: RuntimeError_ | None = None


class AgentMetadata(WireModel):
    """An agent's description of itself in the metadata of its action."""

    state_management: AgentStateManagement
    abortable: bool
    state_schema: dict[str, Any] | None = None


class AgentAbortRequest(WireModel):
    """A request to abort the work that a snapshot belongs to."""

    snapshot_id: str


class AgentAbortResponse(WireModel):
    """The response to an abort: the status the snapshot had; absent if the snapshot is unknown."""

    snapshot_id: str
    status: SnapshotStatus | None = None


class GetSnapshotRequest(WireModel):
    """A request for a snapshot, by snapshot id or session id."""

    snapshot_id: str | None = None
    session_id: str | None = None
