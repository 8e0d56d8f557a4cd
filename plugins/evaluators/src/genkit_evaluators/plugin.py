# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Registration, and the judge: a model of the application."""

import asyncio
import inspect
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from genkit import Genkit, GenkitError, Message, ModelRef, Role, TextPart
from genkit.plugin import (
    Action,
    ActionKind,
    ModelAction,
    Plugin,
    Registry,
    describe_problems,
    evaluator_action_metadata,
    make_evaluator,
    to_json_schema,
)
from genkit.types import (
    ActionMetadata,
    BaseEvalDataPoint,
    EvalFnResponse,
    EvalStatusEnum,
    FinishReason,
    GenerateActionOptions,
    GenerateActionOutputConfig,
    GenerateResponse,
    Score,
)
from pydantic import ValidationError

from genkit_evaluators.config import (
    PLUGIN_NAME,
    EmbedderArgument,
    GenkitMetric,
    JudgeArgument,
    Judging,
    MetricConfig,
    Settings,
    wrong_setting,
)
from genkit_evaluators.convert import AnswerT, Question
from genkit_evaluators.embed import similarity
from genkit_evaluators.models import METRICS, Metric, status_of


MetricArgument: TypeAlias = GenkitMetric | str | MetricConfig

_WITHOUT_JUDGE: Final = tuple(name for name, metric in METRICS.items() if metric.judged is None)
_SHOWN: Final = 200


class _ModelJudge:
    """Asks a model and an embedder of the application.

    Args:
        registry: Where they are.
        config: Says which.
    """

    def __init__(self, registry: Registry, config: MetricConfig) -> None:
        assert config.judge is not None
        self._registry = registry
        self._config = config
        self._name = config.judge if isinstance(config.judge, str) else config.judge.name

    async def ask(self, question: Question[AnswerT]) -> AnswerT:
        """Return the judge's answer.

        Raises:
            GenkitError: ``INTERNAL`` with what it said, if that is no answer to the question or was cut off; what the
                model raised.
        """
        response = await self._generate(question)
        if response.finish_reason == FinishReason.LENGTH:
            # What there is may be read as JSON, with the last claims or verdicts missing.
            raise self._unreadable(response, 'its answer was cut off', 'Let it write more, in judge_config')
        try:
            return question.answer.model_validate(response.output)
        except (ValidationError, GenkitError) as error:
            told = f'its answer is not in the form it was asked for: {_problem_of(error)}'
            raise self._unreadable(response, told, 'Try a more capable judge') from error

    async def similarity(self, one: str, other: str) -> float:
        """Return how near two texts are, from 0 to 1."""
        assert self._config.embedder is not None
        return await similarity(self._registry, self._config.embedder, self._config.embedder_options, (one, other))

    async def _generate(self, question: Question[Any]) -> GenerateResponse[Any]:
        judge, config = self._config.judge, self._config.judge_config
        if isinstance(judge, ModelAction):
            self._make_known(judge)
        options = GenerateActionOptions(
            model=self._name,
            messages=[Message(role=Role.USER, content=[TextPart(text=question.text)])],
            config=judge.merged_config(config) if isinstance(judge, ModelRef) else config,
            output=GenerateActionOutputConfig(format='json', json_schema=to_json_schema(question.answer)),
        )
        generate = await self._registry.require_action(ActionKind.UTIL, 'generate')
        return (await generate.arun(options)).response

    def _make_known(self, model: ModelAction) -> None:
        known = self._registry.lookup_action(ActionKind.MODEL, model.name)
        if known is None:
            self._registry.register_action(model)
        elif known is not model:
            raise GenkitError(
                f'The judge is a model called {model.name!r}, and the application has another one of that name. '
                'Rename one of them, or name the judge by a string.',
                status='ALREADY_EXISTS',
            )

    def _unreadable(self, response: GenerateResponse[Any], problem: str, advice: str) -> GenkitError:
        text = response.text if len(response.text) <= _SHOWN else f'{response.text[:_SHOWN]}…'
        return GenkitError(
            f'The judge {self._name!r} cannot be understood, {problem}. It said {text!r}. {advice}.', status='INTERNAL'
        )


def _problem_of(error: ValidationError | GenkitError) -> str:
    if isinstance(error, ValidationError):
        return describe_problems(error)
    misfit = error.cause  # that of JSON that does not fit the schema
    return misfit.original_message.partition(' failed: ')[2] if isinstance(misfit, GenkitError) else 'it is no JSON'


