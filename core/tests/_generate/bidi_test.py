# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genkit import (
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Genkit,
    GenkitError,
    Message,
    Role,
    TextPart,
    ToolRequestPart,
    ToolResponsePart,
    ToolRunContext,
)
from genkit.agent import BidiRunContext
from genkit.middleware import BaseMiddleware
from genkit.types import ModelInfo, Supports, ToolRequest, ToolResponse


Context = BidiRunContext[GenerateResponseChunk[Any], GenerateRequest]


def chunk(text: str) -> GenerateResponseChunk[Any]:
    return GenerateResponseChunk(content=[TextPart(text=text)])


def answer(text: str) -> GenerateResponse[Any]:
    return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=text)]))


async def live(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
    """Answers each message at once; "weather" asks a tool."""
    system = ''.join(message.text for message in context.init.messages if message.role == Role.SYSTEM)
    said: list[str] = []
    wishes: list[ToolRequestPart] = []
    async for request in requests:
        for message in request.messages:
            answers = [part for part in message.content if isinstance(part, ToolResponsePart)]
            if answers:
                wishes.clear()
                said.append(f'it is {answers[0].tool_response.output}')
                await context.send(chunk(said[-1]))
            elif message.text.startswith('weather'):
                wish = ToolRequest(name='weather', ref='1', input=message.text.partition(' ')[2])
                wishes.append(ToolRequestPart(tool_request=wish))
                await context.send(GenerateResponseChunk(content=[wishes[-1]]))
            elif message.role == Role.USER:
                said.append(f'{system}{message.text}!')
                await context.send(chunk(said[-1]))
    return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=' '.join(said)), *wishes]))


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='live')
    able = ModelInfo(supports=Supports(tools=True, multiturn=True, system_role=True))
    ai.define_bidi_model('live', live, info=able)

    @ai.tool()
    async def weather(city: str) -> str:
        """Look outside."""
        await asyncio.sleep(0)
        return f'fine in {city}'

    assert weather.name == 'weather'
    return ai


async def test_both_sides_talk_while_the_other_does(ai: Genkit) -> None:
    async with ai.generate_bidi(system='So ') as conversation:
        chunks = conversation.receive()
        await conversation.send('hello')
        assert (await anext(chunks)).text == 'So hello!'
        await conversation.send([TextPart(text='good'), TextPart(text='bye')])
        assert (await anext(chunks)).text == 'So goodbye!'
        await conversation.close()
        assert [chunk async for chunk in chunks] == []
        response = await conversation.output()
    assert response.text == 'So hello! So goodbye!'
    assert [message.role for message in response.messages] == [Role.SYSTEM, Role.MODEL]


async def test_what_the_model_asks_of_a_tool_is_answered(ai: Genkit) -> None:
    async with ai.generate_bidi(tools=['weather']) as conversation:
        await conversation.send('weather Oslo')
        await conversation.close()
        chunks = [chunk async for chunk in conversation.receive()]
        assert [(chunk.role, [type(part).__name__ for part in chunk.content]) for chunk in chunks] == [
            (None, ['ToolRequestPart']),
            (Role.TOOL, ['ToolResponsePart']),
            (None, ['TextPart']),
        ]
        assert (await conversation.output()).text == 'it is fine in Oslo'


async def test_the_hook_around_tools_applies(ai: Genkit) -> None:
    seen: list[str] = []

    class Watch(BaseMiddleware[Any]):
        async def wrap_tool(self, params: Any, ctx: Any, following: Any) -> Any:
            seen.append(params.tool.name)
            return await following(params, ctx)

    async with ai.generate_bidi(tools=['weather'], use=[Watch()]) as conversation:
        await conversation.send('weather Rome')
        await conversation.close()
        await conversation.output()
    assert seen == ['weather']


