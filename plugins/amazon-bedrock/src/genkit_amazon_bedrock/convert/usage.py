# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts and how it says that an answer ended, in our words."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import count_of, items_of, to_finish_reason, token_usage
from genkit.types import FinishReason, GenerationUsage


_OWN: Final = {
    'guardrail_intervened': FinishReason.BLOCKED,
    'content_filtered': FinishReason.BLOCKED,
    'model_context_window_exceeded': FinishReason.LENGTH,
    'malformed_model_output': FinishReason.OTHER,
    'malformed_tool_use': FinishReason.OTHER,
}
_MESSAGES: Final = {
    'content_filtered': 'The filters of the provider blocked the answer.',
    'model_context_window_exceeded': 'The context window of the model is full.',
    'malformed_model_output': 'The model wrote what the provider could not read; ask again.',
    'malformed_tool_use': 'The model called a tool in a way that the provider could not read; ask again.',
}
_BY_GUARDRAIL: Final = 'guardrail_intervened'


def to_usage(counted: Mapping[str, Any]) -> GenerationUsage | None:
    """Return the usage of an answer, or None for an answer without one.

    The protocol counts tokens that were read from a cache or written to it apart from its input tokens; here they are
    part of them. Custom counts are ``cacheWriteTokens`` and ``cacheWrite1hTokens``.
    """
    if not counted:
        return None
    given = count_of(counted.get('inputTokens'))
    read, written = count_of(counted.get('cacheReadInputTokens')), count_of(counted.get('cacheWriteInputTokens'))
    custom: dict[str, float] = {} if written is None else {'cacheWriteTokens': written}
    for detail in items_of(counted.get('cacheDetails'), 'usage.cacheDetails'):
        count = count_of(detail.get('inputTokens'))
        if detail.get('ttl') == '1h' and count:
            custom['cacheWrite1hTokens'] = count
    return token_usage(
        None if given is None else given + (read or 0) + (written or 0),
        count_of(counted.get('outputTokens')),
        cached=read,
        custom=custom,
    )


def to_end(reason: Any, said: str) -> tuple[FinishReason, str | None]:
    """Return how an answer ended, and a sentence where there is more to say.

    Args:
        reason: The protocol's ``stopReason``.
        said: The text of the answer, which is the guardrail's own if that has intervened.
    """
    if reason == _BY_GUARDRAIL:
        return FinishReason.BLOCKED, said.strip() or 'A guardrail intervened.'
    return to_finish_reason(reason, _OWN), _MESSAGES.get(str(reason))
