# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
from typing import Any

import pytest
from genkit import ErrorReason, FinishReason, Genkit, GenkitError, Message, Role, TextPart, ToolRunContext
from genkit.agent import AgentError, MemorySnapshots, SessionRunner
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import (
    AgentInput,
    AgentResult,
    Artifact,
    GenerateResponse,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
    WireModel,
)


class Order(WireModel):
    dish: str


def _echo() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    return ai


def _says(*parts: Any) -> GenerateResponse[Any]:
    return GenerateResponse(message=Message(role=Role.MODEL, content=list(parts)), finish_reason=FinishReason.STOP)


@pytest.mark.parametrize('kept', ['by the client', 'by the server'])
async def test_a_chat_goes_on_where_it_ended(kept: str) -> None:
    ai = _echo()
    store = MemorySnapshots() if kept == 'by the server' else None
    agent = ai.define_agent('waiter', system='be brief', store=store)
    chat = agent.chat()
    first = await chat.send('one')
    second = await chat.send('two')
    assert 'user: one' in first.text
    assert 'user: one' in second.text
    assert 'user: two' in second.text
    assert [message.role for message in chat.messages] == ['user', 'model', 'user', 'model']
    assert all('be brief' not in message.text for message in chat.messages if message.role == 'user')
    assert chat.session_id == second.session_id == first.session_id
    assert (chat.snapshot_id is not None) == (store is not None)


async def test_a_chat_can_be_loaded_by_session_and_branched_by_snapshot() -> None:
    agent = _echo().define_agent('waiter', store=MemorySnapshots())
    chat = agent.chat(session_id='table-7')
    first = await chat.send('one')
    await chat.send('two')
    loaded = await agent.load_chat(session_id='table-7')
    assert [message.text for message in loaded.messages if message.role == 'user'] == ['one', 'two']
    branch = agent.chat(snapshot_id=first.snapshot_id)
    answer = await branch.send('other')
    assert 'two' not in answer.text
    with pytest.raises(GenkitError, match=r"Agent 'waiter' has no session 'nobody'\.$") as caught:
        await agent.load_chat(session_id='nobody')
    assert caught.value.status == 'NOT_FOUND'
    with pytest.raises(GenkitError, match=r"Agent 'waiter' has no snapshot 'none'\.$"):
        await agent.load_chat(snapshot_id='none')


async def test_a_turn_streams_pieces_of_the_answer_state_and_artifacts() -> None:
    ai = Genkit()

    async def serve(runner: SessionRunner, _context: Any) -> AgentResult:
        async def turn(given: Any, _turn: Any) -> None:
            await runner.update_custom(lambda old: {'count': (old or {'count': 0})['count'] + 1})
            await runner.update_custom(lambda old: {**old, 'said': given.message.text})
            runner.add_artifacts(Artifact(name='note', parts=[TextPart(text=given.message.text)]))
            runner.add_messages(Message(role=Role.MODEL, content=[TextPart(text='noted')]))

        await runner.run(turn)
        return await runner.result()

    chat = ai.define_custom_agent('notes', serve).chat()
    turn = chat.send_stream('milk')
    kinds = [next(iter(chunk.to_wire())) async for chunk in turn]
    response = await turn
    assert kinds == ['customPatch', 'customPatch', 'artifact', 'turnEnd']
    assert chat.state == {'count': 1, 'said': 'milk'}
    assert [artifact.name for artifact in response.artifacts] == ['note']
    await chat.send('bread')
    assert chat.state == {'count': 2, 'said': 'bread'}
    assert len(chat.artifacts) == 1


