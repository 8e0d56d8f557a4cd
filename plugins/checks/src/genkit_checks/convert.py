# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Texts as requests of Checks, and its answers. No IO.

Shapes: the discovery document ``checks.v1alpha``, https://checks.googleapis.com/$discovery/rest?version=v1alpha.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from genkit import GenkitError, Message
from genkit.plugin import answer_text, finite, items_of, members_of, misfit
from genkit.types import ReasoningPart, Role, TextPart, ToolResponsePart

from genkit_checks.config import SOURCE, ChecksMetricConfig


_VERDICTS: Final = {'VIOLATIVE': True, 'NON_VIOLATIVE': False}


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """What Checks says of a text and a policy.

    Attributes:
        policy: The policy.
        violates: Whether the text violates it.
        score: How likely, 0 to 1, if Checks says so.
    """

    policy: str
    violates: bool
    score: float | None


def to_request(text: str, metrics: Sequence[ChecksMetricConfig], prompt: str | None) -> dict[str, Any]:
    """Return the body that asks about a text.

    Args:
        text: The text.
        metrics: The policies.
        prompt: What it answers, if it is an answer.
    """
    policies: list[dict[str, Any]] = [{'policyType': str(each.type)} for each in metrics]
    for policy, each in zip(policies, metrics, strict=True):
        if each.threshold is not None:
            policy['threshold'] = each.threshold
    body: dict[str, Any] = {'input': {'textInput': {'content': text}}, 'policies': policies}
    return body if prompt is None else {**body, 'context': {'prompt': prompt}}


def to_results(answer: Any, metrics: Sequence[ChecksMetricConfig]) -> list[PolicyResult]:
    """Return what Checks says of each policy, in the order in which they were asked for.

    Raises:
        GenkitError: ``UNAVAILABLE`` if it could not judge one; ``INTERNAL`` if its answer leaves one out or is none:
            a text that was not judged is not known to be harmless.
    """
    told = {
        str(each.get('policyType')): each
        for each in items_of(members_of(answer, 'answer').get('policyResults'), 'policyResults')
    }
    found: list[PolicyResult] = []
    for metric in metrics:
        result = told.get(str(metric.type))
        verdict = None if result is None else result.get('violationResult')
        if verdict == 'CLASSIFICATION_ERROR':
            raise GenkitError(
                f'Checks could not judge a text by {metric.type}, so it is not known to be harmless. Ask again.',
                status='UNAVAILABLE',
                source=SOURCE,
            )
        if result is None or not isinstance(verdict, str) or verdict not in _VERDICTS:
            raise misfit(repr(verdict)[:80], f'violationResult of {metric.type}', f'one of {", ".join(_VERDICTS)}')
        found.append(PolicyResult(str(metric.type), _VERDICTS[verdict], finite(result.get('score'))))
    return found


def texts_of(messages: Sequence[Message]) -> list[str]:
    """Return the texts of messages that do not come from the application itself: those of the system prompt are not."""
    found: list[str] = []
    for message in messages:
        if message.role == Role.SYSTEM:
            continue
        for part in message.content:
            if isinstance(part, TextPart):
                found.append(part.text)
            elif isinstance(part, ReasoningPart):
                found.append(part.reasoning)
            elif isinstance(part, ToolResponsePart):
                found.append(answer_text(part.tool_response))
    return [text for text in found if text.strip()]
