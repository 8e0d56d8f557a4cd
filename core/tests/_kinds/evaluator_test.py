# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import uuid
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, EvaluatorInfo, GenkitError, StatusName, evaluator_ref
from genkit._kinds.evaluator import evaluator_action_metadata, make_batch_evaluator, make_evaluator
from genkit.plugin import to_json_schema
from genkit.types import (
    BaseDataPoint,
    BaseEvalDataPoint,
    EvalFnResponse,
    EvalRequest,
    EvalResponse,
    EvalStatusEnum,
    Score,
)
from pydantic import BaseModel


class Options(BaseModel):
    strict: bool = False


INFO = EvaluatorInfo(display_name='Length', definition='How long it is.', is_billed=True, config_schema=Options)


def length(case: BaseEvalDataPoint, _options: Any) -> EvalFnResponse:
    """Judges the length."""
    return EvalFnResponse(test_case_id=case.test_case_id, evaluation=Score(score=len(case.output)))


def cases(*outputs: Any) -> list[BaseDataPoint]:
    return [BaseDataPoint(output=output, test_case_id=f'c{number}') for number, output in enumerate(outputs)]


@pytest.fixture
def evaluator(ai):
    return ai.define_evaluator('length', 'Length', 'How long it is.', length)


class TestEvaluating:
    async def test_judges_case_by_case_in_order(self, ai, evaluator):
        judged = (await ai.evaluate('length', cases('a', 'bb', ''))).root
        assert [(one.test_case_id, one.evaluation.score) for one in judged] == [('c0', 1), ('c1', 2), ('c2', 0)]
        assert [one.sample_index for one in judged] == [0, 1, 2]

    async def test_of_an_empty_dataset_is_empty(self, ai, evaluator):
        assert (await ai.evaluate('length', [])).root == []

    async def test_gives_cases_without_an_id_one_of_their_own(self, ai, evaluator):
        judged = (await ai.evaluate('length', [BaseDataPoint(output='a'), BaseDataPoint(output='b')])).root
        ids = {one.test_case_id for one in judged}
        assert len(ids) == 2
        assert all(uuid.UUID(one).version == 4 for one in ids)

    async def test_hands_over_the_whole_case(self, ai):
        seen: list[BaseEvalDataPoint] = []

        async def note(case: BaseEvalDataPoint, _options: Any) -> EvalFnResponse:
            seen.append(case)
            return EvalFnResponse(test_case_id=case.test_case_id, evaluation=[Score(id='a'), Score(id='b')])

        ai.define_evaluator('note', 'Note', 'Notes.', note)
        case = BaseDataPoint(
            input={'q': 1}, output='o', context=['c'], reference='r', test_case_id='t', trace_ids=['x']
        )
        (judged,) = (await ai.evaluate('note', [case])).root
        assert [score.id for score in judged.evaluation] == ['a', 'b']
        assert dict(seen[0]) == dict(case)

    async def test_turns_options_into_their_type_and_lays_them_over_the_references(self, ai):
        seen: list[Any] = []

        def note(case: BaseEvalDataPoint, options: Any, context: ActionRunContext) -> EvalFnResponse:
            seen.append((options, context.context))
            return length(case, options)

        action = ai.define_evaluator('note', 'Note', 'Notes.', note, config_schema=Options)
        await ai.evaluate(evaluator_ref('note', {'strict': True}), cases('a'))
        await ai.evaluate(evaluator_ref('note', {'strict': True}), cases('a'), {'strict': False})
        await action.arun(EvalRequest(dataset=cases('a'), eval_run_id='r'), context={'user': 'Ada'})
        assert seen == [(Options(strict=True), {}), (Options(strict=False), {}), (None, {'user': 'Ada'})]

    async def test_by_an_unknown_evaluator_names_the_nearest(self, ai, evaluator):
        with pytest.raises(GenkitError, match=r"Evaluator 'lenght' not found\. Did you mean 'length'") as caught:
            await ai.evaluate('lenght', cases('a'))
        assert caught.value.status == 'NOT_FOUND'


class TestFailingCase:
    async def test_is_a_failed_score_and_the_others_are_judged(self, ai, evaluator):
        judged = (await ai.evaluate('length', cases('a', 5, 'ccc'))).root
        assert [one.test_case_id for one in judged] == ['c0', 'c1', 'c2']
        assert [judged[0].evaluation.score, judged[2].evaluation.score] == [1, 3]
        failed = judged[1].evaluation
        assert failed.status is EvalStatusEnum.FAIL
        assert failed.error == "Evaluation of test case c1 failed: object of type 'int' has no len()"

    async def test_whose_options_do_not_fit_says_so(self, ai):
        ai.define_evaluator('typed', 'Typed', 'Typed.', length, config_schema=Options)
        with pytest.raises(GenkitError, match='the options of evaluator typed failed: strict') as caught:
            await ai.evaluate('typed', cases('a'), {'strict': 'perhaps'})
        assert caught.value.status is StatusName.INVALID_ARGUMENT

    async def test_has_a_span_like_every_other(self, ai, evaluator, spans):
        await ai.evaluate('length', cases(5))
        assert spans.attributes('Test Case c0')['genkit:type'] == 'evaluator'
        assert 'FAIL' in spans.attributes('Test Case c0')['genkit:output']


