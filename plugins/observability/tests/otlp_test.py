# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests of OTLP that no backend refuses for their size."""

import random

import pytest
from genkit.plugin import LogEntry
from genkit_observability.aws import LIMITS
from genkit_observability.destination import Limits
from genkit_observability.otlp import log_requests, span_requests
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceFlags

from .receivers import to_seen, values


SMALL = Limits(request=2000, spans=7, span=500, resource=300)
SCOPE = InstrumentationScope('genkit-tracer', 'v1')


def span(number, attributes, resource=None, events=()):
    return ReadableSpan(
        name=f'span {number}',
        context=SpanContext(1, number + 1, False, TraceFlags(1)),
        resource=resource or Resource({'service.name': 'shop'}),
        attributes=attributes,
        events=events,
        start_time=1,
        end_time=2,
        instrumentation_scope=SCOPE,
    )


def read(bodies, limits):
    """Return the spans of requests, of which none is larger than a backend takes."""
    found = []
    for body in bodies:
        assert len(body) <= limits.request
        message = ExportTraceServiceRequest.FromString(body)
        groups = [(group.resource, scoped) for group in message.resource_spans for scoped in group.scope_spans]
        for resource, scoped in groups:
            if limits.resource is not None:
                assert resource.ByteSize() + scoped.scope.ByteSize() <= limits.resource
            assert scoped.scope.name == 'genkit-tracer'
            for item in scoped.spans:
                assert limits.span is None or item.ByteSize() <= limits.span
                found.append(item)
        assert sum(len(scoped.spans) for _, scoped in groups) <= limits.spans
    return found


def test_what_fits_is_one_request():
    spans = [span(number, {'genkit:input': 'x'}) for number in range(500)]
    bodies = list(span_requests(spans, Limits()))
    assert len(bodies) == 1
    assert [item.name for item in read(bodies, Limits())] == [f'span {number}' for number in range(500)]


def test_many_spans_are_several_requests_in_order():
    spans = [
        span(number, {'genkit:input': 'x' * 50}, Resource({'service.name': f's{number // 10}'})) for number in range(50)
    ]
    bodies = list(span_requests(spans, SMALL))
    assert [item.name for item in read(bodies, SMALL)] == [f'span {number}' for number in range(50)]
    assert len(bodies) >= 8


def test_a_span_that_is_too_long_keeps_names_and_numbers():
    attributes = {
        'genkit:name': 'openai/gpt-4o-mini',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.cost': 0.25,
        'genkit:input': 'é' * 1_000_000,
        'genkit:output': ['a' * 300_000, 'short'],
    }
    (item,) = read(span_requests([span(0, attributes)], LIMITS), LIMITS)
    seen = to_seen(item).attributes
    assert {name: seen[name] for name in list(attributes)[:3]} == dict(list(attributes.items())[:3])
    assert seen['genkit:input'].endswith('…')
    assert seen['genkit:input'].rstrip('…') == 'é' * len(seen['genkit:input'].rstrip('…'))
    assert seen['genkit:output'][1] == 'short'
    assert item.ByteSize() > 190_000 * 0.9  # no more is cut than has to be


def test_a_span_of_very_many_attributes_is_sent_with_those_that_fit():
    attributes = {f'attribute {number}': 'x' * 60 for number in range(20_000)}
    (item,) = read(span_requests([span(0, attributes)], LIMITS), LIMITS)
    assert len(item.attributes) + item.dropped_attributes_count == 20_000
    assert item.dropped_attributes_count > 0


def test_a_span_of_very_many_events_is_sent_with_those_that_fit():
    events = [Event(f'event {number}', {'n': 1}) for number in range(20_000)]
    (item,) = read(span_requests([span(0, {'genkit:name': 'x'}, events=events)], LIMITS), LIMITS)
    assert len(item.events) + item.dropped_events_count == 20_000
    assert values(item.attributes) == {'genkit:name': 'x'}


def test_a_resource_that_is_too_long_is_cut():
    resource = Resource(
        {'service.name': 'shop', 'note': 'n' * 100_000, **{f'label {n}': 'x' * 60 for n in range(1000)}}
    )
    (body,) = span_requests([span(0, {}, resource)], LIMITS)
    read([body], LIMITS)
    (group,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert values(group.resource.attributes)['service.name'] == 'shop'


@pytest.mark.parametrize('seed', range(30))
def test_whatever_comes_fits(seed):
    chance = random.Random(seed)

    def text():
        return chance.choice('aé世🐦') * chance.choice([0, 1, 50, 3000])

    spans = [
        span(
            number,
            {text()[:20] or 'a': text(), 'number': chance.randrange(2**40), 'list': [text(), text()]},
            Resource({'service.name': text(), 'b': text()}),
            [Event(text()[:50], {'c': text()})] * chance.randrange(3),
        )
        for number in range(chance.randrange(1, 40))
    ]
    bodies = list(span_requests(spans, SMALL))
    ids = sorted(item.span_id for item in read(bodies, SMALL))
    assert ids == [(number + 1).to_bytes(8, 'big') for number in range(len(spans))]


def test_log_records_are_split_as_well():
    entries = [LogEntry(1, 9, 'INFO', f'{number} ' + 'x' * 300, {'logger': 'a'}, '', '') for number in range(20)]
    bodies = list(log_requests(entries, Resource({'service.name': 'shop'}), SMALL))
    assert all(len(body) <= SMALL.request + 100 for body in bodies)
    records = [
        record
        for body in bodies
        for group in ExportLogsServiceRequest.FromString(body).resource_logs
        for record in group.scope_logs[0].log_records
    ]
    assert [record.body.string_value.partition(' ')[0] for record in records] == [str(number) for number in range(20)]
