# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Pure functions between documents, vectors and queries and what Google's APIs have for them."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, cast

from genkit import GenkitError
from genkit.plugin import StoreEntry, finite, items_of, members_of, no_answer, parse_config, read_json
from genkit.types import Document

from genkit_vertex_ai.config import NumericRestrict, Restrict, VectorSearchOptions


Body = dict[str, Any]

DEFAULT_K: Final = 10
_LONGEST_SHOWN: Final = 120
_INTEGER: Final = re.compile(r'-?[0-9]{1,19}')
_VALUES: Final = ('valueInt', 'valueFloat', 'valueDouble')


def to_datapoint(entry: StoreEntry) -> Body:
    """Return an entry as a point of an index; what it may be filtered by is in the metadata of its document.

    These are ``restricts``, ``numericRestricts`` and ``crowdingTag``, as the service has them.
    """
    metadata = entry.document.metadata or {}
    tag = metadata.get('crowdingTag')
    crowding = {} if tag is None else {'crowdingTag': _crowding(tag)}
    return {'datapointId': entry.id, 'featureVector': entry.vector, **_restricts(metadata), **crowding}


def to_query(deployed: str, vector: Sequence[float], query: Document, options: VectorSearchOptions) -> Body:
    """Return the body of a query; restrictions of its options and of its metadata apply together.

    Args:
        deployed: The name of the index at its endpoint.
        vector: Of the query.
        query: The query.
        options: Its options.
    """
    told = _restricts(query.metadata or {})
    own = _restricts({'restricts': options.restricts, 'numericRestricts': options.numeric_restricts})
    both = {name: [*told.get(name, ()), *own.get(name, ())] for name in {**told, **own}}
    asked: Body = {'datapoint': {'featureVector': list(vector), **both}, 'neighborCount': options.k or DEFAULT_K}
    if options.crowding is not None:
        asked['perCrowdingAttributeNeighborCount'] = options.crowding
    return {'deployedIndexId': deployed, 'queries': [asked]}


def to_neighbors(answer: Any, source: str) -> list[tuple[str, float]]:
    """Return ids and distances, nearest first.

    Raises:
        GenkitError: The answer is nothing of the protocol.
    """
    if not isinstance(answer, dict):
        raise no_answer(source, answer)
    queries = items_of(cast('Body', answer).get('nearestNeighbors'), 'nearestNeighbors')
    neighbors = items_of(queries[0].get('neighbors'), 'neighbors') if queries else []
    found: list[tuple[str, float]] = []
    for neighbor in neighbors:
        name = members_of(neighbor.get('datapoint'), 'datapoint').get('datapointId')
        distance = finite(neighbor.get('distance', 0.0))  # JSON of Google leaves a zero out
        if not isinstance(name, str) or distance is None:
            shown = repr(neighbor)[:_LONGEST_SHOWN]
            raise GenkitError(f'Vector Search found {shown}, which has no id or distance.', status='INTERNAL')
        found.append((name, distance))
    return found


def to_similarity(distance: float, measure: Literal['dot_product', 'cosine', 'squared_l2']) -> float:
    """Return a score that is higher for what is nearer."""
    return {'dot_product': distance, 'cosine': 1.0 - distance, 'squared_l2': -distance}[measure]


def to_fields(document: Document) -> Body:
    """Return content and metadata of a document as fields of Firestore."""
    members = document.model_dump(mode='json', by_alias=True, exclude_none=True)
    metadata = members.get('metadata')
    # Firestore has no list directly in a list, and keeps such metadata as a text.
    kept = json.dumps(metadata, ensure_ascii=False) if _has_nested_lists(metadata) else metadata
    return {'content': to_value(members['content']), 'metadata': to_value(kept)}


