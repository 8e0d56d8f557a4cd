# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Texts as requests of Checks, and its answers. No IO.

Shapes: the discovery document ``checks.v1alpha``, https://checks.googleapis.com/$discovery/rest?version=v1alpha.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from genkit import GenkitError, Message
from genkit.plugin import answer_parts, answer_text, finite, items_of, members_of, misfit
from genkit.types import DataPart, ReasoningPart, Role, TextPart, ToolRequestPart, ToolResponse, ToolResponsePart

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
    told: dict[str, dict[str, Any]] = {}
    for each in items_of(members_of(answer, 'answer').get('policyResults'), 'policyResults'):
        name = str(each.get('policyType'))
        if name not in told or told[name].get('violationResult') == 'NON_VIOLATIVE':  # of several, the worst
            told[name] = each
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
    """Return the texts of messages that do not come from the application itself: those of the system prompt are not.

    The text of a message is judged as a whole, however many parts it has: a part alone may be harmless. So is its
    reasoning. What a tool is asked and answers, and data, are judged as JSON.
    """
    found: list[str] = []
    for message in messages:
        if message.role != Role.SYSTEM:
            found.extend(_texts_of(message))
    return [text for text in found if text.strip()]


def _texts_of(message: Message) -> list[str]:
    texts = [''.join(part.text for part in message.content if isinstance(part, TextPart))]
    texts.append(''.join(part.reasoning for part in message.content if isinstance(part, ReasoningPart)))
    for part in message.content:
        if isinstance(part, ToolRequestPart) and part.tool_request.input:
            texts.append(_as_text(part.tool_request.input))
        elif isinstance(part, DataPart) and part.data is not None:
            texts.append(_as_text(part.data))
        elif isinstance(part, ToolResponsePart):
            texts.append(answer_text(part.tool_response))
            texts.append(''.join(each.text for each in answer_parts(part.tool_response) if isinstance(each, TextPart)))
    return texts


def _as_text(value: Any) -> str:
    return answer_text(ToolResponse(name='', output=value))
