# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Token counts."""

from collections.abc import Mapping
from typing import Any, Final, cast

from genkit.plugin import count_of, token_usage
from genkit.types import GenerationUsage
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata


# The names that plugins give to what has no field of its own.
_INPUT: Final = {'cache_creation': 'cacheWriteTokens', 'audio': 'inputAudioTokens'}
_OUTPUT: Final = {'audio': 'outputAudioTokens'}


def to_usage_metadata(usage: GenerationUsage | None) -> UsageMetadata | None:
    """Return what LangChain counts; None if the model counts no tokens."""
    if usage is None or (usage.input_tokens is None and usage.output_tokens is None):
        return None
    given, made = usage.input_tokens or 0, usage.output_tokens or 0
    counted = UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=usage.total_tokens or given + made)
    read = _details(usage, _INPUT, {'cache_read': usage.cached_content_tokens})
    written = _details(usage, _OUTPUT, {'reasoning': usage.thoughts_tokens})
    if read:
        counted['input_token_details'] = cast('InputTokenDetails', read)
    if written:
        counted['output_token_details'] = cast('OutputTokenDetails', written)
    return counted


def to_usage(counted: UsageMetadata | None) -> GenerationUsage:
    """Return what Genkit counts."""
    if counted is None:
        return GenerationUsage()
    read: Mapping[str, Any] = counted.get('input_token_details') or {}
    written: Mapping[str, Any] = counted.get('output_token_details') or {}
    custom = {
        name: count
        for details, names in ((read, _INPUT), (written, _OUTPUT))
        for key, name in names.items()
        if (count := count_of(details.get(key))) is not None
    }
    return token_usage(
        counted.get('input_tokens'),
        counted.get('output_tokens'),
        counted.get('total_tokens'),
        cached=read.get('cache_read'),
        thoughts=written.get('reasoning'),
        custom=cast('dict[str, float]', custom) or None,
    )


def _details(usage: GenerationUsage, names: Mapping[str, str], own: Mapping[str, int | None]) -> dict[str, int]:
    custom = usage.custom or {}
    counts = {**own, **{key: custom.get(name) for key, name in names.items()}}
    return {key: int(count) for key, count in counts.items() if count is not None}
