# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order of their relevance: https://developers.cloudflare.com/workers-ai/models/bge-reranker-base."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from genkit import GenkitError
from genkit.plugin import items_of, text_to_embed
from genkit.types import Document, RankedDocumentData, RankedDocumentMetadata, RerankerResponse
from genkit_compat_oai import Failures

from genkit_cloudflare_workers_ai.convert import result_of


def to_rerank_request(query: Document, documents: Sequence[Document], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that asks for scores.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a medium, as text alone is ranked.
    """
    contexts = [{'text': text_to_embed(document, number)} for number, document in enumerate(documents)]
    most = {} if config.get('k') is None else {'top_k': config['k']}
    return {'query': text_to_embed(query, 0), 'contexts': contexts, **most}


def to_ranked(
    failures: Failures, content: bytes, _: Mapping[str, str], *, documents: Sequence[Document], most: int | None
) -> RerankerResponse:
    """Return documents with their scores, best first.

    Raises:
        GenkitError: The answer is a failure, or ranks what was not sent.
    """
    result, _ = result_of(failures, content)
    if 'response' not in result:
        raise failures.no_answer(result)
    ranked = [_document(item, documents) for item in items_of(result['response'], 'result.response')]
    return RerankerResponse(documents=sorted(ranked, key=lambda document: -document.score)[:most])


def _document(item: Mapping[str, Any], documents: Sequence[Document]) -> RankedDocumentData:
    place, score = item.get('id'), item.get('score')
    if type(place) is not int or not 0 <= place < len(documents) or type(score) not in (int, float):
        raise GenkitError(
            f'The provider ranked {dict(item)!r}, which is no result for {len(documents)} documents; see whether '
            'base_url leads to Workers AI.',
            status='INTERNAL',
        )
    found = documents[place]
    metadata = RankedDocumentMetadata(**{**(found.metadata or {}), 'score': float(cast('float', score))})
    return RankedDocumentData(content=found.content, metadata=metadata)
