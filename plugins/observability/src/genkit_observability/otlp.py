# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans, metrics and log records as requests of OTLP, none of them larger than a backend takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import httpx
from genkit.plugin import LogEntry
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ResourceMessage
from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan

from genkit_observability.destination import Destination, Limits, Signal
from genkit_observability.sender import Sender
from genkit_observability.shrinking import fit_resource, fit_span


_TYPE: Final = 'application/x-protobuf'
_OVERHEAD: Final = 16  # of tags and lengths around a message
_SCOPE: Final = 'genkit'
_ANSWERS: Final[Mapping[Signal, tuple[type[Any], str]]] = {
    'traces': (ExportTraceServiceResponse, 'rejected_spans'),
    'metrics': (ExportMetricsServiceResponse, 'rejected_data_points'),
    'logs': (ExportLogsServiceResponse, 'rejected_log_records'),
}


class OtlpExport:
    """Sends to a backend that speaks OTLP over HTTP.

    Args:
        destination: What it takes.
        sender: Sends it.
    """

    def __init__(self, destination: Destination, sender: Sender) -> None:
        self._limits = destination.limits
        self._sender = sender

    def send_spans(self, spans: Sequence[ReadableSpan]) -> bool:
        """Send a batch; False if something of it was lost."""
        return self._send('traces', span_requests(spans, self._limits))

    def send_logs(self, entries: Sequence[LogEntry], resource: Resource) -> bool:
        """Send a batch; False if something of it was lost."""
        return self._send('logs', log_requests(entries, resource, self._limits))

    def send_metrics(self, metrics: MetricsData) -> bool:
        """Send what was measured; False if it was lost."""
        return self._send('metrics', [encode_metrics(metrics).SerializeToString()])

    def _send(self, signal: Signal, bodies: Iterable[bytes]) -> bool:
        is_sent = True
        for body in bodies:
            answer = self._sender.send(signal, body, _TYPE)
            if answer is None:
                is_sent = False
            else:
                self._read(signal, answer)
        return is_sent

    def _read(self, signal: Signal, answer: httpx.Response) -> None:
        """Log what a backend that took a request has rejected of it."""
        kind, counter = _ANSWERS[signal]
        if answer.headers.get('content-type', '').partition(';')[0] != _TYPE:
            return
        try:
            partial = kind.FromString(answer.content).partial_success
        except Exception:  # noqa: BLE001  (a body that nobody can read says nothing)
            return
        rejected = getattr(partial, counter)
        if rejected:
            self._sender.complain(signal, 'partial', f'were taken but for {rejected}: {partial.error_message[:200]!r}.')


def span_requests(spans: Sequence[ReadableSpan], limits: Limits) -> Iterator[bytes]:
    """Return spans as requests, in order; what is longer than a backend takes is cut."""
    encoded = encode_spans(spans)
    if limits.span is None and limits.resource is None and encoded.ByteSize() <= limits.request:
        yield encoded.SerializeToString()
        return
    request, size, count = ExportTraceServiceRequest(), 0, 0
    for group in encoded.resource_spans:
        for scoped in group.scope_spans:
            if limits.resource is not None:
                fit_resource(group.resource, scoped.scope, limits.resource)
            frame = group.resource.ByteSize() + scoped.scope.ByteSize() + 4 * _OVERHEAD
            room: Any = None
            for span in scoped.spans:
                fit_span(span, min(limits.span or limits.request, limits.request - frame - _OVERHEAD))
                needed = span.ByteSize() + _OVERHEAD + (frame if room is None else 0)
                if count and (size + needed > limits.request or count == limits.spans):
                    yield request.SerializeToString()
                    request, size, count, room = ExportTraceServiceRequest(), 0, 0, None
                    needed = span.ByteSize() + _OVERHEAD + frame
                if room is None:
                    room = request.resource_spans.add(resource=group.resource, schema_url=group.schema_url)
                    room = room.scope_spans.add(scope=scoped.scope, schema_url=scoped.schema_url)
                room.spans.append(span)
                size, count = size + needed, count + 1
    if count:
        yield request.SerializeToString()


def log_requests(entries: Sequence[LogEntry], resource: Resource, limits: Limits) -> Iterator[bytes]:
    """Return log records as requests, in order."""
    request, size = _log_request(resource), 0
    for entry in entries:
        record = _to_record(entry)
        needed = record.ByteSize() + _OVERHEAD
        if size and size + needed > limits.request:
            yield request.SerializeToString()
            request, size = _log_request(resource), 0
        request.resource_logs[0].scope_logs[0].log_records.append(record)
        size += needed
    if size:
        yield request.SerializeToString()


def _log_request(resource: Resource) -> ExportLogsServiceRequest:
    request = ExportLogsServiceRequest()
    described = ResourceMessage(attributes=_texts({name: str(value) for name, value in resource.attributes.items()}))
    request.resource_logs.add(resource=described).scope_logs.add(scope=InstrumentationScope(name=_SCOPE))
    return request


def _to_record(entry: LogEntry) -> LogRecord:
    return LogRecord(
        time_unix_nano=entry.time,
        observed_time_unix_nano=entry.time,
        severity_number=cast('Any', entry.severity_number),
        severity_text=entry.severity,
        body=AnyValue(string_value=entry.text),
        attributes=_texts(entry.attributes),
        trace_id=bytes.fromhex(entry.trace_id),
        span_id=bytes.fromhex(entry.span_id),
        flags=1 if entry.trace_id else 0,
    )


def _texts(attributes: Mapping[str, str]) -> list[KeyValue]:
    return [KeyValue(key=name, value=AnyValue(string_value=value)) for name, value in attributes.items()]
