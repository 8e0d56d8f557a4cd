# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit.types import (
    DataPart,
    Media,
    MediaPart,
    Message,
    Part,
    ReasoningPart,
    Role,
    TextPart,
    ToolRequest,
    ToolRequestPart,
    ToolResponse,
    ToolResponsePart,
)
from pydantic import ValidationError


def asked(name: str, **metadata: object) -> ToolRequestPart:
    return ToolRequestPart(tool_request=ToolRequest(name=name), metadata=metadata or None)


@pytest.fixture
def answer() -> Message:
    return Message(
        role=Role.MODEL,
        content=[
            ReasoningPart(reasoning='think '),
            TextPart(text='Hello'),
            asked('weather'),
            ReasoningPart(reasoning='more'),
            MediaPart(media=Media(url='https://x/y.png')),
            asked('pay', interrupt=True),
            TextPart(text=', Ada'),
            DataPart(data={'n': 1}),
        ],
    )


def test_content_may_be_a_string():
    assert Message(role=Role.USER, content='hi').content == [TextPart(text='hi')]


def test_content_may_be_a_single_part():
    message = Message(role=Role.USER, content=Part(text='hi'))
    assert message.content == [TextPart(text='hi')]


def test_a_role_may_be_given_by_name():
    assert Message.model_validate({'role': 'tool', 'content': []}).role is Role.TOOL


def test_an_unknown_role_is_refused():
    with pytest.raises(ValidationError):
        Message.model_validate({'role': 'assistant', 'content': []})


def test_text_and_reasoning_are_joined(answer):
    assert answer.text == 'Hello, Ada'
    assert answer.reasoning == 'think more'


def test_the_other_kinds_are_listed(answer):
    assert [part.media.url for part in answer.media] == ['https://x/y.png']
    assert [part.tool_request.name for part in answer.tool_requests] == ['weather', 'pay']
    assert [part.tool_request.name for part in answer.interrupts] == ['pay']
    assert answer.data == {'n': 1}


def test_the_answers_of_tools_are_listed():
    answer = ToolResponsePart(tool_response=ToolResponse(name='t', output=1))
    assert Message(role='tool', content=[TextPart(text='x'), answer]).tool_responses == [answer]


def test_an_empty_message_has_nothing():
    message = Message(role=Role.MODEL, content=[])
    assert (message.text, message.reasoning, message.data) == ('', '', None)
    assert message.media == message.tool_requests == message.interrupts == []


def test_an_interrupt_may_carry_data_or_none():
    message = Message(
        role=Role.MODEL, content=[asked('a', interrupt={'why': 1}), asked('b', interrupt=None), asked('c', x=1)]
    )
    assert [part.tool_request.name for part in message.interrupts] == ['a', 'b']


def test_metadata_travels_along():
    wire = {'role': 'system', 'content': [{'text': 'x'}], 'metadata': {'purpose': 'history', 'keep_me': None}}
    assert Message.model_validate(wire).to_wire() == wire
