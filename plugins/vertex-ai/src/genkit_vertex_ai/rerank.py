# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Ranking: https://docs.cloud.google.com/generative-ai-app-builder/docs/ranking."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import as_members, did_you_mean, no_answer, parse_config, text_to_embed
from genkit.types import Document, RankedDocumentData, RankedDocumentMetadata, RerankerResponse

from genkit_vertex_ai.config import RerankConfig


RANKERS: Final = (
    *('semantic-ranker-default@latest', 'semantic-ranker-fast@latest', 'semantic-ranker-default-004'),
    *('semantic-ranker-fast-004', 'semantic-ranker-default-003', 'semantic-ranker-default-002'),
    'semantic-ranker-512@latest',
)
MOST_RECORDS: Final = 200
_MULTI_REGIONS: Final = ('us', 'eu')


def ranking_host(location: str) -> str:
    """Return the host of a place of Discovery Engine."""
    return (
        f'{location}-discoveryengine.googleapis.com' if location in _MULTI_REGIONS else 'discoveryengine.googleapis.com'
    )


def ranking_path(project: str, location: str) -> str:
    """Return the path that ranks."""
    config = 'rankingConfigs/default_ranking_config'
    return f'v1/projects/{project}/locations/{location}/{config}:rank'


def to_config(options: Any) -> RerankConfig:
    """Return options as their type.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member.
    """
    return parse_config(RerankConfig, as_members(options), 'The options do not fit a reranker of Vertex AI')


def to_rank_request(model: str, query: Document, documents: Sequence[Document], config: RerankConfig) -> dict[str, Any]:
    """Return the body of a request.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for media, and for more documents than one request may hold.
    """
    if len(documents) > MOST_RECORDS:
        raise GenkitError(
            f'{len(documents)} documents are too many: Vertex AI ranks {MOST_RECORDS} at most in a request. Retrieve '
            'fewer, or rank them in parts.',
            status='INVALID_ARGUMENT',
        )
    records = [_record(document, number) for number, document in enumerate(documents)]
    body = {
        'model': model,
        'query': text_to_embed(query, 0),
        'records': records,
        'ignoreRecordDetailsInResponse': True,
    }
    return body if config.k is None else {**body, 'topN': config.k}


def to_ranked(answer: Any, documents: Sequence[Document], source: str) -> RerankerResponse:
    """Return documents with their scores, as an answer ranks them.

    Raises:
        GenkitError: The answer is nothing of the protocol.
    """
    records: Any = cast('dict[str, Any]', answer).get('records') if isinstance(answer, dict) else None
    if not isinstance(records, list):
        raise no_answer(source, answer)
    ranked = [_document(record, documents) for record in cast('list[Any]', records)]
    return RerankerResponse(documents=sorted(ranked, key=lambda document: -document.score))


def unknown_ranker(source: str, name: str, known: Iterable[str]) -> GenkitError:
    """Return the error for a name that is no model: the service would take its default in its place."""
    names = list(known)
    return GenkitError(
        f'Vertex AI has no reranker {name!r}.{did_you_mean(name, names)} There are: {", ".join(map(repr, names))}; '
        'others can be added with models=[…].',
        status='NOT_FOUND',
        source=source,
    )


def _record(document: Document, number: int) -> dict[str, Any]:
    title = (document.metadata or {}).get('title')
    text = text_to_embed(document, number)
    return {'id': str(number), **({} if title is None else {'title': str(title)}), 'content': text}


def _document(record: Any, documents: Sequence[Document]) -> RankedDocumentData:
    members = cast('dict[str, Any]', record) if isinstance(record, dict) else {}
    place, score = members.get('id'), members.get('score', 0.0)  # JSON of Google leaves a zero out
    known = isinstance(place, str) and place.isascii() and place.isdigit() and int(place) < len(documents)
    if not known or type(score) not in (int, float):
        raise GenkitError(
            f'Vertex AI ranked {record!r}, which is none of {len(documents)} documents.', status='INTERNAL'
        )
    found = documents[int(cast('str', place))]
    metadata = RankedDocumentMetadata(**{**(found.metadata or {}), 'score': float(score)})
    return RankedDocumentData(content=found.content, metadata=metadata)
