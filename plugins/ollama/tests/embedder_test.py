# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import EmbedderContract, OllamaEmbedWire
from genkit_ollama import Ollama, OllamaEmbedder


class TestOllamaEmbedder(EmbedderContract):
    model = 'nomic-embed-text'
    wire = OllamaEmbedWire()
    needs_key = False
    lists_by_asking = True
    shortens = ('dimensions', 'dimensions')

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Ollama(url, api_key=api_key, embedders=[OllamaEmbedder(name='nomic-embed-text')])
