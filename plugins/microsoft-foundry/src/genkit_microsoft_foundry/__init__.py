# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Microsoft Foundry and Azure OpenAI."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_microsoft_foundry.config import (
    FoundryConfig,
    FoundryEmbedConfig,
    FoundryImageConfig,
    FoundryRerankConfig,
    FoundryVideoConfig,
)
from genkit_microsoft_foundry.plugin import MicrosoftFoundry
from genkit_microsoft_foundry.resource import FoundryOptions


__all__ = [
    'FoundryConfig',
    'FoundryEmbedConfig',
    'FoundryImageConfig',
    'FoundryOptions',
    'FoundryRerankConfig',
    'FoundryVideoConfig',
    'MicrosoftFoundry',
]

_serve_older_names(__name__)
