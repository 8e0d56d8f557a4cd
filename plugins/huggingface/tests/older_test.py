# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A program in miniature as it was written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.huggingface import HuggingFace, huggingface_name
from genkit.testing import LoopbackServer, OpenAIChatWire, Said


async def test_a_program_with_a_token_and_a_provider_runs():
    with LoopbackServer(lambda _: OpenAIChatWire().answer(Said(texts=['ok']))) as server:
        plugin = HuggingFace(token='t', provider='groq', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=huggingface_name('meta-llama/Llama-3.3-70B-Instruct'))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert server.requests[0].headers['authorization'] == 'Bearer t'
    assert server.requests[0].json['model'] == 'meta-llama/Llama-3.3-70B-Instruct:groq'
