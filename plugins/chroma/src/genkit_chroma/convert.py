# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as records of Chroma, and back. No IO.

A record holds the text; ``docMetadata``, the metadata as JSON; ``dataType``; ``docContent``, the parts as JSON, if
there is more than one text; and each member of the metadata that Chroma can compare, so that it can be filtered by.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import FlatDocuments, StoreEntry, StoreMatch
from genkit.types import Document


METADATA_KEY: Final = 'docMetadata'
TYPE_KEY: Final = 'dataType'
CONTENT_KEY: Final = 'docContent'
_DOCUMENTS: Final = FlatDocuments(metadata=METADATA_KEY, data_type=TYPE_KEY, parts=CONTENT_KEY)
_LONGEST_INTEGER: Final = 1 << 63


def to_records(entries: Sequence[StoreEntry]) -> dict[str, Any]:
    """Return the body of an upsert."""
    return {
        'ids': [entry.id for entry in entries],
        'embeddings': [entry.vector for entry in entries],
        'metadatas': [to_metadata(entry.document) for entry in entries],
        'documents': [entry.document.data() for entry in entries],
    }


def to_metadata(document: Document) -> dict[str, Any]:
    """Return what is stored beside a document's text."""
    return _DOCUMENTS.to_record(document, _is_comparable)


def _is_comparable(name: str, value: Any) -> bool:
    if not name or name.startswith(('$', 'chroma:')):
        return False
    if isinstance(value, list):
        items = cast('list[Any]', value)
        kinds = {type(item).__name__ for item in items}
        return len(kinds) == 1 and 'list' not in kinds and _is_comparable(name, items[0])
    if isinstance(value, int) and not isinstance(value, bool):
        return -_LONGEST_INTEGER <= value < _LONGEST_INTEGER
    return isinstance(value, str | float | bool)


def to_document(text: str | None, stored: Mapping[str, Any] | None) -> Document:
    """Return the document of a record; of one that another program stored, all its metadata."""
    return _DOCUMENTS.to_document(stored, text or '')


def to_matches(answer: Mapping[str, Any], space: str) -> list[StoreMatch]:
    """Return what a query found; its answer holds a list for each query, of which there is one."""
    ids = cast('list[str]', answer['ids'][0])
    matches: list[StoreMatch] = []
    for place, name in enumerate(ids):
        document = to_document(_of(answer, 'documents', place), _of(answer, 'metadatas', place))
        vector = _of(answer, 'embeddings', place)
        if vector is not None:
            document.metadata = {**(document.metadata or {}), '_embedding': [float(number) for number in vector]}
        matches.append(StoreMatch(name, document, to_score(float(_of(answer, 'distances', place) or 0.0), space)))
    return matches


def _of(answer: Mapping[str, Any], name: str, place: int) -> Any:
    rows = answer.get(name)
    return None if rows is None else rows[0][place]


def to_score(distance: float, space: str) -> float:
    """Return how near something is, more being better.

    Chroma's distances are 1 - cosine, 1 - product, and the squared distance
    (https://docs.trychroma.com/docs/collections/configure).
    """
    return -distance if space == 'l2' else 1.0 - distance
