# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents in the order of their relevance: https://docs.cohere.com/reference/rerank."""

from collections.abc import Sequence
from typing import Any, cast

from genkit.plugin import (
    Rank,
    answer_error,
    as_members,
    parse_config,
    ranked_documents,
    read_json,
    text_to_embed,
    without_key,
)
from genkit.types import Document, RerankerResponse

from genkit_cohere.config import CohereRerankConfig
from genkit_cohere.errors import is_error


def to_rerank_request(model: str, query: Document, documents: Sequence[Document], options: Any) -> dict[str, Any]:
    """Return the body of a request.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a medium, as text alone is ranked, and for options that do not fit.
    """
    given = without_key(as_members(options))
    config = parse_config(CohereRerankConfig, given, 'The options do not fit a reranker of Cohere')
    members = config.model_dump(exclude_none=True, by_alias=False, exclude={'version', 'api_key', 'k'})
    body = {
        'model': config.version or model,
        'query': text_to_embed(query, 0),
        'documents': [text_to_embed(document, number) for number, document in enumerate(documents)],
    }
    return {**body, **({} if config.k is None else {'top_n': config.k}), **members}


def to_ranked(
    content: bytes, documents: Sequence[Document], source: str, secrets: Sequence[str | None] = ()
) -> RerankerResponse:
    """Return documents with their scores, as an answer ranks them.

    Args:
        content: Its body.
        documents: Those of the request, in order.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is a failure, or nothing of the protocol.
    """
    try:
        seen = read_json(content)
    except ValueError:
        raise answer_error(source, content, secrets) from None
    body = cast('dict[str, Any]', seen) if isinstance(seen, dict) else {}
    results = body.get('results')
    if not isinstance(results, list) or is_error(body):
        raise answer_error(source, seen, secrets)
    return ranked_documents(map(_rank, cast('list[Any]', results)), documents)


def _rank(result: Any) -> Rank:
    members: dict[str, Any] = cast('dict[str, Any]', result) if isinstance(result, dict) else {}
    spans = members.get('relevant_spans')
    metadata = {'relevantSpans': spans} if spans else {}
    return Rank(members.get('index'), members.get('relevance_score'), result, metadata)
