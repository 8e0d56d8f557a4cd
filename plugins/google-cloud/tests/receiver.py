# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cloud Trace, Monitoring and Logging on this machine: gRPC services that refuse what the real ones refuse."""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

import grpc
from genkit.testing import SeenSpan
from google.cloud.logging_v2.types import WriteLogEntriesRequest, WriteLogEntriesResponse
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest
from google.cloud.trace_v2.types import BatchWriteSpansRequest
from google.protobuf.empty_pb2 import Empty


_METHODS = {
    '/google.devtools.cloudtrace.v2.TraceService/BatchWriteSpans': ('take_spans', BatchWriteSpansRequest, Empty()),
    '/google.monitoring.v3.MetricService/CreateTimeSeries': ('take_series', CreateTimeSeriesRequest, Empty()),
    '/google.logging.v2.LoggingServiceV2/WriteLogEntries': (
        'take_entries',
        WriteLogEntriesRequest,
        WriteLogEntriesResponse.pb(WriteLogEntriesResponse()),
    ),
}
_LIMIT = 4 * 1024 * 1024


class GoogleCloud:
    """A server inside a ``with`` block, which ends with an error if anything that came was wrong.

    Attributes:
        project: The project that everything has to be written to.
        fail: What the next calls fail with, in order; None for a call that does not.
        spans: What came.
        series: The time series that came, in order.
        entries: The log entries that came, with the request's resource.
        calls: The methods that were called, in order.
    """

    def __init__(self, project: str = 'wardrobe') -> None:
        self.project = project
        self.fail: list[grpc.StatusCode | None] = []
        self.always: grpc.StatusCode | None = None
        self.hang = threading.Event()
        self.hang.set()
        self.spans: list[SeenSpan] = []
        self.series: list[Any] = []
        self.entries: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.metadata: list[dict[str, Any]] = []
        self.wrong: list[BaseException] = []
        self._written: dict[str, float] = {}
        self._lock = threading.Lock()
        self._server: Any = None
        self.port = 0

    def __enter__(self) -> Self:
        self._server = grpc.server(ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers([_Handler(self)])
        self.port = self._server.add_insecure_port('127.0.0.1:0')
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.hang.set()
        self._server.stop(0).wait()
        self.raise_wrong()

    def raise_wrong(self) -> None:
        if self.wrong:
            raise self.wrong[0]

    def channel(self, host: str) -> Any:
        """Return a channel to this server in place of one to Google's."""
        assert host in {f'{name}.googleapis.com:443' for name in ('cloudtrace', 'monitoring', 'logging')}
        return grpc.insecure_channel(f'127.0.0.1:{self.port}')

    def metrics(self, name: str) -> list[tuple[dict[str, str], Any]]:
        """Return the last points of a metric with their labels."""
        found: dict[Any, Any] = {}
        for series in self.series:
            if series.metric.type == f'workload.googleapis.com/genkit/{name}':
                found[tuple(sorted(series.metric.labels.items()))] = series
        return [(dict(key), series) for key, series in found.items()]

    def take_spans(self, request: Any) -> None:
        assert request.name == f'projects/{self.project}'
        for span in request.spans:
            self.spans.append(_to_seen(span, self.project))

    def take_series(self, request: Any) -> None:
        assert request.name == f'projects/{self.project}'
        assert 0 < len(request.time_series) <= 200
        now = time.monotonic()
        keys = set()
        for series in request.time_series:
            (point,) = series.points
            interval = point.interval
            length = interval.end_time.ToNanoseconds() - interval.start_time.ToNanoseconds()
            assert series.metric_kind == 3, 'a workload metric that is a total is cumulative'
            assert length >= 1_000_000
            assert series.resource.type == 'generic_task'
            assert series.resource.labels.keys() == {'project_id', 'location', 'namespace', 'job', 'task_id'}
            assert re.fullmatch(r'workload\.googleapis\.com/[A-Za-z0-9_/.]{1,180}', series.metric.type)
            assert all(re.fullmatch('[a-zA-Z_][a-zA-Z0-9_]*', name) for name in series.metric.labels)
            assert all(len(value) <= 1024 for value in series.metric.labels.values())
            kind = {2: 'int64_value', 3: 'double_value', 5: 'distribution_value'}[series.value_type]
            assert point.value.WhichOneof('value') == kind
            if kind == 'distribution_value':
                value = point.value.distribution_value
                assert sum(value.bucket_counts) == value.count
                assert len(value.bucket_counts) == len(value.bucket_options.explicit_buckets.bounds) + 1
            key = repr(
                (series.metric.type, sorted(series.metric.labels.items()), sorted(series.resource.labels.items()))
            )
            assert key not in keys, 'a series has one point in a request'
            assert now - self._written.get(key, -10) >= 4.9, 'a series is written every five seconds at most'
            keys.add(key)
            self._written[key] = now
            self.series.append(series)

    def take_entries(self, request: Any) -> None:
        assert re.fullmatch(rf'projects/{self.project}/logs/[A-Za-z0-9_.-]+', request.log_name)
        assert request.partial_success
        assert 0 < len(request.entries) <= 1000
        for entry in request.entries:
            assert entry.ByteSize() <= 256 * 1024
            assert entry.insert_id
            assert entry.WhichOneof('payload') == 'json_payload'
            if entry.trace:
                assert re.fullmatch(rf'projects/{self.project}/traces/[0-9a-f]{{32}}', entry.trace)
                assert re.fullmatch('[0-9a-f]{16}', entry.span_id)
            payload = dict(entry.json_payload.items())
            assert all(len(str(value)) <= 128_000 for value in payload.values())
            self.entries.append(
                {
                    'payload': payload,
                    'severity': entry.severity,
                    'trace': entry.trace.rpartition('/')[2],
                    'span': entry.span_id,
                    'labels': dict(entry.labels),
                    'resource': dict(request.resource.labels),
                }
            )

    def answer(self, method: str, request: bytes, context: Any) -> Any:
        name, kind, answer = _METHODS[method]
        self.hang.wait(20)
        with self._lock:
            self.calls.append(method.rpartition('/')[2])
            self.metadata.append(dict(context.invocation_metadata()))
            code = self.fail.pop(0) if self.fail else self.always
        if code is not None:
            context.abort(code, 'said the server')
        with self._lock:
            try:
                assert len(request) <= _LIMIT
                getattr(self, name)(kind.pb(kind.deserialize(request)))
            except BaseException as error:  # noqa: BLE001  (raised where the test can see it)
                self.wrong.append(error)
        return answer


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, cloud: GoogleCloud) -> None:
        self._cloud = cloud

    def service(self, details: Any) -> Any:
        method = details.method
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._cloud.answer(method, request, context),
            response_serializer=_serialized,
        )


