# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

import pytest
from genkit.ai import Genkit
from genkit.plugins.ollama import Ollama, OllamaConnectionError, ollama_name
from genkit.plugins.ollama.constants import OllamaAPITypes
from genkit.plugins.ollama.embedders import EmbeddingDefinition
from genkit.plugins.ollama.models import ModelDefinition
from genkit.testing import LoopbackServer, OllamaWire, Said
from genkit.types import GenerationCommonConfig, Supports


async def test_a_model_that_the_program_lists_answers():
    with LoopbackServer(lambda _: OllamaWire().answer(Said(texts=['ok']))) as server:
        plugin = Ollama(models=[ModelDefinition(name='gemma3')], server_address=server.url)
        ai = Genkit(plugins=[plugin], model=ollama_name('gemma3'))
        answer = await ai.generate(prompt='hi', config=GenerationCommonConfig(temperature=0.5))
        await ai.aclose()
    assert (answer.text, server.requests[-1].json['options']) == ('ok', {'temperature': 0.5})


def test_a_list_in_place_of_the_address_is_of_models():
    plugin = Ollama(
        [ModelDefinition('gemma3'), 'llama3.2'], embedders=[EmbeddingDefinition(name='vectors', dimensions=8)]
    )
    assert [(entry.name, entry.dimensions) for entry in plugin.models] == [
        ('gemma3', None),
        ('llama3.2', None),
        ('vectors', 8),
    ]


@pytest.mark.parametrize('supports', [Supports(tools=False), {'tools': False}])
def test_what_a_model_is_said_to_be_capable_of_is_laid_over_what_is_assumed(supports):
    made = ModelDefinition('gemma3', supports=supports)
    assert made.supports is not None
    assert (made.supports.tools, made.supports.multiturn, made.api_type) == (False, True, OllamaAPITypes.CHAT)


def test_a_model_may_be_asked_for_one_prompt_alone():
    made = ModelDefinition('gemma3', api_type=OllamaAPITypes.GENERATE)
    assert (made.type, made.supports and made.supports.multiturn) == ('generate', False)


async def test_a_server_that_is_not_there_is_the_error_that_it_was():
    ai = Genkit(plugins=[Ollama('http://127.0.0.1:9')], model='ollama/gemma3')
    with pytest.raises(OllamaConnectionError):
        await ai.generate(prompt='hi')
    await ai.aclose()
