# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A program in miniature as it was written for earlier releases."""

from genkit.ai import Genkit
from genkit.plugins.vertex_ai import ModelGardenPlugin, model_garden_name
from genkit.testing import LoopbackServer, Said
from genkit_vertex_ai.testing import ClaudeOnVertexWire


async def test_a_program_for_an_earlier_release_runs():
    with LoopbackServer(lambda _: ClaudeOnVertexWire().answer(Said(texts=['ok']))) as server:
        plugin = ModelGardenPlugin(project_id='p', location='us-east5', api_key='key', base_url=server.url)
        ai = Genkit(plugins=[plugin], model=model_garden_name('anthropic/claude-sonnet-4@20250514'))
        answer = await ai.generate(prompt='hi')
        await ai.aclose()
    assert answer.text == 'ok'
    assert '/locations/us-east5/' in server.requests[0].path
