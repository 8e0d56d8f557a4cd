# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order of their relevance, by Cohere's protocol: https://docs.cohere.com/reference/rerank."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import items_of, text_to_embed, without_key
from genkit.types import Document, RankedDocumentData, RankedDocumentMetadata, RerankerResponse


RERANK_PATH: Final = '/providers/cohere/v2/rerank'
"""What follows the root of a resource."""


def to_rerank_body(
    model: str, query: Document, documents: Sequence[Document], config: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the body that asks for scores.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a medium, as text alone is ranked.
    """
    options = without_key(config)
    deployment, most = options.pop('version', None) or model, options.pop('k', None)
    texts = [text_to_embed(document, number) for number, document in enumerate(documents)]
    limits = {} if most is None else {'top_n': min(most, len(texts))}
    given = {name: value for name, value in options.items() if value is not None}
    return {'model': deployment, 'query': text_to_embed(query, 0), 'documents': texts, **limits, **given}


def to_ranked(answer: dict[str, Any], documents: Sequence[Document], most: int | None) -> RerankerResponse:
    """Return documents with their scores, best first.

    Args:
        answer: The provider's.
        documents: As they were sent.
        most: The maximum number of documents; None for all.

    Raises:
        GenkitError: The answer ranks what was not sent.
    """
    ranked = [_document(item, documents) for item in items_of(answer.get('results'), 'results')]
    return RerankerResponse(documents=sorted(ranked, key=lambda document: -document.score)[:most])


def _document(item: Mapping[str, Any], documents: Sequence[Document]) -> RankedDocumentData:
    place, score = item.get('index'), item.get('relevance_score')
    if type(place) is not int or not 0 <= place < len(documents) or type(score) not in (int, float):
        raise GenkitError(
            f"The provider sent {dict(item)!r} in 'results', which is no rank of {len(documents)} documents; see "
            'whether the endpoint leads to a resource of Microsoft Foundry.',
            status='INTERNAL',
        )
    found = documents[place]
    metadata = RankedDocumentMetadata(**{**(found.metadata or {}), 'score': float(cast('float', score))})
    return RankedDocumentData(content=found.content, metadata=metadata)