class GenkitEval(Plugin):
    """Evaluators called ``genkitEval/<metric>``, such as ``genkitEval/faithfulness``.

    Args:
        metrics: The metrics: `Metric` objects, names, or `MetricConfig` for separate settings. Default: the three
            that need no model: regex, deep_equal and jsonata.
        judge: The judge model: its name, a reference, or a model action.
        judge_config: Its configuration.
        embedder: The embedder that answer relevancy compares with: its name or a reference.
        embedder_options: Its options.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for settings that do not fit, a metric that is listed twice, and a metric
            without the judge or the embedder that it needs.

    Example:
        ```python
        from genkit import Genkit
        from genkit_evaluators import GenkitEval, GenkitMetric, MetricConfig

        metrics = ['regex', GenkitMetric.MALICIOUSNESS, MetricConfig(GenkitMetric.FAITHFULNESS, threshold=0.8)]
        ai = Genkit(plugins=[GenkitEval(metrics, judge='ollama/llama3.2', judge_config={'temperature': 0})])
        ```
    """

    name = PLUGIN_NAME

    def __init__(
        self,
        metrics: Sequence[MetricArgument] | None = None,
        *,
        judge: JudgeArgument | None = None,
        judge_config: Settings | None = None,
        embedder: EmbedderArgument | None = None,
        embedder_options: Settings | None = None,
    ) -> None:
        judging = Judging(judge=judge, judge_config=judge_config, embedder=embedder, embedder_options=embedder_options)
        self._configs: dict[str, MetricConfig] = {}
        for number, entry in enumerate(_listed(metrics)):
            config = _as_config(number, entry).completed(judging)
            _check(config, METRICS[config.metric])
            name = self.namespaced(config.metric.lower())
            if name in self._configs:
                raise wrong_setting(f'The metric {str(config.metric)!r} is listed twice. Leave one of them out.')
            self._configs[name] = config

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the evaluator of a metric."""
        config = self._configs.get(name)
        if action_type != ActionKind.EVALUATOR or config is None:
            return None
        metric = METRICS[config.metric]

        async def evaluate(case: BaseEvalDataPoint) -> EvalFnResponse:
            _require(case, metric)
            score = await self._score(case, config, metric)
            status = await _status(score, config)
            return EvalFnResponse(test_case_id=case.test_case_id, evaluation=score.replaced(status=status))

        return make_evaluator(name, metric.info, evaluate, description=metric.definition)

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the evaluators of all metrics."""
        return [evaluator_action_metadata(name, METRICS[config.metric].info) for name, config in self._configs.items()]

    async def _score(self, case: BaseEvalDataPoint, config: MetricConfig, metric: Metric) -> Score:
        if metric.judged is not None:
            return await metric.judged(case, _ModelJudge(self.registry, config))
        assert metric.rule is not None
        return await asyncio.to_thread(metric.rule, case)


def register_genkit_evaluators(ai: Genkit, plugin: GenkitEval | None = None) -> None:
    """Add evaluators to an existing application. Default: the three that need no model.

    Raises:
        GenkitError: ``ALREADY_EXISTS`` if it has the plugin.
    """
    ai.registry.register_plugin(plugin or GenkitEval())


def _listed(metrics: Sequence[MetricArgument] | None) -> Sequence[Any]:
    if metrics is None:
        return _WITHOUT_JUDGE
    if isinstance(metrics, str) or not metrics:
        raise wrong_setting(
            f'GenkitEval got metrics={metrics!r}; give a list such as [GenkitMetric.REGEX], or nothing.'
        )
    return metrics


def _as_config(number: int, entry: Any) -> MetricConfig:
    if isinstance(entry, MetricConfig):
        return entry
    if isinstance(entry, str):
        return MetricConfig(entry)
    raise wrong_setting(f'metrics[{number}] is {entry!r}; give a GenkitMetric, its name, or a MetricConfig.')


def _check(config: MetricConfig, metric: Metric) -> None:
    name = str(config.metric)
    if metric.judged is not None and config.judge is None:
        raise wrong_setting(
            f"Metric {name!r} needs a judge: give GenkitEval(…, judge='<plugin>/<model>') or "
            f"MetricConfig({name!r}, judge='<plugin>/<model>')."
        )
    if metric.embeds and config.embedder is None:
        raise wrong_setting(
            f"Metric {name!r} needs an embedder: give GenkitEval(…, embedder='<plugin>/<embedder>') or "
            f"MetricConfig({name!r}, embedder='<plugin>/<embedder>')."
        )
    if metric.judged is None and config.threshold is not None:
        raise wrong_setting(f'Metric {name!r} is true or false and has no threshold; leave it out.')


def _require(case: BaseEvalDataPoint, metric: Metric) -> None:
    missing = [name for name in metric.needs if getattr(case, name) is None or (name == 'context' and not case.context)]
    if missing:
        named = ' and '.join(repr(name) for name in missing)
        raise GenkitError(
            f'{metric.display_name} needs {named}, which this test case does not have; null counts as missing, and so '
            'does a context without entries. Add it to the dataset.',
            status='INVALID_ARGUMENT',
        )


async def _status(score: Score, config: MetricConfig) -> EvalStatusEnum:
    override = config.status_override_fn
    if override is None:
        return status_of(score, config.threshold)
    is_async = inspect.iscoroutinefunction(override)
    said: Any = override(score) if is_async else await asyncio.to_thread(override, score)
    status = await said if inspect.isawaitable(said) else said
    if status not in EvalStatusEnum.__members__:
        raise GenkitError(
            f'status_override_fn of metric {str(config.metric)!r} returned {status!r}; expected '
            f'{", ".join(repr(str(known)) for known in EvalStatusEnum)}.',
            status='INVALID_ARGUMENT',
        )
    return EvalStatusEnum(status)
