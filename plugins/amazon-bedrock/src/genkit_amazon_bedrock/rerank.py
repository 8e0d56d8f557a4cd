# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rerankers of Cohere and Amazon: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank.html."""

from collections.abc import Sequence
from typing import Any

from genkit.plugin import Rank, as_members, count_of, items_of, parse_config, ranked_documents, without_key
from genkit.types import Document, RerankerResponse

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
        GenkitError: As `ranked_documents`.
    """
    results = items_of(answer.get('results'), 'results')
    ranks = (Rank(count_of(result.get('index')), result.get('relevance_score'), result) for result in results)
    return ranked_documents(ranks, documents)
