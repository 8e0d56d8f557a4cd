# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from genkit import Genkit, GenkitError, MediaPart, MultipartToolResponse
from genkit_mcp import McpClient, McpServerConfig, create_mcp_client

from . import servers


HERE = Path(__file__).parent
MODES = ['legacy', '2026-07-28', 'auto']


def program(*arguments: str, **options: Any) -> McpServerConfig:
    """Return how a program of this folder is started."""
    return McpServerConfig(command=sys.executable, args=[str(HERE / arguments[0]), *arguments[1:]], **options)


@pytest.fixture(params=MODES)
async def kitchen(request: pytest.FixtureRequest) -> AsyncIterator[McpClient]:
    """A client of the kitchen, in each generation of the protocol."""
    async with create_mcp_client(McpServerConfig(transport=servers.kitchen(), mode=request.param), 'kitchen') as client:
        yield client


@pytest.fixture(params=MODES)
async def odd(request: pytest.FixtureRequest) -> AsyncIterator[McpClient]:
    """A client of the odd server, in each generation of the protocol."""
    async with create_mcp_client(McpServerConfig(transport=servers.odd(), mode=request.param), 'odd') as client:
        yield client


async def until(look: Callable[[], Any]) -> None:
    """Wait until something is there, for five seconds."""
    for _ in range(500):
        if look():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(look)


async def tool(client: McpClient, name: str) -> Any:
    """Return a tool of a client as an action."""
    [found] = [each for each in await client.get_active_tools(Genkit()) if each.name == f'{client.server_name}/{name}']
    return found


async def test_tools_are_actions_with_results_errors_progress_and_meta(kitchen: McpClient) -> None:
    add = await tool(kitchen, 'add')
    assert add.description == 'Add two numbers.'
    assert add.input_schema['required'] == ['a', 'b']
    assert (await add.arun_raw({'a': 1, 'b': 2})).response == {'result': 3}
    with pytest.raises(GenkitError, match='kitchen/add'):
        await add.arun_raw({'a': 'one', 'b': 2})

    failed = (await (await tool(kitchen, 'fail')).arun_raw({'text': 'burnt'})).response
    assert list(failed) == ['error']
    assert 'fail' in failed['error']
    with pytest.raises(GenkitError, match="Tool 'fail' of MCP server 'kitchen' failed"):
        await kitchen.call_tool('fail', {'text': 'burnt'})

    chunks: list[Any] = []
    response = await (await tool(kitchen, 'steps')).arun_raw({'count': 3}, on_chunk=chunks.append)
    assert response.response == 'done'
    assert [(chunk['progress'], chunk['total'], chunk['message']) for chunk in chunks] == [
        (1, 3, 'step 1'),
        (2, 3, 'step 2'),
        (3, 3, 'step 3'),
    ]

    said = await (await tool(kitchen, 'meta')).arun_raw({}, context={'mcp': {'_meta': {'trace': 'abc'}}})
    assert said.response == 'abc'


async def test_media_become_parts(kitchen: McpClient) -> None:
    shown = (await (await tool(kitchen, 'picture')).arun_raw({})).response
    assert isinstance(shown, MultipartToolResponse)
    assert shown.output == 'a dot'
    assert shown.content is not None
    [part] = shown.content
    assert isinstance(part, MediaPart)
    assert part.media.url == f'data:image/png;base64,{servers.PIXEL}'


async def test_pages_schemas_and_odd_names(odd: McpClient) -> None:
    listed = await odd.list_tools()
    assert len(listed) == 12
    actions: dict[str, Any] = {action.name: action for action in await odd.get_active_tools(Genkit())}
    assert actions['odd/deep/ly/nested'].input_schema == servers.TREE
    assert actions['odd/deep/ly/nested'].definition().name == 'odd_deep_ly_nested'
    assert actions['odd/other/nested'].definition().name == 'odd_other_nested'
    assert actions['odd/mixed'].definition().name == 'mixed'
    tree = {'root': {'name': 'a', 'children': [{'name': 'b'}]}}
    assert 'deep/ly/nested' in (await actions['odd/deep/ly/nested'].arun_raw(tree)).response
    with pytest.raises(GenkitError) as caught:
        await actions['odd/deep/ly/nested'].arun_raw({'root': {'name': 'a', 'children': [{}]}})
    assert caught.value.status == 'INVALID_ARGUMENT'

    mixed = (await actions['odd/mixed'].arun_raw({})).response
    assert mixed.output == {'type': 'resource_link', 'uri': 'file:///a', 'name': 'a'}
    assert [part.media.content_type for part in mixed.content] == ['audio/wav']
    assert (await actions['odd/bare'].arun_raw({})).response is None
    assert (await actions['odd/json'].arun_raw({})).response == {'a': [1]}


async def test_results_as_they_are_and_single_items() -> None:
    config = McpServerConfig(transport=servers.odd())
    async with create_mcp_client(config, 'odd', raw_tool_responses=True) as raw:
        assert (await raw.call_tool('json'))['content'] == [{'type': 'text', 'text': '{"a": [1]}'}]
    async with create_mcp_client(McpServerConfig(transport=servers.kitchen()), 'k', multipart=False) as single:
        assert (await single.call_tool('picture'))['content'][1]['mimeType'] == 'image/png'


