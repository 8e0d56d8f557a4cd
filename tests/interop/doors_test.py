# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An agent and the clients of other frameworks' protocols, as npm has them: approvals, questions, stops, connections
that break.
"""

import asyncio
import json
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

from genkit.web import AgentDoor, DoorApp, Server, ServerManager
from genkit_ag_ui import AgUiDoor
from genkit_ai_sdk import AiSdkDoor

from .waiter import make_waiter


async def talk(door: AgentDoor, scripts: Path, script: str, *arguments: str) -> Any:
    """Return what a script of a client prints."""
    async with ServerManager([Server(app=DoorApp(door), port=0)]) as serving:
        process = await asyncio.create_subprocess_exec(
            'node', script, serving.urls[0], *arguments, cwd=scripts, stdout=PIPE, stderr=PIPE
        )
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


async def test_a_chat_of_the_ai_sdk_talks_with_an_agent(scripts):
    told = await talk(AiSdkDoor(make_waiter()), scripts, 'ai-sdk.mjs', '100')
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


async def test_a_front_end_of_ag_ui_talks_with_an_agent(scripts):
    told = await talk(AgUiDoor(make_waiter()), scripts, 'ag-ui.mjs')
    approvals = told['approvals']
    assert [(each['reason'], each['asks'][0]) for each in approvals['pending']] == [('tool_call', 'approved')] * 2
    assert approvals['kept'] == [each['id'] for each in approvals['pending']]
    assert (approvals['seen']['errors'], approvals['left']) == ([], 0)
    results = [message['content'] for message in approvals['messages'] if message['role'] == 'tool']
    assert results[0] == 'paid 80 to Ada'
    assert 'The user did not allow this call.' in results[1]
    assert 'So paid 80 to Ada' in approvals['messages'][-1]['content']
    assert (told['question']['reason'], told['question']['errors']) == ('input_required', [])
    assert 'So red.' in told['question']['messages'][-1]['content']
    assert told['failing']['errors'] == [{'message': 'No more soup today.', 'code': 'RESOURCE_EXHAUSTED'}]
    assert told['state']['errors'] == []
    [called] = [call for message in told['state']['messages'] for call in message.get('calls') or ()]
    assert called['arguments'] == {'at': 'soup'}
    assert told['aborted']['seconds'] < 5
    assert [answer['status'] for answer in told['refused'][:2]] == [400, 400]
    assert told['refused'][2]['status'] == 200
    assert 'must end with one of the user' in told['refused'][2]['body']
    assert told['capabilities']['identity']['name'] == 'waiter'
