# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An embedder for tests: no weights, no network, the same vector for the same text every time."""

import hashlib
import math
from collections.abc import Awaitable, Callable
from typing import Final

from genkit._action.action import Action
from genkit._kinds.embedder import EmbedderOptions, define_embedder
from genkit.testing.models import HasRegistry
from genkit.types import Embedding, EmbedRequest, EmbedResponse
from genkit.types.message import text_of


DEFAULT_DIMENSIONS: Final = 32


def define_fake_embedder(
    ai: HasRegistry, name: str = 'fake-embedder', dimensions: int = DEFAULT_DIMENSIONS
) -> Action[EmbedRequest, EmbedResponse]:
    """Define an embedder for tests: vectors of length 1, which are more similar the more words two texts share."""
    options = EmbedderOptions(dimensions=dimensions, label='Fake embedder')
    return define_embedder(ai.registry, name, fake_embedding(dimensions), options)


def fake_embedding(dimensions: int = DEFAULT_DIMENSIONS) -> Callable[[EmbedRequest], Awaitable[EmbedResponse]]:
    """Return the function of the fake embedder."""

    async def embed(request: EmbedRequest) -> EmbedResponse:
        texts = [text_of(list(document.content)) for document in request.input]
        return EmbedResponse(embeddings=[Embedding(embedding=fake_vector(text, dimensions)) for text in texts])

    return embed


def fake_vector(text: str, dimensions: int = DEFAULT_DIMENSIONS) -> list[float]:
    """Return the vector of a text: its words, each hashed to a place and a sign."""
    vector = [0.0] * dimensions
    for word in text.lower().split() or ['']:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        vector[int.from_bytes(digest[:7]) % dimensions] += 1.0 if digest[7] & 1 else -1.0
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]
