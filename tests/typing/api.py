# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What users see in their editor. Checked, never run."""

from typing import Any, assert_type

from genkit import (
    ActionRunContext,
    Document,
    ExecutablePrompt,
    FinishReason,
    GenerateResponse,
    Genkit,
    Input,
    Message,
    Output,
    Part,
    RetrieverResponse,
    StreamResponse,
    TextPart,
    ToolRunContext,
)
from genkit.testing import overridden
from genkit.types import DocumentData, Embedding, EvalFnResponse, Score
from pydantic import BaseModel


class Recipe(BaseModel):
    """An output type."""

    title: str


ai = Genkit(model='provider/model')


async def output_is_typed() -> None:
    """The output has the type that was asked for."""
    by_schema = await ai.generate(prompt='x', output_schema=Recipe)
    assert_type(by_schema, GenerateResponse[Recipe])
    assert_type(by_schema.output, Recipe)
    by_output = await ai.generate(prompt='x', output=Output(schema=Recipe))
    assert_type(by_output.output.title, str)
    assert_type(await ai.generate_data(Recipe, 'x'), Recipe)
    either: Recipe | int = await ai.generate_data(Recipe | int, 'x')
    _ = either
    _ = Output(schema=Recipe | int)
    plain = await ai.generate(prompt='x')
    assert_type(plain.text, str)
    assert_type(plain.messages, list[Message])
    stream = ai.generate_stream(prompt='x', output_schema=Recipe)
    async for chunk in stream:
        assert_type(chunk.output, Recipe)
    assert_type((await stream.response).output, Recipe)


@ai.flow()
async def shout(text: str) -> str:
    """Return a text in capitals."""
    return text.upper()


@ai.flow()
def double(number: int) -> int:
    """Return a number twice."""
    return number * 2


@ai.flow()
async def repeat(text: str, times: int) -> str:
    """Return a text several times."""
    return text * times


@ai.tool()
async def weather(city: str, ctx: ToolRunContext) -> str:
    """Return the weather."""
    ctx.interrupt({'city': city})
    return 'sunny'


@ai.tool
def outlook(city: str, days: int, ctx: ToolRunContext) -> str:
    """Return the weather of the next days."""
    return f'{city} {days} {ctx.is_resumed()}'


@ai.tool('ping')
def ping(ctx: ActionRunContext) -> None:
    """Do nothing."""
    _ = ctx.context


async def flows_and_tools_keep_their_types() -> None:
    """A flow or a tool is called as the function it was."""
    assert_type(await shout('x'), str)
    assert_type(double(1), int)
    assert_type(await weather('Bonn'), str)  # the context is given by the SDK, or by a test
    assert_type(await weather('Bonn', ToolRunContext()), str)
    assert_type(await weather(city='Bonn', ctx=ToolRunContext()), str)
    assert_type(outlook('Bonn', 3), str)
    assert_type(ping(), None)
    await ai.generate(prompt='x', tools=[weather, ping, 'by-name'])


class Kitchen:
    """Methods that are flows and tools."""

    @ai.flow()
    async def cook(self, dish: str, portions: int = 1) -> list[str]:
        """Return what is cooked."""
        return [dish] * portions

    @ai.flow(chunk_type=int)
    async def count_down(self, start: int, ctx: ActionRunContext) -> str:
        """Send numbers and return a text."""
        ctx.send_chunk(start)
        return 'done'

    @ai.tool
    def price(self, dish: str) -> float:
        """Return a price."""
        return float(len(dish))

    @ai.tool('wait')
    async def wait(self, minutes: int, ctx: ToolRunContext) -> str:
        """Wait."""
        return f'{minutes} {ctx.is_resumed()}'


class Bakery(Kitchen):
    """Inherits them."""


