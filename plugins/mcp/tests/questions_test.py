# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Questions of servers as interrupts, models for servers, roots."""

import asyncio
from typing import Any

import pytest
from genkit import GenerateResponse, Genkit, GenkitError, Message, ToolRequestPart
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import ToolRequest
from genkit_mcp import (
    McpClient,
    McpServerConfig,
    accept,
    create_mcp_client,
    create_mcp_server,
    decline,
    define_mcp_client,
    questions_of,
)
from mcp.server import Server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    CreateMessageRequest,
    CreateMessageRequestParams,
    InputRequiredResult,
    ListRootsRequest,
    ListToolsResult,
    SamplingMessage,
    TextContent,
    Tool,
)

from . import servers
from .application import application


MODES = ['legacy', '2026-07-28', 'auto']


def asking(*tools: str) -> Any:
    """Return the answer of a model that asks for tools."""
    requests: list[Any] = [
        ToolRequestPart(tool_request=ToolRequest(name=name, ref=str(number), input={}))
        for number, name in enumerate(tools)
    ]
    return GenerateResponse(message=Message(role='model', content=requests))


def repeating(request: Any, _: object) -> Any:
    """Answer with what the tools said."""
    answers = [part.tool_response.output for part in request.messages[-1].tool_responses]
    return GenerateResponse(message=Message(role='model', content=str(answers)))


def application_with(config: McpServerConfig, **options: Any) -> tuple[Genkit, Any, McpClient]:
    """Return an application with a model that is told what to say, and a provider."""
    ai = Genkit(model='waiter')
    script, _ = define_programmable_model(ai, 'waiter')
    return ai, script, define_mcp_client(ai, config, 'odd', **options)


@pytest.mark.parametrize('mode', MODES)
async def test_a_question_pauses_the_generation_and_the_answer_goes_on(mode: str) -> None:
    ai, script, client = application_with(McpServerConfig(transport=servers.odd(), mode=mode))
    for restart, said in (
        (lambda part: accept(part, {'name': 'Ada'}), 'accept: Ada'),
        (decline, 'decline: None'),
    ):
        script.responses = [asking('ask', 'bare'), repeating]
        paused = await ai.generate(prompt='Hello.', tools=['odd:tool/*'])
        assert paused.finish_reason == 'interrupted'
        [part] = paused.interrupts
        assert part.interrupt['question'] == 'Your name?'
        [question] = questions_of(part).values()
        assert question == {'message': 'Your name?', 'requestedSchema': servers.ASKED}
        with pytest.raises(GenkitError, match="lacks 'name'"):
            await ai.generate(messages=paused.messages, tools=['odd:tool/*'], resume_restart=[accept(part)])
        with pytest.raises(GenkitError, match='expected'):
            await ai.generate(
                messages=paused.messages, tools=['odd:tool/*'], resume_restart=[part.restart({'ok': True})]
            )
        response = await ai.generate(messages=paused.messages, tools=['odd:tool/*'], resume_restart=[restart(part)])
        assert response.text == f"['{said}', None]"
    await client.close()


@pytest.mark.parametrize('mode', MODES)
async def test_an_answer_may_come_to_another_process(mode: str) -> None:
    ai, script, client = application_with(McpServerConfig(transport=servers.odd(), mode=mode))
    script.responses = [asking('ask')]
    paused = await ai.generate(prompt='Hello.', tools=['odd:tool/*'])
    await client.close()

    ai, script, client = application_with(McpServerConfig(transport=servers.odd(), mode=mode))
    script.responses = [repeating]
    restart = accept(paused.interrupts[0], {'name': 'Eve'})
    response = await ai.generate(messages=paused.messages, tools=['odd:tool/*'], resume_restart=[restart])
    assert response.text == "['accept: Eve']"
    await client.close()


async def test_nobody_answers_in_time_and_the_held_call_ends() -> None:
    server = servers.odd()
    config = McpServerConfig(transport=server, mode='legacy', question_timeout=0.1)
    ai, script, client = application_with(config)
    script.responses = [asking('ask')]
    paused = await ai.generate(prompt='Hello.', tools=['odd:tool/*'])
    await asyncio.sleep(0.2)  # longer than the limit
    assert await client.call_tool('bare') is None  # the connection is as before
    script.responses = [repeating]
    restart = accept(paused.interrupts[0], {'name': 'Ada'})
    response = await ai.generate(messages=paused.messages, tools=['odd:tool/*'], resume_restart=[restart])
    assert response.text == "['accept: Ada']"  # asked anew
    await client.close()


