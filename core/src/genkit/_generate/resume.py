# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Goes on with a generation that was interrupted: answers, restarts, and what was finished already."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeVar, cast

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.serialize import canonical_json
from genkit._base.suggest import as_list, refuse
from genkit._generate.tools import ToolOutcome, ToolRunner, run_together, tool_message
from genkit.types import Message, Resume, Role, ToolRequestPart, ToolResponse, ToolResponsePart
from genkit.types.message import inner_ref, nested_interrupts


PartT = TypeVar('PartT', ToolRequestPart, ToolResponsePart)
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


def read_answers(name: str, given: Any) -> list[ToolResponsePart]:
    """Return the answers to interrupts that were given, one or several.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    way_out = f'expected answers to interrupts: write {name}=[part.respond(output)] for a part of response.interrupts'
    return _read_parts(name, given, ToolResponsePart, f'{way_out}.')


def read_restarts(name: str, given: Any) -> list[ToolRequestPart]:
    """Return the requests that are to run again, one or several.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    way_out = f'expected requests to run again: write {name}=[part.restart()] for a part of response.interrupts'
    return _read_parts(name, given, ToolRequestPart, f'{way_out}.')


def _read_parts(name: str, given: Any, kind: type[PartT], way_out: str) -> list[PartT]:
    parts: list[PartT] = []
    for number, part in enumerate(as_list(name, given, way_out)):
        place = f'{name}[{number}]'
        if isinstance(part, kind):
            parts.append(part)
            continue
        if not isinstance(part, Mapping):
            refuse(place, part, way_out, ErrorReason.INVALID_RESUME)
        try:
            parts.append(kind.model_validate(part))
        except ValueError:
            refuse(place, cast('Any', part), way_out, ErrorReason.INVALID_RESUME)
    return parts


def waiting_requests(messages: Sequence[Message]) -> list[ToolRequestPart]:
    """Return the tool requests at the end of a conversation that have no answer yet."""
    if not messages or messages[-1].role != Role.MODEL:
        return []
    return [part for part in messages[-1].tool_requests if 'pendingOutput' not in (part.metadata or {})]


def request_label(part: ToolRequestPart) -> str:
    """Return how messages name a tool request."""
    request = part.tool_request
    return f'{request.name!r} (ref {request.ref!r})' if request.ref else repr(request.name)


def abandon_requests(message: Message, output_of: Callable[[ToolRequestPart], Any]) -> tuple[Message, Message]:
    """Return a message whose requests wait for nothing any more, and the tool message that answers them.

    Args:
        message: A model's, with tool requests at the end of a conversation.
        output_of: Returns the output with which a request is answered; those with their own output keep it.
    """
    outcomes: list[ToolOutcome] = []
    for part in message.tool_requests:
        metadata = part.metadata or {}
        if 'pendingOutput' in metadata:
            outcomes.append(_pending_outcome(part, metadata))
            continue
        request = part.tool_request
        answer = ToolResponse(name=request.name, ref=request.ref, output=output_of(part))
        outcomes.append(ToolOutcome(_resolved(part), ToolResponsePart(tool_response=answer)))
    return with_requests(message, outcomes), tool_message(outcomes, {'abandoned': True})


def with_requests(message: Message, outcomes: Sequence[ToolOutcome]) -> Message:
    """Return a model's message with its tool requests as they stand after resuming."""
    requests = iter(outcome.request for outcome in outcomes)
    content = [next(requests) if isinstance(part, ToolRequestPart) else part for part in message.content]
    return message.replaced(content=content)


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
        # Only a restart that says so explicitly, with false, runs the tool as if for the first time.
        resumed=metadata.get('resumed', True) or None,
        original_input=metadata.get('replacedInput'),
        interrupt_metadata=(part.metadata or {}).get('interrupt'),
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
    restarts += [found for part in requests if (found := _taken_inside(part, responses, restarts)) is not None]
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


def _taken_inside(
    part: ToolRequestPart, responses: list[ToolResponsePart], restarts: list[ToolRequestPart]
) -> ToolRequestPart | None:
    """Take the answers to what waits inside a request, such as that of an agent, and return the restart they make."""
    inside = nested_interrupts(part)
    if not inside:
        return None
    answers = [entry for entry in responses if any(_same(leaf, entry.tool_response) for leaf in inside)]
    again = [entry for entry in restarts if any(_restarts(leaf, entry) for leaf in inside)]
    if not answers and not again:
        return None
    responses[:] = [entry for entry in responses if entry not in answers]
    restarts[:] = [entry for entry in restarts if entry not in again]
    resumed = {
        'respond': [
            entry.replaced(tool_response=entry.tool_response.replaced(ref=inner_ref(part, entry.tool_response.ref)))
            for entry in answers
        ],
        'restart': [
            entry.replaced(tool_request=entry.tool_request.replaced(ref=inner_ref(part, entry.tool_request.ref)))
            for entry in again
        ],
    }
    return ToolRequestPart(tool_request=part.tool_request, metadata={'resumed': resumed})


def _restarts(part: ToolRequestPart, restart: ToolRequestPart) -> bool:
    """Return whether a restart is one of a request: the input, before it was replaced, is the same."""
    original = (restart.metadata or {}).get('replacedInput', restart.tool_request.input)
    return _same(part, restart.tool_request) and canonical_json(original) == canonical_json(part.tool_request.input)


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
