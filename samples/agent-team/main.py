# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A host who lets a cook and a waiter do the work: agents as tools of an agent. Needs no model with weights."""

import asyncio
import sys
from typing import Any

from genkit import GenerateRequest, GenerateResponse, Genkit, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.agent import Agent
from genkit.types import ToolRequest


QUESTION = 'A fish soup for table 7, please.'


async def scripted(request: GenerateRequest) -> GenerateResponse[Any]:
    """A model that does what a large one would: who has tools delegates, and who has none does the work."""
    system = next((message.text for message in request.messages if message.role == Role.SYSTEM), '')
    last = request.messages[-1]
    if request.tools and last.role == Role.USER:
        wishes = [
            ToolRequest(name='cook', ref='1', input={'task': f'Make this: {last.text}'}),
            ToolRequest(name='waiter', ref='2', input={'task': f'Lay the table for this: {last.text}'}),
        ]
        content: list[Any] = [ToolRequestPart(tool_request=wish) for wish in wishes]
    elif last.role == Role.TOOL:
        told = [part.tool_response.output for part in last.content if isinstance(part, ToolResponsePart)]
        content = [TextPart(text=f'All is done. {" ".join(map(str, told))}')]
    else:
        content = [TextPart(text=f'{system.partition(":")[0]} has done it ({last.text})')]
    return GenerateResponse(message=Message(role=Role.MODEL, content=content))


def team(ai: Genkit) -> Agent:
    """Return the host, whose tools are the others."""
    cook = ai.define_agent('cook', system='The cook: makes what is asked for.', agent_description='Cooks a dish.')
    waiter = ai.define_agent('waiter', system='The waiter: serves.', agent_description='Lays and serves a table.')
    return ai.define_agent(
        'host', system='The host: lets the cook and the waiter work.', tools=[cook.as_tool(), waiter.as_tool()]
    )


async def run() -> None:
    ai = Genkit(model='scripted')
    ai.define_model('scripted', scripted)
    chat = team(ai).chat()
    print(f'guest   {QUESTION}')
    response = await chat.send(QUESTION)
    for message in chat.messages:
        for part in message.content:
            if isinstance(part, ToolRequestPart):
                print(f'host    → {part.tool_request.name}: {part.tool_request.input["task"]}')
            elif isinstance(part, ToolResponsePart):
                print(f'{part.tool_response.name:<7} → host: {part.tool_response.output}')
    print(f'host    {response.text}')


def main() -> int:
    asyncio.run(run())
    return 0


if __name__ == '__main__':
    sys.exit(main())
