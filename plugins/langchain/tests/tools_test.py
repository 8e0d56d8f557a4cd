# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tools and runnables, both ways."""

import asyncio
from typing import Annotated, Any

import genkit
import pytest
from genkit import ActionKind, Genkit, GenkitError, Interrupt, Media, MediaPart, MultipartToolResponse
from genkit.testing import define_programmable_model
from genkit.types import GenerateResponse, Message, ToolRequest, ToolRequestPart
from genkit_langchain import (
    GenkitChatModel,
    GenkitTool,
    from_langchain_tool,
    from_runnable,
    to_langchain_tool,
    to_runnable,
)
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tools import InjectedToolArg, InjectedToolCallId, StructuredTool, ToolException, tool
from pydantic import BaseModel

from .conftest import application


PICTURE = 'data:image/png;base64,iVBORw0KGgo='


class Order(BaseModel):
    """An order."""

    dish: str
    portions: int = 1


def as_call(tool: GenkitTool, **args: Any) -> dict[str, Any]:
    return {'type': 'tool_call', 'id': '7', 'name': tool.name, 'args': args}


async def test_tools_of_genkit_take_what_they_declare():
    ai = Genkit()

    @ai.tool('shop/price')
    async def price(order: Order) -> Order:
        """Return the order again."""
        return order

    @ai.tool
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    @ai.tool
    def odd_names(config: str, run_manager: str, self_: str = '') -> str:
        """Take members that LangChain has other uses for."""
        return config + run_manager

    @ai.tool(multipart=True)
    def photo(dish: str) -> MultipartToolResponse:
        """Return a photo."""
        return genkit.response(dish, parts=[MediaPart(media=Media(url=PICTURE, content_type='image/png'))])

    made = to_langchain_tool(price)
    assert (made.name, made.description) == ('price', 'Return the order again.')
    assert made.args_schema == {'title': 'price', **price.action.input_schema}
    assert made.invoke({'dish': 'soup'}) == {'dish': 'soup', 'portions': 1}
    message = await made.ainvoke(as_call(made, dish='soup', portions=2))
    assert isinstance(message, ToolMessage)
    assert (message.content, message.tool_call_id) == ('{"dish": "soup", "portions": 2}', '7')
    with pytest.raises(GenkitError, match='portions') as caught:
        await made.ainvoke({'dish': 'soup', 'portions': 'many'})
    assert caught.value.status == 'INVALID_ARGUMENT'

    doubling = to_langchain_tool(double)
    assert doubling.invoke({'number': 4}) == 8
    assert isinstance(doubling.args_schema, dict)
    assert list(doubling.args_schema['properties']) == ['number']
    assert to_langchain_tool(odd_names).invoke({'config': 'a', 'run_manager': 'b'}) == 'ab'
    shown = to_langchain_tool(photo)
    content = (await shown.ainvoke(as_call(shown, dish='soup'))).content
    image = {'type': 'image', 'base64': 'iVBORw0KGgo=', 'mime_type': 'image/png'}
    assert content == [{'type': 'text', 'text': 'soup'}, image]
    dynamic = ai.dynamic_tool('free', lambda: [3, 7], 'Return the free tables.')
    assert to_langchain_tool(dynamic).invoke({}) == [3, 7]
    with pytest.raises(GenkitError, match='expected a tool of Genkit'):
        to_langchain_tool(print)  # pyright: ignore[reportArgumentType]


async def test_what_tools_of_genkit_raise_comes_as_it_is():
    ai = Genkit()

    @ai.tool
    def fail(how: str) -> str:
        """Fail."""
        if how == 'ask':
            raise Interrupt({'question': 'Sure?'})
        raise KeyError(how)

    made = to_langchain_tool(fail)
    for run in (made.ainvoke, lambda given: asyncio.to_thread(made.invoke, given)):
        with pytest.raises(Interrupt) as paused:
            await run({'how': 'ask'})
        assert paused.value.metadata == {'question': 'Sure?'}
        with pytest.raises(GenkitError) as caught:
            await run({'how': 'x'})
        assert isinstance(caught.value.cause, KeyError)


@tool
def search(query: str, user: Annotated[str, InjectedToolArg] = 'nobody') -> list[dict[str, Any]]:
    """Search for something."""
    return [{'query': query, 'user': user}]