def to_value(value: Any) -> Body:
    """Return JSON as a value of Firestore: https://docs.cloud.google.com/firestore/docs/reference/rest/v1/Value."""
    if value is None:
        return {'nullValue': None}
    if isinstance(value, bool):
        return {'booleanValue': value}
    if isinstance(value, int) and abs(value) < 2**63:
        return {'integerValue': str(value)}
    if isinstance(value, int | float):
        return {'doubleValue': float(value) if math.isfinite(value) else str(value).replace('inf', 'Infinity')}
    if isinstance(value, str):
        return {'stringValue': value}
    if isinstance(value, Mapping):
        members = cast('Mapping[str, Any]', value)
        return {'mapValue': {'fields': {name: to_value(member) for name, member in members.items()}}}
    return {'arrayValue': {'values': [to_value(item) for item in cast('Sequence[Any]', value)]}}


def from_value(value: Any) -> Any:
    """Return a value of Firestore as JSON; of one that JSON has not, such as a place, what Firestore says of it."""
    nothing: tuple[str, Any] = ('nullValue', None)
    kind, held = next(iter(members_of(value, 'value').items()), nothing)
    if kind == 'nullValue':
        return None
    if kind == 'integerValue':
        return _integer(held)
    if kind == 'arrayValue':
        return [from_value(item) for item in items_of(members_of(held, kind).get('values'), 'values')]
    if kind == 'mapValue':
        fields = members_of(members_of(held, kind).get('fields'), 'fields')
        return {name: from_value(member) for name, member in fields.items()}
    return held


def _integer(held: Any) -> int:
    text = str(held)
    if _INTEGER.fullmatch(text) is None:
        raise GenkitError(f'Firestore holds {text[:_LONGEST_SHOWN]!r} as an integer, which is none.', status='INTERNAL')
    return int(text)


def to_document(content: Any, metadata: Any, source: str) -> Document:
    """Return a document from its content and metadata, which may be JSON or its text.

    Raises:
        GenkitError: ``INTERNAL`` if it is none.
    """
    members: Body = {'content': _parsed(content)}
    told = _parsed(metadata)
    if told:
        members['metadata'] = told
    if isinstance(members['content'], str):
        members['content'] = [{'text': members['content']}]
    try:
        return Document.model_validate(members)
    except ValueError as error:
        raise GenkitError(
            f'{source} holds {str(content)[:80]!r} as the content of a document, which must be a list of parts.',
            status='INTERNAL',
            cause=error,
        ) from error


def _restricts(metadata: Mapping[str, Any]) -> Body:
    tokens = metadata.get('restricts')
    numbers = metadata.get('numericRestricts', metadata.get('numeric_restricts'))
    found: Body = {}
    if tokens:
        found['restricts'] = [_as(Restrict, each, 'restricts') for each in tokens]
    if numbers:
        found['numericRestricts'] = [_number(_as(NumericRestrict, each, 'numericRestricts')) for each in numbers]
    return found


def _as(kind: type[Restrict | NumericRestrict], given: Any, member: str) -> Body:
    read = given if isinstance(given, kind) else parse_config(kind, given, f'{member} cannot be read')
    return read.model_dump(by_alias=True, exclude_none=True)


def _number(restrict: Body) -> Body:
    """Return a restriction with its number as the service has it: 0 is a number, and whole ones are texts."""
    given = [name for name in _VALUES if restrict.get(name) is not None]
    if len(given) != 1:
        raise GenkitError(
            f'The numeric restriction {restrict!r} has {len(given)} values; give one of value_int, value_float and '
            'value_double.',
            status='INVALID_ARGUMENT',
        )
    return {**restrict, **({'valueInt': str(restrict['valueInt'])} if given == ['valueInt'] else {})}


def _crowding(tag: Any) -> Any:
    return {'crowdingAttribute': tag} if isinstance(tag, str) else tag


def _has_nested_lists(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_nested_lists, cast('Body', value).values()))
    if not isinstance(value, list):
        return False
    items = cast('list[Any]', value)
    return any(isinstance(item, list) or _has_nested_lists(item) for item in items)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except ValueError:
        return value
