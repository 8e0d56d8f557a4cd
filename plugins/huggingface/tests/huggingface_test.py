# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import EmbedderContract, ImageContract, ModelContract, OpenAIChatWire, TranscriptionContract
from genkit_huggingface import HuggingFace
from genkit_huggingface.testing import FeatureExtractionWire, SpeechRecognitionWire, TextToImageWire
from openai.types.chat import completion_create_params as params


class Served:
    """A server of one's own."""

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return HuggingFace(api_key=api_key, base_url=url)


class TestChat(Served, ModelContract):
    wire = OpenAIChatWire()
    request_type = params.CompletionCreateParams


class TestChatThatSees(TestChat):
    model = 'google/gemma-3-27b-it'


class TestChatByProvider(TestChat):
    model = 'openai/gpt-oss-120b:cerebras'

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return HuggingFace(api_key=api_key, base_url=url, models=['openai/gpt-oss-120b:cerebras'])


class TestEmbedder(Served, EmbedderContract):
    model = 'BAAI/bge-m3'
    wire = FeatureExtractionWire(model)


class Routed:
    """The router, where the name of the model is in the path."""

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return HuggingFace(api_key=api_key, base_url=url, tasks_url=f'{url}/hf-inference/models')


class TestRoutedEmbedder(Routed, EmbedderContract):
    wire = FeatureExtractionWire()


class TestImage(Routed, ImageContract):
    wire = TextToImageWire()
    several = False


class TestTranscription(Routed, TranscriptionContract):
    wire = SpeechRecognitionWire()
