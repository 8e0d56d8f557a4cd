# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which metrics there are to be, who judges them, and when they pass."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from genkit import ErrorReason, GenkitError
from genkit.plugin import ModelAction, did_you_mean
from genkit.types import EmbedderRef, EvalStatusEnum, ModelRef, Score
from pydantic import BaseModel


PLUGIN_NAME: Final = 'genkitEval'

JudgeArgument: TypeAlias = str | ModelRef[Any] | ModelAction
EmbedderArgument: TypeAlias = str | EmbedderRef[Any]
Settings: TypeAlias = Mapping[str, Any] | BaseModel
StatusOverride: TypeAlias = Callable[[Score], EvalStatusEnum | str | Awaitable[EvalStatusEnum | str]]


class GenkitMetric(StrEnum):
    """What can be judged; the evaluator is called ``genkitEval/<metric in lower case>``."""

    FAITHFULNESS = 'FAITHFULNESS'
    ANSWER_RELEVANCY = 'ANSWER_RELEVANCY'
    ANSWER_ACCURACY = 'ANSWER_ACCURACY'
    MALICIOUSNESS = 'MALICIOUSNESS'
    REGEX = 'REGEX'
    DEEP_EQUAL = 'DEEP_EQUAL'
    JSONATA = 'JSONATA'


class NoOptions(BaseModel, extra='forbid'):
    """What a call may say beside the dataset: nothing. Metrics are set up where the plugin is made."""


@dataclass(frozen=True, kw_only=True)
class Judging:
    """Who judges where a metric names nobody; as in `MetricConfig`."""

    judge: JudgeArgument | None = None
    judge_config: Settings | None = field(default=None, repr=False)
    embedder: EmbedderArgument | None = None
    embedder_options: Settings | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is not of these types."""
        _check_judging('GenkitEval', self)


@dataclass(frozen=True)
class MetricConfig:
    """One metric, with what differs from the plugin's own settings.

    A configuration belongs to the model it is given with: a metric with its own judge does not inherit the plugin's
    ``judge_config``, and one with its own embedder does not inherit its configuration.

    Attributes:
        type: The metric, or its name in any case.
        judge: The name of a model, a reference, or a model action; the last is registered if the application does not
            have it.
        judge_config: The judge's configuration, laid over that of a reference.
        embedder: The name of an embedder, or a reference.
        embedder_options: The embedder's options, laid over those of a reference.
        threshold: The minimum score, from 0 to 1, for a judged metric to pass. Default: 0.5.
        status_override_fn: Decides in place of the threshold: takes the score with its reasoning, returns ``'PASS'``,
            ``'FAIL'`` or ``'UNKNOWN'``. A plain function runs in a worker thread.
        metric_type: What earlier releases called ``type``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a metric that does not exist, and for values that do not fit.
    """

    type: GenkitMetric | str = ''
    _: KW_ONLY
    judge: JudgeArgument | None = None
    judge_config: Settings | None = field(default=None, repr=False)
    embedder: EmbedderArgument | None = None
    embedder_options: Settings | None = field(default=None, repr=False)
    threshold: float | None = None
    status_override_fn: StatusOverride | None = None
    metric_type: InitVar[GenkitMetric | str | None] = None

    def __post_init__(self, metric_type: GenkitMetric | str | None) -> None:
        """Refuse values that do not fit."""
        if metric_type is not None:
            object.__setattr__(self, 'type', metric_type)
        whose = f'MetricConfig({str(self.metric)!r})'
        _check_judging(whose, self)
        threshold = self.threshold
        if threshold is not None and (isinstance(threshold, bool) or not _is_share(threshold)):
            raise wrong_setting(f'{whose} got threshold={threshold!r}; give a number from 0 to 1.')
        override = self.status_override_fn
        if override is not None and not callable(override):
            raise wrong_setting(f'{whose} got status_override_fn={override!r}; give a function of the score.')
        if override is not None and threshold is not None:
            raise wrong_setting(f'{whose} got threshold and status_override_fn; give one, the function decides alone.')

    @property
    def metric(self) -> GenkitMetric:
        """The metric.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if there is none of that name.
        """
        named = str(self.type).upper()
        if named in GenkitMetric.__members__:
            return GenkitMetric(named)
        raise wrong_setting(
            f'There is no metric {self.type!r}.{did_you_mean(named, GenkitMetric)} Metrics: {", ".join(GenkitMetric)}.'
        )

    def completed(self, judging: Judging) -> 'MetricConfig':
        """Return this metric with the plugin's judge and embedder where it names none."""
        filled: dict[str, Any] = {}
        if self.judge is None:
            config = judging.judge_config if self.judge_config is None else self.judge_config
            filled |= {'judge': judging.judge, 'judge_config': config}
        if self.embedder is None:
            options = judging.embedder_options if self.embedder_options is None else self.embedder_options
            filled |= {'embedder': judging.embedder, 'embedder_options': options}
        return replace(self, **filled)


def wrong_setting(message: str) -> GenkitError:
    """Return the error for settings that do not fit."""
    return GenkitError(message, status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_INPUT)


def _check_judging(whose: str, given: Judging | MetricConfig) -> None:
    _expect(f'{whose} got judge', given.judge, (str, ModelRef, ModelAction), "'<plugin>/<model>', a ModelRef, a model")
    _expect(f'{whose} got embedder', given.embedder, (str, EmbedderRef), "'<plugin>/<embedder>' or an EmbedderRef")
    for name in ('judge_config', 'embedder_options'):
        settings = getattr(given, name)
        if settings is not None and not isinstance(settings, Mapping | BaseModel):
            # The value stays unsaid: it may hold a key.
            raise wrong_setting(
                f'{whose} got {name} of type {type(settings).__name__!r}; give a mapping or a Pydantic model.'
            )


def _expect(what: str, value: object, types: tuple[type, ...], expected: str) -> None:
    if value is not None and (value == '' or not isinstance(value, types)):
        raise wrong_setting(f'{what}={value!r}; give {expected}.')


def _is_share(threshold: object) -> bool:
    return isinstance(threshold, int | float) and 0 <= threshold <= 1
