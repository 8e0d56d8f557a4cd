# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order of their relevance, by Cohere's protocol: https://docs.cohere.com/reference/rerank."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from genkit.plugin import Rank, items_of, ranked_documents, text_to_embed, without_key
from genkit.types import Document, RerankerResponse


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
    items = items_of(answer.get('results'), 'results')
    ranks = (Rank(item.get('index'), item.get('relevance_score'), item) for item in items)
    return RerankerResponse(documents=ranked_documents(ranks, documents).documents[:most])
