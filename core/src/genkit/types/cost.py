# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Cost of a response, from the price data that comes with ``genai-prices``; nothing is looked up online."""

from decimal import Decimal
from typing import Final

from genkit.types.model import GenerationUsage


SAID_COST: Final = 'costUsd'
"""The custom count that holds what the provider says that a response cost, in US dollars."""

# How plugins and the price data name one provider, where they differ.
_PROVIDERS: Final = {
    'googleai': 'google',
    'vertexai': 'google',
    'amazon-bedrock': 'aws',
    'microsoft-foundry': 'azure',
    'xai': 'x-ai',
}


def said_cost(usage: GenerationUsage) -> float | None:
    """Return what the provider says that a response cost, in US dollars; None if it does not say."""
    return (usage.custom or {}).get(SAID_COST)


def cost_of(model: str, usage: GenerationUsage) -> Decimal | None:
    """Return the price in US dollars of what a model consumed, or None if it is not known; never 0 without data.

    What the provider says, as ``usage.custom['costUsd']``, wins over the price data.

    Args:
        model: The full name, such as ``openai/gpt-4o``; its first segment must name a provider.
        usage: The tokens.
    """
    said = said_cost(usage)
    if said is not None:
        return Decimal(str(said))
    plugin, slash, name = model.partition('/')
    if not slash or (usage.input_tokens is None and usage.output_tokens is None):
        return None
    from genai_prices import Usage, calc_price  # noqa: PLC0415  (a large table, loaded on first use)

    tokens = Usage(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_content_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        return calc_price(tokens, model_ref=name, provider_id=_PROVIDERS.get(plugin, plugin)).total_price
    except (LookupError, ValueError):
        return None
