# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A tool whose input is no object reaches every chat provider as an object, and gets its own value back."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from genkit import Genkit, Message, ToolRequestPart, ToolResponsePart
from genkit.testing import (
    AnthropicWire,
    Asked,
    GeminiWire,
    LoopbackServer,
    ModelWire,
    OllamaWire,
    OpenAIChatWire,
    OpenAIResponsesWire,
    RecordedRequest,
    Said,
    SaidCall,
)
from genkit.types import ToolRequest, ToolResponse
from genkit_anthropic import Anthropic
from genkit_compat_oai import OpenAI
from genkit_deepseek import DeepSeek
from genkit_google_genai import GoogleAI
from genkit_groq import Groq
from genkit_ollama import Ollama
from pydantic import BaseModel


class Room(BaseModel):
    beds: int


class Tent(BaseModel):
    poles: int


class Node(BaseModel):
    name: str
    children: list['Node'] = []


PROVIDERS: dict[str, tuple[ModelWire, str, Callable[[str], Any]]] = {
    'chat': (OpenAIChatWire(), 'openai/gpt-4o', lambda url: OpenAI(api_key='k', base_url=url, api='chat')),
    'responses': (
        OpenAIResponsesWire(),
        'openai/gpt-4o',
        lambda url: OpenAI(api_key='k', base_url=url, api='responses'),
    ),
    'anthropic': (AnthropicWire(), 'anthropic/claude-haiku-4-5', lambda url: Anthropic(api_key='k', base_url=url)),
    'gemini': (GeminiWire(), 'googleai/gemini-2.5-flash', lambda url: GoogleAI(api_key='k', base_url=url)),
    'ollama': (OllamaWire(), 'ollama/gemma3:4b', lambda url: Ollama(url, models=['gemma3:4b'])),
    'groq': (OpenAIChatWire(), 'groq/llama-3.3-70b-versatile', lambda url: Groq(api_key='k', base_url=url)),
    'deepseek': (OpenAIChatWire(), 'deepseek/deepseek-chat', lambda url: DeepSeek(api_key='k', base_url=url)),
}

# The type of a tool's only parameter, and what a model may give: the JSON, and the value that the tool is to get.
INPUTS = [
    (int, 8, 8),
    (str, 'Oslo', 'Oslo'),
    (str, '12', '12'),
    (bool, False, False),
    (list[str], ['a', 'b'], ['a', 'b']),
    (list[Room], [{'beds': 2}], [Room(beds=2)]),
    (str | None, None, None),
    (Room | Tent, {'poles': 3}, Tent(poles=3)),
    (dict[str, int], {'a': 1}, {'a': 1}),
    (Node, {'name': 'a', 'children': [{'name': 'b'}]}, Node(name='a', children=[Node(name='b')])),
]


@asynccontextmanager
async def serving(provider: str, *said: Said) -> AsyncGenerator[tuple[Genkit, list[Asked]]]:
    """Yield an application whose model says something, and what the provider is asked."""
    wire, model, make = PROVIDERS[provider]
    asked: list[Asked] = []

    def answer(request: RecordedRequest) -> Any:
        asked.append(wire.asked(request))
        following = said[min(len(asked), len(said)) - 1]
        return wire.stream(following) if asked[-1].stream else wire.answer(following)

    with LoopbackServer(answer) as server:
        plugin = make(server.url)
        yield Genkit(plugins=[plugin], model=model), asked
        if hasattr(plugin, 'aclose'):
            await plugin.aclose()


def with_type(kind: Any, seen: list[Any]) -> Callable[..., str]:
    def take(the_value: Any) -> str:
        """Take something."""
        seen.append(the_value)
        return 'taken'

    take.__annotations__['the_value'] = kind
    return take


def is_plain(kind: Any) -> bool:
    return kind not in (Node, dict[str, int])


@pytest.mark.parametrize('is_streamed', [False, True], ids=['whole', 'streamed'])
@pytest.mark.parametrize(('kind', 'given', 'value'), INPUTS, ids=repr)
@pytest.mark.parametrize('provider', PROVIDERS)
async def test_a_plain_input_is_the_member_of_an_object_there_and_back(provider, kind, given, value, is_streamed):
    seen: list[Any] = []
    sent = {'the_value': given} if is_plain(kind) else given
    said = [Said(calls=[SaidCall('take', json.dumps(sent))]), Said(texts=['done'])]
    async with serving(provider, *said) as (ai, asked):
        options: Any = {'prompt': 'x', 'tools': [with_type(kind, seen)]}
        response = await (ai.generate_stream(**options).response if is_streamed else ai.generate(**options))
    assert seen == [value]
    schema = asked[0].tools['take']
    assert schema['type'] == 'object'
    assert not schema.keys() & {'anyOf', 'oneOf', 'allOf', '$ref'}
    if is_plain(kind):
        assert list(schema['properties']) == schema['required'] == ['the_value']
    [call] = asked[1].messages[-2].calls
    assert json.loads(call.arguments) == sent
    assert response.messages[1].tool_requests[0].tool_request.input == given


@pytest.mark.parametrize('provider', PROVIDERS)
async def test_a_default_holds_where_the_model_gives_nothing(provider):
    seen: list[int] = []

    def take(the_value: int = 5) -> str:
        seen.append(the_value)
        return 'taken'

    async with serving(provider, Said(calls=[SaidCall('take', '{}')]), Said(texts=['done'])) as (ai, _):
        await ai.generate(prompt='x', tools=[take])
    assert seen == [5]


@pytest.mark.parametrize('provider', PROVIDERS)
async def test_a_history_from_elsewhere_is_sent_in_the_same_form(provider):
    history = [
        Message(role='user', content='x'),
        Message(role='model', content=[ToolRequestPart(tool_request=ToolRequest(name='take', ref='a', input='12'))]),
        Message(role='tool', content=[ToolResponsePart(tool_response=ToolResponse(name='take', ref='a', output='y'))]),
    ]
    async with serving(provider, Said(texts=['done'])) as (ai, asked):
        await ai.generate(messages=history, tools=[with_type(str, [])])
    [call] = asked[0].messages[-2].calls
    assert json.loads(call.arguments) == {'the_value': '12'}
