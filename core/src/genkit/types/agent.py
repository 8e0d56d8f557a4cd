# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What travels between agents and their clients."""

from typing import Any, Self

from pydantic import Field, PrivateAttr, RootModel

from genkit.types.generate import GenerateResponseChunk
from genkit.types.message import Message
from genkit.types.part import Part, ToolRequestPart, ToolResponsePart
from genkit.types.wire import WireEnum, WireModel


class AgentFinishReason(WireEnum):
    """Why an agent's turn or run ended."""

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
    """Who keeps an agent's state."""

    SERVER = 'server'
    CLIENT = 'client'


class SnapshotStatus(WireEnum):
    """How far the work behind a snapshot has come."""

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
    """One step of a JSON patch."""

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
    """Something an agent made, such as a document."""

    name: str | None = None
    parts: list[Part]
    metadata: dict[str, Any] | None = None


class SessionState(WireModel):
    """All that an agent remembers of a session."""

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
    """Where a run begins: a session, a snapshot, or a state the client kept."""

    session_id: str | None = None
    snapshot_id: str | None = None
    state: SessionState | None = None


class AgentResume(WireModel):
    """How an interrupted turn goes on."""

    respond: list[ToolResponsePart] | None = None
    restart: list[ToolRequestPart] | None = None


class AgentInput(WireModel):
    """One turn's input."""

    detach: bool | None = None
    message: Message | None = None
    resume: AgentResume | None = None


class TurnEnd(WireModel):
    """Closes a turn in the stream."""

    snapshot_id: str | None = None
    finish_reason: AgentFinishReason | None = None


class AgentStreamChunk(WireModel):
    """A piece of an agent's stream; exactly one member is set."""

    model_chunk: GenerateResponseChunk | None = None
    custom_patch: JsonPatch | None = None
    artifact: Artifact | None = None
    turn_end: TurnEnd | None = None


class AgentResult(WireModel):
    """What an agent's handler returns."""

    message: Message | None = None
    artifacts: list[Artifact] | None = None
    finish_reason: AgentFinishReason | None = None


class AgentOutput(AgentResult):
    """How a run ended."""

    session_id: str | None = None
    snapshot_id: str | None = None
    state: SessionState | None = None
    error: RuntimeError_ | None = None


class AgentMetadata(WireModel):
    """What an agent says of itself in its action's metadata."""

    state_management: AgentStateManagement
    abortable: bool
    state_schema: dict[str, Any] | None = None


class AgentAbortRequest(WireModel):
    """Asks for the work behind a snapshot to stop."""

    snapshot_id: str


class AgentAbortResponse(WireModel):
    """The status the snapshot had; absent for an unknown one."""

    snapshot_id: str
    status: SnapshotStatus | None = None


class GetSnapshotRequest(WireModel):
    """Asks for a snapshot by its own id or its session's."""

    snapshot_id: str | None = None
    session_id: str | None = None
