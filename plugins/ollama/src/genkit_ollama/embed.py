# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://docs.ollama.com/api/embed."""

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from genkit.plugin import answer_error, as_members, read_json, text_to_embed, without_key
from genkit.types import Embedding, EmbedRequest, EmbedResponse, OpenWireModel

from genkit_ollama.config import to_options


MOST_INPUTS: Final = 256  # the server takes any number, and answers when all are done: this keeps answers coming


class OllamaEmbedConfig(OpenWireModel):
    """Options of an embedder; members that are not listed are sent among the ``options`` as they are.

    Attributes:
        dimensions: Of the vectors, for models that can shorten them.
        truncate: Whether a text that is too long is cut off, which is the server's default, or refused.
        keep_alive: How long the model stays in memory afterwards, such as ``5m``.
        num_ctx: The size of the context in tokens.
        version: Replaces the name of the model.
        api_key: Overrides the plugin's key for this one request.
    """

    dimensions: int | None = None
    truncate: bool | None = None
    keep_alive: str | float | None = None
    num_ctx: int | None = None
    version: str | None = None
    api_key: str | None = None


def to_embed_requests(model: str, request: EmbedRequest) -> list[dict[str, Any]]:
    """Return the bodies that together embed every document, in order."""
    config = without_key(as_members(request.options))
    dimensions = config.pop('dimensions', None)
    body = {'model': config.get('version') or model, **to_options(config)}
    if dimensions is not None:
        body['dimensions'] = dimensions
    texts = [text_to_embed(document, number) for number, document in enumerate(request.input)]
    return [{**body, 'input': texts[start : start + MOST_INPUTS]} for start in range(0, len(texts), MOST_INPUTS)]


def to_embeddings(answers: Iterable[bytes], source: str, secrets: Sequence[str | None] = ()) -> EmbedResponse:
    """Return the vectors of all answers, in order.

    Args:
        answers: Their bodies.
        source: The plugin's name, for errors.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: An answer is a failure, or nothing of the protocol.
    """
    return EmbedResponse(
        embeddings=[Embedding(embedding=vector) for answer in answers for vector in _vectors(answer, source, secrets)]
    )


def _vectors(answer: bytes, source: str, secrets: Sequence[str | None]) -> list[list[float]]:
    seen: Any = answer
    with contextlib.suppress(ValueError):
        seen = read_json(answer)
    body = cast('dict[str, Any]', seen) if isinstance(seen, dict) else {}
    vectors = body.get('embeddings')
    if body.get('error') or not isinstance(vectors, list):
        raise answer_error(source, seen, secrets)
    return cast('list[list[float]]', vectors)
