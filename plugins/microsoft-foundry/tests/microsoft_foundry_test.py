# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contracts of everything that can be deployed."""

from typing import Any, ClassVar, get_type_hints

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
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
    VideoContract,
)
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.testing import (
    FoundryChatWire,
    FoundryClaudeWire,
    FoundryEmbedWire,
    FoundryImageWire,
    FoundryRerankWire,
    FoundryResponsesWire,
    FoundrySpeechWire,
    FoundryTranscriptWire,
    FoundryVideoWire,
)
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params
from openai.types.video_create_params import VideoCreateParams
from typing_extensions import TypedDict


DEPLOYMENTS = {
    'my-router': 'model-router',
    'my-gpt': 'gpt-5.4-mini',
    'my-deepseek': 'DeepSeek-V4-Pro',
    'my-llama': 'Llama-4-Maverick-17B-128E-Instruct-FP8',
    'my-claude': 'claude-haiku-4-5',
    'what-is-it': None,
    'my-film': 'sora-2',
    'my-flux': 'FLUX.2-pro',
    'my-mai': 'MAI-Image-2.6',
    'my-picture': 'gpt-image-2',
    'my-vectors': 'text-embedding-3-small',
    'cohere-vectors': 'embed-v-4-0',
    'my-voice': 'gpt-4o-mini-tts',
    'my-ear': 'whisper',
}


# The library's type of a file cannot be validated.
FILM: Any = {name: kind for name, kind in get_type_hints(VideoCreateParams).items() if name != 'input_reference'}
VideoParams: Any = TypedDict('VideoParams', FILM, total=False)  # pyright: ignore[reportArgumentType]


class Resource:
    """A resource with deployments that are not called as their models are."""

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return MicrosoftFoundry(api_key=api_key, endpoint=url, deployments=DEPLOYMENTS)


class TestChat(Resource, ModelContract):
    model = 'my-router'
    wire = FoundryChatWire()
    request_type = completion_create_params.CompletionCreateParams


class TestUnknownModel(TestChat):
    model = 'what-is-it'


class TestOtherVendor(TestChat):
    model = 'my-deepseek'


class TestModelWithoutTools(TestChat):
    model = 'my-llama'


class TestResponses(ModelContract):
    model = 'my-gpt'
    wire = FoundryResponsesWire()
    request_type = response_create_params.ResponseCreateParams
    takes_stop = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return MicrosoftFoundry(api_key=api_key, endpoint=url, deployments=DEPLOYMENTS, api='responses')


class Sampling(TypedDict, total=False):
    """What earlier models take, and the client's types name no longer."""

    temperature: float


class Whole(Sampling, MessageCreateParamsNonStreaming):
    pass


class Streaming(Sampling, MessageCreateParamsStreaming):
    pass


class TestClaude(Resource, ModelContract):
    model = 'my-claude'
    wire = FoundryClaudeWire()
    request_type = Whole | Streaming
    replaced: ClassVar = {'test_an_unknown_model_passes_through': 'what is unknown is asked in the protocol of most'}

    async def test_an_unknown_model_passes_through(self) -> None:
        async with self.serving(self.good()) as (ai, exchange, _):
            await ai.generate('microsoft-foundry/claude-of-tomorrow', 'hi')
        assert exchange.asked[0].model == 'claude-of-tomorrow'


class TestDatedVersion(ModelContract):
    """The older paths, where a key is sent as ever."""

    model = 'gpt-4o'
    wire = FoundryChatWire()
    request_type = completion_create_params.CompletionCreateParams

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return MicrosoftFoundry(api_key=api_key, endpoint=url, api_version='2024-10-21', deployments=['gpt-4o'])


class TestEmbedder(Resource, EmbedderContract):
    model = 'my-vectors'
    wire = FoundryEmbedWire()
    shortens = ('dimensions', 'dimensions')


class TestEmbedderOfCohere(TestEmbedder):
    model = 'cohere-vectors'


class TestImages(Resource, ImageContract):
    model = 'my-picture'
    wire = FoundryImageWire()


class TestImagesOfMicrosoft(TestImages):
    model = 'my-mai'


class TestImagesOfBlackForestLabs(TestImages):
    model = 'my-flux'


class TestSpeech(Resource, SpeechContract):
    model = 'my-voice'
    wire = FoundrySpeechWire()
    answers_json = False


class TestTranscripts(Resource, TranscriptionContract):
    model = 'my-ear'
    wire = FoundryTranscriptWire()


class TestVideos(Resource, VideoContract):
    model = 'my-film'
    wire = FoundryVideoWire()
    request_type = VideoParams
    replaced: ClassVar = {
        'test_a_video_is_begun_asked_for_and_there_in_the_end': 'a video is fetched, as only a key opens its address'
    }

    async def test_a_video_is_begun_asked_for_and_there_in_the_end(self) -> None:
        async with self.serving(self.wire.running(), self.wire.running(), self.wire.done('')) as (ai, exchange, name):
            operation = await self.call(ai, name)
            assert not operation.done
            operation = await ai.check_operation(operation)
            assert not operation.done
            assert operation.metadata == {'status': 'in_progress', 'progress': 40}
            operation = await ai.check_operation(operation)
        assert operation.done
        assert list(exchange.asked[0].texts) == ['waves']
        (part,) = operation.output['message']['content']
        assert part['media'] == {'url': 'data:video/mp4;base64,ZmlsbQ==', 'contentType': 'video/mp4'}


class TestReranker(RerankerContract):
    wire: ClassVar = FoundryRerankWire()

    @pytest.fixture(autouse=True)
    def serve(self):
        def answer(request):
            assert request.path == '/providers/cohere/v2/rerank'
            texts = request.json['documents']
            return self.wire.ranked({place: -self.documents.index(text) / 10 for place, text in enumerate(texts)})

        with LoopbackServer(answer) as server:
            self.url = server.url
            yield

    async def application(self) -> tuple[Genkit, str]:
        plugin = MicrosoftFoundry(api_key='key', endpoint=self.url)
        return Genkit(plugins=[plugin]), 'microsoft-foundry/Cohere-rerank-v4.0-pro'
