# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.deepseek import DeepSeek, deepseek_name
from genkit.testing import LoopbackServer, OpenAIChatWire, Said


async def test_a_model_that_the_program_lists_answers():
    with LoopbackServer(lambda _: OpenAIChatWire().answer(Said(texts=['ok']))) as server:
        plugin = DeepSeek(models=['deepseek-own'], api_key='k', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=deepseek_name('deepseek-own'))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert 'deepseek/deepseek-own' in {metadata.name for metadata in await plugin.list_actions()}
