# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of distributions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from releasekit.model.names import counted, is_valid_name, nearest_name, normalize_name, suggestion, verb


NAMES = st.from_regex(r'[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?', fullmatch=True)


@given(NAMES)
def test_normal_form_is_the_one_of_packaging(name):
    assert normalize_name(name) == canonicalize_name(name)


@given(NAMES)
def test_normalising_twice_changes_nothing(name):
    assert normalize_name(normalize_name(name)) == normalize_name(name)


@given(NAMES, st.sampled_from(['-', '_', '.', '-_.', '__']))
def test_separators_and_case_do_not_distinguish_names(name, separator):
    assert normalize_name(name.upper().replace('-', separator)) == normalize_name(name)


@given(NAMES)
def test_normal_form_is_a_valid_name(name):
    assert is_valid_name(name)
    assert is_valid_name(normalize_name(name))


@pytest.mark.parametrize('name', ['', '-a', 'a-', 'a b', 'é', 'a/b', 'a\n'])
def test_what_no_index_accepts_is_no_name(name):
    assert not is_valid_name(name)


def test_nearest_name_is_the_one_that_was_meant():
    assert nearest_name('genkit-plugin-grok', ['genkit', 'genkit-plugin-groq', 'releasekit']) == 'genkit-plugin-groq'


def test_suggestion_is_empty_when_nothing_is_near():
    assert suggestion('zebra', ['genkit']) == ''
    assert suggestion('genkt', ['genkit']) == " Did you mean 'genkit'?"


@pytest.mark.parametrize(('number', 'said'), [(0, '0 files are'), (1, '1 file is'), (2, '2 files are')])
def test_a_count_agrees_with_its_noun_and_its_verb(number, said):
    assert f'{counted(number, "file")} {verb(number)}' == said
