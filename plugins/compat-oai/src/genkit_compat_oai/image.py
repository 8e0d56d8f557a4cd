# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images: https://platform.openai.com/docs/api-reference/images."""

from typing import Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import (
    as_members,
    count_of,
    items_of,
    made_address,
    made_media,
    text_of,
    token_usage,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    GenerationUsage,
    MediaPart,
    Message,
    Part,
    Role,
)

from genkit_compat_oai.convert.usage import custom_counts, members_of_counts
from genkit_compat_oai.dialect import Dialect
from genkit_compat_oai.errors import Failures


OF_TEXT: Final = ('temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences')
"""Options that only models of text know."""


class ImageConfig(GenerationCommonConfig):
    """Options of an image model; members that are not listed are sent as they are.

    What only models of text know (``temperature``, ``top_k``, ``top_p``, ``max_output_tokens``, ``stop_sequences``) is
    not sent.

    Attributes:
        n: How many images, up to 10.
        size: Such as ``1024x1024``, or ``auto``.
        quality: Such as ``high``, or ``auto``.
        background: Whether it may be seen through.
        output_format: Of the bytes.
        output_compression: From 0 to 100, for formats that lose something.
        moderation: How strictly the prompt is judged.
        style: Such as ``vivid``, for models that know styles.
        response_format: Whether the images come as ``b64_json`` or as ``url``, for models that let one choose.
        user: Names the end user to the provider.
    """

    n: int | None = None
    size: str | None = None
    quality: str | None = None
    background: Literal['transparent', 'opaque', 'auto'] | None = None
    output_format: str | None = None
    output_compression: int | None = None
    moderation: str | None = None
    style: str | None = None
    response_format: str | None = None
    user: str | None = None


def to_image_request(model: str, request: GenerateRequest) -> dict[str, Any]:
    """Return the body that asks for images; the prompt is the text of the last message."""
    config = without_key(as_members(request.config))
    version = config.pop('version', None)
    sent = {name: value for name, value in config.items() if value is not None and name not in OF_TEXT}
    return {'model': version or model, 'prompt': request.messages[-1].text, **sent}


def to_image_response(
    answer: dict[str, Any], output_format: str | None, dialect: Dialect, failures: Failures
) -> GenerateResponse[Any]:
    """Return the images of an answer; all else that it says is its raw form.

    Raises:
        GenkitError: There is no image.
    """
    told = answer.get('output_format')
    kind = f'image/{(told if isinstance(told, str) else None) or output_format or "png"}'
    images = items_of(answer.get('data'), 'data')
    parts: list[Part] = [_medium(image, kind) for image in images]
    if not parts:
        raise failures.no_answer(answer)
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=parts),
        finish_reason=FinishReason.STOP,
        usage=_usage(answer.get('usage'), dialect),
        raw={**answer, 'data': [{name: image[name] for name in image if name != 'b64_json'} for image in images]},
    )


def _usage(counted: Any, dialect: Dialect) -> GenerationUsage | None:
    counts = members_of_counts(counted)
    if not counts:
        return None
    given, made, total = (count_of(counts.get(f'{name}_tokens')) for name in ('input', 'output', 'total'))
    return token_usage(given, made, total, custom=custom_counts(counts, dialect))


def _medium(image: dict[str, Any], kind: str) -> MediaPart:
    data, url = image.get('b64_json'), image.get('url')
    if not data and not url:
        raise GenkitError(
            f"The provider sent {str(image)[:80]!r} as 'data', which must be images with 'b64_json' or 'url'; see "
            'whether base_url leads to a server that speaks this protocol.',
            status='INTERNAL',
        )
    kind = text_of(image.get('mime_type'), 'data.mime_type') or kind
    made = made_media(data, kind, 'data.b64_json') if data else made_address(url, kind, 'data.url')
    return MediaPart(media=made)
