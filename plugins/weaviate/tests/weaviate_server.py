# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Weaviate's REST and GraphQL APIs on the loopback interface: what is sent is checked, and what is stored is kept.

Written from https://docs.weaviate.io: schema, objects in batches, filters, tenants. Queries are read by a parser of
GraphQL; properties are not made by themselves; texts are trimmed before they are compared, as they are there.
"""

import math
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from graphql import GraphQLError, parse, value_from_ast_untyped
from graphql.language import ast


KEY = 'key-of-the-test'
_KINDS = {'text': str, 'number': (int, float), 'int': int, 'boolean': bool, 'date': str, 'uuid': str}
_VALUES = {'text': 'valueText', 'number': 'valueNumber', 'int': 'valueInt', 'boolean': 'valueBoolean'}
_VALUES['date'] = 'valueDate'
_ORDERS = {
    'GreaterThan': lambda a, b: a > b,
    'GreaterThanEqual': lambda a, b: a >= b,
    'LessThan': lambda a, b: a < b,
    'LessThanEqual': lambda a, b: a <= b,
}
_CLASS_MEMBERS = {'class', 'vectorizer', 'vectorIndexConfig', 'invertedIndexConfig', 'multiTenancyConfig', 'properties'}
_PROPERTY_MEMBERS = {'name', 'dataType', 'tokenization', 'indexFilterable', 'indexSearchable'}


class RefusedError(Exception):
    """A request that Weaviate would not take."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Class:
    """A collection; objects by tenant and id."""

    definition: dict[str, Any]
    objects: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def properties(self) -> dict[str, dict[str, Any]]:
        return {each['name']: each for each in self.definition['properties']}

    @property
    def has_tenants(self) -> bool:
        return self.definition.get('multiTenancyConfig', {}).get('enabled', False)

    def of(self, tenant: str | None) -> dict[str, dict[str, Any]]:
        if self.has_tenants:
            _check(tenant is not None, 'has multi-tenancy enabled, but request was without tenant')
            _check(tenant in self.objects, f'tenant not found: "{tenant}"')
            return self.objects[str(tenant)]
        _check(tenant is None, 'has multi-tenancy disabled, but request was with tenant')
        return self.objects.setdefault('', {})


