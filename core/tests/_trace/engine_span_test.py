# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import copy
import json
import threading
from typing import Any

import pytest
from genkit._trace.engine_span import EngineSpan, EngineTracer, engine_tracer
from genkit._trace.recorded import recorded
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, DEFAULT_ON, TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, TraceState


class Kept(SpanProcessor):
    def __init__(self) -> None:
        self.begun: list[Span] = []
        self.ended: list[ReadableSpan] = []

    def on_start(self, span: Span, parent_context: Any = None) -> None:
        span.set_attribute('of.processor', True)
        self.begun.append(span)

    def on_end(self, span: ReadableSpan) -> None:
        self.ended.append(span)


def _tracers(**options: Any) -> tuple[trace.Tracer, EngineTracer, Kept]:
    options.setdefault('sampler', ALWAYS_ON)
    provider = TracerProvider(resource=Resource({'service.name': 'test'}), **options)
    kept = Kept()
    provider.add_span_processor(kept)
    tracer = provider.get_tracer('genkit-tracer', 'v1')
    quick = engine_tracer(tracer)
    assert quick is not None
    return tracer, quick, kept


def _use(span: Any) -> None:
    span.set_attribute('list', [1, 2])
    span.set_attributes({'text': 'x', 'none': 'y'})
    span.add_event('seen', {'n': 1})
    span.add_link(SpanContext(5, 6, is_remote=True), {'why': 'because'})
    span.record_exception(ValueError('broken'))
    span.set_status(Status(StatusCode.ERROR, 'broken'))
    span.update_name('renamed')
    span.end()


def _without_ids(span: ReadableSpan) -> dict[str, Any]:
    data = json.loads(span.to_json())
    for name in ('start_time', 'end_time'):
        assert data.pop(name)
    data['context'] = {**data['context'], 'span_id': '', 'trace_id': ''}
    for event in data['events']:
        event.pop('timestamp')
        event['attributes'].pop('exception.stacktrace', None)
    return data


def test_a_span_is_the_one_that_the_sdk_would_have_made() -> None:
    tracer, quick, kept = _tracers()
    _use(tracer.start_span('first', attributes={'a': 'b', 'n': 1, 'many': ('x', 'y')}))
    _use(quick.start_span('first', None, {'a': 'b', 'n': 1, 'many': ('x', 'y')}))
    theirs, ours = kept.ended
    assert ours.context is not None
    assert theirs.context is not None
    assert _without_ids(ours) == _without_ids(theirs)
    assert ours.context.trace_flags == theirs.context.trace_flags
    assert ours.instrumentation_scope == theirs.instrumentation_scope
    assert (ours.dropped_attributes, ours.dropped_events, ours.dropped_links) == (0, 0, 0)
    assert [link.context for link in ours.links] == [link.context for link in theirs.links]


def test_spans_share_neither_events_nor_links_nor_attributes() -> None:
    _, quick, kept = _tracers()
    first, second = quick.start_span('1', None, {}), quick.start_span('2', None, {})
    first.add_event('seen')
    first.add_link(SpanContext(5, 6, is_remote=True))
    first.set_attribute('a', 1)
    first.end()
    second.end()
    assert [(len(span.events), len(span.links)) for span in kept.ended] == [(1, 1), (0, 0)]
    assert [dict(span.attributes or {}) for span in kept.ended] == [
        {'of.processor': True, 'a': 1},
        {'of.processor': True},
    ]


@pytest.mark.parametrize('flags', [0, 1, 2, 3, 255])
def test_a_child_takes_trace_state_and_flags_from_its_parent_as_in_the_sdk(flags: int) -> None:
    tracer, quick, _ = _tracers()
    parent = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(flags), trace_state=TraceState([('k', 'v')]))
    token = otel_context.attach(trace.set_span_in_context(NonRecordingSpan(parent)))
    try:
        theirs: Any = tracer.start_span('child')
        ours: Any = quick.start_span('child', None, {})
    finally:
        otel_context.detach(token)
    assert ours.parent == theirs.parent == parent
    for name in ('trace_id', 'trace_flags', 'trace_state', 'is_remote', 'is_valid'):
        assert getattr(ours.context, name) == getattr(theirs.context, name)
    assert ours.context.span_id != theirs.context.span_id


def test_a_parent_that_is_not_recorded_is_heeded_where_the_sampler_does() -> None:
    _, quick, kept = _tracers(sampler=DEFAULT_ON)
    parent = SpanContext(7, 8, is_remote=True, trace_flags=TraceFlags(0))
    token = otel_context.attach(trace.set_span_in_context(NonRecordingSpan(parent)))
    try:
        span = quick.start_span('child', None, {})
    finally:
        otel_context.detach(token)
    assert not span.is_recording()
    assert span.get_span_context().trace_id == 7
    assert kept.begun == []


def test_nothing_is_recorded_once_a_span_has_ended() -> None:
    _, quick, kept = _tracers()
    span: Any = quick.start_span('1', None, {'a': 1})
    span.record({'b': 2})
    span.end()
    span.record({'c': 3})
    assert dict(kept.ended[0].attributes or {}) == {'a': 1, 'of.processor': True, 'b': 2}


def test_credentials_are_missing_wherever_attributes_are_read() -> None:
    provider = TracerProvider()
    tracer = engine_tracer(provider.get_tracer('t'))
    assert tracer is not None
    span = tracer.start_span('s', None, {'genkit:input': recorded({'api_key': 'sk-secret'})})
    assert isinstance(span, EngineSpan)
    span.record({'genkit:output': recorded({'password': 'sk-secret'})})
    kept: Any = getattr(span, '_attributes')  # noqa: B009  (what the SDK's own methods read)
    seen = [str(kept), repr(kept), kept.copy(), dict(kept), list(kept.values()), copy.deepcopy(kept)]
    seen += [dict(span.attributes or {}), span.recorded_attributes.get('genkit:input')]
    span.end()
    seen += [span.to_json(), dict(span.attributes or {}), [*(span.attributes or {}).items()]]
    for each in seen:
        assert 'sk-secret' not in f'{each}'
        assert '<redacted>' in f'{each}'


def test_attributes_can_be_read_while_others_are_recorded() -> None:
    _, quick, _ = _tracers()
    span: Any = quick.start_span('1', None, {})
    stop = threading.Event()

    def write() -> None:
        for number in range(20_000):
            span.record({f'a{number % 500}': number})
        stop.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not stop.is_set():
        dict(span.attributes)
    thread.join()
    assert len(span.attributes) == 501


def test_a_provider_that_moves_to_another_resource_is_followed() -> None:
    tracer, quick, _ = _tracers()
    other = Resource({'service.name': 'other'})
    vars(tracer)['resource'] = other
    span: Any = quick.start_span('1', None, {})
    assert span.resource is other


@pytest.mark.parametrize(
    'options',
    [
        {'sampler': ALWAYS_OFF},
        {'sampler': TraceIdRatioBased(0.5)},
        {'span_limits': SpanLimits(max_span_attribute_length=10)},
        {'span_limits': SpanLimits(max_span_attributes=8)},
    ],
)
def test_the_sdk_makes_the_spans_where_it_decides_or_limits(options: dict[str, Any]) -> None:
    assert engine_tracer(TracerProvider(**options).get_tracer('t')) is None


def test_the_sdk_makes_the_spans_where_it_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED', 'true')
    assert engine_tracer(TracerProvider(sampler=ALWAYS_ON).get_tracer('t')) is None


def test_any_other_tracer_makes_its_own_spans() -> None:
    assert engine_tracer(trace.NoOpTracer()) is None
