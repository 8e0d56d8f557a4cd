# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts, in our words."""

from collections.abc import Mapping
from typing import Any, cast

from genkit.plugin import count_of, token_usage
from genkit.types import GenerationUsage


def to_usage(counted: Any, own_counts: Mapping[str, str]) -> GenerationUsage | None:
    """Return the usage of an answer; None if it has none. Providers name the tokens of caches differently.

    Args:
        counted: What the answer says.
        own_counts: What the provider counts beside that, with our names.
    """
    own = _members(counted)
    if not own:
        return None
    given, made = _members(own.get('prompt_tokens_details')), _members(own.get('completion_tokens_details'))
    cached, written = count_of(given.get('cached_tokens')), count_of(given.get('cache_write_tokens'))
    custom: dict[str, float] = {} if written is None else {'cacheWriteTokens': written}
    more = {ours: count for name, ours in own_counts.items() if (count := count_of(own.get(name))) is not None}
    return token_usage(
        count_of(own.get('prompt_tokens')),
        count_of(own.get('completion_tokens')),
        count_of(own.get('total_tokens')),
        cached=count_of(own.get('prompt_cache_hit_tokens')) if cached is None else cached,
        thoughts=count_of(made.get('reasoning_tokens')),
        custom={**custom, **more} or None,
    )


def _members(counted: Any) -> dict[str, Any]:
    """Return the members of an object; none of anything else, as counts are not acted on."""
    return cast('dict[str, Any]', counted) if isinstance(counted, dict) else {}
