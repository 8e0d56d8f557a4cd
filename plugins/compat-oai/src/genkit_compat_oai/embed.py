# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://platform.openai.com/docs/api-reference/embeddings."""

import base64
from array import array
from sys import byteorder
from typing import Any

from genkit import GenkitError
from genkit.plugin import as_members, embed_purpose, items_of, text_to_embed, vector_of, without_key
from genkit.types import Embedding, EmbedRequest, OpenWireModel

from genkit_compat_oai.dialect import Dialect


class EmbedConfig(OpenWireModel):
    """Options of an embedder; members that are not listed are sent as they are.

    Attributes:
        dimensions: Of the vectors, for models that can shorten them.
        user: Names the end user to the provider.
        api_key: Overrides the plugin's key for this one request.
    """

    dimensions: int | None = None
    user: str | None = None
    api_key: str | None = None


def to_embed_requests(
    model: str, request: EmbedRequest, dialect: Dialect
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the bodies that together embed every document, in order: each in two parts, what must be and options."""
    options = {name: value for name, value in without_key(as_members(request.options)).items() if value is not None}
    purpose = embed_purpose()
    if purpose is not None and purpose in dialect.input_types:
        options = {'input_type': dialect.input_types[purpose], **options}
    texts = [text_to_embed(document, number) for number, document in enumerate(request.input)]
    most = dialect.most_inputs
    batches = [texts[start : start + most] for start in range(0, len(texts), most)]
    return [({'model': model, 'input': batch, 'encoding_format': 'float'}, options) for batch in batches]


def to_embeddings(answer: dict[str, Any], asked: int) -> list[Embedding]:
    """Return the vectors of an answer, in the order of their indexes.

    Raises:
        GenkitError: There are fewer, or more, than were asked for, or they are none.
    """
    entries = items_of(answer.get('data'), 'data')
    if len(entries) != asked:
        raise GenkitError(
            f'The provider sent {len(entries)} embeddings for {asked} texts, and nothing says which are missing. Send '
            'fewer texts at a time.',
            status='INTERNAL',
        )
    places = [entry.get('index') for entry in entries]
    if all(type(place) is int for place in places) and set(places) == set(range(asked)):
        entries = sorted(entries, key=lambda entry: entry['index'])
    elif len(set(map(str, places))) > 1:  # some servers give all vectors one index, or none
        raise GenkitError(
            f"The provider sent {str(places)[:80]} as 'data.index' of {asked} embeddings, and which belongs to which "
            'text cannot be seen. Send fewer texts at a time.',
            status='INTERNAL',
        )
    return [Embedding(embedding=_vector(entry.get('embedding'))) for entry in entries]


def _vector(value: Any) -> list[float]:
    """Return a vector; some servers send the bytes of its numbers although they are asked for the numbers."""
    if isinstance(value, str):
        try:
            numbers = array('f', base64.b64decode(value, validate=True))
        except ValueError:
            raise _misfit(value) from None
        if byteorder == 'big':
            numbers.byteswap()
        return vector_of(numbers.tolist(), 'data.embedding')
    return vector_of(value, 'data.embedding')


def _misfit(value: Any) -> GenkitError:
    return GenkitError(
        f"The provider sent {str(value)[:80]!r} as 'data.embedding', which must be a list of numbers; see whether "
        'base_url leads to a server that speaks this protocol, and whether the model makes vectors.',
        status='INTERNAL',
    )
