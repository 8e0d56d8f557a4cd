# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents as objects of Weaviate, and back; queries in GraphQL. No IO."""

import json
import math
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.plugin import FlatDocuments, StoreEntry, StoreMatch, members_of
from genkit.types import Document

from genkit_weaviate.config import WeaviateCollection
from genkit_weaviate.members import DATA_TYPE, FACTS, KEY, METADATA, NUMBERS, PARTS, PREFIXES, properties_of


MOST_BYTES: Final = 4_000_000
_IDS: Final = uuid.UUID('6f1d2a5e-5f0b-4f8e-9d3c-0f6a2b7c8d91')
_NAME: Final = re.compile(r'[_A-Za-z][_0-9A-Za-z]*')
_HEAD: Final = b'{"objects":['
_FILTERABLE: Final = {'indexFilterable': True, 'indexSearchable': False}
_KEPT: Final = {'indexFilterable': False, 'indexSearchable': False}


def uuid_of(name: str) -> str:
    """Return the id that Weaviate has for one of ours, always the same; its own ids stay as they are."""
    try:
        given = uuid.UUID(name)
    except ValueError:
        return str(uuid.uuid5(_IDS, name))
    return name.lower() if str(given) == name.lower() else str(uuid.uuid5(_IDS, name))


def to_properties(document: Document, collection: WeaviateCollection) -> dict[str, Any]:
    """Return the properties of a document's object, without its id."""
    record = _documents(collection).to_record(document, lambda _name, _value: False)
    metadata = json.loads(record[METADATA])
    chosen = collection.filterable
    record.update(
        properties_of(metadata if chosen is None else {name: metadata[name] for name in chosen if name in metadata})
    )
    record.update({name: metadata[name] for name in collection.properties if metadata.get(name) is not None})
    return record


def to_bodies(
    entries: Sequence[StoreEntry], records: Sequence[Mapping[str, Any]], class_name: str, tenant: str | None
) -> Iterator[bytes]:
    """Return the bodies that store objects, of 4 MB at most each unless a single one is larger.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if a text is not Unicode.
    """
    batch: list[bytes] = []
    size = 0
    for entry, record in zip(entries, records, strict=True):
        object_: dict[str, Any] = {
            'class': class_name,
            'id': uuid_of(entry.id),
            'properties': {**record, KEY: entry.id},
            'vector': entry.vector,
        }
        if tenant is not None:
            object_['tenant'] = tenant
        encoded = _encoded(entry.id, object_)
        if batch and size + len(encoded) > MOST_BYTES:
            yield _HEAD + b','.join(batch) + b']}'
            batch, size = [], 0
        batch.append(encoded)
        size += len(encoded) + 1
    if batch:
        yield _HEAD + b','.join(batch) + b']}'


def to_property(name: str, collection: WeaviateCollection) -> dict[str, Any]:
    """Return the definition of a property."""
    if name == collection.content_property:
        return {
            'name': name,
            'dataType': ['text'],
            'tokenization': 'word',
            'indexFilterable': False,
            'indexSearchable': True,
        }
    if name in collection.properties:
        kind = collection.properties[name]
        text = {'tokenization': 'field', 'indexSearchable': True} if kind in ('text', 'text[]') else {}
        return {'name': name, 'dataType': [kind], 'indexFilterable': True, **text}
    if name.startswith(NUMBERS):
        return {'name': name, 'dataType': ['number[]'], 'indexFilterable': True}
    if name == FACTS or name.startswith(PREFIXES):
        return {'name': name, 'dataType': ['text[]'], 'tokenization': 'field', **_FILTERABLE}
    return {'name': name, 'dataType': ['text'], 'tokenization': 'field', **_KEPT}


