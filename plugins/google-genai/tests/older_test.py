# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

import json

import pytest
from genkit import GenkitError
from genkit.ai import Genkit
from genkit.core.typing import CustomPart, Message, Part, Role
from genkit.plugins.google_genai import EmbeddingTaskType, GeminiEmbeddingModels, GoogleAI, VertexAI
from genkit.plugins.google_genai.models.gemini import GeminiConfigSchema, GeminiImageConfigSchema
from genkit.plugins.google_genai.models.utils import PartConverter
from genkit.testing import CannedAnswer, GeminiWire, LoopbackServer, Said
from genkit.types import GenerationCommonConfig
from google.genai.types import HttpOptions


MODEL = 'googleai/gemini-3.8-flash'


@pytest.fixture
def server():
    def answer(request):
        if 'embed' in request.path.lower():
            return CannedAnswer.of_json({'embeddings': [{'values': [0.5]}]})
        return GeminiWire().answer(Said(texts=['ok']))

    with LoopbackServer(answer) as server:
        yield server


@pytest.mark.parametrize(
    'config', [GeminiConfigSchema(temperature=0.5), GenerationCommonConfig(temperature=0.5), {'temperature': 0.5}]
)
async def test_a_configuration_of_either_class_reaches_the_model(server, config):
    ai = Genkit(plugins=[GoogleAI(api_key='k', http_options={'base_url': server.url})], model=MODEL)
    assert (await ai.generate(prompt='hi', config=config)).text == 'ok'
    await ai.aclose()
    assert server.requests[-1].json['generationConfig'] == {'temperature': 0.5}


async def test_an_image_is_asked_for(server):
    ai = Genkit(plugins=[GoogleAI(api_key='k', base_url=server.url)])
    config = GeminiImageConfigSchema(image_config={'aspect_ratio': '16:9'})
    await ai.generate('googleai/gemini-3-pro-image', 'a cat', config=config)
    await ai.aclose()
    assert server.requests[-1].json['generationConfig']['imageConfig'] == {'aspectRatio': '16:9'}


async def test_an_embedder_is_named_by_a_constant_and_told_its_task(server):
    ai = Genkit(plugins=[GoogleAI(api_key='k', http_options=HttpOptions(base_url=server.url))])
    name = f'googleai/{GeminiEmbeddingModels.GEMINI_EMBEDDING_001}'
    embeddings = await ai.embed(embedder=name, content='x', options={'task_type': EmbeddingTaskType.CLUSTERING})
    await ai.aclose()
    assert [embedding.embedding for embedding in embeddings] == [[0.5]]
    assert '"taskType":"CLUSTERING"' in json.dumps(server.requests[-1].json, separators=(',', ':'))


def test_code_that_a_model_ran_is_found_in_a_part():
    ran = {PartConverter.EXECUTABLE_CODE: {PartConverter.LANGUAGE: 'PYTHON', PartConverter.CODE: '1 + 1'}}
    message = Message(role=Role.MODEL, content=[Part(root=CustomPart(custom=ran))])
    part = message.content[0].root
    assert isinstance(part, CustomPart)
    assert part.custom[PartConverter.EXECUTABLE_CODE][PartConverter.CODE] == '1 + 1'


class TestHttpOptions:
    async def test_are_laid_over_the_options_of_today(self, server):
        options = HttpOptions(base_url=server.url, api_version='v1', headers={'x-a': 'b'}, timeout=5000)
        ai = Genkit(plugins=[GoogleAI(api_key='k', http_options=options)], model=MODEL)
        await ai.generate(prompt='hi')
        await ai.aclose()
        [request] = server.requests
        assert (request.path.split('/')[1], request.headers['x-a']) == ('v1', 'b')

    @pytest.mark.parametrize(
        ('make', 'problem'),
        [
            (lambda: GoogleAI(api_key='k', credentials=object()), r'does not take credentials=.*pass api_key='),
            (lambda: VertexAI(project='p', debug_config=object()), 'does not take debug_config=.*Cassette'),
            (
                lambda: GoogleAI(api_key='k', http_options={'base_ur': 'x'}),
                "no option 'base_ur'. Did you mean 'base_url'",
            ),
            (lambda: GoogleAI(api_key='k', base_ur='x'), "no option 'base_ur'. Did you mean 'base_url'"),  # pyright: ignore[reportCallIssue]
        ],
    )
    def test_and_others_that_mean_nothing_any_more_say_what_to_write(self, make, problem):
        with pytest.raises(GenkitError, match=problem) as refused:
            make()
        assert refused.value.status == 'INVALID_ARGUMENT'

    def test_may_be_nothing(self):
        GoogleAI(api_key='k', http_options=None, credentials=None)
        VertexAI(project='p', http_options={}, debug_config=None)
