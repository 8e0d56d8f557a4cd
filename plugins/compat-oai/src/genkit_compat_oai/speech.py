# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Speech from text and text from speech: https://platform.openai.com/docs/api-reference/audio."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from genkit import ErrorReason, GenkitError
from genkit.plugin import as_members, decode_data_url, is_of_other_kind, text_of, to_data_url, without_key
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    Media,
    MediaPart,
    Message,
    Role,
    TextPart,
)

from genkit_compat_oai.errors import Failures
from genkit_compat_oai.image import OF_TEXT


_TYPES: Final = {
    'mp3': 'audio/mpeg',
    'opus': 'audio/opus',
    'aac': 'audio/aac',
    'flac': 'audio/flac',
    'pcm': 'audio/L16',
    'pcm16': 'audio/L16',
}


_PLAIN_FORMATS: Final = ('text', 'srt', 'vtt')
_NOT_OF_SOUND: Final = tuple(name for name in OF_TEXT if name != 'temperature')


class SpeechConfig(GenerationCommonConfig):
    """Options of a model that speaks; members that are not listed are sent as they are.

    Attributes:
        voice: Whose voice.
        instructions: How to speak, for models that take instructions.
        response_format: Of the bytes.
        speed: From 0.25 to 4.
    """

    voice: str = 'alloy'
    instructions: str | None = None
    response_format: Literal['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] = 'mp3'
    speed: float | None = None


class TranscribeConfig(GenerationCommonConfig):
    """Options of a model that listens; members that are not listed are sent as they are.

    Attributes:
        language: ISO 639-1, if it is known.
        prompt: What was said before, or words that may occur.
        translate: Whether the text is to be English; only for models that can.
        response_format: Such as ``verbose_json``, whose times and words are in the raw answer, or ``srt``.
        timestamp_granularities: The units that get timestamps: ``word``, ``segment``.
        include: Additional data to return.
        chunking_strategy: How long sounds are cut.
    """

    language: str | None = None
    prompt: str | None = None
    translate: bool = False
    response_format: str | None = None
    timestamp_granularities: list[str] | None = None
    include: list[str] | None = None
    chunking_strategy: str | dict[str, Any] | None = None


def to_speech_request(model: str, request: GenerateRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the body that asks for speech, in two parts: what must be and further options.

    What is spoken is the text of the last message.
    """
    config = {**SpeechConfig().model_dump(exclude_none=True, by_alias=False), **without_key(as_members(request.config))}
    version = config.pop('version', None)
    body = {name: config.pop(name) for name in ('voice', 'response_format')}
    body |= {'model': version or model, 'input': request.messages[-1].text}
    return body, {name: value for name, value in config.items() if value is not None and name not in OF_TEXT}


def sound_type(sound_format: str) -> str:
    """Return the media type of a format, as the provider names it."""
    return _TYPES.get(sound_format, f'audio/{sound_format}')


def to_speech_response(
    sound: bytes, headers: Mapping[str, str], response_format: str, failures: Failures
) -> GenerateResponse[Any]:
    """Return speech as a medium; what is known of the answer beside its sound is its raw form.

    Raises:
        GenkitError: The answer is no sound.
    """
    given = headers.get('content-type', '').partition(';')[0].strip().lower()
    if is_of_other_kind(given, 'audio', sound):
        raise failures.no_answer(sound)
    kind = sound_type(response_format)
    media = MediaPart(media=Media(url=to_data_url(sound, kind), content_type=kind))
    raw = {'contentType': given or None, 'bytes': len(sound), 'requestId': headers.get('x-request-id')}
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[media]),
        finish_reason=FinishReason.STOP,
        raw={name: value for name, value in raw.items() if value is not None},
    )


def to_transcribe_request(model: str, request: GenerateRequest) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments that ask for text, in two parts: what must be and options.

    The sound is the first medium of the last message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is none, or it is no data URL.
    """
    message = request.messages[-1]
    sounds = [part.media for part in message.content if isinstance(part, MediaPart)]
    if not sounds:
        raise GenkitError(
            'The message holds no sound to be transcribed; add a MediaPart with a data URL of audio.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    content = decode_data_url(sounds[0])
    suffix = content.content_type.rpartition('/')[2].replace('mpeg', 'mp3').replace('x-wav', 'wav')
    config = without_key(as_members(request.config))
    version = config.pop('version', None)
    config.pop('translate', None)
    body = {'model': version or model, 'file': (f'sound.{suffix}', content.data, content.content_type)}
    sent = {name: value for name, value in config.items() if value is not None and name not in _NOT_OF_SOUND}
    if 'response_format' in sent:
        body['response_format'] = sent.pop('response_format')
    return body, sent


def to_transcribe_response(content: bytes, response_format: str | None, failures: Failures) -> GenerateResponse[Any]:
    """Return what was said; the whole answer, with times and words if they were asked for, is its raw form.

    Raises:
        GenkitError: The answer is no transcript.
    """
    if response_format in _PLAIN_FORMATS:
        text = content.decode(errors='replace')
        if content and is_of_other_kind('', 'text', content):
            raise failures.no_answer(content)
        raw: Any = text
    else:
        raw = failures.members(content, 'text')
        text = text_of(raw['text'], 'text')
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[TextPart(text=text)]), finish_reason=FinishReason.STOP, raw=raw
    )
