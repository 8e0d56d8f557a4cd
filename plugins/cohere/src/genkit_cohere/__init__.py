# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Cohere."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_cohere.config import (
    CitationOptions,
    CohereConfig,
    CohereEmbedConfig,
    CohereRerankConfig,
    CohereTranscribeConfig,
    RelevantSpans,
    Thinking,
)
from genkit_cohere.plugin import Cohere


__all__ = [
    'CitationOptions',
    'Cohere',
    'CohereConfig',
    'CohereEmbedConfig',
    'CohereRerankConfig',
    'CohereTranscribeConfig',
    'RelevantSpans',
    'Thinking',
]

_serve_older_names(__name__)