async def test_a_cancelled_caller_cancels_the_server_and_the_connection_stays(kitchen: McpClient) -> None:
    name = f'cancel {kitchen.config.mode}'
    calling = asyncio.create_task(kitchen.call_tool('wait', {'name': name}))
    await until(lambda: name in servers.RUNNING)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await until(lambda: name in servers.CANCELLED)
    assert await kitchen.call_tool('add', {'a': 1, 'b': 1}) == {'result': 2}


async def test_a_silent_tool_ends_in_time_and_progress_keeps_it_alive() -> None:
    config = McpServerConfig(transport=servers.kitchen(), timeout=0.5)
    async with create_mcp_client(config, 'kitchen') as client:
        with pytest.raises(GenkitError, match=r'silent for 0\.5 seconds') as caught:
            await client.call_tool('wait', {'name': 'silence'})
        assert caught.value.status == 'DEADLINE_EXCEEDED'
        assert 'silence' in servers.CANCELLED
        assert await client.call_tool('steps', {'count': 2}) == 'done'


async def test_one_task_opens_another_uses_and_a_third_closes() -> None:
    client = create_mcp_client(program('servers.py'), 'kitchen')
    await asyncio.create_task(client.ready())
    assert await asyncio.create_task(client.call_tool('add', {'a': 2, 'b': 2})) == {'result': 4}
    assert await client.call_tool('say', {'text': '{"jsonrpc": broken'}) == 'none'
    large = await client.call_tool('large', {'size': 10_000_000})
    assert len(large) == 10_000_000

    dying = asyncio.create_task(client.call_tool('wait', {'name': 'x'}))
    with pytest.raises(GenkitError, match=r"connection to MCP server 'kitchen' ended.*out of memory") as caught:
        await client.call_tool('die')
    assert caught.value.status == 'UNAVAILABLE'
    with pytest.raises(GenkitError, match='ended'):
        await dying
    assert await client.call_tool('add', {'a': 3, 'b': 3}) == {'result': 6}  # a new process
    await asyncio.create_task(client.close())
    with pytest.raises(GenkitError, match='is closed'):
        await client.call_tool('add', {'a': 1, 'b': 1})
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith('mcp ')]


async def test_servers_that_do_not_start_say_why() -> None:
    table = [
        (McpServerConfig(command='no-such-program-anywhere'), 'NOT_FOUND', 'no-such-program-anywhere'),
        (program('broken.py', 'exit', env={'OWNER': 'hunter2'}), None, 'stderr ends with: the database is locked by …'),
        (
            program('broken.py', 'silent', start_timeout=0.5, mode='legacy'),
            'DEADLINE_EXCEEDED',
            'within 0.5 seconds',
        ),
        (
            program('broken.py', 'rubbish', start_timeout=5),
            'DEADLINE_EXCEEDED',
            '3 lines that are not',
        ),
        (McpServerConfig(url='http://127.0.0.1:9/mcp', start_timeout=10), 'UNAVAILABLE', 'could not be started'),
    ]

    async def one(config: McpServerConfig, status: str | None, text: str) -> None:
        client = create_mcp_client(config, 'broken')
        for _ in range(1 if config.command == sys.executable else 2):  # each one who waits is told
            with pytest.raises(GenkitError) as caught:
                await client.ready()
            assert text in str(caught.value)
            assert status in (None, caught.value.status), caught.value
        await client.close()

    await asyncio.gather(*(one(*row) for row in table))


@pytest.mark.parametrize(
    ('given', 'message'),
    [
        ({}, 'exactly one of command=, url= and transport='),
        ({'command': 'a', 'url': 'http://b'}, 'exactly one'),
        ({'commando': 'a'}, "no option 'commando'. Did you mean 'command'"),
        ({'url': 'ftp://user:secret@b'}, "url='ftp://b' is no address"),
        ({'command': 'a', 'args': '-m x'}, r"give a list, such as \['-m', 'x'\]"),
        ({'command': 'a', 'timeout': 0}, 'timeout=0 must be more than 0'),
        ({'command': 'a', 'mode': '2025'}, "mode='2025' is not one of"),
        ('python', 'a mapping such as'),
    ],
)
def test_wrong_configurations_are_refused_at_once(given: Any, message: str) -> None:
    with pytest.raises(GenkitError, match=message) as caught:
        McpClient('x', given)
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_secrets_are_in_no_repr() -> None:
    config = McpServerConfig(url='https://u:pw@h/x?k=v', headers={'Authorization': 'Bearer t0ken'}, env={'A': 'envsec'})
    client = McpClient('x', config)
    shown = repr(client) + repr(config) + config.place
    arguments = ['-m', 'x', '--api-key', 'argsec', '--token=toksec', 'y']
    shown += McpServerConfig(command='python', args=arguments).place
    assert not [word for word in ('pw', 't0ken', 'envsec', 'k=v', 'argsec', 'toksec') if word in shown]
    assert shown.endswith('python -m x --api-key … --token=… y')
