# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Speech and transcripts, in the provider's own protocol.

Source: https://developers.cloudflare.com/workers-ai/models (November 2026).
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from genkit import ErrorReason, GenkitError
from genkit.plugin import ModelEntry, bytes_of, decode_data_url, items_of, members_of, text_of, to_data_url, without_key
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    Part,
    Role,
    TextPart,
)
from genkit_compat_oai import Failures
from genkit_compat_oai.endpoints import Body

from genkit_cloudflare_workers_ai.convert import binary_kind, result_of
from genkit_cloudflare_workers_ai.image import OF_TEXT
from genkit_cloudflare_workers_ai.models import RAW


def to_speech_request(entry: ModelEntry, request: GenerateRequest, config: Mapping[str, Any]) -> Body:
    """Return what asks for speech; what is spoken is the text of the last message."""
    options = _sent(config)
    if 'voice' in options:
        options['speaker'] = options.pop('voice')
    return {'prompt' if 'melotts' in entry.name else 'text': request.messages[-1].text, **options}


def to_speech_response(failures: Failures, content: bytes, headers: Mapping[str, str]) -> GenerateResponse[Any]:
    """Return speech, which comes as bytes or in base 64.

    Raises:
        GenkitError: There is none.
    """
    kind = binary_kind(headers, 'audio/')
    if kind and content:
        url, raw = to_data_url(content, kind), {'contentType': kind, 'bytes': len(content)}
    else:
        result, raw = result_of(failures, content)
        sound = bytes_of(result.get('audio'), 'result.audio')
        if not sound:
            raise failures.no_answer(raw)
        kind = 'audio/mpeg'
        url = to_data_url(sound, kind)
    return _made(MediaPart(media=Media(url=url, content_type=kind)), raw)


def to_transcribe_request(entry: ModelEntry, request: GenerateRequest, config: Mapping[str, Any]) -> Body:
    """Return what asks for text: the bytes of a sound, or an object that holds them in base 64.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is no sound, or it is no data URL.
    """
    media = next((part.media for part in request.messages[-1].content if isinstance(part, MediaPart)), None)
    if media is None:
        raise GenkitError(
            'The message holds no sound to be transcribed; add a MediaPart with a data URL of audio.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    sound = decode_data_url(media)
    if RAW in entry.extras:
        return sound.data, sound.content_type
    return {'audio': base64.b64encode(sound.data).decode(), **_sent(config)}


def to_transcribe_response(failures: Failures, content: bytes, _: Mapping[str, str]) -> GenerateResponse[Any]:
    """Return what was said; the whole answer, with its times, is the raw form.

    Raises:
        GenkitError: The answer is no transcript.
    """
    result, raw = result_of(failures, content)
    if 'results' in result:
        heard = items_of(members_of(result['results'], 'results').get('channels'), 'results.channels')
        first = [items_of(channel.get('alternatives'), 'alternatives') for channel in heard]
        text = '\n'.join(text_of(said[0].get('transcript'), 'transcript') for said in first if said)
    elif 'text' in result:
        text = text_of(result['text'], 'result.text')
    else:
        raise failures.no_answer(result)
    return _made(TextPart(text=text), raw)


def to_query(config: Mapping[str, Any]) -> str:
    """Return options as the query of a URL, for models that take the bytes of a sound as the body."""
    options = _sent(config).items()
    return urlencode({name: str(value).lower() if isinstance(value, bool) else value for name, value in options})


def _sent(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in without_key(config).items() if value is not None and name not in OF_TEXT}


def _made(part: Part, raw: dict[str, Any]) -> GenerateResponse[Any]:
    message = Message(role=Role.MODEL, content=[part])
    return GenerateResponse(message=message, finish_reason=FinishReason.STOP, raw=raw)
