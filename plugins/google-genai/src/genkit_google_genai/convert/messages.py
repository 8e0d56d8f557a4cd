# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the protocol's: https://ai.google.dev/api/generate-content."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from genkit.plugin import (
    ModelEntry,
    Task,
    ToolNames,
    answer_parts,
    as_members,
    content_type_of,
    data_text,
    decode_data_url,
    is_data_url,
    object_arguments,
    parse_config,
    tool_answers,
    unsupported_media,
    unsupported_part,
    without_key,
)
from genkit.types import (
    CustomPart,
    GenerateRequest,
    GenerationCommonConfig,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)
from pydantic_core import to_jsonable_python

from genkit_google_genai.config import GeminiConfig, SpeechConfig
from genkit_google_genai.convert.tools import Body, to_output, to_tools


_TAKEN: Final = ('image/', 'audio/', 'video/', 'text/')
_TAKEN_BESIDE: Final = frozenset(
    {'application/pdf', 'application/json', 'application/rtf', 'application/xml', 'application/javascript'}
    | {'application/x-javascript', 'application/x-python'}
)
_UNKNOWN_TYPE: Final = 'application/octet-stream'
_AS_THEY_ARE: Final = (
    *('temperature', 'top_p', 'top_k', 'max_output_tokens', 'stop_sequences', 'safety_settings', 'speech_config'),
    *('response_modalities', 'image_config', 'media_resolution', 'cached_content', 'service_tier', 'labels', 'seed'),
    *('presence_penalty', 'frequency_penalty', 'candidate_count', 'response_logprobs', 'logprobs'),
)
# Parts of the protocol that have no kind of ours, by the member of `CustomPart.custom` that holds them.
_OWN_PARTS: Final = {
    'executableCode': 'executable_code',
    'codeExecutionResult': 'code_execution_result',
    'geminiToolCall': 'tool_call',
    'geminiToolResponse': 'tool_response',
}


