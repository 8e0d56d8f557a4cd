# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from genkit import ErrorReason, GenkitError, extract_json, parse_partial_json
from genkit._base.extract import extract_final_json, read_final_json
from hypothesis import given
from hypothesis import strategies as st


READABLE = {
    'plain': ('{"a": 1}', {'a': 1}),
    'a fence (PR-C)': ('```json\n{"key": "value"}\n```', {'key': 'value'}),
    'a fence in prose (PR-C)': ('Here is the result:\n```json\n{"name": "test"}\n```\nDone.', {'name': 'test'}),
    'a trailing comma (PR-C)': ('{"key": "value",}', {'key': 'value'}),
    'a fence without language': ('```\n[1, 2]\n```', [1, 2]),
    'a scalar': ('42', 42),
    'a string': ('"text"', 'text'),
    'null': ('null', None),
    'space around': ('  \n[1]\n ', [1]),
    'prose around': ('Sure! [1, 2] it is.', [1, 2]),
    'two values': ('{"a": 1} {"b": 2}', {'a': 1}),
    'brackets inside strings': ('{"a": "}]{["}', {'a': '}]{['}),
    'escaped quotes': (r'Answer: {"a": "say \"hi\""}', {'a': 'say "hi"'}),
    'single quotes': ("{'a': 'b'}", {'a': 'b'}),
    'no-break spaces': ('{\u00a0"a":\u00a01}', {'a': 1}),
    'no-break spaces in a string': ('{"a": "10\u00a0€"}', {'a': '10\u00a0€'}),
    'nested brackets in prose': ('[[wiki]] {"a": 1}', {'a': 1}),
    'brackets with words in prose': ('see [1, see below]: {"a": 1}', {'a': 1}),
    'cut off in a string': ('{"a": "unfin', {'a': 'unfin'}),
    'cut off in an array': ('{"a": [1, 2', {'a': [1, 2]}),
    'cut off after a key': ('{"a": 1, "b"', {'a': 1}),
    'cut off in prose': ('Here: [{"a": 1}, {"b"', [{'a': 1}, {}]),
}

UNREADABLE = ['no json at all', 'an [unfinished', '{"a": 1 "b": 2}', '[1 2]']


@pytest.mark.parametrize(('text', 'value'), READABLE.values(), ids=READABLE.keys())
@pytest.mark.parametrize('strict', [True, False])
def test_json_is_found_in_what_models_write(text, value, strict):
    assert extract_json(text, throw_on_bad_json=strict) == value


@pytest.mark.parametrize('text', ['', '   ', '\n\u00a0'])
@pytest.mark.parametrize('strict', [True, False])
def test_an_empty_text_holds_nothing(text, strict):
    assert extract_json(text, throw_on_bad_json=strict) is None


@pytest.mark.parametrize('text', ['no json at all', '{"a": 1 "b": 2}', '[1 2]'])
def test_a_text_without_json_is_an_error_unless_one_asks_for_none(text):
    with pytest.raises(GenkitError) as caught:
        extract_json(text)
    assert caught.value.status == 'INTERNAL'
    assert caught.value.reason == ErrorReason.INVALID_OUTPUT
    assert repr(text) in caught.value.message
    assert extract_json(text, throw_on_bad_json=False) is None
    assert parse_partial_json(text) is None


def test_the_error_shows_the_beginning_of_a_long_text_only():
    with pytest.raises(GenkitError) as caught:
        extract_json('word ' * 1000)
    assert len(caught.value.message) < 400


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), min_size=1, max_size=4), st.data())
def test_any_beginning_of_an_object_reads_as_a_part_of_it(value, data):
    text = json.dumps(value)
    cut = data.draw(st.integers(1, len(text)))
    part = parse_partial_json(text[:cut])
    assert part.keys() <= value.keys()
    assert list(value)[: len(part)] == list(part)


@pytest.mark.parametrize('text', ['[' * 100_000, '{"a":' * 20_000, '[' * 50_000 + ']' * 50_000])
def test_hostile_depth_neither_crashes_nor_raises(text):
    assert parse_partial_json(text) is not None


@pytest.mark.parametrize(
    ('text', 'value'),
    [pair for name, pair in READABLE.items() if not name.startswith('cut off')],
    ids=[name for name in READABLE if not name.startswith('cut off')],
)
def test_what_is_complete_is_read_finally_as_well(text, value):
    assert extract_final_json(text) == value


@pytest.mark.parametrize('text', [text for name, (text, _) in READABLE.items() if name.startswith('cut off')])
def test_what_is_unfinished_is_no_final_value(text):
    found = read_final_json(text)
    assert found is not None
    assert (found.unfinished, found.value) == (True, None)
    with pytest.raises(GenkitError, match='is not closed') as caught:
        extract_final_json(text)
    assert caught.value.reason == ErrorReason.INVALID_OUTPUT


@pytest.mark.parametrize('text', ['no json at all', '{"a": 1 "b": 2}', '[1 2]', '{"a" 1, "b": {"c": 2}}'])
def test_neither_prose_nor_the_inside_of_something_malformed_is_a_final_value(text):
    assert read_final_json(text) is None
    with pytest.raises(GenkitError, match='Invalid JSON'):
        extract_final_json(text)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=8), min_size=1, max_size=4), st.data())
def test_a_final_value_is_the_whole_value_or_none(value, data):
    text = json.dumps(value)
    cut = data.draw(st.integers(1, len(text)))
    found = read_final_json(data.draw(st.sampled_from(['', 'Here: ', '```json\n'])) + text[:cut])
    assert found is not None
    assert found.unfinished if cut < len(text) else found.value == value


@pytest.mark.parametrize(
    'text', ['[' * 100_000, '{"a":' * 20_000, '[' * 50_000 + ']' * 50_000, '[' * 500 + '1,' + ']' * 500]
)
def test_hostile_depth_is_no_final_value(text):
    found = read_final_json(text)
    assert found is None or found.unfinished
