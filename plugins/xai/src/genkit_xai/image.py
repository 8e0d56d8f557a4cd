# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images, made and changed. Source: https://docs.x.ai/developers/model-capabilities/images (November 2026)."""

from typing import Any, Final

from genkit.types import GenerateRequest, MediaPart
from genkit_compat_oai.image import to_image_request

from genkit_xai.config import XAIImageConfig


IMAGE_FORMAT: Final = 'jpeg'
"""What images are if the provider does not say."""


def to_image_call(model: str, request: GenerateRequest) -> tuple[str, dict[str, Any]]:
    """Return the path and the body of a call: images in the last message are changed, else one is made."""
    body = {'response_format': XAIImageConfig().response_format, **to_image_request(model, request)}
    parts = request.messages[-1].content
    images = [{'type': 'image_url', 'url': part.media.url} for part in parts if isinstance(part, MediaPart)]
    if not images:
        return '/images/generations', body
    given = {'image': images[0]} if len(images) == 1 else {'images': images}
    return '/images/edits', {**body, **given}
