# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether spans hold what was said."""

import pytest
from genkit import Genkit, GenkitError, ToolRunContext, add_span_exporter
from genkit._trace.content import captures_content
from genkit.testing import define_programmable_model
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'
CONTENT = ('genkit:input', 'genkit:output', 'gen_ai.input.messages', 'gen_ai.output.messages', 'input.value')


def content_of(attributes):
    return [name for name in CONTENT if name in attributes]


@pytest.mark.usefixtures('untraced')
class TestVariable:
    @pytest.mark.parametrize('value', ['', 'true', 'TRUE', 'SPAN_ONLY', 'span_and_event'])
    def test_captures_content_unless_it_says_otherwise(self, value, monkeypatch):
        monkeypatch.setenv(VARIABLE, value)
        assert captures_content()

    @pytest.mark.parametrize('value', ['false', 'False', 'NO_CONTENT', 'event_only'])
    def test_switches_content_off(self, value, monkeypatch):
        monkeypatch.setenv(VARIABLE, value)
        assert not captures_content()

    def test_that_is_misspelt_switches_content_off_and_is_told(self, monkeypatch, caplog):
        monkeypatch.setenv(VARIABLE, 'flase')
        assert not captures_content()
        assert f"{VARIABLE} is 'flase'; it must be one of true, span_only" in caplog.text


class TestSpans:
    async def test_hold_content_by_default(self, ai, model, says, spans):
        model.responses = [says('Hello.')]
        await ai.generate(prompt='Hi')
        assert content_of(spans.attributes('programmable')) == list(CONTENT)

    async def test_hold_none_when_it_is_off_and_all_else(self, ai, model, says, untraced, monkeypatch):
        monkeypatch.setenv(VARIABLE, 'false')
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)

        @ai.flow()
        async def ask(question: str) -> str:
            return (await ai.generate(prompt=question, context={'tenant': 'unspoken'})).text

        model.responses = [says('unspoken', finish_reason='stop')]
        await ask('unspoken')
        await ai.flush_tracing()
        attributes = {span.name: dict(span.attributes or {}) for span in exporter.get_finished_spans()}
        assert 'unspoken' not in str(attributes) + ''.join(span.to_json() for span in exporter.get_finished_spans())
        assert all(members['genkit:state'] == 'success' for members in attributes.values())
        asked = attributes['programmable']
        assert asked['gen_ai.response.finish_reasons'] == ('stop',)
        assert asked['openinference.span.kind'] == 'LLM'

    async def test_of_interrupts_and_failures_hold_none_either(self, ai, model, calls, says, untraced, monkeypatch):
        monkeypatch.setenv(VARIABLE, 'false')
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)

        @ai.tool
        def approve(ctx: ToolRunContext) -> None:
            ctx.interrupt({'amount': 'unspoken'})

        @ai.tool
        def fail(_: str) -> None:
            raise GenkitError('no')

        model.responses = [says(calls('approve')), says(calls('fail', 'unspoken'))]
        assert (await ai.generate(prompt='x', tools=[approve])).interrupts
        with pytest.raises(GenkitError):
            await ai.generate(prompt='x', tools=[fail])
        await ai.flush_tracing()
        assert 'unspoken' not in ''.join(str(dict(span.attributes or {})) for span in exporter.get_finished_spans())

    async def test_hold_it_for_the_developer_tools_alone(self, ai, exporting, receiver, monkeypatch):
        monkeypatch.setenv(VARIABLE, 'false')
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)
        exporting(receiver.url)

        @ai.flow()
        async def greet(name: str) -> str:
            return f'Hello, {name}!'

        await greet('Ada')
        attributes = receiver.ended('greet')['attributes']
        assert (attributes['genkit:input'], attributes['genkit:output']) == ('"Ada"', '"Hello, Ada!"')
        await ai.flush_tracing()
        (span,) = exporter.get_finished_spans()
        assert content_of(span.attributes) == []

    async def test_hold_no_error_that_repeats_what_was_said(self, ai, model, says, calls, untraced, monkeypatch):
        monkeypatch.setenv(VARIABLE, 'false')
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)

        @ai.tool()
        def pay(amount: int, note: str) -> str:
            """Pay."""
            return f'{amount} {note}'

        @ai.flow()
        async def ask(question: int) -> object:
            schema = {'type': 'object', 'required': ['a']}
            model.responses = [says(calls('pay', {'amount': 'unspoken', 'note': 'x'}) if question else 'unspoken {')]
            try:
                return (await ai.generate(prompt='Hi', tools=[pay], output_schema=schema)).output
            except GenkitError as error:
                raise RuntimeError('ask again') from error

        for given in ('unspoken', 0, 1):
            with pytest.raises(GenkitError):
                await ask.action.arun_raw(given)
        await ai.flush_tracing()
        spans = exporter.get_finished_spans()
        assert 'unspoken' not in ''.join(span.to_json() for span in spans)
        failed = [span for span in spans if not span.status.is_ok]
        assert {span.name for span in failed} >= {'ask', 'generate'}
        assert all((span.attributes or {})['genkit:error'] for span in failed)

    async def test_follow_what_the_program_says_before_the_environment(self, says, untraced, monkeypatch):
        monkeypatch.setenv(VARIABLE, 'true')
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)
        ai = Genkit(model='programmable', capture_content=False)
        model, _ = define_programmable_model(ai, 'programmable')
        model.responses = [says('Hello.'), says('Hello.')]
        await ai.generate(prompt='Hi')
        Genkit(capture_content=True)
        await ai.generate(prompt='Hi')
        await ai.flush_tracing()
        first, second = (span for span in exporter.get_finished_spans() if span.name == 'programmable')
        assert (content_of(first.attributes), bool(content_of(second.attributes))) == ([], True)


def test_a_choice_that_is_no_truth_value_is_refused(untraced):
    with pytest.raises(GenkitError, match="capture_content is 'false'; it must be True, False, or None"):
        Genkit(capture_content='false')  # pyright: ignore[reportArgumentType]


class TestTools:
    async def test_get_what_was_recorded_without_its_translation(self, ai, exporting, receiver):
        exporting(receiver.url)
        exporter = InMemorySpanExporter()
        add_span_exporter(exporter)

        @ai.flow()
        async def greet(name: str) -> str:
            return f'Hello, {name}!'

        await greet('Ada')
        assert not [name for name in receiver.ended('greet')['attributes'] if not name.startswith('genkit:')]
