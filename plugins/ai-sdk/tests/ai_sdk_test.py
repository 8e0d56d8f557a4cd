# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The chunks of the UI message stream, without a client."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from genkit import Genkit, GenkitError, Message
from genkit.agent import MemorySnapshots
from genkit.middleware import ToolApproval
from genkit.testing import define_programmable_model
from genkit.types import (
    GenerateResponse,
    GenerateResponseChunk,
    Media,
    MediaPart,
    ReasoningPart,
    TextPart,
    ToolRequest,
    ToolRequestPart,
)
from genkit.web import DoorApp
from genkit_ai_sdk import AiSdkDoor


def said(*parts: Any) -> GenerateResponse:
    content = [TextPart(text=part) if isinstance(part, str) else part for part in parts]
    return GenerateResponse(message=Message(role='model', content=content), finish_reason='stop')


def call(name: str, ref: str | None = None, **given: Any) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input=given))


class House:
    """An application with an agent, and a client of its door."""

    def __init__(self, **options: Any) -> None:
        self.ai = Genkit()
        self.script, _ = define_programmable_model(self.ai, 'model')
        self.paid: list[int] = []

        async def look(dish: str, number: int = 1) -> str:
            """Look for a dish."""
            return f'{number} {dish}'

        async def pay(amount: int, to: str) -> str:
            """Pay."""
            self.paid.append(amount)
            return f'paid {amount} to {to}'

        tools = [self.ai.tool()(look), self.ai.tool()(pay), self.ai.define_interrupt('ask', {'type': 'object'})]
        approval = ToolApproval(approved=['look', 'ask'])
        self.agent = self.ai.define_agent(
            'waiter', model='model', tools=tools, use=[approval], store=MemorySnapshots(), owner=lambda c: c['uid']
        )
        self.door = AiSdkDoor(
            self.agent, context_provider=lambda request: {'uid': request.headers.get('x-user', 'ada')}, **options
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(DoorApp(self.door)), base_url='http://127.0.0.1', timeout=20
        )

    async def send(self, *messages: dict[str, Any], chat: str = 'chat-1', **more: Any) -> list[dict[str, Any]]:
        answer = await self.http.post('/', json={'id': chat, 'messages': list(messages), **more})
        assert (answer.status_code, answer.headers['x-vercel-ai-ui-message-stream']) == (200, 'v1'), answer.text
        return chunks_of(answer.text)

    async def messages(self, chat: str = 'chat-1') -> list[dict[str, Any]]:
        return (await self.http.get(f'/{chat}')).json()['messages']


def user(text: str) -> dict[str, Any]:
    return {'id': 'u', 'role': 'user', 'parts': [{'type': 'text', 'text': text}]}


def chunks_of(body: str) -> list[dict[str, Any]]:
    frames = body.split('\n\n')
    assert frames[-2:] == ['data: [DONE]', '']
    return [json.loads(frame.removeprefix('data: ')) for frame in frames[:-2]]


def kinds(chunks: list[dict[str, Any]]) -> list[str]:
    return [chunk['type'] for chunk in chunks]


async def test_a_turn_of_a_model_that_does_not_stream_is_told_in_order():
    house = House()
    house.script.responses = [
        said('Let me see.', call('look', '1', dish='soup')),
        said(ReasoningPart(reasoning='Hm'), 'One.'),
    ]
    chunks = await house.send(user('Is there soup?'))
    assert kinds(chunks) == [
        'start', 'start-step', 'text-start', 'text-delta', 'text-end', 'tool-input-start', 'tool-input-available',
        'tool-output-available', 'finish-step', 'start-step', 'reasoning-start', 'reasoning-delta', 'reasoning-end',
        'text-start', 'text-delta', 'text-end', 'finish-step', 'finish',
    ]  # fmt: skip
    assert chunks[0]['messageId'] == 'msg-1'
    assert chunks[7] == {'type': 'tool-output-available', 'toolCallId': '1', 'output': '1 soup'}
    assert (chunks[-1]['finishReason'], chunks[-1]['messageMetadata']['sessionId']) == ('stop', 'chat-1')
    shown = await house.messages()
    assert [(message['id'], message['role']) for message in shown] == [('msg-0', 'user'), ('msg-1', 'assistant')]
    assert [part['type'] for part in shown[1]['parts']] == [
        'step-start', 'text', 'tool-look', 'step-start', 'reasoning', 'text',
    ]  # fmt: skip
    assert shown[1]['parts'][2]['output'] == '1 soup'


