# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Agents that are served by one program and talked with from another's point of view, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Message, Role, TextPart
from genkit.agent import AgentClient, AgentError, MemorySnapshots, SessionRunner
from genkit.client import close_cached_clients, remote_agent
from genkit.testing import define_echo_model
from genkit.types import AgentResult
from genkit.web import FlowsApp, Server, ServerManager


@pytest.fixture
async def address() -> AsyncIterator[str]:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    ai.define_agent('waiter', store=MemorySnapshots())
    ai.define_agent('forgetful')

    async def serve(runner: SessionRunner, context: Any) -> AgentResult:
        async def turn(given: Any, _turn: Any) -> None:
            if given.message.text == 'fail':
                raise GenkitError('no such dish', status='NOT_FOUND')
            await runner.update_custom(lambda _: {'orders': [given.message.text]})
            await context.abort_signal.wait()
            runner.add_messages(Message(role=Role.MODEL, content=[TextPart(text='stopped')]))

        await runner.run(turn)
        return await runner.result()

    ai.define_custom_agent('cook', serve, store=MemorySnapshots())
    async with ServerManager([Server(app=FlowsApp(ai), port=0)]) as servers:
        yield servers.urls[0]
        await close_cached_clients()


async def test_a_conversation_goes_on_over_http_whoever_keeps_it(address: str) -> None:
    for name in ('waiter', 'forgetful'):
        chat = remote_agent(f'{address}/{name}').chat()
        await chat.send('one')
        turn = chat.send_stream('two')
        pieces = [chunk async for chunk in turn]
        response = await turn
        assert 'user: one' in response.text
        assert pieces[-1].turn_end is not None
        assert ''.join(chunk.model_chunk.text for chunk in pieces if chunk.model_chunk is not None)
        assert [message.role for message in chat.messages] == ['user', 'model', 'user', 'model']


async def test_snapshots_are_read_and_detached_work_is_stopped_from_afar(address: str) -> None:
    cook = remote_agent(f'{address}/cook')
    task = await cook.chat(session_id='kitchen').detach('soup')
    assert (await task.snapshot()).status == 'pending'
    assert await task.abort() == 'pending'
    assert (await task.wait(0.01)).status == 'aborted'
    assert await cook.get_snapshot(snapshot_id='nobody') is None
    found = await cook.get_snapshot(session_id='kitchen')
    assert found is not None
    assert found.session_id == 'kitchen'
    assert await cook.abort('nobody') is None


async def test_a_turn_that_fails_there_raises_here(address: str) -> None:
    chat = remote_agent(f'{address}/cook').chat()
    with pytest.raises(AgentError, match='no such dish') as raised:
        await chat.send('fail')
    assert raised.value.status == 'NOT_FOUND'


async def test_leaving_a_turn_stops_it_there(address: str) -> None:
    chat = remote_agent(f'{address}/cook').chat()
    turn = chat.send_stream('soup')
    chunk = await anext(turn.stream)
    assert chunk.custom_patch is not None
    assert chat.state == {'orders': ['soup']}
    await turn.abort()
    with pytest.raises((GenkitError, asyncio.CancelledError)):
        await turn


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(GenkitError) as raised:
        remote_agent('waiter')
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert isinstance(remote_agent('http://x/waiter'), AgentClient)
