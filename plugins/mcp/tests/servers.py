# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server made with the library, run in this process or as a program: ``python servers.py``."""

import asyncio
import os
import sys
from typing import Annotated, Any, cast

from mcp.server import MCPServer, Server
from mcp.server.mcpserver import Context
from mcp.types import (
    AudioContent,
    CallToolRequestParams,
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    ImageContent,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    ResourceLink,
    TextContent,
    Tool,
)


PIXEL = 'iVBORw0KGgo='
CANCELLED: list[str] = []
RUNNING: list[str] = []

TREE = {
    'type': 'object',
    'properties': {'root': {'$ref': '#/$defs/node'}},
    'required': ['root'],
    '$defs': {
        'node': {
            'type': 'object',
            'properties': {
                'name': {'type': 'string'},
                'children': {'type': 'array', 'items': {'$ref': '#/$defs/node'}},
            },
            'required': ['name'],
        }
    },
}
ASKED = {'type': 'object', 'properties': {'name': {'type': 'string'}}, 'required': ['name']}


def kitchen() -> MCPServer:
    """Return a server with tools, prompts, resources and templates."""
    server = MCPServer('kitchen', instructions='Cook.')

    @server.tool()
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    @server.tool(structured_output=False)
    def fail(text: str) -> str:
        """Fail."""
        raise RuntimeError(text)

    @server.tool(structured_output=False)
    def picture() -> list[Any]:
        """Show a picture."""
        return [TextContent(type='text', text='a dot'), ImageContent(type='image', data=PIXEL, mime_type='image/png')]

    @server.tool(structured_output=False)
    async def steps(count: int, context: Context) -> str:
        """Report progress."""
        for number in range(count):
            await context.report_progress(number + 1, count, f'step {number + 1}')
        return 'done'

    @server.tool(structured_output=False)
    async def wait(name: str) -> str:
        """Wait for ever."""
        RUNNING.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            CANCELLED.append(name)
        return 'never'

    @server.tool(structured_output=False)
    def large(size: int) -> str:
        """Return a long text."""
        return 'x' * size

    @server.tool(structured_output=False)
    def meta(context: Context) -> str:
        """Return what the caller sent as `_meta`."""
        return str((context.request_context.meta or {}).get('trace', 'nothing'))

    _add_prompts_and_resources(server)
    return server


def _add_prompts_and_resources(server: MCPServer) -> None:
    @server.prompt()
    def recipe(dish: str, style: str = 'plain') -> str:
        """Write a recipe."""
        return f'A {style} recipe for {dish}.'

    @server.resource('kitchen://menu', name='menu', mime_type='text/plain')
    def menu() -> str:
        """The menu."""
        return 'soup'

    @server.resource('kitchen://photo', name='photo', mime_type='image/png')
    def photo() -> bytes:
        """A photo."""
        return b'\x89PNG'

    @server.resource('kitchen://dish/{name}', name='dish')
    def dish(name: str) -> str:
        """A dish."""
        return f'how to cook {name}'


def odd() -> Server[Any]:
    """Return a low-level server: pages, recursive schemas, odd names, contents of all kinds, questions of 2026."""
    tools = [Tool(name=f'tool{number}', input_schema={'type': 'object'}) for number in range(5)]
    tools += [
        Tool(name='deep/ly/nested', description='Nested', input_schema=TREE),
        Tool(name='other/nested', input_schema={'type': 'object'}),
        Tool(name='mixed', input_schema={'type': 'object'}),
        Tool(name='bare', input_schema={'type': 'object'}),
        Tool(name='json', input_schema={'type': 'object'}),
        Tool(name='broken', input_schema={'type': 'object', 'properties': {'a': {'type': 'nonsense'}}}),
        Tool(name='ask', input_schema={'type': 'object'}),
    ]

    async def on_list(_context: Any, params: PaginatedRequestParams | None) -> ListToolsResult:
        start = int(params.cursor) if params is not None and params.cursor else 0
        end = start + 3
        return ListToolsResult(tools=tools[start:end], next_cursor=str(end) if end < len(tools) else None)

    async def on_call(context: Any, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        return await answer(context, params)

    return Server('odd', version='1', on_list_tools=on_list, on_call_tool=on_call)


async def answer(context: Any, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
    """Answer a call of the odd server."""
    if params.name == 'mixed':
        audio = AudioContent(type='audio', data='AAAA', mime_type='audio/wav')
        link = ResourceLink(type='resource_link', uri='file:///a', name='a')
        return CallToolResult(content=[audio, link])
    if params.name == 'bare':
        return CallToolResult(content=[])
    if params.name == 'json':
        return CallToolResult(content=[TextContent(type='text', text='{"a": [1]}')])
    if params.name == 'ask':
        return await question(context, params)
    return CallToolResult(content=[TextContent(type='text', text=f'{params.name}: {params.arguments}')])


async def question(context: Any, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
    """Ask for a name, in the way of the generation that the client speaks."""
    if context.protocol_version < '2026':
        result = await context.session.elicit_form('Your name?', ASKED)
    elif params.input_responses is None:
        asked = ElicitRequest(params=ElicitRequestFormParams(message='Your name?', requested_schema=ASKED))
        return InputRequiredResult(input_requests={'who': asked}, request_state='sealed')
    else:
        assert params.request_state == 'sealed'
        result = cast('ElicitResult', params.input_responses['who'])
    said = f'{result.action}: {(result.content or {}).get("name")}'
    return CallToolResult(content=[TextContent(type='text', text=said)])


def main() -> None:
    """Serve over stdio."""
    server = kitchen()

    @server.tool(structured_output=False)
    def die() -> str:
        """Die."""
        sys.stderr.write('out of memory\n')
        sys.stderr.flush()
        os._exit(9)

    @server.tool(structured_output=False)
    def say(text: Annotated[str, 'what']) -> str:
        """Print noise to stdout, then answer."""
        print(text)  # noqa: T201  (it is what the test is about)
        return os.environ.get('KITCHEN_SECRET', 'none')

    server.run('stdio')


if __name__ == '__main__':
    main()
