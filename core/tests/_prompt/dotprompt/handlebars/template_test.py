# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The expectations were taken from handlebars.js 4.7, except where a test's name says otherwise."""

import dataclasses
import enum
import threading

import pytest
from genkit import GenkitError
from genkit.types import TextPart


@pytest.mark.parametrize(
    ('source', 'values', 'expected'),
    [
        ('{{a}} {{{a}}} {{&a}} {{~{a}~}} ', {'a': '<&>'}, '<&> <&> <&><&>'),
        ('{{a.b}} {{a/b}} {{./a.b}} {{this.a.b}} {{this/a/b}}', {'a': {'b': 'x'}}, 'x x x x x'),
        ('{{a.[0]}}{{a.[1].b}}{{a.length}}', {'a': ['x', {'b': 'y'}]}, 'xy2'),
        ('{{a.[b c]}}{{[d e]}}{{a.[b\\]c]}}', {'a': {'b c': '1', 'b]c': '3'}, 'd e': '2'}, '123'),
        ('{{"foo"}} {{12}} {{true}} {{null}}', {'foo': 1, '12': 2, 'true': 3, 'null': 4}, '1 2 3 4'),
        (
            '{{a-b}}{{a:b}}{{$x}}{{as}}{{elsewhere}}',
            {'a-b': '1', 'a:b': '2', '$x': '3', 'as': '4', 'elsewhere': 5},
            '12345',
        ),
        ('{{missing}}{{missing.deeper}}{{..}}{{../../a}}', {'a': 1}, ''),
        (
            '{{f}} {{t}} {{n}} {{z}} {{l}}',
            {'f': False, 't': True, 'n': None, 'z': 0, 'l': [1, None, 2]},
            'false true  0 1,,2',
        ),
        ('{{#each a}}{{@index}}{{@key}}{{@first}}{{@last}} {{/each}}', {'a': ['x', 'y']}, '00truefalse 11falsetrue '),
        ('{{#each a}}{{@key}}={{this}}{{@last}} {{/each}}', {'a': {'x': 1, 'y': 2}}, 'x=1false y=2true '),
        (
            '{{#each a}}{{#each .}}{{@../index}}{{@index}}{{.}} {{/each}}{{/each}}',
            {'a': [['p'], ['q', 'r']]},
            '00p 10q 11r ',
        ),
        ('{{#each a}}{{../b}}{{#if c}}{{../b}}{{/if}}{{/each}}', {'a': [{'c': 1}], 'b': 'x'}, 'xx'),
        ('{{#each s}}x{{else}}none{{/each}}{{#each e}}x{{^}}none{{/each}}', {'s': 'abc', 'e': []}, 'nonenone'),
        ('{{#each a as |x i|}}{{x}}{{i}}{{#with x as |y|}}{{y}}{{x}}{{/with}}{{/each}}', {'a': ['q']}, 'q0qq'),
        ('{{#with a as |b|}}{{b.c}}{{c}}{{/with}}{{#with n}}x{{else}}none{{/with}}', {'a': {'c': 4}}, '44none'),
        ('{{#with z}}{{.}}{{/with}}', {'z': 0}, '0'),
        (
            '{{#if e}}1{{/if}}{{#if o}}2{{/if}}{{#if z}}3{{/if}}{{#if z includeZero=true}}4{{/if}}',
            {'e': [], 'o': {}, 'z': 0},
            '24',
        ),
        ('{{#if a}}1{{else if b}}2{{else if c}}3{{else}}4{{/if}}', {'c': True}, '3'),
        ('{{#if a}}1{{else unless b}}2{{/if}}', {}, '2'),
        ('{{#unless a}}no{{else}}yes{{/unless}}', {'a': 'x'}, 'yes'),
        (
            '{{#a}}x{{.}}{{/a}}{{#b}}x{{^}}none{{/b}}{{^b}}none{{/b}}{{#t}}{{a}}{{/t}}',
            {'a': 0, 't': True},
            'x0nonenone0',
        ),
        ('{{#a}}{{@index}}{{x}} {{/a}}{{#e}}x{{else}}none{{/e}}', {'a': [{'x': 1}, {'x': 2}], 'e': []}, '01 12 none'),
        ('{{#a.b}}{{c}}{{/a.b}}', {'a': {'b': {'c': 1}}}, '1'),
        ('{{^a}}x{{else}}y{{/a}}', {'a': 1}, 'y'),
        ('{{lookup a 0}}{{lookup o "k"}}{{lookup (lookup o "l") 0}}', {'a': ['x'], 'o': {'k': 'y', 'l': ['z']}}, 'xyz'),
        ('{{#if (lookup a "b")}}y{{/if}}', {'a': {'b': 1}}, 'y'),
        ('{{{{raw}}}} {{x}} {{{{/raw}}}}', {'raw': 1}, ' {{x}} '),
        ('{{{{a}}}}{{{{b}}}}x{{{{/b}}}}{{{{/a}}}}', {'a': 1}, '{{{{b}}}}x{{{{/b}}}}'),
        ('\\{{x}} \\\\{{x}} \\\\\\{{x}} \\{{x}} \\', {'x': 1}, '{{x}} \\1 \\\\1 {{x}} \\'),
        ('{{! a }}{{!-- }} --}}{{!--}}{{!}}x', {}, 'x'),
        ('{{lookup a \'x\\\'y\'}}{{lookup a "p\\"q"}}', {'a': {"x'y": 1, 'p"q': 2}}, '12'),
        ('{{#each a}}{{else}}none{{/each}}{{log "quiet"}}', {'a': 3}, 'none'),
        ('{ {{a}} } }} {', {'a': 1}, '{ 1 } }} {'),
        ('{{#if a}}1{{ else }}}{{/if}}', {}, '}'),
    ],
)
def test_a_template_is_written_as_in_every_handlebars(write, source, values, expected):
    assert write(source, values) == expected


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        ('{{@root.a}}{{#with o}}{{@root.a}}{{/with}}', 'AA'),
        ('{{@auth.uid}}{{#each l}}{{@auth.uid}}{{/each}}', 'mememe'),
        ('{{@none}}{{@none.deeper}}{{@../none}}', ''),
    ],
)
def test_names_with_an_at_sign_come_from_the_frame(write, source, expected):
    assert write(source, {'a': 'A', 'o': {'x': 1}, 'l': [1, 2]}, frame={'auth': {'uid': 'me'}}) == expected


