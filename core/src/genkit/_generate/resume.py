# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Goes on with a generation that was interrupted: answers, restarts, and what was finished already."""

from collections.abc import Sequence
from typing import Any, Final, NoReturn

from genkit._base.errors import ErrorReason, GenkitError
from genkit._generate.tools import ToolOutcome, ToolRunner, run_together
from genkit.types import Message, Resume, Role, ToolRequestPart, ToolResponse, ToolResponsePart


_PENDING_KEYS: Final = ('pendingOutput', 'pendingContent', 'pendingMetadata')


async def resume_tools(runner: ToolRunner, messages: Sequence[Message], resume: Resume) -> list[ToolOutcome]:
    """Return the outcome of every tool request in the last message.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if the last message is not a model's with tool requests,
            ``INVALID_ARGUMENT`` for a request that stays unanswered, an answer to no request, or a restart that was
            tampered with.
    """
    requests = messages[-1].tool_requests if messages and messages[-1].role == Role.MODEL else []
    if not requests:
        raise GenkitError(
            "Cannot 'resume' generation unless the last message is a model's with at least one tool request. "
            'Pass messages=response.messages of the interrupted response.',
            status='FAILED_PRECONDITION',
            reason=ErrorReason.INVALID_RESUME,
        )
    answers = _pair(requests, resume)
    return await run_together([_outcome(runner, part, said) for part, said in zip(requests, answers, strict=True)])


async def _outcome(
    runner: ToolRunner, part: ToolRequestPart, said: ToolResponsePart | ToolRequestPart | None
) -> ToolOutcome:
    metadata = part.metadata or {}
    if 'pendingOutput' in metadata:
        return _pending_outcome(part, metadata)
    if isinstance(said, ToolResponsePart):
        return ToolOutcome(_resolved(part), said)
    if isinstance(said, ToolRequestPart):
        return await _restarted(runner, part, said)
    raise GenkitError(
        f'Unresolved tool request {_label(part)!r}: answer it with resume_respond=[tool_response(part, output)] '
        'or run it again with resume_restart=[restart_tool(part)].',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.UNRESOLVED_TOOL_REQUEST,
    )


def _pending_outcome(part: ToolRequestPart, metadata: dict[str, Any]) -> ToolOutcome:
    request = part.tool_request
    kept = {name: value for name, value in metadata.items() if name not in _PENDING_KEYS}
    answer = ToolResponse(
        name=request.name,
        ref=request.ref,
        output=metadata['pendingOutput'],
        content=metadata.get('pendingContent'),
    )
    source: dict[str, Any] = {**(metadata.get('pendingMetadata') or {}), 'source': 'pending'}
    return ToolOutcome(part.replaced(metadata=kept or None), ToolResponsePart(tool_response=answer, metadata=source))


async def _restarted(runner: ToolRunner, part: ToolRequestPart, restart: ToolRequestPart) -> ToolOutcome:
    metadata = restart.metadata or {}
    outcome = await runner.run(
        restart,
        resumed=metadata.get('resumed', True),
        original_input=metadata.get('replacedInput'),
    )
    return (
        ToolOutcome(part, interrupt=outcome.interrupt)
        if outcome.interrupt
        else ToolOutcome(_resolved(part), outcome.response)
    )


def _resolved(part: ToolRequestPart) -> ToolRequestPart:
    """Return a request whose interrupt has been dealt with."""
    metadata = dict(part.metadata or {})
    if 'interrupt' in metadata:
        metadata['resolvedInterrupt'] = metadata.pop('interrupt')
    return part.replaced(metadata=metadata or None)


def _pair(requests: Sequence[ToolRequestPart], resume: Resume) -> list[ToolResponsePart | ToolRequestPart | None]:
    """Return what was said to each request, in order; what was said to none of them is refused."""
    responses, restarts = list(resume.respond or ()), list(resume.restart or ())
    said: list[ToolResponsePart | ToolRequestPart | None] = []
    for part in requests:
        waiting = 'pendingOutput' not in (part.metadata or {})
        answer = next((entry for entry in responses if waiting and _same(part, entry.tool_response)), None)
        restart = next((entry for entry in restarts if waiting and _restarts(part, entry)), None)
        if answer is not None:
            responses.remove(answer)
        elif restart is not None:
            restarts.remove(restart)
        said.append(answer if answer is not None else restart)
    for answer in responses:
        if not any(_same(part, answer.tool_response) for part in requests):
            _refuse(f'The answer to {answer.tool_response.name!r} was not found in the last message')
    for restart in restarts:
        if not any(_same(part, restart.tool_request) for part in requests):
            _refuse(f'The restart of {_label(restart)!r} was not found in the last message')
        if not any(_restarts(part, restart) for part in requests):
            _refuse(f'The restart of {_label(restart)!r} has an input that does not match the original request')
    return said


def _restarts(part: ToolRequestPart, restart: ToolRequestPart) -> bool:
    """Return whether a restart is one of a request: the input, before it was replaced, is the same."""
    original = (restart.metadata or {}).get('replacedInput', restart.tool_request.input)
    return _same(part, restart.tool_request) and original == part.tool_request.input


def _refuse(what: str) -> NoReturn:
    raise GenkitError(
        f'{what}. Build it from `response.interrupts` with tool_response or restart_tool.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_RESUME,
    )


def _same(part: ToolRequestPart, other: Any) -> bool:
    return part.tool_request.name == other.name and part.tool_request.ref == other.ref


def _label(part: ToolRequestPart) -> str:
    request = part.tool_request
    return f'{request.name}#{request.ref}' if request.ref else request.name