async def test_ids_of_calls_are_unique_in_a_chat_although_the_model_repeats_them():
    house = House()
    twice = said(call('look', '1', dish='soup'), call('look', '1', dish='salt'))
    house.script.responses = [
        twice,
        said('Both.'),
        said(call('look', '1', dish='tea'), call('look', dish='jam')),
        said('.'),
    ]
    chunks = await house.send(user('Is there?')) + await house.send(user('And?'))
    asked = [chunk['toolCallId'] for chunk in chunks if chunk['type'] == 'tool-input-available']
    answered = {chunk['toolCallId']: chunk['output'] for chunk in chunks if chunk['type'] == 'tool-output-available'}
    assert asked == ['1', '1~2', '1~3', 'look']
    assert answered == {'1': '1 soup', '1~2': '1 salt', '1~3': '1 tea', 'look': '1 jam'}
    parts = [part for message in await house.messages() for part in message['parts'] if 'toolCallId' in part]
    assert {part['toolCallId']: part['output'] for part in parts} == answered


def answered(message: dict[str, Any], **answers: dict[str, Any]) -> dict[str, Any]:
    parts = [{**part, **answers.get(part.get('toolCallId', ''), {})} for part in message['parts']]
    return {**message, 'parts': parts}


APPROVED = {'state': 'approval-responded', 'approval': {'id': 'p', 'approved': True}}
DENIED = {'state': 'approval-responded', 'approval': {'id': 'p', 'approved': False, 'reason': 'Too much.'}}


async def test_an_approval_waits_through_a_reload_and_goes_on_in_the_same_message():
    house = House()
    house.script.responses = [said(call('look', 'l', dish='tea'), call('pay', 'p', amount=8, to='Ada')), said('Done.')]
    chunks = await house.send(user('Pay.'))
    assert kinds(chunks)[-5:] == [
        'tool-output-available',
        'finish-step',
        'data-question',
        'tool-approval-request',
        'finish',
    ]
    assert (chunks[-1]['finishReason'], chunks[-2]['toolCallId'], house.paid) == ('tool-calls', 'p', [])
    [_, assistant] = await house.messages()
    assert [part.get('state') for part in assistant['parts']] == [None, 'output-available', 'approval-requested']
    assert assistant['parts'][2]['approval'] == {'id': 'p'}
    forged = answered(assistant, p={**APPROVED, 'input': {'amount': 1000, 'to': 'Eve'}})
    chunks = await house.send(forged, messageId=assistant['id'])
    assert kinds(chunks)[:3] == ['start', 'tool-output-available', 'start-step']
    assert (chunks[0]['messageId'], chunks[1]['output'], house.paid) == (assistant['id'], 'paid 8 to Ada', [8])
    again = await house.send(forged, messageId=assistant['id'])
    assert (kinds(again), house.paid) == (['start', 'finish'], [8])


async def test_a_denial_reaches_the_model_with_its_reason():
    house = House()
    house.script.responses = [said(call('pay', 'p', amount=8, to='Ada')), said('Then not.')]
    await house.send(user('Pay.'))
    chunks = await house.send(answered((await house.messages())[1], p=DENIED))
    assert (kinds(chunks)[1], house.paid) == ('tool-output-denied', [])
    told = house.script.requests[-1].messages[-1].tool_responses[0].tool_response.output
    assert (told['denied'], told['reason']) == (True, 'Too much.')


async def test_a_question_is_answered_with_an_output():
    house = House()
    house.script.responses = [said(call('ask', 'q', question='Which?')), said('Fine.')]
    chunks = await house.send(user('Order.'))
    assert kinds(chunks)[-3:] == ['finish-step', 'data-question', 'finish']
    [_, assistant] = await house.messages()
    assert assistant['parts'][-1]['state'] == 'input-available'
    chunks = await house.send(answered(assistant, q={'state': 'output-available', 'output': 'the red one'}))
    assert chunks[1] == {'type': 'tool-output-available', 'toolCallId': 'q', 'output': 'the red one'}


