# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from genkit import ErrorReason, GenkitError
from genkit._action.schema import type_adapter, validate_input
from genkit.plugin import to_json_schema
from pydantic import BaseModel
from typing_extensions import TypedDict


class Address(BaseModel):
    city: str
    zip_code: int


class Person(BaseModel):
    name: str
    addresses: list[Address] = []
    api_key: int | None = None


@dataclass
class Point:
    x: int


class Options(TypedDict):
    k: int


class Custom:
    pass


class TestJsonSchema:
    @pytest.mark.parametrize(
        ('given', 'schema'),
        [
            (None, {'type': 'null'}),
            ({'type': 'object', 'x': 1}, {'type': 'object', 'x': 1}),
            (str, {'type': 'string'}),
            (Any, {}),
            (list[int], {'type': 'array', 'items': {'type': 'integer'}}),
            (str | None, {'anyOf': [{'type': 'string'}, {'type': 'null'}]}),
        ],
    )
    def test_is_made_of_a_type(self, given, schema):
        assert to_json_schema(given) == schema

    @pytest.mark.parametrize('given', [Address, Point, Options])
    def test_is_made_of_a_class(self, given):
        schema = to_json_schema(given)
        assert schema['type'] == 'object'
        assert schema['required'] == list(schema['properties'])

    def test_given_as_data_is_left_as_it_is(self):
        schema = {'type': 'object'}
        assert to_json_schema(schema) is schema

    def test_is_made_once(self):
        assert to_json_schema(Address) is to_json_schema(Address)

    def test_of_what_has_none_names_the_type_and_the_way_out(self):
        with pytest.raises(GenkitError, match=r"Custom'> has no schema.*Use a Pydantic model") as caught:
            to_json_schema(Custom)
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert caught.value.reason == ErrorReason.INVALID_SCHEMA


class TestValidation:
    def test_turns_data_into_the_type(self):
        person = validate_input(
            type_adapter(Person), {'name': 'Ada', 'addresses': [{'city': 'L', 'zip_code': '7'}]}, 'x'
        )
        assert person == Person(name='Ada', addresses=[Address(city='L', zip_code=7)])

    def test_names_every_wrong_member_and_what_was_given(self):
        with pytest.raises(GenkitError) as caught:
            validate_input(type_adapter(Person), {'addresses': [{'city': 3, 'zip_code': 'x'}]}, '/flow/f')
        error = caught.value
        assert error.status == 'INVALID_ARGUMENT'
        assert error.reason == ErrorReason.INVALID_INPUT
        assert 'Validation of /flow/f failed' in error.message
        assert 'name: Field required' in error.message
        assert 'addresses.0.city: Input should be a valid string (got 3)' in error.message
        assert 'addresses.0.zip_code: Input should be a valid integer, unable to parse' in error.message
        assert [problem['path'] for problem in error.details['problems']] == [
            'name',
            'addresses.0.city',
            'addresses.0.zip_code',
        ]

    def test_names_the_root(self):
        with pytest.raises(GenkitError, match=r'\(root\): Input should be a valid integer'):
            validate_input(type_adapter(int), 'x', 'it')

    def test_shows_no_secret_in_its_message(self):
        with pytest.raises(GenkitError) as caught:
            validate_input(type_adapter(Person), {'name': 'Ada', 'api_key': 'sk-secret'}, 'it')
        assert 'api_key' in caught.value.message
        assert 'sk-secret' not in caught.value.message
        assert 'sk-secret' not in str(caught.value.details['problems'])

    def test_shows_no_secret_beside_a_missing_member(self):
        with pytest.raises(GenkitError) as caught:
            validate_input(type_adapter(Person), {'api_key': 'sk-secret'}, 'it')
        assert 'name: Field required' in caught.value.message
        assert 'sk-secret' not in caught.value.message

    def test_shows_the_beginning_of_long_values_only(self):
        with pytest.raises(GenkitError) as caught:
            validate_input(type_adapter(int), 'long ' * 1000, 'it')
        assert len(caught.value.message) < 300


class Opaque:
    pass


class Holder(BaseModel):
    model_config = {'arbitrary_types_allowed': True}

    inner: Opaque


@pytest.mark.parametrize('kind', [Holder, list[Holder], Callable[[int], int]])
def test_a_type_without_a_json_schema_is_our_error(kind):
    with pytest.raises(GenkitError, match='has no schema') as refused:
        to_json_schema(kind)
    assert (refused.value.status, refused.value.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')
