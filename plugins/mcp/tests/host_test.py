# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import sys
from typing import Any

import pytest
from genkit import ActionKind, GenerateResponse, Genkit, GenkitError, Message, ToolRequestPart
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import Resource, ResourcePart, ToolRequest
from genkit_mcp import McpServerConfig, create_mcp_host, define_mcp_client, define_mcp_host
from mcp.server import Server
from mcp.types import ListToolsResult

from . import servers
from .client_test import program, until


def kitchen() -> McpServerConfig:
    """Return a kitchen in this process."""
    return McpServerConfig(transport=servers.kitchen())


@pytest.fixture
def ai() -> Genkit:
    made = Genkit(model='echo')
    define_echo_model(made, 'echo')
    return made


async def test_models_use_the_tools_of_a_host_by_pattern(ai: Genkit) -> None:
    script, _ = define_programmable_model(ai, 'waiter')
    host = define_mcp_host(ai, {'east': kitchen(), 'west': kitchen()}, 'houses')
    request: Any = ToolRequestPart(tool_request=ToolRequest(name='east_add', ref='1', input={'a': 1, 'b': 2}))
    script.responses = [
        GenerateResponse(message=Message(role='model', content=[request])),
        lambda request, _: GenerateResponse(
            message=Message(role='model', content=str(request.messages[-1].tool_responses[0].tool_response.output))
        ),
    ]
    response = await ai.generate(model='waiter', prompt='Add.', tools=['houses:tool/east/add'])
    assert response.text == "{'result': 3}"
    script.responses = [GenerateResponse(message=Message(role='model', content='ok'))]
    await ai.generate(model='waiter', prompt='Add.', tools=['houses:tool/*'])
    names = {tool.name for tool in script.requests[-1].tools or ()}
    assert {'east_add', 'west_add', 'east_large'} <= names
    listed = [action.key for action in await ai.list_actions('tool')]
    assert '/dynamic-action-provider/houses:tool/east/add' in listed
    with pytest.raises(GenkitError, match="'houses:tool/east/subtract' not found"):
        await ai.generate(model='waiter', prompt='Add.', tools=['houses:tool/east/subtract'])
    await host.close()


async def test_prompts_and_resources(ai: Genkit) -> None:
    client = define_mcp_client(ai, kitchen(), 'kitchen')
    prompt = await client.get_prompt(ai, 'recipe')
    assert prompt.input_schema['required'] == ['dish']
    assert [message.text for message in await prompt.render({'dish': 'soup'})] == ['A plain recipe for soup.']
    assert (await prompt({'dish': 'soup', 'style': 'short'})).text == '[ECHO] user: A short recipe for soup.'
    with pytest.raises(GenkitError, match="needs 'dish'"):
        await prompt.render({})
    with pytest.raises(GenkitError, match='take texts alone'):
        await prompt.render({'dish': ['soup']})
    with pytest.raises(GenkitError, match="Prompt 'cake' not found"):
        await client.get_prompt(ai, 'cake')
    assert (await client.get_prompt('recipe', {'dish': 'soup'})).messages

    resources: Any = await client.get_active_resources(ai)
    assert sorted(resource.name for resource in resources) == ['kitchen/dish', 'kitchen/menu', 'kitchen/photo']
    for uri, said in (('kitchen://menu', 'soup'), ('kitchen://dish/soup', 'how to cook soup')):
        wanted = ResourcePart(resource=Resource(uri=uri))
        assert (await ai.generate(prompt=wanted, resources=resources)).text == f'[ECHO] user: {said}'
    [photo] = await client.read_resource('kitchen://photo')
    assert photo.model_dump()['media']['url'].startswith('data:image/png;base64,')
    with pytest.raises(GenkitError) as caught:
        await client.read_resource('kitchen://nothing')
    assert caught.value.status == 'NOT_FOUND'
    await client.close()


async def test_what_is_registered_is_there_for_all(ai: Genkit) -> None:
    async with create_mcp_host({'kitchen': kitchen()}) as host:
        await host.get_client('kitchen').register(ai)
        tool: Any = await ai.registry.require_action(ActionKind.TOOL, 'kitchen/add')
        assert (await tool.arun_raw({'a': 2, 'b': 3})).response == {'result': 5}
        response = await ai.generate(prompt=ResourcePart(resource=Resource(uri='kitchen://menu')))
        assert response.text == '[ECHO] user: soup'


