# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of what is no chat."""

from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import (
    EmbedderContract,
    ImageContract,
    OpenAIEmbedWire,
    OpenAIImageWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    SpeechContract,
    TranscriptionContract,
)
from genkit_compat_oai import OpenAI


class _OfOpenAI:
    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url)


class TestEmbedder(_OfOpenAI, EmbedderContract):
    wire = OpenAIEmbedWire()
    shortens = ('dimensions', 'dimensions')
    many = 3000


class TestImages(_OfOpenAI, ImageContract):
    wire = OpenAIImageWire()


class TestSpeech(_OfOpenAI, SpeechContract):
    wire = OpenAISpeechWire()
    answers_json = False


class TestTranscripts(_OfOpenAI, TranscriptionContract):
    wire = OpenAITranscriptWire()
