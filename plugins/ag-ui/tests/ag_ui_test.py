# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The events, each read by the protocol's own types."""

import json
from typing import Any

import httpx
import pytest
from ag_ui.core import Event
from genkit import Genkit, Message
from genkit.agent import MemorySnapshots
from genkit.middleware import ToolApproval
from genkit.testing import define_programmable_model
from genkit.types import (
    AgentResult,
    Artifact,
    GenerateResponse,
    Media,
    MediaPart,
    ReasoningPart,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)
from genkit.web import DoorApp
from genkit_ag_ui import AgUiDoor
from pydantic import TypeAdapter


EVENTS: TypeAdapter[Any] = TypeAdapter(Event)


def said(*parts: Any) -> GenerateResponse:
    content = [TextPart(text=part) if isinstance(part, str) else part for part in parts]
    return GenerateResponse(message=Message(role='model', content=content), finish_reason='stop')


def call(name: str, ref: str | None = None, **given: Any) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input=given))


class House:
    """An application with an agent, and a client of its door."""

    def __init__(self, agent: Any = None, **options: Any) -> None:
        self.ai = Genkit()
        self.script, _ = define_programmable_model(self.ai, 'model')
        self.paid: list[int] = []

        async def pay(amount: int, to: str) -> str:
            """Pay."""
            self.paid.append(amount)
            return f'paid {amount} to {to}'

        tools = [self.ai.tool()(pay), self.ai.define_interrupt('ask', {'type': 'object'})]
        self.agent = agent or self.ai.define_agent(
            'waiter',
            model='model',
            tools=tools,
            use=[ToolApproval(approved=['ask'])],
            store=MemorySnapshots(),
            authorize=lambda *_: True,
            **options,
        )
        app = DoorApp(AgUiDoor(self.agent))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://127.0.0.1', timeout=20)

    async def run(self, text: Any = None, **more: Any) -> list[dict[str, Any]]:
        messages = [] if text is None else [{'id': 'u', 'role': 'user', 'content': text}]
        answer = await self.http.post('/', json={'threadId': 't', 'runId': 'r', 'messages': messages, **more})
        assert answer.status_code == 200, answer.text
        assert '\r' not in answer.text
        events = [json.loads(frame.removeprefix('data: ')) for frame in answer.text.split('\n\n')[:-1]]
        for event in events:
            EVENTS.validate_python(event)
            assert None not in event.values()
        assert (events[0]['type'], events[-1]['type']) in {
            ('RUN_STARTED', 'RUN_FINISHED'),
            ('RUN_STARTED', 'RUN_ERROR'),
        }
        return events


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event['type'] for event in events]


async def test_a_turn_is_told_in_the_protocols_order():
    house = House()
    house.script.responses = [said(ReasoningPart(reasoning='Hm', metadata={'signature': 's'}), 'Let me ask.', 'x')]
    assert kinds(await house.run('Hello?')) == [
        'RUN_STARTED', 'STEP_STARTED', 'REASONING_START', 'REASONING_MESSAGE_START', 'REASONING_MESSAGE_CONTENT',
        'REASONING_MESSAGE_END', 'REASONING_ENCRYPTED_VALUE', 'REASONING_END', 'TEXT_MESSAGE_START',
        'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_CONTENT', 'TEXT_MESSAGE_END', 'STEP_FINISHED', 'RUN_FINISHED',
    ]  # fmt: skip


