# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Schemas of other programs, in every dialect: they do not explode, and what is wrong with them is said."""

from typing import Any

import jsonschema
import pytest
from genkit import GenkitError
from genkit.plugin import ANTHROPIC_ANSWER_SCHEMAS, GEMINI_SCHEMAS, OLLAMA_TOOL_SCHEMAS, OPENAI_ANSWER_SCHEMAS, fit
from genkit.plugin import schema_dialects as dialects
from pydantic_core import to_json


DIALECTS = {name: getattr(dialects, name) for name in dialects.__all__ if name.endswith('SCHEMAS')}


def of(members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        'type': 'object',
        'properties': members,
        'required': list(members),
        'additionalProperties': False,
        **more,
    }


def doubling(levels: int, **beside: Any) -> dict[str, Any]:
    """Return a schema of which each definition names the next one twice."""
    definitions: dict[str, Any] = {f'D{levels}': {'type': 'string'}}
    for level in range(levels):
        reference = {'$ref': f'#/$defs/D{level + 1}', **beside}
        definitions[f'D{level}'] = of({'a': reference, 'b': {'allOf': [reference]}})
    return of({'r': {'$ref': '#/$defs/D0'}}, **{'$defs': definitions})


@pytest.mark.parametrize('beside', [{}, {'description': 'd'}], ids=['alone', 'described'])
@pytest.mark.parametrize('dialect', DIALECTS.values(), ids=DIALECTS)
def test_references_that_would_double_at_each_level_stay(dialect: Any, beside: dict[str, Any]) -> None:
    schema = doubling(60, **beside)
    if not dialect.references:
        with pytest.raises(GenkitError, match=r'has no references, .* become about [\d,]{20,}, more than') as raised:
            fit(schema, dialect)
        assert raised.value.reason == 'INVALID_SCHEMA'
        return
    fitted = fit(schema, dialect).schema
    assert fitted is not None
    assert len(to_json(fitted)) < 4 * len(to_json(schema))
    assert all(name in fitted['$defs'] for name in ('D1', 'D59')) is not bool(beside)
    jsonschema.Draft202012Validator.check_schema(fitted)
    if beside:
        assert str(fitted).count("'description': 'd'") >= 60


def test_a_small_schema_is_written_out_as_before() -> None:
    assert '$' not in str(fit(doubling(3), GEMINI_SCHEMAS).schema)
    assert '$' not in str(fit(doubling(3), OLLAMA_TOOL_SCHEMAS).schema)
    assert fit(doubling(3, title='t'), OPENAI_ANSWER_SCHEMAS).schema is not None


def test_many_references_to_parts_of_one_another_come_to_an_end() -> None:
    chain: dict[str, Any] = {f'D{number}': of({'a': {'$ref': f'#/$defs/D{number + 1}'}}) for number in range(2000)}
    chain['D2000'] = {'type': 'null'}
    schema = of({'a': {'$ref': '#/$defs/D0'}}, **{'$defs': chain})
    fitted = fit(schema, OPENAI_ANSWER_SCHEMAS)
    assert fitted.schema is not None
    assert (fitted.strict, len(fitted.schema['$defs'])) == (False, 2001)
    assert 'refer to one another more than 200 deep' in str(fit(schema, ANTHROPIC_ANSWER_SCHEMAS).problem)
    narrowing = {f'D{number}': {'$ref': f'#/$defs/D{number + 1}', 'maxLength': number} for number in range(400)}
    narrowing['D400'] = {'type': 'string'}
    each = {f'm{number}': {'$ref': f'#/$defs/D{number}', 'pattern': str(number)} for number in range(400)}
    assert fit(of(each, **{'$defs': narrowing}), OPENAI_ANSWER_SCHEMAS) is not None


def test_one_place_spelled_in_many_ways_is_one_definition() -> None:
    pointers = ['#/$defs/N', '#/%24defs/N', '#/$defs/%4E']
    members = {str(number): {'$ref': pointer} for number, pointer in enumerate(pointers)}
    fitted = fit(of(members, **{'$defs': {'N': {'type': 'null'}}}), OPENAI_ANSWER_SCHEMAS).schema
    assert fitted is not None
    assert fitted['$defs'] == {'N': {'type': 'null'}}


