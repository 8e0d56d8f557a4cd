# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from genkit import Genkit, GenkitError, Media, MediaPart, Message, TextPart
from genkit.plugin import ModelPlugin
from genkit.testing import AnthropicWire, CannedAnswer, LoopbackServer, ModelContract, Said, SaidCall
from genkit.types import GenerateRequest
from genkit_anthropic import Anthropic, AnthropicConfig, ClaudeEntry
from genkit_anthropic.models import MODELS
from pydantic import BaseModel
from typing_extensions import TypedDict


HELLO = AnthropicWire().answer(Said(texts=['Hello']))


class City(BaseModel):
    name: str


class _Sampling(TypedDict, total=False):
    """What models before version 4.7 take, and the client's types name no longer."""

    temperature: float


class _Whole(_Sampling, MessageCreateParamsNonStreaming):
    pass


class _Streaming(_Sampling, MessageCreateParamsStreaming):
    pass


Request = _Whole | _Streaming


class TestAnthropic(ModelContract):
    wire = AnthropicWire()
    request_type = Request
    model = 'claude-haiku-4-5'

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Anthropic(api_key=api_key, base_url=url)


class TestModelThatAlwaysThinks(TestAnthropic):
    model = 'claude-opus-5-5'
    replaced: ClassVar = {
        'test_it_sends_the_common_options_and_keeps_falsy_ones': 'a model that always thinks takes no temperature',
        'test_it_says_whether_tools_must_be_called': 'nor can it be made to call a tool but by its instructions',
    }

    async def test_it_sends_the_common_options_and_keeps_falsy_ones(self) -> None:
        config = {'temperature': 0.0, 'top_p': 0.5, 'top_k': 3, 'max_output_tokens': 0, 'stop_sequences': ['END']}
        _, asked = await self.ask(Said(texts=['ok']), config=config)
        assert asked.options == {'max_tokens': 0, 'stop': ['END']}
        assert not {'temperature', 'top_p', 'top_k'} & asked.body.keys()

    async def test_it_says_whether_tools_must_be_called(self) -> None:
        async with self.serving(Said(texts=['ok'])) as (ai, exchange, name):
            tool = self.weather(ai, [])
            for choice in ('auto', 'required', 'none'):
                await ai.generate(model=name, prompt='hi', tools=[tool], tool_choice=choice)
        assert [asked.tool_choice for asked in exchange.asked] == ['auto', 'auto', 'none']
        told = [asked.messages[0].text for asked in exchange.asked if asked.messages[0].role == 'system']
        assert told == ['Call at least one of the tools before you answer.']


class TestModelThatIsHeldByATool(TestAnthropic):
    model = 'claude-3-haiku-20240307'
    replaced: ClassVar = {
        'test_it_lists_its_models_without_a_call': 'the table knows this model and does not list it',
        'test_it_holds_the_answer_to_a_schema': 'the schema goes into a tool that the model has to call',
    }

    @property
    def entry(self) -> ClaudeEntry:
        found = MODELS.find(self.model)
        assert isinstance(found, ClaudeEntry)
        return found

    async def test_it_lists_its_models_without_a_call(self) -> None:
        assert self.model not in [entry.name for entry in MODELS]

    async def test_it_holds_the_answer_to_a_schema(self) -> None:
        said = Said(calls=[SaidCall('genkit_answer', '{"name":"Oslo"}')])
        response, asked = await self.ask(said, output_schema=City)
        assert response.output == City(name='Oslo')
        assert asked.body['tool_choice'] == {'type': 'tool', 'name': 'genkit_answer'}
        assert asked.tools['genkit_answer']['properties']['name']['type'] == 'string'
        streamed, chunks, _ = await self.ask_streaming(said, output_schema=City)
        assert streamed.output == City(name='Oslo')
        assert ''.join(chunk.text for chunk in chunks) == '{"name":"Oslo"}'
        assert not streamed.tool_requests

    async def test_an_answer_that_is_no_object_is_a_member_of_what_the_tool_takes(self) -> None:
        said = Said(calls=[SaidCall('genkit_answer', '{"value": ["Oslo", "Rome"]}')])
        response, asked = await self.ask(said, output_schema=list[str])
        assert response.output == ['Oslo', 'Rome']
        assert asked.tools['genkit_answer']['properties']['value']['type'] == 'array'
        streamed, chunks, _ = await self.ask_streaming(said, output_schema=list[str])
        assert streamed.output == ['Oslo', 'Rome']
        assert ''.join(chunk.text for chunk in chunks) == '["Oslo", "Rome"]'


