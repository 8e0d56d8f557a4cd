# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What model plugins cost beside their vendor's SDK: conversion both ways, errors, the call of the action.

    uv run --all-packages --all-groups benchmarks/plugins.py

Nothing is sent: the HTTP library answers from memory, with the payloads of the wires in `genkit.testing`. The floor is
the same call by the SDK alone, its key given with the call and its events read and dropped; where a plugin speaks HTTP
itself, it is that of the library with the JSON parsed. Plugins read most answers themselves and leave the SDK an empty
one: where that is quicker, what is left of a turn without the floor is less than nothing.
"""

import asyncio
import json
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx
import httpx2
from genkit import Genkit, Message, Role, TextPart
from genkit.testing import (
    AnthropicWire,
    CannedAnswer,
    GeminiWire,
    OllamaWire,
    OpenAIChatWire,
    OpenAIResponsesWire,
    Said,
)
from genkit.types import GenerateRequest
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.testing import ConverseWire
from genkit_anthropic import Anthropic
from genkit_cloudflare_workers_ai import CloudflareWorkersAI
from genkit_cohere import Cohere
from genkit_cohere.testing import CohereWire
from genkit_compat_oai import OpenAI
from genkit_google_genai import GoogleAI
from genkit_huggingface import HuggingFace
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.testing import FoundryChatWire
from genkit_mistral import Mistral
from genkit_mistral.testing import MistralWire
from genkit_ollama import Ollama
from genkit_vertex_ai import VertexAIModelGarden
from genkit_xai import XAI
from genkit_xai.testing import XAIWire
from measure import per_call


TEXT = 'What should I eat in Lisbon tonight?'
ANSWER = 'Grilled sardines, a salad, and a custard tart with cinnamon.'
CHUNKS = 500
ROUNDS = 15
CALLS = 40
KEY = 'none'
OWN_KEY = {'Authorization': f'Bearer {KEY}'}  # each call has a key of its own, here as there
TURN_TARGET = 60.0
CHUNK_TARGET = 8.0


class Memory:
    """What the HTTP libraries send to, in place of the network."""

    answer: CannedAnswer

    def install(self) -> None:
        for library in (httpx, httpx2):
            library.AsyncHTTPTransport.handle_async_request = self._handler(library)

    def _handler(self, library: Any) -> Any:
        async def handle(_transport: Any, request: Any) -> Any:
            body = self.answer.body
            if isinstance(body, bytes):
                return library.Response(200, headers=self.answer.headers, content=body, request=request)
            return library.Response(200, headers=self.answer.headers, stream=_stream(library, body), request=request)

        return handle


def _stream(library: Any, frames: Iterable[bytes]) -> Any:
    class Frames(library.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for frame in frames:
                yield frame

    return Frames()


@dataclass(frozen=True)
class Subject:
    """A plugin, and the same call by its vendor's SDK.

    Attributes:
        model: Of the plugin.
        wire: The protocol.
        once: A call by the SDK.
        stream: A streamed call by the SDK, read to its end.
    """

    name: str
    plugin: Any
    model: str
    wire: Any
    once: Callable[[], Awaitable[Any]]
    stream: Callable[[], Awaitable[Any]]


def openai_subjects() -> list[Subject]:
    from openai import AsyncOpenAI  # noqa: PLC0415  (each SDK is loaded for its own rows)

    client: Any = AsyncOpenAI(api_key=KEY)
    asked: Any = {'model': 'gpt-5', 'messages': [{'role': 'user', 'content': TEXT}], 'extra_headers': OWN_KEY}
    told: Any = {'model': 'gpt-5', 'input': [{'role': 'user', 'content': TEXT}], 'extra_headers': OWN_KEY}

    async def chat() -> None:
        await client.chat.completions.create(**asked)

    async def chat_stream() -> None:
        async for _ in await client.chat.completions.create(
            **asked, stream=True, stream_options={'include_usage': True}
        ):
            pass

    async def responses() -> None:
        await client.responses.create(**told)

    async def responses_stream() -> None:
        async for _ in await client.responses.create(**told, stream=True):
            pass

    return [
        Subject(
            'compat-oai, Chat',
            OpenAI(KEY, api='chat'),
            'openai/gpt-5',
            OpenAIChatWire(),
            chat,
            chat_stream,
        ),
        Subject(
            'compat-oai, Responses',
            OpenAI(KEY, api='responses'),
            'openai/gpt-5',
            OpenAIResponsesWire(),
            responses,
            responses_stream,
        ),
    ]


def openai_shaped_subject(name: str, plugin: Any, model: str, wire: Any) -> Subject:
    """Return a plugin of a provider that is asked by OpenAI's library."""
    from openai import AsyncOpenAI  # noqa: PLC0415  (likewise)

    client: Any = AsyncOpenAI(api_key=KEY)
    message = {'role': 'user', 'content': TEXT}
    asked: Any = {'model': model.partition('/')[2], 'messages': [message], 'extra_headers': OWN_KEY}

    async def once() -> None:
        await client.chat.completions.create(**asked)

    async def stream() -> None:
        async for _ in await client.chat.completions.create(**asked, stream=True):
            pass

    return Subject(name, plugin, model, wire, once, stream)


