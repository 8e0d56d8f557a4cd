# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit plugin for the models that Ollama serves."""

from genkit.plugin import serve_older_names as _serve_older_names

from genkit_ollama.config import HeadersFor, OllamaConfig
from genkit_ollama.embed import OllamaEmbedConfig
from genkit_ollama.models import OllamaEmbedder, OllamaModel
from genkit_ollama.plugin import Ollama


__all__ = ['HeadersFor', 'Ollama', 'OllamaConfig', 'OllamaEmbedConfig', 'OllamaEmbedder', 'OllamaModel']

_serve_older_names(__name__)
