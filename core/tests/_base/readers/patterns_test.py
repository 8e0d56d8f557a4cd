# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit._base.readers.patterns import MAX_TEXT_BACKTRACKED, Pattern, compiled_pattern


@pytest.mark.parametrize(
    ('pattern', 'text', 'found'),
    [
        ('b', 'abc', True),
        ('^b', 'abc', False),
        ('^a$', 'a\n', False),
        (r'^[^/]+\/x$', 'a/x', True),
        (r'^\d+$', '٣', False),
        (r'^\p{L}+$', 'é', True),
        (r'\u0041', 'A', True),
        ('(?<year>[0-9]{4})', '2026', True),
        (r'^(?!\.)(?!.*\.\.)[a-z.]+@[a-z.]+$', 'a.b@c.d', True),
        (r'^(?!\.)(?!.*\.\.)[a-z.]+@[a-z.]+$', 'a..b@c.d', False),
        (r'(a)\1', 'aa', True),
        ('a', '\ud83d', False),
        ('^.$', '\ud83d', True),
        ('', '', True),
    ],
)
def test_patterns_mean_what_they_mean_in_javascript(pattern, text, found):
    assert Pattern(pattern).found_in(text) is found


@pytest.mark.parametrize('pattern', ['^(a+)+$', '^(a|aa)+$', '(x+x+)+y', '(.*)*=', '^(a|a|aa|a?)*$'])
def test_nested_repetition_takes_linear_time(pattern):
    """With a backtracking engine none of these would end within the time limit of a test."""
    assert Pattern(pattern).found_in('a' * 100_000 + '!') is False


@pytest.mark.parametrize('pattern', [r'^(a|aa|(?=b)b)+\1$', r'(?=a)^(?:(a|aa)\1?)+$'])
def test_what_needs_backtracking_is_given_up_after_some_steps(pattern):
    with pytest.raises(GenkitError, match='takes too many steps') as refused:
        Pattern(pattern).found_in('a' * 500 + '!')
    assert refused.value.status == 'OUT_OF_RANGE'


def test_look_around_is_matched_against_short_texts_only():
    pattern = Pattern('(?=.*x)a')
    assert pattern.found_in('ax' + 'b' * (MAX_TEXT_BACKTRACKED - 2))
    with pytest.raises(GenkitError, match='too long to be matched') as refused:
        pattern.found_in('a' * (MAX_TEXT_BACKTRACKED + 1))
    assert refused.value.status == 'OUT_OF_RANGE'


@pytest.mark.parametrize(
    'pattern',
    [
        '(',
        '[a',
        'a{2,1}',
        '(((a{1000}){1000}){1000}){1000}',
        '(?=c)((a{1000}){1000}){1000}',
        '(' * 900 + ')' * 900,
        'a' * 2001,
        '\ud800',
    ],
)
def test_what_is_malformed_or_grows_is_refused_when_it_is_compiled(pattern):
    with pytest.raises(GenkitError, match='The pattern') as refused:
        Pattern(pattern)
    assert (refused.value.status, refused.value.reason) == ('INVALID_ARGUMENT', 'INVALID_SCHEMA')


def test_a_pattern_is_compiled_once():
    assert compiled_pattern('^once$') is compiled_pattern('^once$')
