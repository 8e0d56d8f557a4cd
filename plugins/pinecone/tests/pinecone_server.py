# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Pinecone's REST API on the loopback interface: what is sent is checked, and what is stored is kept.

Written from https://github.com/pinecone-io/pinecone-api (``2026-04``) and the documented limits. Writes may take a
moment to be seen, as they do there.
"""

import json
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest


KEYS = ('key-of-the-test', 'key-of-another')


def _is_one_of(found: Any, wanted: Any) -> bool:
    """Return whether a value, or one of a list of texts, is among some of its own type."""
    items = found if isinstance(found, list) else [found]
    return any(_kind(item) == _kind(each) and item == each for item in items for each in wanted)


def _kind(value: Any) -> str:
    return 'number' if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _is_number(*values: Any) -> bool:
    return all(_kind(value) == 'number' for value in values)


# Whether ``$ne`` and ``$nin`` are met by a record without the member is not documented: here they are not.
_COMPARISONS = {
    '$eq': lambda a, b: _is_one_of(a, [b]),
    '$ne': lambda a, b: a is not None and not _is_one_of(a, [b]),
    '$gt': lambda a, b: _is_number(a, b) and a > b,
    '$gte': lambda a, b: _is_number(a, b) and a >= b,
    '$lt': lambda a, b: _is_number(a, b) and a < b,
    '$lte': lambda a, b: _is_number(a, b) and a <= b,
    '$in': _is_one_of,
    '$nin': lambda a, b: a is not None and not _is_one_of(a, b),
    '$exists': lambda a, b: (a is not None) == b,
}
_TYPES = {
    **{key: {'number', 'str', 'bool'} for key in ('$eq', '$ne')},
    **{key: {'number'} for key in ('$gt', '$gte', '$lt', '$lte')},
    **{key: {'number', 'str'} for key in ('$in', '$nin')},
    '$exists': {'bool'},
}


class RefusedError(Exception):
    """A request that Pinecone would not take."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Index:
    """An index with its records by namespace; each is a time from which it is seen, and the record."""

    name: str
    dimension: int
    metric: str
    polls_until_ready: int = 0
    namespaces: dict[str, dict[str, tuple[float, dict[str, Any]]]] = field(default_factory=dict)


