# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Log records and traces: sends records where they are wanted, and tells formatters which trace one belongs to."""

import atexit
import logging
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from opentelemetry import trace
from opentelemetry.context import get_value

from genkit._base.secrets import REDACTED, is_secret
from genkit._trace.attributes import TRACER_NAME
from genkit._trace.outbox import Outbox


Post = Callable[[str, Mapping[str, Any]], None]

_MOST_ATTRIBUTES: Final = 32
_LONGEST_VALUE: Final = 2048
_INTERVAL_SECONDS: Final = 0.1
_COMPLETE_SECONDS: Final = 0.02
_SEVERITIES: Final = (
    (logging.CRITICAL, 21, 'FATAL'),
    (logging.ERROR, 17, 'ERROR'),
    (logging.WARNING, 13, 'WARN'),
    (logging.INFO, 9, 'INFO'),
)
_OWN_MEMBERS: Final = frozenset(logging.makeLogRecord({}).__dict__) | {'message', 'asctime', 'trace_id', 'span_id'}


class _Entry(NamedTuple):
    record: logging.LogRecord
    text: str
    trace_id: str
    span_id: str


class LogEntry(NamedTuple):
    """A log record and the span that it belongs to.

    Attributes:
        time: Nanoseconds since 1970.
        severity_number: OpenTelemetry's: 5, 9, 13, 17 or 21.
        severity: ``DEBUG``, ``INFO``, ``WARN``, ``ERROR`` or ``FATAL``.
        text: What was logged.
        attributes: At most 32, among them ``logger``; those that are named like credentials are masked.
        trace_id: 32 hex digits; empty outside a trace.
        span_id: 16 hex digits; empty outside a trace.
    """

    time: int
    severity_number: int
    severity: str
    text: str
    attributes: dict[str, str]
    trace_id: str
    span_id: str


class TraceContextFilter(logging.Filter):
    """Adds ``trace_id`` and ``span_id`` to records, for formats such as ``%(trace_id)s %(message)s``.

    They are hex digits, as traces have them, and empty outside a trace.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the ids; every record passes, and one that names its trace keeps that outside a trace."""
        trace_id, record.span_id = _current_ids()
        record.trace_id = trace_id or getattr(record, 'trace_id', '')
        return True


def export_logs(post: Post) -> 'Outbox[Any]':
    """Send every log record of the process from now on, in OTLP's JSON form."""
    return add_log_exporter(lambda entries: post('/api/otlp/v1/logs', _to_request(entries)))


def add_log_exporter(
    export: Callable[[list[LogEntry]], Any], interval: float = _INTERVAL_SECONDS, longest: int = _LONGEST_VALUE
) -> 'Outbox[Any]':
    """Export every log record that the process makes from now on, from a background thread.

    Records are seen where they are made, so that no logger gets a handler or a format that it was not given.

    Args:
        export: Takes a batch.
        interval: How many seconds a record may wait for others.
        longest: How many characters of a text or of an attribute are kept.

    Returns:
        What holds the records that wait: ``flush(seconds)`` sends them, ``close()`` ends the export.
    """

    def send(entries: list[_Entry]) -> None:
        export([_to_entry(entry, longest) for entry in _complete(entries)])

    outbox: Outbox[_Entry] = Outbox('Log exporter', send, interval)
    make_record = logging.getLogRecordFactory()

    def make_and_send(*args: Any, **members: Any) -> logging.LogRecord:
        record = make_record(*args, **members)
        if record.name and not get_value('suppress_instrumentation'):
            outbox.put(_Entry(record, _text(record), *_current_ids()))
        return record

    logging.setLogRecordFactory(make_and_send)
    atexit.register(outbox.close)
    return outbox


def _current_ids() -> tuple[str, str]:
    context = trace.get_current_span().get_span_context()
    return (f'{context.trace_id:032x}', f'{context.span_id:016x}') if context.is_valid else ('', '')


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  (the handlers complain about arguments that do not fit)
        return str(record.msg)


def _complete(entries: list[_Entry]) -> list[_Entry]:
    """Return records once they are whole: what a caller adds to one is put on it after it was made."""
    youngest = entries[-1].record.created
    time.sleep(min(max(youngest + _COMPLETE_SECONDS - time.time(), 0), _COMPLETE_SECONDS))
    return entries


def _shown(value: Any) -> str:
    try:
        return str(value)
    except Exception as error:  # noqa: BLE001  (one value must not cost the records that travel with it)
        return f'<{type(value).__name__} cannot be shown: {type(error).__name__}>'


def _to_request(entries: list[LogEntry]) -> dict[str, Any]:
    records = [_to_log_record(entry) for entry in entries]
    return {'resourceLogs': [{'resource': {}, 'scopeLogs': [{'scope': {'name': TRACER_NAME}, 'logRecords': records}]}]}


def _to_log_record(entry: LogEntry) -> dict[str, Any]:
    place = {'traceId': entry.trace_id, 'spanId': entry.span_id} if entry.trace_id else {}
    return {
        'timeUnixNano': str(entry.time),
        'severityNumber': entry.severity_number,
        'severityText': entry.severity,
        'body': {'stringValue': entry.text},
        'attributes': [{'key': name, 'value': {'stringValue': value}} for name, value in entry.attributes.items()],
        **place,
    }


def _to_entry(entry: _Entry, longest: int) -> LogEntry:
    record = entry.record
    number, severity = _severity(record.levelno)
    trace_id = entry.trace_id or getattr(record, 'trace_id', '')
    attributes = _attributes_of(record, longest)
    return LogEntry(
        int(record.created * 1e9), number, severity, entry.text[:longest], attributes, trace_id, entry.span_id
    )


def _severity(level: int) -> tuple[int, str]:
    return next(((number, text) for least, number, text in _SEVERITIES if level >= least), (5, 'DEBUG'))


def _attributes_of(record: logging.LogRecord, longest: int) -> dict[str, str]:
    attributes = {'logger': record.name}
    if record.exc_info and record.exc_info[0] is not None:
        attributes['exception.stacktrace'] = ''.join(traceback.format_exception(*record.exc_info))
    for name, value in record.__dict__.copy().items():  # handlers in other threads add members meanwhile
        if name not in _OWN_MEMBERS and len(attributes) < _MOST_ATTRIBUTES:
            attributes[name] = REDACTED if is_secret(name) else _shown(value)
    return {name: value[:longest] for name, value in attributes.items()}
