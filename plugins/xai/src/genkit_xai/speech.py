# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Speech from text and text from speech.

Source: https://docs.x.ai/developers/model-capabilities/audio (November 2026).
"""

from typing import Any, Final

from genkit import ErrorReason, GenkitError
from genkit.plugin import as_members, decode_data_url, is_data_url, without_key
from genkit.types import GenerateRequest, MediaPart
from genkit_compat_oai.endpoints import Field, form_fields

from genkit_xai.config import XAISpeechConfig


_OF_TEXT: Final = ('version', 'temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences')
_OF_FORMAT: Final = ('codec', 'sample_rate', 'bit_rate')


def to_speech_request(request: GenerateRequest) -> dict[str, Any]:
    """Return the body that asks for speech: the text of the last message."""
    config = {**XAISpeechConfig().model_dump(exclude_none=True, by_alias=False), **_options(request)}
    output_format = {name: config.pop(name) for name in _OF_FORMAT if name in config}
    voice = config.pop('voice')
    return {'text': request.messages[-1].text, 'voice_id': voice, 'output_format': output_format, **config}


def to_transcribe_form(request: GenerateRequest) -> list[Field]:
    """Return the fields of the form that asks for text; the sound, first medium of the last message, is the last one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is none.
    """
    sounds = [part.media for part in request.messages[-1].content if isinstance(part, MediaPart)]
    if not sounds:
        raise GenkitError(
            'The message holds no sound to be transcribed; add a MediaPart with a data URL or the address of audio.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    fields = form_fields(_options(request))
    if not is_data_url(sounds[0].url):
        return [*fields, *form_fields({'url': sounds[0].url})]
    content = decode_data_url(sounds[0])
    suffix = content.content_type.rpartition('/')[2].replace('mpeg', 'mp3').replace('x-wav', 'wav')
    return [*fields, ('file', (f'sound.{suffix}', content.data, content.content_type))]


def _options(request: GenerateRequest) -> dict[str, Any]:
    config = without_key(as_members(request.config))
    return {name: value for name, value in config.items() if value is not None and name not in _OF_TEXT}
