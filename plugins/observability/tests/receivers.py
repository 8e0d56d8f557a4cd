# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Backends on this machine: they parse what they get, and refuse what the real ones would refuse."""

import gzip
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, SeenSpan
from jsonschema import Draft202012Validator
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


_KINDS: Mapping[str, Any] = {
    'traces': ExportTraceServiceRequest,
    'metrics': ExportMetricsServiceRequest,
    'logs': ExportLogsServiceRequest,
}
PROTOBUF = {'content-type': 'application/x-protobuf'}


class Receiver:
    """A server inside a ``with`` block, which ends with an error if anything that came was wrong.

    Attributes:
        strict: Whether requests must be made by the plugin.
        answer: What requests are answered with, after they were read.
        spans: What came, in order.
        services: The name of the service, by span.
        logs: The log records that came, with their resource's attributes.
        metrics: The metrics that came.
    """

    def __init__(self, check: Callable[[RecordedRequest], None] = lambda request: None) -> None:
        self.answer = CannedAnswer(b'', 200, PROTOBUF)
        self.strict = True
        self.spans: list[SeenSpan] = []
        self.services: dict[str, str] = {}
        self.logs: list[dict[str, Any]] = []
        self.metrics: list[Any] = []
        self.resources: list[dict[str, Any]] = []
        self.wrong: list[BaseException] = []
        self._check = check
        self._changed = threading.Condition()
        self.server = LoopbackServer(self._answer)

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.server.__exit__(kind, error, where)
        self.raise_wrong()

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        return self.server.requests

    def wait(self, look: Callable[[], Any]) -> Any:
        """Return what is there once it has come."""
        with self._changed:
            assert self._changed.wait_for(look, 10), f'there came only {self.spans} and {self.logs}'
            return look()

    def raise_wrong(self) -> None:
        if self.wrong:
            raise self.wrong[0]

    def take(self, request: RecordedRequest, body: bytes) -> None:
        """Read a request of OTLP."""
        signal = request.path.rpartition('/')[2]
        assert request.path.endswith(f'/v1/{signal}')
        assert request.headers['content-type'] == 'application/x-protobuf'
        message = _KINDS[signal].FromString(body)
        if signal == 'traces':
            for group in message.resource_spans:
                resource = values(group.resource.attributes)
                self.resources.append(resource)
                for scoped in group.scope_spans:
                    for span in scoped.spans:
                        self.services[span.span_id.hex()] = resource.get('service.name', '')
                        self.spans.append(to_seen(span))
        elif signal == 'logs':
            for group in message.resource_logs:
                resource = values(group.resource.attributes)
                for scoped in group.scope_logs:
                    self.logs += [{'resource': resource, 'record': record} for record in scoped.log_records]
        else:
            self.metrics.append(message)

    def _answer(self, request: RecordedRequest) -> CannedAnswer:
        with self._changed:
            try:
                assert request.method == 'POST'
                if self.strict:
                    assert request.headers['content-encoding'] == 'gzip'
                    assert 'genkit' in request.headers['user-agent']
                self._check(request)
                if self.answer.status == 200:
                    is_compressed = request.headers.get('content-encoding') == 'gzip'
                    self.take(request, gzip.decompress(request.body) if is_compressed else request.body)
            except BaseException as error:  # noqa: BLE001  (raised where the test can see it)
                self.wrong.append(error)
            self._changed.notify_all()
        return self.answer


def to_seen(span: Any) -> SeenSpan:
    """Return a span of OTLP."""
    return SeenSpan(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        failed=span.status.code == 2,
        message=span.status.message,
        attributes=values(span.attributes),
        exceptions=[values(event.attributes)['exception.type'] for event in span.events if event.name == 'exception'],
    )


