# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as what the functions of Convex keep, and back. No IO."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import FlatDocuments, StoreEntry, StoreMatch, finite, text_of


MOST_BYTES: Final = 4_000_000
MOST_OF_DOCUMENT: Final = 1_000_000
_DOCUMENTS: Final = FlatDocuments(metadata='metadata', data_type='dataType', parts='parts', text='text')


def to_space(name: str, namespace: str) -> str:
    """Return what tells the documents of an index and a namespace from all others."""
    return json.dumps([name, namespace], ensure_ascii=False, separators=(',', ':'))


def to_entry(entry: StoreEntry) -> dict[str, Any]:
    """Return what is stored of a document.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if Convex cannot keep it.
    """
    record = _DOCUMENTS.to_record(entry.document, lambda _name, _value: False)
    try:
        json.dumps(json.loads(record['metadata']), allow_nan=False)
        size = len(json.dumps(record, ensure_ascii=False).encode())
    except ValueError as error:
        raise _refused(
            entry.id, f'{error}. Take halves of surrogate pairs and numbers that are not finite out'
        ) from error
    if size > MOST_OF_DOCUMENT:
        raise _refused(
            entry.id, f'it takes {size} bytes, and Convex takes about {MOST_OF_DOCUMENT}. Divide it into passages'
        )
    return {'key': entry.id, **record, 'vector': entry.vector}


def to_calls(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Return entries in groups of about 4 MB at most."""
    group: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        own = len(json.dumps(entry, ensure_ascii=False).encode())
        if group and size + own > MOST_BYTES:
            yield group
            group, size = [], 0
        group.append(entry)
        size += own
    if group:
        yield group


def to_match(found: dict[str, Any]) -> StoreMatch:
    """Return what a search found.

    Raises:
        GenkitError: ``INTERNAL`` if it is not what the functions of the template give.
    """
    key, score = text_of(found.get('key'), 'key'), finite(found.get('score'))
    if score is None:
        raise GenkitError(
            f'Convex answered with the score {found.get("score")!r}, which is no number.',
            status='INTERNAL',
            source='convex',
        )
    record = {name: text_of(found[name], name) for name in ('text', 'dataType', 'metadata', 'parts') if name in found}
    try:
        document = _DOCUMENTS.to_document(record)
    except GenkitError as error:
        raise GenkitError(
            f'Document {key!r} of Convex cannot be read: {error.message}',
            status=error.status,
            source='convex',
            cause=error,
        ) from error
    return StoreMatch(id=key, document=document, score=score)


def _refused(name: str, reason: str) -> GenkitError:
    return GenkitError(f'Document {name!r} cannot be stored: {reason}.', status='INVALID_ARGUMENT', source='convex')
