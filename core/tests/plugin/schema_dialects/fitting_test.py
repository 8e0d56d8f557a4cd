# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from typing import Any, Literal

import pytest
from genkit import GenkitError
from genkit.plugin import (
    ANTHROPIC_ANSWER_SCHEMAS,
    GEMINI_SCHEMAS,
    GRAMMAR_SCHEMAS,
    OPENAI_ANSWER_SCHEMAS,
    OPENAI_TOOL_SCHEMAS,
    SchemaDialect,
    fit,
    to_json_schema,
)
from pydantic import BaseModel, Field

from .cases import Dog, Limited, Owner, Tree


ANY = SchemaDialect(name='any', source='nowhere')


def sent(schema: dict[str, Any], dialect: SchemaDialect = ANY) -> dict[str, Any]:
    fitted = fit(schema, dialect)
    assert fitted.schema is not None, fitted.problem
    return fitted.schema


@pytest.mark.parametrize(
    ('schema', 'expected'),
    [
        ({'const': 'a'}, {'type': 'string', 'enum': ['a']}),
        ({'const': None}, {'type': 'null'}),
        ({'enum': ['a', None]}, {'anyOf': [{'type': 'string', 'enum': ['a']}, {'type': 'null'}]}),
        ({'enum': [1, 1.5]}, {'type': 'number', 'enum': [1, 1.5]}),
        ({'type': 'number', 'enum': [1]}, {'type': 'number', 'enum': [1]}),
        ({'enum': [True, False], 'title': 'T'}, {'type': 'boolean', 'title': 'T'}),
        ({'enum': [[1], {}]}, {'enum': [[1], {}]}),
        ({'enum': []}, {'enum': []}),
        ({'oneOf': [{'type': 'null'}], 'discriminator': {'propertyName': 'k'}}, {'anyOf': [{'type': 'null'}]}),
        ({'allOf': [{'type': 'string'}], 'title': 'T'}, {'type': 'string', 'title': 'T'}),
        (
            {'allOf': [{'$ref': '#/$defs/A'}], '$defs': {'A': {'type': 'null'}}},
            {'$ref': '#/$defs/A', '$defs': {'A': {'type': 'null'}}},
        ),
        ({'type': 'array'}, {'type': 'array', 'items': {}}),
        ({'type': 'string', 'pattern': '(?=a)b'}, {'type': 'string', 'description': '{pattern: (?=a)b}'}),
        ({'type': 'string', 'pattern': '^a+$'}, {'type': 'string', 'pattern': '^a+$'}),
        ({'properties': {'a': True, 'b': False}}, {'properties': {'a': {}, 'b': {'not': {}}}}),
        (
            {'properties': {'enum': {'const': 1}}},
            {'properties': {'enum': {'type': 'integer', 'enum': [1]}}, 'required': ['enum']},
        ),
    ],
)
def test_what_no_provider_wants_is_written_otherwise(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert sent(schema) == expected


def test_what_is_lost_is_told_in_the_description() -> None:
    schema = sent(to_json_schema(Limited), ANTHROPIC_ANSWER_SCHEMAS)['properties']
    assert schema['count']['description'] == '{exclusiveMaximum: 10, minimum: 1, multipleOf: 2}'
    assert schema['tags']['description'] == '{maxItems: 3, minItems: 2}'
    assert 'minimum' not in schema['count']
    short = {'type': 'array', 'items': {'type': 'null'}, 'minItems': 1, 'description': 'd'}
    assert sent(short, ANTHROPIC_ANSWER_SCHEMAS)['properties']['value'] == short


def test_elements_of_a_tuple_become_alternatives() -> None:
    schema = sent(to_json_schema(tuple[int, str, int]), OPENAI_ANSWER_SCHEMAS)['properties']['value']
    assert schema['items'] == {'anyOf': [{'type': 'integer'}, {'type': 'string'}]}
    assert (schema['minItems'], schema['maxItems']) == (3, 3)
    assert 'prefixItems: [{"type":"integer"}' in schema['description']
    rest = {'type': 'array', 'prefixItems': [{'type': 'null'}], 'items': {'type': 'string'}}
    assert 'maxItems' not in sent(rest, OPENAI_TOOL_SCHEMAS)['properties']['value']


def test_references_are_kept_or_written_out() -> None:
    kept = sent(to_json_schema(Owner), OPENAI_ANSWER_SCHEMAS)
    assert kept['properties']['pet']['anyOf'] == [{'$ref': '#/$defs/Cat'}, {'$ref': '#/$defs/Dog'}]
    assert kept['$defs']['Dog']['properties']['friend']['description'] == 'The best one.'
    assert '$ref' not in kept['$defs']['Dog']['properties']['friend']
    assert '$' not in str(sent(to_json_schema(Owner), GEMINI_SCHEMAS))


def test_the_root_is_the_object_that_it_refers_to() -> None:
    schema = sent(to_json_schema(Tree), OPENAI_TOOL_SCHEMAS)
    assert schema['type'] == 'object'
    assert schema['properties']['branches']['items'] == {'$ref': '#/$defs/Tree'}
    assert 'Tree' in schema['$defs']


@pytest.mark.parametrize(
    ('pointer', 'name'),
    [
        ('#', 'root'),
        ('#/properties/a', 'properties_a'),
        ('#/definitions/A', 'A'),
        ('#/x/~0y~1z/1', 'x_y_z_1'),
        ('#/x/a%20~0b', 'x_a_b'),
    ],
)
def test_references_to_any_place_become_definitions(pointer: str, name: str) -> None:
    schema = {
        'type': 'object',
        'properties': {'a': {'type': 'object', 'properties': {'b': {'$ref': pointer}}}},
        'definitions': {'A': {'type': 'null'}},
        'x': {'~y/z': [0, {'type': 'null'}], 'a ~b': True},
    }
    fitted = sent(schema)
    assert fitted['properties']['a']['properties']['b'] == {'$ref': f'#/$defs/{name}'}
    assert name in fitted['$defs']
    assert 'definitions' not in fitted


@pytest.mark.parametrize('pointer', ['#/$defs/Nobody', 'https://example.com/schema', '#/type', 'Cat', '#/x/7'])
def test_a_reference_to_nothing_is_an_error_that_names_it(pointer: str) -> None:
    with pytest.raises(GenkitError, match='cannot be used: the reference') as raised:
        fit({'type': 'object', 'x': [], 'properties': {'a': {'$ref': pointer}}}, OPENAI_TOOL_SCHEMAS)
    assert (raised.value.status, raised.value.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')
    assert repr(pointer) in raised.value.message


@pytest.mark.parametrize(
    'definitions',
    [{'A': {'$ref': '#/$defs/A'}}, {'A': {'$ref': '#/$defs/B'}, 'B': {'$ref': '#/$defs/A'}}],
)
def test_references_that_go_round_for_ever_end(definitions: dict[str, Any]) -> None:
    fitted = fit({'$ref': '#/$defs/A', '$defs': definitions}, ANTHROPIC_ANSWER_SCHEMAS)
    assert fitted.schema is None
    assert 'refers to itself' in str(fitted.problem)
    assert sent({'$ref': '#/$defs/A', '$defs': definitions})['$ref'] == '#/$defs/A'


def test_what_cannot_be_expressed_names_the_member() -> None:
    class Shop(BaseModel):
        prices: list[dict[str, int]]

    fitted = fit(to_json_schema(Shop), ANTHROPIC_ANSWER_SCHEMAS)
    assert fitted.problem == "member 'prices[]' takes members that are not named"


def test_limits_count_what_references_lead_to() -> None:
    class Many(BaseModel):
        words: Literal['a', 'b', 'c']
        pet: Dog
        other: Dog | None = Field(description='Another one.')

    schema = to_json_schema(Many)
    for name, most in {'depth': 3, 'properties': 7, 'enum': 5, 'optional': 0, 'unions': 1}.items():
        dialect = replace(ANTHROPIC_ANSWER_SCHEMAS, limits={name: most})
        assert fit(schema, dialect).problem is None, name
        if most:
            less = replace(ANTHROPIC_ANSWER_SCHEMAS, limits={name: most - 1})
            assert repr(name) in str(fit(schema, less).problem)


def test_a_schema_that_is_too_deep_or_no_json_is_no_crash() -> None:
    deep: dict[str, Any] = {'type': 'null'}
    for _ in range(150):
        deep = {'type': 'array', 'items': deep}
    assert 'lies deeper than' in str(fit(deep, GRAMMAR_SCHEMAS).problem)
    circle: dict[str, Any] = {'type': 'array'}
    circle['items'] = circle
    with pytest.raises(GenkitError, match='is no JSON') as raised:
        fit(circle, GRAMMAR_SCHEMAS)
    assert raised.value.reason == 'INVALID_SCHEMA'


def test_the_schema_that_was_given_is_left_as_it_is() -> None:
    schema = to_json_schema(Owner)
    before = repr(schema)
    fit(schema, OPENAI_ANSWER_SCHEMAS)
    assert repr(schema) == before


def test_the_tag_of_an_alternative_is_required_although_it_has_a_default():
    class Found(BaseModel):
        kind: Literal['found'] = 'found'
        where: str = 'here'

    class Lost(BaseModel):
        kind: Literal['lost'] = 'lost'

    class Answer(BaseModel):
        result: Found | Lost = Field(discriminator='kind')

    sent = fit(to_json_schema(Answer), GRAMMAR_SCHEMAS).schema
    assert sent is not None
    assert {name: schema['required'] for name, schema in sent['$defs'].items()} == {'Found': ['kind'], 'Lost': ['kind']}
