# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The part of Firestore that this package uses, over gRPC, for failures, and where Google's emulator is not installed.

It is held to the same tests as the emulator. Requests are those of the protocol; what Firestore refuses, it refuses, in
Firestore's words.
"""

import math
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import grpc
from google.cloud.firestore_v1 import types


SERVICE = 'google.firestore.v1.Firestore'
LARGEST_MESSAGE = 10 * 1024 * 1024
LARGEST_DOCUMENT = 1_048_576
MOST_DIMENSIONS = 2_048
MOST_ALTERNATIVES = 30

Query = types.StructuredQuery
Operator = Query.FieldFilter.Operator
Fault = Callable[[str, Any], None]


class RefusedError(Exception):
    """What a call is answered with."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> RefusedError:
    return RefusedError(grpc.StatusCode.INVALID_ARGUMENT, message)


class FirestoreServer:
    """Runs while its block does.

    Attributes:
        host: Its address, as FIRESTORE_EMULATOR_HOST wants it.
        requests: The names and the requests of all calls.
        before: Called before a call has an effect; what it raises, a `RefusedError`, is the answer.
        after: The same, afterwards.
    """

    def __init__(self) -> None:
        self._documents: dict[str, types.Document] = {}
        self._lock = threading.Lock()
        self._now = datetime.now(UTC)
        self._ended = threading.Event()
        self.host = ''
        self.requests: list[tuple[str, Any]] = []
        self.before: Fault = _nothing
        self.after: Fault = _nothing

    def __enter__(self) -> Self:
        options = [('grpc.max_receive_message_length', LARGEST_MESSAGE), ('grpc.so_reuseport', 0)]
        self._server = grpc.server(ThreadPoolExecutor(8), options=options)
        single, several = grpc.unary_unary_rpc_method_handler, grpc.unary_stream_rpc_method_handler
        handlers = {
            'Commit': single(
                self._guarded('Commit', self._commit), types.CommitRequest.deserialize, types.CommitResponse.serialize
            ),
            'BatchGetDocuments': several(
                self._streaming('BatchGetDocuments', self._get),
                types.BatchGetDocumentsRequest.deserialize,
                types.BatchGetDocumentsResponse.serialize,
            ),
            'RunQuery': several(
                self._streaming('RunQuery', self._query),
                types.RunQueryRequest.deserialize,
                types.RunQueryResponse.serialize,
            ),
            'RunAggregationQuery': several(
                self._streaming('RunAggregationQuery', self._aggregate),
                types.RunAggregationQueryRequest.deserialize,
                types.RunAggregationQueryResponse.serialize,
            ),
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
        self.host = f'127.0.0.1:{self._server.add_insecure_port("127.0.0.1:0")}'
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.stop(None).wait()

    def hang(self, *_: object) -> None:
        """Give no answer until the server ends: a value of `before` and `after`."""
        self._ended.wait(30)

    def _guarded(self, name: str, answer: Callable[[Any], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
        def call(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                self.requests.append((name, request))
                self.before(name, request)
                with self._lock:
                    answered = answer(request)
                self.after(name, request)
            except RefusedError as error:
                context.abort(error.code, str(error))
            return answered

        return call

    def _streaming(self, name: str, answer: Callable[[Any], Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        guarded = self._guarded(name, lambda request: list(answer(request)))
        return lambda request, context: iter(guarded(request, context))

    def _time(self) -> datetime:
        self._now = max(datetime.now(UTC), self._now + timedelta(microseconds=1))
        return self._now

    def _commit(self, request: types.CommitRequest) -> types.CommitResponse:
        """Write everything or nothing."""
        now, documents = self._time(), dict(self._documents)
        for write in request.writes:
            self._write(documents, write, now)
        self._documents = documents
        results = [types.WriteResult(update_time=now) for _ in request.writes]
        return types.CommitResponse(write_results=results, commit_time=now)

    def _write(self, documents: dict[str, types.Document], write: types.Write, now: datetime) -> None:
        kind = types.Write.pb(write).WhichOneof('operation')
        name = write.delete if kind == 'delete' else write.update.name
        there = documents.get(name)
        self._check(write, name, there)
        if kind == 'delete':
            documents.pop(name, None)
            return
        if kind != 'update':
            raise invalid(f'The stand-in has no {kind}.')
        document = types.Document(name=name, create_time=there.create_time if there else now, update_time=now)
        if 'update_mask' in write:
            fields = dict(there.fields) if there else {}
            for path in write.update_mask.field_paths:
                (key,) = segments(path)  # of fields at the top only
                fields.pop(key, None)
                if key in write.update.fields:
                    fields[key] = write.update.fields[key]
        else:
            fields = dict(write.update.fields)
        document.fields = fields
        if types.Document.pb(document).ByteSize() > LARGEST_DOCUMENT:
            raise invalid(f"Document '{name}' cannot be written because its size exceeds the maximum allowed size.")
        for value in fields.values():
            if (vector := vector_of(value)) is not None and len(vector) > MOST_DIMENSIONS:
                raise invalid(f'Vectors must be at most {MOST_DIMENSIONS} dimensions.')
        documents[name] = document

    def _check(self, write: types.Write, name: str, there: types.Document | None) -> None:
        kind = types.Precondition.pb(write.current_document).WhichOneof('condition_type')
        if kind == 'exists' and write.current_document.exists and there is None:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, f'No document to update: {name}')
        if kind == 'exists' and not write.current_document.exists and there is not None:
            raise RefusedError(grpc.StatusCode.ALREADY_EXISTS, f'Document already exists: {name}')
        if kind == 'update_time' and (there is None or there.update_time != write.current_document.update_time):
            raise RefusedError(grpc.StatusCode.FAILED_PRECONDITION, 'the stored version does not match')

    def _get(self, request: types.BatchGetDocumentsRequest) -> Iterator[types.BatchGetDocumentsResponse]:
        now = self._time()
        for name in request.documents:
            found = self._documents.get(name)
            if found is None:
                yield types.BatchGetDocumentsResponse(missing=name, read_time=now)
            else:
                wanted = list(request.mask.field_paths) if 'mask' in request else None
                yield types.BatchGetDocumentsResponse(found=projected(found, wanted), read_time=now)

    def _query(self, request: types.RunQueryRequest) -> Iterator[types.RunQueryResponse]:
        query: Any = request.structured_query
        now = self._time()
        found = self._found(request.parent, query)
        if 'find_nearest' in query:
            found = nearest(found, query.find_nearest)
        if query.limit:
            found = found[: query.limit]
        wanted = [field.field_path for field in query.select.fields] if 'select' in query else None
        for document in found:
            yield types.RunQueryResponse(document=projected(document, wanted), read_time=now)
        if not found:
            yield types.RunQueryResponse(read_time=now)

    def _aggregate(self, request: types.RunAggregationQueryRequest) -> Iterator[types.RunAggregationQueryResponse]:
        query = request.structured_aggregation_query
        count = len(self._found(request.parent, query.structured_query))
        fields = {each.alias: types.Value(integer_value=count) for each in query.aggregations}
        yield types.RunAggregationQueryResponse(result={'aggregate_fields': fields}, read_time=self._time())

    def _found(self, parent: str, query: Any) -> list[types.Document]:
        (source,) = query.from_
        before = f'{parent}/{source.collection_id}/'
        names = sorted(name for name in self._documents if name.startswith(before) and '/' not in name[len(before) :])
        documents = [self._documents[name] for name in names]
        if 'where' not in query:
            return documents
        check_alternatives(query.where)
        return [document for document in documents if holds(query.where, document)]


def _nothing(*_: object) -> None:
    pass


def segments(path: str) -> list[str]:
    """Return the names of a path, of which those in backticks are quoted."""
    names, name, quoted, rest = [], '', False, iter(path)
    for character in rest:
        if character == '`':
            quoted = not quoted
        elif character == '\\' and quoted:
            name += next(rest)
        elif character == '.' and not quoted:
            names.append(name)
            name = ''
        else:
            name += character
    return [*names, name]


def field_of(document: types.Document, path: str) -> types.Value | None:
    first, *more = segments(path)
    value = document.fields.get(first)
    for name in more:
        if value is None or types.Value.pb(value).WhichOneof('value_type') != 'map_value':
            return None
        value = value.map_value.fields.get(name)
    return value


def plain(value: types.Value) -> tuple[str, Any]:
    """Return a value with what it can be compared with."""
    kind = types.Value.pb(value).WhichOneof('value_type')
    if kind in ('integer_value', 'double_value'):
        return 'number', getattr(value, kind)
    if kind == 'array_value':
        return kind, [plain(item) for item in value.array_value.values]
    if kind == 'map_value':
        return kind, {name: plain(member) for name, member in value.map_value.fields.items()}
    return str(kind), None if kind == 'null_value' else getattr(value, str(kind))


def vector_of(value: types.Value | None) -> list[float] | None:
    kind, held = ('', {}) if value is None else plain(value)
    if kind != 'map_value' or held.get('__type__') != ('string_value', '__vector__'):
        return None
    return [float(number) for _, number in held['value'][1]]


def holds(where: Any, document: types.Document) -> bool:
    kind = Query.Filter.pb(where).WhichOneof('filter_type')
    if kind == 'composite_filter':
        parts = [holds(part, document) for part in where.composite_filter.filters]
        return all(parts) if where.composite_filter.op == Query.CompositeFilter.Operator.AND else any(parts)
    asked = getattr(where, str(kind))
    value = field_of(document, asked.field.field_path)
    if kind == 'unary_filter':
        is_null = value is not None and plain(value)[0] == 'null_value'
        wants_null = asked.op == Query.UnaryFilter.Operator.IS_NULL
        return is_null if wants_null else value is not None and not is_null
    return value is not None and compares(asked.op, plain(value), plain(asked.value))


def compares(operator: Any, found: tuple[str, Any], given: tuple[str, Any]) -> bool:
    match operator:
        case Operator.EQUAL:
            return found == given
        case Operator.NOT_EQUAL:
            return found[0] != 'null_value' and found != given
        case Operator.IN:
            return found in given[1]
        case Operator.ARRAY_CONTAINS:
            return found[0] == 'array_value' and given in found[1]
        case Operator.ARRAY_CONTAINS_ANY:
            return found[0] == 'array_value' and any(value in found[1] for value in given[1])
    if found[0] != given[0]:
        return False
    order = {
        Operator.GREATER_THAN: found[1] > given[1],
        Operator.GREATER_THAN_OR_EQUAL: found[1] >= given[1],
        Operator.LESS_THAN: found[1] < given[1],
        Operator.LESS_THAN_OR_EQUAL: found[1] <= given[1],
    }
    return order[operator]


def check_alternatives(where: Any) -> None:
    written = alternatives(where)
    if len(written) > MOST_ALTERNATIVES:
        raise invalid(
            f'Too many disjunctions after normalization. Result had {len(written)} disjunctions which is more than the '
            f'maximum of {MOST_ALTERNATIVES}'
        )
    inside = {Operator.ARRAY_CONTAINS, Operator.ARRAY_CONTAINS_ANY}
    if any(sum(each in inside for each in one) > 1 for one in written):
        raise invalid("A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.")
    if sum(each in {Operator.NOT_EQUAL, Operator.NOT_IN, 'IS_NOT_NULL'} for one in written for each in one) > 1:
        raise invalid("Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.")


def alternatives(where: Any) -> list[list[Any]]:
    """Return the operators of each alternative, written out."""
    kind = Query.Filter.pb(where).WhichOneof('filter_type')
    if kind == 'unary_filter':
        return [[where.unary_filter.op.name]]
    if kind == 'field_filter':
        several = where.field_filter.op in {Operator.IN, Operator.ARRAY_CONTAINS_ANY}
        count = len(where.field_filter.value.array_value.values) if several else 1
        if count > MOST_ALTERNATIVES:
            name = where.field_filter.op.name
            raise invalid(f"'{name}' supports up to {MOST_ALTERNATIVES} comparison values.")
        return [[where.field_filter.op]] * count
    parts = [alternatives(part) for part in where.composite_filter.filters]
    if where.composite_filter.op == Query.CompositeFilter.Operator.OR:
        return [one for part in parts for one in part]
    joined: list[list[Any]] = [[]]
    for part in parts:
        joined = [[*one, *other] for one in joined for other in part]
    return joined


def nearest(documents: list[types.Document], asked: Any) -> list[types.Document]:
    wanted, measure = vector_of(asked.query_vector), asked.distance_measure.name
    if wanted is None or len(wanted) > MOST_DIMENSIONS:
        raise invalid(f'Vectors must be at most {MOST_DIMENSIONS} dimensions.')
    if not 0 < asked.limit <= 1000:
        raise invalid('FindNearest.limit must be a positive integer of no more than 1000')
    found: list[tuple[float, types.Document]] = []
    for document in documents:
        vector = vector_of(field_of(document, asked.vector_field.field_path))
        if vector is None or len(vector) != len(wanted):
            continue
        distance = distances(vector, wanted)[measure]
        limit = asked.distance_threshold
        if limit is not None and (distance < limit if measure == 'DOT_PRODUCT' else distance > limit):
            continue
        shown = types.Document(name=document.name, create_time=document.create_time, update_time=document.update_time)
        shown.fields = {**document.fields, asked.distance_result_field: types.Value(double_value=distance)}
        found.append((distance, shown))
    found.sort(key=lambda pair: -pair[0] if measure == 'DOT_PRODUCT' else pair[0])
    return [document for _, document in found[: asked.limit]]


def distances(one: list[float], other: list[float]) -> dict[str, float]:
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    lengths = math.hypot(*one) * math.hypot(*other)
    return {
        'COSINE': 1 - product / lengths if lengths else math.nan,
        'EUCLIDEAN': math.dist(one, other),
        'DOT_PRODUCT': product,
    }


def projected(document: types.Document, wanted: list[str] | None) -> types.Document:
    """Return a document with some of its fields."""
    if wanted is None:
        return document
    shown = types.Document(name=document.name, create_time=document.create_time, update_time=document.update_time)
    names = {segments(path)[0] for path in wanted}
    shown.fields = {name: value for name, value in document.fields.items() if name in names}
    return shown
