# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Spans and log records as the JSON that Application Insights takes.

Sources: https://github.com/microsoft/ApplicationInsights-Home/tree/master/EndpointSpecs, and how Azure's exporter maps
spans. A span without a parent in this program is a request, any other a dependency.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from genkit.plugin import GENKIT_VERSION, LogEntry
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanKind

from genkit_observability.destination import Destination, Signal
from genkit_observability.sender import Sender


Json = dict[str, Any]

_LONGEST_NAME: Final = 1024
_LONGEST_KEY: Final = 150
_LONGEST_VALUE: Final = 8192
_LONGEST_CONTENT: Final = 256 * 1024  # of the conventions for generative AI
_LONGEST_MESSAGE: Final = 32_768
_MEASURED: Final = ('gen_ai.usage.', 'genkit:total_usage.', 'gen_ai.request.')
_SERVED: Final = (SpanKind.SERVER, SpanKind.CONSUMER)
_SEVERITIES: Final = ((21, 'Critical'), (17, 'Error'), (13, 'Warning'), (9, 'Information'))


class InsightsExport:
    """Sends to Azure Monitor.

    Args:
        destination: What it takes.
        sender: Sends it.
    """

    def __init__(self, destination: Destination, sender: Sender) -> None:
        self._key = destination.key
        self._limit = destination.limits.request
        self._sender = sender

    def send_spans(self, spans: Sequence[ReadableSpan]) -> bool:
        """Send a batch; False if something of it was lost."""
        return self._send('traces', (item for span in spans for item in to_items(span)))

    def send_logs(self, entries: Sequence[LogEntry], resource: Resource) -> bool:
        """Send a batch; False if something of it was lost."""
        return self._send('logs', (to_item(entry, resource) for entry in entries))

    def send_metrics(self, _metrics: Any) -> bool:
        """Refuse metrics, of which the destination names no endpoint."""
        raise NotImplementedError('Azure Monitor takes no metrics here.')

    def _send(self, signal: Signal, items: Iterable[Json]) -> bool:
        is_sent = True
        for lines in self._batches(items):
            is_sent = self._sent(signal, lines) and is_sent
        return is_sent

    def _sent(self, signal: Signal, lines: Sequence[bytes]) -> bool:
        answer = self._sender.send(signal, b'\n'.join(lines), 'application/x-json-stream')
        if answer is None:
            return False
        rejected = _rejected(answer)
        if rejected:
            number, status, message = rejected
            self._sender.complain(signal, 'partial', f'were taken but for {number}: {status} {message[:200]!r}.')
        return not rejected

    def _batches(self, items: Iterable[Json]) -> Iterator[list[bytes]]:
        lines: list[bytes] = []
        size = 0
        for item in items:
            line = json.dumps({**item, 'iKey': self._key}, separators=(',', ':')).encode()
            if lines and size + len(line) > self._limit:
                yield lines
                lines, size = [], 0
            lines.append(line)
            size += len(line) + 1
        if lines:
            yield lines


def to_items(span: ReadableSpan) -> Iterator[Json]:
    """Return a span, and what was recorded in it, as telemetry items without the key."""
    context, parent = span.get_span_context(), span.parent
    assert context is not None, 'only sampled spans are exported'
    place = {'ai.operation.id': f'{context.trace_id:032x}'}
    above = {'ai.operation.parentId': f'{parent.span_id:016x}'} if parent is not None else {}
    attributes = span.attributes or {}
    started, ended = span.start_time or 0, span.end_time or 0
    data: Json = {
        'ver': 2,
        'id': f'{context.span_id:016x}',
        'name': span.name[:_LONGEST_NAME],
        'duration': _duration(ended - started),
        'success': span.status.is_ok,
        'properties': _properties(attributes),
        'measurements': _measurements(attributes),
    }
    if span.kind in _SERVED or parent is None or parent.is_remote:
        kind, data = 'Request', {**data, 'responseCode': '0' if span.status.is_ok else '500'}
    else:
        of_model = attributes.get('gen_ai.provider.name')
        kind = 'RemoteDependency'
        data = {**data, 'resultCode': '0', 'type': f'GenAI | {of_model}' if of_model else 'InProc'}
        data['target'] = str(attributes.get('gen_ai.request.model', ''))[:_LONGEST_NAME]
    tags = {**_tags(span.resource), **place, **above, 'ai.operation.name': _operation(span)}
    yield _item(kind, f'{kind}Data', started, tags, data)
    inside = {**_tags(span.resource), **place, 'ai.operation.parentId': f'{context.span_id:016x}'}
    for event in span.events:
        yield _event_item(event, inside)


