# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import logging
import threading

import pytest
from genkit import Action, ActionKind, add_span_exporter
from genkit._trace.provider import current_tracer, flush_tracing
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


def flow(name: str = 'f') -> Action:
    return Action(ActionKind.FLOW, name, lambda: 1)


class Exporter(SpanExporter):
    """An exporter that does as a test tells it, and notes on which thread."""

    def __init__(self, *, blocks: threading.Event | None = None, raises: Exception | None = None) -> None:
        self.names: list[str] = []
        self.threads: set[str] = set()
        self.exported = threading.Event()
        self._blocks = blocks
        self._raises = raises

    def export(self, spans):
        if self._blocks is not None:
            self._blocks.wait()
        self.threads.add(threading.current_thread().name)
        if self._raises is not None:
            raise self._raises
        self.names.extend(span.name for span in spans)
        self.exported.set()
        return SpanExportResult.SUCCESS


@pytest.mark.usefixtures('untraced')
class TestExport:
    def test_nobody_records_before_somebody_asks(self):
        assert current_tracer() is None

    async def test_happens_in_the_background(self):
        gate = threading.Event()
        exporter = Exporter(blocks=gate)
        add_span_exporter(exporter)
        await flow().arun()
        assert exporter.names == []
        gate.set()
        assert await flush_tracing()
        assert exporter.names == ['f']
        assert threading.current_thread().name not in exporter.threads

    async def test_happens_without_being_asked(self):
        exporter = Exporter()
        add_span_exporter(exporter)
        await flow().arun()
        assert await asyncio.to_thread(exporter.exported.wait, 10)
        assert exporter.names == ['f']

    @pytest.mark.parametrize(('answer', 'flushed'), [(True, True), (False, False), (OSError('gone'), False)])
    async def test_is_flushed_with_what_the_exporter_holds(self, answer, flushed):
        asked: list[tuple[list[str], int]] = []

        class Holding(Exporter):
            def force_flush(self, timeout_millis=30_000):
                asked.append((list(self.names), timeout_millis))
                if isinstance(answer, OSError):
                    raise answer
                return answer

        add_span_exporter(Holding())
        await flow().arun()
        assert await flush_tracing(5) is flushed
        ((names, milliseconds),) = asked
        assert names == ['f']
        assert 0 < milliseconds <= 5000

    async def test_reaches_every_exporter(self):
        first, second = Exporter(), Exporter()
        add_span_exporter(first)
        await flow('one').arun()
        add_span_exporter(second)
        await flow('two').arun()
        await flush_tracing()
        assert (first.names, second.names) == (['one', 'two'], ['two'])

    async def test_that_blocks_holds_up_nobody(self):
        gate = threading.Event()
        add_span_exporter(Exporter(blocks=gate))
        for _ in range(600):
            await flow().arun()
        assert not gate.is_set()
        gate.set()
        assert await flush_tracing()

    async def test_that_fails_is_logged_once_and_disturbs_nobody(self, caplog, capfd):
        caplog.set_level(logging.INFO, logger='genkit.trace')
        healthy = Exporter()
        add_span_exporter(Exporter(raises=RuntimeError('collector is down')))
        add_span_exporter(healthy)
        for _ in range(3):
            assert (await flow().arun()).response == 1
            await flush_tracing()
        (record,) = caplog.records
        assert record.getMessage() == "Span exporter Exporter failed: RuntimeError('collector is down')"
        assert healthy.names == ['f'] * 3
        assert capfd.readouterr().err == ''

    async def test_can_be_waited_for_even_if_there_is_nothing(self):
        assert await flush_tracing()


COMMON = """
import asyncio
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from genkit import Action, ActionKind, add_span_exporter
from genkit._trace.provider import flush_tracing

def names(exporter):
    return [span.name for span in exporter.get_finished_spans()]

def run(name, **options):
    return Action(ActionKind.FLOW, name, lambda: 1).run(**options)

exporter, theirs = InMemorySpanExporter(), InMemorySpanExporter()

def set_up_theirs():
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(theirs))
    trace.set_tracer_provider(provider)
    return provider
"""

