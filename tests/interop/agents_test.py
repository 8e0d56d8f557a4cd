# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents of one language talked with from the other."""

import asyncio
import contextlib
import json
from asyncio.subprocess import PIPE
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Message, Role, TextPart, ToolRequestPart, ToolResponsePart, ToolRunContext
from genkit.agent import AgentError, MemorySnapshots
from genkit.client import remote_agent
from genkit.types import (
    AgentResult,
    Artifact,
    FinishReason,
    GenerateRequest,
    GenerateResponse,
    GenerateResponseChunk,
    ToolRequest,
    ToolResponse,
    WireModel,
)
from genkit.web import FlowsApp, Server, ServerManager


class About(WireModel):
    about: str


def _shown(message: Message) -> str:
    first = message.content[0]
    answer = isinstance(first, ToolResponsePart)
    return f'tool: {first.tool_response.output}' if answer else f'{message.role}: {message.text or "?"}'


async def cook(runner: Any, _context: Any) -> AgentResult:
    async def turn(given: Any, _turn: Any) -> None:
        dish = given.message.text
        if dish == 'fail':
            raise GenkitError('no such dish', status='NOT_FOUND')
        await runner.update_custom(lambda old: {'orders': [*((old or {}).get('orders', [])), dish]})
        runner.add_artifacts(Artifact(name='bill', parts=[TextPart(text=f'1 {dish}')]))
        runner.add_messages(Message(role=Role.MODEL, content=f'One {dish}.'))

    await runner.run(turn)
    return await runner.result()


async def slow(runner: Any, context: Any) -> AgentResult:
    async def turn(given: Any, _turn: Any) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(context.abort_signal.wait(), 60 if given.message.text == 'long' else 0.05)
        runner.add_messages(Message(role=Role.MODEL, content='done'))

    await runner.run(turn)
    return await runner.result()


@pytest.fixture
def python_agents() -> FlowsApp:
    ai = Genkit(model='echo')

    async def echo(request: GenerateRequest, context: Any) -> GenerateResponse[Any]:
        text = request.messages[-1].text
        if text in {'ask', 'confirm'}:
            wish = ToolRequestPart(tool_request=ToolRequest(name=text, ref='1', input={'about': 'table'}))
            return GenerateResponse(message=Message(role=Role.MODEL, content=[wish]), finish_reason=FinishReason.STOP)
        said = '; '.join(_shown(message) for message in request.messages)
        for start in range(0, len(said), 8):
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text=said[start : start + 8])]))
        return GenerateResponse(message=Message(role=Role.MODEL, content=said), finish_reason=FinishReason.STOP)

    ai.define_model('echo', echo)

    @ai.tool(name='ask')
    def ask(_about: About, context: ToolRunContext) -> None:
        """Ask."""
        context.interrupt()

    @ai.tool(name='confirm')
    def confirm(about: About, context: ToolRunContext) -> str:
        """Do it when told twice."""
        if not context.is_resumed():
            context.interrupt({'sure': False})
        return f'did {about.about}'

    ai.define_agent('waiter', store=MemorySnapshots())
    ai.define_agent('forgetful')
    ai.define_agent('host', tools=[ask, confirm], store=MemorySnapshots())
    ai.define_custom_agent('cook', cook, store=MemorySnapshots())
    ai.define_custom_agent('slow', slow, store=MemorySnapshots())
    return FlowsApp(ai)


@pytest.fixture
async def told(scripts, python_agents) -> dict[str, Any]:
    """What the JavaScript client says of the Python agents."""
    async with ServerManager([Server(app=python_agents, port=0)]) as serving:
        process = await asyncio.create_subprocess_exec(
            'node', 'agents-client.mjs', serving.urls[0], cwd=scripts, stdout=PIPE, stderr=PIPE
        )
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return json.loads(out)


