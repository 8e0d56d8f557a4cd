# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models on Amazon Bedrock."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_amazon_bedrock.config import (
    BedrockConfig,
    CohereEmbedConfig,
    LumaConfig,
    NovaEmbedConfig,
    RerankConfig,
    StabilityConfig,
    TitanEmbedConfig,
    TitanImageEmbedConfig,
)
from genkit_amazon_bedrock.models import BedrockEntry
from genkit_amazon_bedrock.plugin import AmazonBedrock


__all__ = [
    'AmazonBedrock',
    'BedrockConfig',
    'BedrockEntry',
    'CohereEmbedConfig',
    'LumaConfig',
    'NovaEmbedConfig',
    'RerankConfig',
    'StabilityConfig',
    'TitanEmbedConfig',
    'TitanImageEmbedConfig',
]

_serve_older_names(__name__)
