# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversion of finish reasons and usage."""

from collections.abc import Mapping
from typing import Any, Final

from genkit.plugin.wire_values import HIGHEST_COUNT, count_of
from genkit.types import FinishReason, GenerationUsage


_COMMON: Final[Mapping[str, FinishReason]] = {
    'stop': FinishReason.STOP,
    'end_turn': FinishReason.STOP,
    'stop_sequence': FinishReason.STOP,
    'tool_calls': FinishReason.STOP,
    'tool_use': FinishReason.STOP,
    'function_call': FinishReason.STOP,
    'length': FinishReason.LENGTH,
    'max_tokens': FinishReason.LENGTH,
    'max_output_tokens': FinishReason.LENGTH,
    'model_length': FinishReason.LENGTH,
    'content_filter': FinishReason.BLOCKED,
    'safety': FinishReason.BLOCKED,
    'refusal': FinishReason.BLOCKED,
}
_WEIGHTS: Final[Mapping[FinishReason, int]] = {
    FinishReason.OTHER: 1,
    FinishReason.LENGTH: 2,
    FinishReason.BLOCKED: 3,
}


def to_finish_reason(said: Any, own: Mapping[str, FinishReason] | None = None) -> FinishReason:
    """Return the finish reason for a provider's word, case-insensitive.

    Args:
        said: The provider's word, or None if the response has none, which is ``unknown``.
        own: Additional words of this provider, in lower case; other unknown words are ``other``.
    """
    if said is None:
        return FinishReason.UNKNOWN
    word = str(getattr(said, 'value', said)).lower()
    return (own or {}).get(word) or _COMMON.get(word, FinishReason.OTHER)


def later_reason(before: FinishReason | None, now: FinishReason) -> FinishReason:
    """Return the finish reason of a stream that gives several: one that reports missing content wins.

    Args:
        before: What came first, if anything did.
        now: What came later.
    """
    return now if before is None or _WEIGHTS.get(now, 0) >= _WEIGHTS.get(before, 0) else before


def token_usage(
    input_tokens: int | None,
    output_tokens: int | None,
    total_tokens: int | None = None,
    *,
    cached: int | None = None,
    thoughts: int | None = None,
    custom: dict[str, float] | None = None,
) -> GenerationUsage:
    """Return the token usage counted by a provider. Default of the total: the sum.

    What counts nothing, such as a negative number, is left out.
    """
    input_tokens, output_tokens, total_tokens = count_of(input_tokens), count_of(output_tokens), count_of(total_tokens)
    if total_tokens is None and input_tokens is not None and output_tokens is not None:
        total_tokens = input_tokens + output_tokens
    return GenerationUsage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        total_tokens=total_tokens,
        cached_content_tokens=count_of(cached),
        thoughts_tokens=count_of(thoughts),
        custom={name: count for name, count in custom.items() if 0 <= count <= HIGHEST_COUNT} or None
        if custom
        else None,
    )
