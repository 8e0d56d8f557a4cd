# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Why an answer ended, and what it consumed."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin import count_of, members_of, to_finish_reason, token_usage
from genkit.types import FinishReason, GenerationUsage


_REASONS: Final = {
    'complete': FinishReason.STOP,
    'tool_call': FinishReason.STOP,
    'error_limit': FinishReason.LENGTH,
    'error_toxic': FinishReason.BLOCKED,
    'user_cancel': FinishReason.OTHER,
}
_BILLED: Final = {
    'input_tokens': 'billedInputTokens',
    'output_tokens': 'billedOutputTokens',
    'search_units': 'searchUnits',
    'classifications': 'classifications',
}


def to_end(said: Any) -> FinishReason:
    """Return the reason for a word of the protocol; errors and timeouts are ``other``."""
    return to_finish_reason(said, _REASONS)


def to_usage(usage: Mapping[str, Any]) -> GenerationUsage:
    """Return the tokens that the model counted; those that are billed, which are fewer, are among the custom ones."""
    billed = members_of(usage.get('billed_units'), 'usage.billed_units')
    tokens = members_of(usage.get('tokens'), 'usage.tokens') or billed
    counts = {name: count_of(billed.get(member)) for member, name in _BILLED.items()}
    return token_usage(
        count_of(tokens.get('input_tokens')),
        count_of(tokens.get('output_tokens')),
        cached=count_of(usage.get('cached_tokens')),
        custom={name: float(count) for name, count in counts.items() if count is not None},
    )