def anthropic_subject() -> Subject:
    from anthropic import AsyncAnthropic  # noqa: PLC0415  (likewise)

    client: Any = AsyncAnthropic(api_key=KEY)
    asked: Any = {
        'model': 'claude-sonnet-5',
        'max_tokens': 4096,
        'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': TEXT}]}],
        'extra_headers': {'x-api-key': KEY},
    }

    async def once() -> None:
        await client.messages.create(**asked)

    async def stream() -> None:
        async for _ in await client.messages.create(**asked, stream=True):
            pass

    return Subject(
        'anthropic',
        Anthropic(KEY),
        'anthropic/claude-sonnet-5',
        AnthropicWire(),
        once,
        stream,
    )


def google_subject() -> Subject:
    from google.genai import Client  # noqa: PLC0415  (likewise)

    connections = httpx2.AsyncClient()
    options: Any = {'httpx_async_client': connections, 'api_version': 'v1beta'}
    client: Any = Client(api_key=KEY, http_options=options).aio
    asked: Any = {
        'model': 'gemini-2.5-flash',
        'contents': [{'role': 'user', 'parts': [{'text': TEXT}]}],
        'config': {
            'http_options': {'headers': {'x-goog-api-key': KEY}},
            'automatic_function_calling': {'disable': True},
        },
    }

    async def once() -> None:
        await client.models.generate_content(**asked)

    async def stream() -> None:
        async for _ in await client.models.generate_content_stream(**asked):
            pass

    return Subject(
        'google-genai',
        GoogleAI(KEY),
        'googleai/gemini-2.5-flash',
        GeminiWire(),
        once,
        stream,
    )


def httpx_subject(name: str, plugin: Any, model: str, wire: Any, read: Callable[[str], Any]) -> Subject:
    """Return a plugin that speaks HTTP itself; ``read`` is how a line of a stream is parsed."""
    client = httpx.AsyncClient()
    url = 'http://127.0.0.1:11434/api/chat'
    asked: Any = {'model': model, 'messages': [{'role': 'user', 'content': TEXT}], 'stream': False}

    async def once() -> None:
        json.loads((await client.post(url, json=asked)).content)

    async def stream() -> None:
        async with client.stream('POST', url, json={**asked, 'stream': True}) as answer:
            async for line in answer.aiter_lines():
                read(line)

    return Subject(f'{name} (httpx)', plugin, model, wire, once, stream)


def bedrock_subject() -> Subject:
    """Return Bedrock, whose floor is HTTP with the frames of a stream decoded by botocore."""
    from botocore.eventstream import EventStreamBuffer  # noqa: PLC0415  (likewise)

    client = httpx.AsyncClient()
    url = 'http://127.0.0.1:11434/converse'
    asked: Any = {'messages': [{'role': 'user', 'content': [{'text': TEXT}]}]}

    async def once() -> None:
        json.loads((await client.post(url, json=asked)).content)

    async def stream() -> None:
        buffer = EventStreamBuffer()
        async with client.stream('POST', url, json=asked) as answer:
            async for piece in answer.aiter_bytes():
                buffer.add_data(piece)
                for event in buffer:
                    json.loads(event.payload)

    plugin = AmazonBedrock(KEY, region='us-east-1')
    return Subject(
        'amazon-bedrock (httpx)', plugin, 'amazon-bedrock/amazon.nova-pro-v1:0', ConverseWire(), once, stream
    )


