# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Transcripts: https://huggingface.co/docs/inference-providers/tasks/automatic-speech-recognition (November 2026)."""

import base64
from collections.abc import Mapping
from typing import Any

from genkit import ErrorReason, GenkitError
from genkit.plugin import decode_data_url, text_of
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, MediaPart, Message, Role, TextPart
from genkit_compat_oai import Failures

from genkit_huggingface.image import to_body


def to_transcribe_body(request: GenerateRequest, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that asks for text; the sound is the first medium of the last message.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is none, or it is no data URL.
    """
    for part in request.messages[-1].content:
        if isinstance(part, MediaPart):
            return to_body(base64.b64encode(decode_data_url(part.media).data).decode(), options)
    raise GenkitError(
        'The message holds no sound to be transcribed; add a MediaPart with a data URL of audio.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )


def to_transcript(failures: Failures, content: bytes) -> GenerateResponse[Any]:
    """Return what was said.

    Raises:
        GenkitError: The answer is no transcript.
    """
    answer = failures.members(content, 'text')
    message = Message(role=Role.MODEL, content=[TextPart(text=text_of(answer['text'], 'text'))])
    return GenerateResponse(message=message, finish_reason=FinishReason.STOP, raw=answer)
