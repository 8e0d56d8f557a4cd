# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The metrics: what each is called, what it needs of a case, and how it comes to its score."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Protocol, TypeAlias, cast

import regex
from genkit import GenkitError
from genkit.plugin import EvaluatorInfo
from genkit.types import BaseDataPoint, EvalStatusEnum, Score, ScoreDetails

from genkit_evaluators.config import GenkitMetric, NoOptions
from genkit_evaluators.convert import (
    AnswerT,
    Question,
    StatementVerdict,
    as_json,
    as_text,
    difference,
    may_explode,
    shown,
    to_agreement_question,
    to_maliciousness_question,
    to_python_pattern,
    to_relevancy_question,
    to_statements_question,
    to_verdicts_question,
)


DEFAULT_THRESHOLD: Final = 0.5
_AGREEMENT_POINTS: Final = {'full': 4, 'partial': 2, 'none': 0}

# An expression may loop without end. No thread can be stopped from outside, so the library looks at the clock.
_JSONATA_MILLISECONDS: Final = 5_000


class Judge(Protocol):
    """The judge model and the embedder."""

    async def ask(self, question: Question[AnswerT]) -> AnswerT:
        """Return the answer to a question."""
        ...

    async def similarity(self, one: str, other: str) -> float:
        """Return how near two texts are, from 0 to 1."""
        ...


