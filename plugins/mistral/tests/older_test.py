# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.mistral import Mistral, mistral_name
from genkit.testing import LoopbackServer, Said
from genkit_mistral.testing import MistralWire


async def test_a_model_that_the_program_lists_answers() -> None:
    with LoopbackServer(lambda _: MistralWire().answer(Said(texts=['ok']))) as server:
        plugin = Mistral(models=['mistral-own'], api_key='k', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=mistral_name('mistral-own'))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert 'mistral/mistral-own' in {metadata.name for metadata in await plugin.list_actions()}
