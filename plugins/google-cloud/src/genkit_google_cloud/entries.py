# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What is logged to Cloud Logging: what goes into models and features and comes out, failures, and log records.

Source: https://cloud.google.com/logging/docs/reference/v2/rpc/google.logging.v2, with its limits. Every entry names its
span, so that the console shows it there.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import GENKIT_VERSION, LogEntry, members_of, read_json
from opentelemetry.sdk.trace import ReadableSpan

from genkit_google_cloud.attributes import display_path, feature_of, shortened
from genkit_google_cloud.metrics import error_name
from genkit_google_cloud.process import task_labels
from genkit_google_cloud.services import LOGGING, Services, labels_of, raw_type, wrapped


LONGEST_CONTENT: Final = 128_000  # characters

_TYPES: Final = 'google.cloud.logging_v2.types'
_REQUEST: Final = 'WriteLogEntriesRequest'
_LOG: Final = 'genkit_log'
_LONGEST_BYTES: Final = 230_000  # of the 256 KiB that an entry may have
_MOST_ENTRIES: Final = 500
_MOST_BYTES: Final = 4_000_000  # in a request
_SEVERITIES: Final = {5: 100, 9: 200, 13: 400, 17: 500, 21: 600}
_INFO, _ERROR = 200, 500


@dataclass(frozen=True)
class Entry:
    """Something that is logged.

    Attributes:
        time: Nanoseconds since 1970.
        payload: Its members.
        severity: As Cloud Logging counts it.
        trace_id: 32 hex digits; empty outside a trace.
        span_id: 16 hex digits; empty outside a trace.
        labels: By which it can be found.
    """

    time: int
    payload: Mapping[str, str]
    severity: int = _INFO
    trace_id: str = ''
    span_id: str = ''
    labels: Mapping[str, str] = field(default_factory=lambda: {'module': 'genkit'})


def entries_of(span: ReadableSpan) -> Iterator[Entry]:
    """Return what is logged of a span: its input and output if it is a model's or a root, and where a failure began."""
    attributes = span.attributes or {}
    path = str(attributes.get('genkit:path', ''))
    context = span.get_span_context()
    if not path or context is None:
        return
    shown, name = display_path(path), str(attributes.get('genkit:name', span.name))
    is_model = attributes.get('genkit:metadata:subtype') == 'model'
    told = {
        'path': shown,
        'qualifiedPath': path[:LONGEST_CONTENT],
        'featureName': feature_of(path),
        'sessionId': str(attributes.get('genkit:metadata:agent:sessionId', '')),
        **({'model': name} if is_model else {}),
        'source': 'py',
        'sourceVersion': GENKIT_VERSION,
    }
    place: Any = {'trace_id': f'{context.trace_id:032x}', 'span_id': f'{context.span_id:016x}'}
    where = f'{shown}, {name}' if is_model else shown
    if is_model or attributes.get('genkit:isRoot'):
        for title, content, time in _contents(span, attributes, is_model=is_model):
            yield Entry(time, {'message': f'{title}[{where}]', 'content': content, **told}, **place)
    if attributes.get('genkit:isFailureSource'):
        yield _failure(span, shown, told, place)


def to_entry(entry: LogEntry) -> Entry:
    """Return a log record of the process."""
    attributes = dict(entry.attributes)
    logger = attributes.pop('logger', '')
    severity = _SEVERITIES.get(entry.severity_number, _INFO)
    payload = {'message': entry.text, **attributes}
    return Entry(entry.time, payload, severity, entry.trace_id, entry.span_id, {'logger': logger})


def write_entries(services: Services, entries: Sequence[Entry], resource: Mapping[str, Any]) -> bool:
    """Write entries; False if something of them was lost."""
    is_written = True
    for batch in _batches(entries):
        called = services.call(
            LOGGING, 'write_log_entries', lambda project, batch=batch: to_request(project, batch, resource)
        )
        is_written = called and is_written
    return is_written


def to_request(project: str, entries: Sequence[Entry], resource: Mapping[str, Any]) -> Any:
    """Return entries as a request; their ids keep a request that is tried again from being logged twice."""
    request = raw_type(_TYPES, _REQUEST)(log_name=f'projects/{project}/logs/{_LOG}', partial_success=True)
    request.resource.type = 'generic_task'
    request.resource.labels.update(labels_of(task_labels(resource), project))
    for entry in entries:
        added = request.entries.add(severity=entry.severity, insert_id=uuid.uuid4().hex)
        added.timestamp.FromNanoseconds(entry.time)
        added.json_payload.update(_limited(entry.payload))
        added.labels.update(entry.labels)
        if entry.trace_id:
            added.trace = f'projects/{project}/traces/{entry.trace_id}'
            added.span_id = entry.span_id
            added.trace_sampled = True
    return wrapped(_TYPES, _REQUEST, request)


def _contents(span: ReadableSpan, attributes: Mapping[str, Any], *, is_model: bool) -> Iterator[tuple[str, str, int]]:
    """Return the title, the text and the time of what went in and came out."""
    given, answered = attributes.get('genkit:input'), attributes.get('genkit:output')
    config = _config(given) if is_model else None
    if config is not None:
        yield 'Config', config, span.start_time or 0
    if isinstance(given, str):
        yield 'Input', given, span.start_time or 0
    if isinstance(answered, str):
        yield 'Output', answered, span.end_time or 0


def _config(given: Any) -> str | None:
    try:
        config = members_of(read_json(given), 'input').get('config')
    except (ValueError, TypeError, GenkitError):
        return None
    return json.dumps(config) if config else None


def _failure(span: ReadableSpan, shown: str, told: Mapping[str, str], place: Any) -> Entry:
    kind = error_name(span)
    raised: Mapping[str, Any] = next(
        (event.attributes or {} for event in span.events if event.name == 'exception'), dict[str, Any]()
    )
    payload = {
        'message': f'Error[{shown}, {kind}]',
        'error': str(span.status.description or kind),
        'stack': str(raised.get('exception.stacktrace', '')),
        **told,
    }
    return Entry(span.end_time or 0, payload, _ERROR, **place)


def _limited(payload: Mapping[str, str]) -> dict[str, str]:
    """Return the members of an entry, cut to the length that it may have, the first ones being the most important."""
    room = _LONGEST_BYTES
    kept: dict[str, str] = {}
    for name, value in payload.items():
        if value and room > 0:
            kept[name], _ = shortened(value[:LONGEST_CONTENT], room)
            room -= len(kept[name].encode())
    return kept


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        length = sum(min(len(value), LONGEST_CONTENT) for value in entry.payload.values())
        if batch and (len(batch) == _MOST_ENTRIES or size + length > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch
