# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings, in the protocols of Titan, Cohere and Nova.

Sources: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html,
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html and
https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import (
    Content,
    EmbedPurpose,
    as_members,
    embed_purpose,
    parse_config,
    text_to_embed,
    to_data_url,
    unsupported_media,
    vector_of,
    without_key,
)
from genkit.types import DocumentData, Embedding, EmbedRequest, EmbedResponse, MediaPart, TextPart
from pydantic import BaseModel

from genkit_amazon_bedrock.config import CohereEmbedConfig, NovaEmbedConfig, TitanEmbedConfig, TitanImageEmbedConfig
from genkit_amazon_bedrock.models import BedrockEntry, Form


Body = dict[str, Any]
Seen = Mapping[str, Content]

_MOST_TEXTS: Final = 96
_BATCHES: Final = ('texts', 'inputs', 'images')
_SOUNDS_AND_VIDEOS: Final = {
    'audio/mpeg': ('audio', 'mp3'),
    'audio/wav': ('audio', 'wav'),
    'audio/ogg': ('audio', 'ogg'),
    'video/mp4': ('video', 'mp4'),
    'video/quicktime': ('video', 'mov'),
    'video/webm': ('video', 'webm'),
}


def to_embed_bodies(entry: BedrockEntry, request: EmbedRequest, seen: Seen) -> tuple[str, list[Body]]:
    """Return the name to call, and the bodies of the calls that together embed every document, in order.

    Args:
        entry: Of the model.
        request: The request.
        seen: The content of media, by address.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the embedder does not take.
    """
    members = without_key(as_members(request.options))
    config = parse_config(entry.config, members, f'The options do not fit {entry.name!r}')
    if not entry.supports.media:
        for number, document in enumerate(request.input):
            text_to_embed(document, number)
    bodies = _MAKERS[entry.form](config, list(request.input), seen)
    return config.version or entry.name, [{**body, **config.extra} for body in bodies]


def to_embeddings(answers: Sequence[Body], bodies: Sequence[Body]) -> EmbedResponse:
    """Return the vectors of all answers, in order.

    Raises:
        GenkitError: ``INTERNAL`` if an answer has not as many as its body asked for, or something else in their place.
    """
    embeddings: list[Embedding] = []
    for answer, body in zip(answers, bodies, strict=True):
        vectors = _vectors(answer)
        wanted = next((len(body[name]) for name in _BATCHES if isinstance(body.get(name), list)), 1)
        if len(vectors) != wanted:
            raise GenkitError(
                f'The provider sent {len(vectors)} embedding(s) for {wanted} document(s); ask again.',
                status='INTERNAL',
            )
        embeddings += [Embedding(embedding=vector) for vector in vectors]
    return EmbedResponse(embeddings=embeddings)


def _vectors(answer: Body) -> list[list[float]]:
    """Return the vectors of one answer, wherever a model puts them."""
    found = answer.get('embedding')
    if found is not None:
        return [_vector(found)]
    found = answer.get('embeddings')
    if isinstance(found, dict):  # by type
        found = cast('Body', found).get('float')
    if not isinstance(found, list):
        raise _misfit(found)
    entries = cast('list[Any]', found)
    return [_vector(cast('Body', each).get('embedding') if isinstance(each, dict) else each) for each in entries]


def _vector(value: Any) -> list[float]:
    return vector_of(value, 'embedding')


def _misfit(value: Any) -> GenkitError:
    return GenkitError(
        f"The provider sent {repr(value)[:80]} as 'embedding', which must be a list of numbers.", status='INTERNAL'
    )


def _titan(config: Any, documents: list[DocumentData], _: Seen) -> list[Body]:
    assert isinstance(config, TitanEmbedConfig)
    options = _stated(
        config, {'dimensions': 'dimensions', 'normalize': 'normalize', 'embedding_types': 'embeddingTypes'}
    )
    return [{'inputText': _text(document), **options} for document in documents]


def _titan_image(config: Any, documents: list[DocumentData], seen: Seen) -> list[Body]:
    assert isinstance(config, TitanImageEmbedConfig)
    length = config.output_embedding_length
    options: Body = {} if length is None else {'embeddingConfig': {'outputEmbeddingLength': length}}
    bodies: list[Body] = []
    for document in documents:
        text, image = _text(document), _medium(document, seen)
        body: Body = {'inputText': text} if text else {}
        bodies.append({**body, **({} if image is None else {'inputImage': image.base64}), **options})
    return bodies


