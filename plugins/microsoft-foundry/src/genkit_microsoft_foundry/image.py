# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Images, by three protocols that answer alike.

Sources: https://learn.microsoft.com/azure/foundry/openai/how-to/dall-e, and of MAI and FLUX models
https://learn.microsoft.com/azure/foundry/foundry-models/how-to/use-foundry-models-mai-image and
https://learn.microsoft.com/azure/foundry/foundry-models/how-to/use-foundry-models-flux (November 2026).
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from genkit.plugin import Content, as_members, decode_data_url, unsupported_part, url_path, without_key
from genkit.types import GenerateRequest, MediaPart, TextPart
from genkit_compat_oai.endpoints import Body, Field, form_fields
from genkit_compat_oai.image import OF_TEXT

from genkit_microsoft_foundry.endpoint import Endpoint
from genkit_microsoft_foundry.models import FoundryEntry


_SIZE: Final = re.compile(r'(\d+)x(\d+)')


class ImageCall(NamedTuple):
    """A call that asks for images.

    Attributes:
        url: Where, as a path or a whole URL.
        body: What is sent.
        as_bearer: Whether a key is sent as a token is.
    """

    url: str
    body: Body
    as_bearer: bool = False


def to_image_call(entry: FoundryEntry, request: GenerateRequest, endpoint: Endpoint, *, dated: bool) -> ImageCall:
    """Return the call for a prompt, which is the last message; images in it are to be changed or followed.

    Args:
        entry: The model's.
        request: With the prompt.
        endpoint: Of the resource.
        dated: Whether OpenAI's models are asked by the paths of their deployments.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a medium that the model does not take.
    """
    config = without_key(as_members(request.config))
    deployment = config.pop('version', None) or entry.name
    sent = {name: value for name, value in config.items() if value is not None and name not in OF_TEXT}
    message = request.messages[-1]
    for part in message.content:
        if not isinstance(part, TextPart) and not (isinstance(part, MediaPart) and entry.supports.media):
            raise unsupported_part(part, 'text and images' if entry.supports.media else 'text')
    images = [decode_data_url(part.media) for part in message.content if isinstance(part, MediaPart)]
    asked = {'model': deployment, 'prompt': message.text}
    if entry.route == 'openai':
        home = f'/deployments/{url_path(deployment)}' if dated else ''
        return _edit(f'{home}/images', {**asked, **sent}, images, 'image[]')
    asked |= _measured(sent)
    if entry.route == 'mai':
        return _edit(f'{endpoint.vendors}/mai/v1/images', asked, images, 'image')
    url = f'{endpoint.vendors}/providers/blackforestlabs/v1/{entry.route}?api-version=preview'
    references = {f'input_image{f"_{n}" if n > 1 else ""}': _text(image) for n, image in enumerate(images, 1)}
    return ImageCall(url, {'output_format': 'png', **asked, **references}, as_bearer=True)


def _edit(home: str, asked: Mapping[str, Any], images: Sequence[Content], name: str) -> ImageCall:
    if not images:
        return ImageCall(f'{home}/generations', dict(asked))
    files: list[Field] = [
        (name, (f'image_{n}.{image.content_type.rpartition("/")[2]}', image.data, image.content_type))
        for n, image in enumerate(images)
    ]
    return ImageCall(f'{home}/edits', [*form_fields(asked), *files])


def _measured(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with width and height in the place of a size."""
    size = _SIZE.fullmatch(str(options.get('size')))
    if size is None:
        return dict(options)
    width, height = (int(number) for number in size.groups())
    rest = {name: value for name, value in options.items() if name != 'size'}
    return {'width': width, 'height': height, **rest}


def _text(image: Content) -> str:
    return base64.b64encode(image.data).decode()
