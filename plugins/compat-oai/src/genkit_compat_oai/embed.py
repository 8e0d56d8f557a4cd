# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

from typing import Any, Final

from genkit.plugin import as_members, text_to_embed, without_key
from genkit.types import Embedding, EmbedRequest, EmbedResponse, WireModel


MOST_INPUTS: Final = 2048


class EmbedConfig(WireModel):
    """Options of an embedder.

    Attributes:
        dimensions: Of the vectors, for models that can shorten them.
        user: Names the end user to the provider.
        api_key: Overrides the plugin's key for this one request.
    """

    dimensions: int | None = None
    user: str | None = None
    api_key: str | None = None


def to_embed_requests(model: str, request: EmbedRequest) -> list[dict[str, Any]]:
    """Return the bodies that together embed every document, in order."""
    options = {name: value for name, value in without_key(as_members(request.options)).items() if value is not None}
    texts = [text_to_embed(document, number) for number, document in enumerate(request.input)]
    batches = [texts[start : start + MOST_INPUTS] for start in range(0, len(texts), MOST_INPUTS)]
    return [{'model': model, 'input': batch, 'encoding_format': 'float', **options} for batch in batches]


def to_embeddings(answers: list[Any]) -> EmbedResponse:
    """Return the vectors of all answers, in the order of their indexes."""
    entries = [entry for answer in answers for entry in sorted(answer.data, key=lambda entry: entry.index)]
    return EmbedResponse(embeddings=[Embedding(embedding=entry.embedding) for entry in entries])
