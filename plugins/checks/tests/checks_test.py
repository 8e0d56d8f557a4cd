# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of evaluators, the guardrail in front of a model, and what Checks may do wrong."""

import asyncio
import json
from typing import Any

import pytest
from genkit import GenerationBlockedError, Genkit, GenkitError
from genkit.testing import CannedAnswer, EvaluatorContract, define_programmable_model
from genkit.types import BaseDataPoint, Message, MiddlewareRef, Role, Score, TextPart
from genkit_checks import Checks, ChecksMetric, ChecksMetricConfig

from .checks_server import ChecksServer


def plugin_of(server: ChecksServer, **options: Any) -> Checks:
    return Checks(project='shop', api_key='token', base_url=server.url, **options)


@pytest.fixture
def server():
    with ChecksServer() as running:
        yield running


@pytest.fixture
def plugin(server):
    return plugin_of(server)


@pytest.fixture
async def ai(plugin):
    made = Genkit(plugins=[plugin], model='programmableModel')
    yield made
    await made.aclose()


def scores_of(judged: Any) -> dict[str, Score]:
    evaluation = judged.evaluation
    return {str(score.id): score for score in (evaluation if isinstance(evaluation, list) else [evaluation])}


class TestChecks(EvaluatorContract):
    good = BaseDataPoint(input='Who is there?', output='A friend.')
    bad = BaseDataPoint(input='Who is there?', output='An idiot.')

    @pytest.fixture(autouse=True)
    def _server(self, server):
        self.server = server

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[plugin_of(self.server, evaluation=['harassment'])]), 'checks/guardrails'


async def test_each_policy_has_a_score_of_its_own(ai, server):
    cases = [
        BaseDataPoint(input='x', output='you idiot'),
        BaseDataPoint(input='x', output=''),
        BaseDataPoint(input='x'),
    ]
    bad, empty, missing = (await ai.evaluate('checks/guardrails', cases)).root
    scores = scores_of(bad)
    assert scores.keys() == set(ChecksMetric)
    assert [name for name, score in scores.items() if score.status == 'FAIL'] == ['HARASSMENT']
    assert {score.status for score in scores_of(empty).values()} == {'PASS'}
    assert 'needs an output' in str(missing.evaluation)
    assert server.asked == ['you idiot']


async def test_a_threshold_decides_and_json_is_judged_as_text(server):
    config = ChecksMetricConfig(type=ChecksMetric.HARASSMENT, threshold=0.95)
    ai = Genkit(plugins=[plugin_of(server, evaluation=[config])])
    [judged] = (await ai.evaluate('checks/guardrails', [BaseDataPoint(input='x', output={'say': 'ü idiot'})])).root
    [score] = scores_of(judged).values()
    assert (score.id, score.score, score.status) == ('HARASSMENT', 0.9, 'PASS')
    await ai.aclose()
    assert server.asked == ['{"say": "ü idiot"}']


@pytest.mark.parametrize('use', ['object', 'name'])
async def test_messages_that_violate_a_policy_do_not_reach_the_model(ai, plugin, server, use):
    model, _ = define_programmable_model(ai)
    entry = plugin.guardrail() if use == 'object' else MiddlewareRef(name='checks', config={'metrics': ['HARASSMENT']})
    with pytest.raises(GenerationBlockedError, match='HARASSMENT') as raised:
        await ai.generate(system='You are no idiot.', prompt='you idiot', use=[entry])
    assert model.requests == []
    assert raised.value.response.finish_reason == 'blocked'
    assert server.asked == ['you idiot']


@pytest.mark.parametrize('each_chunk', [False, True])
async def test_an_answer_is_checked_before_any_of_it_is_shown(ai, plugin, server, each_chunk):
    seen: list[str] = []

    async def answer(request: Any, context: Any) -> Any:
        for text in ('Well, ', 'you idiot', ' there'):
            context.send_chunk({'content': [{'text': text}]})
            await asyncio.sleep(0)
        return {'message': {'role': 'model', 'content': [{'text': 'Well, you idiot there'}]}}

    ai.define_model('rude', answer)
    guardrail = plugin.guardrail(each_chunk=each_chunk)
    with pytest.raises(GenerationBlockedError, match=r'The answer violates .*HARASSMENT'):
        await ai.generate(model='rude', prompt='hello', use=[guardrail], on_chunk=lambda chunk: seen.append(chunk.text))
    assert ''.join(seen) == ('Well, ' if each_chunk else '')


