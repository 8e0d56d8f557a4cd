# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A program in miniature as it was written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.cohere import Cohere, cohere_name
from genkit.testing import LoopbackServer, Said
from genkit_cohere.testing import CohereWire


async def test_a_program_for_an_earlier_release_runs():
    with LoopbackServer(lambda _: CohereWire().answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[Cohere(api_key='key', base_url=server.url)], model=cohere_name('command-a-03-2025'))
        answer = await ai.generate(prompt='hi')
        await ai.aclose()
    assert answer.text == 'ok'
