# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import contextlib
import json
import socket
import urllib.request

import pytest
from genkit import GenkitError
from genkit._base.json_schema import check_json, is_json_schema, require_json_schema
from genkit._base.readers.json_text import MAX_JSON_DEPTH
from hypothesis import given
from hypothesis import strategies as st


DRAFT_7 = 'http://json-schema.org/draft-07/schema#'


def refused(schema, value):
    with pytest.raises(GenkitError) as caught:
        check_json(schema, value, 'the input of x')
    assert str(caught.value.original_message).startswith('Validation of the input of x failed: ')
    return caught.value


def doubled(keyword, leaf, levels=30):
    """Return a schema of a few references that each lead to the next one twice."""
    steps = {f's{n}': {keyword: [{'$ref': f'#/$defs/s{n + 1}'}] * 2} for n in range(levels)}
    return {'$defs': {**steps, f's{levels}': leaf}, '$ref': '#/$defs/s0'}


@pytest.fixture
def no_way_out(monkeypatch):
    """Whatever would leave the process fails the test."""

    def fail(*given, **_):
        raise AssertionError(f'reached for {given!r}')

    for place, name in ((socket, 'getaddrinfo'), (urllib.request, 'urlopen'), (socket.socket, 'connect')):
        monkeypatch.setattr(place, name, fail)


