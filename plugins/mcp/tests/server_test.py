# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import httpx2
import pytest
import uvicorn
from genkit import Genkit, GenkitError
from genkit_mcp import McpServerConfig, create_mcp_client, create_mcp_server
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import ElicitResult, TextResourceContents
from starlette.applications import Starlette
from starlette.routing import Mount

from .application import CANCELLED, PIXEL, RUNNING, application
from .client_test import until


MODES = ['legacy', '2026-07-28']


class Guest:
    """A client with a human who answers what is told."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer = ElicitResult(action='accept', content={'answer': 'yes'})

    async def __call__(self, context: Any, params: Any) -> ElicitResult:
        self.asked.append(params)
        return self.answer


def visited(mode: str, guest: Guest | None = None) -> Client:
    """Return the library's own client at the application."""
    server = create_mcp_server(application(), name='house', page_size=4, context=lambda _: {'who': 'Ada '})
    return Client(server.server, mode=mode, elicitation_callback=guest or Guest())


def text(result: Any) -> str:
    """Return the text of a result."""
    return ''.join(block.text for block in result.content if block.type == 'text')


@pytest.mark.parametrize('mode', MODES)
async def test_tools_are_listed_in_pages_with_their_schemas_and_run(mode: str) -> None:
    async with visited(mode) as house:
        tools: dict[str, Any] = {}
        cursor = None
        while True:
            page = await house.list_tools(cursor=cursor)
            assert len(page.tools) <= 4
            tools.update({tool.name: tool for tool in page.tools})
            if (cursor := page.next_cursor) is None:
                break
        assert set(tools) >= {'order', 'kitchen/double', 'tree', 'count', 'photo', 'fail', 'charge', 'ask_guest'}
        assert all(tool.input_schema['type'] == 'object' for tool in tools.values())
        assert '$defs' in tools['tree'].input_schema

        ordered = await house.call_tool('order', {'dish': 'soup', 'portions': 2})
        assert ordered.structured_content == {'dish': 'soup', 'euros': 9.0}
        assert text(await house.call_tool('kitchen/double', {'number': 21})) == '42'
        assert text(await house.call_tool('tree', {'name': 'a', 'children': [{'name': 'b', 'children': []}]})) == '2'
        assert text(await house.call_tool('whoami', {}, meta={'trace': 'abc'})) == 'Ada abc'

        reports: list[Any] = []

        async def report(progress: float, total: float | None, message: str | None) -> None:
            reports.append((progress, total, message))

        assert text(await house.call_tool('count', {'to': 3}, progress_callback=report)) == 'counted'
        assert reports == [(1, None, 'number 0'), (2, None, 'number 1'), (3, None, 'number 2')]

        shown = await house.call_tool('photo', {})
        assert text(shown) == 'a dot'
        assert shown.content[1].model_dump()['data'] == PIXEL


@pytest.mark.parametrize('mode', MODES)
async def test_errors_say_what_a_client_may_know(mode: str) -> None:
    async with visited(mode) as house:
        ours = await house.call_tool('fail', {'how': 'ours'})
        assert (ours.is_error, text(ours)) == (True, 'The oven is cold.')
        foreign = await house.call_tool('fail', {'how': 'foreign'})
        assert (foreign.is_error, text(foreign)) == (True, "The tool 'fail' failed.")
        wrong = await house.call_tool('order', {'portions': 'many'})
        assert wrong.is_error
        assert 'dish' in text(wrong)
        for call in (
            house.call_tool('nothing', {}),
            house.get_prompt('nothing'),
            house.get_prompt('greet', {}),
            house.read_resource('house://nothing/at/all'),
            house.list_tools(cursor='../1'),
        ):
            with pytest.raises(MCPError) as caught:
                await call
            assert caught.value.code in {-32602, -32002}


