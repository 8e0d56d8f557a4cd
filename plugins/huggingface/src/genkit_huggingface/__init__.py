# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models that Hugging Face serves, and for servers of one's own that speak its protocols."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_huggingface.config import HuggingFaceConfig, PipelineEmbedConfig, SpeechRecognitionConfig, TextToImageConfig
from genkit_huggingface.plugin import HuggingFace


__all__ = ['HuggingFace', 'HuggingFaceConfig', 'PipelineEmbedConfig', 'SpeechRecognitionConfig', 'TextToImageConfig']

_serve_older_names(__name__)
