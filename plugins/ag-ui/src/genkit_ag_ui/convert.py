# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Messages and answers of AG-UI and ours. No IO. Shapes: ``ag_ui.core``, https://docs.ag-ui.com."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from ag_ui.core import (
    AssistantMessage,
    FunctionCall,
    Interrupt,
    ReasoningMessage,
    ResumeEntry,
    RunAgentInput,
    ToolCall,
    ToolMessage,
    UserMessage,
)
from genkit import GenkitError
from genkit.agent import WaitingCall, call_ids
from genkit.plugin import to_data_url
from genkit.types import (
    AgentInput,
    AgentResume,
    Media,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
)


AgUiMessage = UserMessage | AssistantMessage | ToolMessage | ReasoningMessage

ID: Final = 'agUiMessageId'
_APPROVAL: Final[dict[str, Any]] = {
    'type': 'object',
    'properties': {'approved': {'type': 'boolean'}, 'editedArgs': {'type': 'object'}, 'reason': {'type': 'string'}},
    'required': ['approved'],
}


def to_message(request: RunAgentInput) -> Message:
    """Return what the user says: the user's messages at the end of a request.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it ends with none.
    """
    said: list[UserMessage] = []
    for message in reversed(request.messages):
        if not isinstance(message, UserMessage):
            break
        said.insert(0, message)
    parts = [part for message in said for part in _parts_of(message)]
    if not parts:
        raise GenkitError(
            'The messages must end with one of the user, or the request must hold a resume.', status='INVALID_ARGUMENT'
        )
    return Message(role=Role.USER, content=parts, metadata={ID: said[-1].id})


def to_answers(entries: Sequence[ResumeEntry], waiting: Sequence[WaitingCall]) -> AgentInput:
    """Return the answers of a resume to the calls that wait.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an answer to what does not wait or one that says nothing,
            ``FAILED_PRECONDITION`` if a call is left out.
    """
    given = {entry.interrupt_id: entry for entry in entries}
    unknown = given.keys() - {call.id for call in waiting}
    if unknown or len(given) < len(entries):
        raise GenkitError(
            f'The resume answers {sorted(unknown) or sorted(given)!r}, which does not wait, or answers it twice.',
            status='INVALID_ARGUMENT',
        )
    respond: list[ToolResponsePart] = []
    restart: list[ToolRequestPart] = []
    for call in waiting:
        if call.id not in given:
            raise GenkitError(
                f'The interrupt {call.id!r} waits for an answer, too: a resume answers all.',
                status='FAILED_PRECONDITION',
            )
        answer = _answer(call, given[call.id])
        (restart if isinstance(answer, ToolRequestPart) else respond).append(cast('Any', answer))
    return AgentInput(resume=AgentResume(respond=respond or None, restart=restart or None))


def to_interrupts(waiting: Iterable[WaitingCall]) -> list[Interrupt]:
    """Return the calls that wait as interrupts: with consent to give, or a question to answer."""
    return [_interrupt(call) for call in waiting]


def to_messages(messages: Sequence[Message]) -> list[AgUiMessage]:
    """Return a conversation as the messages that a client keeps."""
    shown: list[AgUiMessage] = []
    calls: dict[tuple[str, str | None], list[str]] = {}
    ids = call_ids(messages)
    for number, message in enumerate(messages):
        if message.role == Role.USER:
            known = (message.metadata or {}).get(ID)
            said = message.text or ' '.join(part.media.url for part in message.media)
            shown.append(UserMessage(id=str(known or f'user-{number}'), role='user', content=said))
        elif message.role == Role.MODEL:
            shown += _of_model(message, number, ids[number], calls)
        else:
            shown += _of_tools(message, calls)
    return shown


def to_text(value: Any) -> str:
    """Return the output of a tool as the text that the protocol wants."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _parts_of(message: UserMessage) -> Iterable[Part]:
    content = message.content
    if isinstance(content, str):
        return [TextPart(text=content)] if content else []
    return [_part_of(part) for part in content]


def _part_of(part: Any) -> Part:
    if part.type == 'text':
        return TextPart(text=part.text)
    source = part.source
    kind = getattr(source, 'mime_type', None)
    if source.type == 'data':
        return MediaPart(
            media=Media(url=to_data_url(source.value, kind or 'application/octet-stream'), content_type=kind)
        )
    if source.type == 'url':
        return MediaPart(media=Media(url=source.value, content_type=kind))
    raise GenkitError(
        f'A {part.type} of a provider, {source.value!r}, cannot be read here. Send its URL or its data.',
        status='INVALID_ARGUMENT',
    )


def _answer(call: WaitingCall, entry: ResumeEntry) -> ToolResponsePart | ToolRequestPart:
    payload: Any = entry.payload
    if entry.status == 'cancelled':
        return call.deny('The user cancelled it.')
    if call.is_question:
        return call.part.respond(payload)
    members = cast('dict[str, Any]', payload) if isinstance(payload, dict) else {}
    if members.get('approved') is True:
        return call.allow(members.get('editedArgs'))
    if members.get('approved') is False:
        reason = members.get('reason')
        return call.deny(reason if isinstance(reason, str) else None)
    raise GenkitError(
        f'The answer to {call.id!r} has the payload {payload!r}; expected {{"approved": true}}, or false.',
        status='INVALID_ARGUMENT',
    )


def _interrupt(call: WaitingCall) -> Interrupt:
    asked: Any = call.question
    text: Any = cast('dict[str, Any]', asked).get('message') if isinstance(asked, dict) else asked
    metadata: dict[str, Any] = {'toolName': call.part.tool_request.name}
    if asked is not None:
        metadata['question'] = asked
    return Interrupt(
        id=call.id,
        reason='input_required' if call.is_question else 'tool_call',
        message=text if isinstance(text, str) else None,
        tool_call_id=call.id,
        response_schema={} if call.is_question else _APPROVAL,
        metadata=metadata,
    )


def _of_model(
    message: Message, number: int, ids: Sequence[str], calls: dict[tuple[str, str | None], list[str]]
) -> Iterable[AgUiMessage]:
    reasoning = ''.join(part.reasoning for part in message.content if isinstance(part, ReasoningPart))
    if reasoning:
        yield ReasoningMessage(id=f'reasoning-{number}', role='reasoning', content=reasoning)
    requests: list[ToolCall] = []
    for part, call_id in zip(message.tool_requests, ids, strict=True):
        request = part.tool_request
        calls.setdefault((request.name, request.ref), []).append(call_id)
        called = FunctionCall(name=request.name, arguments=json.dumps(request.input, ensure_ascii=False))
        requests.append(ToolCall(id=call_id, type='function', function=called))
    text = message.text
    if text or requests:
        yield AssistantMessage(
            id=f'assistant-{number}', role='assistant', content=text or None, tool_calls=requests or None
        )
    for part, call_id in zip(message.tool_requests, ids, strict=True):
        if 'pendingOutput' in (part.metadata or {}):
            yield _result(call_id, (part.metadata or {})['pendingOutput'])


def _of_tools(message: Message, calls: dict[tuple[str, str | None], list[str]]) -> Iterable[AgUiMessage]:
    for part in message.tool_responses:
        response = part.tool_response
        waiting = calls.get((response.name, response.ref))
        if waiting:
            yield _result(waiting.pop(0), response.output)


def _result(call_id: str, output: Any) -> ToolMessage:
    return ToolMessage(id=f'result-{call_id}', role='tool', tool_call_id=call_id, content=to_text(output))
