# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import contextlib

import pytest
from genkit import GenkitError
from genkit._prompt.dotprompt import Dotprompt, parse_document
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ('source', 'frontmatter', 'template'),
    [
        ('Hello\n', {}, 'Hello\n'),
        ('---\nmodel: m\n---\n\n  Hello\n\n', {'model': 'm'}, 'Hello'),
        ('# Copyright\n# 2026\n\n---\nmodel: m\n---\nHello', {'model': 'm'}, 'Hello'),
        ('\ufeff---\r\nmodel: m\r\n---\r\nHello\r\n', {'model': 'm'}, 'Hello'),
        ('--- \nmodel: m\n---  \nHello', {'model': 'm'}, 'Hello'),
        ('---\nmodel: m\n---', {'model': 'm'}, ''),
        ('---\n---\nHello', {}, 'Hello'),
        ('---\n# nothing\n---\nHello', {}, 'Hello'),
        ('---\nmodel: m\n---\none\n---\ntwo', {'model': 'm'}, 'one\n---\ntwo'),
        ('---\nnever closed', {}, '---\nnever closed'),
        ('# Title\nHello', {}, '# Title\nHello'),
        ('Hello\n---\nmodel: m\n---\n', {}, 'Hello\n---\nmodel: m\n---\n'),
        ('', {}, ''),
    ],
)
def test_a_prompt_is_divided(source, frontmatter, template):
    document = parse_document(source)
    assert (document.frontmatter, document.template) == (frontmatter, template)


def test_plain_values_are_those_of_yaml_1_2():
    source = (
        '---\na: no\nb: true\nc: 12:30\nd: 2026-01-01\ne: 0o17\nf: 1e3\ng: 1_000\nh: ~\ni: 0x1F\nj: -1.5\n'
        'k: {x: [1, "1"]}\nl: |\n  text\n<<: m\n---\n'
    )
    assert parse_document(source).frontmatter == {
        'a': 'no',
        'b': True,
        'c': '12:30',
        'd': '2026-01-01',
        'e': 15,
        'f': 1000.0,
        'g': '1_000',
        'h': None,
        'i': 31,
        'j': -1.5,
        'k': {'x': [1, '1']},
        'l': 'text\n',
        '<<': 'm',
    }


@pytest.mark.parametrize(
    ('frontmatter', 'place', 'message'),
    [
        ('a: &x 1', '3:4', "the anchor 'x' is not allowed"),
        ('a: 1\nb: *x', '4:4', "the anchor 'x' is not allowed"),
        ('a: !!python/name:os.system x', '3:4', 'is not allowed; write plain data'),
        ('a: !!str 1', '3:4', 'is not allowed; write plain data'),
        ('a: !mine {b: 1}', '3:4', "the tag '!mine' is not allowed"),
        ('a: 1\nb:\n  c: 1\n  c: 2', '6:3', "the key 'c' is given twice"),
        ('1: a', '3:1', "the key '1' is not text"),
        ('null: a', '3:1', "the key 'null' is not text"),
        ('? [a]\n: b', '3:3', 'is not text'),
        ('a: [1', '4:1', 'while parsing a flow sequence'),
        ('a: b: c', '3:5', 'mapping values are not allowed'),
        ('- a', '3:1', 'expected names with values, got'),
        ('text', '3:1', "expected names with values, got 'text'"),
        ('a: \x01', '3:1', 'special characters are not allowed'),
        ('a: 1\n--- \nb', None, None),
        ('a: ' + '[' * 4000, '3:132', 'nested more than 128 levels deep'),
        ('a: ' + '9' * 5000, '3:4', 'more than 1000 digits'),
        ('a: -' + '9' * 1000, '3:4', 'more than 1000 digits'),
        ('a: 0x' + 'f' * 4000, '3:4', 'more than 1000 digits'),
        ('b: 1\na: ' + 'x' * 70_000, '3:1', 'at most 65536 are read'),
    ],
)
def test_frontmatter_that_is_not_plain_data_is_refused_with_its_place(frontmatter, place, message):
    source = f'# licence\n---\n{frontmatter}\n---\nHello'
    if place is None:
        assert parse_document(source).frontmatter == {'a': 1}
        return
    with pytest.raises(GenkitError) as caught:
        parse_document(source, file='a.prompt')
    assert f'a.prompt:{place}: ' in caught.value.message
    assert message in caught.value.message
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_an_error_in_the_template_counts_lines_from_the_beginning_of_the_file():
    with pytest.raises(GenkitError, match=r'a\.prompt:6:3: the tag is not closed'):
        Dotprompt().compile('---\nmodel: m\n---\n\n  {{a}}\n  {{b\n', file='a.prompt')
    with pytest.raises(GenkitError, match=r'a\.prompt:4:3: the tag is not closed'):
        Dotprompt().compile('---\nmodel: m\n---\n  {{b\n', file='a.prompt')


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='-\n\r #ab:{}[]&*!"\'|>?%,\t', max_size=80))
def test_whatever_stands_between_the_delimiters_only_our_error_is_raised(text):
    with contextlib.suppress(GenkitError):
        parse_document(f'---\n{text}\n---\nHello')


def test_frontmatter_that_is_not_closed_is_logged(caplog):
    document = parse_document('---\nmodel: m\nHi', file='a.prompt')
    assert document.template == '---\nmodel: m\nHi'
    assert [record.getMessage() for record in caplog.records] == [
        'a.prompt begins with --- and has no second line of ---: all of it is template.'
    ]
