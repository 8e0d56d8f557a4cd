# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of Mistral's models; requests are held against the types of the library `mistralai`."""

from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import EmbedderContract, ModelContract, OpenAIEmbedWire, SpeechContract, TranscriptionContract
from genkit_mistral import Mistral
from genkit_mistral.testing import MistralSpeechWire, MistralTranscriptWire, MistralWire
from mistralai.client.models import (
    ChatCompletionRequest,
    EmbeddingRequest,
    SpeechRequest,
)


class _OfMistral:
    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Mistral(api_key=api_key, base_url=url)


class TestChat(_OfMistral, ModelContract):
    wire = MistralWire()
    request_type = ChatCompletionRequest
    call_ref = 'D681PevKs'
    counts_thoughts = False
    says_blocked = False


class TestText(TestChat):
    model = 'zai-glm-5-3'


class TestCode(TestChat):
    model = 'codestral-latest'


class TestEmbedder(_OfMistral, EmbedderContract):
    wire = OpenAIEmbedWire()
    request_type = EmbeddingRequest
    shortens = ('output_dimension', 'output_dimension')


class TestSpeech(_OfMistral, SpeechContract):
    wire = MistralSpeechWire()
    request_type = SpeechRequest


class TestTranscripts(_OfMistral, TranscriptionContract):
    wire = MistralTranscriptWire()
