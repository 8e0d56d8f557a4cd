# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images of Stability: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit.plugin import Content, as_members, made_media, parse_config, without_key
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, MediaPart, Message, Part, Role

from genkit_amazon_bedrock.config import StabilityConfig
from genkit_amazon_bedrock.models import BedrockEntry


Body = dict[str, Any]

_STRENGTH: Final = 0.7
_OPTIONS: Final = ('aspect_ratio', 'negative_prompt', 'output_format', 'seed', 'strength')
_DEFAULT_FORMAT: Final = 'png'


def to_image_body(entry: BedrockEntry, request: GenerateRequest, seen: Mapping[str, Content]) -> tuple[str, Body]:
    """Return the name to call, and a body that asks for an image: the last message's text, and its first image.

    Args:
        entry: Of the model.
        request: The request.
        seen: The content of media, by address.
    """
    config = parse_config(
        StabilityConfig, without_key(as_members(request.config)), f'The config does not fit {entry.name!r}'
    )
    message = request.messages[-1]
    options = {name: value for name in _OPTIONS if (value := getattr(config, name)) is not None}
    body: Body = {'prompt': message.text, **options, **config.extra}
    for part in message.content:
        if isinstance(part, MediaPart):
            body = {'mode': 'image-to-image', 'strength': _STRENGTH, 'image': seen[part.media.url].base64, **body}
            break
    return config.version or entry.name, body


def to_image_response(answer: Body, body: Body) -> GenerateResponse[Any]:
    """Return the images of an answer; one that was filtered says why.

    Args:
        answer: The provider's.
        body: What was asked.

    Raises:
        GenkitError: ``INTERNAL`` for images that are no base64.
    """
    kind = f'image/{body.get("output_format") or _DEFAULT_FORMAT}'
    images = cast('list[Any]', found) if isinstance(found := answer.get('images'), list) else []
    reasons = cast('list[Any]', why) if isinstance(why := answer.get('finish_reasons'), list) else []
    parts: list[Part] = [MediaPart(media=made_media(image, kind, 'images')) for image in images]
    refused = '; '.join(str(reason) for reason in reasons if reason)
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=parts),
        finish_reason=FinishReason.STOP if parts and not refused else FinishReason.BLOCKED,
        finish_message=refused or None,
        custom={'seeds': answer['seeds']} if answer.get('seeds') else None,
        raw={**answer, 'images': [f'{len(image)} characters of base64' for image in images]},
    )
