# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.xai import XAI, xai_name
from genkit.testing import LoopbackServer, Said
from genkit_xai.testing import XAIWire


async def test_a_model_that_the_program_lists_answers() -> None:
    with LoopbackServer(lambda _: XAIWire().answer(Said(texts=['ok']))) as server:
        plugin = XAI(models=['grok-own'], api_key='k', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=xai_name('grok-own'))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert 'xai/grok-own' in {metadata.name for metadata in await plugin.list_actions()}