def _serialized(message: Any) -> bytes:
    return message.SerializeToString()


def _to_seen(span: Any, project: str) -> SeenSpan:
    found = re.fullmatch(rf'projects/{project}/traces/([0-9a-f]{{32}})/spans/([0-9a-f]{{16}})', span.name)
    assert found, span.name
    assert found[2] == span.span_id
    assert len(span.display_name.value.encode()) <= 128
    assert len(span.attributes.attribute_map) <= 32
    assert len(span.time_events.time_event) <= 32
    events = [event.annotation for event in span.time_events.time_event]
    assert all(len(event.attributes.attribute_map) <= 4 for event in events)
    return SeenSpan(
        name=span.display_name.value,
        trace_id=found[1],
        span_id=span.span_id,
        parent_id=span.parent_span_id,
        start=span.start_time.ToNanoseconds(),
        end=span.end_time.ToNanoseconds(),
        failed=span.status.code != 0,
        message=span.status.message,
        attributes=values(span.attributes.attribute_map),
        exceptions=[
            values(event.attributes.attribute_map)['exception.type']
            for event in events
            if event.description.value == 'exception'
        ],
    )


def values(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes; a cost is a number, though Cloud Trace has none for it."""
    found: dict[str, Any] = {}
    for name, value in attributes.items():
        assert len(name.encode()) <= 128
        kind = value.WhichOneof('value')
        if kind == 'string_value':
            text = value.string_value.value
            assert len(text.encode()) <= 256
            found[name] = float(text) if name == 'gen_ai.usage.cost' else text
        else:
            found[name] = getattr(value, kind)
    return found


Look = Callable[[], Any]
Spans = Sequence[SeenSpan]