def test_unlike_javascript_what_has_members_is_written_as_json(write):
    assert write('{{o}} {{l}}', {'o': {'a': None}, 'l': [{'b': 'ü'}]}) == '{"a":null} {"b":"ü"}'


def test_unlike_javascript_a_number_behind_a_dot_needs_no_brackets(write):
    assert write('{{a.0}}{{a.1.b}}', {'a': ['x', {'b': 'y'}]}) == 'xy'


def test_the_fields_of_models_and_dataclasses_are_members_and_nothing_else_is(write):
    @dataclasses.dataclass
    class Point:
        x: int

        def secret(self) -> str:
            return 'never'

    values = {
        'p': Point(1),
        't': TextPart(text='hi'),
        'o': object(),
        's': {'b'},
        'e': enum.StrEnum('E', {'A': 'a'}).A,
    }
    assert write('{{p.x}}{{p.secret}}{{p.__class__}}{{t.text}}{{o.__doc__}}{{s.pop}}', values) == '1hi'
    assert write('{{#each p}}{{@key}}={{this}}{{/each}}{{#each s}}{{this}}{{/each}} {{e}}', values) == 'x=1b a'
    assert write('{{p.__init__.__globals__}}{{text.format}}', {'p': Point(1), 'text': 'x'}) == ''


def test_an_endless_iterable_is_not_needed_to_be_a_list(write):
    assert write('{{#each a}}{{this}}{{/each}}', {'a': (n for n in range(3))}) == '012'


def test_a_value_that_contains_itself_is_refused(write):
    endless: dict[str, object] = {}
    endless['self'] = endless
    with pytest.raises(GenkitError, match='contains itself'):
        write('{{a}}', {'a': endless})


def test_a_template_keeps_nothing_of_what_it_has_rendered(write):
    from genkit._prompt.dotprompt.handlebars.template import Template

    template = Template('{{#each l}}{{@index}}{{this}}{{../a}}{{/each}}', {}, lambda _: None)
    assert template.render({'l': ['x'], 'a': '1'}) == '0x1'
    assert template.render({'l': ['y', 'z']}) == '0y1z'
    assert template.render({}) == ''


def test_a_template_may_be_rendered_by_several_threads_at_once(write):
    from genkit._prompt.dotprompt.handlebars.template import Template

    template = Template('{{#each l}}{{#each .}}{{@../index}}{{@index}}{{/each}}{{../n}}{{/each}}', {}, lambda _: None)
    wrong: list[str] = []

    def work(number: int) -> None:
        for _ in range(200):
            text = template.render({'l': [[1, 2]] * 3, 'n': number})
            if text != f'0001{number}1011{number}2021{number}':
                wrong.append(text)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
