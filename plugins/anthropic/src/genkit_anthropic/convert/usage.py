# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts and how it says that an answer ended, in our words."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit.plugin import count_of, to_finish_reason, token_usage
from genkit.types import FinishReason, GenerationUsage


_OWN: Final = {
    'model_context_window_exceeded': FinishReason.LENGTH,
    'pause_turn': FinishReason.OTHER,
    'compaction': FinishReason.OTHER,
}
_MESSAGES: Final = {
    'model_context_window_exceeded': 'The context window of the model is full.',
    'pause_turn': 'The provider paused a long turn; send the conversation again, and it goes on.',
    'compaction': 'The provider stopped after it had summed up the conversation; send it again, and it goes on.',
}


def to_usage(counted: Mapping[str, Any]) -> GenerationUsage | None:
    """Return the usage of an answer, or None for an answer without one.

    The protocol counts tokens that were read from a cache or written to it apart from its input tokens; here they are
    part of them. Custom counts are ``cacheWriteTokens``, ``cacheWrite1hTokens`` and those of the provider's own tools.
    """
    if not counted:
        return None
    read, written = (
        count_of(counted.get('cache_read_input_tokens')),
        count_of(counted.get('cache_creation_input_tokens')),
    )
    given = count_of(counted.get('input_tokens'))
    custom: dict[str, float] = {} if written is None else {'cacheWriteTokens': written}
    hour = count_of(_within(counted, 'cache_creation').get('ephemeral_1h_input_tokens'))
    if hour:
        custom['cacheWrite1hTokens'] = hour
    for name, value in _within(counted, 'server_tool_use').items():
        first, *rest = name.split('_')
        if (count := count_of(value)) is not None:
            custom[first + ''.join(word.capitalize() for word in rest)] = count
    return token_usage(
        None if given is None else given + (read or 0) + (written or 0),
        count_of(counted.get('output_tokens')),
        cached=read,
        thoughts=count_of(_within(counted, 'output_tokens_details').get('thinking_tokens')),
        custom=custom,
    )


def to_end(reason: Any, details: Mapping[str, Any] | None) -> tuple[FinishReason, str | None]:
    """Return how an answer ended, and a sentence where there is more to say.

    Args:
        reason: The protocol's ``stop_reason``.
        details: Its ``stop_details``, which say why an answer was refused.
    """
    told = details or {}
    message = told.get('explanation') or told.get('category') or _MESSAGES.get(str(reason))
    return to_finish_reason(reason, _OWN), None if message is None else str(message)


def _within(counted: Mapping[str, Any], name: str) -> dict[str, Any]:
    within = counted.get(name)
    return cast('dict[str, Any]', within) if isinstance(within, dict) else {}
