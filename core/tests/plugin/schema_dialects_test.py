# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any, Literal

import pytest
from genkit import GenkitError
from genkit.plugin import (
    closed,
    inline_refs,
    is_closed,
    is_recursive,
    nullable_types,
    to_json_schema,
    transformed,
    without,
)
from pydantic import BaseModel, Field


class Cat(BaseModel):
    kind: Literal['cat']
    lives: int


class Dog(BaseModel):
    kind: Literal['dog']
    owner: 'Person | None' = None


class Person(BaseModel):
    name: str


class Shelter(BaseModel):
    pets: list[Cat | Dog] = Field(description='All of them')
    by_name: dict[str, Cat] = {}


class Tree(BaseModel):
    children: list['Tree'] = []


def test_references_are_replaced_by_what_they_point_to_and_descriptions_beside_them_stay() -> None:
    flat = inline_refs(to_json_schema(Shelter))
    assert '$ref' not in str(flat)
    assert '$defs' not in str(flat)
    assert flat['properties']['pets']['description'] == 'All of them'
    cat, dog = flat['properties']['pets']['items']['anyOf']
    assert cat['properties']['lives'] == {'title': 'Lives', 'type': 'integer'}
    assert dog['properties']['owner']['anyOf'][0]['properties']['name']['type'] == 'string'
    assert flat['properties']['by_name']['additionalProperties']['properties']['lives']['type'] == 'integer'


def test_a_schema_that_refers_to_itself_or_to_nothing_is_refused_by_name() -> None:
    assert is_recursive(to_json_schema(Tree))
    assert not is_recursive(to_json_schema(Shelter))
    with pytest.raises(GenkitError, match='refers to itself') as raised:
        inline_refs(to_json_schema(Tree))
    assert (raised.value.status, raised.value.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')
    with pytest.raises(GenkitError, match='points to nothing'):
        inline_refs({'$ref': '#/$defs/Nobody'})


def test_objects_are_closed_wherever_they_are_unless_they_say_otherwise() -> None:
    schema = closed({**to_json_schema(Shelter), 'x': {'type': 'object'}})
    assert schema['additionalProperties'] is False
    assert schema['$defs']['Cat']['additionalProperties'] is False
    assert schema['properties']['by_name']['additionalProperties'] != False  # noqa: E712  (it is a schema)


def test_only_a_schema_without_optional_members_counts_as_closed() -> None:
    assert is_closed(closed(to_json_schema(Cat)))
    assert not is_closed(to_json_schema(Cat))
    assert not is_closed(closed(to_json_schema(Dog)))


def test_words_can_be_left_out_without_touching_members_of_that_name() -> None:
    schema = {'title': 'T', 'properties': {'title': {'title': 'Title', 'type': 'string', 'format': 'date'}}}
    assert without(schema, {'title', 'format'}) == {'properties': {'title': {'type': 'string'}}}


@pytest.mark.parametrize(
    ('schema', 'expected'),
    [
        ({'type': ['string', 'null']}, {'type': 'string', 'nullable': True}),
        ({'type': ['string', 'integer', 'null']}, {'type': ['string', 'integer'], 'nullable': True}),
        (
            {'anyOf': [{'type': 'integer'}, {'type': 'null'}], 'title': 'N'},
            {'title': 'N', 'type': 'integer', 'nullable': True},
        ),
        (
            {'anyOf': [{'type': 'integer'}, {'type': 'string'}, {'type': 'null'}]},
            {'anyOf': [{'type': 'integer'}, {'type': 'string'}], 'nullable': True},
        ),
        ({'type': 'string'}, {'type': 'string'}),
    ],
)
def test_null_among_types_becomes_nullable(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert nullable_types(schema) == expected


def test_the_schema_that_was_given_is_left_as_it_is() -> None:
    schema = to_json_schema(Shelter)
    before = repr(schema)
    for change in (inline_refs, closed, nullable_types, lambda s: transformed(s, lambda node: {**node, 'x': 1})):
        change(schema)
    assert repr(schema) == before
