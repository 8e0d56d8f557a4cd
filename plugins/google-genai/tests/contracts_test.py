# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of what is no chat."""

from typing import Any

from genkit.plugin import ModelPlugin, Task
from genkit.testing import (
    CannedAnswer,
    EmbedderContract,
    GeminiMediaWire,
    ImageContract,
    RecordedRequest,
    SpeechContract,
    VideoContract,
    Wanted,
)
from genkit_google_genai import GoogleAI
from google.genai.interactions import CreateAgentInteraction, CreateModelInteraction


class _OfGoogle:
    wire = GeminiMediaWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)


_VALUES = {'media_resolution': 'MEDIA_RESOLUTION_LOW', 'service_tier': 'flex'}


class TestEmbedder(_OfGoogle, EmbedderContract):
    shortens = ('output_dimensionality', 'outputDimensionality')


class TestImages(_OfGoogle, ImageContract):
    option_values = _VALUES
    model = 'gemini-3.1-flash-image'


class TestSpeech(_OfGoogle, SpeechContract):
    option_values = _VALUES
    content_type = 'audio/L16;codec=pcm;rate=24000'
    voice = 'Kore'


class TestVideos(_OfGoogle, VideoContract):
    pass


class InteractionWire(GeminiMediaWire):
    """Gives interactions, as https://ai.google.dev/gemini-api/docs/interactions describes them."""

    def running(self) -> CannedAnswer:
        """Return one that is under way."""
        return CannedAnswer.of_json({'id': 'an/interaction', 'status': 'in_progress'})

    def done(self, url: str) -> CannedAnswer:
        """Return one that has made a video."""
        step = {'type': 'model_output', 'content': [{'type': 'video', 'mime_type': 'video/mp4', 'uri': url}]}
        return CannedAnswer.of_json({'id': 'an/interaction', 'status': 'completed', 'steps': [step]})

    def failed(self, message: str) -> CannedAnswer:
        """Return one that has failed."""
        error = {'code': 'type.googleapis.com/x', 'message': message}
        return CannedAnswer.of_json({'id': 'an/interaction', 'status': 'failed', 'errors': [error]})

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        body: dict[str, Any] = request.json if request.body else {}
        contents = [content for step in body.get('input', ()) for content in step['content']]
        return Wanted(
            model=body.get('agent') or body.get('model') or '',
            key=request.headers.get('x-goog-api-key'),
            texts=[content['text'] for content in contents if content['type'] == 'text'],
            options=body,
            body=body,
        )


class TestAgents(_OfGoogle, VideoContract):
    task = Task.AGENT
    wire = InteractionWire()
    request_type = CreateAgentInteraction


class TestFilmsInTheBackground(_OfGoogle, VideoContract):
    model = 'gemini-omni-flash-preview'
    wire = InteractionWire()
    request_type = CreateModelInteraction
