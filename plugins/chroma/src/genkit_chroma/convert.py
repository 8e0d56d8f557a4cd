# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as records of Chroma, and back. No IO.

A record holds the text; ``docMetadata``, the metadata as JSON; ``dataType``; ``docContent``, the parts as JSON, if
there is more than one text; and each member of the metadata that Chroma can compare, so that it can be filtered by.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit.plugin import StoreEntry, StoreMatch
from genkit.types import Document


METADATA_KEY: Final = 'docMetadata'
TYPE_KEY: Final = 'dataType'
CONTENT_KEY: Final = 'docContent'
_OWN: Final = frozenset({METADATA_KEY, TYPE_KEY, CONTENT_KEY})
_LONGEST_INTEGER: Final = 1 << 63


def to_records(entries: Sequence[StoreEntry]) -> dict[str, Any]:
    """Return the body of an upsert."""
    return {
        'ids': [entry.id for entry in entries],
        'embeddings': [entry.vector for entry in entries],
        'metadatas': [to_metadata(entry.document) for entry in entries],
        'documents': [entry.document.data() for entry in entries],
    }


def to_metadata(document: Document) -> dict[str, str | int | float | bool]:
    """Return what is stored beside a document's text."""
    members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    metadata = cast('dict[str, Any]', members.get('metadata') or {})
    stored = {name: value for name, value in metadata.items() if _is_comparable(name, value)}
    stored[METADATA_KEY] = _dumps(metadata)
    stored[TYPE_KEY] = document.data_type() or 'text'
    if members['content'] != [{'text': document.text()}]:
        stored[CONTENT_KEY] = _dumps(members['content'])
    return stored


def _is_comparable(name: str, value: Any) -> bool:
    if name in _OWN or not name or name.startswith(('$', 'chroma:')):
        return False
    if isinstance(value, int) and not isinstance(value, bool):
        return -_LONGEST_INTEGER <= value < _LONGEST_INTEGER
    return isinstance(value, str | float | bool)


def to_document(text: str | None, stored: Mapping[str, Any] | None) -> Document:
    """Return the document of a record; of one that another program stored, all its metadata."""
    known = dict(stored or {})
    kept = known.pop(METADATA_KEY, None)
    kind = known.pop(TYPE_KEY, None)
    content = known.pop(CONTENT_KEY, None)
    metadata = cast('dict[str, Any]', json.loads(kept)) if isinstance(kept, str) else known
    if isinstance(content, str):
        return Document.model_validate({'content': json.loads(content), 'metadata': metadata or None})
    return Document.from_data(text or '', kind if isinstance(kind, str) else None, metadata or None)


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


def to_where(where: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return conditions as Chroma takes them: one for each mapping, several joined by ``$and``."""
    if not where:
        return None
    if len(where) == 1:
        return dict(where)
    return {'$and': [{name: value} for name, value in where.items()]}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
