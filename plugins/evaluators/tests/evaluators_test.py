# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The evaluators from outside: what the developer tools see, what goes over the wire, what is recorded."""

import asyncio
import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from genkit import ActionKind, Genkit, GenkitError
from genkit.testing import define_echo_model, define_programmable_model
from genkit.types import BaseDataPoint, EvalRequest
from genkit_evaluators import GenkitEval, GenkitMetric
from genkit_evaluators.convert import Maliciousness
from genkit_evaluators.models import METRICS

from .conftest import said


JUDGED = ['faithfulness', 'answer_relevancy', 'answer_accuracy', 'maliciousness']
RULES = ['regex', 'deep_equal', 'jsonata']
HARMLESS = {'malicious': False, 'reason': 'Fine.'}
CASES = [
    BaseDataPoint(input='sample', output='banana', reference='ba?a?a', test_case_id='one'),
    BaseDataPoint(input='sample', output='apple', reference='ba?a?a', test_case_id='two'),
]


class TestDeveloperTools:
    @pytest.mark.parametrize('metric', [*JUDGED, *RULES])
    async def test_see_what_a_metric_is_and_whether_it_costs_money(self, app, metric):
        listed = {action.key: action for action in await app.ai.list_actions('evaluator')}
        described = METRICS[GenkitMetric(metric.upper())]
        name = f'genkitEval/{metric}'
        metadata = listed[f'/evaluator/{name}'].metadata
        assert metadata == {
            'evaluatorIsBilled': metric in JUDGED,
            'evaluator': {
                'label': name,
                'evaluatorDisplayName': described.display_name,
                'evaluatorDefinition': described.definition,
                'evaluatorIsBilled': metric in JUDGED,
                'customOptions': metadata['evaluator']['customOptions'],
            },
        }
        assert metadata['evaluator']['customOptions']['additionalProperties'] is False
        action = await app.ai.registry.resolve_action(ActionKind.EVALUATOR, name)
        assert action.describe().metadata == metadata
        assert action.description == described.definition

    def test_find_the_plugin_by_its_entry_point(self):
        [entry] = [entry for entry in entry_points(group='genkit.plugins') if entry.name == 'evaluators']
        assert entry.load() is GenkitEval

    async def test_find_nothing_else_under_its_name(self, app):
        for kind in (ActionKind.MODEL, ActionKind.EMBEDDER):
            assert await app.ai.registry.resolve_action(kind, 'genkitEval/regex') is None
        assert await app.ai.registry.resolve_action(ActionKind.EVALUATOR, 'genkitEval/REGEX') is None


class TestWire:
    async def test_of_an_evaluator_that_is_run_directly(self, app):
        action = await app.ai.registry.resolve_action_by_key('/evaluator/genkitEval/regex')
        request = {'dataset': [case.to_wire() for case in CASES], 'evalRunId': 'run', 'options': {}}
        response = (await action.arun_raw(request)).response
        bare = [
            {name: value for name, value in one.to_wire().items() if not name.endswith('Id') or name == 'testCaseId'}
            for one in response.root
        ]
        assert bare == [
            {
                'sampleIndex': 0,
                'testCaseId': 'one',
                'evaluation': {
                    'score': True,
                    'status': 'PASS',
                    'details': {'reasoning': 'Found "ba" at character 0.'},
                },
            },
            {
                'sampleIndex': 1,
                'testCaseId': 'two',
                'evaluation': {'score': False, 'status': 'FAIL', 'details': {'reasoning': 'Not found.'}},
            },
        ]

    async def test_of_a_failed_case_has_an_error_and_no_score(self, app):
        judged = await app.run('regex', output='a')
        assert judged.to_wire()['evaluation'] == {
            'error': (
                "Evaluation of test case case failed: INVALID_ARGUMENT: Regex match needs 'reference', which this "
                'test case does not have; null counts as missing, and so does a context without entries. '
                'Add it to the dataset.'
            ),
            'status': 'FAIL',
        }

    async def test_of_a_question_asks_for_json_of_a_schema(self, app):
        app.answers(HARMLESS)
        await app.score('maliciousness', output='a')
        [request] = app.judge.requests
        wire = request.to_wire()
        text = wire['messages'][0]['content'][0]['text']
        assert wire == {
            'messages': [{'role': 'user', 'content': [{'text': text}]}],
            'config': {},
            'tools': [],
            'output': {
                'format': 'json',
                'constrained': True,
                'contentType': 'application/json',
                'schema': Maliciousness.model_json_schema(),
            },
        }
        assert list(Maliciousness.model_json_schema()['properties']) == ['reason', 'malicious']
        assert text.startswith('You look for harm in what a program has written.\n\n')
        assert text.endswith('\n\n{\n  "output": "a"\n}')

    async def test_of_a_question_to_a_model_that_knows_no_schemas_says_the_schema_in_words(self, make_app):
        app = make_app('maliciousness', judge='echo')
        define_echo_model(app.ai)
        error = await app.error('maliciousness', output='a')
        assert 'You look for harm' in error
        plain, _ = define_programmable_model(app.ai, 'echo')
        plain.responses = [said(HARMLESS)]
        assert (await app.score('maliciousness', output='a')).status == 'PASS'
        [question, schema] = plain.requests[0].to_wire()['messages'][0]['content']
        assert question['text'].endswith('}')
        assert '"malicious"' in schema['text']
        assert schema['metadata'] == {'purpose': 'output'}


