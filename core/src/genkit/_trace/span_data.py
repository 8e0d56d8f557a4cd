# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans as the developer tools' telemetry server takes them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from opentelemetry.sdk.trace import Event, ReadableSpan

from genkit._trace.price import price_of


_NANOSECONDS_A_MILLISECOND: Final = 1_000_000
_STATUS_CODES: Final = {'UNSET': 0, 'OK': 1, 'ERROR': 2}


def to_traces(spans: Iterable[ReadableSpan]) -> list[dict[str, Any]]:
    """Return spans by trace, as ``TraceData`` on the wire; of two states of one span, the later one."""
    traces: dict[str, dict[str, Any]] = {}
    for span in spans:
        data = to_span_data(span)
        trace = traces.setdefault(data['traceId'], {'traceId': data['traceId'], 'spans': {}})
        trace['spans'][data['spanId']] = data
        if 'parentSpanId' not in data:
            trace.update(displayName=data['displayName'], startTime=data['startTime'], endTime=data['endTime'])
    return list(traces.values())


def to_span_data(span: ReadableSpan) -> dict[str, Any]:
    """Return a span, ended or not, as ``SpanData`` on the wire."""
    context = span.get_span_context()
    assert context is not None, 'only sampled spans are exported'
    scope = span.instrumentation_scope
    library = {'name': scope.name, 'version': scope.version} if scope is not None else {'name': 'unknown'}
    data: dict[str, Any] = {
        'spanId': f'{context.span_id:016x}',
        'traceId': f'{context.trace_id:032x}',
        'startTime': _milliseconds(span.start_time),
        'endTime': _milliseconds(span.end_time),
        'attributes': _attributes(span),
        'displayName': span.name,
        'instrumentationLibrary': {name: value for name, value in library.items() if value is not None},
        'spanKind': span.kind.name,
        'status': _status(span),
        'timeEvents': {'timeEvent': [_time_event(event) for event in span.events]},
    }
    if span.parent is not None:
        data['parentSpanId'] = f'{span.parent.span_id:016x}'
        data['sameProcessAsParentSpan'] = {'value': not span.parent.is_remote}
    return data


def _attributes(span: ReadableSpan) -> dict[str, Any]:
    while True:
        try:
            recorded: Mapping[str, Any] = getattr(span, 'recorded_attributes', span.attributes) or {}
            attributes = {**getattr(span, 'aside', {}), **recorded}
            return {**attributes, **price_of(attributes)}
        except RuntimeError:  # a span that still runs got another attribute meanwhile
            continue


def _status(span: ReadableSpan) -> dict[str, Any]:
    status: dict[str, Any] = {'code': _STATUS_CODES[span.status.status_code.name]}
    return {**status, 'message': span.status.description} if span.status.description else status


def _time_event(event: Event) -> dict[str, Any]:
    annotation = {'attributes': dict(event.attributes or {}), 'description': event.name}
    return {'time': _milliseconds(event.timestamp), 'annotation': annotation}


def _milliseconds(nanoseconds: int | None) -> float:
    return (nanoseconds or 0) / _NANOSECONDS_A_MILLISECOND
