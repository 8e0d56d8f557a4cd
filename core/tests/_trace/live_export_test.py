# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit._trace.export import BackgroundExport
from genkit._trace.live_export import EndedSpans, LiveSpans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from .receiver import check_trace


@pytest.fixture
def posted():
    return []


@pytest.fixture
def post(posted):
    return lambda path, body: posted.append((path, body))


def ended_spans():
    """A trace of three spans, and one of one."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer('test')
    with tracer.start_as_current_span('outer'):
        for name in ('first', 'second'):
            with tracer.start_as_current_span(name):
                pass
    with tracer.start_as_current_span('alone'):
        pass
    return list(exporter.get_finished_spans())


class TestEndedSpans:
    def test_are_posted_a_trace_at_a_time(self, post, posted):
        assert EndedSpans(post).export(ended_spans()) == SpanExportResult.SUCCESS
        assert [path for path, _ in posted] == ['/api/traces'] * 2
        (_, first), (_, second) = posted
        check_trace(first)
        check_trace(second)
        assert [span['displayName'] for span in first['spans'].values()] == ['first', 'second', 'outer']
        assert first['displayName'] == 'outer'
        assert [span['displayName'] for span in second['spans'].values()] == ['alone']

    def test_of_no_batch_are_not_posted(self, post, posted):
        EndedSpans(post).export([])
        assert posted == []


class TestLiveSpans:
    def test_are_posted_once_if_they_end_before_their_batch_is(self, post, posted):
        (span,) = [span for span in ended_spans() if span.name == 'alone']
        LiveSpans(post).export([span, span])
        ((_, trace),) = posted
        assert len(trace['spans']) == 1

    def test_travel_sooner_than_those_that_have_time(self):
        assert LiveSpans.interval_seconds < 0.5

    def test_are_wanted_by_the_processor_and_ended_ones_are_not(self, post, posted):
        for exporter, begun in ((LiveSpans(post), ['live']), (EndedSpans(post), [])):
            posted.clear()
            provider = TracerProvider(shutdown_on_exit=False)
            provider.add_span_processor(BackgroundExport(exporter))
            span = provider.get_tracer('test').start_span('live')
            assert provider.force_flush()
            assert [trace['displayName'] for _, trace in posted] == begun
            assert all(trace['endTime'] == 0 for _, trace in posted)
            span.end()
            assert provider.force_flush()
            assert posted[-1][1]['endTime'] > 0
            provider.shutdown()
