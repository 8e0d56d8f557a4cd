# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models of other vendors: their contracts at Vertex AI's addresses, places, and names."""

import subprocess
import sys
from typing import Any, ClassVar, get_type_hints

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming, MessageCreateParamsStreaming
from genkit import Genkit, GenkitError, Media, MediaPart
from genkit.plugin import ModelPlugin
from genkit.testing import CannedAnswer, LoopbackServer, ModelContract, RecordedRequest, Said
from genkit_vertex_ai import VertexAIModelGarden
from genkit_vertex_ai.cloud import vertex_host
from genkit_vertex_ai.testing import ClaudeOnVertexWire, MistralOnVertexWire, OpenOnVertexWire
from mistralai.client.models import ChatCompletionRequest
from openai.types.chat.completion_create_params import CompletionCreateParams
from pydantic import TypeAdapter
from typing_extensions import TypedDict


OPEN = 'an unknown model is asked in the protocol of OpenAI'


class _InGarden:
    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return VertexAIModelGarden(api_key=api_key, base_url=url, project='a-project')


_MEMBERS: Any = {
    name: kind for name, kind in get_type_hints(MessageCreateParamsNonStreaming).items() if name != 'model'
}
_MEMBERS |= {'anthropic_version': str, 'stream': bool, 'temperature': float}
_MADE: Any = TypedDict
OnVertex = _MADE('OnVertex', _MEMBERS, total=False)


class TestClaude(_InGarden, ModelContract):
    wire = ClaudeOnVertexWire()
    request_type: ClassVar[Any] = OnVertex
    model = 'claude-haiku-4-5@20251001'
    replaced: ClassVar = {'test_an_unknown_model_passes_through': OPEN}

    async def test_an_unknown_model_passes_through(self) -> None:
        async with self.serving(Said(texts=['ok'])) as (ai, exchange, _):
            response = await ai.generate(model='vertexModelGarden/anthropic/claude-of-tomorrow', prompt='hi')
        assert (response.text, exchange.asked[0].model) == ('ok', 'claude-of-tomorrow')


class TestMistral(_InGarden, ModelContract):
    wire = MistralOnVertexWire()
    request_type: ClassVar[Any] = ChatCompletionRequest
    model = 'mistral-small-2503'
    call_ref = 'D681PevKs'
    counts_thoughts = False
    says_blocked = False
    replaced: ClassVar = {'test_an_unknown_model_passes_through': OPEN}

    async def test_an_unknown_model_passes_through(self) -> None:
        async with self.serving(Said(texts=['ok'])) as (ai, exchange, _):
            response = await ai.generate(model='vertexModelGarden/mistralai/codestral-of-tomorrow', prompt='hi')
        assert (response.text, exchange.asked[0].model) == ('ok', 'codestral-of-tomorrow')


class TestLlama(_InGarden, ModelContract):
    wire = OpenOnVertexWire()
    request_type: ClassVar[Any] = CompletionCreateParams
    model = 'meta/llama-4-maverick-17b-128e-instruct-maas'


class TestGptOss(_InGarden, ModelContract):
    wire = OpenOnVertexWire()
    request_type: ClassVar[Any] = CompletionCreateParams
    model = 'openai/gpt-oss-120b-maas'


def answer(request: RecordedRequest) -> CannedAnswer:
    if '/publishers/anthropic/' in request.path:
        if 'count-tokens' in request.path:
            return CannedAnswer.of_json({'input_tokens': 7})
        return ClaudeOnVertexWire().answer(Said(texts=['ok']))
    return OpenOnVertexWire().answer(Said(texts=['ok']))


async def sent(model: str, plugin: dict[str, Any] | None = None, **options: Any) -> RecordedRequest:
    with LoopbackServer(answer) as server:
        told: Any = {'project': 'p', 'api_key': 'key', 'base_url': server.url, **(plugin or {})}
        ai = Genkit(plugins=[VertexAIModelGarden(**told)])
        await ai.generate(model=f'vertexModelGarden/{model}', prompt='hi', **options)
        await ai.aclose()
    return server.requests[0]


def test_places_have_their_hosts() -> None:
    assert [vertex_host(place) for place in ('global', 'us', 'eu', 'europe-west4')] == [
        'aiplatform.googleapis.com',
        'aiplatform.us.rep.googleapis.com',
        'aiplatform.eu.rep.googleapis.com',
        'europe-west4-aiplatform.googleapis.com',
    ]


