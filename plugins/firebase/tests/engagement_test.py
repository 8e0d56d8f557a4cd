# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What users think of answers, and telemetry to the project behind."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from genkit import Genkit, GenkitError
from genkit.testing import WebContract
from genkit.web import FlowsApp
from genkit_firebase import UserEngagement, UserFeedback, collect_user_engagement, enable_firebase_telemetry
from google.auth.credentials import AnonymousCredentials
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan


Spans = Callable[[], list[ReadableSpan]]

TRACE, SPAN = 'ab' * 16, 'cd' * 8


@pytest.fixture(scope='module')
def reader() -> InMemoryMetricReader:
    made = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([made], shutdown_on_exit=False))
    return made


def counted(reader: InMemoryMetricReader) -> dict[tuple[str, str, str], int]:
    """How often something was counted since the last look, by metric, name and value."""
    found: dict[tuple[str, str, str], int] = {}
    data: Any = reader.get_metrics_data()
    for resource in data.resource_metrics if data else ():
        for metric in [metric for scope in resource.scope_metrics for metric in scope.metrics]:
            for point in metric.data.data_points:
                key = metric.name, point.attributes['name'], point.attributes['value']
                found[key] = found.get(key, 0) + point.value
    return found


def test_what_a_user_thinks_is_counted_and_in_the_trace_of_the_answer(
    reader: InMemoryMetricReader, spans: Spans
) -> None:
    feedback = {'value': 'positive', 'text': 'Just right.'}
    given = {'name': 'greet', 'traceId': TRACE, 'spanId': SPAN, 'feedback': feedback}
    collect_user_engagement(given)
    collect_user_engagement({**given, 'acceptance': {'value': 'rejected'}})
    collect_user_engagement(UserEngagement(name='other', feedback=UserFeedback(value='negative')))
    assert counted(reader) == {
        ('genkit/engagement/feedback', 'greet', 'positive'): 2,
        ('genkit/engagement/acceptance', 'greet', 'rejected'): 1,
        ('genkit/engagement/feedback', 'other', 'negative'): 1,
    }
    found = [each for each in spans() if each.name.startswith('user-')]
    assert [each.name for each in found] == ['user-feedback', 'user-feedback', 'user-acceptance', 'user-feedback']
    for each in found[:3]:
        assert each.context is not None
        assert each.parent is not None
        assert f'{each.context.trace_id:032x}' == TRACE
        assert f'{each.parent.span_id:016x}' == SPAN
        assert each.parent.is_remote
    attributes = dict(found[0].attributes or {})
    assert attributes['genkit:metadata:feedbackValue'] == 'positive'
    assert attributes['genkit:metadata:textFeedback'] == 'Just right.'
    assert found[3].parent is None


def test_what_a_user_says_is_not_recorded_where_content_is_not(spans: Spans, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'false')
    collect_user_engagement({'name': 'greet', 'feedback': {'value': 'positive', 'text': 'My secret.'}})
    (found,) = spans()
    assert 'My secret.' not in str(dict(found.attributes or {}))


def test_the_headers_of_an_answer_name_its_trace(spans: Spans) -> None:
    import httpx

    ai = Genkit()

    @ai.flow()
    async def tell(what: str) -> str:
        return what

    with WebContract.on_uvicorn(FlowsApp(ai)) as url:
        answer = httpx.post(f'{url}/tell', json={'data': 'x'})
    ids = {name: answer.headers[f'x-genkit-{name.replace("_", "-")}'] for name in ('trace_id', 'span_id')}
    collect_user_engagement({'name': 'tell', **ids, 'acceptance': {'value': 'accepted'}})
    found = {each.name: each for each in spans()}
    told, said = found['tell'], found['user-acceptance']
    assert said.context is not None
    assert told.context is not None
    assert said.parent is not None
    assert (said.context.trace_id, said.parent.span_id) == (told.context.trace_id, told.context.span_id)