async def test_javascript_remote_agents_talk_with_python_agents(told):
    for name in ('waiter', 'forgetful'):
        chat = told[name]
        assert chat['first'] == 'user: one'
        assert chat['second'] == 'user: one; model: user: one; user: two'
        assert ''.join(chat['pieces']) == chat['second']
        assert len(chat['pieces']) > 2
        assert chat['finishReason'] == 'stop'
        assert chat['messages'] == ['user', 'model', 'user', 'model']
        assert chat['session']
    assert all(told['waiter']['snapshots'])
    assert not any(told['forgetful']['snapshots'])

    resumed = told['resumed']
    assert resumed['loaded'] == ['one', 'user: one', 'two', 'user: one; model: user: one; user: two']
    assert resumed['third'].endswith('user: three')
    assert resumed['branch'] == 'user: one; model: user: one; user: other'
    assert resumed['parent'] == told['waiter']['snapshots'][0]
    assert '404' in resumed['unknownSnapshot']['message']
    assert 'NOT_FOUND' in resumed['unknownSnapshot']['message']
    assert resumed['unknownChat']['status'] == 'NOT_FOUND'
    assert "'nobody' not found" in resumed['unknownChat']['message']

    cook = told['cook']
    assert cook['artifacts'] == ['bill']
    assert cook['customs'][-1] == {'orders': ['soup']}
    assert cook['state'] == {'orders': ['soup', 'tea']}
    assert cook['kept'] == ['1 tea']
    assert cook['failed'] == {'status': 'NOT_FOUND', 'message': 'no such dish'}
    assert cook['goesOn'] in {'stop', 'unknown'}

    host = told['host']
    assert host['waiting'] == 'interrupted'
    assert host['input'] == {'about': 'table'}
    assert host['answered'].endswith('tool: by the window')
    assert host['restarted'].endswith('tool: did table')
    assert host['forged']['status'] == 'INVALID_ARGUMENT'

    assert told['slow'] == {
        'before': 'pending',
        'statusBefore': 'pending',
        'ended': 'aborted',
        'short': 'completed',
        'said': 'done',
    }


@pytest.fixture
async def url(serve):
    """Where JavaScript agents are served."""
    return await serve('agents-server.cjs')


async def test_python_talks_with_javascript_agents_whoever_keeps_the_session(url):
    for name in ('waiter', 'forgetful'):
        chat = remote_agent(f'{url}/{name}').chat()
        assert (await chat.send('one')).text == 'user: one'
        turn = chat.send_stream('two')
        pieces = [chunk.model_chunk.text async for chunk in turn if chunk.model_chunk is not None]
        response = await turn
        assert response.text == ''.join(pieces) == 'user: one; model: user: one; user: two'
        assert response.finish_reason == 'stop'
        assert [message.role for message in chat.messages] == ['user', 'model', 'user', 'model']


async def test_python_resumes_and_branches_sessions_of_javascript_agents(url):
    waiter = remote_agent(f'{url}/waiter')
    chat = waiter.chat()
    first = await chat.send('one')
    second = await chat.send('two')
    loaded = await waiter.load_chat(session_id=chat.session_id)
    assert [message.text for message in loaded.messages][::2] == ['one', 'two']
    assert (await loaded.send('three')).text.endswith('user: three')
    assert (await waiter.chat(snapshot_id=first.snapshot_id).send('other')).text.endswith('user: other')
    found = await waiter.get_snapshot(snapshot_id=second.snapshot_id)
    assert found is not None
    assert found.parent_id == first.snapshot_id
    assert await waiter.get_snapshot(snapshot_id='nobody') is None
    with pytest.raises(GenkitError) as raised:
        await waiter.chat(snapshot_id='nobody').send('x')
    assert raised.value.status == 'NOT_FOUND'


async def test_python_sees_artifacts_state_and_failures_of_javascript_agents(url):
    chat = remote_agent(f'{url}/cook').chat()
    turn = chat.send_stream('soup')
    artifacts = [chunk.artifact.name async for chunk in turn if chunk.artifact is not None]
    await turn
    assert artifacts == ['bill']
    assert chat.state == {'orders': ['soup']}
    with pytest.raises(AgentError, match='no such dish') as raised:
        await chat.send('fail')
    assert raised.value.status == 'NOT_FOUND'
    await chat.send('tea')
    assert chat.state == {'orders': ['soup', 'tea']}
    assert chat.artifacts[0].to_wire()['parts'] == [{'text': '1 tea'}]


async def test_python_answers_and_restarts_the_interrupts_of_javascript_agents(url):
    host = remote_agent(f'{url}/host')
    chat = host.chat()
    waiting = await chat.send('ask')
    assert waiting.finish_reason == 'interrupted'
    request = waiting.interrupts[0].tool_request
    answer = ToolResponsePart(tool_response=ToolResponse(name='ask', ref=request.ref, output='by the window'))
    assert (await chat.resume(respond=[answer])).text.endswith('tool: by the window')

    chat = host.chat()
    risky = (await chat.send('confirm')).interrupts[0]
    restart = risky.replaced(metadata={**(risky.metadata or {}), 'resumed': True})
    assert (await chat.resume(restart=[restart])).text.endswith('tool: did table')


async def test_python_leaves_work_to_javascript_agents_and_stops_it(url):
    slow = remote_agent(f'{url}/slow')
    task = await slow.chat().detach('long')
    assert (await task.snapshot()).status == 'pending'
    assert await task.abort() == 'pending'
    assert (await task.wait(0.02)).status == 'aborted'
    short = await (await slow.chat().detach('short')).wait(0.02)
    assert short.status == 'completed'
    assert short.state is not None
    assert (short.state.messages or [])[-1].text == 'done'