def _application(server: LoopbackServer, **options: Any) -> Genkit:
    plugin = Anthropic(api_key='sk-x', base_url=server.url, **options)
    return Genkit(plugins=[plugin], model='anthropic/claude-opus-5-5')


async def test_a_schema_that_the_protocol_cannot_express_is_told_in_words() -> None:
    answer = AnthropicWire().answer(Said(texts=['{"Oslo": 3}']))
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        response = await ai.generate(prompt='hi', output_schema=dict[str, int])
        await ai.aclose()
        body = server.requests[0].json
    assert response.output == {'Oslo': 3}
    assert 'output_config' not in body
    assert 'conform to the following schema' in str(body['messages'])


async def test_the_headers_name_the_protocol_s_version_the_client_and_the_betas() -> None:
    with LoopbackServer(lambda _: HELLO) as server:
        ai = _application(server, betas=['files-api-2025-04-14'], headers={'x-team': 'blue'})
        await ai.generate(prompt='hi', config={'betas': ['fast-mode-2026-02-01', 'files-api-2025-04-14']})
        plain = _application(server)
        await plain.generate(prompt='hi', config=AnthropicConfig(max_output_tokens=7))
        await ai.aclose()
        await plain.aclose()
    first, second = (request.headers for request in server.requests)
    assert first['anthropic-beta'] == 'files-api-2025-04-14,fast-mode-2026-02-01'
    assert (first['x-team'], first['x-genkit-client'][:7]) == ('blue', 'genkit-')
    assert 'betas' not in server.requests[0].json
    assert 'anthropic-beta' not in second
    assert re.fullmatch(r'\d{4}-\d\d-\d\d', second['anthropic-version'])


async def test_an_answer_that_may_become_very_long_is_asked_for_without_a_stream() -> None:
    with LoopbackServer(lambda _: HELLO) as server:
        ai = _application(server)
        await ai.generate(prompt='hi', config={'max_output_tokens': 128_000})
        await ai.generate(prompt='hi')
        await ai.generate(model='anthropic/claude-3-haiku-20240307', prompt='hi')
        await ai.aclose()
    assert [request.json['max_tokens'] for request in server.requests] == [128_000, 32_000, 4_096]


async def test_tokens_are_counted_of_all_that_a_request_holds() -> None:
    with LoopbackServer(lambda _: CannedAnswer.of_json({'input_tokens': 42})) as server:
        plugin = Anthropic(api_key='sk-x', base_url=server.url)
        request = GenerateRequest(
            messages=[Message(role='system', content='be brief'), Message(role='user', content='hi')],
            config={'max_output_tokens': 9, 'effort': 'low', 'api_key': 'sk-y'},
        )
        counted = [
            await plugin.count_tokens(model, request) for model in ('anthropic/claude-opus-5-5', 'claude-opus-5-5')
        ]
        assert counted == [42, 42]
        assert await plugin.count_tokens('claude-opus-5-5', 'hi') == 42
        await plugin.aclose()
    assert [request.path for request in server.requests] == ['/v1/messages/count_tokens'] * 3
    assert server.requests[0].headers['authorization'] == 'Bearer sk-y'
    assert server.requests[1].json == {
        'model': 'claude-opus-5-5',
        'system': [{'type': 'text', 'text': 'be brief'}],
        'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'hi'}]}],
        'output_config': {'effort': 'low'},
    }


