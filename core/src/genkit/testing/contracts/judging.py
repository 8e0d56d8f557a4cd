# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contracts of rerankers and evaluators."""

from typing import Any, ClassVar

from genkit import Genkit, GenkitError
from genkit.testing.contracts.contract import Contract
from genkit.types import BaseDataPoint, Document, EvalStatusEnum, RankedDocument, Score


class RerankerContract(Contract):
    """Contract tests of a reranker. Subclass it in a test module as ``Test…``, and define `application`.

    Attributes:
        query: The query.
        documents: The documents to rank; the first is relevant, the last is not.
        limit: The option for the number of results; None if there is none.
    """

    query: ClassVar[str] = 'How tall is the lighthouse?'
    documents: ClassVar[tuple[str, ...]] = (
        'The lighthouse is 31 metres tall.',
        'The lighthouse was built in 1911.',
        'Bread is made of flour, water and salt.',
    )
    limit: ClassVar[str | None] = 'k'

    async def application(self) -> tuple[Genkit, str]:
        """Return an application and the reranker's full name; the only method a subclass must define."""
        raise NotImplementedError(f'{type(self).__name__} must say where its reranker is: define `application`.')

    async def ranked(self, texts: tuple[str, ...], options: Any = None) -> list[RankedDocument]:
        """Return some texts in order."""
        ai, name = await self.application()
        try:
            given = [Document.from_text(text, {'place': place}) for place, text in enumerate(texts)]
            return await ai.rerank(name, self.query, given, options)
        finally:
            await ai.aclose()

    async def test_what_answers_comes_first_and_what_does_not_comes_last(self) -> None:
        found = await self.ranked(self.documents[::-1])
        texts = [document.text() for document in found]
        assert texts[0] == self.documents[0]
        assert texts[-1] == self.documents[-1]

    async def test_scores_fall_and_metadata_stays(self) -> None:
        found = await self.ranked(self.documents)
        scores = [document.score for document in found]
        assert scores == sorted(scores, reverse=True)
        places: list[int] = [(document.metadata.extra or {})['place'] for document in found]
        assert sorted(places) == [0, 1, 2]

    async def test_no_more_than_asked_for_come_back(self) -> None:
        if self.limit is not None:
            assert len(await self.ranked(self.documents, {self.limit: 1})) == 1

    async def test_nothing_is_ranked_as_nothing(self) -> None:
        assert await self.ranked(()) == []


class EvaluatorContract(Contract):
    """Contract tests of an evaluator. Subclass it as ``Test…``, and define `application`, `good` and `bad`.

    Attributes:
        good: A case that passes.
        bad: A case that fails.
    """

    good: ClassVar[BaseDataPoint]
    bad: ClassVar[BaseDataPoint]

    async def application(self) -> tuple[Genkit, str]:
        """Return an application and the evaluator's full name."""
        raise NotImplementedError(f'{type(self).__name__} must say where its evaluator is: define `application`.')

    async def judged(self, *cases: BaseDataPoint) -> list[Any]:
        """Return the judgements of some cases."""
        ai, name = await self.application()
        try:
            return (await ai.evaluate(name, list(cases))).root
        finally:
            await ai.aclose()

    async def test_a_good_case_scores_better_than_a_bad_one(self) -> None:
        good, bad = await self.judged(self.good, self.bad)
        assert _status(good) == EvalStatusEnum.PASS
        assert _status(bad) == EvalStatusEnum.FAIL

    async def test_judgements_keep_ids_and_order(self) -> None:
        cases = [self.good.replaced(test_case_id='b'), self.bad.replaced(test_case_id='a')]
        cases.append(self.good.replaced(test_case_id='c'))
        assert [judgement.test_case_id for judgement in await self.judged(*cases)] == ['b', 'a', 'c']

    async def test_cases_without_ids_get_their_own(self) -> None:
        found = await self.judged(self.good.replaced(test_case_id=None), self.good.replaced(test_case_id=None))
        assert len({judgement.test_case_id for judgement in found}) == 2

    async def test_what_judges_is_given_an_id_for_each_case(self) -> None:
        """The developer tools find a judgement by it, whichever of the two kinds of evaluator gave it."""
        found = await self.judged(self.good.replaced(test_case_id=None), self.bad.replaced(test_case_id='mine'))
        assert found[0].test_case_id
        assert found[1].test_case_id == 'mine'

    async def test_a_case_that_cannot_be_judged_does_not_end_the_others(self) -> None:
        empty = BaseDataPoint(test_case_id='empty')
        found = await self.judged(self.good, empty, self.good)
        assert [_status(found[place]) for place in (0, 2)] == [EvalStatusEnum.PASS] * 2
        assert _status(found[1]) != EvalStatusEnum.PASS

    async def test_no_case_is_no_judgement(self) -> None:
        assert await self.judged() == []

    async def test_it_describes_itself(self) -> None:
        ai, name = await self.application()
        listed = {metadata.name: metadata for metadata in await ai.list_actions('evaluator')}
        await ai.aclose()
        assert name in listed, GenkitError(f'{name} is not listed')
        described = (listed[name].metadata or {})['evaluator']
        assert described['evaluatorDisplayName']
        assert described['evaluatorDefinition']


def _status(judgement: Any) -> Any:
    evaluation: Score | list[Score] = judgement.evaluation
    return evaluation[0].status if isinstance(evaluation, list) else evaluation.status
