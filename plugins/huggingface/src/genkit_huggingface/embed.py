# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://huggingface.co/docs/inference-providers/tasks/feature-extraction (November 2026)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import read_json, text_to_embed, vector_of, without_key
from genkit.types import DocumentData, Embedding
from genkit_compat_oai import Failures


MOST_INPUTS: Final = 32
"""Texts in a request; a server of Text Embeddings Inference takes no more unless it is started with another limit."""


def to_embed_bodies(documents: Sequence[DocumentData], options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the bodies that together embed every document, in order."""
    sent = {name: value for name, value in without_key(options).items() if value is not None and name != 'pooling'}
    texts = [text_to_embed(document, number) for number, document in enumerate(documents)]
    return [{'inputs': texts[start : start + MOST_INPUTS], **sent} for start in range(0, len(texts), MOST_INPUTS)]


def to_embeddings(failures: Failures, content: bytes, asked: int, pooling: str | None) -> list[Embedding]:
    """Return the vectors of an answer; those of the tokens of a text become one.

    Args:
        failures: Makes the errors.
        content: A list with a vector, or with the vectors of all tokens, for each text.
        asked: The number of texts.
        pooling: ``mean`` of all tokens, or the ``first`` or ``last`` of them. Default: ``mean``.

    Raises:
        GenkitError: ``INTERNAL`` if there are fewer, or more, than were asked for, or they are none.
    """
    try:
        answer = read_json(content)
    except ValueError:
        raise failures.no_answer(content) from None
    if not isinstance(answer, list) or not answer:
        raise failures.no_answer(answer)
    found = cast('list[Any]', answer)
    if asked == 1 and not isinstance(found[0], list):
        found = [found]  # some servers leave the outer list out where there is one text
    if len(found) != asked:
        raise GenkitError(
            f'The provider sent {len(found)} embeddings for {asked} texts, and nothing says which are missing; see '
            'whether the model makes vectors (its page calls the task feature-extraction).',
            status='INTERNAL',
        )
    return [Embedding(embedding=_pooled(value, pooling or 'mean')) for value in found]


def _pooled(value: Any, pooling: str) -> list[float]:
    rows = _items(value)
    while len(rows) == 1 and _is_nested(rows[0]):
        rows = _items(rows[0])
    if not rows or not isinstance(rows[0], list):
        return _vector(rows)
    vectors = [_vector(row) for row in rows]
    if pooling != 'mean':
        return vectors[0 if pooling == 'first' else -1]
    if len({len(vector) for vector in vectors}) != 1:
        raise _misfit(value)
    return [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]


def _vector(value: Any) -> list[float]:
    return vector_of(value, 'embedding')


def _items(value: Any) -> list[Any]:
    return cast('list[Any]', value) if isinstance(value, list) else []


def _is_nested(value: Any) -> bool:
    """Return whether a list holds lists: a batch of one around the vectors of tokens."""
    return any(isinstance(item, list) for item in _items(value))


def _misfit(value: Any) -> GenkitError:
    return GenkitError(
        f'The provider sent {str(value)[:80]!r} as an embedding, which must be a list of numbers, or one such list for '
        'each token; see whether the model makes vectors.',
        status='INTERNAL',
    )