@pytest.mark.usefixtures('no_way_out')
@pytest.mark.parametrize(
    'schema',
    [
        {'$ref': 'http://127.0.0.1:9/latest/meta-data'},
        {'$id': 'http://127.0.0.1:9/here', '$ref': 'there'},
        {'$ref': 'file:///etc/hosts'},
        {'properties': {'a': {'$dynamicRef': 'https://example.com/x#y'}}},
        {'$schema': DRAFT_7, '$ref': 'ftp://example.com/x'},
        {'properties': {'a': {'$schema': 'http://json-schema.org/draft-04/schema#', '$ref': 'http://127.0.0.1:9/'}}},
        {'$ref': '#/$defs/missing'},
        {'$ref': '#/~9'},
        {'$ref': '#nowhere'},
        {'$ref': 'http://[::1'},
    ],
    ids=json.dumps,
)
def test_references_lead_nowhere_but_into_the_schema(schema):
    error = refused(schema, {'a': 1})
    assert (error.status, error.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')


@pytest.mark.parametrize(
    'schema',
    [
        {'$ref': '#'},
        {'allOf': [{'$ref': '#'}]},
        {'$defs': {'a': {'$ref': '#/$defs/b'}, 'b': {'$ref': '#/$defs/a'}}, '$ref': '#/$defs/a'},
        {'$dynamicAnchor': 'x', '$dynamicRef': '#x'},
        {'not': {'$ref': '#'}},
    ],
    ids=json.dumps,
)
def test_references_in_a_circle_are_an_error_of_the_schema(schema):
    error = refused(schema, {})
    assert (error.status, error.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')


@pytest.mark.parametrize(
    'schema',
    [
        {'type': 'nope'},
        {'type': 7},
        {'required': True},
        {'properties': []},
        {'properties': {'a': {'multipleOf': 0}}},
        {'properties': {'a': {'pattern': '('}}},
        {'patternProperties': {'(': {}}},
        {'$schema': 7},
        {'$schema': ['x']},
        {'enum': 3},
        {'minLength': 'a'},
        {'$defs': {'unused': {'type': 'nope'}}},
    ],
    ids=str,
)
def test_a_malformed_schema_is_told_as_such_whatever_the_value(schema):
    for value in ({}, {'a': 1}, None):
        error = refused(schema, value)
        assert (error.status, error.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')


@given(
    st.dictionaries(
        st.sampled_from(['type', 'pattern', '$ref', '$id', 'items', 'multipleOf', 'required', '$schema', 'if', 'enum']),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
            max_leaves=4,
        ),
        max_size=4,
    ),
    st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
)
def test_no_schema_raises_anything_but_our_error(schema, value):
    with contextlib.suppress(GenkitError):
        check_json(schema, value, 'x')


@pytest.mark.parametrize(
    ('schema', 'value'),
    [
        ({'properties': {'a': {'pattern': '^(a|aa)+$'}}}, {'a': 'a' * 100 + '!'}),
        ({'properties': {'a': {'$schema': DRAFT_7, 'pattern': '^(a|aa)+$'}}}, {'a': 'a' * 100 + '!'}),
        ({'patternProperties': {'^(a|aa)+$': {}}, 'additionalProperties': False}, {'a' * 100 + '!': 1}),
        ({'propertyNames': {'pattern': '^(a|aa)+$'}}, {'a' * 100 + '!': 1}),
        ({'patternProperties': {'^(a|aa)+$': {}}, 'unevaluatedProperties': False}, {'a' * 100 + '!': 1}),
        ({'items': {'uniqueItems': True}}, [[{'n': n} for n in range(20_000)] + [{'n': 1.0}]]),
        (doubled('anyOf', {'type': 'string'}), {}),
        (doubled('allOf', {'type': 'object'}), {}),
        (doubled('oneOf', {'type': 'object'}), {}),
    ],
    ids=['pattern', 'pattern-of-a-draft', 'beside-patterns', 'names', 'unevaluated', 'unique', 'any', 'all', 'one'],
)
def test_what_would_never_end_ends(schema, value):
    """Within the time limit of a test."""
    assert refused(schema, value).status in ('INVALID_ARGUMENT', 'OUT_OF_RANGE')


def test_the_work_allowed_grows_with_the_value():
    schema = {'items': {'allOf': [{'type': 'integer'}, {'minimum': 0}, {'maximum': 20_000}]}}
    check_json(schema, list(range(20_000)), 'x')


def test_a_value_as_deep_as_may_be_read_fits_a_schema_of_itself():
    value = None
    for _ in range(MAX_JSON_DEPTH // 2):
        value = {'children': [value] if value else []}
    check_json({'properties': {'children': {'items': {'$ref': '#'}}}}, value, 'x')


@pytest.mark.parametrize(
    ('items', 'fits'),
    [
        ([1, True], True),
        ([1, 1.0], False),
        ([{'a': 1, 'b': 2}, {'b': 2, 'a': 1.0}], False),
        ([[1], [True]], True),
        ([{}, []], True),
        (['1', 1, None, False, 0], True),
        ([[], [[]], [[[]]]], True),
    ],
)
def test_items_are_unique_as_json_values(items, fits):
    if fits:
        check_json({'uniqueItems': True}, items, 'x')
    else:
        assert 'non-unique' in str(refused({'uniqueItems': True}, items))


def test_additional_members_stand_beside_patterns():
    schema = {'properties': {'a': {}}, 'patternProperties': {'^x-': {'type': 'string'}}, 'additionalProperties': False}
    check_json(schema, {'a': 1, 'x-b': 's'}, 'x')
    assert "'c', 'd' do not match any of the regexes: '^x-'" in str(refused(schema, {'a': 1, 'c': 1, 'd': 2}))
    assert "x-b: 1 is not of type 'string'" in str(refused(schema, {'x-b': 1}))
    others = {**schema, 'additionalProperties': {'type': 'integer'}}
    check_json(others, {'n': 1, 'x-n': 's'}, 'x')
    assert "n: 's' is not of type 'integer'" in str(refused(others, {'n': 's'}))


def test_simple_patterns_are_taken_beside_unevaluated_properties():
    schema = {'allOf': [{'patternProperties': {'^x-': {}, r'^\S+\.$': {}}}], 'unevaluatedProperties': False}
    check_json(schema, {'x-a': 1, 'b.': 2}, 'x')
    assert 'Unevaluated' in str(refused(schema, {'c': 1}))
    assert 'characters' in str(refused(schema, {'x-' + 'c' * 2000: 1}))


def test_many_problems_and_long_values_make_a_short_message():
    error = refused({'items': {'type': 'string'}}, [['x' * 10_000]] * 10_000)
    assert len(str(error)) < 10_000
    assert str(error).endswith('; …')


def test_no_secret_is_told():
    schema = {'properties': {'password': {'maxLength': 3}, 'x': {'not': {}}, 'auth': {'properties': {'token': False}}}}
    error = refused(schema, {'password': 's3cret', 'x': {'apiKey': 's3cret'}, 'auth': {'token': ['s3cret']}})
    assert 's3cret' not in str(error)
    assert "password: the secret does not fit 'maxLength'" in str(error)


@pytest.mark.parametrize(
    'schema',
    [
        {},
        {'minimum': 1},
        {'x-order': 1},
        {'$ref': '#/$defs/A'},
        {'minItems': 1},
        {'nullable': True},
        {'type': 'string'},
    ],
)
def test_what_has_a_keyword_is_a_json_schema(schema):
    assert is_json_schema(schema)
    require_json_schema('schema', schema)


@pytest.mark.parametrize('schema', [{'city': 'string'}, {'city': str}, {'title': str}, {'name': {'type': 'string'}}])
def test_names_and_types_are_no_json_schema(schema):
    assert not is_json_schema(schema)
    with pytest.raises(GenkitError, match='a dictionary is a JSON schema'):
        require_json_schema('schema', schema)
