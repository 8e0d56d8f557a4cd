# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images: https://platform.openai.com/docs/api-reference/images."""

from typing import Any, Literal

from genkit.plugin import as_members, to_data_url, token_usage, without_key
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    Media,
    MediaPart,
    Message,
    Role,
)


class ImageConfig(GenerationCommonConfig):
    """Options of an image model.

    Attributes:
        n: How many images, up to 10.
        size: Such as ``1024x1024``, or ``auto``.
        quality: Such as ``high``, or ``auto``.
        background: Whether it may be seen through.
        output_format: Of the bytes.
        output_compression: From 0 to 100, for formats that lose something.
        moderation: How strictly the prompt is judged.
        user: Names the end user to the provider.
    """

    n: int | None = None
    size: str | None = None
    quality: str | None = None
    background: Literal['transparent', 'opaque', 'auto'] | None = None
    output_format: str | None = None
    output_compression: int | None = None
    moderation: str | None = None
    user: str | None = None


def to_image_request(model: str, request: GenerateRequest) -> dict[str, Any]:
    """Return the body that asks for images; the prompt is the text of the last message."""
    config = without_key(as_members(request.config))
    version = config.pop('version', None)
    sent = {name: value for name, value in config.items() if value is not None}
    return {'model': version or model, 'prompt': request.messages[-1].text, **sent}


def to_image_response(answer: Any, output_format: str | None) -> GenerateResponse[Any]:
    """Return the images of an answer."""
    kind = f'image/{output_format or "png"}'
    parts = [
        MediaPart(
            media=Media(url=to_data_url(image.b64_json, kind) if image.b64_json else image.url, content_type=kind)
        )
        for image in answer.data or ()
    ]
    used = answer.usage
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=list(parts)),
        finish_reason=FinishReason.STOP,
        usage=token_usage(used.input_tokens, used.output_tokens, used.total_tokens) if used is not None else None,
    )
