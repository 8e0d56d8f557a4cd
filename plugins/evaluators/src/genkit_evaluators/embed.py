# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How near two texts are, by an embedder of the application."""

import math
from collections.abc import Sequence
from typing import Any

from genkit import GenkitError
from genkit.plugin import Registry, embed

from genkit_evaluators.config import EmbedderArgument


async def similarity(registry: Registry, embedder: EmbedderArgument, options: Any, texts: tuple[str, str]) -> float:
    """Return the cosine of two texts, from one request; below zero counts as zero.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown embedder, ``INTERNAL`` if it gave no two vectors that can be compared;
            what the embedder raised.
    """
    embeddings = await embed(registry, embedder, texts, options=options)
    vectors = [embedding.embedding for embedding in embeddings]
    lengths = [len(vector) for vector in vectors]
    cosine = _cosine(*vectors) if len(lengths) == len(texts) and lengths[0] == lengths[1] else math.nan
    if not math.isfinite(cosine):
        name = embedder if isinstance(embedder, str) else embedder.name
        raise GenkitError(
            f'Embedder {name!r} gave vectors of {lengths} dimensions for {len(texts)} texts, which cannot be compared; '
            'expected one for each, of one length and of finite numbers. Check the embedder and its options.',
            status='INTERNAL',
        )
    return min(max(cosine, 0.0), 1.0)


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors; zero if one of them is."""
    # Each is divided by its length first: a product of very large numbers would leave the range of a double.
    lengths = math.hypot(*one) or 1.0, math.hypot(*other) or 1.0
    return sum((a / lengths[0]) * (b / lengths[1]) for a, b in zip(one, other, strict=True))
