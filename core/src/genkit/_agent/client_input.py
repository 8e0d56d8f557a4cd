# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Decides what an agent accepts of its clients: messages, answers, restarts, states and ids.

What a client writes proves nothing. An answer counts only if the history, as it was before this input, holds the
request that it answers.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from genkit._agent.signing import RequestSigner
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.serialize import canonical_json
from genkit._generate.resume import abandon_requests, request_label, waiting_requests
from genkit.types import (
    AgentInput,
    AgentResume,
    Message,
    ReasoningPart,
    ResourcePart,
    Role,
    SessionState,
    ToolRequestPart,
    ToolResponsePart,
)
from genkit.types.message import nested_interrupts


WhileWaiting: TypeAlias = "Literal['refuse', 'abandon'] | Callable[[ToolRequestPart], Any]"

_LONGEST_ID: Final = 512
# What the application puts in place of a pointer is the application's to choose.
_OF_THE_SERVER: Final = (ResourcePart,)
# What only models and tools write.
_NOT_FROM_CLIENTS: Final = (ToolRequestPart, ToolResponsePart, ReasoningPart, *_OF_THE_SERVER)
# Marks by which the prompt of an agent tells its own messages from those of the conversation.
RESERVED_METADATA: Final = frozenset({'_genkit_history', 'agentPreamble', '_genkit_agent_preamble'})


@dataclass(frozen=True, kw_only=True)
class ClientRules:
    """Permissions of an agent's clients.

    Attributes:
        roles: The roles of the messages that they may write.
        replaced_input: Whether they may restart a tool with another input than the model asked for.
        while_waiting: What becomes of a plain message while tool requests wait for an answer: ``refuse`` it,
            ``abandon`` the requests, or a function that returns the output with which each of them is answered.
    """

    roles: Collection[Role | str] = (Role.USER,)
    replaced_input: bool = False
    while_waiting: WhileWaiting = 'refuse'


@dataclass(frozen=True)
class InputCheck:
    """Checks the inputs of one run.

    Attributes:
        agent: The agent's name.
        rules: What its clients may do.
        by_application: Whether the application itself talks with the agent, from code; it may write any role and
            replace inputs.
        signer: Verifies requests in a history that the client keeps; None where the server keeps it.
    """

    agent: str
    rules: ClientRules
    by_application: bool
    signer: RequestSigner | None = None

    def accepted(self, given: AgentInput, history: list[Message], session_id: str) -> list[Message]:
        """Return the history that an input follows: the given one, or one that ends requests abandoned for the input.

        Args:
            given: The input.
            history: The conversation before it.
            session_id: The session.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a message or an answer that is not accepted,
                ``FAILED_PRECONDITION`` for a message while requests wait.
        """
        if given.message is not None:
            if given.resume is not None:
                raise GenkitError(
                    'An input has either a message or a resume; this one has both. Send the message after the answer.',
                    status='INVALID_ARGUMENT',
                )
            self._check_message(given.message)
            return self._after_waiting(history)
        if given.resume is not None:
            self._check_resume(given.resume, history, session_id)
            return history
        return self._after_waiting(history)

    def check_state(self, state: SessionState) -> None:
        """Refuse a state whose messages have roles that this client may not write.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``.
        """
        if self.by_application:
            return
        allowed = {Role.USER, Role.MODEL, Role.TOOL, *self.rules.roles}
        for number, message in enumerate(state.messages or ()):
            if message.role not in allowed:
                raise self._role_refused(f'state.messages[{number}].role', message.role, sorted(map(str, allowed)))
            self._check_parts(f'state.messages[{number}]', message)

    def _check_message(self, message: Message) -> None:
        if self.by_application:
            return
        if message.role not in self.rules.roles:
            raise self._role_refused('message.role', message.role, sorted(map(str, self.rules.roles)))
        self._check_parts('message', message)
        reserved = RESERVED_METADATA & (message.metadata or {}).keys()
        if reserved:
            raise GenkitError(
                f'message.metadata has {sorted(reserved)!r}, which only agents set. Leave it out.',
                status='INVALID_ARGUMENT',
            )

    def _check_parts(self, place: str, message: Message) -> None:
        refused = _OF_THE_SERVER if message.role in {Role.MODEL, Role.TOOL} else _NOT_FROM_CLIENTS
        for number, part in enumerate(message.content):
            if isinstance(part, refused):
                raise GenkitError(
                    f'{place}.content[{number}] is a {type(part).__name__}, which clients do not write. Send text, '
                    "media or data; answer the requests of tools with 'resume'.",
                    status='INVALID_ARGUMENT',
                    reason=ErrorReason.INVALID_PART,
                )

    def _role_refused(self, place: str, role: str, allowed: list[str]) -> GenkitError:
        return GenkitError(
            f'{place} is {str(role)!r}; clients of agent {self.agent!r} may write {", ".join(map(repr, allowed))}. '
            'Send it as one of these, or define the agent with client_roles=….',
            status='INVALID_ARGUMENT',
        )

    def _after_waiting(self, history: list[Message]) -> list[Message]:
        waiting = waiting_requests(history)
        if not waiting:
            return history
        if self.rules.while_waiting == 'refuse':
            names = ', '.join(map(request_label, waiting))
            raise GenkitError(
                f'Agent {self.agent!r} waits for an answer to {names}. Answer with resume, or define the agent with '
                "while_waiting='abandon' to let a message end the wait.",
                status='FAILED_PRECONDITION',
                reason=ErrorReason.UNRESOLVED_TOOL_REQUEST,
            )
        output_of = _abandoned if self.rules.while_waiting == 'abandon' else self.rules.while_waiting
        return [*history[:-1], *abandon_requests(history[-1], output_of)]

    def _check_resume(self, resume: AgentResume, history: Sequence[Message], session_id: str) -> None:
        requests = [
            part for m in reversed(history) if m.role == Role.MODEL for part in (*m.tool_requests, *m.interrupts)
        ]
        for answer in resume.respond or ():
            if not self.by_application:
                _check_content(answer)
            _require(requests, answer.tool_response.name, answer.tool_response.ref, 'response')
        for restart in resume.restart or ():
            request = restart.tool_request
            found = _require(requests, request.name, request.ref, 'restart')
            metadata = restart.metadata or {}
            replaces = 'replacedInput' in metadata and (self.by_application or self.rules.replaced_input)
            original = metadata['replacedInput'] if replaces else request.input
            if canonical_json(original) != canonical_json(found.tool_request.input):
                raise _forged(
                    f'The restart of tool {request.name!r} has modified inputs that do not match those in session '
                    'history'
                )
        runs_again = bool(resume.restart) or _waits_inside(history)
        if runs_again and self.signer is not None and not self.by_application:
            self.signer.check(history, session_id)


