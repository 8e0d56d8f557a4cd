# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import math
import re
from fractions import Fraction
from typing import Any

import pytest
from genkit_evaluators.convert import as_text, difference, to_python_pattern
from hypothesis import given
from hypothesis import strategies as st


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, -0.0, 1.0, 2.5]),
    st.floats(),
    st.text(max_size=2),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from('abc'), inner, max_size=3)
)


def canonical(value: Any) -> Any:
    """The value with its JSON type spelled out, so that Python's own equality holds for JSON as well."""
    match value:
        case dict():
            return 'object', frozenset((name, canonical(member)) for name, member in value.items())
        case list():
            return 'array', tuple(canonical(item) for item in value)
        case bool() | str() | None:
            return type(value).__name__, value
        case _ if math.isfinite(value):
            return 'number', Fraction(value)
        case _:
            return 'number', str(value)


@given(JSON, JSON)
def test_values_differ_exactly_if_they_are_different_json(one, other):
    assert (difference(one, other) is None) == (canonical(one) == canonical(other))
    assert (difference(one, other) is None) == (difference(other, one) is None)


@given(JSON)
def test_a_value_is_equal_to_its_copy_with_members_in_another_order(value):
    def turned(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: turned(part[name]) for name in reversed(part)}
        return [turned(item) for item in part] if isinstance(part, list) else part

    assert difference(value, json.loads(json.dumps(turned(value)))) is None


@given(JSON, JSON)
def test_a_change_deep_inside_is_found_at_its_place(one, other):
    found = difference({'a': [0, {'b c': one}]}, {'a': [0, {'b c': other}]})
    assert found is None or found.startswith('output.a[1]["b c"]')


@given(JSON)
def test_text_is_itself_and_other_values_are_json_that_reads_back(value):
    text = as_text(value)
    assert text == value if isinstance(value, str) else difference(json.loads(text), value) is None


@pytest.mark.parametrize(
    ('foreign', 'python'),
    [
        ('(?<year>\\d{4})', '(?P<year>\\d{4})'),
        ('(?<a>x)(?<b>y)\\k<a>', '(?P<a>x)(?P<b>y)(?P=a)'),
        ('(?P<a>x)(?P=a)', '(?P<a>x)(?P=a)'),
        ('(?<=a)b(?<!c)d', '(?<=a)b(?<!c)d'),
        (r'\(?<a>', r'\(?<a>'),
        (r'\\(?<a>x)', r'\\(?P<a>x)'),
        (r'[(?<a>]', r'[(?<a>]'),
        (r'[\](?<a>]', r'[\](?<a>]'),
        ('[](?<a>]', '[](?<a>]'),
        ('[^](?<a>](?<b>x)', '[^](?<a>](?P<b>x)'),
        (r'\\k<a>', r'\\k<a>'),
        ('plain', 'plain'),
    ],
)
def test_named_groups_are_spelled_as_python_does_and_nothing_else_changes(foreign, python):
    assert to_python_pattern(foreign) == python


@given(st.text('ab()[]\\?<>=!kP^', max_size=12))
def test_a_pattern_that_python_knows_keeps_its_meaning(pattern):
    """Only what Python refuses is changed: ``(?<`` before a name and ``\\k`` are errors there."""
    try:
        compiled = re.compile(pattern)
    except (re.error, FutureWarning):  # the latter for what Python may read otherwise one day
        return
    assert re.compile(to_python_pattern(pattern)).pattern == compiled.pattern
