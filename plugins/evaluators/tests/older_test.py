# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

import pytest
from genkit import GenkitError
from genkit.ai import Genkit
from genkit.core.typing import BaseDataPoint, Details, Score
from genkit.plugins.evaluators import GenkitMetricType, MetricConfig, define_genkit_evaluators
from genkit.testing import define_programmable_model


CASE = BaseDataPoint(test_case_id='1', input='Where?', output='Here.', reference='H.re')


class Options:
    """An object that holds metrics."""

    def __init__(self, *metrics):
        self.root = metrics


async def judged(ai, metric):
    [case] = (await ai.evaluate(f'genkitEval/{metric}', [CASE])).root
    return case.scores[0]


async def test_metrics_are_defined_in_an_application_that_exists():
    ai = Genkit()
    define_genkit_evaluators(ai, Options(MetricConfig(metric_type=GenkitMetricType.REGEX), 'deep_equal'))
    assert (await judged(ai, 'regex')).score is True
    assert (await judged(ai, 'deep_equal')).score is False


@pytest.mark.parametrize(
    ('answered', 'noncommittal', 'score', 'status'),
    [(True, False, 1, 'PASS'), (True, True, 0, 'FAIL'), (False, False, 0, 'FAIL')],
)
async def test_answer_relevancy_needs_no_embedder(answered, noncommittal, score, status):
    ai = Genkit()
    judge, _ = define_programmable_model(ai, 'judge')
    define_genkit_evaluators(ai, [MetricConfig(metric_type=GenkitMetricType.ANSWER_RELEVANCY, judge='judge')])
    flags = f'"answered": {str(answered).lower()}, "noncommittal": {str(noncommittal).lower()}'
    judge.responses = [f'{{"question": "Where is it?", "reason": "So.", {flags}}}']
    given = await judged(ai, 'answer_relevancy')
    assert (given.score, given.status) == (score, status)
    assert isinstance(given, Score)
    assert isinstance(given.details, Details)


def test_a_metric_must_be_named():
    with pytest.raises(GenkitError, match="There is no metric ''"):
        MetricConfig()
    with pytest.raises(GenkitError, match="There is no metric 'LOUDNESS'"):
        MetricConfig(metric_type='LOUDNESS')