@pytest.mark.parametrize(
    ('kind', 'status'),
    [
        ('overloaded_error', 'UNAVAILABLE'),
        ('rate_limit_error', 'RESOURCE_EXHAUSTED'),
        ('invalid_request_error', 'INVALID_ARGUMENT'),
        ('error_of_tomorrow', 'DATA_LOSS'),
    ],
)
async def test_a_failure_within_a_stream_has_the_status_of_its_kind(kind: str, status: str) -> None:
    began = b''.join(list(AnthropicWire().stream(Said(texts=['half'])).body)[:2])  # type: ignore[arg-type]
    failed = f'event: error\ndata: {{"type":"error","error":{{"type":"{kind}","message":"Overloaded"}}}}\n\n'.encode()
    answer = CannedAnswer([began, failed], 200, {'content-type': 'text/event-stream'})
    chunks: list[str] = []
    with LoopbackServer(lambda _: answer) as server:
        ai = _application(server)
        with pytest.raises(GenkitError, match='Overloaded') as raised:
            await ai.generate(prompt='hi', on_chunk=lambda chunk: chunks.append(chunk.text))
        await ai.aclose()
    assert raised.value.status == status
    assert chunks == ['half']


async def test_what_is_no_message_is_told_with_the_way_out() -> None:
    with LoopbackServer(lambda _: CannedAnswer(b'<html>', 200, {'content-type': 'text/html'})) as server:
        ai = _application(server)
        with pytest.raises(GenkitError, match=r"'<html>'.*base_url"):
            await ai.generate(prompt='hi')
        await ai.aclose()


async def test_what_the_protocol_cannot_take_is_refused_before_anything_is_sent() -> None:
    svg = MediaPart(media=Media(url='data:image/svg+xml;base64,AAAA'))
    with LoopbackServer(lambda _: HELLO) as server:
        ai = _application(server)
        for prompt, config, told in (
            ([svg], {}, 'image/svg'),
            ([TextPart(text='hi')], {'thinking': {'enabled': False}}, 'always thinks'),
            ([TextPart(text='hi')], {'thinking': {'budget_tokens': 10}}, 'budget'),
        ):
            with pytest.raises(GenkitError, match=told) as raised:
                await ai.generate(prompt=prompt, config=config)
            assert raised.value.status == 'INVALID_ARGUMENT'
    assert not server.requests


def test_names_that_are_not_listed_are_of_their_family() -> None:
    def traits(name: str) -> tuple[str, str, bool]:
        entry = MODELS.find(name)
        assert isinstance(entry, ClaudeEntry)
        return entry.thinking, entry.structured, entry.samples

    assert traits('claude-sonnet-4-5-20250929') == ('budget', 'format', True)
    assert traits('anthropic.claude-opus-4-6-v1:0') == ('any', 'format', True)
    assert traits('claude-opus-4-9') == ('adaptive', 'format', False)
    assert traits('claude-sonnet-5-7') == ('between', 'format', False)
    assert traits('claude-opus-5-6-v1') == ('always', 'format', False)
    assert traits('claude-sonnet-5@20260601') == ('adaptive', 'format', False)
    assert traits('claude-opus-4-20250514') == ('budget', 'tool', True)
    assert traits('claude-3-5-haiku-latest') == ('none', 'tool', True)
    assert traits('something-else') == ('any', 'format', True)


def test_the_table_in_the_readme_is_that_of_the_package() -> None:
    ways = {
        'always': 'always',
        'between': 'adaptive or between tool calls',
        'adaptive': 'adaptive or off',
        'any': 'adaptive, budget or off',
        'budget': 'budget or off',
    }
    rows = [
        f'| `{entry.name}` | {ways[entry.thinking]} | {"yes" if entry.samples else "no"} | {entry.max_output:,} |'
        for entry in MODELS
        if isinstance(entry, ClaudeEntry)
    ]
    readme = (Path(__file__).parents[1] / 'README.md').read_text(encoding='utf-8')
    assert len(rows) > 10
    assert '\n'.join(rows) in readme


def test_importing_the_plugin_loads_no_vendor_s_library() -> None:
    program = 'import sys, genkit_anthropic; assert not {"anthropic", "httpx2"} & set(sys.modules)'
    subprocess.run([sys.executable, '-c', program], check=True)
