# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as documents of Firestore, and back. No IO.

A document of Firestore has a field for the text, one for the vector, and one for each member of the metadata, as it is.
What Firestore does not hold in the same way (null and empty lists, which no filter must find, lists in lists, reserved
names, numbers beyond 64 bits) is kept as JSON in ``_genkit``, with the parts of a document that is more than one text.
"""

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import StatusName
from genkit.plugin import read_json
from genkit.types import Document

from genkit_firebase.config import OWN_FIELD, DistanceMeasure, FirestoreIndex, is_field
from genkit_firebase.errors import refused


DISTANCE_FIELD: Final = '_genkitDistance'
_VERSION: Final = 1
DEEPEST: Final = 15  # of 20, with the document itself and the list or the map around
_LARGEST: Final = 1 << 63
_LARGEST_FLOAT: Final = 1 << 1023
_OMITTED: Final = object()


def to_fields(document: Document, index: FirestoreIndex) -> dict[str, Any]:
    """Return the fields of a document, without its vector.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if the content of the collection is made by a function,
            ``INVALID_ARGUMENT`` for a list in a member that is not said to hold one.
    """
    if not isinstance(index.content_field, str):
        raise refused(
            f'Collection {index.path!r} makes its content by a function; name a field, '
            "FirestoreIndex(content_field='text'), to index documents here.",
            StatusName.FAILED_PRECONDITION,
        )
    members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    fields, left = _split(cast('dict[str, Any]', members.get('metadata') or {}), index)
    fields[index.content_field] = document.data()
    own: dict[str, Any] = {'version': _VERSION}
    if (kind := document.data_type()) not in (None, 'text'):
        own['type'] = kind
    if members['content'] != [{'text': document.text()}]:
        own['content'] = _dumps(members['content'])
    if left:
        own['metadata'] = _dumps(left)
    return {**fields, OWN_FIELD: own}


def to_document(fields: Mapping[str, Any], index: FirestoreIndex, source: Any = None) -> Document:
    """Return a document, with all that is not text or vector as metadata.

    Args:
        fields: Of the document of Firestore.
        index: The collection.
        source: The library's snapshot, for a content that is made by a function.

    Raises:
        GenkitError: ``DATA_LOSS`` for a document that is damaged, ``INTERNAL`` if the function gives something else.
    """
    names = own_fields(index)
    metadata: dict[str, Any] = {name: to_json(value) for name, value in fields.items() if name not in names}
    own = fields.get(OWN_FIELD)
    kept: Mapping[str, Any] = cast('Mapping[str, Any]', own) if isinstance(own, Mapping) else {}
    try:
        metadata |= cast('dict[str, Any]', read_json(str(kept.get('metadata', '{}'))))
        if not isinstance(index.content_field, str):
            return _made(index.content_field(source), metadata)
        if 'content' in kept:
            parts = read_json(str(kept['content']))
            return Document.model_validate({'content': parts, 'metadata': metadata or None})
    except (ValueError, TypeError) as error:
        raise refused(
            f'A document in {index.path!r} is damaged: {error}. Index it again.', StatusName.DATA_LOSS, error
        ) from error
    text, kind = fields.get(index.content_field), kept.get('type')
    said = '' if text is None else text if isinstance(text, str) else _dumps(to_json(text))
    return Document.from_data(said, kind if isinstance(kind, str) else None, metadata or None)


def own_fields(index: FirestoreIndex) -> frozenset[str]:
    """Return the fields of a collection that hold no metadata."""
    content = {index.content_field} if isinstance(index.content_field, str) else set[str]()
    return frozenset({index.vector_field, OWN_FIELD, DISTANCE_FIELD, *content})


def with_metadata(document: Document, index: FirestoreIndex, source: Any, more: Mapping[str, Any]) -> Document:
    """Return a document with the metadata that the collection is set to, and more."""
    metadata = dict(document.metadata or {})
    if callable(index.metadata_fields):
        metadata = {str(name): to_json(value) for name, value in index.metadata_fields(source).items()}
    elif index.metadata_fields is not None:
        wanted = set(index.metadata_fields)
        metadata = {name: value for name, value in metadata.items() if name in wanted}
    return document.replaced(metadata={**metadata, **more} or None)


def to_score(distance: float, measure: DistanceMeasure) -> float:
    """Return how near something is, more being better; a vector of length 0 is near to none."""
    if math.isnan(distance):
        return 0.0
    return {'COSINE': 1.0 - distance, 'EUCLIDEAN': -distance, 'DOT_PRODUCT': distance}[measure]


def to_json(value: Any) -> Any:
    """Return a value of Firestore as JSON: times as texts, bytes as base64, references as paths."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): to_json(member) for name, member in cast('Mapping[Any, Any]', value).items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Sequence):  # a list, and the library's vectors
        return [to_json(item) for item in cast('Sequence[Any]', value)]
    if hasattr(value, 'isoformat'):
        return value.isoformat()
    if hasattr(value, 'latitude'):
        return {'latitude': value.latitude, 'longitude': value.longitude}
    return str(getattr(value, 'path', value))


def _made(content: Any, metadata: dict[str, Any]) -> Document:
    if isinstance(content, str):
        return Document.from_text(content, metadata or None)
    if isinstance(content, Document):
        return content.replaced(metadata={**metadata, **(content.metadata or {})} or None)
    if isinstance(content, Sequence):
        return Document(content=list(cast('Sequence[Any]', content)), metadata=metadata or None)
    raise refused(
        f'content_field returned {type(content).__name__}; expected a text, parts, or a Document.', StatusName.INTERNAL
    )


def _split(metadata: Mapping[str, Any], index: FirestoreIndex) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the members that fields can be compared by, and those of which the fields do not say everything."""
    names, fields, left = own_fields(index), dict[str, Any](), dict[str, Any]()
    for name, value in metadata.items():
        held = _OMITTED if name in names or not is_field(name) else _native(value, (name,), index)
        if held is not _OMITTED:
            fields[name] = held
        if held is _OMITTED or not _same(held, value):
            left[name] = value
    return fields, left


def _native(value: Any, path: tuple[str, ...], index: FirestoreIndex) -> Any:
    if value is None or len(path) > DEEPEST:
        return _OMITTED
    if isinstance(value, Mapping):
        members = cast('Mapping[str, Any]', value)
        held = {name: _native(member, (*path, name), index) for name, member in members.items() if is_field(name)}
        return {name: member for name, member in held.items() if member is not _OMITTED}
    if isinstance(value, list):
        return _native_list(cast('list[Any]', value), path, index)
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return float(value) if abs(value) < _LARGEST_FLOAT else _OMITTED  # still greater, or less, than all others
    return value


def _native_list(items: list[Any], path: tuple[str, ...], index: FirestoreIndex) -> Any:
    name = '.'.join(path)  # that of a member within a list ends in a dot; no filter looks there
    is_known = index.list_fields is None or name in index.list_fields or '' in path
    if not is_known and items:
        raise refused(
            f'The metadata of a document have a list as {name!r}, and collection {index.path!r} says that there is '
            f'none. Add it: FirestoreIndex(list_fields={sorted({*(index.list_fields or ()), name})!r}).'
        )
    held = [item if item is None else _native(item, (*path, ''), index) for item in items if not isinstance(item, list)]
    return [item for item in held if item is not _OMITTED] or _OMITTED


def _same(held: Any, value: Any) -> bool:
    """Return whether two values are equal, and their numbers of one kind."""
    return type(held) is type(value) and held == value and _dumps(held) == _dumps(value)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