async def test_an_interrupt_is_answered_by_a_run_that_follows():
    house = House()
    house.script.responses = [said(call('pay', 'p', amount=8, to='Ada'), call('ask', 'q', about='it')), said('Done.')]
    events = await house.run('Pay.')
    interrupts = events[-1]['outcome']['interrupts']
    assert [(each['id'], each['reason']) for each in interrupts] == [('p', 'tool_call'), ('q', 'input_required')]
    kept = (await house.http.get('/t')).json()
    assert kept['interrupts'] == interrupts
    assert [message['role'] for message in kept['messages']] == ['user', 'assistant']
    refused: list[tuple[list[dict[str, Any]], str]] = [
        ([{'interruptId': 'p', 'status': 'resolved', 'payload': {'approved': True}}], 'a resume answers all'),
        ([{'interruptId': 'x', 'status': 'resolved'}], 'does not wait'),
        ([{'interruptId': 'p', 'status': 'resolved'}, {'interruptId': 'q', 'status': 'resolved'}], 'expected'),
    ]
    for resume, text in refused:
        events = await house.run(resume=resume)
        assert (kinds(events), text in events[-1]['message']) == (['RUN_STARTED', 'RUN_ERROR'], True), events
    waits = await house.run('Hello?')
    assert (kinds(waits), waits[-1]['code']) == (['RUN_STARTED', 'RUN_ERROR'], 'FAILED_PRECONDITION')
    resume = [
        {'interruptId': 'p', 'status': 'resolved', 'payload': {'approved': True}},
        {'interruptId': 'q', 'status': 'resolved', 'payload': {'answer': 42}},
    ]
    events = await house.run(resume=resume)
    results = [event['content'] for event in events if event['type'] == 'TOOL_CALL_RESULT']
    assert (results, house.paid) == (['paid 8 to Ada', '{"answer": 42}'], [8])
    again = await house.run(resume=resume)
    assert (kinds(again), house.paid) == (['RUN_STARTED', 'MESSAGES_SNAPSHOT', 'RUN_FINISHED'], [8])
    assert [message['role'] for message in again[1]['messages']] == ['user', 'assistant', 'tool', 'tool', 'assistant']


@pytest.mark.parametrize(('may', 'paid'), [(False, []), (True, [3])])
async def test_edited_arguments_count_where_the_agent_lets_clients_edit(may: bool, paid: list[int]):
    house = House(client_replaced_input=may) if may else House()
    house.script.responses = [said(call('pay', 'p', amount=8, to='Ada')), said('Done.')]
    await house.run('Pay.')
    edited = {'approved': True, 'editedArgs': {'amount': 3, 'to': 'Ada'}}
    events = await house.run(resume=[{'interruptId': 'p', 'status': 'resolved', 'payload': edited}])
    assert (house.paid, kinds(events)[-1]) == (paid, 'RUN_FINISHED' if may else 'RUN_ERROR')


async def test_a_cancelled_interrupt_is_a_denial():
    house = House()
    house.script.responses = [said(call('pay', 'p', amount=8, to='Ada')), said('Then not.')]
    await house.run('Pay.')
    events = await house.run(resume=[{'interruptId': 'p', 'status': 'cancelled'}])
    [result] = [event['content'] for event in events if event['type'] == 'TOOL_CALL_RESULT']
    assert (house.paid, json.loads(result)['reason']) == ([], 'The user cancelled it.')


async def test_state_artifacts_and_media():
    ai = Genkit()

    async def serve(runner: Any, _context: Any) -> AgentResult:
        async def turn(given: Any, _turn: Any) -> None:
            await runner.update_custom(lambda _: {'count': 1})
            await runner.update_custom(lambda _: {'count': 2})
            runner.add_artifacts(Artifact(name='plan', parts=[TextPart(text='a')]))
            runner.add_messages(Message(role='model', content=[given.message.media[0]]))

        await runner.run(turn)
        return await runner.result()

    agent = ai.define_custom_agent('odd', serve, store=MemorySnapshots(), authorize=lambda *_: True)
    picture = {'type': 'image', 'source': {'type': 'data', 'value': 'AAAA', 'mimeType': 'image/png'}}
    events = await House(agent).run([picture])
    assert kinds(events) == [
        'RUN_STARTED', 'STATE_SNAPSHOT', 'STATE_DELTA', 'ACTIVITY_SNAPSHOT', 'STEP_STARTED', 'CUSTOM', 'STEP_FINISHED',
        'RUN_FINISHED',
    ]  # fmt: skip
    assert events[2]['delta'] == [{'op': 'replace', 'path': '/count', 'value': 2}]
    media = MediaPart(media=Media(url='data:image/png;base64,AAAA', content_type='image/png'))
    assert events[5]['value'] == media.to_wire()


async def test_what_is_no_request_is_refused():
    house = House()
    for body in (
        [],
        {},
        {'threadId': 't', 'runId': 7, 'messages': []},
        {'threadId': 't', 'runId': 'r', 'messages': [7]},
    ):
        answer = await house.http.post('/', json=body)
        assert (answer.status_code, 'RunAgentInput' in answer.json()['message']) == (400, True)
    file = [{'type': 'document', 'source': {'type': 'file', 'value': 'file-7', 'provider': 'x'}}]
    assert 'file-7' in (await house.run(file))[-1]['message']
    assert (await house.http.get('/')).json()['humanInTheLoop']['interrupts'] is True
