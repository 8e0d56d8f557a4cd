# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import FinishReason, GenkitError, Interrupt, restart_tool, tool_response
from genkit.middleware import ToolApproval


@pytest.fixture
def ran(ai):
    """Define tools `safe` and `risky`; return what has run."""
    runs = []

    def safe() -> str:
        runs.append('safe')
        return 'safe'

    def risky(path: str) -> str:
        runs.append(f'risky {path}')
        return 'done'

    ai.tool()(safe)
    ai.tool()(risky)
    return runs


async def test_a_tool_on_the_list_runs_at_once(ai, model, says, calls, ran):
    model.responses = [says(calls('safe')), says('done')]
    response = await ai.generate(prompt='x', tools=['safe'], use=[ToolApproval(approved=['safe'])])
    assert (response.text, ran) == ('done', ['safe'])


async def test_any_other_tool_waits_for_somebody(ai, model, says, calls, ran):
    model.responses = [says(calls('risky', 'a'))]
    response = await ai.generate(prompt='x', tools=['risky'], use=[ToolApproval()])
    assert response.finish_reason == FinishReason.INTERRUPTED
    [waiting] = response.interrupts
    assert waiting.metadata == {'interrupt': {'message': 'Tool not in approved list: risky'}}
    assert ran == []


@pytest.mark.parametrize('approval', [{'toolApproved': True}, {'tool_approved': True, 'by': 'Ada'}])
async def test_a_restart_that_says_so_runs_the_tool(ai, model, says, calls, ran, approval):
    model.responses = [says(calls('risky', 'a'), calls('safe')), says('done')]
    use = [ToolApproval(approved=['safe'])]
    waiting = await ai.generate(prompt='x', tools=['safe', 'risky'], use=use)
    restart = restart_tool(waiting.interrupts[0], resumed_metadata=approval)
    response = await ai.generate(messages=waiting.messages, tools=['safe', 'risky'], use=use, resume_restart=restart)
    assert (response.text, ran) == ('done', ['safe', 'risky a'])
    outputs = [part.tool_response.output for part in response.messages[2].content]
    assert outputs == ['done', 'safe']


@pytest.mark.parametrize('approval', [None, {'toolApproved': False}, {'toolApproved': 'yes'}, {'other': True}])
async def test_a_restart_that_does_not_say_so_waits_again(ai, model, says, calls, ran, approval):
    model.responses = [says(calls('risky', 'a'))]
    waiting = await ai.generate(prompt='x', tools=['risky'], use=[ToolApproval()])
    restart = restart_tool(waiting.interrupts[0], resumed_metadata=approval)
    again = await ai.generate(messages=waiting.messages, tools=['risky'], use=[ToolApproval()], resume_restart=restart)
    assert again.finish_reason == FinishReason.INTERRUPTED
    assert ran == []


async def test_leave_is_given_to_one_request_alone(ai, model, says, calls, ran):
    model.responses = [says(calls('risky', 'a')), says(calls('risky', 'b'))]
    waiting = await ai.generate(prompt='x', tools=['risky'], use=[ToolApproval()])
    restart = restart_tool(waiting.interrupts[0], resumed_metadata={'toolApproved': True})
    again = await ai.generate(messages=waiting.messages, tools=['risky'], use=[ToolApproval()], resume_restart=restart)
    assert again.interrupts[0].tool_request.input == 'b'
    assert ran == ['risky a']


async def test_somebody_may_answer_in_place_of_the_tool(ai, model, says, calls, ran):
    model.responses = [says(calls('risky', 'a')), says('done')]
    waiting = await ai.generate(prompt='x', tools=['risky'], use=[ToolApproval()])
    answer = tool_response(waiting.interrupts[0], 'refused')
    response = await ai.generate(
        messages=waiting.messages, tools=['risky'], use=[ToolApproval()], resume_respond=answer
    )
    assert (response.text, ran) == ('done', [])


async def test_a_tools_own_interrupt_comes_after_the_leave(ai, model, says, calls):
    def asks() -> str:
        raise Interrupt({'mine': True})

    ai.tool()(asks)
    model.responses = [says(calls('asks'))]
    waiting = await ai.generate(prompt='x', tools=['asks'], use=[ToolApproval()])
    restart = restart_tool(waiting.interrupts[0], resumed_metadata={'toolApproved': True})
    again = await ai.generate(messages=waiting.messages, tools=['asks'], use=[ToolApproval()], resume_restart=restart)
    assert again.interrupts[0].metadata['interrupt'] == {'mine': True}


async def test_a_full_name_and_a_short_one_both_count(ai, model, says, calls):
    ai.tool(name='files/read')(lambda: 'content')
    model.responses = [says(calls('read')), says('done'), says(calls('read')), says('done')]
    for approved in ('read', 'files/read'):
        response = await ai.generate(prompt='x', tools=['files/read'], use=[ToolApproval(approved=[approved])])
        assert response.text == 'done'


@pytest.mark.parametrize('name', ['approved', 'allowedTools', 'allowed_tools'])
def test_the_list_goes_by_the_names_it_has_in_other_languages(name):
    assert ToolApproval(config={name: ['t']}).config.approved == ['t']


def test_a_misspelt_list_is_refused_rather_than_empty():
    with pytest.raises(GenkitError, match='aproved'):
        ToolApproval(aproved=['t'])
