# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading

import pytest
from genkit import Genkit, GenkitError, add_span_exporter
from genkit.plugin import SpanPipeline, SpanRules, to_sampler
from genkit.testing import define_programmable_model
from genkit.types import GenerateResponse, GenerationUsage, Message


class Sent(list):
    def __call__(self, spans):
        self.extend(spans)
        return True

    def attributes(self, name):
        return next(dict(span.attributes or {}) for span in self if span.name == name)


class Beside:
    def __init__(self):
        self.events = []

    def flush(self, seconds):
        self.events.append('flushed')
        return True

    def close(self, seconds):
        self.events.append(f'closed in {seconds:g}')


@pytest.fixture
def sent():
    return Sent()


async def run(pipeline, failing=False):
    add_span_exporter(pipeline)
    ai = Genkit(model='openai/gpt-4o-mini')
    script, _ = define_programmable_model(ai, 'openai/gpt-4o-mini')
    script.responses = [
        GenerateResponse(
            message=Message(role='model', content='A secret.'),
            usage=GenerationUsage(input_tokens=1000, output_tokens=1000),
        )
    ]

    @ai.flow()
    async def ask(question: str) -> str:
        if failing:
            raise ValueError(f'{question} is no question')
        return (await ai.generate(prompt=question)).text

    if failing:
        with pytest.raises(GenkitError):
            await ask('secret')
    else:
        await ask('secret?')
    await ai.flush_tracing()


async def test_spans_are_priced_and_named_after_the_service(untraced, sent):
    await run(SpanPipeline(sent, SpanRules(resource={'service.name': 'shop'})))
    assert sent.attributes('openai/gpt-4o-mini')['gen_ai.usage.cost'] == pytest.approx(0.00075)
    assert 'gen_ai.usage.cost' not in sent.attributes('ask')
    assert {span.resource.attributes['service.name'] for span in sent} == {'shop'}
    assert all('telemetry.sdk.name' in span.resource.attributes for span in sent)


async def test_without_content_nothing_of_what_was_said_is_sent(untraced, sent):
    seen = []
    await run(SpanPipeline(sent, SpanRules(capture_content=False), observe=seen.append))
    assert 'secret' not in ''.join(span.to_json() for span in sent)
    assert sent.attributes('openai/gpt-4o-mini')['gen_ai.usage.input_tokens'] == 1000
    assert 'secret' in ''.join(span.to_json() for span in seen)


async def test_without_content_an_error_is_sent_without_its_text(untraced, sent):
    await run(SpanPipeline(sent, SpanRules(capture_content=False)), failing=True)
    (span,) = sent
    assert 'secret' not in span.to_json()
    assert (span.status.status_code.name, span.status.description) == ('ERROR', None)
    assert [dict(event.attributes) for event in span.events] == [
        {'exception.type': 'ValueError', 'exception.escaped': 'False'}
    ]


async def test_what_is_not_sampled_is_observed_and_not_sent(untraced, sent):
    seen = []
    await run(SpanPipeline(sent, SpanRules(sampler=to_sampler(0)), observe=seen.append))
    assert sent == []
    assert [span.name for span in seen] == ['openai/gpt-4o-mini', 'generate', 'ask']


async def test_a_trace_is_sent_whole_or_not_at_all(untraced, sent):
    pipeline = SpanPipeline(sent, SpanRules(sampler=to_sampler(0.5)))
    for _ in range(20):
        await run(pipeline)
    numbers = [sum(span.context.trace_id == trace for span in sent) for trace in {s.context.trace_id for s in sent}]
    assert len(numbers) < 20
    assert all(number % 3 == 0 for number in numbers)


async def test_what_is_sent_beside_is_flushed_and_closed_once(untraced, sent):
    beside = Beside()
    pipeline = SpanPipeline(sent, SpanRules(), beside=[beside])
    await run(pipeline)
    assert beside.events == ['flushed']
    pipeline.shutdown()
    pipeline.shutdown()
    assert beside.events == ['flushed', 'closed in 5']
    sent.clear()
    await run(pipeline)
    assert (sent, beside.events) == ([], ['flushed', 'closed in 5'])


async def test_what_is_sent_beside_is_not_waited_for_where_spans_hang(untraced):
    begun, gate = threading.Event(), threading.Event()
    beside = Beside()

    def send(_):
        begun.set()
        return gate.wait(10)

    pipeline = SpanPipeline(send, SpanRules(), beside=[beside])
    add_span_exporter(pipeline)

    @Genkit().flow()
    async def hang(_: str) -> str:
        return ''

    await hang('x')
    assert await asyncio.to_thread(begun.wait, 10)
    pipeline.shutdown()
    assert beside.events == ['closed in 0']
    gate.set()
