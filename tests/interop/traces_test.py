# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The spans of a program beside those of the same program in JavaScript, as the telemetry server gets both."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from genkit.testing import CannedAnswer, LoopbackServer


Data = dict[str, Any]

PROGRAM = """
import asyncio
from typing import Any

from genkit import Genkit, Message, ModelInfo, Supports, TextPart, ToolRequestPart
from genkit.agent import MemorySnapshots
from genkit.types import GenerateRequest, GenerateResponse, ToolRequest
from pydantic import BaseModel


class Place(BaseModel):
    at: int


ai = Genkit()


async def small(request: GenerateRequest) -> GenerateResponse[Any]:
    asks = request.tools and len(request.messages) == 1
    part = ToolRequestPart(tool_request=ToolRequest(name='look', input={'at': 1})) if asks else TextPart(text='done')
    return GenerateResponse(message=Message(role='model', content=[part]), finish_reason='stop')


ai.define_model('acme/small', small, info=ModelInfo(supports=Supports(tools=True)))


@ai.tool(description='looks')
async def look(place: Place) -> str:
    return 'seen'


greet = ai.define_prompt('greet', model='acme/small', prompt='Hi {{name}}')
agent = ai.define_agent('waiter', model='acme/small', store=MemorySnapshots())


async def three() -> int:
    return 3


async def broken() -> None:
    raise ValueError('broken')


@ai.flow()
async def failing() -> None:
    await ai.run('step', broken)


@ai.flow()
async def everything(said: str) -> str:
    await ai.run('count', three)
    await greet({'name': 'Ada'})
    return (await ai.generate(model='acme/small', prompt=said, config={'temperature': 1})).text


async def main() -> None:
    await everything.action.arun('hey', context={'auth': {'uid': 'u1'}, 'tenant': 't'})
    await ai.generate(model='acme/small', prompt='look', tools=['look'], return_tool_requests=True)
    await greet.render({'name': 'Bob'})
    await agent.chat(session_id='table-7').send('one')
    await failing()


asyncio.run(main())
"""

# What both record word for word. Long inputs and outputs hold schemas and times; of those, whether they are there.
_SAME = (
    'genkit:type',
    'genkit:name',
    'genkit:key',
    'genkit:state',
    'genkit:init',
    'genkit:isRoot',
    'genkit:isFailureSource',
    'genkit:metadata:subtype',
    'genkit:metadata:promptName',
    'genkit:metadata:agent:sessionId',
)
_CONTENT = ('genkit:input', 'genkit:output')
_SHORT = 30
SPANS = 18


def collected(command: list[str], folder: Path) -> dict[str, Data]:
    """Return the ended spans of a program that sends them to a server of this test, by their id.

    In development a program stays for the tools; it is ended when all its spans have come.
    """
    spans: dict[str, Data] = {}
    with LoopbackServer(lambda _request: CannedAnswer.of_json({})) as server:
        environment = {**os.environ, 'GENKIT_ENV': 'dev', 'GENKIT_TELEMETRY_SERVER': server.url}
        with subprocess.Popen(command, cwd=folder, env=environment) as program:
            try:
                deadline = time.monotonic() + 50
                while len(spans) < SPANS:
                    assert time.monotonic() < deadline, f'{command} sent only {told(spans)}'
                    time.sleep(0.05)
                    for request in list(server.requests):
                        if request.path.startswith('/api/traces'):
                            found: dict[str, Data] = request.json.get('spans', {})
                            spans.update({key: span for key, span in found.items() if span.get('endTime')})
            finally:
                program.kill()
    return spans


def told(spans: dict[str, Data]) -> list[tuple[str, Data]]:
    """Return where each span stands, and what it records, in the order of these places."""
    return sorted(((_place(span, spans), _recorded(span)) for span in spans.values()), key=lambda span: span[0])


def _place(span: Data, spans: dict[str, Data]) -> str:
    parent = spans.get(span.get('parentSpanId', ''))
    return f'{_place(parent, spans)} > {span["displayName"]}' if parent else span['displayName']


def _recorded(span: Data) -> Data:
    attributes = span['attributes']
    events = span.get('timeEvents', {}).get('timeEvent', [])
    return {
        **{name: value for name, value in attributes.items() if name in _SAME},
        'path': re.sub(r',t:[^}]*', '', attributes['genkit:path']),  # kinds are named in two ways there
        **{name: _shown(attributes[name]) for name in _CONTENT if name in attributes},
        'of an agent': 'genkit:metadata:agent:snapshotId' in attributes,
        'status': span['status']['code'],
        'events': [event['annotation']['description'] for event in events],
    }


def _shown(text: str) -> str:
    return text if len(text) < _SHORT else '…'


@pytest.fixture
def theirs(scripts: Path) -> dict[str, Data]:
    return collected(['node', 'traces.mjs'], scripts)


@pytest.fixture
def ours(tmp_path: Path) -> dict[str, Data]:
    (tmp_path / 'program.py').write_text(PROGRAM, encoding='utf-8')
    return collected([sys.executable, 'program.py'], tmp_path)


def test_a_program_leaves_the_same_spans_in_both(ours: dict[str, Data], theirs: dict[str, Data]) -> None:
    assert told(ours) == told(theirs)
