# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What users see in their editor. Checked, never run."""

from typing import assert_type

from genkit import (
    ActionRunContext,
    Document,
    GenerateResponse,
    Genkit,
    Message,
    Output,
    Part,
    RetrieverResponse,
    TextPart,
    ToolRunContext,
)
from genkit.types import Embedding
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


@ai.tool()
async def weather(city: str, ctx: ToolRunContext) -> str:
    """Return the weather."""
    ctx.interrupt({'city': city})
    return 'sunny'


@ai.tool('ping')
def ping(ctx: ActionRunContext) -> None:
    """Do nothing."""
    _ = ctx.context


async def flows_and_tools_keep_their_types() -> None:
    """A flow or a tool is called as the function it was."""
    assert_type(await shout('x'), str)
    assert_type(double(1), int)
    await ai.generate(prompt='x', tools=[weather, ping, 'by-name'])


async def retrieval_is_typed() -> None:
    """Retrieval has its types."""
    assert_type(await ai.retrieve('store/x', 'query'), RetrieverResponse)
    assert_type(await ai.embed('e', Document.from_text('x')), list[Embedding])
    part: Part = TextPart(text='x')
    assert_type(Part(text='x'), Part)
    _ = Message(role='user', content=[part])