async def test_a_tool_that_interrupts_is_answered_by_the_caller(ai: Genkit) -> None:
    @ai.tool(name='ask')
    async def ask(city: str, context: ToolRunContext) -> None:
        context.interrupt({'about': city})

    async def asking(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        await anext(requests)
        wish = ToolRequest(name='ask', ref='1', input='Bonn')
        await context.send(GenerateResponseChunk(content=[ToolRequestPart(tool_request=wish)]))
        part = (await anext(requests)).messages[0].content[0]
        assert isinstance(part, ToolResponsePart)
        return answer(str(part.tool_response.output))

    ai.define_bidi_model('asking', asking)
    async with ai.generate_bidi(model='asking', tools=[ask]) as conversation:
        await conversation.send('go')
        chunks = conversation.receive()
        await anext(chunks)
        waiting = (await anext(chunks)).content[0]
        assert waiting.metadata == {'interrupt': {'about': 'Bonn'}}
        response = ToolResponsePart(tool_response=ToolResponse(name='ask', ref='1', output='rain'))
        await conversation.send(Message(role=Role.TOOL, content=[response]))
        assert (await conversation.output()).text == 'rain'


async def test_of_several_tools_those_that_do_not_interrupt_are_answered_at_once(ai: Genkit) -> None:
    @ai.tool(name='ask')
    async def ask(city: str, context: ToolRunContext) -> None:
        context.interrupt({'about': city})

    async def both(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        await anext(requests)
        wishes = [ToolRequest(name=name, ref=name, input='Bonn') for name in ('ask', 'weather')]
        await context.send(GenerateResponseChunk(content=[ToolRequestPart(tool_request=wish) for wish in wishes]))
        told = [part for message in (await anext(requests)).messages for part in message.content]
        told += [part for message in (await anext(requests)).messages for part in message.content]
        answers = [part.tool_response for part in told if isinstance(part, ToolResponsePart)]
        return answer(', '.join(f'{each.name}: {each.output}' for each in answers))

    ai.define_bidi_model('both', both)
    async with ai.generate_bidi(model='both', tools=[ask, 'weather']) as conversation:
        await conversation.send('go')
        chunks = conversation.receive()
        await anext(chunks)
        waiting = (await anext(chunks)).content
        assert [part.metadata for part in waiting] == [{'interrupt': {'about': 'Bonn'}}]
        assert (await anext(chunks)).role == Role.TOOL
        response = ToolResponsePart(tool_response=ToolResponse(name='ask', ref='ask', output='rain'))
        await conversation.send(Message(role=Role.TOOL, content=[response]))
        assert (await conversation.output()).text == 'weather: fine in Bonn, ask: rain'


async def test_such_a_model_answers_a_plain_call(ai: Genkit) -> None:
    response = await ai.generate(system='Well ', prompt='weather Paris', tools=['weather'])
    assert response.text == 'it is fine in Paris'
    stream = ai.generate_stream(prompt='hello')
    assert [chunk.text async for chunk in stream] == ['hello!']


async def test_a_failing_tool_and_a_failing_model_end_the_conversation(ai: Genkit) -> None:
    @ai.tool()
    async def broken(city: str) -> str:
        raise OSError(city)

    async def wanting(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        async for _ in requests:
            wish = ToolRequest(name='broken', input='Ulm')
            await context.send(GenerateResponseChunk(content=[ToolRequestPart(tool_request=wish)]))
        return answer('never')

    async def failing(requests: AsyncIterator[GenerateRequest], _context: Context) -> GenerateResponse[Any]:
        await anext(requests)
        raise GenkitError('no more', status='RESOURCE_EXHAUSTED')

    for name, model in (('wanting', wanting), ('failing', failing)):
        ai.define_bidi_model(name, model)
    assert broken.name == 'broken'
    for name, status in (('wanting', 'INTERNAL'), ('failing', 'RESOURCE_EXHAUSTED')):
        async with ai.generate_bidi(model=name, tools=['broken']) as conversation:
            await conversation.send('go')
            with pytest.raises(GenkitError) as raised:
                async for _ in conversation.receive():
                    pass
            assert raised.value.status == status
            with pytest.raises(GenkitError) as closed:
                await conversation.send('still there?')
            assert closed.value.reason == 'CONNECTION_CLOSED'


@pytest.mark.parametrize(
    ('options', 'status', 'says'),
    [
        ({'model': 'nobody'}, 'NOT_FOUND', 'nobody'),
        ({'model': 'plain'}, 'FAILED_PRECONDITION', 'define_bidi_model'),
        ({'tools': ['nothing']}, 'NOT_FOUND', 'nothing'),
        ({'config': 'warm'}, 'INVALID_ARGUMENT', 'warm'),
    ],
)
async def test_what_cannot_be_had_is_said(ai: Genkit, options: Any, status: str, says: str) -> None:
    async def plain(_request: GenerateRequest) -> GenerateResponse[Any]:
        return answer('')

    ai.define_model('plain', plain)
    async with ai.generate_bidi(**options) as conversation:
        with pytest.raises(GenkitError, match=says) as raised:
            await conversation.output()
    assert raised.value.status == status


async def test_an_unknown_option_is_refused_at_once(ai: Genkit) -> None:
    talk: Any = ai.generate_bidi
    with pytest.raises(GenkitError, match='tool_choise'):
        talk(tool_choise='auto')


async def test_leaving_stops_the_model_and_its_tools(ai: Genkit) -> None:
    stopped: list[str] = []

    @ai.tool()
    async def slow(city: str) -> str:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.append('tool')
        return city

    async def endless(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        await anext(requests)
        wish = ToolRequest(name='slow', input='x')
        await context.send(GenerateResponseChunk(content=[ToolRequestPart(tool_request=wish)]))
        try:
            await asyncio.sleep(60)
        finally:
            stopped.append('model')
        return answer('')

    ai.define_bidi_model('endless', endless)
    before = asyncio.all_tasks()
    async with ai.generate_bidi(model='endless', tools=[slow]) as conversation:
        await conversation.send('go')
        await anext(conversation.receive())
        await asyncio.sleep(0.01)
    assert sorted(stopped) == ['model', 'tool']
    assert asyncio.all_tasks() == before


async def test_a_model_waits_for_a_slow_listener(ai: Genkit) -> None:
    sent = 0

    async def fast(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        nonlocal sent
        await anext(requests)
        for sent in range(1, 1001):  # noqa: B007  (looked at from outside)
            await context.send(chunk('x'))
        return answer('done')

    ai.define_bidi_model('fast', fast)
    async with ai.generate_bidi(model='fast', room=4) as conversation:
        await conversation.send('go')
        heard = 0
        async for _ in conversation.receive():
            heard += 1
            if heard % 100 == 0:
                await asyncio.sleep(0.001)
                assert sent <= heard + 12
    assert heard == 1000


async def test_controls_and_sound_reach_the_model_and_its_history_the_caller(ai: Genkit) -> None:
    told: list[Any] = []

    async def listening(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        async for request in requests:
            told.extend(part for message in request.messages for part in message.content)
        said = GenerateRequest(messages=[Message(role=Role.USER, content='heard')])
        return answer('said').replaced(request=said)

    ai.define_bidi_model('listening', listening)
    async with ai.generate_bidi(model='listening') as conversation:
        await conversation.send_audio(b'12', 'audio/pcm;rate=8000')
        await conversation.interrupt(heard=0.005)
        await conversation.interrupt()
        await conversation.end_turn()
        await conversation.close()
        response = await conversation.output()
    assert told[0].media.url == 'data:audio/pcm;rate=8000;base64,MTI='
    controls = [part.custom for part in told[1:]]
    assert controls == [{'realtime': 'interrupt', 'heardMs': 5}, {'realtime': 'interrupt'}, {'realtime': 'endTurn'}]
    assert [message.text for message in response.messages] == ['heard', 'said']


async def test_a_model_that_reads_ahead_is_told_the_end_and_still_gets_what_tools_return(ai: Genkit) -> None:
    async def ahead(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        said: list[str] = []

        async def call_late() -> None:
            await context.until_ending()
            await asyncio.sleep(0.01)
            wish = ToolRequest(name='weather', ref='1', input='Oslo')
            await context.send(GenerateResponseChunk(content=[ToolRequestPart(tool_request=wish)]))
            context.busy = False

        calling = asyncio.create_task(call_late())
        async for request in requests:
            context.busy = not said
            responses = [part for message in request.messages for part in message.tool_responses]
            said += [str(part.tool_response.output) for part in responses] or [request.messages[0].text]
        await calling
        return answer(', '.join(said))

    ai.define_bidi_model('ahead', ahead)
    async with ai.generate_bidi(model='ahead', tools=['weather']) as conversation:
        await conversation.send('Hi')
        await conversation.close()
        assert (await conversation.output()).text == 'Hi, fine in Oslo'


async def test_a_tool_whose_call_is_taken_back_is_cancelled(ai: Genkit) -> None:
    stopped: list[str] = []

    @ai.tool()
    async def dig(place: str) -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            stopped.append(place)
            raise
        return place

    async def hasty(requests: AsyncIterator[GenerateRequest], context: Context) -> GenerateResponse[Any]:
        for ref, cancelled in (('1', None), ('2', None), ('1', True)):
            wish = ToolRequest(name='dig', ref=ref, input=ref)
            part = ToolRequestPart(tool_request=wish, metadata={'cancelled': True} if cancelled else None)
            await context.send(GenerateResponseChunk(content=[part]))
            await asyncio.sleep(0.01)
        await anext(requests)
        return answer('enough')

    ai.define_bidi_model('hasty', hasty)
    async with ai.generate_bidi(model='hasty', tools=[dig]) as conversation:
        chunks = conversation.receive()
        for _ in range(3):
            await anext(chunks)
        while not stopped:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert stopped == ['1']
        await conversation.abort()
    assert sorted(stopped) == ['1', '2']