class PineconeServer(LoopbackServer):
    """The server; a ``with`` block runs it.

    Attributes:
        delay: Seconds until a write is seen.
        polls: How often a new index says that it is not ready.
    """

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.indexes: dict[str, Index] = {}
        self.delay = 0.0
        self.polls = 0
        self._lock = threading.Lock()

    def _respond(self, request: RecordedRequest) -> CannedAnswer:
        with self._lock:
            try:
                return CannedAnswer.of_json(*self._dispatch(request))
            except RefusedError as error:
                if request.path.startswith('/indexes'):
                    body = {'error': {'code': 'SOME_CODE', 'message': str(error)}, 'status': error.status}
                else:
                    body = {'code': 3, 'message': str(error), 'details': []}
                return CannedAnswer.of_json(body, error.status)

    def _dispatch(self, request: RecordedRequest) -> tuple[Any, int]:
        _check(request.headers.get('api-key') in KEYS, 'Invalid API key.', 401)
        _check(request.headers.get('x-pinecone-api-version') == '2026-04', 'unknown X-Pinecone-Api-Version')
        parts = urlsplit(request.path)
        if request.method == 'POST':
            _check(request.headers.get('content-type') == 'application/json', 'expected JSON', 415)
        if parts.path.startswith('/indexes'):
            return self._control(request, unquote(parts.path.removeprefix('/indexes').lstrip('/')))
        _, _, name, *rest = parts.path.split('/')
        index = self.indexes[unquote(name)]
        match request.method, '/'.join(rest):
            case 'POST', 'vectors/upsert':
                return self._upsert(index, request), 200
            case 'POST', 'query':
                return self._query(index, request.json), 200
            case 'POST', 'vectors/delete':
                return self._delete(index, request.json), 200
            case 'POST', 'describe_index_stats':
                _check(request.json == {}, 'filters are for indexes of pods')
                counts = {name: {'vectorCount': len(records)} for name, records in index.namespaces.items()}
                counts = {name or '__default__': count for name, count in counts.items()}
                return {'namespaces': counts, 'dimension': index.dimension}, 200
            case 'GET', 'vectors/fetch':
                return self._fetch(index, parse_qs(parts.query, keep_blank_values=True)), 200
        raise RefusedError(f'no such path {request.path}', 404)

    def _control(self, request: RecordedRequest, name: str) -> tuple[Any, int]:
        if request.method == 'POST':
            body = request.json
            _members(body, {'name', 'dimension', 'metric', 'spec'}, {'deletion_protection'})
            _members(body['spec'], {'serverless'}, set())
            _members(body['spec']['serverless'], {'cloud', 'region'}, set())
            _check(body['name'] not in self.indexes, 'Resource already exists.', 409)
            _check(body['metric'] in ('cosine', 'dotproduct', 'euclidean'), 'unknown metric', 422)
            made = Index(body['name'], body['dimension'], body['metric'], self.polls)
            self.indexes[made.name] = made
            return self._described(made), 201
        _check(name in self.indexes, f'Resource {name} not found', 404)
        if request.method == 'DELETE':
            del self.indexes[name]
            return None, 202
        index = self.indexes[name]
        index.polls_until_ready -= 1
        return self._described(index), 200

    def _described(self, index: Index) -> dict[str, Any]:
        is_ready = index.polls_until_ready <= 0
        return {
            'name': index.name,
            'dimension': index.dimension,
            'metric': index.metric,
            'host': f'{self.url}/data/{index.name}',
            'spec': {'serverless': {'cloud': 'aws', 'region': 'us-east-1'}},
            'status': {'ready': is_ready, 'state': 'Ready' if is_ready else 'Initializing'},
            'vector_type': 'dense',
        }

    def _upsert(self, index: Index, request: RecordedRequest) -> Any:
        _check(len(request.body) <= 2 * 1024 * 1024, 'Request size exceeds 2MB')
        body = request.json
        _members(body, {'vectors'}, {'namespace'})
        _check(0 < len(body['vectors']) <= 1000, 'between 1 and 1000 vectors are expected')
        for vector in body['vectors']:
            _members(vector, {'id', 'values'}, {'metadata', 'sparseValues'})
            _check(
                vector['id'].isascii() and 0 < len(vector['id']) <= 512, 'id must be ASCII of at most 512 characters'
            )
            _check_values(index, vector['values'])
            _check_metadata(vector.get('metadata') or {})
            _check_sparse(index, vector.get('sparseValues'))
        space = index.namespaces.setdefault(body.get('namespace', ''), {})
        visible = time.monotonic() + self.delay
        space.update({vector['id']: (visible, vector) for vector in body['vectors']})
        return {'upsertedCount': len(body['vectors'])}

    def _query(self, index: Index, body: dict[str, Any]) -> Any:
        known = {'namespace', 'filter', 'includeValues', 'includeMetadata', 'vector', 'sparseVector', 'id'}
        _members(body, {'topK'}, known)
        _check(1 <= body['topK'] <= 10_000, 'topK must be between 1 and 10000')
        _check_values(index, body['vector'])
        _check_sparse(index, body.get('sparseVector'))
        found: list[dict[str, Any]] = []
        for vector in self._seen(index, body.get('namespace', '')).values():
            metadata = vector.get('metadata') or {}
            if _meets(metadata, body.get('filter') or {}):
                score = _score(index.metric, body, vector)
                found.append({'id': vector['id'], 'score': score, 'metadata': metadata})
        found.sort(key=lambda match: match['score'] if index.metric == 'euclidean' else -match['score'])
        return {'matches': found[: body['topK']], 'namespace': body.get('namespace', ''), 'usage': {'readUnits': 1}}

    def _delete(self, index: Index, body: dict[str, Any]) -> Any:
        _members(body, set(), {'ids', 'deleteAll', 'namespace', 'filter'})
        _check(len(body.get('ids', [])) <= 1000, 'at most 1000 ids are expected')
        _check(body.get('namespace', '') in index.namespaces, 'Namespace not found', 404)
        _check('ids' in body or bool(body.get('filter')), 'ids or a filter is expected')
        records, ids = index.namespaces[body.get('namespace', '')], body.get('ids', [])
        if 'filter' in body:
            _check('ids' not in body, 'filter and ids exclude each other')
            ids = [name for name, (_, each) in records.items() if _meets(each.get('metadata') or {}, body['filter'])]
        for name in ids:
            records.pop(name, None)
        return {}

    def _fetch(self, index: Index, query: Mapping[str, list[str]]) -> Any:
        _check(not set(query) - {'ids', 'namespace'}, 'unknown parameter')
        namespace = query.get('namespace', [''])[0]
        seen = self._seen(index, namespace)
        return {'vectors': {name: seen[name] for name in query['ids'] if name in seen}, 'namespace': namespace}

    def _seen(self, index: Index, namespace: str) -> dict[str, dict[str, Any]]:
        now = time.monotonic()
        stored = index.namespaces.get(namespace, {})
        return {name: vector for name, (visible, vector) in stored.items() if visible <= now}