class WeaviateServer(LoopbackServer):
    """The server; a ``with`` block runs it.

    Attributes:
        classes: The collections.
        version: What it says it is.
        delete_limit: How many objects one deletion takes.
        fails: Texts whose objects are not stored.
    """

    def __init__(self) -> None:
        super().__init__(self._respond)
        self.as_new()
        self._lock = threading.Lock()

    def as_new(self) -> None:
        self.classes: dict[str, Class] = {}
        self.version = '1.34.2'
        self.delete_limit = 10_000
        self.fails: set[str] = set()
        self.requests.clear()

    def _respond(self, request: RecordedRequest) -> CannedAnswer:
        with self._lock:
            try:
                answer = self._dispatch(request)
                return CannedAnswer.of_json(answer) if answer is not None else CannedAnswer(b'')
            except RefusedError as error:
                if error.status == 401:
                    return CannedAnswer.of_json({'code': 401, 'message': str(error)}, 401)
                if error.status == 404:
                    return CannedAnswer(b'', 404)
                return CannedAnswer.of_json({'error': [{'message': str(error)}]}, error.status)

    def _dispatch(self, request: RecordedRequest) -> Any:  # noqa: PLR0911  (one for each path)
        _check(request.headers.get('authorization') == f'Bearer {KEY}', 'anonymous access not enabled', 401)
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        _check(set(query) <= {'tenant'}, f'unknown parameters {sorted(query)}', 400)
        if request.body:
            _check(request.headers.get('content-type') == 'application/json', 'expected JSON', 415)
        match request.method, [unquote(part) for part in parts.path.split('/')[2:]]:
            case 'GET', ['meta']:
                return {'hostname': 'http://[::]:8080', 'modules': {}, 'version': self.version}
            case 'POST', ['graphql']:
                return self._graphql(request.json)
            case 'POST', ['batch', 'objects']:
                _members(request.json, {'objects'}, {'fields'})
                return [self._stored(each) for each in request.json['objects']]
            case 'DELETE', ['batch', 'objects']:
                return self._deleted(request.json, query.get('tenant'))
            case 'POST', ['schema']:
                return self._made(request.json)
            case 'GET', ['schema', name]:
                return self._class(name).definition
            case 'DELETE', ['schema', name]:
                self.classes.pop(name, None)
                return None
            case 'POST', ['schema', name, 'properties']:
                return self._add(self._class(name), request.json)
            case 'POST', ['schema', name, 'tenants']:
                found = self._class(name)
                _check(found.has_tenants, 'multi-tenancy is not enabled')
                for each in request.json:
                    _members(each, {'name'}, {'activityStatus'})
                    _check(re.fullmatch(r'[A-Za-z0-9_-]{1,64}', each['name']) is not None, 'invalid tenant name')
                    found.objects.setdefault(each['name'], {})
                return request.json
        raise RefusedError(f'no such path {request.path}', 404)

    def _class(self, name: str) -> Class:
        _check(name in self.classes, '', 404)
        return self.classes[name]

    def _made(self, body: dict[str, Any]) -> Any:
        _members(body, {'class'}, _CLASS_MEMBERS)
        name = body['class'][:1].upper() + body['class'][1:]  # as Weaviate does, without a word
        _check(re.fullmatch(r'[A-Z][_0-9A-Za-z]*', name) is not None, f"'{name}' is not a valid class name")
        _check(name.lower() not in {each.lower() for each in self.classes}, f'class name {name} already exists')
        _check(body['vectorizer'] == 'none', 'no module with that name')
        _check(body['vectorIndexConfig']['distance'] in {'cosine', 'dot', 'l2-squared'}, 'unknown distance')
        made = Class({**body, 'class': name, 'properties': []})
        for each in body['properties']:
            self._add(made, each)
        self.classes[name] = made
        return made.definition

    def _add(self, found: Class, each: dict[str, Any]) -> Any:
        _members(each, {'name', 'dataType'}, _PROPERTY_MEMBERS)
        name, (kind,) = each['name'], each['dataType']
        _check(
            re.fullmatch(r'[_A-Za-z][_0-9A-Za-z]{0,230}', name) is not None, f"'{name}' is not a valid property name"
        )
        _check(name not in {'_additional', '_id', 'id'} and name[0].islower(), f"'{name}' is a reserved property name")
        _check(kind.removesuffix('[]') in _KINDS, f'{kind} is no data type')
        is_text = kind in {'text', 'text[]'}
        _check(is_text or not {'tokenization', 'indexSearchable'} & set(each), 'allowed only for text')
        _check(each.get('tokenization', 'word') in {'word', 'lowercase', 'whitespace', 'field'}, 'tokenization')
        taken = {other.lower() for other in found.properties}
        _check(name.lower() not in taken, f"conflict for property '{name}': already in use or provided multiple times")
        found.definition['properties'].append(each)
        return each

    def _stored(self, sent: dict[str, Any]) -> Any:
        try:
            _members(sent, {'class', 'id', 'properties', 'vector'}, {'tenant'})
            _check(str(uuid.UUID(sent['id'])) == sent['id'], 'invalid id')
            _check(sent['class'] in self.classes, f'class {sent["class"]} not present in schema')
            found = self.classes[sent['class']]
            objects = found.of(sent.get('tenant'))
            for name, value in sent['properties'].items():
                _check(name in found.properties, f"no such prop with name '{name}' found in class")
                _check_type(name, found.properties[name]['dataType'][0], value)
            _check(sent['properties'].get('text') not in self.fails, 'shard is read-only')
            lengths = {len(each['vector']) for tenant in found.objects.values() for each in tenant.values()} or {0}
            length = next(iter(lengths)) or len(sent['vector'])
            _check(
                len(sent['vector']) == length,
                f'new node has a vector with length {len(sent["vector"])}. '
                f'Existing nodes have vectors with length {length}',
            )
        except RefusedError as error:
            return {**sent, 'result': {'status': 'FAILED', 'errors': {'error': [{'message': str(error)}]}}}
        objects[sent['id']] = sent
        return {**sent, 'result': {'status': 'SUCCESS'}}

    def _deleted(self, body: dict[str, Any], tenant: str | None) -> Any:
        _members(body, {'match'}, {'output', 'dryRun'})
        _members(body['match'], {'class', 'where'}, set())
        found = self._class(body['match']['class'])
        objects = found.of(tenant)
        met = [name for name, each in objects.items() if _meets(found, each, _of_rest(body['match']['where']))]
        gone = met[: self.delete_limit]
        for name in gone:
            del objects[name]
        results = {'matches': len(met), 'limit': self.delete_limit, 'successful': len(gone), 'failed': 0}
        return {'match': body['match'], 'output': 'minimal', 'results': {**results, 'objects': None}}

    def _graphql(self, body: dict[str, Any]) -> Any:
        _members(body, {'query'}, {'variables', 'operationName'})
        try:
            (operation,) = parse(body['query']).definitions
            assert isinstance(operation, ast.OperationDefinitionNode)
            (top,) = operation.selection_set.selections
            assert isinstance(top, ast.FieldNode)
            assert top.selection_set is not None
            (field_,) = top.selection_set.selections
            assert isinstance(field_, ast.FieldNode)
            assert field_.selection_set is not None
            name = field_.name.value
            _check(name in self.classes, f'Cannot query field "{name}" on type "{top.name.value}ObjectsObj".')
            arguments = {each.name.value: value_from_ast_untyped(each.value) for each in field_.arguments or ()}
            answer = (self._get if top.name.value == 'Get' else self._aggregate)(self.classes[name], arguments, field_)
        except (GraphQLError, RefusedError) as error:
            return {'data': {}, 'errors': [{'locations': [], 'message': str(error), 'path': None}]}
        return {'data': {top.name.value: {name: answer}}}

    def _aggregate(self, found: Class, arguments: dict[str, Any], _field: ast.FieldNode) -> Any:
        _members(arguments, set(), {'where', 'tenant'})
        objects = found.of(arguments.get('tenant')).values()
        where = arguments.get('where')
        return [{'meta': {'count': sum(1 for each in objects if where is None or _meets(found, each, where))}}]

    def _get(self, found: Class, arguments: dict[str, Any], field_: ast.FieldNode) -> Any:
        _members(arguments, {'limit'}, {'where', 'tenant', 'nearVector', 'hybrid'})
        assert field_.selection_set is not None
        chosen = [each for each in field_.selection_set.selections if isinstance(each, ast.FieldNode)]
        names = [each.name.value for each in chosen if each.selection_set is None]
        extra = [each for each in chosen if each.name.value == '_additional']
        additional = extra[0].selection_set
        assert additional is not None
        asked = [each.name.value for each in additional.selections if isinstance(each, ast.FieldNode)]
        for name in names:
            _check(name in found.properties, f'Cannot query field "{name}" on type "{found.definition["class"]}".')
        _check(1 <= arguments['limit'] <= 10_000, 'query maximum results exceeded')
        rows: list[tuple[float, dict[str, Any], dict[str, Any]]] = []
        for each in found.of(arguments.get('tenant')).values():
            if 'where' in arguments and not _meets(found, each, arguments['where']):
                continue
            rank, scores = _ranked(found, each, arguments)
            if rank is not None:
                rows.append((rank, scores, each))
        rows.sort(key=lambda row: row[0])
        return [
            {
                **{name: each['properties'].get(name) for name in names},
                '_additional': {name: {**scores, 'id': each['id']}[name] for name in asked},
            }
            for _, scores, each in rows[: arguments['limit']]
        ]