def _event(line: str) -> Any:
    """Return the data of a line of server-sent events; None for any other line."""
    return json.loads(line[6:]) if line.startswith('data: {') else None


async def row(subject: Subject, memory: Memory) -> str:
    """Return a line: microseconds of a turn and of a chunk, by the SDK and beside it."""
    ai = Genkit(plugins=[subject.plugin])
    model: Any = await ai.registry.resolve_action_by_key(f'/model/{subject.model}')
    request = GenerateRequest(messages=[Message(role=Role.USER, content=[TextPart(text=TEXT)])], config={})

    def drop(_chunk: Any) -> None:
        """Take a chunk."""

    async def turn() -> None:
        response = (await model.arun(request)).response
        assert response.text == ANSWER

    async def streamed() -> None:
        await model.arun(request, on_chunk=drop)

    memory.answer = subject.wire.answer(Said(texts=[ANSWER]))
    own, sdk = await over(turn, subject.once, CALLS)
    memory.answer = subject.wire.stream(Said(texts=['word '] * CHUNKS))
    own_chunk, sdk_chunk = await over(streamed, subject.stream, 1)
    await ai.aclose()
    own_chunk, sdk_chunk = own_chunk / CHUNKS, sdk_chunk / CHUNKS
    return f'{subject.name:<24}{sdk:10.1f} µs{own:10.1f} µs{sdk_chunk:12.2f} µs{own_chunk:10.2f} µs'


async def over(
    work: Callable[[], Awaitable[Any]], floor: Callable[[], Awaitable[Any]], calls: int
) -> tuple[float, float]:
    """Return what some work takes longer than its floor, and the floor, in microseconds: medians of rounds in turns."""
    await work()
    await floor()
    differences: list[float] = []
    floors: list[float] = []
    for number in range(ROUNDS):
        if number % 2:
            below, above = await per_call(floor, calls), await per_call(work, calls)
        else:
            above, below = await per_call(work, calls), await per_call(floor, calls)
        differences.append(above - below)
        floors.append(below)
    return statistics.median(differences), statistics.median(floors)


async def main() -> None:
    """Print the table."""
    memory = Memory()
    memory.install()
    wanted = sys.argv[1:]
    subjects = [
        *openai_subjects(),
        openai_shaped_subject('mistral', Mistral(KEY), 'mistral/mistral-medium-latest', MistralWire()),
        openai_shaped_subject('xai', XAI(KEY), 'xai/grok-4.7', XAIWire()),
        openai_shaped_subject('huggingface', HuggingFace(KEY), 'huggingface/openai/gpt-oss-120b', OpenAIChatWire()),
        openai_shaped_subject(
            'cloudflare-workers-ai',
            CloudflareWorkersAI(KEY, account_id='account'),
            'cloudflare-workers-ai/@cf/openai/gpt-oss-120b',
            OpenAIChatWire(),
        ),
        openai_shaped_subject(
            'microsoft-foundry',
            MicrosoftFoundry(KEY, endpoint='https://resource.openai.azure.com', deployments={'own': 'DeepSeek-V3.2'}),
            'microsoft-foundry/own',
            FoundryChatWire(),
        ),
        openai_shaped_subject(
            'vertex-ai',
            VertexAIModelGarden(project='a-project', api_key=KEY),
            'vertexModelGarden/openai/gpt-oss-120b-maas',
            OpenAIChatWire(),
        ),
        anthropic_subject(),
        google_subject(),
        httpx_subject('cohere', Cohere(KEY), 'cohere/command-a-03-2025', CohereWire(), _event),
        bedrock_subject(),
        httpx_subject('ollama', Ollama(models=['llama3.2']), 'ollama/llama3.2', OllamaWire(), json.loads),
    ]
    print(f'{"":<24}{"turn, SDK":>13}{"plugin":>13}{"chunk, SDK":>15}{"plugin":>13}')
    for subject in subjects:
        if not wanted or any(word in subject.name for word in wanted):
            print(await row(subject, memory))
    print(f'{"target":<24}{"":>13}{f"<= {TURN_TARGET:.0f} µs":>13}{"":>15}{f"<= {CHUNK_TARGET:.0f} µs":>13}')


if __name__ == '__main__':
    asyncio.run(main())