def _check(condition: bool, message: str, status: int = 400) -> None:
    if not condition:
        raise RefusedError(message, status)


def _members(body: Mapping[str, Any], required: set[str], optional: set[str]) -> None:
    _check(required <= set(body) <= required | optional, f'unexpected members {sorted(body)}')


def _check_values(index: Index, values: list[float]) -> None:
    _check(
        len(values) == index.dimension,
        f'Vector dimension {len(values)} does not match the dimension of the index {index.dimension}',
    )


def _check_sparse(index: Index, sparse: Any) -> None:
    if sparse is not None:
        _members(sparse, {'indices', 'values'}, set())
        _check(len(sparse['indices']) == len(sparse['values']), 'as many indices as values are expected')
        _check(index.metric == 'dotproduct', 'Index configuration does not support sparse values')


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    size = len(json.dumps(metadata, ensure_ascii=False).encode())
    _check(size <= 40 * 1024, f'metadata size is {size} bytes, which exceeds the limit of 40960 bytes per vector')
    for name, value in metadata.items():
        fits = isinstance(value, str | int | float | bool) or (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        )
        _check(fits and not name.startswith('$'), f'Metadata value must be a string, number, boolean or list: {name}')


def _meets(metadata: Mapping[str, Any], conditions: Mapping[str, Any]) -> bool:
    for name, condition in conditions.items():
        if name in ('$and', '$or'):
            met = (all if name == '$and' else any)(_meets(metadata, each) for each in condition)
        else:
            tests = condition if isinstance(condition, dict) else {'$eq': condition}
            for operator in tests:
                _check(operator in _COMPARISONS, f'{operator} is not a valid operator')
                wanted = tests[operator]
                for value in wanted if operator in ('$in', '$nin') else [wanted]:
                    _check(_kind(value) in _TYPES[operator], f'{operator} does not take {value!r}')
            met = all(_COMPARISONS[operator](metadata.get(name), wanted) for operator, wanted in tests.items())
        if not met:
            return False
    return True


def _score(metric: str, body: Mapping[str, Any], vector: Mapping[str, Any]) -> float:
    a, b = body['vector'], vector['values']
    product = sum(x * y for x, y in zip(a, b, strict=True))
    if metric == 'euclidean':
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
    if metric == 'cosine':
        return product / ((math.hypot(*a) * math.hypot(*b)) or 1.0)
    asked, stored = body.get('sparseVector'), vector.get('sparseValues')
    if asked and stored:
        weights = dict(zip(stored['indices'], stored['values'], strict=True))
        product += sum(
            value * weights.get(place, 0.0) for place, value in zip(asked['indices'], asked['values'], strict=True)
        )
    return product
