# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools and callers of every sort, and a place to run conversations in that sees what they leave behind."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from genkit import GenerateResponse, Genkit, GenkitError, TextPart, ToolRunContext
from genkit import response as tool_result
from genkit._trace import provider
from genkit._trace.span import current_path
from genkit.testing import define_echo_model
from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from pydantic import BaseModel


OPEN_FILES = Path('/proc/self/fd')


class Pair(BaseModel):
    a: int
    b: int = 0


@pytest.fixture(scope='module')
def make_zoo() -> Callable[[], Genkit]:
    """Return a function that makes an application with a model called ``echo`` and tools of every sort."""

    def make() -> Genkit:
        ai = Genkit(model='programmable', context={'tenant': 't'})
        define_echo_model(ai)
        ai.define_schema('Pair', Pair)
        ai.define_resource(uri='note://a', fn=lambda _: [TextPart(text='a note')])
        define_calm_tools(ai)
        define_unruly_tools(ai)
        return ai

    return make


def define_calm_tools(ai: Genkit) -> None:
    @ai.tool()
    def plain(pair: Pair) -> int:
        return pair.a + pair.b

    @ai.tool()
    async def quick(pair: Pair) -> Pair:
        await asyncio.sleep(0)
        return pair

    @ai.tool()
    async def slow(pair: Pair) -> None:
        for _ in range(10 * pair.a):
            await asyncio.sleep(0)

    @ai.tool(multipart=True)
    async def drawing(pair: Pair) -> Any:
        return tool_result({'a': pair.a}, parts=[TextPart(text='a picture')], metadata={'m': 1})

    @ai.tool()
    async def nested(pair: Pair) -> str:
        async def ask(number: int) -> str:
            return await ai.generate_text(f'{number}', model='echo')

        return await ai.run('step', pair.a, ask)

    @ai.tool()
    def chatty(pair: Pair, ctx: ToolRunContext) -> str:
        ctx.send_chunk('a chunk')
        return 'said'

    @ai.tool('zoo/shown')
    async def shown(value: Any) -> Any:
        return value


def define_unruly_tools(ai: Genkit) -> None:
    @ai.tool()
    async def asking(pair: Pair, ctx: ToolRunContext) -> str:
        await asyncio.sleep(0)
        if not ctx.is_resumed():
            ctx.interrupt({'pair': pair.a} if pair.b else None)
        return 'approved'

    @ai.tool()
    def twice(pair: Pair, ctx: ToolRunContext) -> str:
        if ctx.resumed_metadata != {'sure': True}:
            ctx.interrupt()
        return 'approved twice'

    @ai.tool()
    def failing(pair: Pair) -> None:
        raise OSError('broken')

    @ai.tool()
    async def refusing(pair: Pair) -> None:
        raise GenkitError('forbidden', status='PERMISSION_DENIED')


@pytest.fixture(scope='module')
def callers() -> Mapping[str, Callable[[Genkit, int, dict[str, Any]], Awaitable[GenerateResponse[Any]]]]:
    """Return the ways to call, by name; each is patient for so many chunks or rounds of the event loop."""
    return {
        'await': awaited,
        'stream': streamed,
        'leave': left,
        'cancel': cancelled,
        'give up': cancelled_stream,
        'timeout': timed,
        'bad reader': badly_read,
    }


async def awaited(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    try:
        return await ai.generate(**options)
    finally:
        assert ai.current_context() is None
        assert current_path() == ''
        assert not trace.get_current_span().is_recording()


async def streamed(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    async with ai.generate_stream(**options) as stream:
        indexes = [chunk.index or 0 async for chunk in stream]
        assert indexes == sorted(indexes)
        return await stream.response


async def left(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    async with ai.generate_stream(**options) as stream:
        async for _ in stream:
            patience -= 5
            if patience < 0:
                break
    return await stream.response


async def cancelled(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    return await given_up(asyncio.create_task(ai.generate(**options)), patience)


async def cancelled_stream(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    return await given_up(asyncio.create_task(streamed(ai, patience, options)), patience)


async def given_up(task: asyncio.Task[GenerateResponse[Any]], patience: int) -> GenerateResponse[Any]:
    for _ in range(patience):
        await asyncio.sleep(0)
    task.cancel()
    return await task


async def timed(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    return await ai.generate_stream(timeout=patience / 5000, **options).response


async def badly_read(ai: Genkit, patience: int, options: dict[str, Any]) -> GenerateResponse[Any]:
    def read(_chunk: Any) -> None:
        raise OSError('reader')

    return await ai.generate(on_chunk=read, **options)


@dataclass
class OpenSpans(SpanProcessor):
    """The spans that have begun and not ended.

    Attributes:
        answer: What the last generate call to end has recorded of its answer.
    """

    ids: set[int] = field(default_factory=set)
    answer: str = ''

    def on_start(self, span, parent_context=None):
        self.ids.add(span.get_span_context().span_id)

    def on_end(self, span):
        assert span.context is not None
        self.ids.discard(span.context.span_id)
        attributes = span.attributes or {}
        if attributes.get('genkit:type') == 'util':
            self.answer = str(attributes.get('genkit:output', ''))


@pytest.fixture(scope='module')
def open_spans() -> Iterator[OpenSpans]:
    spans = OpenSpans()
    tracing = TracerProvider()
    tracing.add_span_processor(spans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, '_TRACER_PROVIDER', tracing)
        patch.setattr(provider._Tracing, 'seen', None)
        yield spans
    provider._Tracing.seen = None


@pytest.fixture(scope='module')
def orderly(open_spans: OpenSpans) -> Iterator[Callable[[Callable[[], Awaitable[None]]], None]]:
    """Return a function that runs something and looks for tasks, spans and files that it left behind."""
    with asyncio.Runner() as runner:
        runner.run(asyncio.to_thread(int))

        def run(conversation: Callable[[], Awaitable[None]]) -> None:
            files = count_open_files()
            open_spans.ids.clear()
            left_over = runner.run(tasks_left_by(conversation))
            assert (left_over, open_spans.ids, count_open_files()) == (set(), set(), files)

        yield run


async def tasks_left_by(conversation: Callable[[], Awaitable[None]]) -> set[Any]:
    await conversation()
    left_over = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left_over:
        task.cancel()
    return left_over


def count_open_files() -> int:
    return len(list(OPEN_FILES.iterdir())) if OPEN_FILES.exists() else 0
