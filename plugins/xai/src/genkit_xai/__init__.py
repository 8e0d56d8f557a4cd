# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of xAI: chat with the provider's own tools, images, videos, speech and transcripts."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_xai.config import XAIConfig, XAIImageConfig, XAISpeechConfig, XAITranscribeConfig, XAIVideoConfig
from genkit_xai.plugin import XAI


__all__ = ['XAI', 'XAIConfig', 'XAIImageConfig', 'XAISpeechConfig', 'XAITranscribeConfig', 'XAIVideoConfig']

_serve_older_names(__name__)
