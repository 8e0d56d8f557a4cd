# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A model of Genkit as LangChain sees it: what is said, in which thread, and how it ends."""

import asyncio
import threading
from typing import Any

import pytest
from genkit import (
    ActionRunContext,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    GenerationBlockedError,
    Genkit,
    GenkitError,
    Media,
    MediaPart,
    Message,
    ModelRef,
    TextPart,
)
from genkit.testing import ProgrammableModel, define_programmable_model
from genkit.types import GenerationUsage, Operation, Part, ReasoningPart, ToolRequest, ToolRequestPart
from genkit_langchain import GenkitChatModel
from langchain_core.messages import (
    AIMessage,
    ChatMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.output_parsers import StrOutputParser
from langchain_core.tools import tool
from pydantic import BaseModel

from .conftest import CAPABLE


PIXEL = 'iVBORw0KGgo='


@tool
def add(one: int, other: int) -> int:
    """Add two numbers."""
    return one + other


@tool
def weather(city: str) -> str:
    """Tell the weather."""
    return f'Fine in {city}'


class Dish(BaseModel):
    """A dish."""

    name: str
    euros: float


@pytest.fixture
def script(ai: Genkit) -> ProgrammableModel:
    return define_programmable_model(ai, 'script', CAPABLE)[0]


@pytest.fixture
def model(ai: Genkit, script: ProgrammableModel) -> GenkitChatModel:
    return GenkitChatModel(ai=ai, model='script')


def said(*parts: Part | str, **members: Any) -> GenerateResponse:
    content = [TextPart(text=part) if isinstance(part, str) else part for part in parts]
    return GenerateResponse(message=Message(role='model', content=content), **members)


def call(name: str, given: Any, ref: str | None = '1', metadata: dict[str, Any] | None = None) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input=given), metadata=metadata)


async def both_ways(model: Any, given: Any) -> list[AIMessage]:
    """Return the answer, and the sum of the stream."""
    total: Any = None
    async for chunk in model.astream(given):
        total = chunk if total is None else total + chunk
    return [await model.ainvoke(given), total]


