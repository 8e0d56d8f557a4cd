# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import GeminiWire, ModelContract
from genkit_google_genai import GoogleAI, VertexAI


class TestGoogleAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)


class TestVertexAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return VertexAI(api_key=api_key if api_key is not None else False, base_url=url)
