# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from genkit import GenkitError, add_span_exporter
from genkit._older import tracing
from genkit.testing import CannedAnswer, LoopbackServer
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


class Failing(SpanExporter):
    def export(self, spans):
        raise RuntimeError('down')


@pytest.fixture
def provider():
    provider = TracerProvider()
    yield provider
    provider.shutdown()


def test_the_tracer_records_where_genkit_does(spans):
    with tracing.tracer.start_as_current_span('outer') as outer:
        tracing.tracer.start_span('inner').end()
    outer_span, inner = spans.named('outer'), spans.named('inner')
    assert inner.parent.span_id == outer_span.context.span_id == outer.get_span_context().span_id


def test_spans_reach_the_telemetry_server_live(provider, monkeypatch):
    with LoopbackServer(lambda _: CannedAnswer.of_json({})) as server:
        monkeypatch.setenv('GENKIT_TELEMETRY_SERVER', server.url)
        exporter = tracing.init_telemetry_server_exporter()
        assert exporter is not None
        provider.add_span_processor(tracing.RealtimeSpanProcessor(exporter))
        provider.get_tracer('t').start_span('work').end()
        ends = [next(iter(request.json['spans'].values()))['endTime'] for request in server.requests]
    assert [request.path for request in server.requests] == ['/api/traces', '/api/traces']
    assert ends[0] == 0 < ends[1]


def test_without_a_telemetry_server_there_is_no_exporter(monkeypatch):
    monkeypatch.delenv('GENKIT_TELEMETRY_SERVER', raising=False)
    assert tracing.init_telemetry_server_exporter() is None
    with pytest.raises(GenkitError, match='No telemetry server is known'):
        tracing.TelemetryServerSpanExporter()


def test_a_telemetry_server_that_is_down_costs_a_line_in_the_log(provider, caplog):
    caplog.set_level('INFO', 'genkit.trace')
    with LoopbackServer(lambda _: CannedAnswer.of_json({}, status=500)) as server:
        provider.add_span_processor(SimpleSpanProcessor(tracing.TelemetryServerSpanExporter(server.url)))
        provider.get_tracer('t').start_span('work').end()
    assert 'did not take a trace' in caplog.text


def test_the_environment_says_whether_spans_are_sent_live(monkeypatch):
    exporter = InMemorySpanExporter()
    monkeypatch.delenv('GENKIT_ENABLE_REALTIME_TELEMETRY', raising=False)
    assert isinstance(tracing.create_span_processor(exporter), SimpleSpanProcessor)
    monkeypatch.setenv('GENKIT_ENABLE_REALTIME_TELEMETRY', 'true')
    assert isinstance(tracing.create_span_processor(exporter), tracing.RealtimeSpanProcessor)


@pytest.mark.parametrize('keeps', [False, True])
def test_inputs_and_outputs_leave_only_if_they_may(provider, keeps):
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(tracing.AdjustingTraceExporter(exporter, keeps)))
    attributes = {'genkit:input': 'secret', 'genkit:output': 'secret', 'genkit:name': 'x'}
    provider.get_tracer('t').start_span('work', attributes=attributes).end()
    [span] = exporter.get_finished_spans()
    assert dict(span.attributes or {}) == (attributes if keeps else {'genkit:name': 'x'})


def test_what_an_exporter_raises_goes_to_whoever_asks_for_it():
    errors: list[Exception] = []
    adjusting = tracing.AdjustingTraceExporter(Failing(), error_handler=errors.append)
    assert adjusting.export([]).name == 'FAILURE'
    assert str(errors[0]) == 'down'
    with pytest.raises(RuntimeError, match='down'):
        tracing.AdjustingTraceExporter(Failing()).export([])


async def test_a_span_of_the_engine_leaves_nothing_of_what_went_in_and_came_out(ai, untraced):
    exporter = InMemorySpanExporter()
    add_span_exporter(tracing.AdjustingTraceExporter(exporter))

    @ai.flow()
    async def greet(name: str) -> str:
        return f'unspoken {name}'

    @ai.flow()
    async def failing(name: str) -> str:
        raise ValueError(f'unspoken {name}')

    await greet('secret')
    with pytest.raises(GenkitError):
        await failing('secret')
    await ai.flush_tracing()
    for span in exporter.get_finished_spans():
        text = span.to_json()
        assert not {'secret', 'unspoken'} & set(re.findall(r'\w+', text))
        assert (span.attributes or {})['genkit:name'] == span.name


def test_an_exporter_that_fails_does_not_disturb_what_is_traced(caplog):
    provider = TracerProvider()
    provider.add_span_processor(tracing.RealtimeSpanProcessor(Failing()))
    provider.get_tracer('t').start_span('work').end()
    assert caplog.text.count('Failing failed') == 2
