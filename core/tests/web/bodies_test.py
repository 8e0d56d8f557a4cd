# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Bodies that nearly are the body of a call."""

import json
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import define_echo_model
from genkit.web import FlowHandler, WebRequest


BODY = '{"data": {"message": {"role": "user", "content": [{"text": "Hello"}]}}}'


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    ai.define_agent('bot')

    @ai.flow()
    async def greet(name: str, style: str = 'kind') -> str:
        return f'{style} {name}'

    @ai.flow()
    async def shout(text: str) -> str:
        return text.upper()

    assert (greet.name, shout.name) == ('greet', 'shout')
    return ai


async def refused(ai: Genkit, kind: str, name: str, body: Any) -> str:
    action: Any = ai.registry.lookup_action(kind, name)  # pyright: ignore[reportArgumentType]
    headers = {'content-type': 'application/json'}
    answer = await FlowHandler(action).handle(WebRequest('POST', headers, json.dumps(body).encode()))
    assert answer.status == 400
    assert isinstance(answer.body, bytes)
    error = json.loads(answer.body)
    assert error['status'] == 'INVALID_ARGUMENT'
    return error['message']


@pytest.mark.parametrize(
    ('name', 'body', 'message'),
    [
        ('greet', {'name': 'Ada'}, """has no member 'name'. The input goes into data: {"data": {"name": …}}."""),
        ('shout', {'input': 'x'}, """flow 'shout' has no member 'input'. The input goes into data: {"data": …}."""),
        ('shout', {'Data': 'x'}, "has no member 'Data'. Did you mean 'data'?"),
        ('shout', {'data': 'x', 'sessionId': '1'}, "has no member 'sessionId'. The input goes into data"),
    ],
)
async def test_an_unknown_member_of_the_body_of_a_flow_is_named(ai: Genkit, name: str, body: Any, message: str) -> None:
    assert message in await refused(ai, 'flow', name, body)


@pytest.mark.parametrize(
    ('body', 'message'),
    [
        ({'data': 'Hello'}, f"The input of agent 'bot' is 'Hello'. An agent is sent a message, or a resume: {BODY}."),
        ({'data': None}, "The input of agent 'bot' is None. An agent is sent a message"),
        ({}, "The input of agent 'bot' is None. An agent is sent a message"),
        ({'data': {'text': 'Hello'}}, 'text: Extra inputs are not permitted'),
        ({'data': {'message': 'Hello'}}, f'An agent is sent a message, or a resume: {BODY}.'),
        ({'message': 'Hello'}, f"agent 'bot' has no member 'message'. The input goes into data: {BODY}."),
        ({'data': {}, 'sessionId': '1'}, """no member 'sessionId'. Write {"data": …, "init": {"sessionId": …}}."""),
        ({'data': {}, 'inti': {}}, "has no member 'inti'. Did you mean 'init'?"),
        ({'data': {'sessionId': '1'}}, """belongs beside the input: {"data": …, "init": {"sessionId": …}}."""),
        ({'data': {}, 'init': {'sesionId': '1'}}, "Did you mean 'sessionId'?"),
        ({'data': {}, 'init': 'one'}, 'A run begins with {"sessionId": "…"}, {"snapshotId": "…"} or {"state": {…}}.'),
    ],
)
async def test_the_body_of_an_agent_is_shown_as_it_should_be(ai: Genkit, body: Any, message: str) -> None:
    assert message in await refused(ai, 'agent', 'bot', body)


async def test_an_agent_that_is_run_as_an_action_says_the_same(ai: Genkit) -> None:
    agent: Any = await ai.agent('bot')
    with pytest.raises(GenkitError, match="The input of agent 'bot' is 'Hello'") as raised:
        await agent.action.arun('Hello')
    assert raised.value.details['problems'][0]['path'] == '(root)'
