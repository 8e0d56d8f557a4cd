# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""YAML is read as YAML 1.2, with lines."""

import json

import pytest
import yaml
from conform.model.errors import UsageError
from conform.specs.document import read_document
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('no', 'no'),
        ('on', 'on'),
        ('12:30', '12:30'),
        ('2026-01-01', '2026-01-01'),
        ('010', 10),
        ('0o10', 8),
        ('0x1F', 31),
        ('-1.5e3', -1500.0),
        ('TRUE', True),
        ('~', None),
        ('', None),
        ('"1"', '1'),
        ('[1, {a: b}]', [1, {'a': 'b'}]),
        ('a: &x [1]\nb: *x', {'a': [1], 'b': [1]}),
        ('<<: 1', {'<<': 1}),
        ('1: a', {'1': 'a'}),
        ('{a: What is it?, b?: Well!}', {'a': 'What is it?', 'b?': 'Well!'}),
        ('1_000', '1_000'),
        ('0b11', '0b11'),
        ("'no'", 'no'),
        ('|\n  1', '1'),
    ],
)
def test_plain_values_are_those_of_yaml_1_2(write, text, value):
    assert read_document(write('a.yaml', text)).value == value


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('a: 1\nb: 2\na: 3', "a.yaml:3:1: the key 'a' is given twice, remove one."),
        ('[a]: 1', 'a.yaml:1:1: a key is a list or a mapping, expected text.'),
        ('a: &x\n  - *x', 'a.yaml:1:4: an alias stands inside what it stands for.'),
        ('a: [1', "a.yaml:1:6: expected ',' or ']'"),
        ('a: *x', "a.yaml:1:4: found undefined alias 'x'."),
        ('a: \x07', 'a.yaml: unacceptable character'),
        (f'a: {"9" * 5000}', 'a.yaml: Exceeds the limit'),
    ],
)
def test_broken_yaml_is_refused_with_its_place(write, text, message):
    path = write('a.yaml', text)
    with pytest.raises(UsageError) as caught:
        read_document(path)
    assert caught.value.message.replace(str(path), 'a.yaml').startswith(message)


def test_json_is_read_as_json(write):
    text = '{"a":\t"\\ud83d\\ude00",\n"b": [1]}'
    assert read_document(write('a.json', text)).value == {'a': '\U0001f600', 'b': [1]}
    with pytest.raises(UsageError, match=r'a.json:2:4: Expecting value'):
        read_document(write('a.json', '[\n1, x]'))


def test_a_file_that_cannot_be_read_is_refused(write, tmp_path):
    with pytest.raises(UsageError, match='cannot be read: No such file or directory'):
        read_document(tmp_path / 'absent.yaml')
    path = tmp_path / 'latin.yaml'
    path.write_bytes(b'\xe9')
    with pytest.raises(UsageError, match='it is not UTF-8'):
        read_document(path)


def test_every_value_knows_its_line(write):
    document = read_document(write('a.yaml', 'a:\n  - b: 1\n    c: &x\n      d: 2\n  - *x\n'))
    path = document.path
    assert document.where(()) == f'{path}:1'
    assert document.where(('a', 0, 'c', 'd')) == f'{path}:4: a[0].c.d'
    assert document.where(('a', 1, 'd')) == f'{path}:4: a[1].d'
    assert document.where(('a', 0, 'absent')) == f'{path}:2: a[0].absent'


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(PLAIN)
def test_what_others_write_is_read_back(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / 'written.yaml'
    path.write_text(yaml.safe_dump(value), encoding='utf-8')
    assert read_document(path).value == value
    path = path.with_suffix('.json')
    path.write_text(json.dumps(value), encoding='utf-8')
    assert read_document(path).value == value