class TestSpans:
    async def test_of_the_cases_lie_in_that_of_the_run(self, ai, evaluator, spans):
        judged = (await ai.evaluate('length', cases('a', 'b'), eval_run_id='run-1')).root
        run = spans.named('length')
        for one in judged:
            span = spans.named(f'Test Case {one.test_case_id}')
            assert span.parent.span_id == run.context.span_id
            assert (one.trace_id, one.span_id) == (f'{span.context.trace_id:032x}', f'{span.context.span_id:016x}')
            assert span.attributes['genkit:type'] == 'evaluator'
            assert span.attributes['genkit:metadata:evaluator:evalRunId'] == 'run-1'

    async def test_hold_the_case_and_its_judgement(self, ai, evaluator, spans):
        await ai.evaluate('length', cases('abc'))
        attributes = spans.attributes('Test Case c0')
        assert '"output":"abc"' in attributes['genkit:input'].replace(' ', '')
        assert '"score":3' in attributes['genkit:output'].replace(' ', '')

    async def test_have_a_run_id_of_their_own_unless_one_is_given(self, ai, evaluator, spans):
        await ai.evaluate('length', cases('a'))
        assert uuid.UUID(spans.attributes('Test Case c0')['genkit:metadata:evaluator:evalRunId']).version == 4

    async def test_that_nobody_records_leave_no_ids(self, ai, evaluator, untraced):
        (judged,) = (await ai.evaluate('length', cases('a'))).root
        assert (judged.trace_id, judged.span_id) == (None, None)


class TestBatch:
    async def test_gets_cases_with_ids(self, ai):
        def rank(request: EvalRequest, _options: Any) -> list[EvalFnResponse]:
            return [length(BaseEvalDataPoint(**dict(case)), None) for case in request.dataset]

        ai.define_batch_evaluator('rank', 'Rank', 'x', rank)
        given = [BaseDataPoint(input='q', output='a'), BaseDataPoint(output='b', test_case_id='mine')]
        first, second = (await ai.evaluate('rank', given)).root
        assert uuid.UUID(first.test_case_id).version == 4
        assert second.test_case_id == 'mine'
        assert given[0].test_case_id is None

    async def test_is_judged_at_once(self, ai):
        seen: list[int] = []

        async def judge(request: EvalRequest, _options: Any) -> list[EvalFnResponse]:
            seen.append(len(request.dataset))
            return [length(BaseEvalDataPoint(**dict(case)), None) for case in request.dataset]

        ai.define_batch_evaluator('all', 'All', 'All at once.', judge)
        judged = (await ai.evaluate('all', cases('a', 'bb'))).root
        assert [one.evaluation.score for one in judged] == [1, 2]
        assert seen == [2]

    async def test_may_answer_with_a_response(self, ai):
        answer = EvalResponse([EvalFnResponse(test_case_id='t', evaluation=Score(score=True))])
        ai.define_batch_evaluator('all', 'All', 'All at once.', lambda _request: answer)
        assert await ai.evaluate('all', cases('a')) == answer

    async def test_that_fails_fails_the_call(self, ai):
        def judge(_request: EvalRequest, _options: Any) -> list[EvalFnResponse]:
            raise OSError('no judge')

        ai.define_batch_evaluator('all', 'All', 'All at once.', judge)
        with pytest.raises(GenkitError, match='Error while running action all') as caught:
            await ai.evaluate('all', cases('a'))
        assert caught.value.status == 'INTERNAL'


class TestMetadata:
    @pytest.mark.parametrize('make', [make_evaluator, make_batch_evaluator])
    def test_shows_what_the_evaluator_is(self, make):
        action = make('length', INFO, length, metadata={'a': 1})
        assert action.kind is ActionKind.EVALUATOR
        assert action.description == 'Judges the length.'
        assert action.metadata == {
            'a': 1,
            'evaluatorIsBilled': True,
            'evaluator': {
                'label': 'length',
                'evaluatorDisplayName': 'Length',
                'evaluatorDefinition': 'How long it is.',
                'evaluatorIsBilled': True,
                'customOptions': to_json_schema(Options),
            },
        }

    def test_of_an_evaluator_that_costs_nothing_says_so(self, ai, evaluator):
        assert evaluator.metadata['evaluator']['evaluatorIsBilled'] is False
        assert 'customOptions' not in evaluator.metadata['evaluator']

    def test_is_the_same_when_a_plugin_advertises_the_evaluator(self):
        advertised = evaluator_action_metadata('length', INFO)
        assert advertised.metadata == make_evaluator('length', INFO, length).metadata
        assert advertised.action_type == 'evaluator'


@pytest.mark.parametrize(
    ('said', 'scores'),
    [
        (True, [(True, 'PASS')]),
        (False, [(False, 'FAIL')]),
        (0.25, [(0.25, None)]),
        (Score(score=3), [(3, None)]),
        ([Score(score=1, id='a'), Score(score=2, id='b')], [(1, None), (2, None)]),
    ],
)
async def test_a_function_may_say_only_what_it_thinks(ai, said, scores):
    ai.define_evaluator('short', 'Short', 'Says little.', lambda case, options: said)
    [case] = (await ai.evaluate('short', [BaseDataPoint(input='x', test_case_id='1')])).root
    assert case.test_case_id == '1'
    assert [(score.score, score.status) for score in case.scores] == scores


async def test_what_is_no_judgement_fails_its_case(ai):
    ai.define_evaluator('odd', 'Odd', 'Says nonsense.', lambda case, options: 'good')
    [case] = (await ai.evaluate('odd', [BaseDataPoint(input='x')])).root
    assert case.scores[0].status == 'FAIL'
    assert 'EvalFnResponse' in str(case.scores[0].error)
