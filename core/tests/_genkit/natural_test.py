# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What people write at the first attempt works, or says why not."""

from typing import Any

import pytest
from genkit import Document, Genkit, GenkitError, Message, TextPart
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import GenerateResponse, ToolRequest, ToolRequestPart
from pydantic import BaseModel


class Recipe(BaseModel):
    title: str


def weather(city: str, days: int = 1) -> str:
    """Tell the weather."""
    return f'{city} {days}'


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    return ai


async def test_a_plain_function_and_an_agent_are_tools(ai: Genkit) -> None:
    script, _ = define_programmable_model(ai, 'script')
    agent = ai.define_agent('helper')
    asked = [
        ToolRequestPart(tool_request=ToolRequest(name='weather', ref='1', input={'city': 'Bonn'})),
        ToolRequestPart(tool_request=ToolRequest(name='helper', ref='2', input={'task': 'hi'})),
    ]
    script.responses = [
        GenerateResponse(message=Message(role='model', content=list(asked))),
        GenerateResponse(message=Message(role='model', content='done')),
    ]
    response = await ai.generate(model='script', prompt='x', tools=[weather, agent])
    answers: list[Any] = response.messages[-2].content
    assert [part.tool_response.output for part in answers] == ['Bonn 1', '[ECHO] user: hi']
    for wrong in (3, Recipe):
        with pytest.raises(GenkitError, match=r'tools\[0\] is .*decorated with @ai\.tool'):
            await ai.generate(prompt='x', tools=[wrong])  # pyright: ignore[reportArgumentType]


async def test_an_output_may_be_a_type(ai: Genkit) -> None:
    ai.define_model('cook', lambda _: GenerateResponse(message=Message(role='model', content='{"title": "soup"}')))
    assert (await ai.generate(model='cook', prompt='x', output=Recipe)).output == Recipe(title='soup')
    answers = await ai.generate(model='cook', prompt='x', output=dict[str, str])
    assert answers.output == {'title': 'soup'}


@pytest.mark.parametrize(
    ('model', 'way_out'),
    [
        ('Hello there', 'The first argument is the model; write prompt=…'),
        ('openai/gpt-4o', 'Install genkit-plugin-compat-oai and pass plugins=[OpenAI()]'),
        ('googleai/gemini', 'Install genkit-plugin-google-genai'),
        ('ekho', "Did you mean 'echo'?"),
    ],
)
async def test_a_model_that_is_not_there_says_what_to_do(ai: Genkit, model: str, way_out: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await ai.generate(model)
    assert way_out in raised.value.message


def test_texts_stand_for_parts_and_documents() -> None:
    message = Message(role='user', content=['look at', TextPart(text=' this')])
    assert message.text == 'look at this'
    document = Document.from_text('soup')
    assert document.text == document.text() == 'soup'


async def test_texts_are_indexed_as_documents(ai: Genkit) -> None:
    stored: list[str] = []

    async def store(documents: list[Document], _options: Any) -> None:
        stored.extend(document.text for document in documents)

    ai.define_indexer('shelf', store)
    await ai.index('shelf', ['one', Document.from_text('two')])
    assert stored == ['one', 'two']


def test_a_schema_may_be_defined_again_by_the_cell_that_defined_it(ai: Genkit) -> None:
    def cell() -> type[BaseModel]:
        class Dish(BaseModel):
            name: str

        return ai.define_schema('Dish', Dish)

    assert cell() is not cell()
    with pytest.raises(GenkitError, match='registered already'):
        ai.define_schema('Dish', Recipe)


@pytest.mark.parametrize(
    ('stream', 'kind'),
    [
        (lambda ai: ai.generate_stream(prompt='x'), 'StreamResponse'),
        (lambda ai: ai.flow('f')(weather).stream('x'), 'StreamResponse'),
        (lambda ai: ai.define_prompt('p', prompt='x').stream(), 'StreamResponse'),
        (lambda ai: ai.chat().send_stream('x'), 'StreamResponse'),
        (lambda ai: ai.define_agent('a').chat().send_stream('x'), 'AgentTurn'),
        (lambda ai: ai.define_bidi_action('b', print).stream_bidi(), 'BidiConnection'),
    ],
)
def test_a_stream_outside_an_event_loop_says_where_to_write_it(ai: Genkit, stream: Any, kind: str) -> None:
    with pytest.raises(GenkitError, match=f'{kind} begins in a running event loop.* `async` function') as caught:
        stream(ai)
    assert caught.value.status == 'FAILED_PRECONDITION'


def test_what_an_interrupt_asks_is_read_from_its_request() -> None:
    request = ToolRequest(name='pay', input={})
    asked = ToolRequestPart(tool_request=request, metadata={'interrupt': {'question': 'sure?'}})
    assert asked.interrupt == {'question': 'sure?'}
    assert ToolRequestPart(tool_request=request).interrupt is None
