# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the protocol counts, in our words."""

from typing import Any, cast

from genkit.plugin import count_of, token_usage
from genkit.types import GenerationUsage

from genkit_compat_oai.dialect import Dialect


def to_usage(counted: Any, dialect: Dialect) -> GenerationUsage | None:
    """Return the usage of an answer; None if it has none. Providers name the tokens of caches differently.

    Where reasoning is counted apart from what was said, which shows in the total, both are the output.
    """
    own = members_of_counts(counted)
    if not own:
        return None
    given = members_of_counts(own.get('prompt_tokens_details'))
    made = members_of_counts(own.get('completion_tokens_details'))
    cached, written = count_of(given.get('cached_tokens')), count_of(given.get('cache_write_tokens'))
    asked, said = count_of(own.get('prompt_tokens')), count_of(own.get('completion_tokens'))
    total, thoughts = count_of(own.get('total_tokens')), count_of(made.get('reasoning_tokens'))
    if thoughts and total == (asked or 0) + (said or 0) + thoughts:
        said = (said or 0) + thoughts
    custom = custom_counts(own, dialect)
    return token_usage(
        asked,
        said,
        total,
        cached=count_of(own.get('prompt_cache_hit_tokens')) if cached is None else cached,
        thoughts=thoughts,
        custom=custom if written is None else {'cacheWriteTokens': written, **custom},
    )


def custom_counts(counted: dict[str, Any], dialect: Dialect) -> dict[str, float]:
    """Return what a provider counts beside tokens, and what it says that the answer cost."""
    counts = ((ours, count_of(counted.get(name))) for name, ours in dialect.counts.items())
    found: dict[str, float] = {ours: count for ours, count in counts if count is not None}
    if dialect.cost is not None:
        member, units = dialect.cost
        cost = counted.get(member)
        if isinstance(cost, int | float) and not isinstance(cost, bool) and cost >= 0:
            found['costUsd'] = cost / units
    return found


def members_of_counts(counted: Any) -> dict[str, Any]:
    """Return the members of an object; none of anything else, as counts are not acted on."""
    return cast('dict[str, Any]', counted) if isinstance(counted, dict) else {}
