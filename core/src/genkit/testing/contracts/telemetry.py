# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of plugins that export traces: one program, and all that a backend must have received of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import pytest

from genkit import (
    ActionRunContext,
    Document,
    Embedding,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationUsage,
    Genkit,
    Message,
    TextPart,
    ToolRequestPart,
)
from genkit.testing.contracts.contract import Contract
from genkit.types import EmbedRequest, EmbedResponse, RetrieverResponse, ToolRequest


MODEL: Final = 'openai/gpt-4o-mini'  # whose price is known
QUESTION: Final = 'What do I wear in Bergen?'
ANSWER: Final = 'A raincoat.'


@dataclass(frozen=True)
class SeenSpan:
    """A span as a backend has received it, in words that no backend owns.

    Attributes:
        name: Of what ran.
        trace_id: 32 hex digits.
        span_id: 16 hex digits.
        parent_id: 16 hex digits; empty for a root.
        start: Nanoseconds since 1970.
        end: Nanoseconds since 1970.
        failed: Whether it is marked as failed.
        message: The text of the failure.
        attributes: By the engine's names, whatever the backend calls them; text and numbers.
        exceptions: The types of the exceptions that were recorded.
    """

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    start: int
    end: int
    failed: bool = False
    message: str = ''
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    exceptions: Sequence[str] = ()


