# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From documents and queries to vectors, by the embedder of an index."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from genkit import GenkitError
from genkit.plugin import Registry, embed
from genkit.types import DocumentData, Embedding
from numpy.typing import NDArray

from genkit_dev_local_vectorstore.config import IndexConfig
from genkit_dev_local_vectorstore.convert import Vectors


async def embed_documents(
    registry: Registry, config: IndexConfig, documents: Sequence[DocumentData]
) -> list[list[Embedding]]:
    """Return the embeddings of each document, from one request if the embedder gives one for each.

    An answer with more embeddings than documents does not say which belong together; the documents are then embedded
    one at a time.

    Raises:
        GenkitError: ``INTERNAL`` if the embedder gave fewer than one for each; what the embedder raised.
    """
    embeddings = await _embed(registry, config, documents, config.embedder_options)
    if len(embeddings) == len(documents):
        return [[embedding] for embedding in embeddings]
    if len(documents) == 1:
        return [embeddings]
    return [await _embed(registry, config, [document], config.embedder_options) for document in documents]


async def embed_query(registry: Registry, config: IndexConfig, query: DocumentData) -> Vectors:
    """Return the vector of a query; of several embeddings the first.

    Raises:
        GenkitError: As `embed_documents`.
    """
    embeddings = await _embed(registry, config, [query], config.options_for_queries())
    return to_unit_vectors([embeddings[0].embedding], config.embedder_name)[0]


async def _embed(
    registry: Registry, config: IndexConfig, documents: Sequence[DocumentData], options: Any
) -> list[Embedding]:
    embeddings = await embed(registry, config.embedder, documents, options=options)
    if len(embeddings) < len(documents):
        raise GenkitError(
            f'Embedder {config.embedder_name!r} gave {len(embeddings)} embeddings for {len(documents)} documents; at '
            'least one for each was expected. Check the embedder and its options.',
            status='INTERNAL',
        )
    return embeddings


def to_unit_vectors(embeddings: Sequence[Sequence[float]], embedder: str) -> Vectors:
    """Return embeddings as rows of length one, so that a dot product is a cosine; a zero vector stays as it is.

    Raises:
        GenkitError: ``INTERNAL`` if they differ in length, are empty or hold something that is no finite number.
    """
    lengths = {len(embedding) for embedding in embeddings}
    if len(lengths) != 1 or 0 in lengths:
        raise _bad_vectors(embedder, f'vectors of {sorted(lengths)} dimensions in one answer')
    vectors = np.asarray(embeddings, np.float64)
    if not np.isfinite(vectors).all():
        raise _bad_vectors(embedder, 'a vector with a member that is not a finite number')
    # Divided by the largest member first: squares of very large or small numbers would leave the range of a double.
    vectors /= _or_one(np.abs(vectors).max(axis=1, keepdims=True))
    vectors /= _or_one(np.linalg.norm(vectors, axis=1, keepdims=True))
    return vectors.astype(np.float32)


def _or_one(divisors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(divisors == 0, 1.0, divisors)


def _bad_vectors(embedder: str, what: str) -> GenkitError:
    return GenkitError(
        f'Embedder {embedder!r} gave {what}; a vector store needs vectors of equal length and finite numbers. '
        'Check the embedder and its options.',
        status='INTERNAL',
    )