def _waits_inside(history: Sequence[Message]) -> bool:
    """Return whether an answer may be for what waits inside a request, which then runs again.

    The refs of an answer do not tell: a client that keeps the history chooses them all.
    """
    return any(nested_interrupts(part) for message in history for part in message.tool_requests)


def check_id(what: str, value: str | None) -> None:
    """Refuse an id that no store can keep.

    Args:
        what: Its name on the wire.
        value: The id; None is accepted.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is empty, longer than 512 characters, or not text that can be encoded.
    """
    if value is None or (value.isascii() and 0 < len(value) <= _LONGEST_ID and '\0' not in value):
        return
    if not 0 < len(value) <= _LONGEST_ID or '\0' in value or any('\ud800' <= letter <= '\udfff' for letter in value):
        raise GenkitError(
            f'{what} is {value[:60]!r}; expected 1 to {_LONGEST_ID} characters of Unicode text without NUL and without '
            'lone surrogates.',
            status='INVALID_ARGUMENT',
        )


def _check_content(answer: ToolResponsePart) -> None:
    for number, part in enumerate(answer.tool_response.content or ()):
        if isinstance(part, ResourcePart) or (isinstance(part, dict) and 'resource' in part):
            raise GenkitError(
                f'toolResponse.content[{number}] points to a resource, which clients do not. Send its content.',
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_PART,
            )


def _abandoned(_part: ToolRequestPart) -> Any:
    return {'error': 'Nobody answered this request; the conversation went on.'}


def _require(requests: Sequence[ToolRequestPart], name: str, ref: str | None, what: str) -> ToolRequestPart:
    for part in requests:
        if (part.tool_request.name, part.tool_request.ref) == (name, ref):
            return part
    label = f'{name!r} (ref {ref!r})' if ref else repr(name)
    raise _forged(f'The tool request {label} of a {what} was not found in session history')


def _forged(problem: str) -> GenkitError:
    return GenkitError(f'{problem}.', status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_RESUME)