async def test_what_cannot_be_is_refused_with_a_line_of_text():
    house = House()
    house.script.responses = [said(call('pay', 'p', amount=8, to='Ada'))] * 2
    refused: list[tuple[Any, int, str]] = [
        ({'messages': [user('x')]}, 400, 'id of the chat'),
        ({'id': 'c', 'messages': []}, 400, 'must end with'),
        ({'id': 'c', 'messages': [{'role': 'system', 'parts': []}]}, 400, 'must end with'),
        ({'id': 'c', 'messages': [{'role': 'user', 'parts': 7}]}, 400, 'neither text nor a file'),
        ({'id': 'c', 'messages': [user('x')], 'trigger': 'regenerate-message'}, 501, 'cannot answer a message again'),
        ([], 400, 'useChat'),
    ]
    for body, status, text in refused:
        answer = await house.http.post('/', json=body)
        assert (answer.status_code, answer.headers['content-type']) == (status, 'text/plain; charset=utf-8'), body
        assert text in answer.text, body
    await house.send(user('Pay.'))
    waits = await house.http.post('/', json={'id': 'chat-1', 'messages': [user('Hello?')]})
    assert (waits.status_code, 'waits for an answer' in waits.text) == (400, True)
    none = await house.http.post('/', json={'id': 'chat-1', 'messages': [{'role': 'assistant', 'parts': []}]})
    assert (none.status_code, 'answer all that wait' in none.text) == (400, True)
    theirs = await house.http.post('/', json={'id': 'chat-1', 'messages': [user('x')]}, headers={'x-user': 'eve'})
    read = await house.http.get('/chat-1', headers={'x-user': 'eve'})
    assert (theirs.status_code, read.json()['messages']) == (403, [])
    assert (await house.http.get('/')).status_code == 405
    assert (await house.http.post('/', content='{', headers={'content-type': 'application/json'})).status_code == 400
    assert (await house.http.post('/', content='{}', headers={'content-type': 'text/plain'})).status_code == 415


async def test_a_run_that_fails_says_so_as_its_last_chunk():
    house = House()
    house.script.responses = [said('Let me see.', call('look', '1', dish=7)), said(call('look', '2', number='many'))]
    chunks = await house.send(user('x'))
    assert kinds(chunks)[-1] == 'error'
    assert 'look' in chunks[-1]['errorText']


async def test_media_data_and_state_have_chunks_of_their_own():
    house = House()
    picture = MediaPart(media=Media(url='data:image/png;base64,AAAA'))
    house.script.responses = [said(picture, 'There.')]
    chunks = await house.send(user('Draw.'))
    assert chunks[2] == {'type': 'file', 'url': 'data:image/png;base64,AAAA', 'mediaType': 'image/png'}
    assert (await house.messages())[1]['parts'][1]['type'] == 'file'


class Slow:
    """A model that streams when it is let."""

    def __init__(self, house: House) -> None:
        self.go = asyncio.Event()
        self.begun = asyncio.Event()

        async def answer(_request: Any, context: Any) -> GenerateResponse:
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text='One ')]))
            self.begun.set()
            await self.go.wait()
            context.send_chunk(GenerateResponseChunk(content=[TextPart(text='two.')]))
            return said('One two.')

        house.ai.define_model('slow', answer)
        house.agent = house.ai.define_agent('slow', model='slow', store=MemorySnapshots())
        house.door = AiSdkDoor(house.agent)
        house.http = httpx.AsyncClient(transport=httpx.ASGITransport(DoorApp(house.door)), base_url='http://127.0.0.1')


@pytest.fixture
def house() -> House:
    return House()


async def test_a_run_is_joined_from_its_beginning_and_stopped_by_its_chat(house: House):
    slow = Slow(house)
    running = asyncio.create_task(house.send(user('Count.')))
    await slow.begun.wait()
    second = await house.http.post('/', json={'id': 'chat-1', 'messages': [user('Again.')]})
    assert (second.status_code, 'goes on' in second.text) == (409, True)
    joined = asyncio.create_task(house.http.get('/chat-1/stream'))
    await asyncio.sleep(0)
    slow.go.set()
    assert chunks_of((await joined).text) == await running
    assert (await house.http.get('/chat-1/stream')).status_code == 204
    slow.go.clear()
    slow.begun.clear()
    running = asyncio.create_task(house.send(user('Count.')))
    await slow.begun.wait()
    assert (await house.http.post('/chat-1/stop')).status_code == 204
    chunks = await running
    assert kinds(chunks)[-2:] == ['text-end', 'abort']
    slow.go.set()
    assert kinds(await house.send(user('Once more.')))[-1] == 'finish'


async def test_a_run_is_stopped_before_it_has_said_anything(house: House):
    begun = asyncio.Event()

    async def think(_request: Any) -> GenerateResponse:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    house.ai.define_model('mute', think)
    house.door = AiSdkDoor(house.ai.define_agent('mute', model='mute', store=MemorySnapshots()))
    house.http = httpx.AsyncClient(transport=httpx.ASGITransport(DoorApp(house.door)), base_url='http://127.0.0.1')
    running = asyncio.create_task(house.send(user('Think.')))
    await begun.wait()
    assert (await house.http.post('/chat-1/stop')).status_code == 204
    assert kinds(await asyncio.wait_for(running, 10)) == ['start', 'abort']


def test_an_agent_whose_clients_keep_the_conversation_is_refused():
    ai = Genkit()
    with pytest.raises(GenkitError, match='has no store'):
        AiSdkDoor(ai.define_agent('waiter'))
    not_one: Any = 'waiter'
    with pytest.raises(GenkitError, match='define_agent'):
        AiSdkDoor(not_one)
