# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Evaluators and rerankers that do one thing wrong each."""

from typing import ClassVar

from genkit import Genkit, GenkitError
from genkit.testing import (
    EvaluatorContract,
    RerankerContract,
)
from genkit.types import (
    BaseDataPoint,
    EvalFnResponse,
    EvalStatusEnum,
    RankedDocumentData,
    RankedDocumentMetadata,
    RerankerResponse,
    Score,
)


class OfJudges(EvaluatorContract):
    good = BaseDataPoint(input='x', output='yes')
    bad = BaseDataPoint(input='x', output='no')
    noticed_by: ClassVar[set[str]] = set()

    definition = 'Likes yes.'

    def verdict(self, case):
        return EvalStatusEnum.PASS if case.output == 'yes' else EvalStatusEnum.FAIL

    async def application(self):
        ai = Genkit()

        async def judge(case, _options):
            return EvalFnResponse(test_case_id=case.test_case_id, evaluation=Score(status=self.verdict(case)))

        ai.define_evaluator('judge', 'Judge', self.definition, judge)
        return ai, 'judge'


class TestRightJudge(OfJudges):
    pass


class TestKindJudge(OfJudges):
    noticed_by: ClassVar[set[str]] = {
        'test_a_good_case_scores_better_than_a_bad_one',
        'test_a_case_that_cannot_be_judged_does_not_end_the_others',
    }

    def verdict(self, case):
        return EvalStatusEnum.PASS


class TestJudgeOfItsOwnIds(OfJudges):
    noticed_by: ClassVar[set[str]] = {
        'test_judgements_keep_ids_and_order',
        'test_what_judges_is_given_an_id_for_each_case',
    }

    async def judged(self, *cases):
        found = await super().judged(*cases)
        return [judgement.replaced(test_case_id=f'case {place}') for place, judgement in enumerate(found)]


class OfRankers(RerankerContract):
    noticed_by: ClassVar[set[str]] = set()

    def score(self, query, text):
        return (
            len(set(query.lower().split()) & set(text.lower().split()))
            + 5 * ('tall' in text)
            + 2 * ('lighthouse' in text)
        )

    def order(self, scored):
        return sorted(scored, key=lambda each: -each[0])

    def metadata(self, document):
        return document.metadata or {}

    def cut(self, scored, options):
        return scored[: (options or {}).get('k')]

    async def application(self):
        ai = Genkit()

        async def rank(query, documents, options):
            scored = [(self.score(query.text(), document.text()), document) for document in documents]
            best = self.cut(self.order(scored), options)
            return RerankerResponse(
                documents=[
                    RankedDocumentData(
                        content=document.content,
                        metadata=RankedDocumentMetadata.model_validate({**self.metadata(document), 'score': score}),
                    )
                    for score, document in best
                ]
            )

        ai.define_reranker('ranker', rank)
        return ai, 'ranker'


class TestRightRanker(OfRankers):
    pass


class TestRankerInNoOrder(OfRankers):
    noticed_by: ClassVar[set[str]] = {
        'test_what_answers_comes_first_and_what_does_not_comes_last',
    }

    def order(self, scored):
        return scored


class TestRankerOfAll(OfRankers):
    noticed_by: ClassVar[set[str]] = {'test_no_more_than_asked_for_come_back'}

    def cut(self, scored, options):
        return scored


class TestRankerWithoutMetadata(OfRankers):
    noticed_by: ClassVar[set[str]] = {'test_scores_fall_and_metadata_stays'}

    def metadata(self, document):
        return {}


class TestRankerOfSomething(OfRankers):
    noticed_by: ClassVar[set[str]] = {'test_nothing_is_ranked_as_nothing'}

    def cut(self, scored, options):
        if not scored:
            raise GenkitError('There is nothing to rank.', status='INVALID_ARGUMENT')
        return super().cut(scored, options)


class TestUndecidedJudge(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_a_good_case_scores_better_than_a_bad_one'}

    def verdict(self, case):
        return super().verdict(case) if case.output == 'yes' else EvalStatusEnum.UNKNOWN


class TestJudgeWhoLikesSilence(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_a_case_that_cannot_be_judged_does_not_end_the_others'}

    def verdict(self, case):
        return EvalStatusEnum.FAIL if case.output == 'no' else EvalStatusEnum.PASS


class TestJudgeOfLettersInOrder(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_judgements_keep_ids_and_order'}

    async def judged(self, *cases):
        found = await super().judged(*cases)
        return sorted(found, key=lambda each: each.test_case_id if len(each.test_case_id) == 1 else '')


class TestJudgeWhoNumbersAllOrNothing(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_what_judges_is_given_an_id_for_each_case'}

    async def judged(self, *cases):
        found = await super().judged(*cases)
        if all(case.test_case_id for case in cases):
            return found
        return [each.replaced(test_case_id=f'case {place}') for place, each in enumerate(found)]


class TestJudgeOfOneId(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_cases_without_ids_get_their_own'}

    async def judged(self, *cases):
        found = await super().judged(*cases)
        return [
            each if case.test_case_id else each.replaced(test_case_id='case')
            for case, each in zip(cases, found, strict=True)
        ]


class TestJudgeOfSomething(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_no_case_is_no_judgement'}

    async def judged(self, *cases):
        if not cases:
            raise GenkitError('There is nothing to judge.', status='INVALID_ARGUMENT')
        return await super().judged(*cases)


class TestJudgeOfFewWords(OfJudges):
    noticed_by: ClassVar[set[str]] = {'test_it_describes_itself'}
    definition = ''


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
