# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the Realtime protocol, and its counts back.

Source: https://developers.openai.com/api/reference/resources/realtime/client-events (November 2026).
"""

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import (
    MOST_SOUND,
    Sound,
    ToolNames,
    answer_text,
    content_type_of,
    count_of,
    data_text,
    is_data_url,
    is_sound,
    members_of,
    sound_of,
    text_arguments,
    to_finish_reason,
    token_usage,
    tool_answers,
    tool_calls,
    unsupported_media,
    unsupported_part,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerationUsage,
    MediaPart,
    Message,
    Part,
    Role,
    TextPart,
    ToolResponsePart,
)

from genkit_compat_oai.config import RealtimeConfig


Body = dict[str, Any]

RATE: Final = 24_000
_TRANSCRIBES: Final = 'gpt-transcribe'


def to_session(config: RealtimeConfig, request: GenerateRequest, names: ToolNames, *, is_single: bool) -> Body:
    """Return the session that a conversation begins with."""
    hears: Body = {'format': _format(config.input_audio_format), 'turn_detection': _turns(config, is_single=is_single)}
    if (transcription := _transcription(config)) is not None:
        hears['transcription'] = transcription
    if config.noise_reduction is not None:
        hears['noise_reduction'] = _typed(config.noise_reduction)
    if hears['turn_detection'] == {}:
        del hears['turn_detection']
    speaks: Body = {'format': _format(config.output_audio_format), 'voice': config.voice, 'speed': config.speed}
    reasoning = None if config.reasoning_effort is None else {'effort': config.reasoning_effort}
    tools = [_tool(tool, names) for tool in request.tools or ()]
    session: Body = {
        'instructions': '\n\n'.join(message.text for message in request.messages if message.role == Role.SYSTEM)
        or None,
        'output_modalities': config.modalities,
        'max_output_tokens': config.max_output_tokens,
        'reasoning': reasoning,
        'parallel_tool_calls': config.parallel_tool_calls,
        'truncation': config.truncation,
        'tools': tools or None,
        'tool_choice': None if request.tool_choice is None or not tools else str(request.tool_choice),
        **(config.extra or {}),
    }
    audio = {'input': hears, 'output': _set(speaks)}
    return {'type': 'realtime', 'audio': audio, **_set(session)}


def to_items(messages: Sequence[Message], names: ToolNames, *, first: int = 0) -> list[Body]:
    """Return messages as items of a conversation; instructions are part of the session.

    Args:
        messages: The messages.
        names: The names of the tools.
        first: The first message to return; calls and responses are paired with those before it, too.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the provider does not take.
    """
    items: list[Body] = []
    for number in range(first, len(messages)):
        message = messages[number]
        if message.role == Role.MODEL:
            items += _said(message, number, names)
        elif message.role == Role.TOOL:
            items += [to_output(answer.part, answer.id) for answer in tool_answers(messages, number)]
        else:
            content = [_piece(part) for part in message.content]
            items.append({'type': 'message', 'role': str(message.role), 'content': content})
    return items


def to_output(part: ToolResponsePart, call_id: str) -> Body:
    """Return a tool's response as an item."""
    return {'type': 'function_call_output', 'call_id': call_id, 'output': answer_text(part.tool_response)}


def to_sound(part: MediaPart, kind: str) -> Sound:
    """Return sound in the session's format.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for sound of another rate or another kind.
    """
    sound = sound_of(part, RATE)
    if sound.kind != kind or (kind == 'audio/pcm' and sound.rate != RATE):
        given = f'{sound.kind} of {sound.rate} Hz'
        wanted = f'{kind} of {RATE} Hz' if kind == 'audio/pcm' else kind
        raise GenkitError(
            f'The sound is {given}; this conversation takes {wanted}, as `input_audio_format` says. Convert it first.',
            status='INVALID_ARGUMENT',
        )
    return sound


def pieces_of(data: bytes) -> Iterator[str]:
    """Return sound in pieces of base64 that fit a message; 16-bit samples stay whole."""
    for start in range(0, len(data), MOST_SOUND):
        yield base64.b64encode(data[start : start + MOST_SOUND]).decode()


def to_usage(counted: Any) -> GenerationUsage | None:
    """Return what a response consumed."""
    if not isinstance(counted, dict) or not counted:
        return None
    count: Body = members_of(counted, 'usage')
    given = members_of(count.get('input_token_details'), 'input_token_details')
    made = members_of(count.get('output_token_details'), 'output_token_details')
    custom: dict[str, float] = {
        name: found
        for name, members in (('inputAudioTokens', given), ('outputAudioTokens', made))
        if (found := count_of(members.get('audio_tokens')))
    }
    return token_usage(
        count_of(count.get('input_tokens')),
        count_of(count.get('output_tokens')),
        count_of(count.get('total_tokens')),
        cached=count_of(given.get('cached_tokens')),
        custom=custom or None,
    )


def to_reason(response: Body) -> FinishReason:
    """Return why a response ended; one that the user cut short has ended, too."""
    status = response.get('status')
    details = members_of(response.get('status_details'), 'status_details')
    if status == 'incomplete':
        return to_finish_reason(details.get('reason'))
    return FinishReason.STOP if status in ('completed', 'cancelled', None) else FinishReason.OTHER


def _format(kind: str) -> Body:
    return {'type': kind, 'rate': RATE} if kind == 'audio/pcm' else {'type': kind}


def _turns(config: RealtimeConfig, *, is_single: bool) -> Body | None:
    if is_single or config.turn_detection is False:
        return None
    return {} if config.turn_detection is None else _typed(config.turn_detection)


def _transcription(config: RealtimeConfig) -> Body | None:
    wanted = config.input_transcription
    if wanted is False:
        return None
    if isinstance(wanted, dict):
        return {'model': _TRANSCRIBES, **wanted}
    return {'model': wanted if isinstance(wanted, str) else _TRANSCRIBES}


def _typed(option: str | Body) -> Body:
    return {'type': option} if isinstance(option, str) else option


def _set(members: Body) -> Body:
    return {name: value for name, value in members.items() if value is not None}


def _tool(tool: Any, names: ToolNames) -> Body:
    return {
        'type': 'function',
        'name': names.to_wire(tool.name),
        'description': tool.description,
        'parameters': names.inputs.schema(tool),
    }


def _said(message: Message, number: int, names: ToolNames) -> list[Body]:
    texts = [part.text for part in message.content if isinstance(part, TextPart) and part.text]
    content = [{'type': 'output_text', 'text': text} for text in texts]
    items: list[Body] = [{'type': 'message', 'role': 'assistant', 'content': content}] if content else []
    for call in tool_calls(message, number):
        asked = call.part.tool_request
        named = {'name': names.to_wire(asked.name), 'arguments': text_arguments(asked, names)}
        items.append({'type': 'function_call', 'call_id': call.id, **named})
    return items


def _piece(part: Part) -> Body:
    if isinstance(part, TextPart):
        return {'type': 'input_text', 'text': part.text}
    if isinstance(part, MediaPart):
        kind = content_type_of(part.media).lower()
        if is_sound(part):
            data = to_sound(part, kind.partition(';')[0] if kind in ('audio/pcmu', 'audio/pcma') else 'audio/pcm').data
            return {'type': 'input_audio', 'audio': base64.b64encode(data).decode()}
        if kind.startswith('image/') and is_data_url(part.media.url):
            return {'type': 'input_image', 'image_url': part.media.url}
        raise unsupported_media(kind, 'images and sound as data URLs')
    if (text := data_text(part)) is not None:
        return {'type': 'input_text', 'text': text}
    raise unsupported_part(part, 'text, images and sound', place='A message')