def _ranked(found: Class, each: dict[str, Any], arguments: dict[str, Any]) -> tuple[float | None, dict[str, Any]]:
    metric = found.definition['vectorIndexConfig']['distance']
    if 'nearVector' in arguments:
        _members(arguments['nearVector'], {'vector'}, {'distance', 'certainty'})
        distance = _distance(metric, arguments['nearVector']['vector'], each['vector'])
        return distance, {'distance': distance}
    if 'hybrid' in arguments:
        hybrid = arguments['hybrid']
        _members(hybrid, {'query'}, {'vector', 'alpha', 'properties'})
        for name in hybrid['properties']:
            _check(found.properties[name].get('indexSearchable') is True, f'property {name} is not searchable')
        text = ' '.join(str(each['properties'].get(name, '')) for name in hybrid['properties'])
        words = set(re.findall(r'\w+', hybrid['query'].lower())) & set(re.findall(r'\w+', text.lower()))
        near = 1 - _distance(metric, hybrid['vector'], each['vector'])
        score = hybrid['alpha'] * near + (1 - hybrid['alpha']) * len(words)
        return (-score, {'score': str(score)}) if score or words else (None, {})
    return 0.0, {}


def _check(condition: bool, message: str, status: int = 422) -> None:
    if not condition:
        raise RefusedError(message, status)


