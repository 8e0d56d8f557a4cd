# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Media, MediaPart, Message, TextPart, ToolRequestPart, ToolResponsePart
from genkit.plugin import (
    ToolNames,
    answer_parts,
    answer_text,
    object_arguments,
    text_arguments,
    tool_answers,
    tool_calls,
)
from genkit.types import ToolDefinition, ToolRequest, ToolResponse


def asks(*calls: tuple[str, str | None]) -> Message:
    parts: list[Any] = [TextPart(text='so')]
    parts += [ToolRequestPart(tool_request=ToolRequest(name=name, ref=ref, input={})) for name, ref in calls]
    return Message(role='model', content=parts)


def answers(*given: tuple[str, str | None]) -> Message:
    return Message(
        role='tool',
        content=[
            ToolResponsePart(tool_response=ToolResponse(name=name, ref=ref, output=number))
            for number, (name, ref) in enumerate(given)
        ],
    )


def paired(messages: list[Message], number: int) -> list[tuple[str, int | None]]:
    return [(answer.id, answer.place) for answer in tool_answers(messages, number)]


USER = Message(role='user', content='x')


def test_a_call_without_an_id_gets_one_of_its_place():
    calls = tool_calls(asks(('a', 'r'), ('a', None), ('b', '')), 3, 'toolu')
    assert [call.id for call in calls] == ['r', 'toolu_3_1', 'toolu_3_2']


@pytest.mark.parametrize(
    ('asked', 'answered', 'expected'),
    [
        ([('a', 'r'), ('b', 's')], [('b', 's'), ('a', 'r')], [('s', 1), ('r', 0)]),
        ([('a', None), ('a', None)], [('a', None), ('a', None)], [('call_1_0', 0), ('call_1_1', 1)]),
        ([('a', None), ('b', None)], [('b', None), ('a', None)], [('call_1_1', 1), ('call_1_0', 0)]),
        ([('a', 'r'), ('a', 's')], [('a', None), ('a', None)], [('r', 0), ('s', 1)]),
        ([('a', 'r'), ('a', 's')], [('a', 's'), ('a', None)], [('s', 1), ('r', 0)]),
        ([('a', 'r'), ('a', 'r')], [('a', 'r'), ('a', 'r')], [('r', 0), ('call_1_1', 1)]),
        ([('a', 'r'), ('b', 'r')], [('b', 'r'), ('a', 'r')], [('call_1_1', 1), ('r', 0)]),
        ([('a', None), ('a', 'call_1_0')], [('a', None), ('a', 'call_1_0')], [('call_1_0', 0), ('call_1_1', 1)]),
        ([('a', 'r')], [('a', 'other'), ('c', None)], [('other', None), ('call_1_1', None)]),
        ([], [('a', None)], [('call_1_0', None)]),
    ],
)
def test_answers_are_paired_with_calls(asked: Any, answered: Any, expected: Any):
    assert paired([USER, asks(*asked), answers(*answered)], 2) == expected


def test_answers_in_several_messages_are_those_of_one_turn():
    messages = [USER, asks(('a', None), ('a', None)), answers(('a', None)), answers(('a', None))]
    assert (paired(messages, 2), paired(messages, 3)) == ([('call_1_0', 0)], [('call_1_1', 1)])


def test_an_answer_that_nobody_asked_for_stands_by_itself():
    assert paired([answers(('a', None))], 0) == [('call_0_0', None)]


@pytest.mark.parametrize(
    ('given', 'as_object', 'as_text'),
    [
        ({'x': 1}, {'x': 1}, '{"x":1}'),
        (None, {}, '{}'),
        ('{"x": 1}', {'x': 1}, '{"x": 1}'),
        ('{"x": ', {'input': '{"x": '}, '{"x": '),
        ([1], {'input': [1]}, '[1]'),
        ({}, {}, '{}'),
        (False, {'input': False}, 'false'),
    ],
)
def test_arguments_have_the_form_that_a_protocol_knows(given: Any, as_object: Any, as_text: str):
    request = ToolRequest(name='t', input=given)
    names = ToolNames([ToolDefinition(name='t', description='', input_schema={'type': 'object'})])
    assert object_arguments(request, names) == as_object
    assert text_arguments(request, names) == as_text


def test_what_a_tool_answered_is_text_and_parts():
    media = MediaPart(media=Media(url='https://x.example/a.png'))
    content: Any = [media, {'text': 'and this'}]
    response = ToolResponse(name='t', output={'a': [1]}, content=content)
    assert answer_text(response) == '{"a":[1]}'
    assert answer_text(ToolResponse(name='t', output='{"a"')) == '{"a"'
    assert answer_parts(response) == [media, TextPart(text='and this')]
    assert answer_parts(ToolResponse(name='t', output=1)) == []