async def test_an_interrupt_waits_for_an_answer_and_a_forged_one_is_refused() -> None:
    ai = Genkit(model='script')
    script, _ = define_programmable_model(ai, 'script')

    @ai.tool()
    async def confirm(order: Order, context: ToolRunContext) -> None:
        """Ask."""
        context.interrupt({'dish': order.dish})

    call = ToolRequestPart(tool_request=ToolRequest(name='confirm', ref='r1', input={'dish': 'soup'}))
    agent = ai.define_agent('waiter', tools=[confirm], store=MemorySnapshots())
    chat = agent.chat()
    script.responses = [_says(call)]
    waiting = await chat.send('soup please')
    assert waiting.finish_reason == 'interrupted'
    (interrupt,) = waiting.interrupts
    forged = ToolResponsePart(tool_response=ToolResponse(name='pay', ref='r1', output='yes'))
    with pytest.raises(AgentError, match='not found in session history') as raised:
        await chat.resume(respond=[forged])
    assert raised.value.status == 'INVALID_ARGUMENT'
    script.responses = [_says(TextPart(text='Coming.'))]
    answer = ToolResponsePart(tool_response=ToolResponse(name='confirm', ref='r1', output='yes'))
    assert interrupt.tool_request.ref == 'r1'
    assert (await chat.resume(respond=[answer])).text == 'Coming.'


async def test_a_failed_turn_raises_and_the_next_one_goes_on_from_the_last_good_state() -> None:
    ai = Genkit(model='moody')
    moods = ['fine', 'bad', 'fine']

    async def moody(request: Any) -> GenerateResponse[Any]:
        if moods.pop(0) == 'bad':
            raise GenkitError('not now', status='UNAVAILABLE')
        return _says(TextPart(text=f'{len(request.messages)} messages'))

    ai.define_model('moody', moody)
    chat = ai.define_agent('waiter', store=MemorySnapshots()).chat()
    good = await chat.send('one')
    with pytest.raises(AgentError, match='not now') as raised:
        await chat.send('two')
    assert raised.value.status == 'UNAVAILABLE'
    assert raised.value.snapshot_id == good.snapshot_id
    assert (await chat.send('three')).text == '3 messages'


async def test_a_detached_task_is_waited_for_or_stopped() -> None:
    ai = Genkit()
    go = asyncio.Event()

    async def serve(runner: SessionRunner, context: Any) -> AgentResult:
        async def turn(_given: Any, _turn: Any) -> None:
            waiting = [asyncio.create_task(event.wait()) for event in (go, context.abort_signal)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            runner.add_messages(Message(role=Role.MODEL, content=[TextPart(text='worked')]))

        await runner.run(turn)
        return await runner.result()

    agent = ai.define_custom_agent('worker', serve, store=MemorySnapshots())
    first = await agent.chat().detach('work')
    assert (await first.snapshot()).status == 'pending'
    go.set()
    done = await first.wait(0.01)
    assert done.status == 'completed'
    assert done.state is not None
    assert [message.text for message in done.state.messages or ()] == ['work', 'worked']
    go.clear()
    second = await agent.chat().detach('work')
    assert await second.abort() == 'pending'
    assert (await second.wait(0.01)).status == 'aborted'
    await asyncio.sleep(0.05)
    assert (await second.snapshot()).status == 'aborted'
    assert await second.abort() == 'aborted'


async def test_detaching_from_an_agent_without_a_store_is_refused() -> None:
    with pytest.raises(GenkitError, match='store') as raised:
        await _echo().define_agent('waiter').chat().detach('work')
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_two_who_continue_one_session_at_a_time_do_not_overwrite_each_other() -> None:
    ai = Genkit(model='slow')

    async def slow(_request: Any) -> GenerateResponse[Any]:
        await asyncio.sleep(0.02)
        return _says(TextPart(text='ok'))

    ai.define_model('slow', slow)
    agent = ai.define_agent('waiter', store=MemorySnapshots())
    await agent.chat(session_id='s').send('zero')
    outcomes = await asyncio.gather(
        *(agent.chat(session_id='s').send(text) for text in ('a', 'b')), return_exceptions=True
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, GenkitError)]
    assert [error.status for error in failed] == ['ABORTED']
    await agent.chat(session_id='s').send('again')
    kept = (await agent.load_chat(session_id='s')).messages
    assert len([message for message in kept if message.role == 'user']) == 3


