# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An application with a judge that each test programs, and what was recorded."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from genkit import GenerateResponse, Genkit, Message, TextPart, add_span_exporter
from genkit.testing import ProgrammableModel, define_programmable_model
from genkit.types import (
    BaseDataPoint,
    Constrained,
    Embedding,
    EmbedRequest,
    EmbedResponse,
    EvalFnResponse,
    ModelInfo,
    Score,
    Supports,
)
from genkit_evaluators import GenkitEval, MetricConfig
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


HELD_TO_SCHEMAS = ModelInfo(supports=Supports(output=['json'], constrained=Constrained.ALL))


def said(answer: Any) -> GenerateResponse:
    """What a judge says: a text, or anything else as JSON."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return GenerateResponse(message=Message(role='model', content=[TextPart(text=text)]))


@dataclass
class Vectors:
    """An embedder that gives the vectors it was told to, and remembers what it was asked."""

    by_text: Mapping[str, list[float]] = field(default_factory=dict)
    requests: list[EmbedRequest] = field(default_factory=list)

    async def embed(self, request: EmbedRequest) -> EmbedResponse:
        self.requests.append(request)
        texts = [document.content[0].text for document in request.input]  # pyright: ignore[reportAttributeAccessIssue]
        return EmbedResponse(embeddings=[Embedding(embedding=self.by_text[text]) for text in texts])


@dataclass
class App:
    """An application with evaluators."""

    ai: Genkit
    judge: ProgrammableModel
    vectors: Vectors

    def answers(self, *answers: Any) -> None:
        """Program the judge."""
        self.judge.responses = [answer if callable(answer) else said(answer) for answer in answers]

    @property
    def asked(self) -> list[str]:
        """The text of each question that the judge was asked."""
        return [request.messages[0].content[0].text or '' for request in self.judge.requests]  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def material(self) -> list[Any]:
        """The JSON below each question."""
        return [json.loads(text[text.index('\n{') :]) for text in self.asked]

    async def run(self, metric: str, **case: Any) -> EvalFnResponse:
        """Judge one case."""
        point = BaseDataPoint(**{'test_case_id': 'case', **case})
        [judged] = (await self.ai.evaluate(f'genkitEval/{metric}', [point])).root
        return judged

    async def score(self, metric: str, **case: Any) -> Score:
        """Judge one case that is expected to have a score."""
        score = (await self.run(metric, **case)).evaluation
        assert isinstance(score, Score)
        return score

    async def error(self, metric: str, **case: Any) -> str:
        """Judge one case that is expected to fail; return its error."""
        score = await self.score(metric, **case)
        assert (score.score, score.status) == (None, 'FAIL')
        assert score.error is not None
        prefix = 'Evaluation of test case case failed: '
        assert score.error.startswith(prefix)
        return score.error.removeprefix(prefix)


@pytest.fixture
def make_app() -> Callable[..., App]:
    """Makes applications whose judge is called ``judge`` and whose embedder is called ``vectors``."""

    def make(*metrics: str | MetricConfig, **judging: Any) -> App:
        ai = Genkit(plugins=[GenkitEval(metrics or None, **{'judge': 'judge', 'embedder': 'vectors', **judging})])
        judge, _ = define_programmable_model(ai, 'judge', HELD_TO_SCHEMAS)
        vectors = Vectors()
        ai.define_embedder('vectors', vectors.embed)
        return App(ai, judge, vectors)

    return make


@pytest.fixture
def app(make_app) -> App:
    """An application with all metrics."""
    return make_app(
        'faithfulness', 'answer_relevancy', 'answer_accuracy', 'maliciousness', 'regex', 'deep_equal', 'jsonata'
    )


@pytest.fixture(scope='session')
def exporter() -> InMemorySpanExporter:
    """What has been recorded since the first test that asked for it; tell spans apart by their trace."""
    exporter = InMemorySpanExporter()
    add_span_exporter(exporter)
    return exporter