async def methods_keep_their_types() -> None:
    """A method is called without its instance, and streams as a function does."""
    for kitchen in (Kitchen(), Bakery()):
        assert_type(await kitchen.cook('soup'), list[str])
        assert_type(await kitchen.cook(dish='soup', portions=2), list[str])
        assert_type(await kitchen.cook.stream('soup').response, list[str])
        assert_type(kitchen.count_down.stream(3), StreamResponse[int, str])
        assert_type(kitchen.price('soup'), float)
        assert_type(await kitchen.wait(3), str)
        assert_type(await kitchen.wait(3, ToolRunContext()), str)
        await ai.generate(prompt='x', tools=[kitchen.price, kitchen.wait])


async def retrieval_is_typed() -> None:
    """Retrieval has its types."""
    assert_type(await ai.retrieve('store/x', 'query'), RetrieverResponse)
    assert_type(await ai.embed('e', Document.from_text('x')), list[Embedding])
    part: Part = TextPart(text='x')
    assert_type(Part(text='x'), Part)
    _ = Message(role='user', content=[part])


@ai.flow(chunk_type=int)
async def count(to: int, ctx: ActionRunContext) -> str:
    """Send numbers and return a text."""
    ctx.send_chunk(to)
    return 'done'


def length(text: str) -> int:
    """Return how long a text is."""
    return len(text)


async def length_later(text: str) -> int:
    """Return how long a text is."""
    return len(text)


async def streams_and_steps_are_typed() -> None:
    """A flow's stream has its chunks and its result; a step has the result of its function."""
    stream = count.stream(3)
    assert_type(stream, StreamResponse[int, str])
    async for number in stream:
        assert_type(number, int)
    assert_type(await stream.response, str)
    assert_type(await double.stream(1).response, int)
    assert_type(await repeat.stream('a', 2).response, str)
    assert_type(await repeat.stream(text='a', times=2).response, str)
    assert_type(await repeat.stream({'text': 'a', 'times': 2}, context={}).response, str)
    assert_type(await ai.run('plain', 'x', length), int)
    assert_type(await ai.run('later', 'x', length_later), int)
    assert_type(await ai.run('plain', lambda: 'x'), str)


async def prompts_are_typed() -> None:
    """A prompt is usable as it is, and typed by what is said of it."""
    plain = ai.prompt('answer')
    assert_type(plain, ExecutablePrompt[Any, Any])
    assert_type((await plain({'a': 1})).text, str)
    typed = ai.prompt('answer', input=Input(Recipe), output=Output(Recipe))
    assert_type((await typed(Recipe(title='x'))).output, Recipe)
    defined = ai.define_prompt('defined', output_schema=Recipe, prompt='x')
    assert_type((await defined()).output, Recipe)
    assert_type(ai.define_prompt('by-name', output_schema='Recipe', prompt='x'), ExecutablePrompt[Any, Any])
    mixed = ai.define_prompt('mixed', input_schema=Recipe, output=Output(schema=Recipe), prompt='x')
    assert_type(mixed, ExecutablePrompt[Recipe, Recipe])
    other = ai.define_prompt('other', input=Input(schema=Recipe), output_schema=Recipe, prompt='x')
    assert_type(other, ExecutablePrompt[Recipe, Recipe])


async def found_documents_are_documents() -> None:
    """What is retrieved has its conveniences, and documents are what a retriever answers with."""
    found = (await ai.retrieve('store/x', 'query')).documents
    assert_type(found, list[Document])
    texts: list[str] = [document.text for document in found]
    _ = RetrieverResponse(documents=found), texts
    data: list[DocumentData] = []
    _ = RetrieverResponse(documents=data)


def words_of_the_protocol_may_be_written() -> None:
    """An answer takes the words of the protocol, and judgements are read in one way."""
    assert_type(GenerateResponse(finish_reason='blocked').finish_reason, FinishReason | None)
    judged = EvalFnResponse(test_case_id='1', evaluation=Score(score=1))
    assert_type(judged.scores, list[Score])


def tests_replace_models() -> None:
    """What a test puts in place of a model may be many things."""
    with overridden(ai, model=['one', 'two'], embedder=32, tools={'weather': weather}) as model:
        assert_type(model.asked, list[str])
    with overridden(ai, model=lambda request: 'x'), overridden(ai, model={'a/b': ['x'], 'c/d': 'echo'}):
        pass
