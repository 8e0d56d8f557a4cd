# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set, who judges, and when a score passes."""

import asyncio
import functools
from typing import Any

import pytest
from genkit import Genkit, GenkitError, ModelRef
from genkit.plugin import make_model
from genkit.testing import ProgrammableModel, define_programmable_model
from genkit.types import BaseDataPoint, EmbedderRef, EvalStatusEnum, Score
from genkit_evaluators import GenkitEval, GenkitMetric, MetricConfig, register_genkit_evaluators
from pydantic import BaseModel

from .conftest import HELD_TO_SCHEMAS, said


HARMLESS = {'malicious': False, 'reason': 'Fine.'}
RULES = ['genkitEval/regex', 'genkitEval/deep_equal', 'genkitEval/jsonata']


async def evaluators_of(ai: Genkit) -> list[str]:
    return [action.name for action in await ai.list_actions('evaluator')]


class TestMetrics:
    async def test_are_those_without_a_judge_unless_stated(self):
        assert await evaluators_of(Genkit(plugins=[GenkitEval()])) == RULES

    async def test_are_those_that_are_listed_by_metric_name_or_config(self):
        metrics = [GenkitMetric.JSONATA, 'maliciousness', 'REGEX', MetricConfig('Deep_Equal')]
        ai = Genkit(plugins=[GenkitEval(metrics, judge='judge')])
        assert await evaluators_of(ai) == [
            f'genkitEval/{name}' for name in ('jsonata', 'maliciousness', 'regex', 'deep_equal')
        ]

    async def test_that_are_not_listed_do_not_exist(self):
        ai = Genkit(plugins=[GenkitEval(['regex'])])
        with pytest.raises(GenkitError, match="Evaluator 'genkitEval/jsonata' not found") as failed:
            await ai.evaluate('genkitEval/jsonata', [])
        assert failed.value.status == 'NOT_FOUND'

    async def test_can_be_added_to_an_application_that_exists(self):
        ai = Genkit()
        register_genkit_evaluators(ai)
        assert await evaluators_of(ai) == RULES
        with pytest.raises(GenkitError, match="'genkitEval' is registered already"):
            register_genkit_evaluators(ai)

    async def test_can_be_added_with_settings(self):
        ai = Genkit()
        register_genkit_evaluators(ai, GenkitEval(['maliciousness'], judge='judge'))
        assert await evaluators_of(ai) == ['genkitEval/maliciousness']

    @pytest.mark.parametrize(
        ('arguments', 'message'),
        [
            ({'metrics': []}, r'GenkitEval got metrics=\[\]; give a list'),
            ({'metrics': 'regex'}, "GenkitEval got metrics='regex'; give a list"),
            ({'metrics': ['regexp']}, r"There is no metric 'regexp'\. Did you mean 'REGEX'\? Metrics: FAITHFULNESS, "),
            ({'metrics': [7]}, r'metrics\[0\] is 7; give a GenkitMetric, its name, or a MetricConfig'),
            ({'metrics': ['regex', {'type': 'REGEX'}]}, r"metrics\[1\] is {'type': 'REGEX'}"),
            ({'metrics': ['regex', GenkitMetric.REGEX]}, "'REGEX' is listed twice"),
            ({'metrics': ['maliciousness']}, r"'MALICIOUSNESS' needs a judge: give GenkitEval\(…, judge='<plugin>"),
            ({'metrics': ['answer_relevancy'], 'judge': 'j'}, "'ANSWER_RELEVANCY' needs an embedder: give GenkitEval"),
            ({'judge': 7}, "GenkitEval got judge=7; give '<plugin>/<model>', a ModelRef, a model"),
            ({'judge': ''}, "GenkitEval got judge=''; give"),
            ({'judge': EmbedderRef(name='e')}, 'GenkitEval got judge=EmbedderRef'),
            ({'embedder': ModelRef(name='m')}, "GenkitEval got embedder=ModelRef.*; give '<plugin>/<embedder>'"),
            ({'judge_config': 'hot'}, "GenkitEval got judge_config of type 'str'; give a mapping or a Pydantic model"),
            ({'embedder_options': [1]}, "GenkitEval got embedder_options of type 'list'"),
        ],
    )
    def test_with_settings_that_do_not_fit_are_refused(self, arguments, message):
        with pytest.raises(GenkitError, match=message) as failed:
            GenkitEval(**arguments)
        assert failed.value.status == 'INVALID_ARGUMENT'
        assert failed.value.reason == 'INVALID_INPUT'

    @pytest.mark.parametrize(
        ('arguments', 'message'),
        [
            ({'type': 'hope'}, "There is no metric 'hope'"),
            ({'type': None}, 'There is no metric None'),
            ({'type': 'regex', 'judge': 7}, r"MetricConfig\('REGEX'\) got judge=7; give"),
            ({'type': 'regex', 'judge_config': 7}, r"MetricConfig\('REGEX'\) got judge_config of type 'int'"),
            ({'type': 'faithfulness', 'threshold': 1.1}, 'got threshold=1.1; give a number from 0 to 1'),
            ({'type': 'faithfulness', 'threshold': -1}, 'got threshold=-1; give'),
            ({'type': 'faithfulness', 'threshold': float('nan')}, 'got threshold=nan; give'),
            ({'type': 'faithfulness', 'threshold': True}, 'got threshold=True; give'),
            ({'type': 'faithfulness', 'threshold': '0.5'}, "got threshold='0.5'; give"),
            ({'type': 'regex', 'status_override_fn': 'PASS'}, "got status_override_fn='PASS'; give a function"),
            (
                {'type': 'faithfulness', 'threshold': 0.5, 'status_override_fn': print},
                'got threshold and status_override_fn; give one',
            ),
        ],
    )
    def test_with_a_config_that_does_not_fit_are_refused(self, arguments, message):
        with pytest.raises(GenkitError, match=message) as failed:
            MetricConfig(**arguments)
        assert failed.value.status == 'INVALID_ARGUMENT'

    def test_that_are_true_or_false_have_no_threshold(self):
        with pytest.raises(GenkitError, match="'REGEX' is true or false and has no threshold; leave it out"):
            GenkitEval([MetricConfig('regex', threshold=0.5)])

    def test_show_no_key(self):
        config = MetricConfig('regex', judge='j', judge_config={'api_key': 'sk-1'}, embedder_options={'token': 'sk-2'})
        assert 'sk-' not in repr(config)
        with pytest.raises(GenkitError) as failed:
            GenkitEval(judge_config='sk-3')  # pyright: ignore[reportArgumentType]
        assert 'sk-' not in str(failed.value)


