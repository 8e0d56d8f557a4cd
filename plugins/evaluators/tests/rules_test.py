# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The metrics that compute."""

import asyncio
import dataclasses
import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel, Field


class Order(BaseModel):
    order_id: int = Field(alias='orderId')
    items: list[str] = []


@dataclasses.dataclass
class Point:
    x: float


class TestRegex:
    @pytest.mark.parametrize(
        ('reference', 'output', 'found'),
        [
            ('ba?a?a', 'banana', 'Found "ba" at character 0.'),
            ('na$', 'banana', 'Found "na" at character 4.'),
            ('(?i)BANANA', 'banana', 'Found "banana" at character 0.'),
            (r'^\d{3}$', '123', 'Found "123" at character 0.'),
            ('"a":1', {'a': 1, 'b': [True, None]}, 'Found "\\"a\\":1" at character 1.'),
            (r'^\[1,"é"\]$', [1, 'é'], 'Found "[1,\\"é\\"]" at character 0.'),
            ('^0$', 0, 'Found "0" at character 0.'),
            ('^false$', False, 'Found "false" at character 0.'),
            ('^$', '', 'Found "" at character 0.'),
            ('orderId', Order(orderId=1), 'Found "orderId" at character 2.'),
            (r'(?<word>na)\k<word>', 'banana', 'Found "nana" at character 2.'),
        ],
    )
    async def test_that_is_found_passes(self, app, reference, output, found):
        score = await app.score('regex', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (True, 'PASS', found)

    @pytest.mark.parametrize(
        ('reference', 'output'), [('ba?a?a', 'apple'), ('x', ''), ('^a$', {'a': 1}), ('True', True)]
    )
    async def test_that_is_not_found_fails(self, app, reference, output):
        score = await app.score('regex', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (False, 'FAIL', 'Not found.')

    async def test_that_is_wrong_is_an_error_that_says_where(self, app):
        error = await app.error('regex', output='a', reference='(ba')
        assert error == (
            "INVALID_ARGUMENT: The reference '(ba' is not a regular expression of Python's `re`: "
            'missing ) at position 3'
        )

    async def test_that_is_no_text_is_an_error(self, app):
        error = await app.error('regex', output='a', reference=['a'])
        assert error == "INVALID_ARGUMENT: The reference is ['a']; expected a string that holds a regular expression."

    async def test_does_not_hold_up_the_event_loop(self, app):
        """The pattern runs in a thread: one that takes for ever must not stop the program around it."""
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        await app.score('regex', output='a', reference='a')
        ticking.cancel()
        assert ticks > 0


class TestDeepEqual:
    @pytest.mark.parametrize(
        ('output', 'reference'),
        [
            ('a', 'a'),
            (0, 0),
            (1, 1.0),
            (False, False),
            ('', ''),
            ([], []),
            ({}, {}),
            ({'a': [1, {'b': None}], 'c': 'd'}, {'c': 'd', 'a': [1.0, {'b': None}]}),
            (Order(orderId=1, items=['a']), {'orderId': 1, 'items': ['a']}),
            (Point(1.5), {'x': 1.5}),
            ((1, 2), [1, 2]),
        ],
    )
    async def test_values_pass(self, app, output, reference):
        score = await app.score('deep_equal', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (True, 'PASS', 'Equal.')

    @pytest.mark.parametrize(
        ('output', 'reference', 'reasoning'),
        [
            ('a', 'A', 'output is "a", expected "A".'),
            (1, '1', 'output is 1, expected "1".'),
            (1, True, 'output is 1, expected true.'),
            (False, 0, 'output is false, expected 0.'),
            ({}, [], 'output is {}, expected [].'),
            ([1, 2], [2, 1], 'output[0] is 1, expected 2.'),
            ([1], [1, 2], 'output has 1 items, expected 2.'),
            ({'a': {'b': [0, {'c d': 1}]}}, {'a': {'b': [0, {'c d': 2}]}}, 'output.a.b[1]["c d"] is 1, expected 2.'),
            ({'a': 1}, {'a': 1, 'b': None}, 'output.b is missing, expected null.'),
            ({'a': 1, 'b': None}, {'a': 1}, 'output has "b", which was not expected.'),
            ('{"a":1}', {'a': 1}, 'output is "{\\"a\\":1}", expected {"a": 1}.'),
            ('x' * 200, 'y', f'output is "{"x" * 79}…, expected "y".'),
        ],
    )
    async def test_values_that_differ_fail_and_are_told_where(self, app, output, reference, reasoning):
        score = await app.score('deep_equal', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (False, 'FAIL', reasoning)

    async def test_of_what_is_no_json_is_an_error(self, app):
        assert 'Unable to serialize unknown type' in await app.error('deep_equal', output=object(), reference=1)


class TestJsonata:
    @pytest.mark.parametrize(
        ('reference', 'output', 'result'),
        [
            ('age > 18', {'age': 19}, 'true'),
            ('$count(items[price < 5]) = 2', {'items': [{'price': 1}, {'price': 3}, {'price': 9}]}, 'true'),
            ('$', 'text', '"text"'),
            ('$ = "text"', 'text', 'true'),
            ('$ >= 0', 0, 'true'),
            ('$not($)', False, 'true'),
            ('$sum($)', [1, 2], '3'),
            ('orderId', Order(orderId=7), '7'),
            ('$ ~> /nan/', 'banana', '{"match": "nan", "start": 2, "end": 5, "groups": ["nan"], "next": "<JLambda>"}'),
        ],
    )
    async def test_expression_that_is_true_of_the_output_passes(self, app, reference, output, result):
        score = await app.score('jsonata', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (True, 'PASS', f'The result is {result}.')

    @pytest.mark.parametrize(
        ('reference', 'output', 'result'),
        [
            ('age > 18', {'age': 18}, 'false'),
            ('missing', {}, 'null'),
            ('a', {'a': None}, 'null'),
            ('a', {'a': ''}, '""'),
            ('a', {'a': 0}, '0'),
            ('[]', {}, '[]'),
            ('{}', {}, '{}'),
            ('$ ~> /nan/', 'apple', 'null'),
        ],
    )
    async def test_expression_whose_result_is_nothing_fails(self, app, reference, output, result):
        score = await app.score('jsonata', output=output, reference=reference)
        assert (score.score, score.status, score.details.reasoning) == (False, 'FAIL', f'The result is {result}.')

    @pytest.mark.parametrize(
        ('reference', 'problem'),
        [
            ('a.(', 'Expected ) before end of expression'),
            ('', 'Unexpected end of expression'),
            ('$nope()', 'Attempted to invoke a non-function'),
            ('a + "b"', 'The right side of the + operator must evaluate to a number'),
            ('$toMillis("x")', 'Invalid isoformat string'),
            ('1/0', 'division by zero'),
            ('$contains("a", /a**/)', 'multiple repeat'),
            ('($f := function($n){1 + $f($n)}; $f(1))', 'recursion'),
        ],
    )
    async def test_expression_that_is_wrong_is_an_error_that_says_why(self, app, reference, problem):
        error = await app.error('jsonata', output={'a': 1}, reference=reference)
        assert error.startswith(f'INVALID_ARGUMENT: The reference {reference!r} is not a JSONata expression')
        assert problem in error

    async def test_expressions_leave_the_recursion_limit_alone(self, app):
        before = sys.getrecursionlimit()
        await app.score('jsonata', output={'a': 1}, reference='a')
        await app.error('jsonata', output={'a': 1}, reference='a.(')
        assert sys.getrecursionlimit() == before

    @pytest.mark.parametrize('reference', ['$sum', 'function($x){$x}', '/a/'])
    async def test_expression_for_a_function_is_an_error(self, app, reference):
        error = await app.error('jsonata', output='a', reference=reference)
        assert error.endswith('is not a JSONata expression for a value: its result is a function; call it')

    async def test_expression_that_never_ends_is_stopped(self, app, monkeypatch):
        monkeypatch.setattr('genkit_evaluators.models._JSONATA_MILLISECONDS', 50)
        error = await app.error('jsonata', output={}, reference='($f := function(){$f()}; $f())')
        assert 'Evaluation timeout after 50 milliseconds' in error

    async def test_expression_that_is_no_text_is_an_error(self, app):
        error = await app.error('jsonata', output='a', reference=5)
        assert error == 'INVALID_ARGUMENT: The reference is 5; expected a string that holds a JSONata expression.'

    async def test_output_is_left_as_it_was(self, app):
        output = {'a': [{'b': 1}]}
        score = await app.score('jsonata', output=output, reference='$ ~> |a|{"b": 2}|')
        assert score.details.reasoning == 'The result is {"a": [{"b": 2}]}.'
        assert output == {'a': [{'b': 1}]}

    def test_library_is_imported_on_first_use_only(self):
        program = "import sys, genkit_evaluators; print('jsonata' in sys.modules)"
        ended = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
        assert ended.stdout == 'False\n'


@pytest.mark.parametrize('metric', ['regex', 'deep_equal', 'jsonata'])
class TestMissingMembers:
    @pytest.mark.parametrize(
        ('case', 'missing'),
        [
            ({'reference': 'a'}, "'output'"),
            ({'output': 'a'}, "'reference'"),
            ({'input': 'a'}, "'output' and 'reference'"),
            ({'output': None, 'reference': 'a'}, "'output'"),
        ],
    )
    async def test_are_named(self, app, metric, case: dict[str, Any], missing):
        error = await app.error(metric, **case)
        assert f' needs {missing}, which this test case does not have; null counts as missing' in error
        assert error.startswith('INVALID_ARGUMENT: ')

    @pytest.mark.parametrize('output', [0, False, '', [], {}])
    async def test_are_not_those_that_are_empty_or_zero(self, app, metric, output):
        assert (await app.score(metric, output=output, reference='x')).error is None


@pytest.mark.parametrize(
    ('pattern', 'status'),
    [
        ('^(a|a)+$', 'OUT_OF_RANGE'),
        ('^(a|aa)+$', 'OUT_OF_RANGE'),
        ('((a{1,500}){1,500}){1,500}', 'INVALID_ARGUMENT'),
        ('a{1,100000}', 'INVALID_ARGUMENT'),
        ('a' * 3_000, 'INVALID_ARGUMENT'),
    ],
)
async def test_a_hostile_pattern_ends_in_time_and_stops_nobody_else(app, pattern: str, status: str) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    beating = asyncio.create_task(beat())
    error = await app.error('regex', output='a' * 60 + '!', reference=pattern)
    beating.cancel()
    assert error.startswith(status)
    if status == 'OUT_OF_RANGE':
        assert beats > 10
