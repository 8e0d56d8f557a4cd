# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://docs.cohere.com/reference/embed."""

import base64
import binascii
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    EmbedPurpose,
    ModelEntry,
    answer_error,
    as_members,
    embed_purpose,
    fetch,
    parse_config,
    read_json,
    to_data_url,
    unsupported_media,
    vector_of,
    without_key,
)
from genkit.types import DocumentData, Embedding, EmbedRequest, MediaPart, TextPart

from genkit_cohere.config import CohereEmbedConfig
from genkit_cohere.errors import is_error
from genkit_cohere.models import INTERLEAVED


Body = dict[str, Any]

MOST_INPUTS: Final = 96
_IMAGES: Final = frozenset({'image/jpeg', 'image/png', 'image/webp', 'image/gif'})
_FLOAT: Final = 4  # bytes


async def to_embed_requests(entry: ModelEntry, request: EmbedRequest) -> list[Body]:
    """Return the bodies that together embed every document, in order.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for options that do not fit, and for media that the model does not take.
    """
    given = without_key(as_members(request.options))
    config = parse_config(CohereEmbedConfig, given, 'The options do not fit an embedder of Cohere')
    options = config.model_dump(exclude_none=True, by_alias=False, exclude={'version', 'api_key'})
    is_query = embed_purpose() is EmbedPurpose.QUERY
    body = {
        'model': config.version or entry.name,
        'input_type': 'search_query' if is_query else 'search_document',
        'embedding_types': ['float'],
        **options,
    }
    inputs = [await _input(document) for document in request.input]
    if INTERLEAVED in entry.extras:
        return [_interleaved(body, batch) for batch in _batches(inputs)]
    return list(_apart(body, inputs))


def to_embeddings(
    answer: bytes, types: Sequence[str], asked: int, source: str, secrets: Sequence[str | None] = ()
) -> list[Embedding]:
    """Return the vectors of an answer, in order.

    Args:
        answer: Its body.
        types: Of the vectors that were asked for.
        asked: The number of inputs.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is a failure, or nothing of the protocol.
    """
    try:
        seen = read_json(answer)
    except ValueError:
        raise answer_error(source, answer, secrets) from None
    body = cast('Body', seen) if isinstance(seen, dict) else {}
    by_type: Any = body.get('embeddings')
    if not isinstance(by_type, dict) or is_error(body):
        raise answer_error(source, seen, secrets)
    columns = [_vectors(cast('Mapping[str, Any]', by_type), name) for name in types]
    for name, column in zip(types, columns, strict=True):
        if len(column) != asked:
            raise GenkitError(
                f'The provider sent {len(column)} embeddings of type {name!r} for {asked} inputs, and nothing says '
                'which are missing. Send fewer at a time.',
                status='INTERNAL',
            )
    return [
        Embedding(embedding=vector, metadata=dict(zip(types[1:], others, strict=True)) or None)
        for vector, *others in zip(*columns, strict=True)
    ]


async def _input(document: DocumentData) -> list[Body]:
    """Return the pieces of a document; an image on the web is fetched, as the provider takes none by its address."""
    pieces: list[Body] = []
    for part in document.content:
        if isinstance(part, MediaPart):
            content = await fetch(part.media)
            if content.content_type not in _IMAGES:
                raise unsupported_media(content.content_type, 'JPEG, PNG, WebP and GIF images')
            url = to_data_url(content.base64, content.content_type)
            pieces.append({'type': 'image_url', 'image_url': {'url': url}})
        elif isinstance(part, TextPart):
            pieces.append({'type': 'text', 'text': part.text})
    return pieces


def _interleaved(body: Body, batch: Sequence[list[Body]]) -> Body:
    if all(_is_text(pieces) for pieces in batch):
        return {**body, 'texts': [_text(pieces) for pieces in batch]}
    return {**body, 'inputs': [{'content': pieces} for pieces in batch]}


def _apart(body: Body, inputs: Sequence[list[Body]]) -> Iterator[Body]:
    """Yield requests for a model that takes texts, or a single image, and nothing of both."""
    texts: list[list[Body]] = []
    for number, pieces in enumerate(inputs):
        if _is_text(pieces):
            texts.append(pieces)
            continue
        yield from _of_texts(body, texts)
        texts = []
        if len(pieces) != 1:
            raise GenkitError(
                f'Document {number} holds more than one image alone, and {body["model"]!r} embeds an image or a text; '
                "embed them apart, or take 'embed-v4.0' or a later model.",
                status='INVALID_ARGUMENT',
                reason=ErrorReason.INVALID_PART,
            )
        yield {**body, 'input_type': 'image', 'images': [pieces[0]['image_url']['url']]}
    yield from _of_texts(body, texts)


def _of_texts(body: Body, texts: Sequence[list[Body]]) -> Iterator[Body]:
    for batch in _batches(texts):
        yield {**body, 'texts': [_text(pieces) for pieces in batch]}


def _batches(inputs: Sequence[list[Body]]) -> Iterator[Sequence[list[Body]]]:
    for start in range(0, len(inputs), MOST_INPUTS):
        yield inputs[start : start + MOST_INPUTS]


def _is_text(pieces: Sequence[Body]) -> bool:
    return all(piece['type'] == 'text' for piece in pieces)


def _text(pieces: Sequence[Body]) -> str:
    return ''.join(piece['text'] for piece in pieces)


def _vectors(by_type: Mapping[str, Any], name: str) -> list[list[float]]:
    given = by_type.get(name)
    if not isinstance(given, list):
        raise _misfit(name, given)
    return [_vector(name, vector) for vector in cast('list[Any]', given)]


def _vector(name: str, given: Any) -> list[float]:
    if isinstance(given, str) and name == 'base64':
        try:
            data = base64.b64decode(given, validate=True)
            numbers = list(struct.unpack(f'<{len(data) // _FLOAT}f', data))
        except (binascii.Error, struct.error, ValueError):
            raise _misfit(name, given) from None
        return vector_of(numbers, f'embeddings.{name}')
    return vector_of(given, f'embeddings.{name}')


def _misfit(name: str, given: Any) -> GenkitError:
    return GenkitError(
        f'The provider sent {str(given)[:80]!r} as a vector of {name!r}; see whether base_url leads to a server that '
        'speaks this protocol, and whether the model has such vectors.',
        status='INTERNAL',
    )
