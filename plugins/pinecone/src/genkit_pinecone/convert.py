# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as records of Pinecone, and back. No IO.

The metadata of a record hold the text; ``_contentType``; ``docMetadata``, the document's metadata as JSON; ``_parts``,
its parts as JSON, if there is more than one text; and each member of its metadata that Pinecone can compare, so that it
can be filtered by. Limits: https://docs.pinecone.io/reference/api/database-limits.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import FlatDocuments, StoreEntry, StoreMatch
from genkit.types import Document

from genkit_pinecone.config import SparseVector


TYPE_KEY: Final = '_contentType'
METADATA_KEY: Final = 'docMetadata'
PARTS_KEY: Final = '_parts'
MOST_VECTORS: Final = 1000
MOST_BYTES: Final = 2_000_000
MOST_METADATA_BYTES: Final = 40 * 1024
_AROUND: Final = 1_000  # bytes of a body besides its vectors


def to_record(entry: StoreEntry, content_key: str, sparse: SparseVector | None) -> dict[str, Any]:
    """Return what is stored of a document.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if its text and metadata are too long for Pinecone.
    """
    metadata = to_metadata(entry.document, content_key)
    try:
        size = len(json.dumps(metadata, ensure_ascii=False).encode())
    except UnicodeEncodeError as error:
        raise GenkitError(
            f'Document {entry.id!r} has text that is not Unicode: {error}. Take the halves of surrogate pairs out.',
            status='INVALID_ARGUMENT',
            source='pinecone',
        ) from error
    if size > MOST_METADATA_BYTES:
        raise GenkitError(
            f'Document {entry.id!r} takes {size} bytes with its text and metadata, and Pinecone takes '
            f'{MOST_METADATA_BYTES} of a record. Divide the text into passages, or keep it elsewhere.',
            status='INVALID_ARGUMENT',
            source='pinecone',
        )
    record: dict[str, Any] = {'id': entry.id, 'values': entry.vector, 'metadata': metadata}
    if sparse is not None:
        record['sparseValues'] = sparse.to_wire()
    return record


def _documents(content_key: str) -> FlatDocuments:
    return FlatDocuments(metadata=METADATA_KEY, data_type=TYPE_KEY, parts=PARTS_KEY, text=content_key)


def to_metadata(document: Document, content_key: str) -> dict[str, Any]:
    """Return the metadata of a record."""
    return _documents(content_key).to_record(document, _is_comparable)


def _is_comparable(name: str, value: Any) -> bool:
    if not name or name.startswith('$'):
        return False
    if isinstance(value, list):
        items = cast('list[Any]', value)
        return bool(items) and all(isinstance(item, str) for item in items)
    return isinstance(value, str | int | float | bool)


def to_document(stored: Mapping[str, Any] | None, content_key: str) -> Document:
    """Return the document of a record; of one that another program stored, all its metadata."""
    return _documents(content_key).to_document(stored)


def to_matches(answer: Mapping[str, Any], content_key: str, metric: str) -> list[StoreMatch]:
    """Return what a query found."""
    return [
        StoreMatch(
            id=match['id'],
            document=to_document(match.get('metadata'), content_key),
            score=to_score(float(match.get('score') or 0.0), metric),
        )
        for match in answer.get('matches') or ()
    ]


def to_score(score: float, metric: str) -> float:
    """Return how near something is, more being better: what Pinecone says, or the squared distance below zero."""
    return -score if metric == 'euclidean' else score


def to_bodies(records: Sequence[Mapping[str, Any]], namespace: str) -> Iterator[bytes]:
    """Return the bodies of the upserts that store records: 1000 vectors and 2 MB at most each."""
    tail = f'],"namespace":{json.dumps(namespace)}}}'.encode()
    batch: list[bytes] = []
    size = _AROUND
    for record in records:
        encoded = json.dumps(record, ensure_ascii=False, separators=(',', ':')).encode()
        if batch and (len(batch) == MOST_VECTORS or size + len(encoded) > MOST_BYTES):
            yield b'{"vectors":[' + b','.join(batch) + tail
            batch, size = [], _AROUND
        batch.append(encoded)
        size += len(encoded) + 1
    if batch:
        yield b'{"vectors":[' + b','.join(batch) + tail
