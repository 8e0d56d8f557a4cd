# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import base64
import dataclasses
import json
import threading
from datetime import date
from pathlib import Path

import pytest
from genkit import GenkitError, Media, MediaPart, TextPart
from genkit._base.readers.json_text import MAX_JSON_DEPTH
from genkit._kinds.tool import response
from genkit._kinds.tool_output import sendable
from pydantic import BaseModel
from pydantic_core import to_json


class Weather(BaseModel):
    city: str
    raw: bytes = b''
    more: object = None


@dataclasses.dataclass
class Place:
    name: str


class Odd:
    def __repr__(self):
        raise RuntimeError('no text')


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def circle():
    found = {}
    found['self'] = found
    return found


SAME = [
    *(None, True, 3, 1.5, float('nan'), 'text', 'ä 😀', [], {'a': [1, {'b': None}]}, (1, 2), date(2026, 1, 2), Path('a')),
    *(Weather(city='Rome'), [Weather(city='Rome')], Place('x'), {1: 'a'}, nested(MAX_JSON_DEPTH)),
    *(response({'a': 1}, parts=[TextPart(text='x'), MediaPart(media=Media(url='data:,x'))]), response()),
]


@pytest.mark.parametrize('value', SAME, ids=repr)
def test_what_can_be_sent_is_returned_as_it_is(value):
    assert sendable(value, 'x') is value


@pytest.mark.parametrize(
    ('value', 'sent'),
    [
        (b'\x89PNG\xff', base64.urlsafe_b64encode(b'\x89PNG\xff').decode()),
        (b'plain', 'cGxhaW4='),
        ({'image': b'\xff'}, {'image': '_w=='}),
        (Weather(city='Rome', raw=b'\xff'), {'city': 'Rome', 'raw': '_w==', 'more': None}),
        ('half \ud83d', 'half \ufffd'),
        ('whole \ud83d\ude00', 'whole 😀'),
        ({'a\udc00': ['\ud83d']}, {'a\ufffd': ['\ufffd']}),
        (Weather(city='\ud83d'), {'city': '\ufffd', 'raw': '', 'more': None}),
    ],
    ids=repr,
)
def test_bytes_become_text_and_halves_of_characters_are_replaced(value, sent):
    assert sendable(value, 'x') == sent
    assert sendable(response(value), 'x').output == sent
    assert json.loads(to_json(sendable([value], 'x'))) == [sent]


def test_the_text_of_a_part_is_sent_with_halves_replaced():
    parts = [TextPart.trusted(text='half \ud83d'), TextPart(text='whole')]
    assert [part.text for part in sendable(response(parts=parts), 'x').content] == ['half \ufffd', 'whole']


async def stream():
    yield 1


@pytest.mark.parametrize(
    'make',
    [
        lambda: (n for n in range(3)),
        lambda: [iter([1])],
        lambda: {'a': map(str, [1])},
        lambda: Weather(city='x', more=iter([1])),
        stream,
        circle,
        Odd,
        lambda: [Odd()],
        threading.Lock,
        object,
        lambda: nested(MAX_JSON_DEPTH + 1),
        lambda: nested(5000),
        lambda: {'half': '\ud83d', 'lock': threading.Lock()},
    ],
)
def test_what_no_protocol_takes_is_the_tools_error(make):
    for value in (make(), response(make())):
        with pytest.raises(GenkitError, match=r"Tool 'thumb' returned a .* that .*\. Return") as refused:
            sendable(value, 'thumb')
        assert (refused.value.status, refused.value.reason) == ('INTERNAL', 'TOOL_FAILED')


async def test_a_model_gets_the_form_that_can_be_sent_and_a_caller_the_value_itself(ai, model, says, calls):
    @ai.tool()
    async def thumbnail() -> bytes:
        return b'\xff'

    model.responses = [says(calls('thumbnail', {})), says('done')]
    result = await ai.generate(prompt='x', tools=[thumbnail])
    assert result.messages[2].content[0].tool_response.output == '_w=='
    assert await thumbnail() == b'\xff'


async def test_the_error_names_the_tool(ai, model, says, calls):
    @ai.tool()
    async def rows():
        return (n for n in range(3))

    model.responses = [says(calls('rows', {}))]
    with pytest.raises(GenkitError, match="Tool 'rows' returned a generator that holds an iterator"):
        await ai.generate(prompt='x', tools=[rows])
