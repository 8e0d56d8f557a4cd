# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import re
from typing import Any

import pytest
from genkit._base.readers.uri_template import LONGEST_URI, match_uri
from hypothesis import given
from hypothesis import strategies as st


def as_pattern(template: str) -> re.Pattern[str]:
    escaped = re.sub(
        r'\\\{(\\\+)?([a-z])\\\}', lambda found: f'(?P<{found[2]}>{".+" if found[1] else "[^/]+"})', re.escape(template)
    )
    return re.compile(escaped)


@st.composite
def templates(draw: st.DrawFn) -> str:
    pieces = draw(
        st.lists(st.sampled_from(['/', 'a', '.', '-', 'ab', '{}', '{+}', '{+}', '{', '}']), min_size=1, max_size=7)
    )
    names = iter('uvwxyzt')
    return ''.join(piece.replace('}', f'{next(names)}}}') if piece in ('{}', '{+}') else piece for piece in pieces)


@given(templates(), st.text(alphabet='/ab.-\n{', max_size=12))
def test_a_template_matches_as_a_pattern_of_greedy_groups(template: str, uri: str) -> None:
    found = as_pattern(template).fullmatch(uri)
    assert match_uri(template, uri) == (found.groupdict() if found else None)


@pytest.mark.parametrize(
    ('template', 'uri', 'variables'),
    [
        ('repo://{owner}/{+path}', 'repo://me/a/b.md', {'owner': 'me', 'path': 'a/b.md'}),
        ('repo://{+owner}/{+folder}/{+file}.md', 'repo://a/b/c/d.md', {'owner': 'a/b', 'folder': 'c', 'file': 'd'}),
        ('x://{a}-{b}-{c}', 'x://1-2-3-4', {'a': '1-2', 'b': '3', 'c': '4'}),
        ('x://{a}{b}', 'x://123', {'a': '12', 'b': '3'}),
        ('x://{a}/b', 'x://a/b/b', None),
        ('x://{+a}', 'x://', None),
        ('x://{+a}', 'x://a\nb', None),
    ],
)
def test_the_first_variables_take_what_they_can(template: str, uri: str, variables: Any) -> None:
    assert match_uri(template, uri) == variables


@pytest.mark.parametrize(
    ('template', 'filling'),
    [
        ('repo://{+a}/{+b}/{+c}/{+d}.md', '/'),
        ('repo://{a}-{b}-{c}-{d}.md', '-'),
        ('repo://{+a}{+b}{+c}{+d}.md', 'x'),
        ('repo://{a}/{+b}.md', '/'),
    ],
)
def test_what_does_not_match_is_found_out_in_one_pass(template: str, filling: str) -> None:
    uri = 'repo://' + filling * (LONGEST_URI - 7)
    assert match_uri(template, uri) is None
    assert match_uri(template, f'{uri[: -len("x.md")]}x.md') is not None or filling == '/'


def test_a_longer_uri_matches_no_template() -> None:
    assert match_uri('x:{+rest}', 'x:' + 'a' * (LONGEST_URI - 2)) is not None
    assert match_uri('x:{+rest}', 'x:' + 'a' * (LONGEST_URI - 1)) is None
