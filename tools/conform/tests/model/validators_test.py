# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What holds of the validators for every text; their single verdicts are in `verdicts_test`."""

import json

from conform.model.answer import Answer
from conform.model.capabilities import parse_question
from conform.model.suite import Case
from hypothesis import given
from hypothesis import strategies as st


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
WORDS = st.text(min_size=1).filter(str.strip)
PARTS = st.sampled_from(
    [
        {'text': 'x'},
        {'text': ''},
        {'reasoning': 'r'},
        {'media': {'url': 'u'}},
        {'toolRequest': {'name': 'n'}},
        {'data': 1},
        {},
    ]
)


def passes(validator, *content, chunks=()):
    case = Case('m', 't', questions=(parse_question(validator),))
    answer = Answer({'message': {'role': 'model', 'content': list(content)}}, [{'content': item} for item in chunks])
    return case.problem(answer) is None


@given(JSON, st.booleans())
def test_all_json_is_valid_json(value, ascii_only):
    written = json.dumps(value, ensure_ascii=ascii_only)
    assert passes('valid-json', {'text': written})
    assert passes('stream-valid-json', {'text': ''}, chunks=[[{'text': character}] for character in written])


@given(JSON, WORDS)
def test_json_with_anything_beside_it_is_not(value, word):
    written = json.dumps({'value': value})
    assert not passes('valid-json', {'text': f'{written} {word}'})
    assert not passes('valid-json', {'text': f'{word} {written}'})


@given(st.text(), WORDS, st.text())
def test_a_text_includes_what_it_was_made_of(before, word, after):
    whole = f'{before}{word}{after}'
    assert passes(f'text-includes:{word}', {'text': whole})
    assert passes(f'stream-text-includes:{word}', {'text': ''}, chunks=[[{'text': character}] for character in whole])


@given(st.text(alphabet=' \t\n\r\ufeff\u00a0\u2003'), st.text(alphabet='ab'), st.text())
def test_blanks_before_a_text_do_not_count(blank, word, after):
    assert passes(f'text-starts-with:x{word}', {'text': f'{blank}x{word}{after}'})
    assert not passes('text-not-empty', {'text': blank})


@given(st.lists(PARTS), st.lists(st.lists(PARTS), max_size=3))
def test_whatever_the_answer_holds_a_validator_ends_with_a_verdict(content, chunks):
    from conform.model.validators import VALIDATORS

    for name, validator in VALIDATORS.items():
        text = f'{name}:x' if validator.argument else name
        assert passes(text, *content, chunks=chunks) in {True, False}


@given(JSON)
def test_whatever_comes_instead_of_an_answer_is_refused_with_a_reason(value):
    reason = Case('m', 't').problem(Answer([value]))
    assert reason is not None
    assert reason.startswith('the response is no GenerateResponse')


def test_what_was_got_is_shown_short_and_without_secrets():
    answer = Answer({'message': {'role': 'model', 'content': [{'data': {'apiKey': 'k-1'}, 'text': 'y' * 1000}]}}, [{}])
    shown = answer.shown()
    assert 'k-1' not in shown
    assert shown.endswith('characters) after 1 chunks')
    assert len(shown) < 700
    assert Answer('text').shown() == '"text"'


def test_a_broken_chunk_is_told_with_its_number():
    whole = {'message': {'role': 'model', 'content': []}}
    problem = Case('m', 't').problem(Answer(whole, [{'content': []}, {'content': [], 'index': None}]))
    assert problem == 'chunk 1 is no GenerateResponseChunk: index: None is not allowed, leave it out'
