# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A telemetry server like that of the developer tools: it refuses whatever the tools would refuse, and more."""

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest
from jsonschema import Draft202012Validator


SECONDS: Final = 10
_MOST_CHECKED: Final = 500  # of those that a test sends; checking takes longer than sending
_TRACE_ID: Final = {'type': 'string', 'pattern': '^[0-9a-f]{32}$'}
_SPAN_ID: Final = {'type': 'string', 'pattern': '^[0-9a-f]{16}$'}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        'type': 'object',
        'properties': {**required, **(optional or {})},
        'required': list(required),
        'additionalProperties': False,
    }


_TEXT: Final = {'type': 'string'}
_TIME: Final = {'type': 'number', 'exclusiveMinimum': 1_500_000_000_000, 'maximum': 4_000_000_000_000}  # milliseconds
_EVENT: Final = _object(
    {'time': _TIME, 'annotation': _object({'attributes': {'type': 'object'}, 'description': _TEXT})}
)
_SPAN: Final = _object(
    {
        'spanId': _SPAN_ID,
        'traceId': _TRACE_ID,
        'startTime': _TIME,
        'endTime': {'anyOf': [_TIME, {'const': 0}]},
        'attributes': {'type': 'object'},
        'displayName': _TEXT,
        'instrumentationLibrary': _object({'name': _TEXT}, {'version': _TEXT, 'schemaUrl': _TEXT}),
        'spanKind': {'enum': ['INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']},
    },
    {
        'parentSpanId': _SPAN_ID,
        'status': _object({'code': {'enum': [0, 1, 2]}}, {'message': _TEXT}),
        'sameProcessAsParentSpan': _object({'value': {'type': 'boolean'}}),
        'timeEvents': _object({'timeEvent': {'type': 'array', 'items': _EVENT}}),
        'links': {'type': 'array'},
        'truncated': {'type': 'boolean'},
    },
)
_TRACE: Final = Draft202012Validator(
    _object(
        {'traceId': _TRACE_ID, 'spans': {'type': 'object', 'minProperties': 1, 'additionalProperties': _SPAN}},
        {'displayName': _TEXT, 'startTime': _TIME, 'endTime': {'type': 'number'}},
    )
)
_RECORD: Final = _object(
    {
        'timeUnixNano': {'type': 'string', 'pattern': '^[0-9]{19}$'},
        'severityNumber': {'enum': [5, 9, 13, 17, 21]},
        'severityText': {'enum': ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']},
        'body': _object({'stringValue': {'type': 'string', 'maxLength': 2048}}),
        'attributes': {
            'type': 'array',
            'maxItems': 32,
            'items': _object({'key': _TEXT, 'value': _object({'stringValue': {'type': 'string', 'maxLength': 2048}})}),
        },
    },
    {'traceId': _TRACE_ID, 'spanId': _SPAN_ID},
)
_SCOPE_LOGS: Final = _object({'scope': _object({'name': _TEXT}), 'logRecords': {'type': 'array', 'items': _RECORD}})
_RESOURCE_LOGS: Final = _object({'resource': _object({}), 'scopeLogs': {'type': 'array', 'items': _SCOPE_LOGS}})
_LOGS: Final = Draft202012Validator(_object({'resourceLogs': {'type': 'array', 'items': _RESOURCE_LOGS}}))


def check_trace(trace: dict[str, Any]) -> None:
    """Fail unless a telemetry server would take a trace, and read it as it is meant."""
    _TRACE.validate(trace)
    roots = [span for span in trace['spans'].values() if 'parentSpanId' not in span]
    for span_id, span in trace['spans'].items():
        assert (span['spanId'], span['traceId']) == (span_id, trace['traceId'])
        assert span['endTime'] == 0 or span['endTime'] >= span['startTime']
    said = {name: trace[name] for name in ('displayName', 'startTime', 'endTime') if name in trace}
    assert said == ({name: roots[0][name] for name in ('displayName', 'startTime', 'endTime')} if roots else {})


class TelemetryReceiver:
    """A telemetry server inside a ``with`` block, which ends with an error if anything that came was wrong.

    Args:
        before: Runs before each request is answered.

    Attributes:
        status: What requests are answered with.
        traces: What was posted, in order.
        records: The log records, in order.
    """

    def __init__(self, before: Callable[[], Any] = lambda: None) -> None:
        self.status = 200
        self.traces: list[dict[str, Any]] = []
        self.records: list[dict[str, Any]] = []
        self.asked = 0
        self._before = before
        self._wrong: list[Exception] = []
        self._changed = threading.Condition()
        self._server = LoopbackServer(self._answer)

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, where)
        if self._wrong and error is None:
            raise self._wrong[0]

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Every state of every span, in the order in which they came."""
        return [span for trace in list(self.traces) for span in trace['spans'].values()]

    def states(self, name: str) -> list[dict[str, Any]]:
        return [span for span in self.spans if span['displayName'] == name]

    def wait(self, look: Callable[[], Any]) -> Any:
        """Return what is there once it has come."""
        with self._changed:
            assert self._changed.wait_for(look, SECONDS), f'there came only {self.traces} and {self.records}'
            return look()

    def ended(self, name: str) -> dict[str, Any]:
        """Return the span of a name once it has come in its last state."""
        return self.wait(lambda: next((span for span in self.states(name) if span['endTime']), None))

    def begun(self, name: str) -> dict[str, Any]:
        """Return the span of a name once it has come in its first state."""
        return self.wait(lambda: next((span for span in self.states(name) if not span['endTime']), None))

    def record(self, text: str) -> dict[str, Any]:
        """Return the log record of a text once it has come."""
        return self.wait(lambda: next((record for record in self.records if _text_of(record) == text), None))

    @property
    def texts(self) -> list[str]:
        """The texts of the log records."""
        return [_text_of(record) for record in self.records]

    def _answer(self, request: RecordedRequest) -> CannedAnswer:
        self._before()
        with self._changed:
            self.asked += 1
            try:
                if self.status == 200:
                    self._take(request)
            except Exception as error:  # noqa: BLE001  (raised where the test can see it)
                self._wrong.append(error)
            self._changed.notify_all()
        return CannedAnswer(b'OK', self.status)

    def _take(self, request: RecordedRequest) -> None:
        assert (request.method, request.headers['content-type']) == ('POST', 'application/json')
        if request.path == '/api/traces':
            trace = request.json
            if len(self.traces) < _MOST_CHECKED:
                check_trace(trace)
            self.traces.append(trace)
        else:
            assert request.path == '/api/otlp/v1/logs'
            _LOGS.validate(request.json)
            ((resource,),) = request.json.values()
            self.records += resource['scopeLogs'][0]['logRecords']


def _text_of(record: dict[str, Any]) -> str:
    return record['body']['stringValue']