def _cohere_3(config: Any, documents: list[DocumentData], seen: Seen) -> list[Body]:
    assert isinstance(config, CohereEmbedConfig)
    options: Body = {
        'input_type': _input_type(config),
        **_stated(config, {'truncate': 'truncate'}),
    }
    if not any(_has_media(document) for document in documents):
        return _in_batches([_text(document) for document in documents], 'texts', options)
    bodies: list[Body] = []
    for document in documents:
        image = _medium(document, seen)
        only: Body = {'texts': [_text(document)]} if image is None else {'images': [_url(image)], 'input_type': 'image'}
        bodies.append({**options, **only})
    return bodies


def _cohere_4(config: Any, documents: list[DocumentData], seen: Seen) -> list[Body]:
    assert isinstance(config, CohereEmbedConfig)
    more = _stated(config, {'truncate': 'truncate', 'output_dimension': 'output_dimension'})
    options: Body = {
        'input_type': _input_type(config),
        'embedding_types': ['float'],
        **more,
    }
    if not any(_has_media(document) for document in documents):
        return _in_batches([_text(document) for document in documents], 'texts', options)
    inputs: list[Any] = [{'content': [_piece(part, seen) for part in document.content]} for document in documents]
    return _in_batches(inputs, 'inputs', options)


def _nova(config: Any, documents: list[DocumentData], seen: Seen) -> list[Body]:
    assert isinstance(config, NovaEmbedConfig)
    bodies: list[Body] = []
    for document in documents:
        told: Body = {'embeddingPurpose': config.embedding_purpose or _by_purpose('GENERIC_INDEX', 'GENERIC_RETRIEVAL')}
        told.update(_stated(config, {'embedding_dimension': 'embeddingDimension'}))
        medium = _medium(document, seen, more=_SOUNDS_AND_VIDEOS)
        if medium is None:
            told['text'] = {'truncationMode': config.truncation_mode or 'END', 'value': _text(document)}
        else:
            kind, form = _SOUNDS_AND_VIDEOS.get(medium.content_type, ('image', medium.content_type.rpartition('/')[2]))
            told[kind] = {'format': form, 'source': {'bytes': medium.base64}}
            if kind == 'image':
                told[kind].update(_stated(config, {'detail_level': 'detailLevel'}))
            elif kind == 'video':
                told[kind]['embeddingMode'] = 'AUDIO_VIDEO_COMBINED'
        bodies.append({'taskType': 'SINGLE_EMBEDDING', 'singleEmbeddingParams': told})
    return bodies


_MAKERS: Final[Mapping[Form, Callable[[Any, list[DocumentData], Seen], list[Body]]]] = {
    'titan': _titan,
    'titan-image': _titan_image,
    'cohere-3': _cohere_3,
    'cohere-4': _cohere_4,
    'nova': _nova,
}


def _input_type(config: CohereEmbedConfig) -> str:
    return config.input_type or _by_purpose('search_document', 'search_query')


def _by_purpose(of_document: str, of_query: str) -> str:
    """Return the word for what is embedded: a query inside a retriever, else a text that is stored."""
    return of_query if embed_purpose() is EmbedPurpose.QUERY else of_document


def _in_batches(items: Sequence[Any], member: str, options: Body) -> list[Body]:
    starts = range(0, len(items), _MOST_TEXTS)
    return [{member: list(items[start : start + _MOST_TEXTS]), **options} for start in starts]


def _stated(config: BaseModel, names: Mapping[str, str]) -> Body:
    return {wire: value for name, wire in names.items() if (value := getattr(config, name)) is not None}


def _has_media(document: DocumentData) -> bool:
    return any(isinstance(part, MediaPart) for part in document.content)


def _text(document: DocumentData) -> str:
    return ''.join(part.text for part in document.content if isinstance(part, TextPart))


def _medium(document: DocumentData, seen: Seen, more: Mapping[str, Any] = {}) -> Content | None:
    """Return the first medium of a document, which must be an image or one of the other types."""
    for part in document.content:
        if isinstance(part, MediaPart):
            content = seen[part.media.url]
            if not content.content_type.startswith('image/') and content.content_type not in more:
                raise unsupported_media(content.content_type, 'images' + (', sound and video' if more else ''))
            return content
    return None


def _piece(part: Any, seen: Seen) -> Body:
    if isinstance(part, MediaPart):
        content = seen[part.media.url]
        if not content.content_type.startswith('image/'):
            raise unsupported_media(content.content_type, 'images')
        return {'type': 'image_url', 'image_url': {'url': _url(content)}}
    return {'type': 'text', 'text': part.text}


def _url(content: Content) -> str:
    return to_data_url(content.data, content.content_type)
