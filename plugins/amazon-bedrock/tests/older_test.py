# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Programs in miniature as they were written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.amazon_bedrock import AmazonBedrock, bedrock_model
from genkit.testing import LoopbackServer, Said
from genkit_amazon_bedrock.testing import ConverseWire


async def test_a_model_that_the_program_lists_answers():
    own = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'
    with LoopbackServer(lambda _: ConverseWire().answer(Said(texts=['ok']))) as server:
        plugin = AmazonBedrock(region='eu-central-1', models=[own], api_key='k', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=bedrock_model(own))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert f'amazon-bedrock/{own}' in {metadata.name for metadata in await plugin.list_actions()}