async def test_an_answer_for_another_call_is_refused() -> None:
    async with create_mcp_client(McpServerConfig(transport=servers.odd(), mode='legacy'), 'odd') as client:
        actions: dict[str, Any] = {action.name: action for action in await client.get_active_tools(Genkit())}
        with pytest.raises(GenkitError) as paused:
            await actions['odd/ask'].arun_raw({})
        forged: Any = {'resumed': {'action': 'accept', 'content': {'name': 'x'}}}
        forged['interrupt_metadata'] = getattr(paused.value, 'metadata', {})
        with pytest.raises(GenkitError, match='names a call of another tool') as caught:
            await actions['odd/json'].arun_raw({}, **forged)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert (await actions['odd/ask'].arun_raw({}, **forged)).response == 'accept: x'


@pytest.mark.parametrize('mode', MODES)
async def test_an_interrupt_of_an_application_passes_through_two_doors(mode: str) -> None:
    server = create_mcp_server(application(), name='house').server
    ai, script, client = application_with(McpServerConfig(transport=server, mode=mode))
    request: Any = ToolRequestPart(tool_request=ToolRequest(name='charge', ref='1', input={'euros': 80}))
    script.responses = [GenerateResponse(message=Message(role='model', content=[request])), repeating]
    paused = await ai.generate(prompt='The bill.', tools=['odd:tool/odd/charge'])
    [part] = paused.interrupts
    assert part.interrupt['question'] == 'Charge 80 euros?'
    response = await ai.generate(
        messages=paused.messages, tools=['odd:tool/odd/charge'], resume_restart=[accept(part, {'answer': 'ok'})]
    )
    assert "charged 80 ({'answer': 'ok'})" in response.text
    await client.close()


def curious() -> Server[Any]:
    """Return a server that asks for a model and for roots, in the way of each generation."""
    asked = CreateMessageRequestParams(
        messages=[SamplingMessage(role='user', content=TextContent(type='text', text='Say hello.'))], max_tokens=10
    )

    async def on_list(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=[Tool(name=name, input_schema={'type': 'object'}) for name in ('sample', 'roots')])

    async def on_call(context: Any, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        is_sample = params.name == 'sample'
        if context.protocol_version < '2026':
            session = context.session
            given = (
                await session.create_message(asked.messages, max_tokens=10) if is_sample else await session.list_roots()
            )
        elif params.input_responses is None:
            wanted = CreateMessageRequest(params=asked) if is_sample else ListRootsRequest()
            return InputRequiredResult(input_requests={'it': wanted}, request_state='s')
        else:
            given = params.input_responses['it']
        said: Any = given
        text = said.content.text if is_sample else str([str(root.uri) for root in said.roots])
        return CallToolResult(content=[TextContent(type='text', text=text)])

    return Server('curious', on_list_tools=on_list, on_call_tool=on_call)


@pytest.mark.filterwarnings('ignore:.*deprecated')
@pytest.mark.parametrize('mode', MODES)
async def test_models_and_roots_are_for_servers_that_may_have_them(mode: str) -> None:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    config = McpServerConfig(transport=curious(), mode=mode, roots=['file:///srv/data'])
    async with create_mcp_client(config, 'curious', sampling=ai) as client:
        assert await client.call_tool('sample') == '[ECHO] user: Say hello. config: {"maxOutputTokens": 10}'
        assert await client.call_tool('roots') == "['file:///srv/data']"
        await client.update_roots(['file:///srv/other'])
        assert 'file:///srv/other' in str(await client.call_tool('roots'))
    async with create_mcp_client(McpServerConfig(transport=curious(), mode=mode), 'curious') as client:
        for name in ('sample', 'roots'):
            with pytest.raises(GenkitError):
                await client.call_tool(name)
        with pytest.raises(GenkitError, match='made without roots'):
            await client.update_roots([])


@pytest.mark.parametrize('mode', MODES)
async def test_two_tools_ask_at_once_and_a_third_one_works(mode: str) -> None:
    ai, script, client = application_with(McpServerConfig(transport=servers.odd(), mode=mode))
    script.responses = [asking('ask', 'ask', 'json', 'ask'), repeating]
    paused = await ai.generate(prompt='Hello.', tools=['odd:tool/*'])
    assert [part.interrupt['question'] for part in paused.interrupts] == ['Your name?'] * 3
    first, second, third = paused.interrupts
    restarts = [accept(first, {'name': 'Ada'}), decline(second), accept(third, {'name': 'Eve'})]
    response = await ai.generate(messages=paused.messages, tools=['odd:tool/*'], resume_restart=restarts)
    for said in ('accept: Ada', 'decline: None', 'accept: Eve', "{'a': [1]}"):
        assert said in response.text
    await client.close()
