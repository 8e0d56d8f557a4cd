# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import itertools
import json
from typing import Any

import pytest
from genkit import GenkitError
from genkit.plugin import (
    TextPieces,
    count_of,
    items_of,
    members_of,
    read_json,
    text_of,
    vector_of,
    whole_characters,
)
from hypothesis import given
from hypothesis import strategies as st


def halves(text: str) -> list[str]:
    """Return a text cut between all units of UTF-16."""
    units = text.encode('utf-16-le')
    return [units[at : at + 2].decode('utf-16-le', 'surrogatepass') for at in range(0, len(units), 2)]


@given(st.text(st.characters(exclude_categories=['Cs'])), st.lists(st.integers(0, 40)))
def test_wherever_a_text_is_cut_it_is_whole_again(text: str, marks: list[int]):
    units = halves(text)
    cuts = sorted({0, len(units), *(mark for mark in marks if mark <= len(units))})
    reading = TextPieces()
    shown = [reading.add(''.join(units[a:b])) for a, b in itertools.pairwise(cuts)]
    assert ''.join(shown) + reading.close() == text


@given(st.lists(st.text(st.characters(min_codepoint=0xD7FE, max_codepoint=0xE001) | st.sampled_from('aé😀'))))
def test_whatever_comes_can_be_encoded_piece_by_piece(pieces: list[str]):
    reading = TextPieces()
    shown = [*(reading.add(piece) for piece in pieces), reading.close()]
    assert all(piece.encode() is not None for piece in shown)
    assert ''.join(shown) == whole_characters(''.join(pieces))


def test_half_a_character_waits_for_the_other_and_is_replaced_at_the_end():
    reading = TextPieces()
    assert [reading.add('hi \ud83d'), reading.add(''), reading.add('\ude00!'), reading.add('\ud83d')] == [
        'hi ',
        '',
        '\U0001f600!',
        '',
    ]
    assert (reading.close(), reading.close()) == ('\ufffd', '')


@pytest.mark.parametrize('value', [{'a': '\ud83d'}, ['\ude00'], {'a': 'é', 'b': [1, None]}])
def test_json_may_hold_halves_of_characters(value: object):
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize('text', ['', '{', '<html>', '{"a": "\\ud83d"', '["\\ud83d",' + '[' * 100_000, b'\xff'])
def test_what_is_no_json_is_refused(text: str | bytes):
    with pytest.raises(ValueError):
        read_json(text)


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        (None, ''),
        ('a', 'a'),
        ([], ''),
        ([{'type': 'text', 'text': 'a'}, 'b', None, {'text': ['c']}], 'abc'),
        ({'type': 'text', 'text': 'a'}, 'a'),
    ],
)
def test_a_text_may_come_in_pieces_or_not_at_all(value: object, text: str):
    assert text_of(value, 'content') == text


def test_objects_and_lists_may_be_missing():
    assert (members_of(None, 'a'), members_of({'b': 1}, 'a')) == ({}, {'b': 1})
    assert (items_of(None, 'a'), items_of([{}, None], 'a'), items_of({'b': 1}, 'a')) == ([], [{}], [{'b': 1}])


@pytest.mark.parametrize('read', [text_of, members_of, items_of])
@pytest.mark.parametrize('value', [7, True, 1.5, [7], {'x': 'y' * 500}])
def test_what_cannot_be_meant_is_an_error_that_names_the_member(read: object, value: object):
    if isinstance(value, dict) and read is not text_of:
        return
    with pytest.raises(GenkitError, match=r"as 'choices\[0\]', which must be (a text|an object);") as raised:
        read(value, 'choices[0]')  # type: ignore[operator]
    assert raised.value.status == 'INTERNAL'
    assert len(raised.value.message) < 300


@pytest.mark.parametrize(
    ('value', 'count'),
    [(7, 7), ('11', 11), (7.0, 7), (7.5, None), (True, None), (None, None), ('x', None), ([], None), (-1, None)],
)
def test_a_count_is_a_whole_number_or_nothing(value: object, count: int | None):
    assert count_of(value) == count


@pytest.mark.parametrize('value', [-1, -0.5, '-7', float('nan'), float('inf'), 10**13, 10**400, '9' * 400, 1e300])
def test_a_count_that_counts_nothing_is_none(value: object):
    assert count_of(value) is None


def test_json_is_made_of_whole_characters():
    halves = {'a\ud83d': ['\ud83d\ude00', 7, None, {'b': 'é'}]}
    assert whole_characters(halves) == {'a\ufffd': ['\U0001f600', 7, None, {'b': 'é'}]}


@pytest.mark.parametrize('value', [[], None, [1.0, float('nan')], [float('-inf')], [10**400], [True], ['1'], [[1.0]]])
def test_what_is_no_vector_is_an_error(value: Any) -> None:
    with pytest.raises(GenkitError, match=r"as 'data', which must be a list of numbers"):
        vector_of(value, 'data')


def test_a_vector_is_a_list_of_numbers() -> None:
    assert vector_of([1, 0.5, -2], 'data') == [1.0, 0.5, -2.0]
