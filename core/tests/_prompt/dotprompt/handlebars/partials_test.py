# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError


PARTIALS = {
    'greet': 'Hi {{name}}',
    'item': '[{{this}}]',
    'layout': '<{{> @partial-block}}|{{> nav}}>',
    'nav': 'default',
    'tree': '{{name}}{{#each children}}({{> tree}}){{/each}}',
    'forever': 'x{{> forever}}',
    'outer': '{{../name}}{{@auth.uid}}',
    'odd name/1': 'odd',
}


@pytest.mark.parametrize(
    ('source', 'values', 'expected'),
    [
        ('{{> greet}}', {'name': 'A'}, 'Hi A'),
        ('{{> greet who}}', {'who': {'name': 'B'}}, 'Hi B'),
        ('{{> greet name=n}} {{name}}', {'n': 'C', 'name': 'D'}, 'Hi C D'),
        ('{{> greet who name="E"}}', {'who': {'name': 'B'}}, 'Hi E'),
        ('{{#each l}}{{> item}}{{/each}}', {'l': [1, 2]}, '[1][2]'),
        ('{{> (lookup . "which")}}', {'which': 'greet', 'name': 'F'}, 'Hi F'),
        ('{{> "greet"}}{{> [odd name/1]}}', {'name': 'G'}, 'Hi Godd'),
        (
            '{{> tree}}',
            {'name': 'a', 'children': [{'name': 'b', 'children': [{'name': 'c'}]}, {'name': 'd'}]},
            'a(b(c))(d)',
        ),
        ('{{#with who}}{{> outer}}{{/with}}', {'who': {'x': 1}, 'name': 'unseen'}, 'me'),
        ('{{#*inline "p"}}[{{x}}]{{/inline}}{{> p x=1}}{{> p}}', {'x': 2}, '[1][2]'),
        ('{{> p}}{{#*inline "p"}}late{{/inline}}', {}, 'late'),
        ('{{#if a}}{{#*inline "nav"}}inner{{/inline}}{{> nav}}{{/if}}{{> nav}}', {'a': 1}, 'innerdefault'),
        ('{{#> missing}}fallback {{x}}{{/missing}}', {'x': 1}, 'fallback 1'),
        ('{{#> layout}}body{{/layout}}', {}, '<body|default>'),
        ('{{#> layout}}{{#*inline "nav"}}{{n}}{{/inline}}body{{/layout}}', {'n': 'N'}, '<body|N>'),
        ('{{#> layout}}{{#> layout}}in{{/layout}}{{/layout}}', {}, '<<in|default>|default>'),
        (
            '{{#each l}}{{#> layout}}{{@index}}{{.}}{{../s}}{{/layout}}{{/each}}',
            {'l': ['x'], 's': 'S'},
            '<0xS|default>',
        ),
    ],
)
def test_a_partial_is_put_in(write, source, values, expected):
    assert write(source, values, PARTIALS, frame={'auth': {'uid': 'me'}}) == expected


def test_a_partial_that_is_missing_matters_only_when_it_is_reached(write):
    assert write('{{#if a}}{{> nowhere}}{{/if}}ok') == 'ok'
    with pytest.raises(GenkitError, match=r"line 2, column 3: partial 'nowhere' is not defined"):
        write('a\nb {{> nowhere}}')


def test_a_partial_that_puts_in_itself_for_ever_is_refused(write):
    with pytest.raises(GenkitError, match='does a partial put in itself'):
        write('{{> forever}}', {}, PARTIALS)


DOUBLING = {f'p{n}': f'{{{{> p{n + 1}}}}}{{{{> p{n + 1}}}}}' for n in range(40)} | {'p40': 'x'}


@pytest.mark.parametrize(
    ('source', 'partials'),
    [
        ('{{> p0}}', DOUBLING),
        ('{{> p0}}', {**DOUBLING, 'p40': ''}),
        ('{{> p}}', {'p': 'text {{#if a}}{{> p}}{{> p}}{{/if}}'}),
        ('{{#> p0}}{{/p0}}', {f'p{n}': f'{{{{#> p{n + 1}}}}}{{{{/p{n + 1}}}}}' * 2 for n in range(40)}),
    ],
)
def test_what_doubles_at_every_level_ends(write, source, partials):
    """Within the time limit of a test, and with an error unless it ends by itself."""
    with pytest.raises(GenkitError, match=r'writes more than 16 Mi characters|does a partial put in itself') as refused:
        write(source, {'a': True}, partials)
    assert refused.value.status == 'INVALID_ARGUMENT'


def test_loops_in_loops_over_one_list_end(write):
    rows = ['x']
    for _ in range(9):
        rows = [rows] * 9
    with pytest.raises(GenkitError, match='writes more than 16 Mi characters'):
        write('{{#each a}}' + '{{#each this}}' * 9 + 'x' + '{{/each}}' * 10, {'a': rows})


def test_many_partials_may_be_put_in_one_after_the_other(write):
    assert write('{{#each a}}{{> p}}{{/each}}', {'a': list(range(50_000))}, {'p': 'x'}) == 'x' * 50_000
    assert len(write('{{#each a}}{{this}}{{/each}}', {'a': ['x' * 1000] * 5000}, {})) == 5_000_000
