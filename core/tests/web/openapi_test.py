# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
from typing import Annotated, Literal

import jsonschema
import pytest
import schemathesis
from genkit import ActionRunContext, Genkit
from genkit.types import GenerateResponse
from genkit.web import FlowsApp
from genkit.web.openapi import describe_flow
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel, Field
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance


UNHURRIED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


class Address(BaseModel):
    city: str
    discriminator: str = ''


class Guest(BaseModel):
    name: str
    address: Address
    brings: 'list[Guest]' = []


class Soup(BaseModel):
    kind: Literal['soup']
    hot: bool


class Bread(BaseModel):
    kind: Literal['bread']
    slices: Annotated[int, Field(ge=1, le=9)]


class Order(BaseModel):
    dish: Annotated[Soup | Bread, Field(discriminator='kind')]


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow('menu/price')
    async def price(order: Order) -> float:
        """Tell what an order costs."""
        return 4.5

    @ai.flow()
    async def seat(guest: Guest) -> Guest:
        return guest

    @ai.flow()
    async def count(end: Annotated[int, Field(ge=0, le=20)], context: ActionRunContext) -> list[int]:
        for number in range(end):
            context.send_chunk(number)
        return list(range(end))

    @ai.flow()
    async def anything(given=None):
        return given

    @ai.flow()
    async def nothing() -> None:
        pass

    @ai.flow()
    async def answer() -> GenerateResponse:
        return GenerateResponse()

    _used = price, seat, count, anything, nothing, answer
    return ai


@pytest.fixture
def document(ai, client_of):
    async def fetch():
        return (await client_of(FlowsApp(ai, path_prefix='api')).get('/openapi.json')).json()

    return fetch


async def test_the_description_is_a_valid_openapi_document(document):
    schemathesis.openapi.from_dict(await document()).validate()


async def test_no_reference_leads_nowhere(document):
    text = json.dumps(await document())
    assert '$ref' not in text
    assert '#/$defs' not in text


async def test_shapes_of_inputs_and_results_are_described(document):
    operation = (await document())['paths']['/api/seat']['post']
    assert operation['operationId'] == 'seat'
    asked = operation['requestBody']['content']['application/json']['schema']['properties']['data']
    jsonschema.Draft202012Validator.check_schema(asked)
    validator = jsonschema.Draft202012Validator(asked)
    friend = {'name': 'Bob', 'address': {'city': 'Skarholm'}}
    assert validator.is_valid({'name': 'Ada', 'address': {'city': 'Skarholm'}, 'brings': [friend]})
    assert not validator.is_valid({'name': 'Ada', 'address': {}})
    assert 'discriminator' in asked['properties']['address']['properties']


async def test_a_choice_of_models_is_described_without_its_mapping(document):
    operation = (await document())['paths']['/api/menu/price']['post']
    assert operation['description'] == 'Tell what an order costs.'
    asked = operation['requestBody']['content']['application/json']['schema']['properties']['data']
    validator = jsonschema.Draft202012Validator(asked)
    assert validator.is_valid({'dish': {'kind': 'soup', 'hot': True}})
    assert not validator.is_valid({'dish': {'kind': 'soup', 'slices': 1}})


async def test_a_flow_is_described_for_other_documents_as_well(ai):
    described = describe_flow(ai.registry.lookup_action('flow', 'count'))
    assert set(described) == {'requestBody', 'responses'}
    assert '200' in described['responses']


@pytest.mark.timeout(120)
@pytest.mark.parametrize('mode', [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=['fitting', 'wrong'])
def test_no_request_whatever_makes_the_server_fail(ai, mode):
    schema = schemathesis.openapi.from_asgi('/openapi.json', FlowsApp(ai))
    codes = set()

    @settings(max_examples=60, deadline=None, phases=[Phase.generate], suppress_health_check=UNHURRIED)
    @given(case=schema.as_strategy(generation_mode=mode))
    def ask(case):
        answer = case.call()
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
        codes.add(answer.status_code)

    ask()
    assert (200 if mode is GenerationMode.POSITIVE else 400) in codes
