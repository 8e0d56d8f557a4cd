# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from genkit import GenkitError
from genkit._base.errors import ErrorReason
from genkit._base.readers.json_text import MAX_JSON_DEPTH, MAX_JSON_DIGITS, check_depth, read_json
from genkit._base.serialize import dump_dict, dump_json
from hypothesis import given
from hypothesis import strategies as st


def nested(depth, opening='[', closing=']', inside=''):
    return opening * depth + inside + closing * depth


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values, st.integers(min_value=0, max_value=12))
def test_what_is_within_the_limits_is_read_as_it_is(value, many):
    text = json.dumps([value] * many)
    assert read_json(text) == read_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    ('opening', 'closing', 'inside', 'each'), [('[', ']', '', 1), ('{"a":', '}', '1', 1), ('[{"a":', '}]', '0', 2)]
)
def test_the_last_level_is_read_and_the_next_one_refused(opening, closing, inside, each):
    text = nested(MAX_JSON_DEPTH // each, opening, closing, inside)
    value = read_json(text)
    check_depth(value)
    assert dump_json(value)
    assert dump_dict({'message': {'content': [{'toolRequest': {'input': value}}]}})
    with pytest.raises(GenkitError, match='The text is nested more than 128 levels deep'):
        read_json(f'[{text}]')
    with pytest.raises(GenkitError, match='The value is nested more than 128 levels deep'):
        check_depth([value])


def test_siblings_are_no_depth():
    text = json.dumps([[{}] * 300] * 300)
    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize('depth', [129, 200, 201, 202, 1000, 200_000])
@pytest.mark.parametrize('closing', [']', ''])
def test_any_depth_is_refused_with_one_error(depth, closing):
    with pytest.raises(GenkitError) as refused:
        read_json(nested(depth, closing=closing), 'The body')
    assert refused.value.status == 'INVALID_ARGUMENT'
    assert str(refused.value.original_message).startswith('The body is n')


@pytest.mark.parametrize('text', ['1],[2', '],[', '1]', '[1', '1,2', '', ']' * 300 + '[' * 300, '[' * 129])
def test_brackets_that_do_not_fit_are_no_way_around_the_limit(text):
    for padded in (text, text + ' ' * 10, text + '[{' * 200 + '}]' * 200):
        with pytest.raises(GenkitError):
            read_json(padded)


def test_the_place_in_a_message_is_that_in_the_text():
    many = '[' + '{},' * 200
    with pytest.raises(GenkitError, match=r'The answer is not JSON: .* at line 1 column 602\.'):
        read_json(many + 'x]', 'The answer')


@pytest.mark.parametrize('text', ['9' * (MAX_JSON_DIGITS + 1), '[' * 129 + '9' * 5000, '-' + '1' * 100_000])
def test_more_digits_than_can_be_written_are_refused(text):
    with pytest.raises(GenkitError, match='is n'):
        read_json(text)


def test_the_most_digits_can_be_read_and_written():
    value = read_json('9' * MAX_JSON_DIGITS)
    assert dump_json(value) == str(value) == '9' * MAX_JSON_DIGITS


@pytest.mark.parametrize('text', ['NaN', '[Infinity]', '-Infinity', json.dumps([[]] * 300)[:-1] + ',NaN]'])
def test_numbers_that_json_does_not_have_are_read_only_on_request(text):
    with pytest.raises(GenkitError, match='is not JSON'):
        read_json(text)
    assert read_json(text, allow_inf_nan=True) is not None


def test_status_and_reason_are_the_callers():
    with pytest.raises(GenkitError) as refused:
        read_json('{', 'The answer of x', status='INTERNAL', reason=ErrorReason.INVALID_OUTPUT)
    assert (refused.value.status, refused.value.reason) == ('INTERNAL', 'INVALID_OUTPUT')


def test_other_limits_of_depth():
    assert read_json(nested(201), max_depth=201)
    with pytest.raises(GenkitError, match='more than 201 levels'):
        read_json(nested(202), max_depth=201)
    assert read_json('[]', max_depth=1) == []
    with pytest.raises(GenkitError, match='more than 1 levels'):
        read_json('[[]]', max_depth=1)


def test_a_value_that_holds_itself_is_too_deep():
    circle = []
    circle.append(circle)
    with pytest.raises(GenkitError, match='nested'):
        check_depth(circle)


def test_a_value_that_is_shared_at_many_places_costs_its_own_size():
    shared = []
    for _ in range(100):
        shared = [shared, shared]
    check_depth(shared)
