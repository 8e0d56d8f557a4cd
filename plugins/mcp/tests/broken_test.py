# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Servers that break the protocol, and clients that leave."""

import asyncio
from typing import Any

import pytest
from genkit import Genkit, GenkitError, ToolRunContext
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_mcp import McpServerConfig, create_mcp_client, create_mcp_server
from mcp import Client

from . import servers
from .application import application
from .client_test import program, until


CALLS = [
    ('fine', None, 'fine'),
    ('noise', None, 'fine'),
    ('text-for-content', 'DATA_LOSS', "Tool 'text-for-content' of MCP server 'raw'"),
    ('a-list', 'DEADLINE_EXCEEDED', 'silent'),
    ('unknown-block', 'DATA_LOSS', 'failed'),
    ('not-its-schema', 'DATA_LOSS', 'answer'),
    ('other-id', 'DEADLINE_EXCEEDED', 'silent for 1.5 seconds'),
    ('error', 'INTERNAL', 'the disk is full'),
    ('bad-error', 'DEADLINE_EXCEEDED', 'silent'),
    ('fine', None, 'fine'),
]


async def test_a_server_that_breaks_the_protocol_fails_its_call_alone() -> None:
    async with create_mcp_client(program('raw.py', timeout=1.5), 'raw') as client:
        assert len(await client.get_active_tools(Genkit())) == 10
        for name, status, text in CALLS:
            if status is None:
                assert await client.call_tool(name) == text
                continue
            with pytest.raises(GenkitError) as caught:
                await client.call_tool(name)
            assert caught.value.status == status, (name, caught.value)
            assert text in str(caught.value), name


@pytest.mark.parametrize('mode', ['legacy', 'auto'])
async def test_a_client_that_leaves_while_its_human_is_asked_runs_nothing(mode: str) -> None:
    ai = application()
    charged: list[int] = []

    @ai.tool()
    async def pay(euros: int, context: ToolRunContext) -> str:
        if not context.is_resumed():
            context.interrupt({'question': 'Pay?'})
        charged.append(euros)
        return 'paid'

    server = create_mcp_server(ai, name='house')
    asked = asyncio.Event()

    async def hesitates(context: Any, params: Any) -> Any:
        asked.set()
        await asyncio.Event().wait()

    async def visit() -> None:
        async with Client(server.server, mode=mode, elicitation_callback=hesitates) as client:
            await client.call_tool('pay', {'euros': 80})

    visiting = asyncio.create_task(visit())
    async with asyncio.timeout(10):
        await asked.wait()
    visiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await visiting
    async with Client(server.server, mode=mode) as client:
        refused = await client.call_tool('pay', {'euros': 80})
        assert refused.is_error
        assert 'takes no questions' in refused.content[0].model_dump()['text']
    assert charged == []


async def test_a_client_that_is_closed_while_a_question_waits_leaves_nothing() -> None:
    client = create_mcp_client(McpServerConfig(transport=servers.odd(), mode='legacy'), 'odd')
    with pytest.raises(GenkitError, match='interrupted'):
        await client.call_tool('ask')
    await client.close()
    await until(lambda: not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()])


async def test_addresses_that_are_no_servers_say_what_they_answered() -> None:
    answers = [(200, b'<html>hello</html>'), (401, b'who are you?'), (404, b''), (500, b'oops')]
    for status, body in answers:
        with LoopbackServer(lambda _, s=status, b=body: CannedAnswer(b, s, {'content-type': 'text/html'})) as server:
            config = McpServerConfig(url=f'{server.url}/mcp?key=s3cret', mode='legacy', start_timeout=5)
            client = create_mcp_client(config, 'web')
            with pytest.raises(GenkitError, match="MCP server 'web'") as caught:
                await client.ready()
            assert 's3cret' not in str(caught.value)
            await client.close()
