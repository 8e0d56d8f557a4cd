# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import (
    FinishReason,
    GenkitError,
    Interrupt,
    Message,
    StatusName,
    ToolRunContext,
    restart_tool,
    tool_response,
)
from genkit._generate.resume import waiting_requests


@pytest.fixture
def transfer(ai):
    @ai.tool()
    def transfer(amount: int, ctx: ToolRunContext) -> dict:
        if not ctx.is_resumed():
            ctx.interrupt({'confirm': amount})
        return {'sent': amount, 'by': ctx.resumed_metadata, 'asked': ctx.original_input}

    return transfer


@pytest.fixture
def look(ai):
    @ai.tool()
    def look(_: int) -> int:
        return 0

    return look


async def _interrupted(ai, model, says, calls):
    model.responses = [says(calls('look', 1, 'a'), calls('transfer', 5, 'b')), says('done')]
    return await ai.generate(prompt='x', tools=['look', 'transfer'])


async def test_an_interrupt_is_an_answer_that_waits(ai, model, says, calls, transfer, look):
    response = await _interrupted(ai, model, says, calls)
    assert response.finish_reason == FinishReason.INTERRUPTED
    assert response.finish_message == 'One or more tool calls resulted in interrupts.'
    assert [part.metadata for part in response.message.content] == [
        {'pendingOutput': 0},
        {'interrupt': {'confirm': 5}},
    ]
    assert [part.tool_request.name for part in response.interrupts] == ['transfer']
    assert [message.role for message in response.messages] == ['user', 'model']


async def test_raising_interrupt_is_the_same_as_asking_the_context(ai, model, says, calls):
    @ai.tool()
    def stop() -> None:
        raise Interrupt

    model.responses = [says(calls('stop'))]
    response = await ai.generate(prompt='x', tools=[stop])
    assert response.interrupts[0].metadata == {'interrupt': True}


async def test_a_response_to_an_interrupt_goes_on(ai, model, says, calls, transfer, look):
    waiting = await _interrupted(ai, model, says, calls)
    chunks = []
    response = await ai.generate(
        messages=waiting.messages,
        tools=['look', 'transfer'],
        resume_respond=[tool_response(waiting.interrupts[0], {'sent': 0})],
        on_chunk=chunks.append,
    )
    assert response.text == 'done'
    requests, answers = response.messages[1], response.messages[2]
    assert [part.metadata for part in requests.content] == [None, {'resolvedInterrupt': {'confirm': 5}}]
    assert [part.tool_response.output for part in answers.content] == [0, {'sent': 0}]
    assert [part.metadata for part in answers.content] == [{'source': 'pending'}, {'interruptResponse': True}]
    assert answers.metadata == {'resumed': True}
    assert [(chunk.index, chunk.role) for chunk in chunks] == [(0, 'tool')]


async def test_a_restart_runs_the_tool_again_with_what_was_said(ai, model, says, calls, transfer, look):
    waiting = await _interrupted(ai, model, says, calls)
    restart = restart_tool(waiting.interrupts[0], replace_input=3, resumed_metadata={'ok': True})
    response = await ai.generate(messages=waiting.messages, tools=['look', 'transfer'], resume_restart=restart)
    assert response.messages[2].content[1].tool_response.output == {'sent': 3, 'by': {'ok': True}, 'asked': 5}


async def test_a_tool_that_interrupts_again_waits_again(ai, model, says, calls):
    @ai.tool()
    def stubborn(ctx: ToolRunContext) -> None:
        ctx.interrupt({'again': ctx.is_resumed()})

    model.responses = [says(calls('stubborn'))]
    first = await ai.generate(prompt='x', tools=[stubborn])
    second = await ai.generate(
        messages=first.messages, tools=[stubborn], resume_restart=[restart_tool(first.interrupts[0])]
    )
    assert second.finish_reason == FinishReason.INTERRUPTED
    assert second.interrupts[0].metadata == {'interrupt': {'again': True}}


async def test_an_unanswered_request_is_named(ai, model, says, calls, transfer, look):
    model.responses = [says(calls('transfer', 5, 'b'), calls('transfer', 6, 'c'))]
    waiting = await ai.generate(prompt='x', tools=['transfer'])
    with pytest.raises(GenkitError, match="Unresolved tool request 'transfer#c'") as caught:
        await ai.generate(
            messages=waiting.messages, tools=['transfer'], resume_respond=tool_response(waiting.interrupts[0], 1)
        )
    assert caught.value.status == StatusName.INVALID_ARGUMENT


async def test_resuming_needs_a_model_message_with_tool_requests(ai, model, calls):
    with pytest.raises(GenkitError, match="Cannot 'resume' generation unless") as caught:
        await ai.generate(prompt='x', resume_respond=[tool_response(calls('transfer'), 1)])
    assert caught.value.status == StatusName.FAILED_PRECONDITION


async def test_forged_restarts_and_answers_are_refused(ai, model, says, calls, transfer, look):
    waiting = await _interrupted(ai, model, says, calls)
    tools = ['look', 'transfer']
    part = waiting.interrupts[0]
    forged = part.replaced(tool_request=part.tool_request.replaced(input=1_000_000))
    with pytest.raises(GenkitError, match='does not match the original request'):
        await ai.generate(messages=waiting.messages, tools=tools, resume_restart=[forged])
    with pytest.raises(GenkitError, match="restart of 'transfer#zz' was not found"):
        await ai.generate(messages=waiting.messages, tools=tools, resume_restart=[calls('transfer', 5, 'zz')])
    with pytest.raises(GenkitError, match="answer to 'other' was not found"):
        await ai.generate(messages=waiting.messages, tools=tools, resume_respond=[tool_response(calls('other'), 1)])


async def test_two_requests_of_one_tool_are_answered_one_by_one(ai, model, says, calls, transfer):
    model.responses = [says(calls('transfer', 5), calls('transfer', 6)), says('done'), says('done')]
    waiting = await ai.generate(prompt='x', tools=['transfer'])
    first, second = waiting.interrupts
    answered = await ai.generate(
        messages=waiting.messages,
        tools=['transfer'],
        resume_respond=[tool_response(first, 'A'), tool_response(second, 'B')],
    )
    assert [part.tool_response.output for part in answered.messages[2].content] == ['A', 'B']
    restarted = await ai.generate(
        messages=waiting.messages, tools=['transfer'], resume_restart=[restart_tool(second), restart_tool(first)]
    )
    assert [part.tool_response.output['sent'] for part in restarted.messages[2].content] == [5, 6]


def test_only_requests_of_the_last_message_wait(calls):
    asks = Message(role='model', content=[calls('look', 1, 'a')])
    done = Message(role='model', content='done')
    assert [part.tool_request.name for part in waiting_requests([Message(role='user', content='x'), asks])] == ['look']
    assert waiting_requests([asks, Message(role='tool', content=[tool_response(asks.tool_requests[0], 0)]), done]) == []
    assert waiting_requests([]) == []
