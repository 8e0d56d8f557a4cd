# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rerankers and evaluators."""

import math
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.plugin import Plugin, make_reranker
from genkit.testing import CannedAnswer, EvaluatorContract, LoopbackServer, RerankerContract
from genkit.types import BaseDataPoint, Document, EvalStatusEnum, RerankerResponse
from genkit_vertex_ai import VertexAIEvaluation, VertexAIRerankers, VertexMetric, VertexMetricConfig
from genkit_vertex_ai.rerank import ranking_host
from genkit_vertex_ai.testing import FakeGoogle

from .discovery import check


class Models(Plugin):
    """Another plugin whose name is the prefix."""

    name = 'vertexai'

    async def resolve(self, action_type: Any, name: str) -> None:
        return None


RANKER = 'vertex-rerankers/semantic-ranker-default@latest'
TOLD: Any = {'project': 'a-project', 'api_key': 'the-token-1'}


def serving(ai: Genkit, server: LoopbackServer) -> Genkit:
    """Let the end of an application end its server too."""
    close = ai.aclose

    async def closing() -> None:
        await close()
        server.__exit__(None, None, None)

    ai.aclose = closing
    return ai


class TestReranker(RerankerContract):
    async def application(self) -> tuple[Genkit, str]:
        server = LoopbackServer(FakeGoogle()).__enter__()
        return serving(Genkit(plugins=[VertexAIRerankers(base_url=server.url, **TOLD)]), server), RANKER


class TestEvaluator(EvaluatorContract):
    good = BaseDataPoint(input='?', output='It is tall.', reference='It is tall.', test_case_id='good')
    bad = BaseDataPoint(input='?', output='Tall it.', reference='It is tall.', test_case_id='bad')

    async def application(self) -> tuple[Genkit, str]:
        google = FakeGoogle()
        google.scores['Tall it.'] = 0.1
        server = LoopbackServer(google).__enter__()
        return serving(Genkit(plugins=[VertexAIEvaluation(base_url=server.url, **TOLD)]), server), 'vertexai/bleu'


async def ranked(answer: Any = None, options: Any = None, documents: Any = ('one', 'two'), **told: Any) -> Any:
    with LoopbackServer(answer or FakeGoogle()) as server:
        ai = Genkit(plugins=[VertexAIRerankers(base_url=server.url, **{**TOLD, **told})])
        try:
            found = await ai.rerank(RANKER, 'two?', list(documents), options)
        finally:
            await ai.aclose()
    return found, server.requests


async def test_ranking_fits_what_google_says_of_it() -> None:
    documents = [Document.from_text('one', {'title': 'First'}), Document.from_text('two')]
    found, (request,) = await ranked(documents=documents, options={'k': 2})
    assert [(document.text, document.score) for document in found] == [('two', 1.0), ('one', 0.0)]
    check('discoveryengine.v1', 'GoogleCloudDiscoveryengineV1RankRequest', request.json)
    assert request.json == {
        'model': 'semantic-ranker-default@latest',
        'query': 'two?',
        'records': [{'id': '0', 'title': 'First', 'content': 'one'}, {'id': '1', 'content': 'two'}],
        'ignoreRecordDetailsInResponse': True,
        'topN': 2,
    }
    config = 'rankingConfigs/default_ranking_config:rank'
    assert request.path == f'/v1/projects/a-project/locations/global/{config}'
    assert request.headers['x-goog-user-project'] == 'a-project'
    assert request.headers['authorization'] == 'Bearer the-token-1'


async def test_a_place_of_ranking_is_global_or_of_several_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('GOOGLE_CLOUD_LOCATION', 'us-central1')  # where nothing is ranked
    _, (request,) = await ranked()
    assert '/locations/global/' in request.path
    _, (request,) = await ranked(location='us', options={'location': 'eu', 'api_key': 'the-token-2'})
    assert '/locations/eu/' in request.path
    assert request.headers['authorization'] == 'Bearer the-token-2'
    assert [ranking_host(place) for place in ('global', 'eu')] == [
        'discoveryengine.googleapis.com',
        'eu-discoveryengine.googleapis.com',
    ]


