# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The least that each kind of work can cost: what its own rules make unavoidable, and nothing of ours."""

import asyncio
import json
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from pydantic import BaseModel


class Part(BaseModel):
    text: str
    metadata: dict[str, object] | None = None


class Message(BaseModel):
    role: str
    content: list[Part]
    metadata: dict[str, object] | None = None


class Request(BaseModel):
    messages: list[Message]
    config: dict[str, object] | None = None


class Response(BaseModel):
    message: Message


class Number(BaseModel):
    value: int


class Wide(BaseModel):
    """Twenty fields of mixed types."""

    a1: str
    a2: str
    a3: str
    a4: str
    a5: str
    b1: int
    b2: int
    b3: int
    b4: int
    b5: int
    c1: float
    c2: float
    c3: float
    c4: float
    c5: float
    d1: bool
    d2: list[str]
    d3: list[int]
    d4: dict[str, int]
    d5: str | None = None


WIDE_JSON = json.dumps(
    {
        **{f'a{n}': f'text {n}' for n in range(1, 6)},
        **{f'b{n}': n for n in range(1, 6)},
        **{f'c{n}': n / 2 for n in range(1, 6)},
        'd1': True,
        'd2': ['x', 'y'],
        'd3': [1, 2, 3],
        'd4': {'k': 1},
        'd5': None,
    }
)


class NullExporter(SpanExporter):
    """Takes spans and drops them."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002  (they are dropped)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing to close."""


def tracer_provider() -> TracerProvider:
    """Return a provider that records every span and drops it."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(NullExporter()))
    return provider


async def answer(text: str) -> dict[str, object]:
    return {'message': {'role': 'model', 'content': [{'text': text}]}}


async def untraced_call() -> None:
    """Validate a request and a response around one awaited coroutine."""
    request = Request.model_validate({'messages': [{'role': 'user', 'content': [{'text': 'hi'}]}]})
    Response.model_validate(await answer(request.messages[0].content[0].text))


_OPENING = {
    'genkit:name': 'generate',
    'genkit:type': 'util',
    'genkit:path': '/{generate,t:util}',
    'genkit:qualifiedPath': '/{generate,t:util}',
    'genkit:isRoot': True,
}
_OPENING_OF_MODEL = {
    'genkit:name': 'instant',
    'genkit:type': 'action',
    'genkit:path': '/{generate,t:util}/{instant,t:action,s:model}',
    'genkit:qualifiedPath': '/{generate,t:util}/{instant,t:action,s:model}',
    'genkit:metadata:subtype': 'model',
    'genkit:key': '/model/instant',
}
_CLOSING_OF_MODEL = {
    'genkit:state': 'success',
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'instant',
}


class Traced:
    """Floors that record one span with its input and output."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer('floor')

    async def call(self) -> None:
        request = Request.model_validate({'messages': [{'role': 'user', 'content': [{'text': 'hi'}]}]})
        with self._tracer.start_as_current_span('floor') as span:
            span.set_attribute('input', request.model_dump_json())
            response = Response.model_validate(await answer('hi'))
            span.set_attribute('output', response.model_dump_json())

    async def spans_of_generate(self) -> None:
        """Validate a request and a response around the two spans, with the attributes, that the protocol asks for."""
        request = Request.model_validate({'messages': [{'role': 'user', 'content': [{'text': 'hi'}]}]})
        with self._tracer.start_as_current_span('generate', attributes=_OPENING) as outer:
            outer.set_attribute('genkit:input', request.model_dump_json())
            with self._tracer.start_as_current_span('instant', attributes=_OPENING_OF_MODEL) as inner:
                inner.set_attribute('genkit:input', request.model_dump_json())
                response = Response.model_validate(await answer('hi'))
                inner.set_attributes({**_CLOSING_OF_MODEL, 'genkit:output': response.model_dump_json()})
            outer.set_attributes({'genkit:state': 'success', 'genkit:output': response.model_dump_json()})

    async def small_call(self) -> None:
        number = Number.model_validate({'value': 1})
        with self._tracer.start_as_current_span('floor') as span:
            span.set_attribute('input', number.model_dump_json())
            span.set_attribute('output', json.dumps(number.value + 1))


class Chunk:
    __slots__ = ('text',)

    def __init__(self, text: str) -> None:
        self.text = text


async def stream(count: int) -> None:
    """Make one object a chunk and give the event loop one turn each."""
    queue: asyncio.Queue[Chunk | None] = asyncio.Queue()

    async def produce() -> None:
        for _ in range(count):
            queue.put_nowait(Chunk('x'))
            await asyncio.sleep(0)
        queue.put_nowait(None)

    task = asyncio.create_task(produce())
    while await queue.get() is not None:
        pass
    await task
