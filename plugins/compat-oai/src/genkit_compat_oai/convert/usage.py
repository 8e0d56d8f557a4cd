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
    given, made = _members(counted.prompt_tokens_details), _members(counted.completion_tokens_details)
    cached, written = given.get('cached_tokens'), given.get('cache_write_tokens')
    return token_usage(
        counted.prompt_tokens,
        counted.completion_tokens,
        counted.total_tokens,
        cached=_members(counted).get('prompt_cache_hit_tokens') if cached is None else cached,
        thoughts=made.get('reasoning_tokens'),
        custom=None if written is None else {'cacheWriteTokens': written},
    )


def _members(counted: Any) -> dict[str, Any]:
    """Return all members of an object, those that the SDK does not know among them."""
    return {} if counted is None else {**vars(counted), **(counted.model_extra or {})}