class TestEvaluate:
    async def test_judges_a_dataset_in_its_order(self, app):
        app.answers(*({'malicious': number % 2 == 1, 'reason': f'Case {number}.'} for number in range(6)))
        cases = [BaseDataPoint(output=number, test_case_id=str(number)) for number in range(6)]
        judged = (await app.ai.evaluate('genkitEval/maliciousness', cases)).root
        assert [one.test_case_id for one in judged] == [str(number) for number in range(6)]
        assert [one.evaluation.score for one in judged] == [1, 0, 1, 0, 1, 0]
        assert [one.evaluation.details.reasoning for one in judged] == [f'Case {number}.' for number in range(6)]

    async def test_of_an_empty_dataset_is_empty(self, app):
        assert (await app.ai.evaluate('genkitEval/faithfulness', [])).root == []
        assert app.judge.requests == []

    @pytest.mark.parametrize('options', [None, {}])
    async def test_takes_no_options(self, app, options):
        judged = (await app.ai.evaluate('genkitEval/regex', CASES, options)).root
        assert [one.evaluation.score for one in judged] == [True, False]

    async def test_refuses_options(self, app):
        with pytest.raises(GenkitError, match='options of evaluator genkitEval/regex failed: judge: Extra') as failed:
            await app.ai.evaluate('genkitEval/regex', CASES, {'judge': 'other'})
        assert failed.value.status == 'INVALID_ARGUMENT'

    async def test_gives_the_judge_the_context_of_the_call(self, app):
        seen: list[Any] = []

        def answer(_request: Any, context: Any) -> Any:
            seen.append(context.context)
            return said(HARMLESS)

        app.answers(answer)
        action = await app.ai.registry.resolve_action(ActionKind.EVALUATOR, 'genkitEval/maliciousness')
        request = EvalRequest(dataset=[BaseDataPoint(output='a')], eval_run_id='run')
        await action.arun(request, context={'user': 'Ada'})
        assert seen == [{'user': 'Ada'}]

    async def test_of_two_metrics_at_once_keeps_them_apart(self, app):
        def answer(request: Any, _context: Any) -> Any:
            harm = 'You look for harm' in request.messages[0].text
            return said(HARMLESS if harm else {'agreement': 'none', 'reason': 'No.'})

        app.answers(answer)
        cases = [BaseDataPoint(input='i', output='o', reference='r', test_case_id=str(number)) for number in range(5)]
        harm, accuracy = await asyncio.gather(
            app.ai.evaluate('genkitEval/maliciousness', cases), app.ai.evaluate('genkitEval/answer_accuracy', cases)
        )
        assert [one.evaluation.score for one in harm.root] == [1] * 5
        assert [one.evaluation.score for one in accuracy.root] == [0] * 5

    async def test_that_is_cancelled_asks_no_more(self, app):
        started = asyncio.Event()

        async def wait(_request: Any, _context: Any) -> Any:
            started.set()
            await asyncio.Event().wait()

        app.answers(wait)
        running = asyncio.create_task(app.ai.evaluate('genkitEval/maliciousness', CASES))
        await started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(app.judge.requests) == 1


class TestSpans:
    async def test_lie_in_one_another_from_the_run_to_the_judge(self, app, exporter):
        app.answers(HARMLESS)
        cases = [BaseDataPoint(output=name, test_case_id=name) for name in ('a', 'b')]
        judged = (await app.ai.evaluate('genkitEval/maliciousness', cases, eval_run_id='run-1')).root
        await app.ai.flush_tracing()
        spans = {
            f'{span.context.span_id:016x}': span
            for span in exporter.get_finished_spans()
            if f'{span.context.trace_id:032x}' == judged[0].trace_id
        }
        for one in judged:
            case = spans[one.span_id]
            assert case.name == f'Test Case {one.test_case_id}'
            assert case.attributes['genkit:metadata:evaluator:evalRunId'] == 'run-1'
            assert '"status":"PASS"' in case.attributes['genkit:output'].replace(' ', '')
            assert spans[f'{case.parent.span_id:016x}'].name == 'genkitEval/maliciousness'
            below = [span for span in spans.values() if span.parent and span.parent.span_id == case.context.span_id]
            assert [span.name for span in below] == ['generate']
            [model] = [s for s in spans.values() if s.parent and s.parent.span_id == below[0].context.span_id]
            assert model.attributes['genkit:metadata:subtype'] == 'model'
        assert len(spans) == 7

    async def test_show_no_key_of_the_judge(self, make_app, exporter):
        app = make_app('maliciousness', judge_config={'api_key': 'sk-very-secret'})
        app.answers(HARMLESS)
        judged = await app.run('maliciousness', output='a')
        await app.ai.flush_tracing()
        spans = [s for s in exporter.get_finished_spans() if f'{s.context.trace_id:032x}' == judged.trace_id]
        assert len(spans) == 4
        assert app.judge.requests[0].config == {'api_key': 'sk-very-secret'}
        assert all('sk-very-secret' not in str(span.to_json()) for span in spans)


def test_the_readme_has_a_row_for_every_metric_with_what_it_needs():
    text = (Path(__file__).parents[1] / 'README.md').read_text(encoding='utf-8')
    rows = re.findall(r'^\| `genkitEval/(\w+)` \| (.+?) \| (.+?) \|', text, re.MULTILINE)
    told = {metric: (set(re.findall(r'`(\w+)`', needs)), judge) for metric, needs, judge in rows}
    assert told == {
        metric.lower(): (set(row.needs), 'model and embedder' if row.embeds else 'model' if row.judged else 'none')
        for metric, row in METRICS.items()
    }


async def test_plugins_of_several_applications_do_not_meet():
    first, second = Genkit(plugins=[GenkitEval()]), Genkit(plugins=[GenkitEval(['regex'])])
    assert len(await first.list_actions('evaluator')) == 3
    assert len(await second.list_actions('evaluator')) == 1
