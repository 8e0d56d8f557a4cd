# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit._prompt.dotprompt import picoschema_to_json_schema


PERSON = {'type': 'object', 'properties': {'n': {'type': 'string'}}}
SCHEMAS = {'Person': PERSON, 'Level': {'enum': ['low', 'high']}}


def members(properties, required=(), others: bool | dict[str, str] = False):
    schema = {'type': 'object', 'properties': properties, 'additionalProperties': others}
    return {**schema, 'required': list(required)} if required else schema


@pytest.mark.parametrize(
    ('schema', 'expected'),
    [
        (None, None),
        ('string', {'type': 'string'}),
        ('number, how many, about', {'type': 'number', 'description': 'how many, about'}),
        ('any', {}),
        ('any, whatever', {'description': 'whatever'}),
        ('Person', PERSON),
        ('Person, somebody', {**PERSON, 'description': 'somebody'}),
        (
            {'a': 'string', 'b': 'null', 'c': None},
            members({'a': {'type': 'string'}, 'b': {'type': 'null'}, 'c': {'type': 'null'}}, 'abc'),
        ),
        ({'a?': 'integer, n'}, members({'a': {'type': ['integer', 'null'], 'description': 'n'}})),
        ({'a?': 'any', 'b?': 'null'}, members({'a': {}, 'b': {'type': 'null'}})),
        (
            {'a?': 'Person', 'b?': 'Level'},
            members({'a': {**PERSON, 'type': ['object', 'null']}, 'b': {'enum': ['low', 'high', None]}}),
        ),
        (
            {'a(array, list, of it)': 'string, one'},
            members(
                {
                    'a': {
                        'type': 'array',
                        'items': {'type': 'string', 'description': 'one'},
                        'description': 'list, of it',
                    }
                },
                'a',
            ),
        ),
        ({'a?(array)': {'b': 'any'}}, members({'a': {'type': ['array', 'null'], 'items': members({'b': {}}, 'b')}})),
        ({'a(array)': 'Person'}, members({'a': {'type': 'array', 'items': PERSON}}, 'a')),
        (
            {'a(object, (thing))': {'b?': 'boolean'}},
            members({'a': {**members({'b': {'type': ['boolean', 'null']}}), 'description': '(thing)'}}, 'a'),
        ),
        ({'a?(object)': {'b': 'any'}}, members({'a': {**members({'b': {}}, 'b'), 'type': ['object', 'null']}})),
        (
            {'a': {'b': {'c': 'string'}}},
            members({'a': members({'b': members({'c': {'type': 'string'}}, 'c')}, 'b')}, 'a'),
        ),
        ({'a(enum, which)': ['x', 1]}, members({'a': {'enum': ['x', 1], 'description': 'which'}}, 'a')),
        ({'a?(enum)': ['x']}, members({'a': {'enum': ['x', None]}})),
        ({'a?(enum)': ['x', None]}, members({'a': {'enum': ['x', None]}})),
        ({'(*)': 'any'}, members({}, others={})),
        (
            {'a': 'string', '(*)': 'number, more'},
            members({'a': {'type': 'string'}}, 'a', {'type': 'number', 'description': 'more'}),
        ),
        ({'type': 'object', 'properties': {}}, {'type': 'object', 'properties': {}}),
        ({'type': 'array', 'items': {'type': 'string'}}, {'type': 'array', 'items': {'type': 'string'}}),
        ({'type': 'string', 'minLength': 1}, {'type': 'string', 'minLength': 1}),
        ({'type': ['string', 'null']}, {'type': ['string', 'null']}),
        ({'a': {'type': ['string', 'null']}}, members({'a': {'type': ['string', 'null']}}, 'a')),
        ({'properties': {'a': {'type': 'string'}}}, {'type': 'object', 'properties': {'a': {'type': 'string'}}}),
        ({'a': {'type': 'object', 'properties': {}}}, members({'a': {'type': 'object', 'properties': {}}}, 'a')),
        ({'a': {'type': 'string'}}, members({'a': members({'type': {'type': 'string'}}, ['type'])}, 'a')),
        ({}, members({})),
    ],
)
def test_picoschema_becomes_a_json_schema(schema, expected):
    assert picoschema_to_json_schema(schema, SCHEMAS.get) == expected


@pytest.mark.parametrize(
    ('schema', 'message'),
    [
        ('Nobody', "Picoschema: 'Nobody' is neither a type"),
        ({'a': {'b?(array)': 'Nobody'}}, "at 'a.b?(array)': 'Nobody' is neither a type"),
        ({'a': 3}, "at 'a': expected a type or members, got 3"),
        ({'a': ['x']}, "at 'a': expected a type or members"),
        (['x'], 'Picoschema: expected a type or members'),
        ({'a(list)': 'string'}, "at 'a(list)': 'list' is none of array, object and enum"),
        ({'a(enum)': 'x'}, "an enum takes a list of values, got 'x'"),
        ({'a(object)': ['x']}, 'an object takes members'),
        ({'a(array': 'string'}, 'is not closed'),
        ({'a()': 'string'}, 'lacks a kind'),
        ({'?': 'string'}, 'lacks a name'),
        ({1: 'string'}, 'the name 1 is not text'),
    ],
)
def test_a_malformed_schema_is_refused_with_its_path(schema, message):
    with pytest.raises(GenkitError) as caught:
        picoschema_to_json_schema(schema, SCHEMAS.get)
    assert message in caught.value.message


def test_schemas_that_were_given_are_not_changed():
    levels = {'enum': ['low']}
    picoschema_to_json_schema({'a?': 'Level', 'b(array, d)': 'Level'}, {'Level': levels}.get)
    assert levels == {'enum': ['low']}