def values(attributes: Any) -> dict[str, Any]:
    """Return the attributes of a message of OTLP; a name that comes twice is an error."""
    names = [entry.key for entry in attributes]
    assert len(set(names)) == len(names)
    return {entry.key: _value(entry.value) for entry in attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof('value')
    assert kind is not None
    found = getattr(value, kind)
    return [_value(item) for item in found.values] if kind == 'array_value' else found


class AwsReceiver(Receiver):
    """X-Ray and CloudWatch Logs: recomputes signatures, and refuses what is larger than AWS takes.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html and, for the
    signature, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """

    def __init__(self, secret: str, token: str | None = None) -> None:
        super().__init__(self._check_signature)
        self._secret = secret
        self._token = token

    def take(self, request: RecordedRequest, body: bytes) -> None:
        assert len(body) <= 5_000_000
        if request.path == '/v1/traces':
            message = ExportTraceServiceRequest.FromString(body)
            groups = [(group, scoped) for group in message.resource_spans for scoped in group.scope_spans]
            assert sum(len(scoped.spans) for _, scoped in groups) <= 10_000
            for group, scoped in groups:
                assert group.resource.ByteSize() + scoped.scope.ByteSize() <= 16_000
                assert all(span.ByteSize() <= 200_000 for span in scoped.spans)
        else:
            assert request.headers['x-aws-log-group']
            assert request.headers['x-aws-log-stream']
        super().take(request, body)

    def _check_signature(self, request: RecordedRequest) -> None:
        found = re.fullmatch(
            r'AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/(\w+)/aws4_request, '
            r'SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})',
            request.headers['authorization'],
        )
        assert found, request.headers['authorization']
        _, day, region, service, signed, signature = found.groups()
        assert service == ('xray' if request.path == '/v1/traces' else 'logs')
        moment = request.headers['x-amz-date']
        age = datetime.now(UTC) - datetime.strptime(moment, '%Y%m%dT%H%M%SZ').replace(tzinfo=UTC)
        assert abs(age.total_seconds()) < 300
        assert moment.startswith(day)
        names = signed.split(';')
        assert {'host', 'x-amz-date', 'content-type', 'content-encoding'} <= set(names)
        if self._token is not None:
            assert request.headers['x-amz-security-token'] == self._token
            assert 'x-amz-security-token' in names
        headers = ''.join(f'{name}:{" ".join(request.headers[name].split())}\n' for name in names)
        digest = hashlib.sha256(request.body).hexdigest()  # of the body as it came, compressed
        canonical = f'POST\n{request.path}\n\n{headers}\n{signed}\n{digest}'
        scope = f'{day}/{region}/{service}/aws4_request'
        text = f'AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}'
        key = f'AWS4{self._secret}'.encode()
        for part in (day, region, service, 'aws4_request', text):
            key = hmac.digest(key, part.encode(), 'sha256')
        assert key.hex() == signature


def _object(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {'type': 'object', 'properties': properties, 'required': list(required), 'additionalProperties': False}


def _text(longest: int) -> dict[str, Any]:
    return {'type': 'string', 'maxLength': longest}


# The limits of https://github.com/microsoft/ApplicationInsights-Home/tree/master/EndpointSpecs/Schemas/Bond
_DURATION = {'type': 'string', 'pattern': r'^\d+\.\d\d:\d\d:\d\d\.\d{3,7}$'}
_PROPERTIES = {
    'properties': {'type': 'object', 'propertyNames': {'maxLength': 150}, 'additionalProperties': {'type': 'string'}},
    'measurements': {'type': 'object', 'propertyNames': {'maxLength': 150}, 'additionalProperties': {'type': 'number'}},
}
_COMMON = {'ver': {'const': 2}, **_PROPERTIES}
_ID = {'type': 'string', 'pattern': '^[0-9a-f]{16}$'}
_SPAN = {**_COMMON, 'id': _ID, 'name': _text(1024), 'duration': _DURATION, 'success': {'type': 'boolean'}}
_SEVERITY = {'enum': ['Verbose', 'Information', 'Warning', 'Error', 'Critical']}
_EXCEPTION = _object(
    {'typeName': _text(1024), 'message': _text(32768), 'hasFullStack': {'type': 'boolean'}, 'stack': _text(32768)},
    ['message'],
)
_DATA = {
    'Request': _object({**_SPAN, 'responseCode': _text(1024)}, ['ver', 'id', 'duration', 'success', 'responseCode']),
    'RemoteDependency': _object(
        {**_SPAN, 'resultCode': _text(1024), 'type': _text(1024), 'target': _text(1024)}, ['ver', 'name', 'duration']
    ),
    'Exception': _object(
        {**_COMMON, 'exceptions': {'type': 'array', 'items': _EXCEPTION, 'minItems': 1}, 'severityLevel': _SEVERITY},
        ['ver', 'exceptions'],
    ),
    'Message': _object({**_COMMON, 'message': _text(32768), 'severityLevel': _SEVERITY}, ['ver', 'message']),
}


def _item_schema(kind: str) -> dict[str, Any]:
    data = _object({'baseType': {'const': f'{kind}Data'}, 'baseData': _DATA[kind]}, ['baseType', 'baseData'])
    tags = {'type': 'object', 'propertyNames': {'pattern': r'^ai\.'}, 'additionalProperties': _text(1024)}
    return _object(
        {
            'ver': {'const': 1},
            'name': {'const': f'Microsoft.ApplicationInsights.{kind}'},
            'time': {'type': 'string', 'pattern': r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$'},
            'sampleRate': {'type': 'number'},
            'iKey': {'type': 'string'},
            'tags': tags,
            'data': data,
        },
        ['name', 'time', 'iKey', 'data'],
    )


_ITEMS = {kind: Draft202012Validator(_item_schema(kind)) for kind in _DATA}


class AzureReceiver(Receiver):
    """The ingestion of Application Insights."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.items: list[dict[str, Any]] = []
        self.answer = CannedAnswer.of_json({'itemsReceived': 1, 'itemsAccepted': 1, 'errors': []})

    def take(self, request: RecordedRequest, body: bytes) -> None:
        assert request.path == '/v2.1/track'
        assert request.headers['content-type'] == 'application/x-json-stream'
        assert 'ikey' not in request.headers
        for line in body.split(b'\n'):
            item = json.loads(line)
            kind = item['name'].removeprefix('Microsoft.ApplicationInsights.')
            _ITEMS[kind].validate(item)
            assert item['iKey'] == self.key
            self.items.append(item)
        self.spans = [self._seen(item) for item in self.items if 'id' in item['data']['baseData']]
        self.logs = [item for item in self.items if item['data']['baseType'] == 'MessageData']

    def _seen(self, item: Mapping[str, Any]) -> SeenSpan:
        data, tags = item['data']['baseData'], item['tags']
        start = round(datetime.fromisoformat(item['time']).timestamp() * 1e6) * 1000
        days, hours, minutes, seconds, parts = re.split(r'[.:]', data['duration'])
        whole = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
        raised = [
            other['data']['baseData']['exceptions'][0]
            for other in self.items
            if other['data']['baseType'] == 'ExceptionData' and other['tags']['ai.operation.parentId'] == data['id']
        ]
        self.services[data['id']] = tags['ai.cloud.role']
        return SeenSpan(
            name=data['name'],
            trace_id=tags['ai.operation.id'],
            span_id=data['id'],
            parent_id=tags.get('ai.operation.parentId', ''),
            start=start,
            end=start + whole * 10**9 + int(parts) * 1000,
            failed=not data['success'],
            message=raised[0]['message'] if raised else '',
            attributes={**data['properties'], **data['measurements']},
            exceptions=[exception['typeName'] for exception in raised],
        )