async def test_reasoning_and_tool_answers_are_texts_as_well(ai, plugin, server):
    async def answer(request: Any) -> Any:
        if request.messages[-1].role == Role.TOOL:
            return {'message': {'role': 'model', 'content': [{'reasoning': 'fine'}, {'text': 'done'}]}}
        return {'message': {'role': 'model', 'content': [{'toolRequest': {'name': 'look', 'input': {}}}]}}

    @ai.tool()
    def look() -> str:
        """Look."""
        return 'you idiot'

    ai.define_model('looking', answer)
    strict = plugin.guardrail(each_turn=True)
    with pytest.raises(GenerationBlockedError, match='The messages violate'):
        await ai.generate(model='looking', prompt='hi', tools=[look], use=[strict])
    response = await ai.generate(model='looking', prompt='hi', tools=[look], use=[plugin.guardrail()])
    assert response.text == 'done'
    assert 'fine' in server.asked


@pytest.mark.parametrize('each_chunk', [False, True])
async def test_a_text_in_several_parts_is_judged_as_a_whole(ai, plugin, server, each_chunk):
    seen: list[str] = []
    pieces = [{'text': 'you id'}, {'text': 'iot'}]

    async def answer(_request: Any, context: Any) -> Any:
        for piece in pieces:
            context.send_chunk({'content': [piece]})
        return {'message': {'role': 'model', 'content': pieces}}

    ai.define_model('rude', answer)
    guardrail = plugin.guardrail(each_chunk=each_chunk)
    with pytest.raises(GenerationBlockedError, match=r'The answer violates .*HARASSMENT'):
        await ai.generate(model='rude', prompt='hello', use=[guardrail], on_chunk=lambda chunk: seen.append(chunk.text))
    assert ''.join(seen) == ('you id' if each_chunk else '')
    with pytest.raises(GenerationBlockedError, match='The messages violate'):
        await ai.generate(model='rude', prompt=[TextPart(text='you id'), TextPart(text='iot')], use=[guardrail])


@pytest.mark.parametrize(
    'part',
    [
        {'toolRequest': {'name': 'look', 'input': {'at': 'you idiot'}}},
        {'data': {'said': ['you idiot']}},
        {'toolResponse': {'name': 'look', 'output': 1, 'content': [{'text': 'you idiot'}]}},
    ],
)
async def test_what_a_model_says_in_other_parts_is_judged_as_well(ai, plugin, part):
    ai.define_model('rude', lambda _request: {'message': {'role': 'model', 'content': [part]}})
    with pytest.raises(GenerationBlockedError, match='The answer violates'):
        await ai.generate(model='rude', prompt='hello', use=[plugin.guardrail()])


@pytest.mark.parametrize('told', [('VIOLATIVE', 'NON_VIOLATIVE'), ('NON_VIOLATIVE', 'VIOLATIVE')])
async def test_of_two_verdicts_on_one_policy_the_worst_counts(ai, plugin, server, told):
    results = [{'policyType': 'HARASSMENT', 'violationResult': verdict} for verdict in told]
    server.answer = CannedAnswer.of_json({'policyResults': results})
    define_programmable_model(ai)
    with pytest.raises(GenerationBlockedError, match='HARASSMENT'):
        await ai.generate(prompt='hello', use=[plugin.guardrail(metrics=['HARASSMENT'])])


async def test_what_was_harmless_is_not_asked_about_again(ai, plugin, server):
    ai.define_model('kind', lambda _request: {'message': {'role': 'model', 'content': [{'text': 'Hello!'}]}})
    first = await ai.generate(model='kind', prompt='hi', use=[plugin.guardrail()])
    await ai.generate(model='kind', messages=first.messages, prompt='and?', use=[plugin.guardrail()])
    assert sorted(server.asked) == ['Hello!', 'Hello!', 'Hello!', 'and?', 'hi'][-len(server.asked) :]
    assert server.asked.count('hi') == 1


async def test_sides_can_be_left_out(ai, plugin, server):
    ai.define_model('rude', lambda _request: {'message': {'role': 'model', 'content': [{'text': 'idiot'}]}})
    response = await ai.generate(model='rude', prompt='you idiot', use=[plugin.guardrail(inputs=False, outputs=False)])
    assert response.text == 'idiot'
    assert server.asked == []


