# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: the mean over a language model's own view of a text."""

from genkit import Embedding, GenkitError
from genkit.types import Document, EmbedRequest, EmbedResponse

from genkit_llamacpp.engine import Engine


class Embedder:
    """Turns documents into vectors with a language model.

    Args:
        engine: A model that was loaded for embeddings.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        """Return one vector of length one for each document, in order.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a document without text, or one longer than the context.
        """
        texts = [_text(Document.from_document_data(data), number) for number, data in enumerate(request.input)]
        vectors = await self._engine.embed(texts) if texts else []
        return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


def _text(document: Document, number: int) -> str:
    text = document.text()
    if not text.strip():
        raise GenkitError(f'Document {number} holds no text; only text can be embedded.', status='INVALID_ARGUMENT')
    return text
