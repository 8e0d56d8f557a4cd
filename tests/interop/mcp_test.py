# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The MCP servers that npm has, as clients of the plugin use them."""

from pathlib import Path
from typing import Any

import pytest
from genkit import GenerateResponse, Genkit, Message, MultipartToolResponse, ToolRequestPart
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import ToolRequest
from genkit_mcp import McpServerConfig, accept, create_mcp_client, create_mcp_host, define_mcp_client, questions_of


def installed(packages: Path, name: str, *arguments: str, **options: Any) -> McpServerConfig:
    """Return how a server that npm has installed is started."""
    program = packages / 'node_modules' / '@modelcontextprotocol' / f'server-{name}' / 'dist' / 'index.js'
    return McpServerConfig(command='node', args=[str(program), *arguments], **options)


async def test_everything_that_the_reference_server_has(packages: Path) -> None:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    async with create_mcp_client(installed(packages, 'everything', 'stdio'), 'all', sampling=ai) as client:
        tools: dict[str, Any] = {tool.name: tool for tool in await client.get_active_tools(ai)}
        assert {'all/echo', 'all/trigger-sampling-request', 'all/trigger-elicitation-request'} <= set(tools)
        assert 'all/get-roots-list' not in tools
        assert (await tools['all/echo'].arun_raw({'message': 'hi'})).response == 'Echo: hi'
        weather = (await tools['all/get-structured-content'].arun_raw({'location': 'Chicago'})).response
        assert 'temperature' in weather
        image = (await tools['all/get-tiny-image'].arun_raw({})).response
        assert isinstance(image, MultipartToolResponse)
        chunks: list[Any] = []
        long = tools['all/trigger-long-running-operation']
        await long.arun_raw({'duration': 0.4, 'steps': 2}, on_chunk=chunks.append)
        assert [chunk['progress'] for chunk in chunks][-1] == 2
        sampled = (await tools['all/trigger-sampling-request'].arun_raw({'prompt': 'hi', 'maxTokens': 9})).response
        assert '[ECHO]' in str(sampled)
        assert await client.get_active_prompts(ai)
        assert await client.get_active_resources(ai)


async def test_its_question_is_an_interrupt(packages: Path) -> None:
    ai = Genkit(model='waiter')
    script, _ = define_programmable_model(ai, 'waiter')
    client = define_mcp_client(ai, installed(packages, 'everything', 'stdio'), 'all')
    wish: Any = ToolRequestPart(tool_request=ToolRequest(name='trigger-elicitation-request', ref='1', input={}))
    script.responses = [
        GenerateResponse(message=Message(role='model', content=[wish])),
        lambda request, _: GenerateResponse(
            message=Message(role='model', content=str(request.messages[-1].tool_responses[0].tool_response.output))
        ),
    ]
    paused = await ai.generate(prompt='Ask me.', tools=['all:tool/*'])
    [part] = paused.interrupts
    [question] = questions_of(part).values()
    required = question['requestedSchema'].get('required', [])
    answer = dict.fromkeys(required, 'Ada')
    response = await ai.generate(
        messages=paused.messages, tools=['all:tool/*'], resume_restart=[accept(part, {'name': 'Ada', **answer})]
    )
    assert 'Ada' in response.text
    await client.close()


async def test_files_and_memory(packages: Path, tmp_path: Path) -> None:
    (tmp_path / 'note.txt').write_text('remember the soup')
    servers = {
        'files': installed(packages, 'filesystem', str(tmp_path)),
        'memory': installed(packages, 'memory', env={'MEMORY_FILE_PATH': str(tmp_path / 'memory.jsonl')}),
    }
    async with create_mcp_host(servers) as host:
        files, memory = host.get_client('files'), host.get_client('memory')
        read = await files.call_tool('read_text_file', {'path': str(tmp_path / 'note.txt')})
        assert 'remember the soup' in str(read)
        outside = {tool.name: tool for tool in await host.get_active_tools(Genkit())}['files/read_text_file']
        assert 'error' in (await outside.arun_raw({'path': '/etc/hostname'})).response
        entity = {'name': 'Ada', 'entityType': 'guest', 'observations': ['likes soup']}
        await memory.call_tool('create_entities', {'entities': [entity]})
        graph = await memory.call_tool('read_graph')
        assert graph['entities'][0]['name'] == 'Ada'
        with pytest.raises(Exception, match='nothing'):
            await memory.call_tool('nothing')