async def test_an_unknown_reranker_is_refused_with_the_list() -> None:
    ai = Genkit(plugins=[VertexAIRerankers(models=['semantic-ranker-default-005'], **TOLD)])
    with pytest.raises(GenkitError, match="Did you mean 'semantic-ranker-default-004'") as raised:
        await ai.rerank('vertex-rerankers/semantic-ranker-defalt-004', 'q', ['a'])
    assert raised.value.status == 'NOT_FOUND'
    assert "'semantic-ranker-default-005'" in raised.value.message


async def test_a_reranker_of_another_plugin_is_found_by_its_short_name() -> None:
    class Others(Plugin):
        name = 'others'

        async def resolve(self, action_type: Any, name: str) -> Any:
            async def nothing(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
                return RerankerResponse(documents=[])

            return make_reranker(name, nothing) if name == 'others/mine' else None

    ai = Genkit(plugins=[VertexAIRerankers(**TOLD), Others()])
    assert await ai.rerank('mine', 'q', ['a']) == []
    with pytest.raises(GenkitError, match='not found'):
        await ai.rerank('vertex-rerankers/anything', 'q', ['a'])


async def test_more_documents_than_the_service_takes_are_refused() -> None:
    with pytest.raises(GenkitError, match='201 documents are too many') as raised:
        await ranked(documents=[f'd{number}' for number in range(201)])
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('answer', 'status'),
    [
        (CannedAnswer.of_json({'records': [{'id': '2', 'score': 1}]}), 'INTERNAL'),
        (CannedAnswer.of_json({'records': ['x']}), 'INTERNAL'),
        (CannedAnswer.of_json({'records': [{'id': '0', 'score': 'x'}]}), 'INTERNAL'),
        (CannedAnswer.of_json({'records': 7}), 'UNAVAILABLE'),
        (CannedAnswer(b'<html>', 200, {'content-type': 'text/html'}), 'UNAVAILABLE'),
        (CannedAnswer(b'', 302, {'location': '/x'}), 'FAILED_PRECONDITION'),
        (
            CannedAnswer.of_json(
                {'error': {'code': 403, 'message': 'the-token-1 lacks it', 'status': 'PERMISSION_DENIED'}}, 403
            ),
            'PERMISSION_DENIED',
        ),
    ],
)
async def test_failures_have_their_status(answer: CannedAnswer, status: str) -> None:
    with pytest.raises(GenkitError) as raised:
        await ranked(lambda _: answer)
    assert raised.value.status == status
    assert 'the-token-1' not in str(raised.value)


async def test_rerankers_and_evaluators_may_be_called_as_in_earlier_releases_beside_the_models() -> None:
    google = FakeGoogle()
    with LoopbackServer(google) as server:
        told: Any = {'base_url': server.url, **TOLD}
        plugins = [Models(), VertexAIRerankers(name='vertexai', **told), VertexAIEvaluation(**told)]
        ai = Genkit(plugins=plugins)
        (best,) = await ai.rerank('vertexai/semantic-ranker-default@latest', 'two?', ['one', 'two'], {'k': 1})
        judged = await ai.evaluate('vertexai/fluency', [BaseDataPoint(output='fine')])
        rerankers = {action.name for action in await ai.list_actions('reranker')}
        evaluators = {action.name for action in await ai.list_actions('evaluator')}
        with pytest.raises(GenkitError, match="Did you mean 'vertexai/fluency'"):
            await ai.evaluate('vertexai/fluencyy', [BaseDataPoint(output='fine')])
        await ai.aclose()
    assert (best.text, judged.scores[0].score) == ('two', 1.0)
    assert 'vertexai/semantic-ranker-fast-004' in rerankers
    assert evaluators == {f'vertexai/{metric.value.lower()}' for metric in VertexMetric}