@pytest.mark.parametrize('mode', MODES)
async def test_prompts_and_resources(mode: str) -> None:
    async with visited(mode) as house:
        listed = (await house.list_prompts()).prompts
        assert [prompt.name for prompt in listed] == ['greet']
        assert [(each.name, each.required) for each in listed[0].arguments or ()] == [('name', True), ('times', False)]
        prompt = await house.get_prompt('greet', {'name': 'Ada', 'times': '2'})
        assert [(each.role, each.content.model_dump()['text']) for each in prompt.messages] == [
            ('user', 'Be kind.'),
            ('user', 'Greet Ada 2 times.'),
        ]
        assert [resource.uri for resource in (await house.list_resources()).resources] == ['house://menu']
        templates = (await house.list_resource_templates()).resource_templates
        assert [template.uri_template for template in templates] == ['house://{room}/photo']
        [menu] = (await house.read_resource('house://menu')).contents
        assert isinstance(menu, TextResourceContents)
        assert menu.text == 'soup'
        contents = (await house.read_resource('house://hall/photo')).contents
        assert [getattr(each, 'blob', None) or getattr(each, 'text', None) for each in contents] == [PIXEL, 'hall']


@pytest.mark.parametrize('mode', MODES)
async def test_an_interrupt_is_a_question_to_the_client(mode: str) -> None:
    guest = Guest()
    async with visited(mode, guest) as house:
        assert text(await house.call_tool('charge', {'euros': 20})) == 'charged 20 (None)'
        assert text(await house.call_tool('charge', {'euros': 80})) == "charged 80 ({'answer': 'yes'})"
        assert [each.message for each in guest.asked] == ['Charge 80 euros?']
        assert text(await house.call_tool('ask_guest', {'dish': 'soup'})) == 'yes'
        guest.answer = ElicitResult(action='decline')
        refused = await house.call_tool('charge', {'euros': 80})
        assert refused.is_error
        assert 'declined' in text(refused)


async def test_a_forged_approval_runs_nothing() -> None:
    keys = ['k' * 32]
    server = create_mcp_server(application(), name='house', state_keys=keys)
    async with Client(server.server, mode='2026-07-28', elicitation_callback=Guest()) as client:
        asked: Any = await client.session.call_tool('charge', {'euros': 80}, allow_input_required=True)
        yes: Any = {'answer': ElicitResult(action='accept')}

        async def again(name: str, arguments: dict[str, Any], state: str | None) -> Any:
            return await client.session.call_tool(
                name, arguments, input_responses=yes, request_state=state, allow_input_required=True
            )

        forged = asked.request_state[:-6] + ('AAAAAA' if asked.request_state[-6:] != 'AAAAAA' else 'BBBBBB')
        for name, arguments, state in (
            ('charge', {'euros': 80}, forged),
            ('charge', {'euros': 8000}, asked.request_state),
            ('ask_guest', {'euros': 80}, asked.request_state),
        ):
            with pytest.raises(MCPError, match='requestState') as caught:
                await again(name, arguments, state)
            assert caught.value.code == -32602
        unsealed = await again('charge', {'euros': 80}, None)
        assert unsealed.result_type == 'input_required'
    # Another process with the same key goes on where the first one has stopped.
    server = create_mcp_server(application(), name='house', state_keys=keys)
    async with Client(server.server, mode='2026-07-28', elicitation_callback=Guest()) as client:
        result: Any = await client.session.call_tool(
            'charge', {'euros': 80}, input_responses=yes, request_state=asked.request_state, allow_input_required=True
        )
        assert text(result) == 'charged 80 (True)'


async def test_what_is_not_named_is_not_shown() -> None:
    server = create_mcp_server(application(), tools=['order'], prompts=(), resources=())
    async with Client(server.server) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ['order']
        assert not (await client.list_prompts()).prompts
        with pytest.raises(MCPError, match='Unknown tool'):
            await client.call_tool('charge', {'euros': 80})
        with pytest.raises(MCPError):
            await client.read_resource('house://menu')
    with pytest.raises(GenkitError, match="unexpected keyword argument 'tool'"):
        create_mcp_server(application(), tool=['order'])


async def test_over_stdio_what_the_application_prints_breaks_nothing() -> None:
    program = McpServerConfig(command=sys.executable, args=['-m', 'application'], cwd=str(Path(__file__).parent))
    async with create_mcp_client(program, 'house') as client:
        assert await client.call_tool('order', {'dish': 'soup'}) == {'dish': 'soup', 'euros': 4.5}
        assert await client.call_tool('kitchen/double', {'number': 4}) == '8'
        assert [part.model_dump()['text'] for part in await client.read_resource('house://menu')] == ['soup']


