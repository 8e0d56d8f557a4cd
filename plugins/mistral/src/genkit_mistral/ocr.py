# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as Markdown. Source: https://docs.mistral.ai/api/endpoint/ocr (November 2026)."""

import mimetypes
from collections.abc import Iterator
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    as_members,
    content_type_of,
    count_of,
    items_of,
    made_media,
    text_of,
    token_usage,
    without_key,
)
from genkit.types import (
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationUsage,
    Media,
    MediaPart,
    Message,
    Part,
    Role,
    TextPart,
)
from genkit_compat_oai.convert.messages import to_answer_schema

from genkit_mistral.config import OcrConfig
from genkit_mistral.convert import Body


_OF_TEXT: Final = ('temperature', 'top_k', 'top_p', 'max_output_tokens', 'stop_sequences')


def to_ocr_request(model: str, request: GenerateRequest) -> Body:
    """Return the body that asks for the text of a document, which is the medium of the last message.

    With a schema, the text of that message says what to look for.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if there is not exactly one medium.
    """
    message = request.messages[-1]
    media = [part.media for part in message.content if isinstance(part, MediaPart)]
    if len(media) != 1:
        raise GenkitError(
            f'The message holds {len(media)} media, of which a model reads one at a time; add one MediaPart with an '
            'image or a document.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    config = {**OcrConfig().model_dump(exclude_none=True, by_alias=False), **without_key(as_members(request.config))}
    version = config.pop('version', None)
    sent = {name: value for name, value in config.items() if value is not None and name not in _OF_TEXT}
    output = request.output
    if output is not None and output.schema_ is not None and output.constrained:
        schema = to_answer_schema(output.schema_)
        sent['document_annotation_format'] = {'type': 'json_schema', 'json_schema': schema}
        if message.text.strip():
            sent['document_annotation_prompt'] = message.text
    return {'model': version or model, 'document': _document(media[0]), **sent}


def to_ocr_response(answer: Body) -> GenerateResponse[Any]:
    """Return the pages' text and images in their order, or what was found by a schema; all else is the raw form."""
    pages = items_of(answer.get('pages'), 'pages')
    found = text_of(answer.get('document_annotation'), 'document_annotation')
    parts: list[Part] = [TextPart(text=found)] if found else [part for page in pages for part in _parts(page)]
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=parts),
        finish_reason=FinishReason.STOP,
        usage=_usage(answer.get('usage_info')),
        raw=answer,
    )


def _document(media: Media) -> Body:
    if content_type_of(media).startswith('image/'):
        return {'type': 'image_url', 'image_url': media.url}
    return {'type': 'document_url', 'document_url': media.url}


def _parts(page: Body) -> Iterator[Part]:
    index = count_of(page.get('index'))
    place = {} if index is None else {'page': index}
    header, footer = text_of(page.get('header'), 'pages.header'), text_of(page.get('footer'), 'pages.footer')
    told = {name: text for name, text in (('header', header), ('footer', footer)) if text}
    text = text_of(page.get('markdown'), 'pages.markdown')
    yield TextPart(text=f'\n\n{text}' if index else text, metadata={**place, **told} or None)
    for image in items_of(page.get('images'), 'pages.images'):
        data, name = image.get('image_base64'), text_of(image.get('id'), 'pages.images.id')
        if data:
            yield MediaPart(media=_image(data, name), metadata={'id': name, **place})


def _image(data: Any, name: str) -> Media:
    guessed = mimetypes.guess_type(name)[0] or ''
    return made_media(data, guessed if guessed.startswith('image/') else 'image/jpeg', 'image_base64')


def _usage(counted: Any) -> GenerationUsage | None:
    counts = cast('Body', counted) if isinstance(counted, dict) else {}
    named = {'pages': counts.get('pages_processed'), 'documentBytes': counts.get('doc_size_bytes')}
    custom: dict[str, float] = {name: n for name, value in named.items() if (n := count_of(value)) is not None}
    return token_usage(None, None, custom=custom) if custom else None
