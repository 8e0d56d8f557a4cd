# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Trace context between programs; that of requests is also tested with every web adapter."""

import contextlib
from typing import Any

import pytest
from genkit._trace.propagation import continued_trace, ended_span, outgoing_headers
from genkit.client import close_cached_clients, remote_agent, run_flow, stream_flow
from genkit.web import FlowsApp, Server, ServerManager
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import baggage, context, propagate, trace
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


TRACE_ID, SPAN_ID = 'ab' * 16, 'cd' * 8
NAMED = {'traceparent': f'00-{TRACE_ID}-{SPAN_ID}-01'}


class OneHeader(TextMapPropagator):
    """A format of some company: ``X-Company-Trace: <trace>:<span>``."""

    def extract(self, carrier: Any, context: Any = None, getter: Any = None) -> Any:
        (value,) = getter.get(carrier, 'X-Company-Trace')
        trace_id, _, span_id = value.partition(':')
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        parent = trace.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=flags)
        return trace.set_span_in_context(trace.NonRecordingSpan(parent), context)

    def inject(self, carrier: Any, context: Any = None, setter: Any = None) -> None:
        span = trace.get_current_span(context).get_span_context()
        carrier['X-Company-Trace'] = f'{span.trace_id:032x}:{span.span_id:016x}'

    @property
    def fields(self):
        return {'X-Company-Trace'}


@pytest.fixture
def company_format(monkeypatch):
    monkeypatch.setattr(propagate, '_HTTP_TEXT_FORMAT', OneHeader(), raising=False)
    before = propagate.get_global_textmap()
    propagate.set_global_textmap(OneHeader())
    yield
    propagate.set_global_textmap(before)


def continued(headers):
    return continued_trace(headers) or contextlib.nullcontext()


def current_ids():
    span = trace.get_current_span().get_span_context()
    return f'{span.trace_id:032x}', f'{span.span_id:016x}'


class TestHeaders:
    def test_name_the_current_span(self):
        assert outgoing_headers() == {}
        with continued(NAMED):
            assert outgoing_headers() == NAMED
        assert outgoing_headers() == {}

    def test_carry_the_state_of_vendors_on(self):
        with continued({**NAMED, 'tracestate': 'acme=1,zoo=a'}):
            assert outgoing_headers() == {**NAMED, 'tracestate': 'acme=1,zoo=a'}

    def test_of_a_trace_that_is_not_recorded_say_so(self):
        unsampled = {'traceparent': f'00-{TRACE_ID}-{SPAN_ID}-00'}
        with continued(unsampled):
            assert outgoing_headers() == unsampled

    def test_bring_no_baggage_from_strangers_and_keep_that_of_the_program(self):
        token = context.attach(baggage.set_baggage('tenant', 'ours'))
        try:
            with continued({**NAMED, 'baggage': 'tenant=theirs,more=1'}):
                assert baggage.get_all() == {'tenant': 'ours'}
        finally:
            context.detach(token)

    def test_do_not_replace_a_span_that_is_current(self):
        other = {'traceparent': f'00-{"12" * 16}-{SPAN_ID}-01'}
        with continued(other), continued(NAMED):
            assert outgoing_headers() == other

    def test_are_those_of_the_global_propagator(self, company_format):
        with continued({'x-company-trace': f'{TRACE_ID}:{SPAN_ID}'}):
            assert current_ids() == (TRACE_ID, SPAN_ID)
            assert outgoing_headers() == {'X-Company-Trace': f'{TRACE_ID}:{SPAN_ID}'}

    @given(st.dictionaries(st.sampled_from(['traceparent', 'tracestate', 'baggage']), st.text(max_size=300)))
    def test_that_are_malformed_count_as_absent(self, headers):
        with continued(headers):
            assert outgoing_headers() == {}

    def test_are_left_alone_while_nothing_is_traced_without_the_import_that_takes_long(self, run_python):
        done = run_python(
            'import sys; from genkit._trace.propagation import continued_trace, outgoing_headers\n'
            f'with continued_trace({NAMED}): assert outgoing_headers() == {NAMED}\n'
            'assert "opentelemetry.propagate" not in sys.modules'
        )
        assert done.returncode == 0, done.stderr


class TestEndedSpan:
    def test_is_current_again_for_what_is_logged(self):
        with ended_span([TRACE_ID, SPAN_ID]):
            assert current_ids() == (TRACE_ID, SPAN_ID)
        assert not int(current_ids()[0], 16)

    @pytest.mark.parametrize('ids', [[], ['', '']])
    def test_that_nobody_recorded_is_not(self, ids):
        with ended_span(ids):
            assert not int(current_ids()[0], 16)

    def test_leaves_a_current_one_alone(self):
        with continued(NAMED), ended_span(['12' * 16, '34' * 8]):
            assert current_ids() == (TRACE_ID, SPAN_ID)


@pytest.fixture
async def served(ai):
    """The address of an application with a flow and an agent."""

    @ai.flow()
    async def inner(number: int) -> int:
        return number

    async def serve(runner, _context):
        async def turn(given, _):
            runner.add_messages(given.message)

        await runner.run(turn)

    ai.define_custom_agent('echo', serve)
    async with ServerManager([Server(app=FlowsApp(ai), port=0)]) as manager:
        yield manager.urls[0]
        await close_cached_clients()


class TestCallsOfFlows:
    async def test_are_in_the_trace_of_the_caller(self, ai, spans, served):
        @ai.flow()
        async def outer(number: int) -> int:
            async with stream_flow(f'{served}/inner', number) as stream:
                streamed = await stream.response
            return streamed + await run_flow(f'{served}/inner', number)

        assert await outer(2) == 4
        outside = spans.named('outer')
        inside = [span for span in spans.all() if span.name == 'inner']
        assert len(inside) == 2
        for span in inside:
            assert span.parent.is_remote
            assert span.parent.span_id == outside.context.span_id
            assert span.context.trace_id == outside.context.trace_id

    async def test_of_agents_too(self, ai, spans, served):
        @ai.flow()
        async def outer() -> str:
            return (await remote_agent(f'{served}/echo').chat().send('hi')).text

        await outer()
        assert spans.named('echo').parent.span_id == spans.named('outer').context.span_id

    async def test_carry_the_headers_that_the_caller_gives_in_place_of_ours(self, ai, spans, served):
        @ai.flow()
        async def outer() -> int:
            return await run_flow(f'{served}/inner', 1, headers=NAMED)

        await outer()
        assert f'{spans.named("inner").context.trace_id:032x}' == TRACE_ID

    async def test_heed_the_sampler_of_the_application(self, ai, untraced, served, monkeypatch):
        exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        monkeypatch.setattr(trace, '_TRACER_PROVIDER', provider)
        for flags in ('00', '01'):
            await run_flow(f'{served}/inner', 1, headers={'traceparent': f'00-{TRACE_ID}-{SPAN_ID}-{flags}'})
        assert [span.name for span in exporter.get_finished_spans()] == ['inner']


def test_a_program_that_only_imports_genkit_loads_no_propagator(run_python):
    done = run_python('import sys, genkit; assert "opentelemetry.trace.propagation.tracecontext" not in sys.modules')
    assert done.returncode == 0, done.stderr