class Temperature(BaseModel):
    temperature: float
    top_k: int | None = None


class TestJudge:
    @pytest.mark.parametrize(
        ('judging', 'config'),
        [
            ({'judge': 'judge'}, {}),
            ({'judge': 'judge', 'judge_config': {'temperature': 0}}, {'temperature': 0}),
            ({'judge': ModelRef(name='judge')}, {}),
            ({'judge': ModelRef(name='judge', config={'a': 1})}, {'a': 1}),
            ({'judge': ModelRef(name='judge', config={'a': 1, 'b': 1}), 'judge_config': {'b': 2}}, {'a': 1, 'b': 2}),
            ({'judge': ModelRef(name='judge', version='v2'), 'judge_config': {'b': 2}}, {'version': 'v2', 'b': 2}),
        ],
    )
    async def test_is_asked_with_its_configuration(self, make_app, judging, config):
        app = make_app('maliciousness', **judging)
        app.answers(HARMLESS)
        assert (await app.score('maliciousness', output='a')).status == 'PASS'
        assert app.judge.requests[0].config == config

    async def test_gets_a_configuration_that_is_an_object_as_it_is(self, make_app):
        app = make_app('maliciousness', judge_config=Temperature(temperature=0))
        app.answers(HARMLESS)
        await app.score('maliciousness', output='a')
        assert app.judge.requests[0].to_wire()['config'] == {'temperature': 0.0}

    async def test_of_a_metric_comes_before_that_of_the_plugin(self, make_app):
        metrics = [
            MetricConfig('maliciousness', judge='other'),
            MetricConfig('answer_accuracy', judge_config={'temperature': 1}),
            'faithfulness',
        ]
        app = make_app(*metrics, judge_config={'temperature': 0})
        other, _ = define_programmable_model(app.ai, 'other')
        other.responses = [said(HARMLESS)]
        app.answers({'agreement': 'full', 'reason': ''}, {'agreement': 'full', 'reason': ''}, {'statements': []})
        for metric in ('maliciousness', 'answer_accuracy', 'faithfulness'):
            assert (await app.score(metric, input='a', output='a', reference='a', context=['a'])).error is None
        assert [request.config for request in other.requests] == [{}]
        assert [request.config['temperature'] for request in app.judge.requests] == [1, 1, 0]

    async def test_may_be_a_model_of_the_application(self, make_app):
        ai = Genkit()
        script, model = define_programmable_model(ai, 'mine')
        script.responses = [said(HARMLESS)]
        register_genkit_evaluators(ai, GenkitEval(['maliciousness'], judge=model, judge_config={'a': 1}))
        [judged] = (await ai.evaluate('genkitEval/maliciousness', [BaseDataPoint(output='a')])).root
        assert judged.to_wire()['evaluation']['status'] == 'PASS'
        assert script.requests[0].config == {'a': 1}

    async def test_may_be_a_model_that_the_application_does_not_know_yet(self, make_app):
        script = ProgrammableModel([said(HARMLESS)])
        app = make_app('maliciousness', judge=make_model('mine', script, info=HELD_TO_SCHEMAS))
        assert (await app.score('maliciousness', output='a')).status == 'PASS'
        assert (await app.score('maliciousness', output='b')).status == 'PASS'
        assert len(script.requests) == 2
        assert 'mine' in [action.name for action in await app.ai.list_actions('model')]

    async def test_that_has_the_name_of_another_model_is_an_error(self, make_app):
        script = ProgrammableModel([said(HARMLESS)])
        app = make_app('maliciousness', judge=make_model('judge', script))
        error = await app.error('maliciousness', output='a')
        assert error.startswith("ALREADY_EXISTS: The judge is a model called 'judge', and the application has another")
        assert script.requests == app.judge.requests == []

    async def test_that_does_not_exist_is_an_error_that_names_the_nearest(self, make_app):
        app = make_app('maliciousness', judge='juge')
        assert "NOT_FOUND: Model 'juge' not found. Did you mean 'judge'?" in await app.error(
            'maliciousness', output='a'
        )

    async def test_whose_configuration_does_not_fit_is_an_error(self, make_app):
        app = make_app('maliciousness', judge='warm', judge_config={'temperature': 'hot'})
        app.ai.define_model('warm', ProgrammableModel([said(HARMLESS)]), config_schema=Temperature)
        error = await app.error('maliciousness', output='a')
        assert 'the config of warm failed: temperature: Input should be a valid number' in error

    async def test_that_is_a_programs_default_model_must_be_named_as_well(self):
        with pytest.raises(GenkitError, match='needs a judge'):
            Genkit(model='judge', plugins=[GenkitEval(['maliciousness'])])


