# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Messages of the AI SDK and ours. No IO.

Shapes: https://ai-sdk.dev/docs/reference/ai-sdk-core/ui-message and the types of npm's ``ai`` 5 to 7.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.agent import WaitingCall, call_ids, waiting_calls
from genkit.plugin import content_type_of
from genkit.types import (
    AgentInput,
    AgentResume,
    DataPart,
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


UiMessage = dict[str, Any]
UiPart = dict[str, Any]

_UNKNOWN_TYPE: Final = 'application/octet-stream'


def message_id(history: Sequence[Message], *, continues: bool) -> str:
    """Return the id of the assistant's message that is written next.

    Args:
        history: The conversation so far.
        continues: Whether the last one goes on, after answers of the user; else a message of the user comes before it.
    """
    if not continues:
        return f'msg-{len(history) + 1}'
    place = len(history)
    while place > 0 and history[place - 1].role != Role.USER:
        place -= 1
    return f'msg-{place}'


def to_message(ui_message: Mapping[str, Any]) -> Message:
    """Return a message of the user: its texts and files.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is neither.
    """
    parts: list[Part] = []
    for part in _parts(ui_message):
        if part.get('type') == 'text' and isinstance(part.get('text'), str):
            parts.append(TextPart(text=part['text']))
        elif part.get('type') == 'file' and isinstance(part.get('url'), str):
            kind = part.get('mediaType')
            media = Media(url=part['url'], content_type=kind if isinstance(kind, str) else None)
            parts.append(MediaPart(media=media))
    if not parts:
        raise GenkitError(
            "The last message holds neither text nor a file: send parts such as {'type': 'text', 'text': 'Hello'}.",
            status='INVALID_ARGUMENT',
        )
    return Message(role=Role.USER, content=parts)


def to_answers(ui_message: Mapping[str, Any], waiting: Sequence[WaitingCall]) -> tuple[AgentInput, set[str]]:
    """Return what a client's last message answers to the calls that wait, and the ids of those that it denies.

    What it says of other calls is not believed, and not read.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if a call is left without an answer.
    """
    said = {part.get('toolCallId'): part for part in _parts(ui_message) if 'toolCallId' in part}
    respond: list[ToolResponsePart] = []
    restart: list[ToolRequestPart] = []
    denied: set[str] = set()
    for call in waiting:
        part = said.get(call.id, {})
        given: Any = part.get('approval')
        approval = cast('dict[str, Any]', given) if isinstance(given, dict) else {}
        if part.get('state') == 'output-available':
            respond.append(call.part.respond(part.get('output')))
        elif part.get('state') == 'output-error':
            respond.append(call.part.respond({'error': str(part.get('errorText'))}))
        elif part.get('state') == 'approval-responded' and approval.get('approved') is True:
            restart.append(call.allow())
        elif part.get('state') in {'approval-responded', 'output-denied'} and approval.get('approved') is False:
            denied.add(call.id)
            reason = approval.get('reason')
            respond.append(call.deny(reason if isinstance(reason, str) else None))
        else:
            raise GenkitError(
                f'The call {call.id!r} of {call.part.tool_request.name!r} waits for an answer, and the message has '
                'none: answer all that wait.',
                status='FAILED_PRECONDITION',
            )
    return AgentInput(resume=AgentResume(respond=respond or None, restart=restart or None)), denied


def to_ui_messages(messages: Sequence[Message]) -> list[UiMessage]:
    """Return a conversation as the messages that ``useChat`` keeps.

    What the model says until the user speaks again is one message, and calls that wait for approval say so.
    """
    ids = call_ids(messages)
    waiting = {call.id: call for call in waiting_calls(list(messages))}
    shown: list[UiMessage] = []
    calls: dict[str, list[UiPart]] = {}
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            continue
        if message.role == Role.USER:
            parts = [part for each in message.content for part in _of_user(each)]
            shown.append({'id': f'msg-{number}', 'role': 'user', 'parts': parts})
            continue
        if not shown or shown[-1]['role'] == 'user':
            shown.append({'id': f'msg-{number}', 'role': 'assistant', 'parts': []})
        if message.role == Role.MODEL:
            shown[-1]['parts'] += _of_model(message, iter(ids[number]), waiting, calls)
        else:
            _note_answers(message, calls)
    return shown


def to_media_type(part: MediaPart) -> str:
    """Return the type of a file, as the protocol demands one."""
    return content_type_of(part.media) or _UNKNOWN_TYPE


def _parts(ui_message: Mapping[str, Any]) -> list[UiPart]:
    given = ui_message.get('parts')
    listed = cast('list[Any]', given) if isinstance(given, list) else []
    return [cast('UiPart', part) for part in listed if isinstance(part, dict)]


def _of_user(part: Part) -> Iterator[UiPart]:
    if isinstance(part, TextPart):
        yield {'type': 'text', 'text': part.text}
    elif isinstance(part, MediaPart):
        yield {'type': 'file', 'mediaType': to_media_type(part), 'url': part.media.url}


def _of_model(
    message: Message, ids: Iterator[str], waiting: Mapping[str, WaitingCall], calls: dict[str, list[UiPart]]
) -> Iterator[UiPart]:
    yield {'type': 'step-start'}
    for part in message.content:
        if isinstance(part, TextPart) and part.text:
            yield {'type': 'text', 'text': part.text, 'state': 'done'}
        elif isinstance(part, ReasoningPart) and part.reasoning:
            yield {'type': 'reasoning', 'text': part.reasoning, 'state': 'done'}
        elif isinstance(part, MediaPart):
            yield {'type': 'file', 'mediaType': to_media_type(part), 'url': part.media.url}
        elif isinstance(part, DataPart):
            yield {'type': 'data-part', 'data': part.data}
        elif isinstance(part, ToolRequestPart):
            yield _of_call(part, next(ids), waiting, calls)
    for call in waiting.values():
        if all(call.part is not part and call.id != part.get('toolCallId') for each in calls.values() for part in each):
            yield _of_call(call.part, call.id, waiting, calls)


def _of_call(
    part: ToolRequestPart, call_id: str, waiting: Mapping[str, WaitingCall], calls: dict[str, list[UiPart]]
) -> UiPart:
    request, metadata = part.tool_request, part.metadata or {}
    shown: UiPart = {
        'type': f'tool-{request.name}',
        'toolCallId': call_id,
        'state': 'input-available',
        'input': request.input,
    }
    if 'pendingOutput' in metadata:
        shown |= {'state': 'output-available', 'output': metadata['pendingOutput']}
    elif call_id in waiting and not waiting[call_id].is_question:
        shown |= {'state': 'approval-requested', 'approval': {'id': call_id}}
    calls.setdefault(f'{request.name}\0{request.ref}', []).append(shown)
    return shown


def _note_answers(message: Message, calls: Mapping[str, list[UiPart]]) -> None:
    for part in message.tool_responses:
        response = part.tool_response
        open_calls = calls.get(f'{response.name}\0{response.ref}', [])
        shown = next((each for each in open_calls if 'output' not in each), None)
        if shown is not None:
            shown |= {'state': 'output-available', 'output': response.output}
