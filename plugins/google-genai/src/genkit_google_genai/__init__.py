# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Google: the Gemini API as `GoogleAI`, Vertex AI as `VertexAI`."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_google_genai.config import (
    EmbedConfig,
    GeminiConfig,
    ImagenConfig,
    InteractionConfig,
    LiveConfig,
    SpeechConfig,
    VeoConfig,
)
from genkit_google_genai.plugin import GoogleAI, VertexAI


__all__ = [
    'EmbedConfig',
    'GeminiConfig',
    'GoogleAI',
    'ImagenConfig',
    'InteractionConfig',
    'LiveConfig',
    'SpeechConfig',
    'VeoConfig',
    'VertexAI',
]

_serve_older_names(__name__)
