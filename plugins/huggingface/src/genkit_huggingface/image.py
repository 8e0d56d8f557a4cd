# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images: https://huggingface.co/docs/inference-providers/tasks/text-to-image (November 2026)."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import to_data_url, without_key
from genkit.types import FinishReason, GenerateResponse, Media, MediaPart, Message, Role
from genkit_compat_oai import Failures


_OF_TEXT: Final = ('temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences', 'version')


def to_body(inputs: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body of inputs, a text or bytes in base 64, and of parameters if there are any."""
    sent = {name: value for name, value in without_key(options).items() if value is not None and name not in _OF_TEXT}
    return {'inputs': inputs, **({'parameters': sent} if sent else {})}


def to_image_response(failures: Failures, image: bytes, headers: Mapping[str, str]) -> GenerateResponse[Any]:
    """Return an image as a medium.

    Raises:
        GenkitError: The answer is no image.
    """
    kind = headers.get('content-type', '').partition(';')[0].strip().lower()
    if not image or not kind.startswith('image/'):
        raise failures.no_answer(image)
    media = MediaPart(media=Media(url=to_data_url(image, kind), content_type=kind))
    message = Message(role=Role.MODEL, content=[media])
    raw = {'contentType': kind, 'bytes': len(image)}
    return GenerateResponse(message=message, finish_reason=FinishReason.STOP, raw=raw)
