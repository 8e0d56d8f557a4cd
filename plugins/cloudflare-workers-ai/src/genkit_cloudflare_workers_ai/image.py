# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images, in the provider's own protocol: https://developers.cloudflare.com/workers-ai/models (November 2026)."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import ModelEntry, bytes_of, decode_data_url, to_data_url, unsupported_part, without_key
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, Media, MediaPart, Message, Role, TextPart
from genkit_compat_oai import Failures
from genkit_compat_oai.endpoints import Body, form_fields

from genkit_cloudflare_workers_ai.convert import binary_kind, result_of
from genkit_cloudflare_workers_ai.models import EDITS


OF_TEXT: Final = ('temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences', 'version')
"""Options that only models of text know."""

# How the type of a picture is known that comes in base 64 without one.
_MAGIC: Final = {b'\x89PNG': 'image/png', b'\xff\xd8\xff': 'image/jpeg', b'RIFF': 'image/webp'}


def to_image_request(entry: ModelEntry, request: GenerateRequest, config: Mapping[str, Any]) -> Body:
    """Return what asks for an image: an object, or a form for models that take images with the prompt.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a medium that the model does not take.
    """
    message = request.messages[-1]
    options = {name: value for name, value in without_key(config).items() if value is not None and name not in OF_TEXT}
    if EDITS not in entry.extras:
        for part in message.content:
            if not isinstance(part, TextPart):
                raise unsupported_part(part, 'text')
        return {'prompt': message.text, **options}
    form = form_fields({'prompt': message.text, **options})
    images = [decode_data_url(part.media) for part in message.content if isinstance(part, MediaPart)]
    form += [(f'input_image_{n}', (f'{n}', image.data, image.content_type)) for n, image in enumerate(images)]
    return form


def to_image_response(failures: Failures, content: bytes, headers: Mapping[str, str]) -> GenerateResponse[Any]:
    """Return an image, which comes as bytes or in base 64.

    Raises:
        GenkitError: There is none.
    """
    kind = binary_kind(headers, 'image/')
    if kind:
        url, raw = to_data_url(content, kind), {'contentType': kind, 'bytes': len(content)}
    else:
        result, raw = result_of(failures, content)
        image = bytes_of(result.get('image'), 'result.image')
        if not image:
            raise failures.no_answer(raw)
        url = to_data_url(image, _kind_of(image))
    media = MediaPart(media=Media(url=url, content_type=url[5:].partition(';')[0]))
    return GenerateResponse(message=Message(role=Role.MODEL, content=[media]), finish_reason=FinishReason.STOP, raw=raw)


def _kind_of(image: bytes) -> str:
    return next((kind for magic, kind in _MAGIC.items() if image.startswith(magic)), 'image/jpeg')
