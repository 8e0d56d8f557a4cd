# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: policies with their thresholds, and how a guardrail checks."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

from genkit import GenkitError
from genkit.plugin import did_you_mean
from genkit.types import WireModel
from pydantic import Field


SOURCE: Final = 'checks'


class ChecksMetric(StrEnum):
    """A policy of Checks: https://developers.google.com/checks/guide/ai-safety/guardrails."""

    DANGEROUS_CONTENT = 'DANGEROUS_CONTENT'
    PII_SOLICITING_RECITING = 'PII_SOLICITING_RECITING'
    HARASSMENT = 'HARASSMENT'
    SEXUALLY_EXPLICIT = 'SEXUALLY_EXPLICIT'
    HATE_SPEECH = 'HATE_SPEECH'
    MEDICAL_INFO = 'MEDICAL_INFO'
    VIOLENCE_AND_GORE = 'VIOLENCE_AND_GORE'
    OBSCENITY_AND_PROFANITY = 'OBSCENITY_AND_PROFANITY'


class ChecksMetricConfig(WireModel):
    """A policy with its threshold.

    Attributes:
        type: The policy.
        threshold: The score from which a text violates it, 0 to 1. Default: that of Checks.
    """

    type: ChecksMetric
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None


Metrics = Sequence[ChecksMetric | ChecksMetricConfig | str]


class GuardrailConfig(WireModel):
    """Configuration of a guardrail.

    Attributes:
        metrics: The policies. Default: all.
        inputs: Whether the messages are checked before the model gets them.
        outputs: Whether the answer is checked before anybody sees it, streams included.
        blocking: Whether the call of the model waits for the verdict on the messages; otherwise both happen at once,
            and the answer waits.
        each_turn: Whether to check again before tool responses are sent to the model.
        each_chunk: Whether to check the answer so far at each chunk of a stream, and let the chunk out if it passes;
            otherwise all chunks wait for the whole answer.
    """

    metrics: list[ChecksMetric | ChecksMetricConfig] | None = None
    inputs: bool = True
    outputs: bool = True
    blocking: bool = True
    each_turn: bool = False
    each_chunk: bool = False


def read_metrics(given: Metrics | None) -> tuple[ChecksMetricConfig, ...]:
    """Return policies with their settings. Default: all.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for one that does not exist, one that is given twice, or none at all.
    """
    configs: list[ChecksMetricConfig] = []
    for each in ChecksMetric if given is None else given:
        if not isinstance(each, ChecksMetricConfig):
            name = str(each).upper()
            if name not in ChecksMetric.__members__:
                raise _refused(
                    f'{each!r} is no policy of Checks.{did_you_mean(name, ChecksMetric.__members__)} '
                    f'There are: {", ".join(ChecksMetric)}.'
                )
            configs.append(ChecksMetricConfig(type=ChecksMetric(name)))
        else:
            configs.append(each)
    types = [config.type for config in configs]
    if not types or len(set(types)) < len(types):
        raise _refused(f'Metrics are {[str(each) for each in types]!r}; name at least one, and each once.')
    return tuple(configs)


def _refused(text: str) -> GenkitError:
    return GenkitError(text, status='INVALID_ARGUMENT', source=SOURCE)
