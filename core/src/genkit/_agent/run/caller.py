# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Gives the caller of a run chunks and states, as far as it may see them."""

import contextlib
from typing import Any

from genkit._action.bidi import BidiRunContext
from genkit._agent.opening import AgentDefinition
from genkit._agent.signing import RequestSigner
from genkit._base.errors import GenkitError
from genkit.types import AgentStreamChunk, Message, SessionState


class RunCaller:
    """The caller of one run of an agent.

    Args:
        agent: Decides what callers may see.
        context: The context of the call.
        signer: Signs the tool requests that wait in a state which the caller keeps; None if it keeps none.
        given: The messages that the caller has sent.
    """

    def __init__(
        self,
        agent: AgentDefinition,
        context: BidiRunContext[Any, Any],
        signer: RequestSigner | None,
        given: tuple[Message, ...],
    ) -> None:
        self._agent = agent
        self._context = context
        self._signer = signer
        self._given = given
        self._has_left = False

    def leave(self) -> None:
        """Send nothing from now on."""
        self._has_left = True

    def send(self, chunk: AgentStreamChunk) -> None:
        """Send a chunk; a connection that is closed is not an error."""
        if self._has_left:
            return
        transform = self._agent.chunk_transform
        shown = chunk if transform is None else transform(chunk, self._context.context)
        if shown is not None:
            with contextlib.suppress(GenkitError):
                self._context.send_chunk(shown)

    def shown_custom(self, state: SessionState) -> Any:
        """Return the application's own state as the caller may see it."""
        return self._agent.shown(state, self._context.context).custom

    def handed_out(self, message: Message | None, state: SessionState) -> tuple[Message | None, SessionState]:
        """Return the answer and the state for a caller that keeps them: the requests that wait in them are signed.

        What the caller sent is not: only a message that this run has made proves that a model made its requests.
        """
        messages = list(state.messages or ())
        if self._signer is not None and messages and not any(messages[-1] is given for given in self._given):
            signed = self._signer.signed(messages[-1], state.session_id or '')
            if signed is not messages[-1]:
                message = signed if message is messages[-1] or message == messages[-1] else message
                state = state.replaced(messages=[*messages[:-1], signed])
        return message, self._agent.shown(state, self._context.context)
