# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Signs the tool requests that wait in a conversation which the client keeps.

Without a store the history comes back from the client, who may have written requests into it that no model made. A
restart runs a tool, so it needs proof: a keyed digest in the metadata of the request that the agent handed out.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Final

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.serialize import canonical_json
from genkit.types import Message, Part, Role, ToolRequestPart


SECRET_VARIABLE: Final = 'GENKIT_AGENT_SECRET'  # noqa: S105  (a variable's name)
_SIGNATURE: Final = 'genkitSignature'


class RequestSigner:
    """Signs and verifies the waiting requests of one agent.

    The key is ``GENKIT_AGENT_SECRET`` if it is set; else it is made at random and lasts as long as the process, so that
    several processes, or one that was restarted, need the variable.

    Args:
        agent: The agent's name; requests of another agent do not verify.
    """

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def signed(self, message: Message, session_id: str) -> Message:
        """Return a message with a signature on each waiting request; the same message if none waits."""
        if message.role != Role.MODEL or not any(map(_waits, message.content)):
            return message
        return message.replaced(content=[self._signed(part, session_id) for part in message.content])

    def check(self, history: Sequence[Message], session_id: str) -> None:
        """Verify every request of the last message that has no answer yet, whether or not it says that it waits.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for one that this agent did not hand out in this session.
        """
        for part in history[-1].content if history else ():
            if not isinstance(part, ToolRequestPart) or not _waits(part):
                continue
            given = (part.metadata or {}).get(_SIGNATURE)
            if isinstance(given, str) and hmac.compare_digest(given, self._digest(part, session_id)):
                continue
            raise GenkitError(
                f'The request of tool {part.tool_request.name!r} carries no valid signature of agent {self._agent!r}, '
                'so it is not run. Send the state back as it was received. If several processes serve the agent, '
                f'set {SECRET_VARIABLE} to the same text in all of them, or give the agent a store.',
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_RESUME,
            )

    def _signed(self, part: Part, session_id: str) -> Part:
        if not isinstance(part, ToolRequestPart) or not _waits(part):
            return part
        return part.replaced(metadata={**(part.metadata or {}), _SIGNATURE: self._digest(part, session_id)})

    def _digest(self, part: ToolRequestPart, session_id: str) -> str:
        request = part.tool_request
        interrupt = (part.metadata or {}).get('interrupt')
        members = [self._agent, session_id, request.name, request.ref, request.input, interrupt]
        return hmac.new(_key(), canonical_json(members).encode(), hashlib.sha256).hexdigest()


def _waits(part: Part) -> bool:
    return isinstance(part, ToolRequestPart) and 'pendingOutput' not in (part.metadata or {})


def _key() -> bytes:
    return os.environ.get(SECRET_VARIABLE, '').encode() or _random_key()


@cache
def _random_key() -> bytes:
    return secrets.token_bytes(32)