MALFORMED: dict[str, dict[str, Any]] = {
    'format': {'type': 'string', 'format': {}},
    'type': {'type': [{}]},
    'required': {'type': 'object', 'required': 5},
    'names': {'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': [['a'], {}]},
    'properties': {'type': 'object', 'properties': ['a']},
    'member': {'type': 'object', 'properties': {'a': 5}},
    'enum': {'type': 'string', 'enum': 5},
    'anyOf': {'anyOf': {'x': 1}},
    'option': {'anyOf': [5]},
    'minItems': {'type': 'array', 'minItems': [], 'items': {'type': 'string'}},
    'prefixItems': {'type': 'array', 'prefixItems': {'x': 1}},
    'reference': {'$ref': 5},
    'pattern': {'type': 'string', 'pattern': 5},
    'index': {'$ref': '#/allOf/²'},
    'long index': {'$ref': f'#/allOf/{"9" * 5000}'},
    'data': {'$ref': '#/examples/0'},
}


@pytest.mark.parametrize('dialect', DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize('case', MALFORMED)
def test_a_word_with_a_wrong_value_is_an_invalid_schema(case: str, dialect: Any) -> None:
    schema = of({'m': MALFORMED[case]}, allOf=[{}], examples=[{'type': 'array', 'items': 5}])
    with pytest.raises(GenkitError, match="Schema 'without title' cannot be used: ") as raised:
        fit(schema, dialect)
    assert (raised.value.status, raised.value.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')


@pytest.mark.parametrize('dialect', DIALECTS.values(), ids=DIALECTS)
def test_null_counts_as_nothing_there(dialect: Any) -> None:
    words = dict.fromkeys(('format', 'enum', 'required', 'properties', 'items', 'anyOf', '$ref'))
    fit(of({'a': {'type': 'string', **words}}), dialect)


NUMBER = {'$defs': {'N': {'type': 'integer', 'minimum': 5}}}
ITEM = {'type': 'object', 'properties': {'a': {'type': 'string'}}, 'required': ['a']}
TREE = of({'a': {'type': 'array', 'items': {'$ref': '#/$defs/T'}}})
# Schemas, with a value that each refuses and one that it admits.
LOOSENED: dict[str, tuple[dict[str, Any], Any, Any]] = {
    'allOf beside a limit': ({'allOf': [{'type': 'integer', 'minimum': 5}], 'minimum': 1}, 3, 7),
    'allOf beside members': ({'allOf': [ITEM], 'type': 'object', 'properties': {'b': {}}}, {'b': 1}, {'a': 'x'}),
    'allOf of a closed one': (
        {'allOf': [{**ITEM, 'additionalProperties': False}], 'properties': {'b': {'type': 'integer'}}},
        {'a': 'x', 'b': 1},
        {'a': 'x'},
    ),
    'allOf of one name': (
        {'allOf': [ITEM], 'properties': {'a': {'type': 'string', 'maxLength': 1}}},
        {'a': 'xx'},
        {'a': 'x'},
    ),
    'allOf of patterns': ({'allOf': [{'type': 'string', 'pattern': 'a'}], 'pattern': 'b'}, 'b', 'ab'),
    'allOf of types': ({'allOf': [{'type': ['integer', 'string']}], 'type': 'number'}, 'a', 1),
    'allOf of enums': ({'allOf': [{'enum': ['a', 'b']}], 'enum': ['b', 'c']}, 'c', 'b'),
    'allOf of tuples': (
        {'allOf': [{'type': 'array', 'items': {'type': 'string'}}], 'items': {'type': ['string', 'integer']}},
        [1],
        ['a'],
    ),
    'reference beside a limit': ({'$ref': '#/$defs/N', 'minimum': 1}, 3, 7),
    'recursive reference beside a limit': ({'$ref': '#/$defs/T', 'maxProperties': 0}, {'a': []}, None),
    'enum with a type': ({'type': 'string', 'enum': ['x', 1]}, 1, 'x'),
    'enum with types': ({'type': ['string', 'null'], 'enum': ['x', 1, None]}, 1, None),
    'enum of none of its type': ({'type': 'string', 'enum': [1]}, 1, None),
    'enum beside anyOf': ({'enum': ['x', 1], 'anyOf': [{'type': 'string'}]}, 'zzz', 'x'),
    'enum beside a limit': ({'enum': ['x', 1, 5], 'minimum': 3}, 1, 5),
    'constant beside an enum': ({'const': 'x', 'enum': ['x', 'y']}, 'y', 'x'),
    'constant outside of an enum': ({'const': 'x', 'enum': ['y']}, 'y', None),
    'oneOf of numbers': ({'oneOf': [{'type': 'integer'}, {'type': 'number', 'minimum': 5}]}, 7, 3),
    'oneOf of objects': ({'oneOf': [of({'a': {'type': 'string'}}), {**ITEM}]}, {'a': 'x'}, None),
    'false': ({'type': 'object', 'properties': {'a': False}, 'required': ['a']}, {'a': 1}, None),
    'escaped name': ({'$ref': '#/$defs/a~1b'}, 1, 'x'),
    'percent': ({'$ref': '#/$defs/a%20b'}, 1, 'x'),
}


@pytest.mark.parametrize('dialect', DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize('case', LOOSENED)
def test_nothing_is_loosened_untold(case: str, dialect: Any) -> None:
    node, refused, admitted = LOOSENED[case]
    definitions = {**NUMBER['$defs'], 'T': TREE, 'a/b': {'type': 'string'}, 'a b': {'type': 'string'}}
    schema = of({'m': node}, **{'$defs': definitions})
    own = jsonschema.Draft202012Validator(schema)
    assert not own.is_valid({'m': refused})
    fitted = fit(schema, dialect).schema
    if fitted is None:
        return
    jsonschema.Draft202012Validator.check_schema(fitted)
    checker = jsonschema.Draft202012Validator(fitted)
    assert 'description' in str(fitted) or not checker.is_valid({'m': refused})
    assert fit(fitted, dialect).schema == fitted or (dialect.inlined and case.startswith('recursive'))
    if admitted is not None:
        assert own.is_valid({'m': admitted})
        assert checker.is_valid({'m': admitted}) or dialect.closed


@pytest.mark.parametrize(
    'options',
    [
        [{'type': 'string'}, {'type': ['integer', 'null']}],
        [{'const': 1, 'title': 'one'}, {'const': 2}, {'enum': ['a']}],
        [of({'kind': {'const': 'a'}}), of({'kind': {'enum': ['b', 'c']}}), {'type': 'null'}],
        [{'$ref': '#/$defs/A'}, of({'kind': {'const': 'b'}})],
    ],
)
def test_alternatives_that_exclude_each_other_need_no_note(options: list[Any]) -> None:
    schema = of({'m': {'oneOf': options}}, **{'$defs': {'A': of({'kind': {'const': 'a'}})}})
    assert 'description' not in str(fit(schema, OPENAI_ANSWER_SCHEMAS).schema)


def test_other_alternatives_say_that_one_fits() -> None:
    schema = of({'m': {'oneOf': [{'type': 'string', 'minLength': 1}, {'type': 'string'}], 'description': 'd'}})
    fitted = fit(schema, OPENAI_ANSWER_SCHEMAS).schema
    assert fitted is not None
    assert fitted['properties']['m']['description'] == 'd\n\n{oneOf: exactly one of these fits}'


def test_what_stands_beside_a_reference_that_is_kept_makes_a_definition_of_its_own() -> None:
    tree = {**TREE, 'required': []}
    schema = of({'m': {'$ref': '#/$defs/T', 'maxProperties': 0}}, **{'$defs': {'T': tree}})
    fitted = fit(schema, GEMINI_SCHEMAS).schema
    assert fitted is not None
    assert fitted['properties']['m'] == {'$ref': '#/$defs/T_2'}
    assert fitted['$defs']['T_2']['description'] == '{maxProperties: 0}'
    assert fitted['$defs']['T_2']['properties'] == fitted['$defs']['T']['properties']
