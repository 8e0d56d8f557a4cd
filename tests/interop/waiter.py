# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The agent that clients of every protocol talk with."""

import asyncio
from typing import Any

from genkit import ActionRunContext, Genkit, Message, PublicError
from genkit.agent import Agent, MemorySnapshots
from genkit.middleware import ToolApproval
from genkit.types import (
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    Part,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)


def call(name: str, **given: Any) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=f'{name}-{len(str(given))}', input=given))


async def think(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse:
    """Say what the test's script wants."""
    asked, last = [message.text for message in request.messages if message.role == 'user'][-1], request.messages[-1]
    content: list[Part]
    if last.role == 'tool':
        outputs = ' and '.join(str(part.tool_response.output) for part in last.tool_responses)
        content = await said(context, f'So {outputs}.')
    elif asked == 'pay 80':
        content = [TextPart(text='Shall I? '), call('pay', amount=80, to='Ada'), call('pay', amount=1000, to='Eve')]
    elif asked == 'ask me':
        content = [call('ask', question='Which colour?')]
    elif asked == 'count':
        content = [*await said(context, 'One two three four five six seven eight nine ten. '), call('look', at='soup')]
    elif asked == 'wait':
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text='One moment')]))
        await asyncio.Event().wait()
        content = []
    else:
        raise PublicError('RESOURCE_EXHAUSTED', 'No more soup today.')
    return GenerateResponse(message=Message(role='model', content=content), finish_reason='stop')


async def said(context: ActionRunContext, text: str) -> list[Part]:
    for word in text.split(' '):
        await asyncio.sleep(0.002)
        context.send_chunk(GenerateResponseChunk(content=[TextPart(text=f'{word} ')]))
    return [TextPart(text=''.join(f'{word} ' for word in text.split(' ')))]


def make_waiter() -> Agent:
    ai = Genkit()
    ai.define_model('brain', think)

    @ai.tool()
    async def pay(amount: int, to: str) -> str:
        """Pay."""
        return f'paid {amount} to {to}'

    @ai.tool()
    async def look(at: str, how: str = 'well') -> str:
        """Look."""
        return f'saw {at} {how}'

    ask = ai.define_interrupt('ask', {'type': 'object', 'properties': {'question': {'type': 'string'}}})
    return ai.define_agent(
        'waiter',
        model='brain',
        tools=[pay, look, ask],
        use=[ToolApproval(approved=['look', 'ask'])],
        store=MemorySnapshots(),
        authorize=lambda _context, _session: True,
    )
