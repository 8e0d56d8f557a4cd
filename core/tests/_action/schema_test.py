# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import datetime as dt
import enum
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from genkit import ErrorReason, Genkit, GenkitError
from genkit._action.schema import type_adapter, validate_input
from genkit.client.flows import _checked
from genkit.plugin import to_json_schema
from genkit.testing import overridden
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, computed_field
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


class Colour(enum.Enum):
    RED = 'red'


class Visit(BaseModel):
    model_config = ConfigDict(strict=True)

    day: dt.date
    seats: tuple[int, int]
    colour: Colour
    id: uuid.UUID
    count: int = 0


JSON = {'day': '2026-01-02', 'seats': [1, 2], 'colour': 'red', 'id': '00000000-0000-0000-0000-000000000001'}
VISIT = Visit(day=dt.date(2026, 1, 2), seats=(1, 2), colour=Colour.RED, id=uuid.UUID(int=1))


class TestStrictTypes:
    def test_take_json_and_instances(self):
        adapter = type_adapter(Visit)
        assert validate_input(adapter, JSON, 'it') == VISIT
        assert validate_input(adapter, VISIT, 'it') is VISIT
        assert validate_input(adapter, dict(VISIT), 'it') == VISIT

    async def test_are_inputs_of_flows_and_tools_outputs_of_models_and_results_of_clients(self):
        ai = Genkit(model='m')

        @ai.flow
        def flow(visit: Visit) -> str:
            return str(visit.day)

        assert (await flow.action.arun_raw(JSON)).response == '2026-01-02'
        with overridden(ai, model=[str(JSON)]):
            assert (await ai.generate(prompt='x', output_schema=Visit)).output == VISIT
            assert (await ai.generate(prompt='x', output_schema=dict[str, Visit] | Visit)).output == VISIT
        assert _checked(list[Visit], 'it')([JSON]) == [VISIT]

    def test_complain_about_what_is_wrong_and_no_more(self):
        with pytest.raises(GenkitError) as caught:
            validate_input(type_adapter(Visit), {**JSON, 'count': '3'}, 'it')
        assert [problem['path'] for problem in caught.value.details['problems']] == ['count']

    def test_stay_strict_about_objects_of_python(self):
        with pytest.raises(GenkitError, match='colour'):
            validate_input(type_adapter(Visit), {**dict(VISIT), 'colour': 'red'}, 'it')

    @pytest.mark.parametrize('value', ['\ud800', float('nan'), {'a': {1, 2}}, {'a': object()}])
    def test_refuse_what_is_no_json_as_before(self, value):
        with pytest.raises(GenkitError, match='Validation of it failed'):
            validate_input(type_adapter(Visit), value, 'it')


class Bill(BaseModel):
    total: Decimal = Field(validation_alias='sum', serialization_alias='amount')

    @computed_field
    @property
    def tip(self) -> int:
        return 3


class TestSent:
    def test_results_and_chunks_are_described_as_they_are_sent(self):
        ai = Genkit()

        @ai.flow(chunk_type=Bill)
        def flow(bill: Bill) -> Bill:
            return bill

        assert list(flow.action.input_schema['properties']) == ['sum']
        assert list(flow.action.output_schema['properties']) == ['amount', 'tip']
        assert flow.action.output_schema['properties']['amount']['type'] == 'string'
        assert flow.action.chunk_schema == flow.action.output_schema

    async def test_a_result_fits_its_own_schema(self):
        ai = Genkit()

        @ai.tool
        def bill() -> Bill:
            return Bill.model_validate({'sum': '1.5'})

        result = (await bill.action.arun_raw(None)).response
        sent = type_adapter(Bill).dump_python(result, mode='json', by_alias=True)
        assert Draft202012Validator(bill.definition().output_schema or False).is_valid(sent)
        assert sent == {'amount': '1.5', 'tip': 3}
