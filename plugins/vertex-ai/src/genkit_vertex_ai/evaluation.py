# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Metrics of the evaluation service: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/determine-eval."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from genkit import GenkitError
from genkit.plugin import EvaluatorInfo, did_you_mean, finite, items_of, members_of
from genkit.types import BaseEvalDataPoint, EvalStatusEnum, Score, ScoreDetails
from pydantic_core import to_json

from genkit_vertex_ai.config import VertexMetric, VertexMetricConfig


Body = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What the service is asked for, and what it answers.

    Attributes:
        name: Shown to users.
        definition: What is measured.
        member: The stem of its members in requests and answers.
        fields: The members of an instance; all but the prediction are required.
        listed: Whether instances and results are lists.
        passes: The least and the greatest score that pass, by default.
    """

    name: str
    definition: str
    member: str
    fields: tuple[str, ...] = ('prediction',)
    listed: bool = False
    passes: tuple[float, float] = (3, 5)


def _summary(name: str, definition: str, member: str, passes: tuple[float, float]) -> Metric:
    fields = ('prediction', 'instruction', 'context')
    return Metric(name=name, definition=definition, member=member, fields=fields, passes=passes)


_OF_FIVE: Final = (3.0, 5.0)
_OF_ONE: Final = (1.0, 1.0)
_OF_HALF: Final = (0.5, 1.0)

METRICS: Final[Mapping[VertexMetric, Metric]] = {
    VertexMetric.BLEU: Metric(
        name='BLEU',
        definition='Compares the output with the reference, by the words in their order; from 0 to 1.',
        member='bleu',
        fields=('prediction', 'reference'),
        listed=True,
        passes=_OF_HALF,
    ),
    VertexMetric.ROUGE: Metric(
        name='ROUGE',
        definition='Compares the output with the reference, by what of the reference is in it; from 0 to 1.',
        member='rouge',
        fields=('prediction', 'reference'),
        listed=True,
        passes=_OF_HALF,
    ),
    VertexMetric.FLUENCY: Metric(
        name='Fluency',
        definition='Judges the language of the output; from 1 to 5.',
        member='fluency',
        passes=_OF_FIVE,
    ),
    VertexMetric.SAFETY: Metric(
        name='Safety',
        definition='Judges whether the output is safe; 0 or 1.',
        member='safety',
        passes=_OF_ONE,
    ),
    VertexMetric.GROUNDEDNESS: Metric(
        name='Groundedness',
        definition='Judges whether the output says only what the context says; 0 or 1.',
        member='groundedness',
        fields=('prediction', 'context'),
        passes=_OF_ONE,
    ),
    VertexMetric.SUMMARIZATION_QUALITY: _summary(
        'Quality of a summary',
        'Judges how good a summary of the context the output is; from 1 to 5.',
        'summarizationQuality',
        _OF_FIVE,
    ),
    VertexMetric.SUMMARIZATION_HELPFULNESS: _summary(
        'Helpfulness of a summary',
        'Judges whether a summary has what is needed in place of the context; from 1 to 5.',
        'summarizationHelpfulness',
        _OF_FIVE,
    ),
    VertexMetric.SUMMARIZATION_VERBOSITY: _summary(
        'Verbosity of a summary',
        'Judges whether a summary is too short (-2) or too long (2); 0 is best.',
        'summarizationVerbosity',
        (-1.0, 1.0),
    ),
}


def to_metrics(
    given: Iterable[VertexMetric | VertexMetricConfig | str] | None, source: str
) -> list[VertexMetricConfig]:
    """Return metrics with their settings. Default: all.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for one that does not exist.
    """
    configs: list[VertexMetricConfig] = []
    for each in VertexMetric if given is None else given:
        config = each if isinstance(each, VertexMetricConfig) else VertexMetricConfig(metric=each)
        name = str(config.metric).upper()
        if name not in VertexMetric.__members__:
            raise GenkitError(
                f'Vertex AI has no metric {str(config.metric)!r}.{did_you_mean(name, VertexMetric)} There are: '
                f'{", ".join(map(repr, VertexMetric.__members__))}.',
                status='INVALID_ARGUMENT',
                source=source,
            )
        known = VertexMetric[name]
        configs.append(VertexMetricConfig(metric=known, spec=config.spec, threshold=config.threshold))
    return configs


def info_of(metric: Metric) -> EvaluatorInfo:
    """Return how an evaluator describes itself."""
    return EvaluatorInfo(display_name=metric.name, definition=metric.definition, is_billed=True)


def to_evaluate_request(metric: Metric, spec: Mapping[str, Any], case: BaseEvalDataPoint) -> Body:
    """Return the body of a request that evaluates a case.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the case lacks something that the metric needs.
    """
    given = {
        'prediction': case.output,
        'reference': case.reference,
        'instruction': case.input,
        'context': None if case.context is None else ''.join(_text(item) for item in case.context),
    }
    missing = [name for name in metric.fields if given[name] in (None, '')]
    if missing:
        names = {'prediction': 'output', 'instruction': 'input'}
        told = ' and '.join(f'a value for {names.get(name, name)!r}' for name in missing)
        raise GenkitError(
            f'{metric.name} needs {told} in every case; case {case.test_case_id!r} has none.', status='INVALID_ARGUMENT'
        )
    instance = {name: _text(given[name]) for name in metric.fields}
    held = {'instances': [instance]} if metric.listed else {'instance': instance}
    return {f'{metric.member}Input': {'metricSpec': dict(spec), **held}}


def to_score(metric: Metric, config: VertexMetricConfig, answer: Any) -> Score:
    """Return the score that an answer holds.

    Raises:
        GenkitError: ``INTERNAL`` if there is none.
    """
    body = members_of(answer, 'answer')
    if metric.listed:
        results = members_of(body.get(f'{metric.member}Results'), f'{metric.member}Results')
        values = items_of(results.get(f'{metric.member}MetricValues'), f'{metric.member}MetricValues')
        result = values[0] if values else {}
    else:
        result = members_of(body.get(f'{metric.member}Result'), f'{metric.member}Result')
    number = finite(result.get('score'))
    if number is None:
        raise GenkitError(
            f'Vertex AI gave no score of {metric.name}; its answer was {str(body)[:200]!r}.', status='INTERNAL'
        )
    least, greatest = metric.passes if config.threshold is None else (config.threshold, float('inf'))
    passes = least <= number <= greatest
    told = {name: result[name] for name in ('confidence',) if name in result}
    details = ScoreDetails(reasoning=result.get('explanation') and str(result['explanation']), **told)
    return Score(
        score=number,
        status=EvalStatusEnum.PASS if passes else EvalStatusEnum.FAIL,
        details=details if result.get('explanation') or told else None,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_json(value, by_alias=True, fallback=str).decode()
