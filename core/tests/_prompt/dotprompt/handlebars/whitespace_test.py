# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The expectations were taken from handlebars.js 4.7."""

import pytest


VALUES = {'a': 'A', 't': True, 'l': ['x', 'y'], 'c': True}


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        ('  {{#if t}}\n x\n  {{/if}}  \ny', ' x\ny'),
        ('{{#if t}}\r\nx\r\n{{/if}}\r\ny', 'x\r\ny'),
        ('p {{#if t}}\nx\n{{/if}}\n', 'p \nx\n'),
        ('{{#if f}}\n1\n{{else}}\n2\n{{/if}}\n', '2\n'),
        ('{{#if f}}\n1\n{{else if t}}\n2\n{{else}}\n3\n{{/if}}\n', '2\n'),
        ('{{#each l}}\n- {{this}}\n{{/each}}\nend', '- x\n- y\nend'),
        ('a\n  {{! gone }}  \nb', 'a\nb'),
        ('a\n  {{a}}  \nb', 'a\n  A  \nb'),
        (' {{~a~}} \n b', 'Ab'),
        ('x  {{~#if t~}}  y  {{~/if~}}  z', 'xyz'),
        ('x {{~#if f~}} 1 {{~else~}} 2 {{~/if~}} y', 'x2y'),
        ('1 {{#if f}} 2 {{else if t}} 3 {{~else}} 4 {{~/if}} 5', '1  3 5'),
        ('1 {{#if f}} 2 {{else if f}} 3 {{else if c}} 4 {{~/if}} 5', '1  4 5'),
        ('1 {{#if f}} 2 {{else if f}} 3 {{else if f}} 4 {{else if c}} 9 {{~/if}} 5', '1  9  5'),
        ('{{~! c ~}} x', 'x'),
        ('{{#t}}\n{{#t}}\nx\n{{/t}}\n{{/t}}\n', 'x\n'),
        ('{{#if t}}\n\n{{/if}}\n', '\n'),
        ('\n\n{{#if t}}\nx\n{{/if}}', '\n\nx\n'),
        ('{{#if t}}x{{/if}}\n', 'x\n'),
        ('{{#*inline "p"}}\nx\n{{/inline}}\n{{> p}}\n', 'x\n'),
        ('\\{{a}}\n{{#if t}}\nx\n{{/if}}\n', '{{a}}\nx\n'),
    ],
)
def test_white_space_is_taken_as_in_every_handlebars(write, source, expected):
    assert write(source, VALUES) == expected


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        ('  {{> p}}\nend', '  one\n  \n  two\nend'),
        ('x {{> p}}\nend', 'x one\n\ntwo\n\nend'),
        ('{{> p}} \nend', 'one\n\ntwo\nend'),
        ('a {{~> p ~}} b', 'aone\n\ntwo\nb'),
    ],
)
def test_a_partial_that_stands_alone_is_indented_line_by_line(write, source, expected):
    assert write(source, {}, {'p': 'one\n\ntwo\n'}) == expected
