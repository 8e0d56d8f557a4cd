# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What collectors see of each kind of span."""

import itertools
import json

import pytest
from genkit import Document, Media, MediaPart, TextPart, ToolRequestPart
from genkit._trace.conventions import translation
from genkit._trace.conventions.translation import translated, without_content
from genkit.types import GenerationUsage, RetrieverResponse, ToolRequest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased


USAGE = GenerationUsage(input_tokens=10, output_tokens=2)


def shown(attributes):
    names = ('openinference.span.kind', 'gen_ai.operation.name', 'input.value', 'output.value')
    return tuple(attributes.get(name) for name in names)


class TestSpans:
    async def test_of_a_flow_that_generates_show_what_was_said(self, ai, model, says, calls, spans):
        @ai.tool
        async def weather(city: str) -> str:
            """Tell the weather."""
            return f'rain in {city}'

        @ai.flow()
        async def ask(question: str) -> str:
            picture = MediaPart(media=Media(url='data:image/png;base64,' + 'A' * 4000))
            content = [TextPart(text=question), picture]
            return (await ai.generate(system='Be brief.', prompt=content, tools=[weather])).text

        model.responses = [says(calls('weather', 'Oslo', '1'), usage=USAGE), says('It rains.', usage=USAGE)]
        await ask('Weather?')
        assert shown(spans.attributes('ask')) == ('CHAIN', 'invoke_workflow', 'Weather?', 'It rains.')
        assert shown(spans.attributes('generate')) == ('CHAIN', None, 'Weather?', 'It rains.')
        assert shown(spans.attributes('weather')) == ('TOOL', 'execute_tool', 'Oslo', 'rain in Oslo')
        assert spans.attributes('weather')['gen_ai.tool.call.arguments'] == 'Oslo'
        assert spans.attributes('weather')['gen_ai.tool.call.result'] == 'rain in Oslo'
        first, last = (dict(span.attributes or {}) for span in spans.all() if span.name == 'programmable')
        asked = json.loads(last['gen_ai.input.messages'])
        assert [said['role'] for said in asked] == ['user', 'assistant', 'tool']
        assert asked[0]['parts'][1]['note'] == '3000 bytes left out'
        assert json.loads(last['gen_ai.output.messages'])[0]['parts'] == [{'type': 'text', 'content': 'It rains.'}]
        assert json.loads(first['gen_ai.output.messages'])[0]['finish_reason'] == 'tool_call'
        assert json.loads(first['gen_ai.system_instructions']) == [{'type': 'text', 'content': 'Be brief.'}]
        assert json.loads(first['gen_ai.tool.definitions'])[0]['name'] == 'weather'
        assert (last['openinference.span.kind'], last['gen_ai.operation.name']) == ('LLM', 'chat')

    async def test_of_an_agent_name_it_and_its_conversation(self, ai, model, says, spans):
        agent = ai.define_agent(name='helper', system='Help.')
        model.responses = [says('Hello.')]
        response = await agent.chat().send('Hi')
        span = spans.attributes('helper')
        assert shown(span) == ('AGENT', 'invoke_agent', None, 'Hello.')
        assert (span['gen_ai.agent.name'], span['gen_ai.conversation.id']) == ('helper', response.session_id)
        assert shown(spans.attributes('runTurn-1')) == ('CHAIN', None, 'Hi', 'Hello.')

    async def test_of_prompts_and_retrievers_have_kinds(self, ai, model, says, spans):
        model.responses = [says('Hello.')]
        await ai.define_prompt('greet', prompt='Greet {{name}}.')({'name': 'Ada'})
        assert shown(spans.attributes('render')) == ('PROMPT', None, '{"name":"Ada"}', 'Greet Ada.')
        assert shown(spans.attributes('greet')) == ('CHAIN', None, '{"name":"Ada"}', 'Hello.')

        async def find(_query, _options=None):
            return RetrieverResponse(documents=[Document.from_text('one')])

        ai.define_retriever('shelf', find)
        await ai.retrieve(retriever='shelf', query='soup')
        span = spans.attributes('shelf')
        assert shown(span)[:3] == ('RETRIEVER', 'retrieval', 'soup')
        assert (span['gen_ai.data_source.id'], span['gen_ai.retrieval.query.text']) == ('shelf', 'soup')

    async def test_hide_credentials_as_what_was_recorded_does(self, ai, model, says, spans):
        request = ToolRequest(name='pay', input={'apiKey': 's3cret', 'amount': 7})
        model.responses = [says(ToolRequestPart(tool_request=request))]
        await ai.generate(prompt='x', return_tool_requests=True)
        attributes = spans.attributes('programmable')
        assert 'amount' in attributes['gen_ai.output.messages']
        assert 's3cret' not in json.dumps(attributes)

    async def test_that_fail_have_an_input_only(self, ai, model, spans):
        model.responses = [ValueError('broken')]
        with pytest.raises(Exception, match='programmable'):
            await ai.generate(prompt='x')
        assert shown(spans.attributes('programmable')) == ('LLM', 'chat', 'x', None)

    async def test_are_translated_when_the_sdk_makes_them_too(self, ai, model, says, untraced, monkeypatch):
        exporter = InMemorySpanExporter()
        provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(1.0)), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        monkeypatch.setattr(trace, '_TRACER_PROVIDER', provider)
        model.responses = [says('Hello.')]
        await ai.generate(prompt='Hi')
        (attributes,) = (
            dict(span.attributes or {}) for span in exporter.get_finished_spans() if span.name == 'programmable'
        )
        assert shown(attributes) == ('LLM', 'chat', 'Hi', 'Hello.')
        assert 'gen_ai.output.messages' in attributes


