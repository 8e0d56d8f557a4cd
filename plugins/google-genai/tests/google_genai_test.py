# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit import Genkit
from genkit.plugin import ModelPlugin
from genkit.testing import CannedAnswer, GeminiWire, LoopbackServer, ModelContract, Said, SaidCall
from genkit_google_genai import GeminiConfig, GoogleAI, VertexAI


class TestGoogleAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)


class TestVertexAI(ModelContract):
    wire = GeminiWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return VertexAI(api_key=api_key if api_key is not None else False, base_url=url)


async def test_the_raw_answer_of_a_stream_is_that_of_a_whole_one() -> None:
    wire = GeminiWire()
    said = Said(texts=['So'], calls=[SaidCall('look', '{"at":"it"}')])

    async def look(at: str) -> str:
        raise AssertionError(at)

    def answer(request: Any) -> CannedAnswer:
        return wire.stream(said) if wire.asked(request).stream else wire.answer(said)

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[GoogleAI(api_key='k', base_url=server.url)])
        ai.tool(name='look')(look)
        model = 'googleai/gemini-3.8-flash'
        asked: Any = {'model': model, 'prompt': 'hi', 'tools': ['look'], 'return_tool_requests': True}
        whole = await ai.generate(**asked)
        streamed = await ai.generate_stream(**asked).response
        await ai.aclose()
    assert whole.raw
    assert streamed.raw == whole.raw


def test_references_carry_the_plugin_and_the_options():
    config = GeminiConfig(temperature=0.5)
    reference = VertexAI.gemini_model('gemini-3.8-flash', config)
    assert (reference.name, reference.config) == ('vertexai/gemini-3.8-flash', config)
    assert GoogleAI.imagen_model('imagen-x').name == 'googleai/imagen-x'
    assert GoogleAI.veo_model('veo-x').name == 'googleai/veo-x'
