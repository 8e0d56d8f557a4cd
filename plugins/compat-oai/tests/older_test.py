# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.compat_oai import OpenAI, openai_model
from genkit.testing import LoopbackServer, OpenAIChatWire, Said
from genkit.types import GenerationCommonConfig


async def test_a_program_of_an_organization_asks_a_model_that_it_lists():
    with LoopbackServer(lambda _: OpenAIChatWire().answer(Said(texts=['ok']))) as server:
        plugin = OpenAI(
            organization='org-1', models=['gpt-own'], api='chat', api_key='k', base_url=server.url, headers={'x-a': 'b'}
        )
        ai = Genkit(plugins=[plugin], model=openai_model('gpt-own'))
        answer = await ai.generate(prompt='hi', config=GenerationCommonConfig(temperature=0.5))
        await ai.aclose()
    [request] = server.requests
    assert (answer.text, request.json['model'], request.json['temperature']) == ('ok', 'gpt-own', 0.5)
    assert (request.headers['openai-organization'], request.headers['x-a']) == ('org-1', 'b')
    assert 'openai/gpt-own' in {metadata.name for metadata in await plugin.list_actions()}
