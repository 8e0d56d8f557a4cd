# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit._prompt.dotprompt.handlebars.parser import parse_template
from genkit._prompt.dotprompt.handlebars.syntax import Place


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ('{{foo', 'line 1, column 1: the tag is not closed'),
        ('a\n  {{foo', 'line 2, column 3: the tag is not closed'),
        ('{{}}', 'column 1: expected a name'),
        ('{{#if}}', 'column 1: {{#if}} is not closed'),
        ('{{#}}', 'expected a name'),
        ('x {{/if}}', 'column 3: nothing is open'),
        ('{{else}}', 'nothing is open'),
        ('{{#a}}{{/b}}', 'column 7: {{/b}} does not close {{#a}}, opened at line 1, column 1'),
        ('{{#if a}}1{{else}}2{{else}}3{{/if}}', 'column 20: {{#if}} has had its {{else}} already'),
        ('{{x}}}', "column 4: expected '}}', got '}}}'"),
        ('{{{x}} ', "expected '}}}', got '}}'"),
        ('{{a.this}}', 'may only begin a path'),
        ('{{a/../b}}', 'may only begin a path'),
        ('{{.a}}', 'expected a name'),
        ('{{a b=1 c}}', 'expected a further name=value'),
        ('{{a (b c}}', "expected ')'"),
        ('{{a b)}}', "expected '}}'"),
        ('{{a "b}}', 'is not expected in a tag'),
        ('{{a ^ b}}', "'^' is not expected"),
        ('{{a as |x|}}', "expected '}}'"),
        ('{{#each a as |x}}{{/each}}', "expected '|'"),
        ('{{(a b)}}', 'a helper is named, not computed'),
        ('{{!-- a', 'the comment is not closed'),
        ('{{{{a}}}} x', 'the raw block is not closed'),
        ('{{{{a}} x', "expected '}}}}'"),
        ('{{{{a}}}}x{{{{/b}}}}', 'is closed by'),
        ('{{> }}', 'expected a name'),
        ('{{> a b c}}', 'a partial takes one context, got 2'),
        ('{{#> a}}x{{else}}y{{/a}}', 'has no else'),
        ('{{#> (a)}}x{{/a}}', 'a partial block needs a fixed name'),
        ('{{#*inline}}x{{/inline}}', 'is not known; there is'),
        ('{{#*other "x"}}x{{/other}}', 'is not known; there is'),
        ('{{* x}}', 'decorators are not known'),
        ('{{^a}}x{{else if b}}y{{/a}}', 'takes a plain {{else}}'),
    ],
)
def test_a_malformed_template_is_refused_with_its_place(source, message):
    with pytest.raises(GenkitError) as caught:
        parse_template(source)
    assert message in caught.value.message
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ('{{#if}}{{/if}}', "'if' takes one value, got 0"),
        ('{{#if a b}}{{/if}}', "'if' takes one value, got 2"),
        ('{{#each}}{{/each}}', "'each' takes one value"),
        ('{{each a}}', "'each' needs an inside"),
    ],
)
def test_a_block_without_its_value_is_refused(write, source, message):
    with pytest.raises(GenkitError, match=message):
        write(source)


def test_a_place_counts_from_where_the_template_begins_in_its_file():
    with pytest.raises(GenkitError, match=r'a\.prompt:7:5: the tag'):
        parse_template('\n    {{x', Place('a.prompt', 6, 1))
    with pytest.raises(GenkitError, match=r'a\.prompt:6:9: the tag'):
        parse_template('    {{x', Place('a.prompt', 6, 5))


def test_blocks_nested_without_end_are_refused(write):
    with pytest.raises(GenkitError, match='nested too deeply'):
        write('{{#if a}}' * 5000 + '{{/if}}' * 5000)
