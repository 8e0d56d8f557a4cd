# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases and for other libraries."""

from genkit.ai import Genkit
from genkit.plugins.microsoft_foundry import (
    MICROSOFT_FOUNDRY_PLUGIN_NAME,
    AzureOpenAI,
    MicrosoftFoundry,
    MicrosoftFoundryConfig,
    gpt4o,
    microsoft_foundry_model,
)
from genkit.testing import LoopbackServer, Said
from genkit_microsoft_foundry.testing import FoundryChatWire


async def test_a_program_of_an_earlier_release_runs():
    with LoopbackServer(lambda _: FoundryChatWire().answer(Said(texts=['ok']))) as server:
        plugin = MicrosoftFoundry(api_key='k', endpoint=server.url, api_version='2024-10-21')
        ai = Genkit(plugins=[plugin], model=gpt4o)
        answer = await ai.generate(prompt='hi', config=MicrosoftFoundryConfig(temperature=0.5))
        await ai.generate(model=microsoft_foundry_model('my-deployment'), prompt='hi')
        await ai.aclose()
    first, second = server.requests
    assert (answer.text, first.json['temperature']) == ('ok', 0.5)
    assert first.path == '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21'
    assert second.json['model'] == 'my-deployment'
    assert gpt4o == f'{MICROSOFT_FOUNDRY_PLUGIN_NAME}/gpt-4o'


async def test_the_arguments_of_the_client_of_azure_openai_are_understood():
    with LoopbackServer(lambda _: FoundryChatWire().answer(Said(texts=['ok']))) as server:
        plugin = AzureOpenAI(api_key='k', azure_endpoint=server.url, azure_deployment='gpt-4o-of-mine')
        ai = Genkit(plugins=[plugin], model='microsoft-foundry/gpt-4o-of-mine')
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert server.requests[0].path == '/openai/v1/chat/completions'
    assert [metadata.name for metadata in await plugin.list_actions()] == ['microsoft-foundry/gpt-4o-of-mine']