def test_a_span_of_somebody_else_stays_as_it_is():
    assert translated({'http.request.method': 'GET'}) == {}


@given(
    st.sampled_from(['model', 'tool', 'agent', 'retriever', 'flow', 'new-kind']),
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(['messages', 'message', 'content', 'role', 'media', 'tools']), inner)
            ),
        ).map(json.dumps),
    ),
)
def test_whatever_was_recorded_the_kind_is_told(kind, text):
    found = translated(
        {'genkit:metadata:subtype': kind, 'genkit:name': 'x', 'genkit:input': text, 'genkit:output': text}
    )
    assert found['openinference.span.kind']


class ForeignSpan(trace.NonRecordingSpan):
    """A span of another SDK."""

    def __init__(self, attributes):
        super().__init__(trace.SpanContext(1, 2, is_remote=False))
        self.attributes = dict(attributes)

    def is_recording(self):
        return True

    def set_attribute(self, key, value):
        self.attributes[key] = value

    def set_attributes(self, attributes):
        self.attributes.update(attributes)


class ForeignTracer(trace.NoOpTracer):
    def __init__(self):
        self.made = {}

    def start_span(self, name, context=None, *_, attributes=None, **__):
        self.made[name] = ForeignSpan(attributes or {})
        return self.made[name]


class ForeignProvider(trace.NoOpTracerProvider):
    def __init__(self):
        self.tracer = ForeignTracer()

    def get_tracer(self, *_, **__):
        return self.tracer


async def test_spans_of_another_sdk_are_translated_before_they_end(ai, model, says, untraced, monkeypatch):
    provider = ForeignProvider()
    monkeypatch.setattr(trace, '_TRACER_PROVIDER', provider)
    model.responses = [says('Hello.')]
    await ai.generate(prompt='Hi')
    assert shown(provider.tracer.made['programmable'].attributes) == ('LLM', 'chat', 'Hi', 'Hello.')


@pytest.mark.parametrize('kind', [None, *translation._KINDS])
def test_what_is_made_of_content_is_known_as_content(kind):
    parts = [{'text': 'Hi'}, {'toolRequest': {'name': 'x', 'input': {}}}]
    message = {'role': 'model', 'content': parts}
    tools = [{'name': 'x', 'description': '', 'inputSchema': {}}]
    request = {'messages': [{'role': 'system', 'content': [{'text': 'Be kind.'}]}, message], 'tools': tools}
    recorded = {
        'genkit:type': 'action',
        'genkit:name': 'x',
        **({} if kind is None else {'genkit:metadata:subtype': kind}),
    }
    contents = [request, {'query': {'content': [{'text': 'Hi'}]}}, 'Hi', {'message': message, 'finishReason': 'stop'}]
    for asked, answered in itertools.product(contents, contents):
        content = {'genkit:input': json.dumps(asked), 'genkit:output': json.dumps(answered)}
        whole = {**recorded, **content, **translated({**recorded, **content})}
        assert without_content(whole) == {**recorded, **translated(recorded)}
