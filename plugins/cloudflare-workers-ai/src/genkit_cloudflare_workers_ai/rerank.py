# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order of their relevance: https://developers.cloudflare.com/workers-ai/models/bge-reranker-base."""

from collections.abc import Mapping, Sequence
from typing import Any

from genkit.plugin import Rank, items_of, ranked_documents, text_to_embed
from genkit.types import Document, RerankerResponse
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
    items = items_of(result['response'], 'result.response')
    ranks = (Rank(item.get('id'), item.get('score'), item) for item in items)
    return RerankerResponse(documents=ranked_documents(ranks, documents).documents[:most])
