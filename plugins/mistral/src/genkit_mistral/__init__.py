# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models of Mistral: chat, documents, embeddings, speech and transcripts."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_mistral.config import (
    CodestralConfig,
    MistralConfig,
    MistralEmbedConfig,
    MistralSpeechConfig,
    MistralTranscribeConfig,
    OcrConfig,
)
from genkit_mistral.plugin import Mistral


__all__ = [
    'CodestralConfig',
    'Mistral',
    'MistralConfig',
    'MistralEmbedConfig',
    'MistralSpeechConfig',
    'MistralTranscribeConfig',
    'OcrConfig',
]

_serve_older_names(__name__)