class TestEmbedder:
    @pytest.mark.parametrize(
        ('judging', 'options'),
        [
            ({'embedder': 'vectors'}, None),
            ({'embedder': 'vectors', 'embedder_options': {'task': 'query'}}, {'task': 'query'}),
            ({'embedder': EmbedderRef(name='vectors', config={'a': 1})}, {'a': 1}),
            (
                {'embedder': EmbedderRef(name='vectors', config={'a': 1}), 'embedder_options': {'b': 2}},
                {'a': 1, 'b': 2},
            ),
        ],
    )
    async def test_is_asked_with_its_options(self, make_app, judging, options):
        app = make_app('answer_relevancy', **judging)
        await self.ask(app)
        assert app.vectors.requests[0].options == options

    async def test_of_a_metric_comes_before_that_of_the_plugin(self, make_app):
        metric = MetricConfig('answer_relevancy', embedder='vectors')
        app = make_app(metric, embedder='other', embedder_options={'a': 1})
        await self.ask(app)
        assert app.vectors.requests[0].options is None

    async def test_options_of_a_metric_go_with_the_embedder_of_the_plugin(self, make_app):
        app = make_app(MetricConfig('answer_relevancy', embedder_options={'b': 2}), embedder_options={'a': 1})
        await self.ask(app)
        assert app.vectors.requests[0].options == {'b': 2}

    async def test_that_does_not_exist_is_an_error(self, make_app):
        app = make_app('answer_relevancy', embedder='vector')
        app.answers({'question': 'Q', 'answered': True, 'noncommittal': False, 'reason': ''})
        error = await app.error('answer_relevancy', input='a', output='b')
        assert "NOT_FOUND: Embedder 'vector' not found. Did you mean 'vectors'?" in error

    async def ask(self, app) -> None:
        app.answers({'question': 'Q', 'answered': True, 'noncommittal': False, 'reason': ''})
        app.vectors.by_text = {'a': [1.0], 'Q': [1.0]}
        assert (await app.score('answer_relevancy', input='a', output='b')).score == 1


