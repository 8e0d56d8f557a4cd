# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.plugin import ModelPlugin
from genkit.testing import LoopbackServer, ModelContract, OpenAIChatWire, Said
from genkit.types import ReasoningPart, ToolRequest, ToolResponse
from genkit_deepseek import DeepSeek
from pydantic import BaseModel


class TestDeepSeek(ModelContract):
    wire = OpenAIChatWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return DeepSeek(api_key=api_key, base_url=url)


async def test_what_was_thought_before_a_tool_call_is_sent_back_even_if_it_was_nothing() -> None:
    call = ToolRequestPart(tool_request=ToolRequest(name='look', ref='r', input={}))
    seen = ToolResponse(name='look', ref='r', output='a boat')
    answer = Message(role=Role.TOOL, content=[ToolResponsePart(tool_response=seen)])
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[ReasoningPart(reasoning='hm'), call]),
        answer,
        Message(role=Role.MODEL, content=[call]),
        answer,
    ]
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[DeepSeek(api_key='k', base_url=server.url)])
        await ai.generate(model='deepseek/deepseek-flash', messages=history, prompt='go on')
        await ai.aclose()
        sent = server.requests[0].json['messages']
    assert [message.get('reasoning_content') for message in sent] == [None, 'hm', None, '', None, None]


class Folder(BaseModel):
    path: str


@pytest.mark.parametrize(
    'asked',
    [
        {'output_schema': Folder},
        {'output_schema': Folder, 'output_constrained': False},
        {'output_format': 'json'},
        {'output_schema': Folder, 'system': 'Be brief.'},
        {'output_format': 'json', 'system': 'Be brief.'},
    ],
)
async def test_json_mode_is_asked_for_with_the_word_that_the_provider_wants(asked: dict[str, Any]) -> None:
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['{"path":"x"}']))) as server:
        ai = Genkit(plugins=[DeepSeek(api_key='k', base_url=server.url)])
        response = await ai.generate(model='deepseek/deepseek-flash', prompt='Who?', **asked)
        await ai.aclose()
    sent = server.requests[0].json
    assert sent['response_format'] == {'type': 'json_object'}
    assert 'json' in str(sent['messages']).lower()
    assert [message['role'] for message in sent['messages']].count('system') <= 1
    assert response.output is not None


async def test_json_mode_is_not_asked_for_where_text_is_wanted() -> None:
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['x']))) as server:
        ai = Genkit(plugins=[DeepSeek(api_key='k', base_url=server.url)])
        await ai.generate(model='deepseek/deepseek-flash', prompt='Who?')
        await ai.generate(
            model='deepseek/deepseek-flash', prompt='Who?', output_schema=list[Folder], output_format='array'
        )
        await ai.aclose()
    assert ['response_format' in request.json for request in server.requests] == [False, False]
