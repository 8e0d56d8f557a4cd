# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Questions of a server as an interrupt's metadata, and the answers with which it is restarted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from genkit import GenkitError, Interrupt, ToolRequestPart


if TYPE_CHECKING:
    from mcp.types import ElicitResult

ACTIONS: Final = ('accept', 'decline', 'cancel')


def question_interrupt(server: str, questions: Mapping[str, Any], **held: Any) -> Interrupt:
    """Return the interrupt for questions: ``{'question': text, 'mcp': {'server', 'questions', …}}``.

    Args:
        server: The server's name.
        questions: By key; each has ``message`` and either ``requestedSchema`` or ``url``.
        held: What the restart needs: ``call``, or ``state`` and ``answered``.
    """
    texts = [str(question.get('message') or '') for question in questions.values()]
    known = {name: value for name, value in held.items() if value is not None}
    return Interrupt({'question': '\n'.join(texts), 'mcp': {'server': server, 'questions': dict(questions), **known}})


def questions_of(part: ToolRequestPart) -> dict[str, dict[str, Any]]:
    """Return the questions that a request of `response.interrupts` waits for, by key; empty if it is no server's.

    Each has ``message`` and either ``requestedSchema``, the JSON schema of the answer, or ``url``, an address for the
    user to open.
    """
    return dict(_members(_members(part.interrupt).get('mcp')).get('questions') or {})


def accept(part: ToolRequestPart, content: Mapping[str, Any] | None = None) -> ToolRequestPart:
    """Return the restart that answers a question with yes; the content is what its schema asks for."""
    return part.restart({'action': 'accept', 'content': dict(content or {})})


def decline(part: ToolRequestPart) -> ToolRequestPart:
    """Return the restart that answers a question with no; the server decides what its tool answers then."""
    return part.restart({'action': 'decline'})


def answers_for(questions: Mapping[str, Any], resumed: Any) -> dict[str, 'ElicitResult']:
    """Return the answers to questions from what a request was restarted with.

    Args:
        questions: By key.
        resumed: True for a plain yes, ``{'action', 'content'}`` for all, or ``{'answers': {key: …}}``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else, or a content that lacks what the schema requires.
    """
    by_key = _members(_members(resumed).get('answers')) or {}
    return {key: _answer(key, _members(question), by_key.get(key, resumed)) for key, question in questions.items()}


def _answer(key: str, question: Mapping[str, Any], given: Any) -> 'ElicitResult':
    from mcp.types import ElicitResult  # noqa: PLC0415  (a slow import)

    said = {'action': 'accept'} if given is True else _members(given)
    action = said.get('action')
    if action not in ACTIONS:
        raise GenkitError(
            f'The question {question.get("message")!r} of an MCP server was answered with {given!r}; expected '
            "{'action': 'accept', 'content': {…}}. Write accept(part, content) or decline(part) of genkit_mcp.",
            status='INVALID_ARGUMENT',
        )
    if action != 'accept':
        return ElicitResult(action=action)
    content = _members(said.get('content'))
    required = cast('list[Any]', _members(question.get('requestedSchema')).get('required') or [])
    missing = [name for name in required if name not in content]
    if missing:
        raise GenkitError(
            f'The answer to {question.get("message")!r} lacks {", ".join(map(repr, missing))}, which the server '
            'requires. Write accept(part, {…}) with them.',
            status='INVALID_ARGUMENT',
        )
    try:
        return ElicitResult(action='accept', content=None if 'url' in question else cast('Any', dict(content)))
    except ValueError as error:
        raise GenkitError(
            f'The answer {key!r} holds a value that is no text, number, truth value or list of texts.',
            status='INVALID_ARGUMENT',
            cause=error,
        ) from error


def _members(value: Any) -> Mapping[str, Any]:
    return cast('Mapping[str, Any]', value) if isinstance(value, Mapping) else {}