async def evaluated(metrics: Any, case: BaseDataPoint, google: Any = None) -> Any:
    with LoopbackServer(google or FakeGoogle()) as server:
        ai = Genkit(plugins=[VertexAIEvaluation(metrics, base_url=server.url, **TOLD)])
        (name,) = [action.name for action in await ai.list_actions('evaluator')]
        judged = await ai.evaluate(name, [case])
        await ai.aclose()
    return judged.scores[0], server.requests


CASE = BaseDataPoint(input='Sum it up.', output='It rains.', context=['It rains ', {'in': 'Oslo'}], reference='Rain.')


@pytest.mark.parametrize('metric', list(VertexMetric))
async def test_every_metric_fits_what_google_says_of_it(metric: VertexMetric) -> None:
    spec = {'rougeType': 'rougeL'} if metric is VertexMetric.ROUGE else {}
    score, (request,) = await evaluated([VertexMetricConfig(metric=metric, spec=spec)], CASE)
    check('aiplatform.v1beta1', 'GoogleCloudAiplatformV1beta1EvaluateInstancesRequest', request.json)
    assert request.path == '/v1beta1/projects/a-project/locations/us-central1:evaluateInstances'
    ((_, given),) = request.json.items()
    assert given['metricSpec'] == spec
    instance = given.get('instance') or given['instances'][0]
    assert instance['prediction'] == 'It rains.'
    assert score.score == 1.0
    if 'instance' in given:
        assert (score.details.reasoning, score.details.model_dump()['confidence']) == ('because', 0.5)


@pytest.mark.parametrize(
    ('metric', 'case', 'missing'),
    [
        ('BLEU', BaseDataPoint(output='x'), "'reference'"),
        ('rouge', BaseDataPoint(output='x', reference=''), "'reference'"),
        ('GROUNDEDNESS', BaseDataPoint(output='x'), "'context'"),
        ('SUMMARIZATION_QUALITY', BaseDataPoint(output='x', context=[]), "'input' and a value for 'context'"),
        ('FLUENCY', BaseDataPoint(input='x'), "'output'"),
    ],
)
async def test_what_a_case_lacks_is_said_before_anything_is_sent(
    metric: str, case: BaseDataPoint, missing: str
) -> None:
    score, requests = await evaluated([metric], case)
    assert missing in score.error
    assert not requests


@pytest.mark.parametrize(
    ('metric', 'threshold', 'given', 'passes'),
    [
        ('FLUENCY', None, 3, True),
        ('FLUENCY', 4, 3, False),
        ('SAFETY', None, 0, False),
        ('BLEU', None, 0.4, False),
        ('BLEU', 0.3, 0.4, True),
        ('SUMMARIZATION_VERBOSITY', None, -1, True),
        ('SUMMARIZATION_VERBOSITY', None, 2, False),
    ],
)
async def test_a_score_passes_by_its_scale(metric: str, threshold: Any, given: float, passes: bool) -> None:
    google = FakeGoogle()
    google.scores['It rains.'] = given
    score, _ = await evaluated([VertexMetricConfig(metric=metric, threshold=threshold)], CASE, google)
    assert score.status == (EvalStatusEnum.PASS if passes else EvalStatusEnum.FAIL)


def test_an_unknown_metric_is_refused_with_the_list() -> None:
    with pytest.raises(GenkitError, match="Did you mean 'FLUENCY'") as raised:
        VertexAIEvaluation(['FLEUNCY'])
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert "'SUMMARIZATION_VERBOSITY'" in raised.value.message


@pytest.mark.parametrize(
    'answer',
    [
        *({}, {'fluencyResult': {'explanation': 'x'}}, {'fluencyResult': 7}, [], math.pi),
        *({'fluencyResult': {'score': number}} for number in (math.nan, math.inf, 10**400)),
    ],
)
async def test_an_answer_without_a_score_is_an_error_of_the_case(answer: Any) -> None:
    score, _ = await evaluated(['FLUENCY'], CASE, lambda _: CannedAnswer.of_json(answer))
    assert score.error
    assert score.status == EvalStatusEnum.FAIL
