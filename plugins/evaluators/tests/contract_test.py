# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit import Genkit
from genkit.testing import EvaluatorContract
from genkit.types import BaseDataPoint
from genkit_evaluators import GenkitEval, GenkitMetric


class TestDeepEqual(EvaluatorContract):
    good = BaseDataPoint(input='x', output={'a': [1]}, reference={'a': [1]})
    bad = BaseDataPoint(input='x', output={'a': [2]}, reference={'a': [1]})

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[GenkitEval(metrics=[GenkitMetric.DEEP_EQUAL])]), 'genkitEval/deep_equal'


class TestRegex(EvaluatorContract):
    good = BaseDataPoint(input='x', output='page 31', reference='page [0-9]+')
    bad = BaseDataPoint(input='x', output='page one', reference='page [0-9]+')

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[GenkitEval(metrics=[GenkitMetric.REGEX])]), 'genkitEval/regex'