def failure(code: int, status: str, message: str) -> CannedAnswer:
    return CannedAnswer.of_json({'error': {'code': code, 'message': message, 'status': status}}, code)


def verdicts(**told: str) -> CannedAnswer:
    results = [{'policyType': name, 'violationResult': verdict} for name, verdict in told.items()]
    return CannedAnswer.of_json({'policyResults': results})


WRONG = [
    (failure(401, 'UNAUTHENTICATED', 'Bearer token is wrong'), 'UNAUTHENTICATED'),
    (failure(429, 'RESOURCE_EXHAUSTED', 'Quota'), 'RESOURCE_EXHAUSTED'),
    (CannedAnswer(b'<html>', 502), 'UNAVAILABLE'),
    (CannedAnswer(b'<html>'), 'UNAVAILABLE'),
    (CannedAnswer(b'', 302, {'location': 'http://127.0.0.1:1/'}), None),
    (CannedAnswer.of_json([]), 'INTERNAL'),
    (CannedAnswer.of_json({}), 'INTERNAL'),
    (CannedAnswer.of_json({'policyResults': 'none'}), 'INTERNAL'),
    (verdicts(HATE_SPEECH='NON_VIOLATIVE'), 'INTERNAL'),
    (verdicts(HARASSMENT='PERHAPS'), 'INTERNAL'),
    (verdicts(HARASSMENT='CLASSIFICATION_ERROR'), 'UNAVAILABLE'),
]


@pytest.mark.parametrize(('answer', 'status'), WRONG)
async def test_what_could_not_be_judged_is_not_let_through(ai, plugin, server, answer, status):
    model, _ = define_programmable_model(ai)
    server.answer = answer
    with pytest.raises(GenkitError) as raised:
        await ai.generate(prompt='hi', use=[plugin.guardrail(metrics=['HARASSMENT'])])
    assert not isinstance(raised.value, GenerationBlockedError)
    assert status is None or raised.value.status == status
    assert model.requests == []


async def test_a_server_that_cannot_be_reached_or_hangs_fails_the_call(ai, server):
    define_programmable_model(ai)
    gone = Checks(project='shop', api_key='token', base_url='http://127.0.0.1:9', timeout=0.5)
    with pytest.raises(GenkitError) as raised:
        await ai.generate(prompt='hi', use=[gone.guardrail()])
    assert raised.value.status == 'UNAVAILABLE'
    await gone.aclose()


async def test_of_several_texts_one_failure_ends_all(ai, plugin, server):
    server.answer = CannedAnswer(b'', 503)
    messages = [Message(role=Role.USER, content=[TextPart(text=f'text {n}') for n in range(30)])]
    with pytest.raises(GenkitError) as raised:
        await ai.generate(messages=messages, use=[plugin.guardrail()])
    assert raised.value.status == 'UNAVAILABLE'
    assert (
        len([task for task in asyncio.all_tasks() if 'violated' in repr(task)]) == 0 or await asyncio.sleep(0) is None
    )


@pytest.mark.parametrize(
    ('metrics', 'message'),
    [(['HARASMENT'], "Did you mean 'HARASSMENT'"), ([], 'at least one'), (['HARASSMENT', 'harassment'], 'each once')],
)
def test_policies_that_do_not_exist_are_refused(metrics, message):
    with pytest.raises(GenkitError, match=message):
        Checks(evaluation=metrics)


def test_a_guardrail_refuses_a_policy_that_does_not_exist():
    with pytest.raises(GenkitError, match='HARASMENT'):
        Checks().guardrail(metrics=['HARASMENT'])


async def test_without_a_project_the_error_says_so(monkeypatch):
    for name in ('GCLOUD_PROJECT', 'GOOGLE_CLOUD_PROJECT'):
        monkeypatch.delenv(name, raising=False)
    ai = Genkit(plugins=[Checks(api_key='token')])
    [judged] = (await ai.evaluate('checks/guardrails', [BaseDataPoint(input='x', output='y')])).root
    assert 'GOOGLE_CLOUD_PROJECT' in json.dumps(judged.model_dump(mode='json'))


async def test_no_key_is_in_an_error(ai, server):
    server.answer = WRONG[0][0]
    [judged] = (await ai.evaluate('checks/guardrails', [BaseDataPoint(input='x', output='y')])).root
    assert 'Bearer token' not in json.dumps(judged.model_dump(mode='json'))
