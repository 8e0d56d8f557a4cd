# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The events of a run."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from genkit.types import (
    AgentFinishReason,
    Artifact,
    GenerationUsage,
    JsonPatchOperation,
    Part,
    ToolRequestPart,
    ToolResponsePart,
)


@dataclass(frozen=True, slots=True)
class StepStart:
    """A call of the model begins; what it says and the tools it calls belong to the step."""


@dataclass(frozen=True, slots=True)
class StepEnd:
    """A step has ended."""


@dataclass(frozen=True, slots=True)
class TextStart:
    """A text begins.

    Attributes:
        id: Of the text, unique in the run.
    """

    id: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A text grows.

    Attributes:
        id: Of the text.
        text: What is appended, never empty.
    """

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class TextEnd:
    """A text is complete."""

    id: str


@dataclass(frozen=True, slots=True)
class ReasoningStart:
    """Reasoning begins."""

    id: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """Reasoning grows."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningEnd:
    """Reasoning is complete.

    Attributes:
        id: Of the reasoning.
        metadata: What the provider wants back with it, such as a signature.
    """

    id: str
    metadata: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ToolInputStart:
    """A call of a tool begins; its input is still to come.

    Attributes:
        id: Of the call, unique in the session; see `call_ids`.
        name: Of the tool.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ToolInputDelta:
    """The input of a tool grows.

    Attributes:
        id: Of the call.
        text: What is appended to its JSON.
    """

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolInput:
    """A tool is called: its input is complete, whatever came before as text."""

    id: str
    name: str
    input: Any


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """A tool has answered, or was answered for.

    Attributes:
        id: Of the call.
        name: Of the tool.
        output: For the model.
        content: Media and further parts.
    """

    id: str
    name: str
    output: Any
    content: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class PartAdded:
    """A part of the answer that comes whole: media, data, or a provider's own."""

    part: Part


@dataclass(frozen=True, slots=True)
class CustomChange:
    """The custom state has changed.

    Attributes:
        value: The whole state after the change.
        patch: What changed since the last one in this run; None for the first.
    """

    value: Any
    patch: list[JsonPatchOperation] | None


@dataclass(frozen=True, slots=True)
class ArtifactChange:
    """An artifact is there, or has been replaced.

    Attributes:
        id: Its name, or a number within the run.
        artifact: All of it.
    """

    id: str
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call of a tool that waits for a person.

    Attributes:
        id: Of the call.
        part: The request; its metadata hold what was asked, as ``interrupt``.
    """

    id: str
    part: ToolRequestPart

    @property
    def question(self) -> Any:
        """What the tool says about it, usually an object; None if it says nothing."""
        said = (self.part.metadata or {}).get('interrupt')
        return None if said is True else said

    @property
    def is_question(self) -> bool:
        """Whether an output is wanted in the tool's place, as of one that ``define_interrupt`` made, and no consent."""
        asked = self.question
        return asked is None or (isinstance(asked, dict) and asked.keys() == {'input'})

    def allow(self, replace_input: Any = None) -> ToolRequestPart:
        """Return the consent to this call, for ``restart`` of a resume.

        Args:
            replace_input: In place of the model's input, where the agent lets its clients do that.
        """
        return self.part.restart({'toolApproved': True}, replace_input=replace_input)

    def deny(self, reason: str | None = None) -> ToolResponsePart:
        """Return the refusal of this call, for ``respond`` of a resume; the model reads the reason."""
        output = {'denied': True, 'error': 'The user did not allow this call.'}
        return self.part.respond({**output, 'reason': reason} if reason else output)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The run ends here and goes on when all of these calls are answered."""

    calls: list[WaitingCall]


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The run has ended; no event follows.

    Attributes:
        reason: Why.
        session_id: Of the conversation.
        snapshot_id: Where it goes on; None without a store.
        usage: Of all models that were called.
        error: Of a run that failed, as clients may see it: status, message and details.
    """

    reason: AgentFinishReason
    session_id: str | None = None
    snapshot_id: str | None = None
    usage: GenerationUsage | None = None
    error: dict[str, Any] | None = None


AgentEvent: TypeAlias = (
    StepStart
    | StepEnd
    | TextStart
    | TextDelta
    | TextEnd
    | ReasoningStart
    | ReasoningDelta
    | ReasoningEnd
    | ToolInputStart
    | ToolInputDelta
    | ToolInput
    | ToolOutput
    | PartAdded
    | CustomChange
    | ArtifactChange
    | Waiting
    | RunEnd
)
