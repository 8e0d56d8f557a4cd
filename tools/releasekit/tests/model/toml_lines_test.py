# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The lines of keys and items, compared with what the parser of the standard library reads."""

import tomllib

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st
from releasekit.model.toml_lines import parse_toml, toml_lines


KEYS = st.text(alphabet='ab.-_ "\'#=[]é', min_size=1, max_size=5)
SCALARS = st.one_of(
    st.integers(-9, 9),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(alphabet='ab"\'\\#=[]{},\n\té', max_size=8),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, max_size=4)


def paths_of(value, path=()):
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_of(inner, (*path, key))


@settings(deadline=None)
@given(DOCUMENTS)
def test_every_key_and_item_has_a_line(document):
    text = tomlkit.dumps(document)
    assert set(toml_lines(text)) == set(paths_of(tomllib.loads(text)))


@settings(deadline=None)
@given(DOCUMENTS)
def test_lines_exist_in_the_text(document):
    text = tomlkit.dumps(document)
    assert all(1 <= line <= text.count('\n') + 1 for line in toml_lines(text).values())


@settings(deadline=None)
@given(st.text(max_size=60))
def test_text_that_is_not_toml_ends_the_scan_quietly(text):
    assert isinstance(toml_lines(text), dict)


EDITED = (
    r"""# comment with [brackets] and "quotes
[project]
name = "a"  # = [
text = '''
[not.a.table]
x = 1'''
more = """
    r'''"""
and a \""" that does not end it
[nor.this]
"""
dependencies = [
  "a", # first

  "b",
]
'quoted.key' = { inner = [1, 2] }
[[tool.x]]
k = 1
[[tool.x]]
k = 2
'''
)


def test_lines_are_those_of_the_editor():
    lines = toml_lines(EDITED)
    assert tomllib.loads(EDITED)['tool']['x'][1]['k'] == 2
    for path in (('project',), ('project', 'name'), ('project', 'dependencies'), ('project', 'quoted.key')):
        assert path[-1] in EDITED.splitlines()[lines[path] - 1]
    assert lines['project', 'dependencies', 1] == 14
    assert lines['project', 'quoted.key', 'inner', 1] == 16
    assert lines['tool', 'x', 1, 'k'] == 20
    assert ('not', 'a', 'table') not in lines
    assert ('nor', 'this') not in lines


LONG_KEYS = [
    f'[{"a." * 100_000}a]',
    f'{"a . " * 100_000}a = 1',
    f'x = {{ {"a." * 100_000}a = 1 }}',
    f'{chr(34)}a{chr(34)}.{chr(39)}b{chr(39)}.' * 50_000 + 'a = 1',
]


@pytest.mark.parametrize('text', LONG_KEYS, ids=range(len(LONG_KEYS)))
def test_a_key_of_too_many_parts_is_refused_before_it_is_parsed(text, monkeypatch):
    monkeypatch.setattr(tomllib, 'loads', pytest.fail)
    with pytest.raises(tomllib.TOMLDecodeError, match='too deeply: line 2 has a key of too many parts'):
        parse_toml(f'\n{text}\n')


def test_dots_that_part_no_keys_are_let_through():
    for value in (repr('a.' * 1000), f'[{"1.0, " * 1000}]', '"' + 'a.' * 1000 + '\\".a"'):
        assert parse_toml(f'x = {value}')['x']
    assert parse_toml(f'x = """\n{"." * 1000}\n"""')['x']
