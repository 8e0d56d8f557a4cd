# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import logging

import pytest
from genkit import GenkitError
from genkit._prompt.dotprompt.handlebars.function import Helper, HelperOptions


def shout(text, mark='!', times=1):
    return text.upper() + mark * times


def repeat(count, *, options: HelperOptions):
    return ''.join(options.fn(n, frame={'turn': n}, params=[n, count]) for n in range(count)) or options.inverse()


def show(*arguments, options: HelperOptions):
    return f'{arguments}{sorted(options.hash.items())}{options.context}{options.is_block}{options.frame["root"]}'


def broken(value):
    return value / 0


HELPERS = {
    'shout': shout,
    'repeat': repeat,
    'show': show,
    'broken': broken,
    'now': lambda: 'noon',
    'pair': lambda: [1, 2],
}


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        ('{{shout a}} {{shout "b" mark="?" times=2}} {{shout (shout a) "."}}', 'X! B?? X!.'),
        ('{{now}} {{this.now}} {{./now}} {{(now)}}'.replace('{{(now)}}', '{{shout (now)}}'), 'noon var var NOON!'),
        ('{{#each l as |now|}}{{now}}{{/each}}', '12'),
        ('{{#repeat 2}}{{.}}{{@turn}}{{../a}} {{/repeat}}', '00x 11x '),
        ('{{#repeat 2 as |n all|}}{{n}}/{{all}} {{/repeat}}', '0/2 1/2 '),
        ('{{#repeat 0}}x{{else}}none{{/repeat}}{{^repeat 0}}none{{/repeat}}', 'nonenone'),
        ('{{#if (now)}}yes{{/if}}{{#each (pair)}}{{.}}{{/each}}', 'yes12'),
        ('{{#if f}}1{{else repeat 1}}two{{/if}}', 'two'),
        ('{{#repeat 1}}{{#repeat 2}}{{@../turn}}{{@turn}} {{/repeat}}{{/repeat}}', '00 01 '),
        ('{{{{shout2 a}}}}{{a}}{{{{/shout2}}}}', '{{a}}x'),
    ],
)
def test_a_helper_is_called(write, source, expected):
    helpers = {**HELPERS, 'shout2': lambda text, *, options: options.fn() + text}
    assert write(source, {'a': 'x', 'now': 'var', 'l': [1, 2]}, helpers=helpers) == expected


def test_options_tell_where_the_helper_is_called(write):
    assert write('{{#with o}}{{show 1 "b" k=2}}{{/with}}', {'o': 'O'}, helpers=HELPERS) == (
        "(1, 'b')[('k', 2)]OFalse{'o': 'O'}"
    )


def test_a_helper_may_take_the_place_of_a_built_in_block(write):
    assert write('{{#if a}}x{{/if}}', {}, helpers={'if': lambda _, *, options: options.fn() * 2}) == 'xx'


def test_log_writes_to_the_log_and_not_to_the_text(write, caplog):
    with caplog.at_level(logging.DEBUG, 'genkit.prompt'):
        assert write('a{{log "seen" b level="warn"}}c', {'b': 1}) == 'ac'
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [('WARNING', 'seen 1')]


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ('{{shot a}}', r"line 1, column 3: helper 'shot' is not defined. Did you mean 'shout'\?"),
        ('\n {{#shot a}}x{{/shot}}', r'line 2, column 5: helper'),
        ('{{shout (nope)}}', r"column 10: helper 'nope' is not defined"),
        ('{{a.b 1}}', "helper 'a.b' is not defined"),
        ('{{shout}}', "helper 'shout' was called wrongly: missing a required argument: 'text'"),
        ('{{shout a wrong=1}}', 'got an unexpected keyword argument'),
        ('{{broken 1}}', "helper 'broken' failed: ZeroDivisionError"),
        ('{{#shout a}}x{{/shout}}', 'declare a parameter named options'),
        ('{{lookup a}}', 'missing a required argument'),
    ],
)
def test_a_wrong_call_names_its_place(write, source, message):
    with pytest.raises(GenkitError, match=message):
        write(source, {'a': 'x'}, helpers=HELPERS)


def test_what_a_helper_raises_stays_as_the_cause(write):
    with pytest.raises(GenkitError) as caught:
        write('{{broken 1}}', helpers=HELPERS)
    assert caught.value.status == 'INTERNAL'
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert (caught.value.details['line'], caught.value.details['column']) == (1, 3)


def test_an_error_of_the_house_passes_through_a_helper(write):
    def refuse():
        raise GenkitError('no', status='PERMISSION_DENIED')

    with pytest.raises(GenkitError, match='PERMISSION_DENIED: no'):
        write('{{refuse}}', helpers={'refuse': refuse})


async def _later() -> str:
    return ''


@pytest.mark.parametrize('function', [_later, 'text', None])
def test_what_cannot_be_called_at_once_is_no_helper(function):
    with pytest.raises(GenkitError, match="Helper 'x'"):
        Helper('x', function)