def to_config(entry: ModelEntry, given: Any) -> Any:
    """Return the options of a request, however they were given, without its key.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    return parse_config(entry.config, without_key(as_members(given)), f'The config does not fit {entry.name!r}')


def to_own_options(entry: ModelEntry, given: Any) -> tuple[str | None, Body]:
    """Return the version that is asked for, and the options that a model has beside those that all models have."""
    config = to_config(entry, given)
    options: Body = config.model_dump(
        by_alias=False, exclude_none=True, exclude=set(GenerationCommonConfig.model_fields)
    )
    return config.version, options


def to_request(entry: ModelEntry, request: GenerateRequest, names: ToolNames) -> Body:
    """Return the arguments of a call: model, contents, and config.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what the model or the protocol cannot take.
    """
    config: GeminiConfig = to_config(entry, request.config)
    members: Body = {name: getattr(config, name) for name in _AS_THEY_ARE}
    members.update(_by_task(entry, config))
    if config.thinking_config is not None:
        members['thinking_config'] = config.thinking_config.model_dump(exclude_none=True, by_alias=False)
    members['system_instruction'] = to_system(request.messages)
    members.update(to_tools(request, config, names))
    members.update(to_output(request))
    members['automatic_function_calling'] = {'disable': True}
    if config.extra:
        members['http_options'] = {'extra_body': {'generationConfig': config.extra}}
    return {
        'model': config.version or entry.name,
        'contents': to_contents(request.messages, names),
        'config': {name: value for name, value in members.items() if value is not None},
    }


def to_contents(messages: Sequence[Message], names: ToolNames) -> list[Body]:
    """Return a conversation without its instructions; what tools answered is said by the user.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the protocol does not take.
    """
    contents: list[Body] = []
    for number, message in enumerate(messages):
        if message.role == Role.SYSTEM:
            continue
        parts = _parts(messages, number, names)
        if parts:
            contents.append({'role': 'model' if message.role == Role.MODEL else 'user', 'parts': parts})
    return contents


def to_system(messages: Sequence[Message]) -> Body | None:
    """Return the instructions of a conversation; several messages of the system become one."""
    texts = [part.text for message in messages if message.role == Role.SYSTEM for part in text_parts(message)]
    return {'parts': [{'text': text} for text in texts]} if texts else None


def text_parts(message: Message) -> list[TextPart]:
    """Return the parts of a message that are text."""
    return [part for part in message.content if isinstance(part, TextPart)]


def to_part(part: Part, names: ToolNames, call_id: str = '') -> Body | None:
    """Return a part in the protocol's words, with the signature that it came with; None for an empty one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the protocol does not take.
    """
    signature = (part.metadata or {}).get('thoughtSignature')
    body = _body(part, names, call_id)
    if signature:
        return {**(body or {'text': ''}), 'thought_signature': base64.b64decode(signature)}
    return body


def _by_task(entry: ModelEntry, config: GeminiConfig) -> Body:
    if entry.task is Task.IMAGE:
        return {'response_modalities': config.response_modalities or ['TEXT', 'IMAGE']}
    if entry.task is not Task.SPEECH:
        return {}
    voice = config.voice if isinstance(config, SpeechConfig) else None
    spoken = {'voice_config': {'prebuilt_voice_config': {'voice_name': voice}}} if voice else config.speech_config
    return {'response_modalities': config.response_modalities or ['AUDIO'], 'speech_config': spoken}


def _body(part: Part, names: ToolNames, call_id: str) -> Body | None:
    if isinstance(part, TextPart):
        return {'text': part.text} if part.text else None
    if isinstance(part, ReasoningPart):
        return {'text': part.reasoning, 'thought': True} if part.reasoning else None
    if isinstance(part, MediaPart):
        return _media(part)
    if isinstance(part, ToolRequestPart):
        return {'function_call': _call(part.tool_request, names, call_id)}
    if isinstance(part, CustomPart):
        return _own(part)
    if (data := data_text(part)) is not None:
        return {'text': data}
    own = f'parts of its own as CustomPart(custom={{…}}) with one of {", ".join(_OWN_PARTS)}'
    raise unsupported_part(part, f'text, media, tool calls, and {own}', place='A message')


def _parts(messages: Sequence[Message], number: int, names: ToolNames) -> list[Body]:
    message = messages[number]
    if message.role == Role.TOOL:
        return _answers(messages, number, names)
    parts: list[Body] = []
    calls = 0
    for part in message.content:
        body = to_part(part, names, f'call_{number}_{calls}')
        calls += isinstance(part, ToolRequestPart)
        if body is not None:
            parts.append(body)
    return parts


def _answers(messages: Sequence[Message], number: int, names: ToolNames) -> list[Body]:
    """Return the answers of tools in the order of the calls, which is the order that the provider wants."""
    found = tool_answers(messages, number)
    paired = sorted((answer for answer in found if answer.place is not None), key=lambda answer: answer.place or 0)
    ordered = [(answer.id, answer.part.tool_response) for answer in paired]
    others = [answer.part.tool_response for answer in found if answer.place is None]
    ordered += [(response.ref or '', response) for response in others]
    rest = [part for part in messages[number].content if not isinstance(part, ToolResponsePart)]
    said = [body for part in rest if (body := to_part(part, names))]
    return [{'function_response': to_response_body(ref, response, names)} for ref, response in ordered] + said


def _call(request: ToolRequest, names: ToolNames, call_id: str) -> Body:
    return {
        'id': request.ref or call_id,
        'name': names.to_wire(request.name),
        'args': to_jsonable_python(object_arguments(request, names), by_alias=True, fallback=str),
    }


def to_response_body(ref: str, answer: ToolResponse, names: ToolNames) -> Body:
    """Return the response of a tool, for the call with an id."""
    name = names.to_wire(answer.name)
    content = to_jsonable_python(answer.output, by_alias=True, fallback=str)
    body: Body = {'name': name, 'response': {'name': name, 'content': content}, **({'id': ref} if ref else {})}
    pieces = answer_parts(answer)
    media = [_media(piece) for piece in pieces if isinstance(piece, MediaPart)]
    texts = [piece.text for piece in pieces if isinstance(piece, TextPart)]
    if texts and answer.output is None:
        body['response'] = {'name': name, 'content': '\n'.join(texts)}
    return {**body, 'parts': media} if media else body


def _media(part: MediaPart) -> Body:
    media, kind = part.media, content_type_of(part.media).lower()
    if not kind.startswith(_TAKEN) and kind not in _TAKEN_BESIDE and (kind != _UNKNOWN_TYPE or is_data_url(media.url)):
        raise unsupported_media(kind, 'images, sound, video, text and PDF')
    if is_data_url(media.url):
        content = decode_data_url(media)
        body: Body = {'inline_data': {'mime_type': kind, 'data': content.data}}
    else:
        body = {'file_data': {'file_uri': media.url, **({} if kind == _UNKNOWN_TYPE else {'mime_type': kind})}}
    told = part.metadata or {}
    if told.get('videoMetadata'):
        body['video_metadata'] = told['videoMetadata']
    if told.get('mediaResolution'):
        body['media_resolution'] = told['mediaResolution']
    return body


def _own(part: CustomPart) -> Body | None:
    """Return the part of the protocol that a custom part holds; parts of other providers are left out."""
    for member, name in _OWN_PARTS.items():
        if member in part.custom:
            return {name: part.custom[member]}
    return None