PROGRAMS = {
    'an application that traces gets our spans among its own': """
provider = set_up_theirs()
with trace.get_tracer('app').start_as_current_span('request') as request:
    response = run('ours')
assert names(theirs) == ['ours', 'request']
ours = theirs.get_finished_spans()[0]
assert ours.parent.span_id == request.get_span_context().span_id
assert response.trace_id == f'{request.get_span_context().trace_id:032x}'
assert trace.get_tracer_provider() is provider
""",
    'exporters added to an application that traces join its own': """
provider = set_up_theirs()
add_span_exporter(exporter)
run('ours')
with trace.get_tracer('app').start_as_current_span('request'):
    pass
asyncio.run(flush_tracing())
assert names(exporter) == names(theirs) == ['ours', 'request']
assert trace.get_tracer_provider() is provider
""",
    'a provider set up later gets our spans and our exporters': """
add_span_exporter(exporter)
run('before')
provider = set_up_theirs()
run('after')
run('again')
asyncio.run(flush_tracing())
assert names(exporter) == ['before', 'after', 'again'], names(exporter)
assert names(theirs) == ['after', 'again']
assert trace.get_tracer_provider() is provider
""",
    'a provider set up between our exporter and our first span gets both': """
add_span_exporter(exporter)
set_up_theirs()
run('ours')
asyncio.run(flush_tracing())
assert names(exporter) == names(theirs) == ['ours']
""",
    'ids are handed out even if the application has turned tracing off': """
trace.set_tracer_provider(trace.NoOpTracerProvider())
seen = []
run('ours', on_trace_start=lambda *ids: seen.append(ids))
((trace_id, span_id),) = seen
assert int(trace_id, 16) and int(span_id, 16)
""",
    'who once asked for ids does not make later inputs be written down': """
class Counted:
    written = 0
    def __str__(self):
        Counted.written += 1
        return 'counted'
action = Action(ActionKind.FLOW, 'ours', lambda x: x)
action.run(1, on_trace_start=lambda *ids: None)
action.run(Counted(), context={'value': Counted()})
assert Counted.written == 0
""",
    'what is not sampled is not written down': """
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
trace.set_tracer_provider(TracerProvider(sampler=ALWAYS_OFF))
class Counted:
    written = 0
    def __str__(self):
        Counted.written += 1
        return 'counted'
Action(ActionKind.FLOW, 'ours', lambda x: x).run(Counted(), context={'value': Counted()})
assert Counted.written == 0
""",
    'our provider is never made global': """
add_span_exporter(exporter)
run('ours', on_trace_start=lambda *ids: None)
assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
set_up_theirs()
""",
    'spans of a parent in another process keep its trace': """
add_span_exporter(exporter)
remote = trace.SpanContext(trace_id=0xabc, span_id=0xdef, is_remote=True, trace_flags=trace.TraceFlags(1))
from opentelemetry import context
context.attach(trace.set_span_in_context(trace.NonRecordingSpan(remote)))
assert run('ours').trace_id == f'{0xabc:032x}'
asyncio.run(flush_tracing())
assert exporter.get_finished_spans()[0].parent.span_id == 0xdef
""",
    'ids are handed out even if nobody records': """
seen = []
response = run('ours', on_trace_start=lambda *ids: seen.append(ids))
assert seen == [(response.trace_id, response.span_id)]
assert int(response.trace_id, 16) and int(response.span_id, 16)
assert len(response.trace_id) == 32 and len(response.span_id) == 16
""",
}


@pytest.mark.parametrize('program', PROGRAMS.values(), ids=PROGRAMS.keys())
def test_global_providers(program, run_python):
    done = run_python(COMMON + program)
    assert (done.returncode, done.stderr) == (0, '')


def test_a_short_program_exports_its_last_spans_on_its_way_out(run_python):
    done = run_python("""
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from genkit import Action, ActionKind, add_span_exporter

class Print(SpanExporter):
    def export(self, spans):
        print(*(span.name for span in spans))
        return SpanExportResult.SUCCESS

add_span_exporter(Print())
Action(ActionKind.FLOW, 'first', lambda: 1).run()
Action(ActionKind.FLOW, 'last', lambda: 1).run()
""")
    assert (done.stdout.split(), done.stderr) == (['first', 'last'], '')


FAILING = {
    'to export': "def export(self, spans): raise OSError('collector is down')",
    'to shut down': "def shutdown(self): raise OSError('collector is down')",
    'to keep up': 'def export(self, spans): time.sleep(0.5); return SpanExportResult.SUCCESS',
}


@pytest.mark.parametrize('method', FAILING.values(), ids=FAILING.keys())
def test_a_program_whose_exporter_fails_says_nothing_about_it(run_python, method):
    done = run_python(f"""
import time
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from genkit import Action, ActionKind, add_span_exporter

class Broken(SpanExporter):
    def export(self, spans): return SpanExportResult.SUCCESS
    {method}

add_span_exporter(Broken())
action = Action(ActionKind.FLOW, 'f', lambda: 1)
for _ in range(3000):
    action.run()
print(action.run().response)
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, '1\n', '')
