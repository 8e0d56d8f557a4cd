# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Text from speech: https://docs.cohere.com/reference/create-audio-transcription."""

from collections.abc import Sequence
from typing import Any, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import answer_error, as_members, fetch, parse_config, read_json, unsupported_media, without_key
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, MediaPart, Message, Role, TextPart

from genkit_cohere.config import CohereTranscribeConfig
from genkit_cohere.errors import is_error


File = tuple[str, bytes, str]


async def to_transcribe_request(model: str, request: GenerateRequest) -> tuple[dict[str, str], File]:
    """Return the fields of a request, and its file: the first medium of the last message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is none, or it is no sound.
    """
    sounds = [part.media for part in request.messages[-1].content if isinstance(part, MediaPart)]
    if not sounds:
        raise GenkitError(
            'The message holds no sound to be transcribed; add a MediaPart with audio.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    content = await fetch(sounds[0])
    kind = content.content_type.partition(';')[0].lower()
    if not kind.startswith(('audio/', 'video/')):
        raise unsupported_media(kind, 'audio')
    given = without_key(as_members(request.config))
    config = parse_config(CohereTranscribeConfig, given, 'The config does not fit a model that listens')
    fields = {'model': config.version or model, 'language': config.language}
    if config.temperature is not None:
        fields['temperature'] = str(config.temperature)
    suffix = kind.rpartition('/')[2].replace('mpeg', 'mp3').replace('x-wav', 'wav')
    return fields, (f'sound.{suffix}', content.data, kind)


def to_transcribe_response(content: bytes, source: str, secrets: Sequence[str | None] = ()) -> GenerateResponse[Any]:
    """Return what was said.

    Args:
        content: The answer's body.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is a failure, or nothing of the protocol.
    """
    try:
        seen = read_json(content)
    except ValueError:
        raise answer_error(source, content, secrets) from None
    body = cast('dict[str, Any]', seen) if isinstance(seen, dict) else {}
    text = body.get('text')
    if not isinstance(text, str) or is_error(body):
        raise answer_error(source, seen, secrets)
    message = Message(role=Role.MODEL, content=[TextPart(text=text)])
    return GenerateResponse(message=message, finish_reason=FinishReason.STOP, raw=body)
