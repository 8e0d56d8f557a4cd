# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of a request besides its messages."""

from typing import Any, Literal

from genkit.types import GenerationCommonConfig, OpenWireModel
from pydantic import Field


class ThinkingConfig(OpenWireModel):
    """How a model thinks: https://platform.claude.com/docs/en/build-with-claude/thinking.

    ``{'enabled': True, 'budget_tokens': 2048}`` and ``{'adaptive': True}`` say the same as ``type`` does.

    Attributes:
        type: ``enabled`` with a budget, ``adaptive``, ``between_tools`` or ``disabled``.
        enabled: Whether it thinks at all.
        adaptive: Whether it decides how much.
        budget_tokens: The most tokens of thoughts, at least 1024; not sent to models that decide themselves, for which
            ``effort`` is the control.
        display: Whether reasoning is returned as a summary or omitted.
    """

    type: Literal['enabled', 'adaptive', 'between_tools', 'disabled'] | None = None
    enabled: bool | None = None
    adaptive: bool | None = None
    budget_tokens: int | None = Field(default=None, ge=1024)
    display: Literal['summarized', 'omitted'] | None = None

    @property
    def mode(self) -> str | None:
        """What is asked for, in the protocol's word; None if nothing is."""
        if self.type is not None:
            return self.type
        if self.enabled is False:
            return 'disabled'
        if self.adaptive:
            return 'adaptive'
        if self.budget_tokens is not None:
            return 'enabled'
        return 'adaptive' if self.enabled else None


class AnthropicConfig(GenerationCommonConfig):
    """Options of a model; members that are not listed are sent as they are.

    Source: https://platform.claude.com/docs/en/api/messages. ``temperature``, ``top_p`` and ``top_k`` are not sent to
    models that refuse them (Claude 4.7 and later), nor ``temperature`` and ``top_k`` beside thinking.

    Attributes:
        max_output_tokens: The limit, including reasoning. Default: 32,000, or the model's limit if that is lower.
        thinking: How the model thinks.
        effort: How much it puts into its answer.
        tool_choice: In the protocol's words, such as ``{'type': 'tool', 'name': 'weather'}``; overrides the request's.
        parallel_tool_calls: Whether there may be several tool calls in one answer.
        server_tools: Tools that the provider runs, such as ``{'type': 'web_search_20260318', 'name': 'web_search'}``.
        cache_control: Caches the whole prompt, such as ``{'type': 'ephemeral', 'ttl': '1h'}``.
        betas: Names for the header ``anthropic-beta``, beside the plugin's.
        metadata: Such as ``{'user_id': …}``.
        service_tier: Which of the provider's queues to use.
        speed: Whether to answer faster, for models that can.
        inference_geo: Where the answer is made.
        container: Where code runs, from an earlier answer's ``custom['container']``.
    """

    thinking: ThinkingConfig | None = None
    effort: Literal['low', 'medium', 'high', 'xhigh', 'max'] | None = None
    tool_choice: dict[str, Any] | None = None
    parallel_tool_calls: bool | None = None
    server_tools: list[dict[str, Any]] | None = None
    cache_control: dict[str, Any] | None = None
    betas: list[str] | None = None
    metadata: dict[str, Any] | None = None
    service_tier: Literal['auto', 'standard_only'] | None = None
    speed: Literal['standard', 'fast'] | None = None
    inference_geo: str | None = None
    container: str | dict[str, Any] | None = None