async def test_a_conversation_keeps_roles_calls_answers_and_media(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = ['ok']
    image = {'type': 'image', 'base64': PIXEL, 'mime_type': 'image/png'}
    await model.ainvoke(
        [
            SystemMessage('Be brief.'),
            HumanMessage([{'type': 'text', 'text': 'What is'}, image], name='Ada'),
            AIMessage(
                '',
                tool_calls=[
                    {'name': 'add', 'args': {'one': 1}, 'id': 'a'},
                    {'name': 'photo', 'args': {}, 'id': 'b'},
                ],
            ),
            ToolMessage('No number.', tool_call_id='a', status='error'),
            ToolMessage([{'type': 'text', 'text': 'a photo'}, image], tool_call_id='b'),
            ChatMessage(role='assistant', content='Hm.'),
            HumanMessage(
                [
                    'Look:',
                    {'type': 'image_url', 'image_url': {'url': 'https://example.com/a.jpg'}},
                    {'type': 'input_audio', 'input_audio': {'data': 'AAAA', 'format': 'wav'}},
                    {'type': 'file', 'url': 'https://example.com/a.pdf', 'mime_type': 'application/pdf'},
                    {'type': 'text-plain', 'text': 'plain', 'mime_type': 'text/plain'},
                ]
            ),
        ]
    )
    system, user, asked, answered, again, last = script.requests[0].messages
    assert [m.role for m in script.requests[0].messages] == ['system', 'user', 'model', 'tool', 'model', 'user']
    assert (system.text, user.text, user.metadata, again.text) == ('Be brief.', 'What is', {'name': 'Ada'}, 'Hm.')
    picture = MediaPart(media=Media(url=f'data:image/png;base64,{PIXEL}', content_type='image/png'))
    assert user.media == [picture]
    assert asked.content == [call('add', {'one': 1}, 'a'), call('photo', {}, 'b')]
    first, second = (part.tool_response for part in answered.tool_responses)
    assert (first.ref, first.name, first.output) == ('a', 'add', {'error': 'No number.'})
    assert (second.ref, second.name, second.output, second.content) == ('b', 'photo', 'a photo', [picture])
    urls = [part.media.url for part in last.media]
    assert urls == ['https://example.com/a.jpg', 'data:audio/wav;base64,AAAA', 'https://example.com/a.pdf']
    assert last.text == 'Look:plain'


@pytest.mark.parametrize(
    ('message', 'problem'),
    [
        (RemoveMessage(id='1'), 'RemoveMessage'),
        (ChatMessage(role='critic', content='No.'), "role 'critic'"),
        (HumanMessage([{'type': 'image', 'file_id': 'file-1'}]), 'file_id'),
        (HumanMessage([{'type': 'guitar', 'strings': 6}]), "'guitar'"),
    ],
)
async def test_what_genkit_has_no_counterpart_of_is_refused(model: GenkitChatModel, message: Any, problem: str):
    with pytest.raises(GenkitError, match=problem) as caught:
        await model.ainvoke([message])
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_calls_come_with_ids_and_what_is_no_object_is_invalid(model: GenkitChatModel, script: ProgrammableModel):
    parts = [call('add', {'one': 1, 'other': 2}, None), call('add', None, 'x'), call('add', '{"one": 1, "oth', 'y')]
    script.responses = [said('Wait. ', *parts, finish_reason='length')]
    for answer in await both_ways(model.bind_tools([add]), 'hi'):
        first, second = answer.tool_calls
        assert (first['name'], first['args']) == ('add', {'one': 1, 'other': 2})
        assert first['id']
        assert (second['args'], second['id']) == ({}, 'x')
        [invalid] = answer.invalid_tool_calls
        assert invalid['id'] == 'y'
        assert invalid['args'] is not None
        assert '"oth' in invalid['args'].replace('\\', '')
        assert answer.text == 'Wait. '
        assert answer.response_metadata['finish_reason'] == 'length'


async def test_thoughts_and_signatures_come_back_to_the_model(model: GenkitChatModel, script: ProgrammableModel):
    thought = ReasoningPart(reasoning='Hm.', metadata={'signature': 'abc'})
    asked = call('weather', {'city': 'Bonn'}, '1', {'thoughtSignature': 'def'})
    script.responses = [said(thought, asked)]
    for answer in await both_ways(model.bind_tools([weather]), 'hi'):
        await model.ainvoke([HumanMessage('hi'), answer, ToolMessage('Fine', tool_call_id='1')])
        assert script.requests[-1].messages[1].content == [thought, asked]
        assert {'type': 'reasoning', 'reasoning': 'Hm.'}.items() <= answer.content_blocks[0].items()


async def test_a_stream_joins_text_thoughts_and_media(model: GenkitChatModel, script: ProgrammableModel):
    picture = MediaPart(media=Media(url=f'data:image/png;base64,{PIXEL}', content_type='image/png'))
    a, b, e, f = (TextPart(text=letter) for letter in 'abef')
    pieces: list[Part] = [a, b, ReasoningPart(reasoning='c'), ReasoningPart(reasoning='d'), picture, picture, e, f]
    script.chunks = [[GenerateResponseChunk(content=[piece]) for piece in pieces]]
    script.responses = [said(*pieces)]
    total: Any = None
    async for chunk in model.astream('hi'):
        total = chunk if total is None else total + chunk
    kinds = [block['type'] for block in total.content_blocks]
    assert kinds == ['text', 'reasoning', 'image', 'image', 'text']
    assert total.text == 'abef'
    assert total.content_blocks[1]['reasoning'] == 'cd'
    assert total.content_blocks[2]['base64'] == PIXEL


async def test_what_was_not_streamed_comes_at_the_end(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = [said(ReasoningPart(reasoning='Hm.'), 'Yes.', usage=GenerationUsage(input_tokens=3))]
    chunks = [chunk async for chunk in model.astream('hi')]
    assert len(chunks) == 1
    assert chunks[0].chunk_position == 'last'
    assert [block['type'] for block in chunks[0].content_blocks] == ['reasoning', 'text']
    assert chunks[0].usage_metadata == {'input_tokens': 3, 'output_tokens': 0, 'total_tokens': 3}
    aggregated = [GenerateResponseChunk(content=[TextPart(text=text)], aggregated=True) for text in ('a', 'ab', 'abc')]
    script.chunks, script.responses = [aggregated], [said('abc')]
    assert ''.join([chunk.text async for chunk in model.astream('hi')]) == 'abc'


def test_usage_has_its_details(model: GenkitChatModel, script: ProgrammableModel):
    usage = GenerationUsage(
        input_tokens=10,
        output_tokens=5,
        cached_content_tokens=4,
        thoughts_tokens=3,
        custom={'cacheWriteTokens': 2, 'inputAudioTokens': 1, 'other': 9},
    )
    script.responses = [said('x', usage=usage)]
    assert model.invoke('hi').usage_metadata == {
        'input_tokens': 10,
        'output_tokens': 5,
        'total_tokens': 15,
        'input_token_details': {'cache_read': 4, 'cache_creation': 2, 'audio': 1},
        'output_token_details': {'reasoning': 3},
    }


async def test_answers_that_are_none_are_errors(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = [said('No.', finish_reason=FinishReason.BLOCKED, finish_message='unsafe')]
    with pytest.raises(GenerationBlockedError, match='unsafe'):
        await model.ainvoke('hi')
    with pytest.raises(GenerationBlockedError, match='unsafe'):
        async for _ in model.astream('hi'):
            pass
    script.responses = [GenerateResponse(finish_reason=FinishReason.UNKNOWN)]
    with pytest.raises(GenkitError, match='no message'):
        model.invoke('hi')
    script.responses = [GenerateResponse(operation=Operation(id='1'))]
    with pytest.raises(GenkitError, match='background') as caught:
        model.invoke('hi')
    assert caught.value.status == 'UNIMPLEMENTED'


async def test_options_of_calls_win_over_those_of_the_model(ai: Genkit, script: ProgrammableModel):
    script.responses = ['ok']
    model = GenkitChatModel(
        ai=ai,
        model='script',
        temperature=0.5,
        max_tokens=9,
        stop=['a'],
        config={'topK': 3, 'maxOutputTokens': 1, 'api_key': 'secret-key-1'},
    )
    await model.ainvoke('hi')
    assert script.requests[-1].config == {
        'top_k': 3,
        'max_output_tokens': 9,
        'api_key': 'secret-key-1',
        'temperature': 0.5,
        'stop_sequences': ['a'],
    }
    await model.bind(max_tokens=2, seed=7).ainvoke('hi', stop=['b'], temperature=0)
    assert {'max_output_tokens': 2, 'seed': 7, 'temperature': 0, 'stop_sequences': ['b']}.items() <= (
        script.requests[-1].config.items()
    )
    assert 'secret-key-1' not in f'{model!r} {model._identifying_params} {model._serialized}'
    ref = ModelRef(name='script', config={'temperature': 1}, version='v2')
    await GenkitChatModel(ai=ai, model=ref, temperature=0).ainvoke('hi')  # pyright: ignore[reportArgumentType]
    assert script.requests[-1].config == {'temperature': 0.0, 'version': 'v2'}
    assert GenkitChatModel(ai=ai).model == 'fake/reader'  # pyright: ignore[reportCallIssue]
    with pytest.raises(GenkitError, match='has no model'):
        GenkitChatModel(ai=Genkit())  # pyright: ignore[reportCallIssue]


async def test_tool_choice_and_output_become_those_of_genkit(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = ['{"name": "soup", "euros": 4.5}']
    named = {'type': 'function', 'function': {'name': 'weather'}}
    for choice, names, wanted in [
        (None, ['add', 'weather'], None),
        ('auto', ['add', 'weather'], 'auto'),
        ('any', ['add', 'weather'], 'required'),
        (True, ['add', 'weather'], 'required'),
        ('none', ['add', 'weather'], 'none'),
        ('add', ['add'], 'required'),
        (named, ['weather'], 'required'),
    ]:
        await model.bind_tools([add, weather], tool_choice=choice).ainvoke('hi')
        request = script.requests[-1]
        assert [each.name for each in request.tools or ()] == names
        assert request.tool_choice == wanted
    with pytest.raises(GenkitError, match=r"'ad'.*Did you mean 'add'"):
        await model.bind_tools([add], tool_choice='ad').ainvoke('hi')
    with pytest.raises(GenkitError, match='cannot be offered'):
        model.bind_tools([{'type': 'web_search'}])
    for wanted in (
        Dish,
        {'type': 'json_schema', 'json_schema': {'name': 'Dish', 'schema': Dish.model_json_schema()}},
        Dish.model_json_schema(),
    ):
        await model.ainvoke('hi', response_format=wanted)
        output = script.requests[-1].output
        assert output is not None
        assert output.format == 'json'
        assert (output.schema_ or {})['required'] == ['name', 'euros']
    await model.ainvoke('hi', response_format={'type': 'json_object'})
    assert script.requests[-1].output is not None


async def test_structured_output_by_each_method_with_tools_and_raw(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = ['{"name": "soup", "euros": 4.5}']
    soup = Dish(name='soup', euros=4.5)
    assert await model.with_structured_output(Dish).ainvoke('hi') == soup
    assert await model.with_structured_output(Dish.model_json_schema()).ainvoke('hi') == soup.model_dump()
    assert await model.with_structured_output(Dish, method='json_mode').ainvoke('hi') == soup
    raw = await model.with_structured_output(Dish, include_raw=True).ainvoke('hi')
    assert (raw['parsed'], raw['parsing_error'], raw['raw'].text) == (soup, None, '{"name": "soup", "euros": 4.5}')
    script.responses = ['not JSON']
    raw = await model.with_structured_output(Dish, include_raw=True).ainvoke('hi')
    assert raw['parsed'] is None
    assert raw['parsing_error'] is not None
    script.responses = [said(call('Dish', {'name': 'soup', 'euros': 4.5}))]
    assert await model.with_structured_output(Dish, method='function_calling').ainvoke('hi') == soup


async def test_an_agent_loop_of_langchain_alone(model: GenkitChatModel, script: ProgrammableModel):
    script.responses = [
        said(call('add', {'one': 1, 'other': 2}, 'a'), call('weather', {'city': 'Bonn'}, 'b')),
        lambda request: str([part.tool_response.output for part in request.messages[-1].tool_responses]),
    ]
    agent, messages = model.bind_tools([add, weather]), [HumanMessage('hi')]
    tools = {each.name: each for each in (add, weather)}
    while messages[-1].type != 'ai':
        answer = await agent.ainvoke(messages)
        messages += [answer, *[await tools[each['name']].ainvoke(each) for each in answer.tool_calls]]
    assert messages[-1].text == "['3', 'Fine in Bonn']"


async def test_fallbacks_and_pipes_see_genkits_errors(ai: Genkit, model: GenkitChatModel, script: ProgrammableModel):
    failure = GenkitError('Too many.', status='RESOURCE_EXHAUSTED', details={'retry_after_ms': 1})

    def fail(_: GenerateRequest) -> None:
        raise failure

    script.responses = [fail]
    with pytest.raises(GenkitError) as caught:
        await model.ainvoke('hi')
    assert caught.value is failure
    with pytest.raises(GenkitError) as caught:
        list(model.stream('hi'))
    assert caught.value is failure
    other = GenkitChatModel(ai=ai, model='fake/reader')
    chain = model.with_fallbacks([other], exceptions_to_handle=(GenkitError,)) | StrOutputParser()
    assert chain.invoke('hi') == 'You said: hi'
    script.responses = [fail, 'now']
    assert (await GenkitChatModel(ai=ai, model='script', max_retries=1).ainvoke('hi')).text == 'now'
    script.responses = [fail, 'now']
    retrying = GenkitChatModel(ai=ai, model='script', max_retries=1)
    assert ''.join([chunk.text async for chunk in retrying.astream('hi')]) == 'now'
    with pytest.raises(GenkitError, match='not found') as caught:
        GenkitChatModel(ai=ai, model='fake/raeder').invoke('hi')
    assert caught.value.status == 'NOT_FOUND'


async def test_a_synchronous_call_works_in_a_loop_in_threads_and_inside_itself(ai: Genkit, model: GenkitChatModel):
    loops: set[Any] = set()

    async def outer(request: GenerateRequest) -> str:
        loops.add(asyncio.get_running_loop())
        depth = int(request.messages[-1].text)
        if depth == 0:
            return GenerateResponse(message=Message(role='model', content='done'))  # pyright: ignore[reportReturnType]
        return GenerateResponse(  # pyright: ignore[reportReturnType]
            message=Message(role='model', content=GenkitChatModel(ai=ai, model='outer').invoke(str(depth - 1)).text)
        )

    ai.define_model('outer', outer)
    nested = GenkitChatModel(ai=ai, model='outer')
    assert nested.invoke('2').text == 'done'
    assert len(loops) == 3
    assert asyncio.get_running_loop() not in loops
    assert [answer.text for answer in nested.batch(['1'] * 20)] == ['done'] * 20
    assert [chunk.text for chunk in nested.stream('1')] == ['done']
    threads = await asyncio.gather(*[asyncio.to_thread(nested.invoke, '1') for _ in range(5)])
    assert {answer.text for answer in threads} == {'done'}


class Stuck:
    """A model that streams one chunk and then waits until it is cancelled."""

    def __init__(self, ai: Genkit) -> None:
        self.began = threading.Event()
        self.cancelled = threading.Event()
        ai.define_model('stuck', self.run)

    async def run(self, request: GenerateRequest, context: ActionRunContext) -> GenerateResponse:
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text='a')]))
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()
        raise AssertionError


async def test_cancelling_reaches_the_model(ai: Genkit):
    stuck = Stuck(ai)
    model = GenkitChatModel(ai=ai, model='stuck')
    task = asyncio.ensure_future(model.ainvoke('hi'))
    await asyncio.to_thread(stuck.began.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stuck.cancelled.is_set()

    for begin in (True, False):
        ai = Genkit()
        stuck = Stuck(ai)
        model = GenkitChatModel(ai=ai, model='stuck')
        if begin:
            chunks = model.astream('hi')
            assert (await anext(chunks)).text == 'a'
            await chunks.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        else:
            pieces = model.stream('hi')
            assert next(pieces).text == 'a'
            pieces.close()  # pyright: ignore[reportAttributeAccessIssue]
        assert await asyncio.to_thread(stuck.cancelled.wait, 10)


async def test_the_end_of_a_flow_ends_synchronous_calls_in_its_threads(ai: Genkit):
    stuck = Stuck(ai)

    @ai.flow
    async def waiting() -> str:
        return await asyncio.to_thread(ask)

    def ask() -> str:
        return GenkitChatModel(ai=ai, model='stuck').invoke('hi').text

    task = asyncio.ensure_future(waiting())
    await asyncio.to_thread(stuck.began.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(stuck.cancelled.wait, 10)


async def test_a_timeout_is_genkits(ai: Genkit):
    stuck = Stuck(ai)
    model = GenkitChatModel(ai=ai, model='stuck', timeout=0.05)
    for ask in (lambda: model.ainvoke('hi'), lambda: asyncio.to_thread(model.invoke, 'hi')):
        with pytest.raises(GenkitError) as caught:
            await ask()
        assert caught.value.status == 'DEADLINE_EXCEEDED'
    with pytest.raises(GenkitError, match=r'0\.05 s'):
        await both_ways(model, 'hi')
    assert stuck.cancelled.is_set()
