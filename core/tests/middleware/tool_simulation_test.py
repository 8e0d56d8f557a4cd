# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from genkit import ToolChoice
from genkit.middleware import SimulateTools
from genkit.types import ModelInfo, Supports


@pytest.fixture
def wordy(ai, says, chunk):
    """Define a model without tools of its own; it says one text after another, in chunks of one letter."""
    requests = []
    texts = []

    async def answer(request, context):
        requests.append(request)
        text = texts[len(requests) - 1]
        for letter in text if context.is_streaming else ():
            context.send_chunk(chunk(letter))
        return says(text)

    ai.define_model('wordy', answer, info=ModelInfo(supports=Supports(tools=False)))
    ai.tool()(add)
    return requests, texts


def add(numbers: list[int]) -> int:
    """Add numbers."""
    return sum(numbers)


CALL = json.dumps({'tool_calls': [{'name': 'add', 'input': [1, 2]}]})


async def test_tools_are_described_in_words_and_asked_for_in_json(ai, wordy):
    requests, texts = wordy
    texts += [f'```json\n{CALL}\n```', 'The sum is 3.']
    response = await ai.generate(
        model='wordy', system='Be brief.', prompt='1 + 2?', tools=['add'], use=[SimulateTools()]
    )
    assert response.text == 'The sum is 3.'
    assert [m.role for m in response.messages] == ['system', 'user', 'model', 'tool', 'model']
    assert response.messages[3].content[0].tool_response.output == 3
    assert requests[0].tools == []
    assert '"name": "add", "description": "Add numbers."' in requests[0].messages[0].text
    told = [message.text for message in requests[1].messages[2:]]
    assert [message.role for message in requests[1].messages] == ['system', 'user', 'model', 'user']
    assert json.loads(told[0]) == {'tool_calls': [{'name': 'add', 'input': [1, 2]}]}
    assert told[1] == 'Tool add answered: 3'


async def test_several_calls_are_told_apart(ai, wordy):
    _, texts = wordy
    calls = [{'name': 'add', 'input': [n]} for n in (1, 2)]
    texts += [json.dumps({'tool_calls': calls}), 'done']
    response = await ai.generate(model='wordy', prompt='x', tools=['add'], use=[SimulateTools()])
    answers = [part.tool_response for part in response.messages[2].content]
    assert [(answer.ref, answer.output) for answer in answers] == [('0', 1), ('1', 2)]


@pytest.mark.parametrize(
    'text',
    [
        'Plain text.',
        'An object {"a": 1} in text.',
        '{"tool_calls": [{"name": "other"}]}',
        '{"tool_calls": [1]}',
        '{bad',
    ],
)
async def test_anything_else_is_an_answer(ai, wordy, text):
    _, texts = wordy
    texts.append(text)
    response = await ai.generate(model='wordy', prompt='x', tools=['add'], use=[SimulateTools()])
    assert response.text == text
    assert response.tool_requests == []


async def test_a_stream_shows_tool_requests_instead_of_their_json(ai, wordy):
    _, texts = wordy
    texts += [CALL, 'It is 3.']
    stream = ai.generate_stream(model='wordy', prompt='x', tools=['add'], use=[SimulateTools()])
    seen = [
        (piece.role, piece.text, [part.tool_request.name for part in piece.tool_requests]) async for piece in stream
    ]
    assert seen[0] == ('model', '', ['add'])
    assert seen[1][0] == 'tool'
    assert ''.join(text for _, text, _ in seen[2:]) == 'It is 3.'


async def test_without_tools_nothing_is_described_but_earlier_calls_are_put_in_words(ai, wordy):
    requests, texts = wordy
    texts += [CALL, 'It is 3.', 'Again 3.']
    first = await ai.generate(model='wordy', prompt='x', tools=['add'], use=[SimulateTools()])
    await ai.generate(model='wordy', messages=first.messages, prompt='again?', use=[SimulateTools()])
    assert 'Tools:' not in requests[2].messages[0].text
    assert [m.role for m in requests[2].messages] == ['user', 'model', 'user', 'model', 'user']


async def test_a_tool_that_must_be_used_is_asked_for(ai, wordy):
    requests, texts = wordy
    texts += [CALL, 'done']
    await ai.generate(model='wordy', prompt='x', tools=['add'], tool_choice=ToolChoice.REQUIRED, use=[SimulateTools()])
    assert 'You must use a tool.' in requests[0].messages[0].text
    assert requests[0].tool_choice is None
