# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a request may ask of the engine."""

from typing import Any, Final

from genkit.plugin import check_options, parse_config
from genkit.types import GenerationCommonConfig
from pydantic import BaseModel, Field


DEFAULT_MAX_OUTPUT_TOKENS: Final = 1024


class LlamaCppConfig(GenerationCommonConfig):
    """Options of one request; what is left out is up to the model's own defaults, then to llama.cpp.

    ``version`` and ``api_key`` mean nothing here and are ignored; members that are not declared are refused.

    Attributes:
        temperature: 0 always takes the likeliest token.
        max_output_tokens: The limit of a response, because small models sometimes never stop. Default: 1024.
        min_p: Drops tokens less likely than this share of the likeliest.
        seed: Makes random choices repeatable.
        cache_prompt: Whether what the prompt has in common with an earlier request is taken from there instead of being
            read again. It is quicker, and the rounding of the earlier request can tip a small model. Default: False
            where ``seed`` or a ``temperature`` of 0 asks for the same answer each time, else True.
        repeat_penalty: Above 1 discourages repetition.
        presence_penalty: Discourages tokens that occurred.
        frequency_penalty: Discourages tokens by how often they occurred.
    """

    temperature: float | None = Field(default=None, ge=0)
    max_output_tokens: int | None = Field(default=None, ge=1)
    top_k: int | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, ge=0, le=1)
    min_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=0)
    cache_prompt: bool | None = None
    repeat_penalty: float | None = Field(default=None, ge=0)
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


def read_config(config: Any, defaults: LlamaCppConfig) -> LlamaCppConfig:
    """Return a request's config laid over a model's defaults.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member, or one that there is not.
    """
    given = config.model_dump(exclude_none=True, by_alias=False) if isinstance(config, BaseModel) else config or {}
    wanted = parse_config(LlamaCppConfig, given, 'The config of a llama.cpp model is wrong')
    check_options('The config of a llama.cpp model', {**dict(wanted), **wanted.extra}, LlamaCppConfig.model_fields)
    members = {name: value for name, value in wanted if value is not None and name in LlamaCppConfig.model_fields}
    return defaults.model_copy(update=members)


def to_sampling(config: LlamaCppConfig) -> dict[str, Any]:
    """Return the members of an engine request that say how tokens are chosen and when to stop."""
    repeatable = config.seed is not None or config.temperature == 0
    wanted = {
        'temperature': config.temperature,
        'top_k': config.top_k,
        'top_p': config.top_p,
        'min_p': config.min_p,
        'seed': config.seed,
        'cache_prompt': False if config.cache_prompt is None and repeatable else config.cache_prompt,
        'stop': config.stop_sequences,
        'repeat_penalty': config.repeat_penalty,
        'presence_penalty': config.presence_penalty,
        'frequency_penalty': config.frequency_penalty,
        'max_tokens': config.max_output_tokens or DEFAULT_MAX_OUTPUT_TOKENS,
    }
    return {name: value for name, value in wanted.items() if value is not None}