async def test_what_transforms_hide_reaches_no_client() -> None:
    ai = Genkit()

    async def serve(runner: SessionRunner, _context: Any) -> AgentResult:
        async def turn(_given: Any, _turn: Any) -> None:
            await runner.update_custom(lambda _: {'open': 1, 'secret': 'x'})
            runner.add_artifacts(Artifact(name='internal', parts=[TextPart(text='x')]))

        await runner.run(turn)
        return AgentResult()

    store = MemorySnapshots()
    agent = ai.define_custom_agent(
        'discreet',
        serve,
        store=store,
        state_transform=lambda state: state.replaced(custom={'open': (state.custom or {}).get('open')}),
        chunk_transform=lambda chunk: None if chunk.artifact is not None else chunk,
    )
    chat = agent.chat()
    turn = chat.send_stream('go')
    chunks = [chunk.to_wire() async for chunk in turn]
    response = await turn
    assert 'secret' not in str(chunks)
    assert not any('artifact' in chunk for chunk in chunks)
    shown = await agent.get_snapshot(snapshot_id=response.snapshot_id)
    assert shown is not None
    assert shown.state is not None
    assert shown.state.custom == {'open': 1}
    kept = await store.read(response.snapshot_id or '')
    assert kept is not None
    assert kept.state is not None
    assert kept.state.custom == {'open': 1, 'secret': 'x'}


async def test_an_agent_is_a_tool_of_another() -> None:
    ai = Genkit(model='script')
    script, _ = define_programmable_model(ai, 'script')
    define_echo_model(ai, 'echo')
    helper = ai.define_agent('helper', model='echo')
    call = ToolRequestPart(tool_request=ToolRequest(name='helper', input={'task': 'count to three'}))
    script.responses = [_says(call), _says(TextPart(text='Done.'))]
    chief = ai.define_agent('chief', tools=[helper.as_tool()])
    chat = chief.chat()
    assert (await chat.send('go')).text == 'Done.'
    assert 'count to three' in str([message.to_wire() for message in chat.messages])


async def test_more_inputs_than_an_agent_reads_ahead_may_be_there_at_once() -> None:
    served: list[str] = []

    async def serve(runner: SessionRunner, _context: Any) -> AgentResult:
        async def turn(given: Any, _turn: Any) -> None:
            served.append(given.message.text)

        await runner.run(turn)
        return await runner.result()

    agent = _echo().define_custom_agent('waiter', serve)
    async with asyncio.timeout(5), agent.action.stream_bidi(room=500) as connection:
        for number in range(300):
            await connection.send(AgentInput(message=Message(role=Role.USER, content=[TextPart(text=str(number))])))
        await connection.close()
        await connection.output()
    assert served == [str(number) for number in range(300)]


async def test_a_trace_shows_the_turn_with_what_it_began_with_was_rendered_and_left(spans) -> None:
    agent = _echo().define_agent('waiter', system='be brief', store=MemorySnapshots())
    answer = await agent.chat(session_id='table-7').send('one')
    found = {span.context.span_id: span for span in spans.all()}
    parents = {span.name: found[span.parent.span_id].name if span.parent else None for span in found.values()}
    assert parents == {
        'waiter': None,
        'runTurn-1': 'waiter',
        'render': 'runTurn-1',
        'generate': 'runTurn-1',
        'echo': 'generate',
    }
    whole, turn = spans.attributes('waiter'), spans.attributes('runTurn-1')
    assert whole['genkit:init'] == '{"sessionId":"table-7"}'
    assert whole['genkit:metadata:agent:sessionId'] == 'table-7'
    assert turn['genkit:metadata:agent:snapshotId'] == answer.snapshot_id
    assert spans.attributes('render')['genkit:metadata:promptName'] == 'waiter'


async def test_a_snapshot_of_a_failed_turn_cannot_be_resumed() -> None:
    def broken(_request: Any) -> GenerateResponse[Any]:
        raise GenkitError('Too many requests.', status='RESOURCE_EXHAUSTED')

    ai = Genkit(model='broken')
    ai.define_model('broken', broken)
    agent = ai.define_agent('waiter', store=MemorySnapshots())
    with pytest.raises(AgentError):
        await agent.chat(session_id='table-7').send('one')
    failed = await agent.get_snapshot(session_id='table-7')
    assert failed is not None
    with pytest.raises(AgentError) as caught:
        await agent.chat(snapshot_id=failed.snapshot_id).send('two')
    assert caught.value.reason == ErrorReason.SNAPSHOT_NOT_RESUMABLE