Rule: TypeAlias = Callable[[BaseDataPoint], Score]
Judged: TypeAlias = Callable[[BaseDataPoint, Judge], Awaitable[Score]]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric.

    Attributes:
        display_name: The name shown to users.
        definition: What it says about a case.
        needs: The members that a case must have.
        rule: Computes the score; for metrics without a judge.
        judged: Comes to the score, from 0 to 1, with a judge.
        embeds: Whether the judge needs an embedder.
    """

    display_name: str
    definition: str
    needs: tuple[str, ...]
    rule: Rule | None = None
    judged: Judged | None = None
    embeds: bool = False

    @property
    def info(self) -> EvaluatorInfo:
        """How the evaluator describes itself."""
        return EvaluatorInfo(
            display_name=self.display_name,
            definition=self.definition,
            is_billed=self.judged is not None,
            config_schema=NoOptions,
        )


def status_of(score: Score, threshold: float | None) -> EvalStatusEnum:
    """Return the verdict on a score: a truth passes, and a number that reaches the threshold."""
    if score.score is None:
        return EvalStatusEnum.UNKNOWN
    least = DEFAULT_THRESHOLD if threshold is None else threshold
    passes = score.score if isinstance(score.score, bool) else float(score.score) >= least
    return EvalStatusEnum.PASS if passes else EvalStatusEnum.FAIL


def _score(score: float | bool | None, reasoning: str) -> Score:  # noqa: FBT001  (a score may be a truth)
    return Score(score=score, details=ScoreDetails(reasoning=reasoning))


# Metrics that compute

_SEARCH_SECONDS: Final = 2.0


def _regex(case: BaseDataPoint) -> Score:
    pattern = _expression(case, 'regular expression')
    if may_explode(pattern):
        raise _bad_reference(pattern, 'a regular expression of a moderate size', 'it is long, or repeats too often')
    try:
        compiled = regex.compile(to_python_pattern(pattern))
    except regex.error as error:
        raise _bad_reference(pattern, "a regular expression of Python's `re`", error) from error
    try:
        # Python's own module cannot be stopped, and stops every other thread while it searches.
        found = compiled.search(as_text(case.output), timeout=_SEARCH_SECONDS, concurrent=True)
    except TimeoutError as error:
        raise GenkitError(
            f'Searching with {shown(pattern)} took more than {_SEARCH_SECONDS:g} s. Write it without nested '
            'repetition.',
            status='OUT_OF_RANGE',
            cause=error,
        ) from error
    return _score(
        found is not None, f'Found {shown(found[0])} at character {found.start()}.' if found else 'Not found.'
    )


def _deep_equal(case: BaseDataPoint) -> Score:
    found = difference(as_json(case.output), as_json(case.reference))
    return _score(found is None, f'{found}.' if found else 'Equal.')


class _JsonataLibrary(Protocol):
    def Jsonata(self, expr: str, *, timeout: int) -> Any: ...  # noqa: N802  (the package's name)


def _jsonata(case: BaseDataPoint) -> Score:
    expression = _expression(case, 'JSONata expression')
    output = as_json(case.output)
    library = cast('_JsonataLibrary', import_module('jsonata'))  # takes longer to import than this plugin, so on use
    deepest = sys.getrecursionlimit()  # the library raises it for the whole process
    try:
        result: Any = library.Jsonata(expression, timeout=_JSONATA_MILLISECONDS).evaluate(output)
    except Exception as error:  # beside errors of its own the library lets out whatever its parts raise
        raise _bad_reference(expression, 'a JSONata expression that fits the output', error) from error
    finally:
        sys.setrecursionlimit(deepest)
    if not isinstance(cast('object', result), bool | int | float | str | list | dict | None):
        raise _bad_reference(expression, 'a JSONata expression for a value', 'its result is a function; call it')
    return _score(bool(result), f'The result is {shown(result)}.')


def _expression(case: BaseDataPoint, expected: str) -> str:
    if not isinstance(case.reference, str):
        raise GenkitError(
            f'The reference is {case.reference!r}; expected a string that holds a {expected}.',
            status='INVALID_ARGUMENT',
        )
    return case.reference


def _bad_reference(reference: str, expected: str, problem: object) -> GenkitError:
    return GenkitError(f'The reference {reference!r} is not {expected}: {problem}', status='INVALID_ARGUMENT')


# Metrics that a model judges


async def _faithfulness(case: BaseDataPoint, judge: Judge) -> Score:
    claims = (await judge.ask(to_statements_question(case))).statements
    if not claims:
        return _score(None, 'The output makes no claim that could be checked.')
    verdicts = (await judge.ask(to_verdicts_question(case, claims))).verdicts
    by_number = {verdict.number: verdict for verdict in verdicts}
    if len(verdicts) != len(claims) or by_number.keys() != set(range(1, len(claims) + 1)):
        raise GenkitError(
            f'The judge gave verdicts on the statements {[verdict.number for verdict in verdicts]}; expected one on '
            f'each from 1 to {len(claims)}. Try a more capable judge.',
            status='INTERNAL',
        )
    ordered = [by_number[number] for number in range(1, len(claims) + 1)]
    lines = [_line(claim, verdict) for claim, verdict in zip(claims, ordered, strict=True)]
    supported = sum(verdict.supported for verdict in ordered)
    return _score(supported / len(claims), '\n'.join([f'{supported} of {len(claims)} claims are supported.', *lines]))


def _line(claim: str, verdict: StatementVerdict) -> str:
    return f'{"Supported" if verdict.supported else "Not supported"}: {claim} {verdict.reason}'


async def _answer_relevancy(case: BaseDataPoint, judge: Judge) -> Score:
    answer = await judge.ask(to_relevancy_question(case))
    near = await judge.similarity(as_text(case.input), answer.question)
    flags = f'{"answered" if answer.answered else "not answered"}{", noncommittal" if answer.noncommittal else ""}'
    reasoning = f'Replies to {shown(answer.question, 200)}, similarity {near:.2f}; {flags}. {answer.reason}'
    return _score(near if answer.answered and not answer.noncommittal else 0.0, reasoning)


async def _answer_accuracy(case: BaseDataPoint, judge: Judge) -> Score:
    forward = await judge.ask(to_agreement_question(case, case.output, case.reference))
    backward = await judge.ask(to_agreement_question(case, case.reference, case.output))
    points = _AGREEMENT_POINTS[forward.agreement] + _AGREEMENT_POINTS[backward.agreement]
    reasoning = (
        f'Output against reference: {forward.agreement}. {forward.reason}\n'
        f'Reference against output: {backward.agreement}. {backward.reason}'
    )
    return _score(points / 8, reasoning)


async def _maliciousness(case: BaseDataPoint, judge: Judge) -> Score:
    answer = await judge.ask(to_maliciousness_question(case))
    return _score(1.0 - answer.malicious, answer.reason)


METRICS: Final[Mapping[GenkitMetric, Metric]] = {
    GenkitMetric.FAITHFULNESS: Metric(
        display_name='Faithfulness',
        definition='Which share of the claims in the output the context supports.',
        needs=('input', 'output', 'context'),
        judged=_faithfulness,
    ),
    GenkitMetric.ANSWER_RELEVANCY: Metric(
        display_name='Answer relevancy',
        definition='How near the question that the output replies to is to the input.',
        needs=('input', 'output'),
        judged=_answer_relevancy,
        embeds=True,
    ),
    GenkitMetric.ANSWER_ACCURACY: Metric(
        display_name='Answer accuracy',
        definition='How far the output agrees with the reference.',
        needs=('input', 'output', 'reference'),
        judged=_answer_accuracy,
    ),
    GenkitMetric.MALICIOUSNESS: Metric(
        display_name='Maliciousness',
        definition='Whether the output is free of malice: 1 if it is, 0 if it is not.',
        needs=('output',),
        judged=_maliciousness,
    ),
    GenkitMetric.REGEX: Metric(
        display_name='Regex match',
        definition='Whether the regular expression in the reference is found in the output.',
        needs=('output', 'reference'),
        rule=_regex,
    ),
    GenkitMetric.DEEP_EQUAL: Metric(
        display_name='Deep equality',
        definition='Whether the output and the reference are the same JSON.',
        needs=('output', 'reference'),
        rule=_deep_equal,
    ),
    GenkitMetric.JSONATA: Metric(
        display_name='JSONata',
        definition='Whether the JSONata expression in the reference is true of the output.',
        needs=('output', 'reference'),
        rule=_jsonata,
    ),
}
