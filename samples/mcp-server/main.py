# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application as an MCP server, over stdio and HTTP. It needs no key and no network."""

import argparse
import asyncio
import sys
from typing import Any

import uvicorn
from genkit import Genkit, TextPart, ToolRunContext
from genkit_mcp import create_mcp_server
from mcp import Client
from mcp.types import ElicitResult


MENU = {'soup': 4.5, 'bread': 2.0, 'cake': 3.5}
WITHOUT_ASKING = 20
ai = Genkit()


@ai.tool()
def bill(dishes: list[str]) -> float:
    """Add up what dishes cost, in euros."""
    return sum(MENU[dish] for dish in dishes)


@ai.tool()
async def charge(euros: float, context: ToolRunContext) -> str:
    """Charge the guest; a large sum needs a yes."""
    if euros > WITHOUT_ASKING and not context.is_resumed():
        context.interrupt({'question': f'Charge {euros:.2f} euros?'})
    return f'charged {euros:.2f} euros'


ai.define_prompt('recommend', prompt='Recommend a dish that goes with {{drink}}.', input_schema={'drink?': 'string'})
ai.define_resource(
    uri='restaurant://menu',
    fn=lambda _: [TextPart(text='\n'.join(f'{dish} {price:.2f}' for dish, price in MENU.items()))],
    description='What there is, with prices in euros.',
)
server = create_mcp_server(ai, name='restaurant', instructions='Charge only what the bill says.')


async def once() -> None:
    """Visit the server in this process, as a client would from outside."""

    async def human(context: Any, params: Any) -> ElicitResult:  # noqa: ARG001  (the library's signature)
        print('asked   ', params.message, 'yes')
        return ElicitResult(action='accept')

    async with Client(server.server, elicitation_callback=human) as client:
        print('tools   ', ', '.join(tool.name for tool in (await client.list_tools()).tools))
        for name, arguments in (('bill', {'dishes': ['soup', 'cake']}), ('charge', {'euros': 80})):
            result = await client.call_tool(name, arguments)
            print(f'{name:8}', *(block.text for block in result.content if block.type == 'text'))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--http', type=int, metavar='PORT', help='serve at http://127.0.0.1:PORT')
    parser.add_argument('--once', action='store_true', help='visit the server once, and end')
    given = parser.parse_args()
    if given.once:
        asyncio.run(once())
    elif given.http is not None:
        uvicorn.run(server.asgi_app(), port=given.http)
    else:
        server.run()
    return 0


if __name__ == '__main__':
    sys.exit(main())
