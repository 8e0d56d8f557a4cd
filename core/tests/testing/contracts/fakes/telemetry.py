# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Exporters of traces that do one thing wrong each."""

from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

from genkit.plugin import SpanPipeline, SpanRules, add_span_exporter
from genkit.testing import SeenSpan, TelemetryContract


MODEL = 'openai/gpt-4o-mini'


class OfTelemetry(TelemetryContract):
    noticed_by: ClassVar[set[str]] = set()
    seen: ClassVar[dict[type, list[SeenSpan]]] = {}
    services: ClassVar[dict[str, str]] = {}

    @contextmanager
    def exporting(self, **options: Any):
        rules = SpanRules({'service.name': options['service_name']}, capture_content=self.captures(options))
        first = len(self.received())
        pipeline = SpanPipeline(lambda spans: self.take(spans, first), rules)
        add_span_exporter(pipeline)
        yield
        pipeline.shutdown()

    def captures(self, options):
        return options.get('capture_content', True)

    def take(self, spans, first):
        for span in spans:
            self.services[f'{span.context.span_id:016x}'] = span.resource.attributes['service.name']
            self.received().append(self.changed(to_seen(span)))
        return True

    def changed(self, span: SeenSpan) -> SeenSpan:
        return span

    def received(self):
        return self.seen.setdefault(type(self), [])

    def service_of(self, span):
        return self.services[span.span_id]


def to_seen(span: Any) -> SeenSpan:
    return SeenSpan(
        name=span.name,
        trace_id=f'{span.context.trace_id:032x}',
        span_id=f'{span.context.span_id:016x}',
        parent_id=f'{span.parent.span_id:016x}' if span.parent else '',
        start=span.start_time,
        end=span.end_time,
        failed=not span.status.is_ok,
        message=span.status.description or '',
        attributes=dict(span.attributes),
        exceptions=[event.attributes['exception.type'] for event in span.events],
    )


def without(span: SeenSpan, *names: str) -> SeenSpan:
    return replace(span, attributes={name: value for name, value in span.attributes.items() if name not in names})


class TestRightTelemetry(OfTelemetry):
    pass


class TestTelemetryWithoutParents(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_the_whole_tree_arrives_once'}

    def changed(self, span):
        return replace(span, parent_id='')


class TestTelemetryWhoseClockRunsBackwards(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_times_are_those_of_the_program'}

    def changed(self, span):
        return replace(span, end=span.start - 1)


class TestTelemetryWithoutNames(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_what_ran_is_said_of_every_span'}

    def changed(self, span):
        return without(span, 'genkit:name')


class TestTelemetryWithoutCost(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_tokens_and_cost_arrive_as_numbers'}

    def changed(self, span):
        return without(span, 'gen_ai.usage.cost')


class TestTelemetryThatKnowsNoFailure(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_the_failure_is_marked_where_it_happened_and_nowhere_else'}

    def changed(self, span):
        return replace(span, failed=False)


class TestTelemetryThatNeverTells(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_inputs_and_outputs_arrive'}

    def changed(self, span):
        return without(span, 'genkit:input', 'genkit:output')


class TestTelemetryThatTellsAll(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_inputs_and_outputs_stay_here_if_so_wanted'}

    def captures(self, options):
        return True


class TestTelemetryThatLosesMuch(OfTelemetry):
    noticed_by: ClassVar[set[str]] = {'test_programs_that_run_at_once_are_told_apart'}

    def take(self, spans, first):
        return super().take(spans[: max(100 + first - len(self.received()), 0)], first)


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
