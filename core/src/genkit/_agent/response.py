# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The response of an agent, and the error of a failed run."""

from typing import Any, cast

from genkit._base.errors import GenkitError
from genkit.types import (
    AgentFinishReason,
    AgentOutput,
    Artifact,
    GenerationUsage,
    MediaPart,
    Message,
    SessionState,
    ToolRequestPart,
)
from genkit.types.display import note, text_block


class AgentError(GenkitError):
    """Raised when an agent's run failed.

    Attributes:
        response: The response of the run, with the last good state and snapshot.
    """

    def __init__(self, response: 'AgentResponse') -> None:
        error = response.output.error
        message = error.message if error is not None else f'The agent ended with {response.finish_reason!r}.'
        details: Any = error.details if error is not None else None
        cause = None if error is None else error.cause
        if cause is not None:
            message = cause.original_message if isinstance(cause, GenkitError) else str(cause) or type(cause).__name__
        super().__init__(
            message,
            status=error.status if error is not None else None,
            details=cast('dict[str, Any]', details) if isinstance(details, dict) else None,
        )
        self.response = response
        self.__cause__ = cause

    @property
    def state(self) -> SessionState | None:
        """The last good state, if clients keep the state."""
        return self.response.output.state

    @property
    def snapshot_id(self) -> str | None:
        """The id of the last good snapshot."""
        return self.response.snapshot_id


class AgentResponse:
    """The response of an agent.

    Args:
        output: The output of the agent's action.
        total_usage: The usage of all models it called.

    Attributes:
        total_usage: The usage of all models that the turn called, including calls by tools and other agents; empty
            for a remote agent, which does not report it.
    """

    def __init__(self, output: AgentOutput, total_usage: GenerationUsage | None = None) -> None:
        self.output = output
        self.total_usage = total_usage or GenerationUsage()

    def __repr__(self) -> str:
        """Return what was said, and how it ended."""
        members: dict[str, Any] = {'text': self.text}
        if self.finish_reason is not None:
            members['finish_reason'] = str(self.finish_reason)
        counts = {'interrupts': len(self.interrupts), 'artifacts': len(self.artifacts)}
        members |= {name: count for name, count in counts.items() if count}
        return f'AgentResponse({", ".join(f"{name}={value!r}" for name, value in members.items())})'

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the text, then how it ended, what waits and what was made."""
        facts = [] if self.finish_reason in {None, AgentFinishReason.STOP} else [f'finished: {self.finish_reason}']
        lists = {'media': self.media, 'interrupts': self.interrupts, 'artifacts': self.artifacts}
        facts += [f'{name}: {len(held)}' for name, held in lists.items() if held]
        if self.total_usage.input_tokens is not None or self.total_usage.output_tokens is not None:
            facts.append(f'tokens: {self.total_usage.input_tokens or 0} in, {self.total_usage.output_tokens or 0} out')
        return (text_block(self.text) if self.text else '') + note(facts)

    @property
    def message(self) -> Message | None:
        """The last message."""
        return self.output.message

    @property
    def text(self) -> str:
        """The text of the last message."""
        return self.output.message.text if self.output.message else ''

    @property
    def reasoning(self) -> str:
        """The reasoning in the last message."""
        return self.output.message.reasoning if self.output.message else ''

    @property
    def media(self) -> list[MediaPart]:
        """The images, audio and videos of the last message."""
        return self.output.message.media if self.output.message else []

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """The tool requests of the last message."""
        return self.output.message.tool_requests if self.output.message else []

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """The interrupted tool requests; respond to them with `AgentChat.resume`."""
        return self.output.message.interrupts if self.output.message else []

    @property
    def artifacts(self) -> list[Artifact]:
        """The artifacts that the agent produced."""
        return list(self.output.artifacts or ())

    @property
    def finish_reason(self) -> AgentFinishReason | None:
        """The reason why the run ended."""
        return self.output.finish_reason

    @property
    def session_id(self) -> str | None:
        """The session id."""
        state = self.output.state
        return self.output.session_id or (state.session_id if state else None)

    @property
    def snapshot_id(self) -> str | None:
        """The snapshot that the next turn continues, if the server keeps sessions."""
        return self.output.snapshot_id

    def assert_valid(self) -> None:
        """Raise if the run failed.

        Raises:
            AgentError: With the agent's own status, message and details.
        """
        if self.finish_reason == AgentFinishReason.FAILED or self.output.error is not None:
            raise AgentError(self)
