# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Speech from text and text from speech: https://platform.openai.com/docs/api-reference/audio."""

from typing import Any, Final, Literal

from genkit import ErrorReason, GenkitError
from genkit.plugin import as_members, decode_data_url, to_data_url, without_key
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


_TYPES: Final = {
    'mp3': 'audio/mpeg',
    'opus': 'audio/opus',
    'aac': 'audio/aac',
    'flac': 'audio/flac',
    'pcm': 'audio/L16',
    'pcm16': 'audio/L16',
}


_PLAIN_FORMATS: Final = ('text', 'srt', 'vtt')


class SpeechConfig(GenerationCommonConfig):
    """Options of a model that speaks.

    Attributes:
        voice: Whose voice.
        instructions: How to speak, for models that can be told.
        response_format: Of the bytes.
        speed: From 0.25 to 4.
    """

    voice: str = 'alloy'
    instructions: str | None = None
    response_format: Literal['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] = 'mp3'
    speed: float | None = None


class TranscribeConfig(GenerationCommonConfig):
    """Options of a model that listens.

    Attributes:
        language: ISO 639-1, if it is known.
        prompt: What was said before, or words that may occur.
        translate: Whether the text is to be English; only for models that can.
    """

    language: str | None = None
    prompt: str | None = None
    translate: bool = False


def to_speech_request(model: str, request: GenerateRequest) -> dict[str, Any]:
    """Return the body that asks for speech; what is spoken is the text of the last message."""
    config = {**SpeechConfig().model_dump(exclude_none=True, by_alias=False), **without_key(as_members(request.config))}
    version = config.pop('version', None)
    sent = {name: value for name, value in config.items() if value is not None}
    return {'model': version or model, 'input': request.messages[-1].text, **sent}


def sound_type(sound_format: str) -> str:
    """Return the media type of a format, as the provider names it."""
    return _TYPES.get(sound_format, f'audio/{sound_format}')


def to_speech_response(sound: bytes, response_format: str) -> GenerateResponse[Any]:
    """Return speech as a medium."""
    kind = sound_type(response_format)
    media = MediaPart(media=Media(url=to_data_url(sound, kind), content_type=kind))
    return GenerateResponse(message=Message(role=Role.MODEL, content=[media]), finish_reason=FinishReason.STOP)


def to_transcribe_request(model: str, request: GenerateRequest) -> dict[str, Any]:
    """Return the arguments that ask for text; the sound is the first medium of the last message.

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
    sent = {name: value for name, value in config.items() if value is not None}
    return {'model': version or model, 'file': (f'sound.{suffix}', content.data, content.content_type), **sent}


def to_transcribe_response(answer: Any, response_format: str | None) -> GenerateResponse[Any]:
    """Return what was said.

    Raises:
        GenkitError: ``INTERNAL`` for text where JSON was asked for.
    """
    if isinstance(answer, str) and response_format not in _PLAIN_FORMATS:
        raise GenkitError(f'The provider answered {answer[:80]!r}, which is no transcript.', status='INTERNAL')
    text = answer if isinstance(answer, str) else answer.text
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[TextPart(text=text)]), finish_reason=FinishReason.STOP
    )
