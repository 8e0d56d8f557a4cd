# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit, GenkitError, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.plugin import ModelPlugin
from genkit.testing import (
    CannedAnswer,
    LoopbackServer,
    ModelContract,
    OpenAIChatWire,
    OpenAIResponsesWire,
    Said,
)
from genkit.types import ToolRequest, ToolResponse
from genkit_compat_oai import OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParams
from openai.types.responses.response_create_params import ResponseCreateParams


class TestOpenAI(ModelContract):
    model = 'gpt-4.1'
    wire = OpenAIChatWire()
    request_type = CompletionCreateParams

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url, api='chat')


class TestOpenAIResponses(ModelContract):
    wire = OpenAIResponsesWire()
    request_type = ResponseCreateParams
    takes_stop = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url)


async def test_answers_without_ids_belong_to_the_calls_of_their_tool_in_order() -> None:
    look = [ToolRequestPart(tool_request=ToolRequest(name='look', ref=ref)) for ref in (None, 'r2', None)]
    seen = [ToolResponsePart(tool_response=ToolResponse(name='look', output=n)) for n in range(3)]
    history = [
        Message(role=Role.USER, content=[TextPart(text='hi')]),
        Message(role=Role.MODEL, content=[*look]),
        Message(role=Role.TOOL, content=[*seen]),
    ]
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url)])
        await ai.generate(model='openai/gpt-4.1', messages=history)
        await ai.aclose()
        asked = wire.asked(server.requests[0])
    assert [call.ref for call in asked.messages[1].calls] == ['call_1_0', 'r2', 'call_1_2']
    assert [message.ref for message in asked.messages[2:]] == ['call_1_0', 'r2', 'call_1_2']


@pytest.mark.parametrize('details', [[], 'none', 0, {}, None])
async def test_details_of_the_usage_that_are_none_cost_no_answer(details: Any) -> None:
    usage = {'prompt_tokens': 3, 'completion_tokens': 2, 'total_tokens': 5, 'prompt_tokens_details': details}
    choice = {'index': 0, 'message': {'role': 'assistant', 'content': 'ok'}, 'finish_reason': 'stop'}
    answer = {'id': 'a', 'object': 'chat.completion', 'created': 1, 'model': 'm', 'choices': [choice], 'usage': usage}
    with LoopbackServer(lambda _: CannedAnswer.of_json(answer)) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url, api='chat')])
        response = await ai.generate(model='openai/gpt-4.1', prompt='hi')
        await ai.aclose()
    assert response.text == 'ok'
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.cached_content_tokens) == (3, None)


async def test_options_may_be_named_as_on_the_wire() -> None:
    wire = OpenAIChatWire()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['ok']))) as server:
        ai = Genkit(plugins=[OpenAI(api_key='k', base_url=server.url)])
        config = {'maxOutputTokens': 3, 'topP': 0.5, 'reasoningEffort': 'low', 'something_new': True}
        await ai.generate(model='openai/gpt-4.1', prompt='hi', config=config)
        await ai.aclose()
    sent = server.requests[0].json
    assert (sent['max_completion_tokens'], sent['top_p'], sent['reasoning_effort']) == (3, 0.5, 'low')
    assert sent['something_new'] is True
    assert 'maxOutputTokens' not in sent


async def test_a_model_with_a_colon_is_told_how_it_is_written() -> None:
    ai = Genkit(plugins=[OpenAI(api_key='k')])
    with pytest.raises(GenkitError, match=r"Model 'openai:gpt-4o' not found\. Write 'openai/gpt-4o'\."):
        await ai.generate('openai:gpt-4o', 'Hello')
