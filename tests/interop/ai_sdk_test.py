# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An agent and the chat of Vercel's AI SDK: approvals, questions, stops, and connections that break."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, Message, PublicError
from genkit.agent import MemorySnapshots
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
from genkit.web import DoorApp, Server, ServerManager
from genkit_ai_sdk import AiSdkDoor


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


@pytest.fixture
async def served() -> AsyncIterator[str]:
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
    agent = ai.define_agent(
        'waiter',
        model='brain',
        tools=[pay, look, ask],
        use=[ToolApproval(approved=['look', 'ask'])],
        store=MemorySnapshots(),
        authorize=lambda _context, _session: True,
    )
    async with ServerManager([Server(app=DoorApp(AiSdkDoor(agent)), port=0)]) as serving:
        yield serving.urls[0]


async def test_a_chat_of_the_ai_sdk_talks_with_an_agent(scripts, served):
    process = await asyncio.create_subprocess_exec(
        'node', 'ai-sdk.mjs', served, '100', cwd=scripts, stdout=PIPE, stderr=PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    told = json.loads(out)
    approvals = told['approvals']
    assert [(part['type'], part['state']) for part in approvals['asked']] == [('tool-pay', 'approval-requested')] * 2
    assert (approvals['finish'], approvals['errors']) == ('tool-calls', [None, None])
    assert [(part['state'], part['approved']) for part in approvals['answered']] == [
        ('output-available', True),
        ('output-denied', False),
    ]
    assert approvals['messages'] == [{'id': 'msg-0', 'role': 'user'}, {'id': 'msg-1', 'role': 'assistant'}]
    assert 'paid 80 to Ada' in approvals['text']
    assert 'The user did not allow this call.' in approvals['text']
    assert {'sessionId', 'snapshotId'} <= set(approvals['metadata'])
    [answer] = told['question']['answered']
    assert (answer['state'], answer['output'], told['question']['status']) == ('output-available', 'red', 'ready')
    assert 'So red.' in told['question']['text']
    assert told['stopped'] == {'status': 204, 'chat': 'ready', 'text': 'One moment', 'ends': 1}
    assert told['failing'] == {'status': 'error', 'error': 'No more soup today.'}
    disconnects = told['disconnects']
    assert disconnects['whole']['tools'] == ['saw soup well']
    assert disconnects['different'] == []
    assert disconnects['breaks'] > 50
