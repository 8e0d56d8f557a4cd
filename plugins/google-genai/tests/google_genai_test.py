# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import GeminiWire, ModelContract
from genkit_google_genai import GeminiConfig, GoogleAI, VertexAI


class TestGoogleAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)


class TestVertexAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return VertexAI(api_key=api_key if api_key is not None else False, base_url=url)


def test_references_carry_the_plugin_and_the_options():
    config = GeminiConfig(temperature=0.5)
    reference = VertexAI.gemini_model('gemini-3.8-flash', config)
    assert (reference.name, reference.config) == ('vertexai/gemini-3.8-flash', config)
    assert GoogleAI.imagen_model('imagen-x').name == 'googleai/imagen-x'
    assert GoogleAI.veo_model('veo-x').name == 'googleai/veo-x'
