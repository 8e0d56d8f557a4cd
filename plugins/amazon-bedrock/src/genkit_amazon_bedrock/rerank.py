# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rerankers of Cohere and Amazon: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank.html."""

from collections.abc import Sequence
from typing import Any

from genkit import GenkitError
from genkit.plugin import as_members, count_of, items_of, parse_config, without_key
from genkit.types import Document, RankedDocumentData, RankedDocumentMetadata, RerankerResponse

from genkit_amazon_bedrock.config import RerankConfig
from genkit_amazon_bedrock.models import BedrockEntry


Body = dict[str, Any]


def to_rerank_body(
    entry: BedrockEntry, query: Document, documents: Sequence[Document], options: Any
) -> tuple[str, Body]:
    """Return the name to call, and a body that asks for the order of some documents."""
    config = parse_config(RerankConfig, without_key(as_members(options)), f'The options do not fit {entry.name!r}')
    body: Body = {'query': query.text(), 'documents': [document.text() for document in documents]}
    if config.k is not None:
        body['top_n'] = min(config.k, len(documents))
    if entry.form == 'cohere':
        body['api_version'] = 2
        if config.max_tokens_per_doc is not None:
            body['max_tokens_per_doc'] = config.max_tokens_per_doc
    return config.version or entry.name, {**body, **config.extra}


def to_ranking(answer: Body, documents: Sequence[Document]) -> RerankerResponse:
    """Return the documents of an answer, best first.

    Raises:
        GenkitError: ``INTERNAL`` for a place at which there is no document, or a score that is no number.
    """
    ranked = [_ranked(result, documents) for result in items_of(answer.get('results'), 'results')]
    return RerankerResponse(documents=sorted(ranked, key=lambda document: -document.score))


def _ranked(result: Body, documents: Sequence[Document]) -> RankedDocumentData:
    place, score = count_of(result.get('index')), result.get('relevance_score')
    if place is None or place >= len(documents) or isinstance(score, bool) or not isinstance(score, int | float):
        raise GenkitError(
            f"The provider sent {repr(result)[:120]} as one of 'results', which must name one of {len(documents)} "
            'documents by its index and give it a score.',
            status='INTERNAL',
        )
    document = documents[place]
    metadata = RankedDocumentMetadata(**{**(document.metadata or {}), 'score': float(score)})
    return RankedDocumentData(content=document.content, metadata=metadata)
