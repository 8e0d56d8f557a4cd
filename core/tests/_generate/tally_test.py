# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What an agent's turn consumes, wherever in it models are asked."""

import asyncio

from genkit.client import close_cached_clients, remote_agent
from genkit.types import GenerationUsage
from genkit.web import FlowsApp, Server, ServerManager


FEW, MANY = GenerationUsage(input_tokens=1, output_tokens=2), GenerationUsage(input_tokens=10, output_tokens=20)


async def test_a_turn_adds_up_its_calls_and_the_next_begins_anew(ai, model, says, calls):
    @ai.tool
    def ping() -> str:
        return 'pong'

    chat = ai.define_agent(name='helper', tools=[ping]).chat()
    model.responses = [says(calls('ping'), usage=FEW), says('done', usage=MANY), says('again', usage=FEW)]
    assert (await chat.send('Hi')).total_usage == FEW + MANY
    assert (await chat.send_stream('Hi')).total_usage == FEW


async def test_another_agent_counts_for_itself_and_for_who_asked_it(ai, model, says, calls):
    inner = ai.define_agent(name='inner')
    outer = ai.define_agent(name='outer', tools=[inner])
    model.responses = [says(calls('inner', {'task': 'x'}), usage=FEW), says('in', usage=MANY), says('out', usage=FEW)]
    assert (await outer.chat().send('Hi')).total_usage == FEW + MANY + FEW


async def test_turns_at_the_same_time_do_not_mix(ai, model, says):
    agent = ai.define_agent(name='helper')
    model.responses = [says('one', usage=FEW), says('two', usage=FEW)]
    responses = await asyncio.gather(agent.chat().send('1'), agent.chat().send('2'))
    assert [response.total_usage for response in responses] == [FEW, FEW]


async def test_an_agent_that_is_served_elsewhere_does_not_tell(ai, model, says):
    ai.define_agent(name='helper')
    model.responses = [says('one', usage=FEW)]
    async with ServerManager([Server(app=FlowsApp(ai), port=0)]) as manager:
        response = await remote_agent(f'{manager.urls[0]}/helper').chat().send('Hi')
        await close_cached_clients()
    assert (response.text, response.total_usage) == ('one', GenerationUsage())
