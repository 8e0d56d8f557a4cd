# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From our requests to the Live protocol: https://ai.google.dev/api/live (November 2026)."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import MOST_SOUND, Sound, ToolNames, content_type_of, decode_data_url, unsupported_media
from genkit.types import GenerateRequest, GenerationUsage, MediaPart, Message, ToolResponsePart
from pydantic.alias_generators import to_camel

from genkit_google_genai.config import LiveConfig
from genkit_google_genai.convert.messages import to_contents, to_response_body, to_system
from genkit_google_genai.convert.stream import to_usage
from genkit_google_genai.convert.tools import Body


RATE: Final = 16_000
_GENERATION: Final = ('temperature', 'top_p', 'top_k', 'max_output_tokens', 'media_resolution', 'seed')
# Members whose value belongs to the application, so that the names in it stay as they are.
_OPAQUE: Final = frozenset({'args', 'response', 'parameters_json_schema', 'parametersJsonSchema'})


def to_setup(model: str, config: LiveConfig, request: GenerateRequest, names: ToolNames) -> Body:
    """Return the first message of a connection, apart from how a conversation is resumed."""
    generation: Body = {to_camel(name): getattr(config, name) for name in _GENERATION}
    generation['responseModalities'] = config.response_modalities or ['AUDIO']
    generation['speechConfig'] = _speech(config)
    if config.thinking_config is not None:
        generation['thinkingConfig'] = config.thinking_config.model_dump(exclude_none=True, by_alias=True)
    setup: Body = {
        'model': model,
        'generationConfig': {**_set(generation), **as_json(config.extra or {})},
        'systemInstruction': as_json(to_system(request.messages)),
        'tools': _tools(config, request, names),
        'realtimeInputConfig': _hearing(config),
        'inputAudioTranscription': _option(config.input_transcription),
        'outputAudioTranscription': _option(config.output_transcription),
        'contextWindowCompression': _window(config),
        'proactivity': None if config.proactivity is None else as_json(config.proactivity),
    }
    return _set(setup)


def to_turns(messages: Sequence[Message], names: ToolNames) -> list[Body]:
    """Return messages as turns of a conversation.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the provider does not take.
    """
    return [as_json(content) for content in to_contents(messages, names)]


def to_sounds(sound: Sound) -> list[Body]:
    """Return sound in pieces that fit a message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for sound of telephones.
    """
    if sound.kind != 'audio/pcm':
        raise unsupported_media(sound.kind, 'PCM, such as audio/pcm;rate=16000, and WAV')
    kind = f'{sound.kind};rate={sound.rate}'
    starts = range(0, len(sound.data), MOST_SOUND)
    return [{'mimeType': kind, 'data': _base64(sound.data[start : start + MOST_SOUND])} for start in starts]


def to_picture(part: MediaPart) -> Body:
    """Return an image as it is sent in real time."""
    return {'mimeType': content_type_of(part.media), 'data': _base64(decode_data_url(part.media).data)}


def to_function_response(part: ToolResponsePart, names: ToolNames, scheduling: str | None) -> Body:
    """Return a tool's response."""
    answer = part.tool_response
    wanted = (part.metadata or {}).get('scheduling') or scheduling
    body = as_json(to_response_body(answer.ref or '', answer, names))
    return body if wanted is None else {**body, 'scheduling': wanted}


def to_live_usage(counted: Mapping[str, Any]) -> GenerationUsage | None:
    """Return what a turn consumed; the protocol names the output otherwise than that of whole answers."""
    members = dict(counted)
    if members.get('candidatesTokenCount') is None:
        members['candidatesTokenCount'] = members.get('responseTokenCount')
    return to_usage(members)


def as_json(value: Any, *, opaque: bool = False) -> Any:
    """Return a value in the names of the wire, and bytes as base64."""
    if isinstance(value, bytes):
        return _base64(value)
    if isinstance(value, list):
        return [as_json(item, opaque=opaque) for item in cast('list[Any]', value)]
    if isinstance(value, dict):
        members = cast('dict[str, Any]', value)
        return {
            name if opaque else to_camel(name): as_json(member, opaque=opaque or name in _OPAQUE)
            for name, member in members.items()
        }
    return value


def _set(members: Body) -> Body:
    return {name: value for name, value in members.items() if value is not None}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _speech(config: LiveConfig) -> Body | None:
    if config.voice is not None:
        return {'voiceConfig': {'prebuiltVoiceConfig': {'voiceName': config.voice}}}
    return None if config.speech_config is None else as_json(config.speech_config)


def _tools(config: LiveConfig, request: GenerateRequest, names: ToolNames) -> list[Body] | None:
    declared: list[Body] = []
    for tool in request.tools or ():
        body: Body = {'name': names.to_wire(tool.name), 'description': tool.description}
        if tool.input_schema:
            body['parametersJsonSchema'] = names.inputs.schema(tool)
        behavior = config.function_behavior
        wanted = behavior.get(tool.name) if isinstance(behavior, dict) else behavior
        declared.append(body if wanted is None else {**body, 'behavior': wanted})
    tools: list[Body] = [{'functionDeclarations': declared}] if declared else []
    if config.google_search:
        tools.append({'googleSearch': _option(config.google_search)})
    return tools or None


def _hearing(config: LiveConfig) -> Body | None:
    hearing: Body = as_json(config.realtime_input_config or {})
    if config.turn_detection is False:
        hearing['automaticActivityDetection'] = {'disabled': True}
    elif config.turn_detection is not None:
        hearing['automaticActivityDetection'] = as_json(config.turn_detection)
    return hearing or None


def _option(wanted: Any) -> Body | None:
    if wanted is False:
        return None
    return {} if wanted is True else as_json(wanted)


def _window(config: LiveConfig) -> Body | None:
    if config.context_window_compression is False:
        return None
    return as_json(config.context_window_compression or {'slidingWindow': {}})