def _members(body: Mapping[str, Any], required: set[str], optional: set[str]) -> None:
    _check(required <= set(body) <= required | optional, f'unexpected members {sorted(body)}')


def _check_type(name: str, kind: str, value: Any) -> None:
    values = value if kind.endswith('[]') and isinstance(value, list) else [value]
    wanted = _KINDS[kind.removesuffix('[]')]
    fits = all(isinstance(each, wanted) and (isinstance(each, bool) is (kind.startswith('boolean'))) for each in values)
    _check(fits and (isinstance(value, list) is kind.endswith('[]')), f"invalid {kind} property '{name}'")


def _of_rest(where: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions of REST as those of GraphQL, where lists of values have no names of their own."""
    changed: dict[str, Any] = {}
    for name, value in where.items():
        if name == 'operands':
            changed[name] = [_of_rest(each) for each in value]
        else:
            _check(not name.startswith('value') or isinstance(value, list) is name.endswith('Array'), f'invalid {name}')
            changed[name.removesuffix('Array')] = value
    return changed


def _meets(found: Class, each: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    operator = where['operator']
    if operator in {'And', 'Or', 'Not'}:
        _members(where, {'operator', 'operands'}, set())
        _check(bool(where['operands']), 'empty clause')
        met = [_meets(found, each, operand) for operand in where['operands']]
        if operator == 'Not':
            _check(len(met) == 1, 'Not takes one operand')
            return not met[0]
        return all(met) if operator == 'And' else any(met)
    (name,) = where['path']
    if name == 'id':
        _check(operator in {'Equal', 'ContainsAny'}, 'invalid operator for id')
        wanted = where['valueText']
        return each['id'] in (wanted if operator == 'ContainsAny' else [wanted])
    _check(name in found.properties, f"no such prop with name '{name}' found in class")
    definition = found.properties[name]
    kind = definition['dataType'][0].removesuffix('[]')
    (member,) = [key for key in where if key.startswith('value')]
    stored = each['properties'].get(name)
    if operator == 'IsNull':
        _check(found.definition['invertedIndexConfig'].get('indexNullState') is True, 'null state is not indexed')
        return (stored is None or stored == []) is where['valueBoolean']
    _check(member == _VALUES[kind], f"data type filter cannot use '{member}' on type '{kind}', use '{_VALUES[kind]}'")
    _check(definition.get('indexFilterable', True), f"Filtering by property '{name}' requires inverted index")
    items = [
        _indexed(definition, item) for item in (stored if isinstance(stored, list) else [stored]) if item is not None
    ]
    wanted = where[member]
    if operator == 'ContainsAny':
        _check(isinstance(wanted, list) and bool(wanted), 'a list is expected')
        return any(_indexed(definition, value) in items for value in wanted)
    _check(not isinstance(wanted, list), 'a single value is expected')
    value = _indexed(definition, wanted)
    if operator in {'Equal', 'NotEqual'}:
        return (value in items) is (operator == 'Equal')
    _check(operator in _ORDERS, f'unknown operator {operator}')
    return any(_ORDERS[operator](item, value) for item in items)


def _indexed(definition: Mapping[str, Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    _check(definition.get('tokenization') == 'field', 'only properties of one token are compared here')
    return value.strip().encode()


def _distance(metric: str, a: list[float], b: list[float]) -> float:
    _check(len(a) == len(b), f"vector lengths don't match: {len(b)} vs {len(a)}")
    product = sum(x * y for x, y in zip(a, b, strict=True))
    if metric == 'l2-squared':
        return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
    return -product if metric == 'dot' else 1 - product / ((math.hypot(*a) * math.hypot(*b)) or 1.0)