def to_class(names: Sequence[str], collection: WeaviateCollection, *, has_tenants: bool) -> dict[str, Any]:
    """Return the definition of a collection with some properties."""
    return {
        'class': collection.stored_as,
        'vectorizer': 'none',
        'vectorIndexConfig': {'distance': collection.metric},
        'invertedIndexConfig': {'indexNullState': True},
        'multiTenancyConfig': {'enabled': has_tenants},
        'properties': [to_property(name, collection) for name in names],
    }


def fixed_properties(collection: WeaviateCollection) -> list[str]:
    """Return the names of the properties that every collection has."""
    return [collection.content_property, METADATA, DATA_TYPE, PARTS, KEY, FACTS, *collection.properties]


def to_match(found: Mapping[str, Any], collection: WeaviateCollection, metric: str) -> StoreMatch:
    """Return what a query found; of an object that another program stored, all its properties are metadata."""
    known = {name: value for name, value in found.items() if value is not None and name not in (FACTS, '_additional')}
    own = members_of(found.get('_additional'), '_additional')
    name = known.pop(KEY, None) or own.get('id')
    return StoreMatch(id=str(name), document=_documents(collection).to_document(known), score=_to_score(own, metric))


def _documents(collection: WeaviateCollection) -> FlatDocuments:
    return FlatDocuments(metadata=METADATA, data_type=DATA_TYPE, parts=PARTS, text=collection.content_property)


def _to_score(own: Mapping[str, Any], metric: str) -> float:
    """Return how near something is, more being better; a cosine distance becomes the similarity."""
    said = own.get('distance') if own.get('score') is None else own.get('score')
    try:
        number = _finite(float(said))  # pyright: ignore[reportArgumentType]  (what is no number is refused here)
    except (TypeError, ValueError) as error:
        raise GenkitError(
            f'Weaviate answered with the score {said!r}, which is no number.', status='INTERNAL', source='weaviate'
        ) from error
    if own.get('score') is not None:
        return number
    return 1.0 - number if metric == 'cosine' else -number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError('not finite')
    return number


def _encoded(name: str, value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(',', ':'), allow_nan=False).encode()
    except ValueError as error:
        raise GenkitError(
            f'Document {name!r} cannot be stored: {error}. Take halves of surrogate pairs and numbers that are not '
            'finite out.',
            status='INVALID_ARGUMENT',
            source='weaviate',
        ) from error


class Word(str):
    """A name that is written without quotes, such as an operator."""

    __slots__ = ()


def literal(value: Any) -> str:
    """Return a value as GraphQL writes it; no text in it can end its own quotes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for what GraphQL cannot write.
    """
    if isinstance(value, Word):
        return value
    if isinstance(value, Mapping):
        members = cast('Mapping[str, Any]', value)
        return '{' + ', '.join(f'{_name(name)}: {_member(name, each)}' for name, each in members.items()) + '}'
    if isinstance(value, list | tuple):
        return '[' + ', '.join(literal(each) for each in cast('Sequence[Any]', value)) + ']'
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise GenkitError(
            f'{value!r} cannot be sent to Weaviate: {error}.', status='INVALID_ARGUMENT', source='weaviate'
        ) from error


def get_query(name: str, arguments: Mapping[str, Any], properties: Sequence[str], additional: Sequence[str]) -> str:
    """Return a query for objects of a collection."""
    chosen = ' '.join((*properties, '_additional {', *additional, '}'))
    return f'{{ Get {{ {name}{_arguments(arguments)} {{ {chosen} }} }} }}'


def count_query(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a query for the number of objects of a collection."""
    return f'{{ Aggregate {{ {name}{_arguments(arguments)} {{ meta {{ count }} }} }} }}'


def _arguments(arguments: Mapping[str, Any]) -> str:
    said = [f'{name}: {literal(value)}' for name, value in arguments.items() if value is not None]
    return f'({", ".join(said)})' if said else ''


def _member(name: str, value: Any) -> str:
    return literal(Word(value) if name == 'operator' else value)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise GenkitError(f'{name!r} is no name in GraphQL.', status='INVALID_ARGUMENT', source='weaviate')
    return name
