# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A program in miniature as it was written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.cloudflare_workers_ai import CloudflareWorkersAI, cloudflare_model
from genkit.testing import LoopbackServer, OpenAIChatWire, Said


async def test_a_program_with_an_account_and_a_token_runs():
    with LoopbackServer(lambda _: OpenAIChatWire().answer(Said(texts=['ok']))) as server:
        plugin = CloudflareWorkersAI(account_id='a', api_token='t', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=cloudflare_model('@cf/meta/llama-3.3-70b-instruct-fp8-fast'))
        assert (await ai.generate(prompt='hi')).text == 'ok'
        await ai.aclose()
    assert server.requests[0].headers['authorization'] == 'Bearer t'