_TREE: Final = {
    'advise': '',
    'acme/notes': 'advise',
    'acme/words': 'acme/notes',
    'generate': 'advise',
    'forecast': 'generate',
    'audit': 'advise',
}
_TEXTS: Final = {
    'advise': {
        'genkit:type': 'action',
        'genkit:metadata:subtype': 'flow',
        'genkit:path': '/{advise,t:action,s:flow}',
        'genkit:state': 'success',
        'gen_ai.operation.name': 'invoke_workflow',
    },
    'acme/notes': {'genkit:metadata:subtype': 'retriever', 'gen_ai.operation.name': 'retrieval'},
    'acme/words': {'gen_ai.operation.name': 'embeddings', 'gen_ai.provider.name': 'acme'},
    'forecast': {'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'forecast'},
    'audit': {'genkit:state': 'error', 'genkit:type': 'flowStep'},
}
_MODEL_TEXTS: Final = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'genkit:state': 'success',
}
_TURNS: Final = (
    {'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 10, 'gen_ai.usage.cost': 0.000021},
    {
        'gen_ai.usage.input_tokens': 200,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 50,
        'gen_ai.usage.cost': 0.00003825,
    },
)
_TOTAL: Final = {'genkit:total_usage.input_tokens': 300, 'genkit:total_usage.output_tokens': 30}


def traced_application() -> tuple[Genkit, Callable[[str], Any]]:
    """Return an application whose flow does what is worth tracing, and the flow.

    It retrieves, which embeds; it generates in two turns with a tool between them, and streams the second; a step of it
    fails. What it answers to a question is always the same.
    """
    ai = Genkit(model=MODEL)
    ai.define_model(MODEL, _model)
    ai.define_embedder('acme/words', _embed)

    async def notes(query: Document, _options: Any = None) -> RetrieverResponse:
        await ai.embed('acme/words', query)
        return RetrieverResponse(documents=[Document.from_text('It rains.')])

    ai.define_retriever('acme/notes', notes)

    @ai.tool()
    async def forecast(city: str) -> str:
        """Return the weather forecast of a city."""
        return f'Rain in {city}.'

    @ai.flow()
    async def advise(question: str) -> str:
        """Say what to wear."""
        docs = await ai.retrieve('acme/notes', question)
        stream = ai.generate_stream(prompt=question, docs=docs.documents, tools=[forecast], config={'temperature': 0.5})
        chunks = [chunk.text async for chunk in stream]
        with pytest.raises(LookupError):
            await ai.run('audit', _audit)
        assert ''.join(chunks).endswith(ANSWER)
        return (await stream.response).text

    return ai, advise


async def _model(request: GenerateRequest, run: ActionRunContext) -> GenerateResponse:
    if not any(message.role == 'tool' for message in request.messages):
        call = ToolRequestPart(tool_request=ToolRequest(name='forecast', input='Bergen', ref='1'))
        usage = GenerationUsage(input_tokens=100, output_tokens=10)
        return GenerateResponse(message=Message(role='model', content=[call]), finish_reason='stop', usage=usage)
    for text in ('A rain', 'coat.'):
        run.send_chunk(GenerateResponseChunk(content=[TextPart(text=text)]))
    usage = GenerationUsage(input_tokens=200, output_tokens=20, cached_content_tokens=50)
    return GenerateResponse(message=Message(role='model', content=ANSWER), finish_reason='stop', usage=usage)


async def _embed(request: EmbedRequest) -> EmbedResponse:
    return EmbedResponse(embeddings=[Embedding(embedding=[0.25, 0.5]) for _ in request.input])


async def _audit() -> None:
    raise LookupError('no auditor')


class TelemetryContract(Contract):
    """Contract tests of an exporter of traces. Subclass it as ``Test…``, and define `exporting` and `received`.

    Attributes:
        content: Attributes of the model's span that hold what was said, and have to be there.
        has_messages: Whether the backend is sent the text of a failure.
        has_exceptions: Whether it is sent exceptions.
    """

    content: ClassVar[Sequence[str]] = ('genkit:input', 'genkit:output')
    has_messages: ClassVar[bool] = True
    has_exceptions: ClassVar[bool] = True

    def exporting(self, **options: Any) -> AbstractContextManager[Any]:
        """Return a context in which traces are exported to the receiver; the options are the plugin's own.

        ``service_name`` and ``capture_content`` are given.
        """
        raise NotImplementedError(f'{type(self).__name__} must say how traces are exported: define `exporting`.')

    def received(self) -> Sequence[SeenSpan]:
        """Return what has come."""
        raise NotImplementedError(f'{type(self).__name__} must say what a backend got: define `received`.')

    def service_of(self, span: SeenSpan) -> str:
        """Return the name of the service under which a span has come."""
        raise NotImplementedError(f'{type(self).__name__} must say whose span one is: define `service_of`.')

    async def run(self, **options: Any) -> list[SeenSpan]:
        """Return the spans of the program, in the order in which they began."""
        known = {span.span_id for span in self.received()}
        with self.exporting(service_name='wardrobe', **options):
            ai, advise = traced_application()
            assert await advise(QUESTION) == ANSWER
            await ai.flush_tracing()
        spans = [span for span in self.received() if span.span_id not in known]
        return sorted(spans, key=lambda span: (span.start, -span.end))

    async def test_the_whole_tree_arrives_once(self) -> None:
        spans = await self.run()
        assert sorted(span.name for span in spans) == sorted([*_TREE, MODEL, MODEL])
        assert len({span.trace_id for span in spans}) == 1
        assert len({span.span_id for span in spans}) == len(spans)
        assert all(len(span.trace_id) == 32 and len(span.span_id) == 16 for span in spans)
        ids = {span.name: span.span_id for span in spans}
        for span in spans:
            parent = _TREE.get(span.name, 'generate')
            assert span.parent_id == ids.get(parent, ''), span.name

    async def test_times_are_those_of_the_program(self) -> None:
        spans = {span.span_id: span for span in await self.run()}
        for span in spans.values():
            assert span.end >= span.start > 1_600_000_000 * 10**9
            parent = spans.get(span.parent_id)
            tolerance = 2_000_000  # nanoseconds, which a backend may round to
            assert parent is None or parent.start - tolerance <= span.start
            assert parent is None or span.end <= parent.end + tolerance

    async def test_what_ran_is_said_of_every_span(self) -> None:
        for span in await self.run():
            expected = _TEXTS.get(span.name, _MODEL_TEXTS if span.name == MODEL else {})
            assert {name: span.attributes.get(name) for name in expected} == expected
            assert span.attributes['genkit:name'] == span.name
            assert self.service_of(span) == 'wardrobe'

    async def test_tokens_and_cost_arrive_as_numbers(self) -> None:
        spans = await self.run()
        turns = [span for span in spans if span.name == MODEL]
        for span, expected in zip(turns, _TURNS, strict=True):
            assert {name: span.attributes.get(name) for name in expected} == pytest.approx(expected)
        (whole,) = [span for span in spans if span.name == 'generate']
        assert {name: whole.attributes.get(name) for name in _TOTAL} == _TOTAL

    async def test_the_failure_is_marked_where_it_happened_and_nowhere_else(self) -> None:
        spans = await self.run()
        failed = [span for span in spans if span.failed]
        assert [span.name for span in failed] == ['audit']
        if self.has_messages:
            assert 'no auditor' in failed[0].message
        assert list(failed[0].exceptions) == (['LookupError'] if self.has_exceptions else [])

    async def test_inputs_and_outputs_arrive(self) -> None:
        turn = [span for span in await self.run() if span.name == MODEL][-1]
        texts = {name: str(turn.attributes.get(name)) for name in self.content}
        assert all(texts.values())
        assert any(ANSWER in text for text in texts.values())

    async def test_inputs_and_outputs_stay_here_if_so_wanted(self) -> None:
        spans = await self.run(capture_content=False)
        assert len(spans) == len(_TREE) + 2
        shown = repr(spans)
        assert [text for text in (QUESTION, ANSWER, 'Rain in', 'It rains', 'no auditor') if text in shown] == []
        turn = [span for span in spans if span.name == MODEL][-1]
        assert turn.attributes['gen_ai.usage.input_tokens'] == 200

    async def test_programs_that_run_at_once_are_told_apart(self) -> None:
        known = {span.span_id for span in self.received()}
        with self.exporting(service_name='wardrobe'):
            ai, advise = traced_application()
            await asyncio.gather(*(advise(QUESTION) for _ in range(20)))
            await ai.flush_tracing()
        spans = [span for span in self.received() if span.span_id not in known]
        assert len({span.trace_id for span in spans}) == 20
        assert len({span.span_id for span in spans}) == len(spans) == 20 * (len(_TREE) + 2)
