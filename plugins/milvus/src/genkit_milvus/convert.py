# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as rows of a collection, and back. No IO.

``document`` holds the text or the URL; ``metadata`` the metadata as JSON; ``rest`` what those two cannot hold: the
parts, if there is more than one text, and the metadata as a text, where Milvus' JSON would change them.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import StoreEntry, StoreMatch, members_of, text_of
from genkit.types import Document

from genkit_milvus.config import PLUGIN_NAME, Distance, SparseVector
from genkit_milvus.filters import TERMS, to_fields


ID: Final = 'id'
VECTOR: Final = 'vector'
SPARSE: Final = 'sparse_vector'
DOCUMENT: Final = 'document'
METADATA: Final = 'metadata'
REST: Final = 'rest'
FOUND: Final = (DOCUMENT, METADATA, REST)
MOST_BYTES: Final = 65_535  # of a text or of JSON: https://milvus.io/docs/limitations.md
MOST_ID_BYTES: Final = 512
_BYTES_AT_ONCE: Final = 16 << 20  # a quarter of what a server takes by default
_WIDEST: Final = 1 << 63


def to_row(entry: StoreEntry, sparse: SparseVector | None) -> dict[str, Any]:
    """Return the row of a document.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if its text or its metadata are too long for Milvus, or no Unicode.
    """
    members = entry.document.model_dump(mode='json', by_alias=True, exclude_none=True)
    metadata: dict[str, Any] = members.get('metadata') or {}
    rest: dict[str, Any] = {}
    is_text = members['content'] == [{'text': entry.document.text()}]
    if not is_text:
        rest['content'] = members['content']
    plain = _plain(metadata)
    if json.dumps(plain) != json.dumps(metadata):  # 2**64 equals a float
        rest['metadata'] = json.dumps(metadata)
    text = entry.document.data() if is_text else entry.document.text()
    row = {ID: entry.id, VECTOR: entry.vector, DOCUMENT: text, METADATA: plain, REST: rest, **to_fields(metadata)}
    _check(entry.id, row)
    return row if sparse is None else {**row, SPARSE: dict(sparse)}


def to_document(entity: Mapping[str, Any]) -> Document:
    """Return the document of a row."""
    rest = members_of(entity.get(REST), REST)
    kept = rest.get('metadata')
    metadata = json.loads(kept) if isinstance(kept, str) else members_of(entity.get(METADATA), METADATA)
    content = rest.get('content') or [{'text': text_of(entity.get(DOCUMENT), DOCUMENT)}]
    return Document.model_validate({'content': content, 'metadata': dict(metadata) or None})


def to_matches(hits: Sequence[Any], distance: Distance | None) -> list[StoreMatch]:
    """Return what a search found.

    Args:
        hits: Of the only query of a search.
        distance: How vectors were compared; None if the scores are those of a ranker.
    """
    found: list[StoreMatch] = []
    for hit in hits:
        known = members_of(dict(hit), 'hit')
        score = known.get('distance')
        entity = members_of(known.get('entity'), 'entity')
        if not isinstance(score, int | float) or 'id' not in known:
            raise GenkitError(
                f'Milvus answered a search with {known!r:.200}, which has no id or no distance.',
                status='DATA_LOSS',
                source=PLUGIN_NAME,
            )
        found.append(StoreMatch(str(known['id']), to_document(entity), -score if distance == 'l2' else float(score)))
    return sorted(found, key=lambda match: -match.score)


def in_batches(rows: Sequence[dict[str, Any]], dimensions: int) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in parts that a server takes in one call."""
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        own = 4 * dimensions + sum(_size(row[name]) for name in (DOCUMENT, METADATA, REST, TERMS))
        if batch and size + own > _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += own
    if batch:
        yield batch


def _check(name: str, row: Mapping[str, Any]) -> None:
    limits = {ID: MOST_ID_BYTES, DOCUMENT: MOST_BYTES, METADATA: MOST_BYTES, REST: MOST_BYTES, TERMS: MOST_BYTES}
    for field, most in limits.items():
        try:
            size = _size(row[field])
        except UnicodeEncodeError as error:
            problem = f'has text that is not Unicode: {error}. Take the halves of surrogate pairs out.'
            raise _unfit(name, problem) from error
        if size > most:
            problem = f'takes {size} bytes as {field!r}, and Milvus takes {most}. Divide it, or keep it elsewhere.'
            raise _unfit(name, problem)


def _size(value: Any) -> int:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return len(text.encode())


def _unfit(name: str, problem: str) -> GenkitError:
    return GenkitError(f'Document {name!r} {problem}', status='INVALID_ARGUMENT', source=PLUGIN_NAME)


def _plain(value: Any) -> Any:
    """Return JSON that Milvus takes: whole numbers of 64 bits at most, and no NaN and no infinity."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in cast('dict[str, Any]', value).items()}
    if isinstance(value, list):
        return [_plain(each) for each in cast('list[Any]', value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        return float(value) if abs(value) < 1 << 1023 else None
    return value
