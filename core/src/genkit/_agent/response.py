# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a run of an agent ended, well or badly."""

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
    """An agent's run that failed.

    Attributes:
        response: How it ended; its state and snapshot are the last good ones.
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
        """The last good state, where clients keep it."""
        return self.response.output.state

    @property
    def snapshot_id(self) -> str | None:
        """The last good snapshot."""
        return self.response.snapshot_id


class AgentResponse:
    """How a run ended.

    Args:
        output: As the agent gave it.
        total_usage: What it consumed.

    Attributes:
        total_usage: What all models consumed that the turn asked, those of tools and of other agents among them; empty
            for an agent that is served somewhere else, which does not tell.
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
        """Its text."""
        return self.output.message.text if self.output.message else ''

    @property
    def reasoning(self) -> str:
        """What the model thought on the way."""
        return self.output.message.reasoning if self.output.message else ''

    @property
    def media(self) -> list[MediaPart]:
        """Its images, sounds and videos."""
        return self.output.message.media if self.output.message else []

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """Its tool requests."""
        return self.output.message.tool_requests if self.output.message else []

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """Those that wait for a human; answer them with `AgentChat.resume`."""
        return self.output.message.interrupts if self.output.message else []

    @property
    def artifacts(self) -> list[Artifact]:
        """What the agent made."""
        return list(self.output.artifacts or ())

    @property
    def finish_reason(self) -> AgentFinishReason | None:
        """Why it ended."""
        return self.output.finish_reason

    @property
    def session_id(self) -> str | None:
        """The session."""
        state = self.output.state
        return self.output.session_id or (state.session_id if state else None)

    @property
    def snapshot_id(self) -> str | None:
        """Where the next turn begins, where the server keeps sessions."""
        return self.output.snapshot_id

    def assert_valid(self) -> None:
        """Raise if the run failed.

        Raises:
            AgentError: With the agent's own status, message and details.
        """
        if self.finish_reason == AgentFinishReason.FAILED or self.output.error is not None:
            raise AgentError(self)
