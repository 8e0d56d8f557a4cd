# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any, ClassVar

import pytest
from genkit import Genkit
from genkit.plugin import ModelPlugin
from genkit.testing import (
    EmbedderContract,
    ImageContract,
    LoopbackServer,
    ModelContract,
    RerankerContract,
    SpeechContract,
    TranscriptionContract,
)
from genkit_cloudflare_workers_ai import CloudflareWorkersAI
from genkit_cloudflare_workers_ai.testing import (
    WorkersAIChatWire,
    WorkersAIEmbedWire,
    WorkersAIImageWire,
    WorkersAIRerankWire,
    WorkersAISpeechWire,
    WorkersAITranscriptWire,
)
from openai.types.chat import completion_create_params as params


class Account:
    """An account of Cloudflare."""

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return CloudflareWorkersAI(api_key=api_key, base_url=f'{url}/client/v4/accounts/a/ai/v1')


class TestChat(Account, ModelContract):
    wire = WorkersAIChatWire()
    request_type = params.CompletionCreateParams


class TestChatThatSees(TestChat):
    model = '@cf/meta/llama-4-scout-17b-16e-instruct'


class TestChatThatThinks(TestChat):
    model = '@cf/openai/gpt-oss-120b'


class TestEmbedder(Account, EmbedderContract):
    wire = WorkersAIEmbedWire()
    shortens = ('dimensions', 'dimensions')


class TestImage(Account, ImageContract):
    wire = WorkersAIImageWire()
    content_type = 'image/jpeg'
    several = False


class TestSpeech(Account, SpeechContract):
    wire = WorkersAISpeechWire()
    voice = 'luna'


class TestTranscription(Account, TranscriptionContract):
    wire = WorkersAITranscriptWire()


class TestTranscriptionOfBytes(TestTranscription):
    model = '@cf/openai/whisper'


class TestReranker(RerankerContract):
    wire: ClassVar = WorkersAIRerankWire()

    @pytest.fixture(autouse=True)
    def serve(self):
        def answer(request):
            texts = [context['text'] for context in request.json['contexts']]
            return self.wire.ranked({place: -self.documents.index(text) / 10 for place, text in enumerate(texts)})

        with LoopbackServer(answer) as server:
            self.url = server.url
            yield

    async def application(self) -> tuple[Genkit, str]:
        plugin = CloudflareWorkersAI(api_key='key', base_url=f'{self.url}/ai/v1')
        return Genkit(plugins=[plugin]), 'cloudflare-workers-ai/@cf/baai/bge-reranker-base'
