# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit import Genkit, Message, Role, TextPart, ToolRequestPart
from genkit.plugin import ModelPlugin
from genkit.testing import LoopbackServer, ModelContract, OpenAIChatWire, Said
from genkit.types import ReasoningPart, ToolRequest
from genkit_deepseek import DeepSeek


class TestDeepSeek(ModelContract):
    wire = OpenAIChatWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return DeepSeek(api_key=api_key, base_url=url)


async def test_what_was_thought_before_a_tool_call_is_sent_back_even_if_it_was_nothing() -> None:
    call = ToolRequestPart(tool_request=ToolRequest(name='look', ref='r', input={}))
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[ReasoningPart(reasoning='hm'), call]),
        Message(role=Role.MODEL, content=[call]),
    ]
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[DeepSeek(api_key='k', base_url=server.url)])
        await ai.generate(model='deepseek/deepseek-flash', messages=history, prompt='go on')
        await ai.aclose()
        sent = server.requests[0].json['messages']
    assert [message.get('reasoning_content') for message in sent] == [None, 'hm', '', None]