@pytest.mark.skipif(sys.platform == 'win32', reason='signals of this kind are those of POSIX')
def test_ctrl_c_ends_a_server_that_waits_for_its_client() -> None:
    program = [sys.executable, str(Path(__file__).parent / 'application.py')]
    given: Any = {'stdin': subprocess.PIPE, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE, 'text': True}
    client = {'protocolVersion': '2025-06-18', 'capabilities': {}, 'clientInfo': {'name': 'x', 'version': '1'}}
    with subprocess.Popen(program, **given) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {'jsonrpc': '2.0', 'id': 1, 'method': 'initialize', 'params': client}
        process.stdin.write(f'{json.dumps(asked)}\n')
        process.stdin.flush()
        while '"id":1' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """The application, mounted in another one, at a loopback port."""
    mounted = create_mcp_server(application(), name='house').asgi_app()
    app = Starlette(routes=[Mount('/mcp', app=mounted)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level='warning', lifespan='off'))
    serving = asyncio.create_task(server.serve())
    for _ in range(1000):
        if server.started:
            break
        await asyncio.sleep(0.01)
    yield f'http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/mcp/'
    server.should_exit = True
    await serving
    await mounted.close()


async def test_over_http_mounted_in_another_application(address: str) -> None:
    for mode in ('legacy', 'auto'):
        async with create_mcp_client(McpServerConfig(url=address, mode=mode), 'house') as client:
            names = [tool.name for tool in await client.get_active_tools(Genkit())]
            assert 'house/order' in names
            assert 'house/kitchen/double' in names
            chunks: list[Any] = []
            [count] = [tool for tool in await client.get_active_tools(Genkit()) if tool.name == 'house/count']
            assert (await count.arun_raw({'to': 2}, on_chunk=chunks.append)).response == 'counted'
            assert [chunk['message'] for chunk in chunks] == ['number 0', 'number 1']
            assert len(await client.call_tool('large', {'size': 10_000_000})) == 10_000_000
            calling = asyncio.create_task(client.call_tool('wait', {'name': f'http {mode}'}))
            await until(lambda name=f'http {mode}': name in RUNNING)
            calling.cancel()
            await until(lambda name=f'http {mode}': name in CANCELLED)

    async with httpx2.AsyncClient() as web:
        sent = {'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list', 'params': {}}
        accept = {'Accept': 'application/json, text/event-stream'}
        table = [
            ({'Host': 'evil.example'}, 421),
            ({'Origin': 'https://evil.example'}, 403),
            ({'Content-Type': 'text/plain'}, 400),
        ]
        for headers, status in table:
            answer = await web.post(address, json=sent, headers={**accept, **headers})
            assert answer.status_code == status, headers
        assert (await web.post(address, content=b'x' * 5_000_000, headers=accept)).status_code in {400, 413}


class Line:
    """A line to a server that can be cut.

    Attributes:
        address: Where it begins.
    """

    def __init__(self, address: str) -> None:
        self._port = int(address.split(':')[2].split('/', maxsplit=1)[0])
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self.address = ''

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connect, '127.0.0.1', 0)
        self.address = f'http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/mcp/'
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.cut()
        self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection('127.0.0.1', self._port)
        self._writers += [writer, far_writer]
        for source, target in ((reader, far_writer), (far_reader, writer)):
            self._tasks.add(asyncio.create_task(self._carry(source, target)))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)


@pytest.mark.parametrize('mode', ['legacy', 'auto'])
async def test_a_line_that_is_cut_in_mid_call_fails_the_call_and_the_next_one_works(address: str, mode: str) -> None:
    async with Line(address) as line:
        config = McpServerConfig(url=line.address, mode=mode, timeout=10)
        async with create_mcp_client(config, 'house') as client:
            calling = asyncio.create_task(client.call_tool('wait', {'name': f'cut {mode}'}))
            await until(lambda: f'cut {mode}' in RUNNING)
            line.cut()
            with pytest.raises(GenkitError) as caught:
                await calling
            assert caught.value.status == 'UNAVAILABLE', caught.value
            assert await client.call_tool('kitchen/double', {'number': 2}) == '4'