@pytest.mark.parametrize(
    ('model', 'path'),
    [
        ('claude-opus-5-5', 'global/publishers/anthropic/models/claude-opus-5-5:rawPredict'),
        (
            'anthropic/claude-sonnet-4@20250514',
            'global/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict',
        ),
        ('mistral-medium-3', 'us-central1/publishers/mistralai/models/mistral-medium-3:rawPredict'),
        ('mistralai/codestral-2', 'us-central1/publishers/mistralai/models/codestral-2:rawPredict'),
        ('meta/llama-3.3-70b-instruct-maas', 'us-east5/endpoints/openapi/chat/completions'),
        ('deepseek-ai/deepseek-v4-maas', 'global/endpoints/openapi/chat/completions'),
        ('endpoints/4711', 'global/endpoints/4711/chat/completions'),
    ],
)
async def test_each_model_is_asked_where_it_is_served(model: str, path: str) -> None:
    request = await sent(model)
    assert request.path == f'/v1/projects/p/locations/{path}'


async def test_a_place_is_of_the_plugin_or_of_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    request = await sent('claude-opus-5-5', {'location': 'europe-west1'})
    assert '/locations/europe-west1/' in request.path
    for model in ('claude-opus-5-5', 'openai/gpt-oss-120b-maas', 'mistral-medium-3'):
        request = await sent(model, {'location': 'europe-west1'}, config={'location': 'eu'})
        assert '/locations/eu/' in request.path
        assert 'location' not in request.json
    monkeypatch.setenv('GOOGLE_CLOUD_LOCATION', 'asia-east1')
    assert '/locations/asia-east1/' in (await sent('meta/llama-3.3-70b-instruct-maas')).path


async def test_requests_of_claude_fit_the_types_of_the_library_with_the_model_in_the_address() -> None:
    request = await sent('claude-opus-5-5', system='brief', config={'max_output_tokens': 9})
    body = {**request.json}
    assert body.pop('anthropic_version') == 'vertex-2023-10-16'
    TypeAdapter(MessageCreateParamsNonStreaming | MessageCreateParamsStreaming).validate_python(
        {**body, 'model': 'claude-opus-5-5'}
    )
    assert (body['max_tokens'], body['system'][0]['text']) == (9, 'brief')


async def test_a_missing_project_is_an_error_that_says_where_to_put_it() -> None:
    with pytest.raises(GenkitError, match='GOOGLE_CLOUD_PROJECT') as raised:
        await sent('claude-opus-5-5', {'project': None})
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_models_are_listed_with_what_they_can_do() -> None:
    ai = Genkit(plugins=[VertexAIModelGarden(project='p', models=['qwen/qwen4-maas'], name='garden')])
    listed = {action.name: (action.metadata or {})['model'] for action in await ai.list_actions('model')}
    assert listed['garden/claude-opus-5-5']['supports']['constrained'] == 'all'
    assert listed['garden/qwen/qwen4-maas']['label'] == 'Vertex AI Model Garden - qwen/qwen4-maas'


async def test_tokens_are_counted_for_claude() -> None:
    with LoopbackServer(answer) as server:
        plugin = VertexAIModelGarden(project='p', api_key='key', base_url=server.url)
        counted = await plugin.count_tokens('vertexModelGarden/anthropic/claude-opus-5-5', 'hi')
        with pytest.raises(GenkitError, match='counts tokens for Claude') as raised:
            await plugin.count_tokens('meta/llama-3.3-70b-instruct-maas', 'hi')
        await plugin.aclose()
    (request,) = server.requests
    assert counted == 7
    assert request.path == '/v1/projects/p/locations/global/publishers/anthropic/models/count-tokens:rawPredict'
    assert request.json['model'] == 'claude-opus-5-5'
    assert raised.value.status == 'UNIMPLEMENTED'


async def test_documents_are_read_by_a_model_of_mistral() -> None:
    pages = {'pages': [{'index': 0, 'markdown': '# Title'}], 'model': 'mistral-ocr-2505', 'usage_info': {}}
    with LoopbackServer(lambda _: CannedAnswer.of_json(pages)) as server:
        ai = Genkit(plugins=[VertexAIModelGarden(project='p', api_key='key', base_url=server.url)])
        document = MediaPart(media=Media(url='data:application/pdf;base64,AAAA'))
        response = await ai.generate(model='vertexModelGarden/mistral-ocr-2505', prompt=[document])
        await ai.aclose()
    assert '# Title' in response.text
    place = '/v1/projects/p/locations/us-central1'
    assert server.requests[0].path == f'{place}/publishers/mistralai/models/mistral-ocr-2505:rawPredict'


def test_the_plugin_can_be_imported_without_loading_a_client() -> None:
    names = {'anthropic', 'openai', 'mistralai', 'httpx', 'httpx2', 'google.auth', 'pytest'}
    code = f'import sys, genkit_vertex_ai; print(sorted({names!r} & set(sys.modules)))'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '[]'
