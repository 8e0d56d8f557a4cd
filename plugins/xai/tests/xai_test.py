# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of xAI's models; chat is held against the types of OpenAI's library, which its protocol is of."""

from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import (
    ImageContract,
    ModelContract,
    OpenAIImageWire,
    OpenAIResponsesWire,
    SpeechContract,
    TranscriptionContract,
    VideoContract,
)
from genkit_xai import XAI
from genkit_xai.testing import XAISpeechWire, XAITranscriptWire, XAIVideoWire, XAIWire
from openai.types.chat import CompletionCreateParams
from openai.types.responses import ResponseCreateParams


class _OfXAI:
    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return XAI(api_key=api_key, base_url=url)


class TestChat(_OfXAI, ModelContract):
    wire = XAIWire()
    request_type = CompletionCreateParams
    takes_stop = False


class TestQuickAnswers(TestChat):
    model = 'grok-4.20-0309-non-reasoning'
    takes_stop = True


class TestResponses(ModelContract):
    wire = OpenAIResponsesWire()
    request_type = ResponseCreateParams
    takes_stop = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return XAI(api_key=api_key, base_url=url, api='responses')


class TestImages(_OfXAI, ImageContract):
    wire = OpenAIImageWire()
    content_type = 'image/jpeg'


class TestSpeech(_OfXAI, SpeechContract):
    wire = XAISpeechWire()
    answers_json = False


class TestTranscripts(_OfXAI, TranscriptionContract):
    wire = XAITranscriptWire()


class TestVideos(_OfXAI, VideoContract):
    wire = XAIVideoWire()