@tool
def with_id(query: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> str:
    """Need the id of the call."""
    return f'{query}: {bool(tool_call_id)}'


@tool
async def show(dish: str) -> list[Any]:
    """Return a photo."""
    return [{'type': 'text', 'text': dish}, {'type': 'image', 'base64': 'iVBORw0KGgo=', 'mime_type': 'image/png'}]


@tool
def fail(how: str) -> str:
    """Fail."""
    raise (ToolException if how == 'tool' else ConnectionError)('no luck')


async def test_tools_of_langchain_run_for_genkits_models():
    ai = Genkit(model='script')
    script, _ = define_programmable_model(ai, 'script')
    tools = [from_langchain_tool(ai, each) for each in (search, with_id, show)]
    named = from_langchain_tool(ai, search, 'find')
    assert named.definition().name == 'find'
    assert list((tools[0].definition().input_schema or {})['properties']) == ['query']
    assert list((tools[1].definition().input_schema or {})['properties']) == ['query']

    requests = [('search', {'query': 'a'}), ('with_id', {'query': 'b'}), ('show', {'dish': 'soup'})]
    parts = [ToolRequestPart(tool_request=ToolRequest(name=name, ref=name, input=given)) for name, given in requests]
    script.responses = [GenerateResponse(message=Message(role='model', content=parts)), 'done']
    response = await ai.generate(prompt='hi', tools=tools)
    answers = [part.tool_response for part in response.messages[2].tool_responses]
    assert [answer.output for answer in answers] == [[{'query': 'a', 'user': 'nobody'}], 'b: True', 'soup']
    picture = MediaPart(media=Media(url=PICTURE, content_type='image/png'))
    assert [MediaPart.model_validate(each) for each in answers[2].content or ()] == [picture]
    assert response.text == 'done'

    failing = from_langchain_tool(ai, fail)
    with pytest.raises(GenkitError, match='no luck') as caught:
        await failing.action.arun({'how': 'net'})
    assert caught.value.status == 'UNAVAILABLE'
    with pytest.raises(GenkitError, match='no luck'):
        await failing.action.arun({'how': 'tool'})
    fail.handle_tool_error = True
    assert (await failing.action.arun({'how': 'tool'})).response == 'no luck'
    with pytest.raises(GenkitError, match='query'):
        await tools[0].action.arun_raw({'text': 'a'})
    with pytest.raises(GenkitError, match='expected a BaseTool'):
        from_langchain_tool(ai, print)  # pyright: ignore[reportArgumentType]


async def test_a_tool_goes_there_and_back():
    ai = application()
    action = ai.registry.lookup_action(ActionKind.TOOL, 'price')
    assert action is not None
    back = from_langchain_tool(ai, to_langchain_tool(action), 'price_again')
    assert (await back.action.arun({'dish': 'soup', 'portions': 2})).response == '9.0'
    assert list((back.definition().input_schema or {})['properties']) == ['dish', 'portions']
    described = StructuredTool.from_function(func=lambda x: x, name='of-schema', description='d', args_schema=Order)
    assert from_langchain_tool(ai, described).definition().input_schema is not None


async def test_runnables_are_flows_that_stream():
    ai = application()
    model = GenkitChatModel(ai=ai, model='fake/reader')
    flow = from_runnable(ai, ChatPromptTemplate.from_template('Say {word}') | model, 'say', 'Says a word.')
    said = await flow({'word': 'boo'})
    assert said['content'] == [{'text': 'You said: Say boo'}]
    assert flow.action.description == 'Says a word.'
    assert flow.action.input_schema['properties']['word']['type'] == 'string'
    stream = flow.stream({'word': 'boo'})
    chunks = [chunk async for chunk in stream]
    assert len(chunks) > 2
    assert (await stream.response)['content'] == [{'text': 'You said: Say boo'}]

    async def pieces(given: Any) -> Any:
        yield {'a': 1}
        yield {'a': given}

    async def documents(given: Any) -> Any:
        return {'found': [Document('soup', id='1')], 'message': AIMessage('hi'), 'odd': {1, 2}, 'none': None}

    numbers = from_runnable(ai, RunnableLambda(lambda given: given + 1), 'next')
    assert await numbers(41) == 42
    with pytest.raises(GenkitError) as caught:
        await numbers('a')
    assert isinstance(caught.value.__cause__, TypeError)
    streamed = from_runnable(ai, RunnableLambda(pieces), 'pieces').stream(7)
    assert [chunk async for chunk in streamed] == [{'a': 1}, {'a': 7}]
    assert (await from_runnable(ai, RunnableLambda(documents), 'documents')('x')) == {
        'found': [{'content': [{'text': 'soup'}], 'metadata': {'_id': '1'}}],
        'message': {'role': 'model', 'content': [{'text': 'hi'}]},
        'odd': [1, 2],
        'none': None,
    }
    with pytest.raises(GenkitError, match='RunnableLambda'):
        from_runnable(ai, print)  # pyright: ignore[reportArgumentType]


async def test_a_flow_of_genkit_is_a_step_of_a_chain():
    ai = application()

    @ai.flow
    async def shout(text: str) -> str:
        return text.upper()

    chain = to_runnable(shout) | RunnableLambda(lambda text: f'{text}!')
    assert await chain.ainvoke('soup') == 'SOUP!' == chain.invoke('soup')
    assert chain.batch(['a', 'b']) == ['A!', 'B!']
    with pytest.raises(GenkitError, match='flow/shout') as caught:
        await chain.ainvoke({'a': 1})
    assert caught.value.status == 'INVALID_ARGUMENT'
    with pytest.raises(GenkitError, match='expected a flow'):
        to_runnable(print)  # pyright: ignore[reportArgumentType]