async def test_servers_are_swapped_while_tools_run(ai: Genkit) -> None:
    host = define_mcp_host(ai, {'a': kitchen(), 'b': kitchen()}, 'houses')
    same = host.get_client('b')
    running = asyncio.create_task(host.get_client('a').call_tool('wait', {'name': 'swapped'}))
    await until(lambda: 'swapped' in servers.RUNNING)
    listing = asyncio.create_task(host.get_active_tools(ai))
    await host.update_servers({'b': same.config, 'c': kitchen()})
    with pytest.raises(GenkitError, match="connection to MCP server 'a' ended") as caught:
        await running
    assert caught.value.status == 'UNAVAILABLE'
    await listing
    assert host.get_client('b') is same
    assert {tool.name.partition('/')[0] for tool in await host.get_active_tools(ai)} == {'b', 'c'}
    with pytest.raises(GenkitError, match="MCP server 'a' not found"):
        await host.disconnect('a')

    await host.disable('b')
    assert {tool.name.partition('/')[0] for tool in await host.get_active_tools(ai)} == {'c'}
    with pytest.raises(GenkitError, match='is disabled'):
        await same.call_tool('add', {'a': 1, 'b': 1})
    await host.enable('b')
    await host.reconnect('c')
    assert await same.call_tool('add', {'a': 1, 'b': 1}) == {'result': 2}
    await host.connect('c', kitchen())
    await host.close()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith('mcp ')]


async def test_a_server_that_fails_is_named_or_left_out(ai: Genkit, caplog: pytest.LogCaptureFixture) -> None:
    broken = {'good': kitchen(), 'bad': program('broken.py', 'exit')}
    strict = define_mcp_host(ai, broken, 'strict')
    with pytest.raises(GenkitError, match=r"'bad'.*the database is locked"):
        await strict.ready()
    with pytest.raises(GenkitError, match='the database is locked'):
        await ai.generate(prompt='Hello.', tools=['strict:tool/*'])
    await strict.close()
    lenient = create_mcp_host(broken, skip_failed=True)
    assert {tool.name.partition('/')[0] for tool in await lenient.get_active_tools(ai)} == {'good'}
    assert 'the database is locked' in caplog.text
    await lenient.close()
    with pytest.raises(GenkitError, match='holds a slash'):
        create_mcp_host({'a/b': kitchen()})


def test_each_event_loop_has_its_own_connection(ai: Genkit) -> None:
    client = define_mcp_client(ai, kitchen(), 'kitchen')
    apart = define_mcp_client(ai, program('servers.py'), 'apart')

    async def use() -> Any:
        result = await client.call_tool('add', {'a': 1, 'b': 1})
        await client.restart()
        return result

    async def leave() -> None:
        await apart.call_tool('add', {'a': 1, 'b': 1})

    assert asyncio.run(use()) == {'result': 2}
    assert asyncio.run(use()) == {'result': 2}
    asyncio.run(leave())  # a program that ends without closing says nothing and leaves nothing


async def test_real_servers_from_pypi(ai: Genkit) -> None:
    time = McpServerConfig(command=sys.executable, args=['-m', 'mcp_server_time', '--local-timezone', 'UTC'])
    fetch = McpServerConfig(command=sys.executable, args=['-m', 'mcp_server_fetch', '--ignore-robots-txt'])
    async with create_mcp_host({'time': time, 'fetch': fetch}) as host:
        tools = {tool.name: tool for tool in await host.get_active_tools(ai)}
        assert {'time/get_current_time', 'time/convert_time', 'fetch/fetch'} <= set(tools)
        now = (await tools['time/get_current_time'].arun_raw({'timezone': 'UTC'})).response
        assert now['timezone'] == 'UTC'
        refused = (await tools['fetch/fetch'].arun_raw({'url': 'http://127.0.0.1:9/'})).response
        assert 'error' in refused


async def test_pages_that_have_no_end_are_an_error(ai: Genkit) -> None:
    async def on_list(_context: Any, _params: Any) -> ListToolsResult:
        return ListToolsResult(tools=[], next_cursor='again')

    async with create_mcp_host({'x': McpServerConfig(transport=Server('x', on_list_tools=on_list))}) as host:
        with pytest.raises(GenkitError, match='pages have no end') as caught:
            await host.get_active_tools(ai)
        assert caught.value.status == 'DATA_LOSS'