def strict(score: Score) -> str:
    return 'PASS' if score.score == 1 else 'FAIL'


async def patient(score: Score) -> EvalStatusEnum:
    await asyncio.sleep(0)
    assert score.details is not None
    return EvalStatusEnum.UNKNOWN if score.details.reasoning else EvalStatusEnum.PASS


class Patient:
    async def __call__(self, score: Score) -> EvalStatusEnum:
        return await patient(score)


class TestStatus:
    async def accuracy(self, app) -> tuple[Any, Any]:
        """The score and status of an answer that is right by half."""
        app.answers({'agreement': 'partial', 'reason': 'Half.'})
        score = await app.score('answer_accuracy', input='a', output='b', reference='c')
        return score.score, score.status

    @pytest.mark.parametrize(
        ('threshold', 'status'), [(None, 'PASS'), (0.5, 'PASS'), (0.51, 'FAIL'), (1, 'FAIL'), (0, 'PASS')]
    )
    async def test_passes_from_the_threshold_on(self, make_app, threshold, status):
        app = make_app(MetricConfig('answer_accuracy', threshold=threshold))
        assert await self.accuracy(app) == (0.5, status)

    @pytest.mark.parametrize(
        ('override', 'status'),
        [
            (strict, 'FAIL'),
            (patient, 'UNKNOWN'),
            (lambda _: EvalStatusEnum.PASS, 'PASS'),
            (functools.partial(patient), 'UNKNOWN'),
            (Patient(), 'UNKNOWN'),
        ],
    )
    async def test_is_what_a_function_of_the_score_says(self, make_app, override, status):
        app = make_app(MetricConfig('answer_accuracy', status_override_fn=override))
        assert await self.accuracy(app) == (0.5, status)

    async def test_may_be_decided_by_a_function_for_metrics_that_compute_too(self, make_app):
        app = make_app(MetricConfig('regex', status_override_fn=lambda score: 'FAIL' if score.score else 'PASS'))
        assert (await app.score('regex', output='secret', reference='secret')).status == 'FAIL'

    @pytest.mark.parametrize(('result', 'told'), [('OK', "'OK'"), (None, 'None'), (True, 'True'), ('pass', "'pass'")])
    async def test_that_does_not_exist_is_an_error(self, make_app, result, told):
        app = make_app(MetricConfig('regex', status_override_fn=lambda _: result))
        assert await app.error('regex', output='a', reference='a') == (
            f"INVALID_ARGUMENT: status_override_fn of metric 'REGEX' returned {told}; "
            "expected 'UNKNOWN', 'PASS', 'FAIL'."
        )

    async def test_that_cannot_be_decided_fails_the_case(self, make_app):
        def fail(score: Score) -> str:
            raise RuntimeError(f'no idea about {score.score}')

        app = make_app(MetricConfig('regex', status_override_fn=fail))
        assert await app.error('regex', output='a', reference='a') == 'no idea about True'
