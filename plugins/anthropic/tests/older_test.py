# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.anthropic import Anthropic, anthropic_name
from genkit.testing import AnthropicWire, LoopbackServer, Said
from genkit.types import GenerationCommonConfig


async def test_a_model_that_the_program_lists_is_listed_and_answers():
    with LoopbackServer(lambda _: AnthropicWire().answer(Said(texts=['ok']))) as server:
        plugin = Anthropic(models=['claude-own', 'anthropic/claude-other'], api_key='k', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=anthropic_name('claude-own'))
        answer = await ai.generate(prompt='hi', config=GenerationCommonConfig(temperature=0.5))
        await ai.aclose()
    assert answer.text == 'ok'
    assert (server.requests[-1].json['model'], server.requests[-1].json['temperature']) == ('claude-own', 0.5)
    listed = {metadata.name for metadata in await plugin.list_actions()}
    assert {'anthropic/claude-own', 'anthropic/claude-other'} < listed
    assert {metadata.name for metadata in await Anthropic(api_key='k').list_actions()} < listed
