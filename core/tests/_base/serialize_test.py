# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

import pytest
from genkit._base.serialize import dump_dict, dump_json, dump_schema
from genkit.types import Message, Role, TextPart, ToolRequest
from pydantic import BaseModel


class Opaque:
    def __str__(self) -> str:
        return 'an opaque thing'


@dataclass
class Point:
    x: int
    y: int = 2


class Inner(BaseModel):
    value: int | None = None


class Outer(BaseModel):
    inner: Inner
    items: list[Inner]


class Colour(Enum):
    RED = 'red'


VALUES = [
    (None, None),
    ('ä "quoted"', 'ä "quoted"'),
    (b'\x00\xff', 'AP8='),
    (math.nan, None),
    (math.inf, None),
    ([1, -math.inf], [1, None]),
    ((1, 2), [1, 2]),
    (Opaque(), 'an opaque thing'),
    ({'deep': [Opaque()]}, {'deep': ['an opaque thing']}),
    (Point(1), {'x': 1, 'y': 2}),
    (Colour.RED, 'red'),
    (datetime(2026, 1, 2, tzinfo=UTC), '2026-01-02T00:00:00Z'),
    ({1: 'a'}, {'1': 'a'}),
    (Outer(inner=Inner(), items=[Inner(value=1), Inner()]), {'inner': {}, 'items': [{'value': 1}, {}]}),
    (Message(role=Role.USER, content=[TextPart(text='hi')]), {'role': 'user', 'content': [{'text': 'hi'}]}),
    (ToolRequest(name='t', ref='1', input={'a_b': 1}), {'name': 't', 'ref': '1', 'input': {'a_b': 1}}),
]


@pytest.mark.parametrize(('value', 'expected'), VALUES)
def test_anything_becomes_json(value, expected):
    assert json.loads(dump_json(value)) == expected
    assert dump_dict(value) == expected


def test_members_of_user_data_stay_even_if_they_are_none():
    data = {'a': None, 'b': [None, {'c': None}]}
    assert dump_dict(data) == data
    assert json.loads(dump_json(data)) == data
    assert dump_dict(ToolRequest(name='t', input=data)) == {'name': 't', 'input': data}


def test_text_keeps_its_characters():
    assert dump_json({'ä': '€'}) == '{"ä":"€"}'


def test_text_can_be_indented():
    assert dump_json({'a': 1}, indent=2) == '{\n  "a": 1\n}'


def test_a_value_that_contains_itself_is_refused():
    circle: dict[str, object] = {}
    circle['self'] = [circle]
    with pytest.raises(ValueError, match='Circular reference'):
        dump_dict(circle)


def test_a_schema_is_shown_indented_with_its_own_characters():
    assert dump_schema({'type': 'string', 'description': 'Größe'}) == (
        '{\n  "type": "string",\n  "description": "Größe"\n}'
    )
