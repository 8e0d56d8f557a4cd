# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of what is no chat."""

from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import EmbedderContract, GeminiMediaWire, ImageContract, SpeechContract, VideoContract
from genkit_google_genai import GoogleAI


class _OfGoogle:
    wire = GeminiMediaWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)


class TestEmbedder(_OfGoogle, EmbedderContract):
    shortens = ('output_dimensionality', 'outputDimensionality')


class TestImages(_OfGoogle, ImageContract):
    model = 'gemini-3.1-flash-image'


class TestSpeech(_OfGoogle, SpeechContract):
    content_type = 'audio/L16;codec=pcm;rate=24000'
    voice = 'Kore'


class TestVideos(_OfGoogle, VideoContract):
    pass