@pytest.mark.parametrize(
    ('given', 'says'),
    [
        ({'name': 'greet'}, 'neither'),
        ({'feedback': {'value': 'positive'}}, 'name'),
        ({'name': 'greet', 'feedback': {'value': 'so so'}}, 'value'),
        ({'name': 'greet', 'acceptance': {'value': True}}, 'value'),
        ({'name': 'greet', 'feedback': {'value': 'positive'}, 'rating': 5}, 'rating'),
        ({'name': 'greet', 'feedback': {'value': 'positive'}, 'traceId': 'x' * 1_000}, 'trace_id'),
        ({'name': 'greet', 'feedback': {'value': 'positive'}, 'spanId': TRACE}, 'span_id'),
        ([], 'no meaning'),
    ],
)
def test_what_has_no_meaning_is_refused(given: Any, says: str) -> None:
    with pytest.raises(GenkitError, match=says) as raised:
        collect_user_engagement(given)
    assert raised.value.status == 'INVALID_ARGUMENT'


class Receiver(grpc.GenericRpcHandler):
    """Takes whatever Google Cloud's services are sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    def service(self, handler_call_details: Any) -> Any:
        def take(request: bytes, _: Any) -> bytes:
            self.calls.append((handler_call_details.method.rpartition('/')[2], request))
            return b''

        return grpc.unary_unary_rpc_method_handler(take)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Receiver, Any]]:
    for name in os.environ:
        if name.startswith(('GOOGLE_', 'GCLOUD_', 'K_', 'GENKIT_ENV', 'FIREBASE_', 'OTEL_')):
            monkeypatch.delenv(name)
    monkeypatch.setenv('NO_GCE_CHECK', 'true')
    make_record = logging.getLogRecordFactory()
    handler = Receiver()
    server = grpc.server(ThreadPoolExecutor(4), handlers=[handler])
    port = server.add_insecure_port('127.0.0.1:0')
    server.start()
    yield handler, lambda _: grpc.insecure_channel(f'127.0.0.1:{port}')
    server.stop(None).wait()
    logging.setLogRecordFactory(make_record)


def test_telemetry_counts_it_too(receiver: tuple[Receiver, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    handler, channel = receiver
    monkeypatch.setenv('FIREBASE_CONFIG', '{"projectId": "from-the-config"}')
    telemetry = enable_firebase_telemetry(credentials=AnonymousCredentials(), channel=channel, log_records=False)
    assert "'from-the-config'" in repr(telemetry)
    given = {'name': 'greet', 'traceId': TRACE, 'spanId': SPAN, 'acceptance': {'value': 'accepted'}}
    collect_user_engagement({**given, 'feedback': {'value': 'negative', 'text': 'Too salty.'}})
    telemetry.close()
    sent = {method: b''.join(body for name, body in handler.calls if name == method) for method, _ in handler.calls}
    assert {'CreateTimeSeries', 'WriteLogEntries', 'BatchWriteSpans'} <= sent.keys()
    assert b'genkit/engagement/feedback' in sent['CreateTimeSeries']
    assert b'genkit/engagement/acceptance' in sent['CreateTimeSeries']
    assert b'Too salty.' in sent['WriteLogEntries']
    assert b'user-feedback' in sent['BatchWriteSpans']
    count = len(handler.calls)
    collect_user_engagement(given)  # nothing is sent any more
    assert len(handler.calls) == count


def test_the_extra_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'genkit_google_cloud', None)
    with pytest.raises(GenkitError, match=r'genkit-plugin-firebase\[telemetry\]') as raised:
        enable_firebase_telemetry('my-project')
    assert raised.value.status == 'FAILED_PRECONDITION'


def test_options_are_those_of_the_plugin(receiver: tuple[Receiver, Any]) -> None:
    with pytest.raises(GenkitError, match="Did you mean 'disable_logs'"):
        enable_firebase_telemetry('my-project', disable_log=True)  # pyright: ignore[reportCallIssue]
