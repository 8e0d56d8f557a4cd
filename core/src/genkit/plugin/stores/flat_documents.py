# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as the flat records of vector stores, and back."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from genkit._base.errors import GenkitError
from genkit.types import Document


class FlatDocuments:
    """Keeps documents in a store whose records have flat members, of which it compares some.

    A record has, besides the members of the metadata that the store can compare, all metadata as JSON, the data type,
    and the parts as JSON if there is more than one text. A member of a member is named as filters name it:
    ``author.name``; one whose own name has a dot would be confused with it, and is not compared.

    Args:
        metadata: The name of the member that holds the metadata.
        data_type: The name of the member that holds the data type.
        parts: The name of the member that holds the parts.
        text: The name of the member that holds the text or the URL; None if the store keeps that apart.
    """

    def __init__(self, *, metadata: str, data_type: str, parts: str, text: str | None = None) -> None:
        self._metadata = metadata
        self._data_type = data_type
        self._parts = parts
        self._text = text
        self._own = {metadata, data_type, parts, text}

    def to_record(self, document: Document, is_comparable: Callable[[str, Any], bool]) -> dict[str, Any]:
        """Return the members of a document's record.

        Args:
            document: The document.
            is_comparable: Whether the store can compare a member of the metadata, of that name and value.
        """
        members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
        metadata = cast('dict[str, Any]', members.get('metadata') or {})
        record = {
            name: value for name, value in _flat(metadata) if name not in self._own and is_comparable(name, value)
        }
        record[self._metadata] = _dumps(metadata)
        if self._text is not None:
            record[self._text] = document.data()
        record[self._data_type] = document.data_type() or 'text'
        if members['content'] != [{'text': document.text()}]:
            record[self._parts] = _dumps(members['content'])
        return record

    def to_document(self, record: Mapping[str, Any] | None, text: str = '') -> Document:
        """Return the document of a record; of one that another program stored, with all its members as metadata.

        Args:
            record: The members of the record.
            text: The text or the URL, if the store keeps that apart.

        Raises:
            GenkitError: ``DATA_LOSS`` if it is damaged.
        """
        known = dict(record or {})
        said = text if self._text is None else str(known.pop(self._text, ''))
        kind = known.pop(self._data_type, None)
        kept = known.pop(self._metadata, None)
        parts = known.pop(self._parts, None)
        try:
            metadata: object = json.loads(kept) if isinstance(kept, str) else known
            content: object = json.loads(parts) if isinstance(parts, str) else [{'text': ''}]
            read = Document.model_validate({'content': content, 'metadata': metadata or None})
        except (ValueError, RecursionError) as error:
            raise GenkitError(
                f'A record of the store is no document: {error}. Delete it, and index the document again.',
                status='DATA_LOSS',
                cause=error,
            ) from error
        if isinstance(parts, str):
            return read
        return Document.from_data(said, kind if isinstance(kind, str) else None, read.metadata)


def _flat(members: Mapping[str, Any], before: str = '') -> Iterator[tuple[str, Any]]:
    for name, value in members.items():
        if '.' in name:
            continue
        if isinstance(value, Mapping):
            yield from _flat(cast('Mapping[str, Any]', value), f'{before}{name}.')
        else:
            yield f'{before}{name}', value


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
