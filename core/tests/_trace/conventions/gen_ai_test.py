# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import Genkit, GenkitError, Message, Role, TextPart, ToolRequestPart, add_span_exporter
from genkit.types import (
    Embedding,
    EmbedRequest,
    EmbedResponse,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    GenerationUsage,
    ToolRequest,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel


class City(BaseModel):
    name: str


def _answer(text: str) -> GenerateResponse:
    usage = GenerationUsage(input_tokens=100, output_tokens=20, cached_content_tokens=40, thoughts_tokens=7)
    message = Message(role=Role.MODEL, content=[TextPart(text=text)])
    return GenerateResponse(message=message, usage=usage, finish_reason=FinishReason.STOP)


async def _spans_of(ai: Genkit, **options: object) -> dict[str, dict[str, object]]:
    exporter = InMemorySpanExporter()
    add_span_exporter(exporter)
    await ai.generate(prompt='hi', **options)  # type: ignore[arg-type]
    await ai.flush_tracing()
    return {span.name: dict(span.attributes or {}) for span in exporter.get_finished_spans()}


async def test_the_span_of_a_model_names_provider_model_config_tokens_and_finish_reason() -> None:
    ai = Genkit()

    async def model(_request: GenerateRequest) -> GenerateResponse:
        return _answer('hello')

    ai.define_model('googleai/gemini-flash', model)
    config = GenerationCommonConfig(temperature=0.5, max_output_tokens=10, stop_sequences=['x'])
    span = (await _spans_of(ai, model='googleai/gemini-flash', config=config))['googleai/gemini-flash']
    said = {name: value for name, value in span.items() if name.startswith('gen_ai.') and 'messages' not in name}
    assert said == {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'gcp.gemini',
        'gen_ai.request.model': 'gemini-flash',
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.max_tokens': 10,
        'gen_ai.request.stop_sequences': ('x',),
        'gen_ai.response.finish_reasons': ('stop',),
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 40,
        'gen_ai.usage.reasoning.output_tokens': 7,
    }
    assert span['genkit:metadata:subtype'] == 'model'


async def test_the_spans_of_a_tool_and_of_a_failed_model_have_their_names() -> None:
    ai = Genkit()

    async def model(request: GenerateRequest) -> GenerateResponse:
        if len(request.messages) == 1:
            part = ToolRequestPart(tool_request=ToolRequest(name='weather', input={'name': 'Oslo'}))
            return GenerateResponse(message=Message(role=Role.MODEL, content=[part]))
        raise GenkitError('over', status='UNAVAILABLE')

    @ai.tool()
    async def weather(city: City) -> str:
        """Tell the weather."""
        return f'rain in {city.name}'

    ai.define_model('acme/talker', model)
    exporter = InMemorySpanExporter()
    add_span_exporter(exporter)
    with pytest.raises(GenkitError, match='over'):
        await ai.generate(model='acme/talker', prompt='hi', tools=[weather])
    await ai.flush_tracing()
    spans = {span.name: dict(span.attributes or {}) for span in exporter.get_finished_spans()}
    assert spans['weather']['gen_ai.operation.name'] == 'execute_tool'
    assert spans['weather']['gen_ai.tool.name'] == 'weather'
    failed = spans['acme/talker']
    assert (failed['genkit:state'], failed['gen_ai.provider.name']) == ('error', 'acme')
    assert failed['gen_ai.request.model'] == 'talker'


async def test_the_span_of_an_embedder_says_how_many_dimensions_it_made() -> None:
    ai = Genkit()

    async def embed(request: EmbedRequest) -> EmbedResponse:
        return EmbedResponse(embeddings=[Embedding(embedding=[0.0, 1.0, 2.0]) for _ in request.input])

    ai.define_embedder('acme/embedder', embed)
    exporter = InMemorySpanExporter()
    add_span_exporter(exporter)
    await ai.embed('acme/embedder', 'text')
    await ai.flush_tracing()
    (span,) = exporter.get_finished_spans()
    attributes = dict(span.attributes or {})
    assert attributes['gen_ai.operation.name'] == 'embeddings'
    assert attributes['gen_ai.embeddings.dimension.count'] == 3