def to_item(entry: LogEntry, resource: Resource) -> Json:
    """Return a log record as a telemetry item without the key."""
    place = {'ai.operation.id': entry.trace_id, 'ai.operation.parentId': entry.span_id} if entry.trace_id else {}
    severity = next((name for number, name in _SEVERITIES if entry.severity_number >= number), 'Verbose')
    data = {
        'ver': 2,
        'message': entry.text[:_LONGEST_MESSAGE],
        'severityLevel': severity,
        'properties': _properties(entry.attributes),
    }
    return _item('Message', 'MessageData', entry.time, {**_tags(resource), **place}, data)


def _event_item(event: Event, tags: Mapping[str, str]) -> Json:
    attributes = dict(event.attributes or {})
    if event.name != 'exception':
        data: Json = {'ver': 2, 'message': event.name, 'properties': _properties(attributes)}
        return _item('Message', 'MessageData', event.timestamp, tags, data)
    kind = str(attributes.pop('exception.type', 'Exception'))
    message = str(attributes.pop('exception.message', '') or kind)
    stack = str(attributes.pop('exception.stacktrace', ''))
    described = {
        'typeName': kind[:_LONGEST_NAME],
        'message': message[:_LONGEST_MESSAGE],
        'hasFullStack': bool(stack),
        'stack': stack[:_LONGEST_MESSAGE],
    }
    data = {'ver': 2, 'exceptions': [described], 'severityLevel': 'Error', 'properties': _properties(attributes)}
    return _item('Exception', 'ExceptionData', event.timestamp, tags, data)


def _item(name: str, base_type: str, time: int, tags: Mapping[str, str], data: Json) -> Json:
    return {
        'ver': 1,
        'name': f'Microsoft.ApplicationInsights.{name}',
        'time': datetime.fromtimestamp(time / 1e9, UTC).isoformat(timespec='microseconds').replace('+00:00', 'Z'),
        'sampleRate': 100.0,
        'tags': dict(tags),
        'data': {'baseType': base_type, 'baseData': data},
    }


def _tags(resource: Resource) -> dict[str, str]:
    attributes = resource.attributes
    tags = {'ai.internal.sdkVersion': f'genkit-py:{GENKIT_VERSION}'}
    for tag, name in (
        ('ai.cloud.role', 'service.name'),
        ('ai.cloud.roleInstance', 'service.instance.id'),
        ('ai.application.ver', 'service.version'),
    ):
        if attributes.get(name):
            tags[tag] = str(attributes[name])[:_LONGEST_NAME]
    return tags


def _operation(span: ReadableSpan) -> str:
    """Return the name of the flow that a span belongs to, by which operations are listed."""
    path = str((span.attributes or {}).get('genkit:path', ''))
    return (path[2:].partition(',')[0] if path.startswith('/{') else span.name)[:_LONGEST_NAME]


def _properties(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {
        name[:_LONGEST_KEY]: _text(value)[: _LONGEST_CONTENT if name.startswith('gen_ai.') else _LONGEST_VALUE]
        for name, value in attributes.items()
    }


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | list | tuple) else str(value)


def _measurements(attributes: Mapping[str, Any]) -> dict[str, float]:
    """Return tokens, cost and settings as numbers, so that queries can add them up."""
    return {
        name: float(value)
        for name, value in attributes.items()
        if name.startswith(_MEASURED) and isinstance(value, int | float) and not isinstance(value, bool)
    }


def _duration(nanoseconds: int) -> str:
    """Return a duration as days.hours:minutes:seconds.microseconds."""
    seconds, microseconds = divmod(max(nanoseconds, 0) // 1000, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f'{days}.{hours:02}:{minutes:02}:{seconds:02}.{microseconds:06}'


def _rejected(answer: httpx.Response) -> tuple[int, int, str] | None:
    """Return how many items were rejected, and status and text of the first; None if none was."""
    try:
        found: Any = answer.json()
        errors = found['errors']
        first = errors[0]
        return len(errors), int(first['statusCode']), str(first['message'])
    except (ValueError, LookupError, TypeError):
        return None
