# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents and queries on their way into a vector store: ids, vectors and entries."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from pydantic import BaseModel

from genkit._base.errors import GenkitError
from genkit._kinds.embedder import embed
from genkit._registry.registry import Registry
from genkit.plugin.stores.vector_store import StoreEntry, StoreIndex, StoreMatch
from genkit.types import Document, DocumentData, Embedding


ID: Final = '_id'
SCORE: Final = '_score'


async def to_entries(
    registry: Registry, index: StoreIndex, documents: Sequence[tuple[str, Document]]
) -> list[StoreEntry]:
    """Return documents with their embeddings, one entry for each; a document that is split has several.

    Raises:
        GenkitError: ``INTERNAL`` if the embedder gave too few embeddings or vectors that cannot be stored.
    """
    contents = [document for _, document in documents]
    embeddings = await _embed(registry, index, contents, index.embedder_options)
    if len(embeddings) == len(contents):
        groups = [[embedding] for embedding in embeddings]
    elif len(contents) == 1:
        groups = [embeddings]
    else:  # nothing says which embeddings belong together, so each document is embedded by itself
        groups = [await _embed(registry, index, [document], index.embedder_options) for document in contents]
    entries: list[StoreEntry] = []
    for (name, document), group in zip(documents, groups, strict=True):
        parts = document.get_embedding_documents(group)
        # The entry that marks the document as stored comes last: an indexing interrupted before it starts over.
        for number in reversed(range(len(group))):
            identity = f'{name}-{number}' if number else name
            entries.append(StoreEntry(identity, parts[number], group[number].embedding))
    return entries


async def embed_query(registry: Registry, index: StoreIndex, query: DocumentData) -> list[float]:
    """Return the vector of a query; of several embeddings the first."""
    options = index.embedder_options
    if index.query_options is not None:
        options = {**_members(index.embedder_options), **_members(index.query_options)}
    return (await _embed(registry, index, [query], options))[0].embedding


def as_found(match: StoreMatch) -> Document:
    """Return a document as a retriever returns it: with its id and its score in the metadata."""
    metadata = {**(match.document.metadata or {}), ID: match.id, SCORE: match.score}
    return match.document.replaced(metadata=metadata)


def id_as_found(document: DocumentData) -> str | None:
    """Return the id of a document that a retriever returned; None if it was not found but made."""
    metadata = document.metadata or {}
    name = metadata.get(ID)
    return name if isinstance(name, str) and SCORE in metadata else None


def as_stored(document: Document) -> Document:
    """Return a document without the id and the score that a retriever has given it."""
    if id_as_found(document) is None:
        return document
    metadata = {name: value for name, value in (document.metadata or {}).items() if name not in (ID, SCORE)}
    return document.replaced(metadata=metadata or None)


def document_id(document: DocumentData) -> str:
    """Return the id of a document: a hash of its content and metadata, equal for equal documents.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it holds something that JSON cannot.
    """
    names = cast('dict[object, object]', document.metadata or {})  # of a document that was made without validation
    odd = [name for name in names if not isinstance(name, str)]
    if odd:
        raise _not_json(f'its metadata have the name {odd[0]!r}, which is no text')
    try:
        members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
        text = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(',', ':'))
    except ValueError as error:
        raise _not_json(str(error), error) from error
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:32]


def _not_json(reason: str, cause: Exception | None = None) -> GenkitError:
    return GenkitError(
        f'A document cannot be stored: {reason}. Put only JSON-compatible values into its parts and metadata.',
        status='INVALID_ARGUMENT',
        cause=cause,
    )


async def _embed(
    registry: Registry, index: StoreIndex, documents: Sequence[DocumentData], options: Any
) -> list[Embedding]:
    embeddings = await embed(registry, index.embedder, documents, options=options)
    name = index.embedder if isinstance(index.embedder, str) else index.embedder.name
    lengths = {len(embedding.embedding) for embedding in embeddings}
    if len(lengths) != 1 or 0 in lengths:
        raise GenkitError(
            f'Embedder {name!r} gave vectors of {sorted(lengths)} dimensions in one answer; a store needs vectors of '
            'equal length. Check the embedder and its options.',
            status='INTERNAL',
        )
    if not all(all(map(math.isfinite, embedding.embedding)) for embedding in embeddings):
        raise GenkitError(
            f'Embedder {name!r} gave a vector with a member that is not a finite number, which nothing is near to. '
            'Check the embedder and its options.',
            status='INTERNAL',
        )
    return embeddings


def _members(options: Mapping[str, Any] | BaseModel | None) -> dict[str, Any]:
    return options.model_dump(exclude_unset=True) if isinstance(options, BaseModel) else dict(options or {})
