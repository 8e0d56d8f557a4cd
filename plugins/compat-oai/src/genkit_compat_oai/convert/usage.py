# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts, in our words."""

from typing import Any

from genkit.plugin import token_usage
from genkit.types import GenerationUsage


def to_usage(counted: Any) -> GenerationUsage | None:
    """Return the usage of an answer; None if it has none. Providers name the tokens of caches differently."""
    if counted is None:
        return None
    given = getattr(counted, 'prompt_tokens_details', None)
    made = getattr(counted, 'completion_tokens_details', None)
    cached = getattr(given, 'cached_tokens', None)
    written = getattr(given, 'cache_write_tokens', None)
    return token_usage(
        counted.prompt_tokens,
        counted.completion_tokens,
        counted.total_tokens,
        cached=getattr(counted, 'prompt_cache_hit_tokens', None) if cached is None else cached,
        thoughts=getattr(made, 'reasoning_tokens', None),
        custom=None if written is None else {'cacheWriteTokens': written},
    )
