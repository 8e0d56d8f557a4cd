# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://ai.google.dev/api/embeddings."""

from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import (
    EmbedPurpose,
    ModelEntry,
    ToolNames,
    as_members,
    content_type_of,
    decode_data_url,
    embed_purpose,
    items_of,
    text_to_embed,
    unsupported_media,
    without_key,
)
from genkit.types import DocumentData, Embedding, EmbedRequest, EmbedResponse, Media, MediaPart, TextPart
from pydantic import ValidationError

from genkit_google_genai.config import EmbedConfig
from genkit_google_genai.convert.messages import to_part
from genkit_google_genai.convert.tools import Body


MOST_INPUTS: Final = 100
_TASKS: Final = {EmbedPurpose.DOCUMENT: 'RETRIEVAL_DOCUMENT', EmbedPurpose.QUERY: 'RETRIEVAL_QUERY'}
# On Vertex AI the first Gemini embedder, and embedders of others that it hosts, take one text a call.
_ONE_AT_A_TIME: Final = ('gemini-embedding-001', 'maas')


def to_embed_requests(entry: ModelEntry, request: EmbedRequest, *, is_vertex: bool) -> list[Body]:
    """Return the arguments of the calls that together embed every document, in order.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the embedder does not take.
    """
    options = EmbedConfig.model_validate(without_key(as_members(request.options)))
    config = options.model_dump(exclude_none=True, by_alias=False, exclude={'version', 'api_key'})
    purpose = embed_purpose()
    if purpose is not None and not entry.supports.media:  # those that see take no type of task
        config.setdefault('task_type', _TASKS[purpose])
    contents = [_content(entry, document, number) for number, document in enumerate(request.input)]
    takes_one = is_vertex and any(name in entry.name for name in _ONE_AT_A_TIME)
    most = 1 if takes_one else MOST_INPUTS
    model = options.version or entry.name
    return [
        {'model': model, 'contents': contents[start : start + most], 'config': dict(config)}
        for start in range(0, len(contents), most)
    ]


def to_embeddings(answers: list[Any]) -> EmbedResponse:
    """Return the vectors of all answers, in order."""
    vectors: list[list[float]] = [embedding.values or [] for answer in answers for embedding in answer.embeddings or ()]
    return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


def to_predict_requests(entry: ModelEntry, request: EmbedRequest) -> tuple[str, list[Body]]:
    """Return the model and the bodies of the calls that embed texts, images and videos, one document each.

    Source: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/multimodal-embeddings-api
    (November 2026).

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the embedder does not take.
    """
    options = EmbedConfig.model_validate(without_key(as_members(request.options)))
    size = options.output_dimensionality
    parameters = {} if size is None else {'parameters': {'dimension': size}}
    bodies = [{'instances': [_instance(document)], **parameters} for document in request.input]
    return options.version or entry.name, bodies


def to_predicted(answer: Body) -> list[Embedding]:
    """Return the vectors of a document: one for its text, its image and each segment of its video."""
    [prediction] = items_of(answer.get('predictions'), 'predictions')[:1] or [{}]
    found = [
        _vector(prediction[name], name, {'embedType': name})
        for name in ('textEmbedding', 'imageEmbedding')
        if prediction.get(name) is not None
    ]
    for segment in items_of(prediction.get('videoEmbeddings'), 'videoEmbeddings'):
        offsets = {name: value for name, value in segment.items() if name.endswith('OffsetSec')}
        found.append(_vector(segment.get('embedding'), 'embedding', {'embedType': 'videoEmbedding', **offsets}))
    return found


def _vector(value: Any, member: str, metadata: Body) -> Embedding:
    try:
        return Embedding(embedding=value, metadata=metadata)
    except ValidationError as error:
        raise GenkitError(
            f'The provider sent {str(value)[:40]!r} as {member!r}, which must be a list of numbers; see whether '
            'base_url leads to a server that speaks this protocol.',
            status='INTERNAL',
        ) from error


def _instance(document: DocumentData) -> Body:
    text = ''.join(part.text for part in document.content if isinstance(part, TextPart))
    instance: Body = {'text': text} if text else {}
    for part in document.content:
        if isinstance(part, MediaPart):
            kind = content_type_of(part.media).lower()
            name = kind.partition('/')[0]
            if name not in ('image', 'video') or name in instance:
                raise unsupported_media(kind, 'one text, one image and one video in each document')
            instance[name] = {**_place(part.media), **({'mimeType': kind} if name == 'image' else {})}
            if name == 'video' and (segment := (document.metadata or {}).get('videoSegmentConfig')) is not None:
                instance[name]['videoSegmentConfig'] = segment
    return instance


def _place(media: Media) -> Body:
    if media.url.startswith('gs://'):
        return {'gcsUri': media.url}
    return {'bytesBase64Encoded': decode_data_url(media).base64}


def _content(entry: ModelEntry, document: DocumentData, number: int) -> Body:
    if not entry.supports.media:
        return {'role': 'user', 'parts': [{'text': text_to_embed(document, number)}]}
    parts = [body for part in document.content if (body := to_part(part, ToolNames(()))) is not None]
    return {'role': 'user', 'parts': parts}
