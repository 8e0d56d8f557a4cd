# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts, in our words."""

from typing import Any

from genkit.plugin import token_usage
from genkit.types import GenerationUsage
from pydantic import BaseModel


def to_usage(counted: Any) -> GenerationUsage | None:
    """Return the usage of an answer; None if it has none. Providers name the tokens of caches differently."""
    if counted is None:
        return None
    own = _members(counted)
    given, made = _members(own.get('prompt_tokens_details')), _members(own.get('completion_tokens_details'))
    cached, written = given.get('cached_tokens'), given.get('cache_write_tokens')
    return token_usage(
        counted.prompt_tokens,
        counted.completion_tokens,
        counted.total_tokens,
        cached=own.get('prompt_cache_hit_tokens') if cached is None else cached,
        thoughts=made.get('reasoning_tokens'),
        custom=None if written is None else {'cacheWriteTokens': written},
    )


def _members(counted: Any) -> dict[str, Any]:
    """Return all members of an object of the SDK, those that it does not know among them; none of anything else."""
    return {**vars(counted), **(counted.model_extra or {})} if isinstance(counted, BaseModel) else {}
