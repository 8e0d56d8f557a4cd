# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application that uses the tools of an MCP server over stdio. It needs no key and no network."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from genkit import GenerateRequest, GenerateResponse, Genkit, GenkitError, Message, Role, TextPart, ToolRequestPart
from genkit.types import ToolRequest
from genkit_mcp import McpServerConfig, accept, decline, define_mcp_host, questions_of


KITCHEN = str(Path(__file__).parent / 'kitchen.py')
TOOLS = ['servers:tool/*']


async def scripted(request: GenerateRequest) -> GenerateResponse[Any]:
    """A model that does what a large one would: it asks for both tools, and says what they answered."""
    answers = [part.tool_response.output for part in request.messages[-1].tool_responses]
    content: list[Any] = [TextPart(text=' '.join(map(str, answers)))]
    if not answers:
        wishes = [ToolRequest(name='menu', ref='1', input={}), ToolRequest(name='reserve', ref='2', input={'table': 7})]
        content = [ToolRequestPart(tool_request=wish) for wish in wishes]
    return GenerateResponse(message=Message(role=Role.MODEL, content=content))


async def evening(name: str) -> None:
    ai = Genkit(model='scripted')
    ai.define_model('scripted', scripted)
    config = McpServerConfig(command=sys.executable, args=[KITCHEN], mode='legacy')
    host = define_mcp_host(ai, {'kitchen': config}, 'servers')
    async with host:
        print('tools   ', ', '.join(tool.name for tool in await host.get_active_tools(ai)))
        response = await ai.generate(prompt='What is there to eat? And a table, please.', tools=TOOLS)
        while response.interrupts:
            restarts: list[ToolRequestPart] = []
            for part in response.interrupts:
                for question in questions_of(part).values():
                    print('kitchen ', question['message'])
                print('you     ', name or '(nobody)')
                restarts.append(accept(part, {'name': name}) if name else decline(part))
            response = await ai.generate(messages=response.messages, tools=TOOLS, resume_restart=restarts)
        print('model   ', response.text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--name', default='Ada', help='for whom the table is; empty to decline')
    try:
        asyncio.run(evening(parser.parse_args().name))
    except GenkitError as error:
        print(f'mcp-client: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
