# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The server: its address, headers, keys, list of models, embeddings, failures."""

import logging
import socket
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, OllamaWire, Said
from genkit.types import Document
from genkit_ollama import HeadersFor, Ollama, OllamaEmbedder, OllamaModel


WIRE = OllamaWire()
OK = WIRE.answer(Said(texts=['ok']))


@pytest.mark.parametrize(
    ('given', 'address'),
    [
        ('localhost', 'http://localhost:11434'),
        (':8080', 'http://127.0.0.1:8080'),
        ('0.0.0.0', 'http://127.0.0.1:11434'),
        ('0.0.0.0:8080', 'http://127.0.0.1:8080'),
        ('[::1]:8080', 'http://[::1]:8080'),
        ('http://ollama.example', 'http://ollama.example'),
        ('https://ollama.com/', 'https://ollama.com'),
        ('https://example.com:56789/path/', 'https://example.com:56789/path'),
        ('http://127.0.0.1:11434', 'http://127.0.0.1:11434'),
    ],
)
def test_an_address_is_read_as_the_server_s_own_client_reads_it(
    given: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Ollama(given).server_address == address
    monkeypatch.setenv('OLLAMA_HOST', given)
    assert Ollama().server_address == address
    monkeypatch.delenv('OLLAMA_HOST')
    assert Ollama().server_address == 'http://127.0.0.1:11434'


@pytest.mark.parametrize('given', ['ftp://example.com', 'localhost:port'])
def test_what_is_no_address_is_refused_by_name(given: str) -> None:
    with pytest.raises(GenkitError, match=given) as raised:
        Ollama(given)
    assert raised.value.status == 'INVALID_ARGUMENT'


async def _headers_of(**options: Any) -> list[Any]:
    with LoopbackServer(lambda _: OK) as server:
        ai = Genkit(plugins=[Ollama(server.url, **options)])
        await ai.generate(model='ollama/m', prompt='hi')
        await ai.generate(model='ollama/m', prompt='hi', config={'api_key': 'sk-of-the-request'})
        await ai.aclose()
    assert all(b'sk-of' not in request.body for request in server.requests)
    return [request.headers for request in server.requests]


async def test_headers_may_be_fixed() -> None:
    for headers in await _headers_of(request_headers={'X-Team': 'a'}):
        assert headers['x-team'] == 'a'


async def test_headers_may_be_asked_for_at_every_request() -> None:
    asked: list[HeadersFor] = []

    async def later(what: HeadersFor) -> dict[str, str]:
        asked.append(what)
        return {'X-Number': str(len(asked))}

    assert [headers['x-number'] for headers in await _headers_of(request_headers=later)] == ['1', '2']
    assert asked[0].model == 'm'
    assert asked[0].request is not None
    first, _ = await _headers_of(request_headers=lambda what: {'x-where': what.server_address})
    assert first['x-where'].startswith('http://127.0.0.1')
    assert await _headers_of(request_headers=lambda _: None)


async def test_a_key_is_sent_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('OLLAMA_API_KEY', raising=False)
    sent = [headers.get('authorization') for headers in await _headers_of()]
    assert sent == [None, 'Bearer sk-of-the-request']
    monkeypatch.setenv('OLLAMA_API_KEY', 'sk-of-the-environment')
    sent = [headers.get('authorization') for headers in await _headers_of()]
    assert sent == ['Bearer sk-of-the-environment', 'Bearer sk-of-the-request']
    sent = [headers.get('authorization') for headers in await _headers_of(api_key='sk-of-the-plugin')]
    assert sent == ['Bearer sk-of-the-plugin', 'Bearer sk-of-the-request']
    with pytest.raises(GenkitError, match='api_key'):
        await _headers_of(api_key=False)


def _listing(request: Any) -> CannedAnswer:
    if request.path == '/api/tags':
        names = ['gemma3:4b', 'qwen3:latest', 'team/vectors:v1', 'nomic-embed-text:latest', 'old:1b']
        return CannedAnswer.of_json({'models': [{'name': name, 'size': 1} for name in names]})
    abilities = {
        'gemma3:4b': ['completion', 'vision'],
        'qwen3:latest': ['completion', 'tools', 'thinking'],
        'team/vectors:v1': ['embedding'],
    }.get(request.json['model'])
    if request.json['model'].startswith('nomic'):
        return WIRE.error(404, 'no such model', {})
    return CannedAnswer.of_json({'capabilities': abilities} if abilities else {})


async def test_the_server_s_models_are_listed_with_what_they_can_do() -> None:
    with LoopbackServer(_listing) as server:
        ai = Genkit(plugins=[Ollama(server.url, models=['qwen3', 'absent'], embedders=[OllamaEmbedder(name='mine')])])
        listed = {metadata.name: metadata.metadata or {} for metadata in await ai.list_actions('model')}
        embedders = {metadata.name for metadata in await ai.list_actions('embedder')}
        await ai.aclose()
    assert set(listed) == {f'ollama/{name}' for name in ('qwen3', 'absent', 'gemma3:4b', 'old:1b')}
    assert embedders == {f'ollama/{name}' for name in ('mine', 'team/vectors:v1', 'nomic-embed-text:latest')}
    supports = listed['ollama/gemma3:4b']['model']['supports']
    assert (supports['media'], supports['tools']) == (True, False)


async def test_a_server_that_cannot_be_reached_lists_what_is_declared_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        ai = Genkit(plugins=[Ollama(f'127.0.0.1:{taken.getsockname()[1]}', models=['mine'])])
        with caplog.at_level(logging.INFO, 'genkit.ollama'):
            listed = [metadata.name for metadata in await ai.list_actions('model')]
        await ai.aclose()
    assert listed == ['ollama/mine']
    (line,) = [record.getMessage() for record in caplog.records if record.name == 'genkit.ollama']
    assert 'ollama serve' in line


@pytest.mark.parametrize(
    'answer',
    [
        CannedAnswer(b'<html>', 200, {'content-type': 'text/html'}),
        CannedAnswer.of_json([1]),
        CannedAnswer.of_json({'models': [{}]}),
        CannedAnswer.of_json({'error': 'no'}, 500),
        CannedAnswer(delay=0.5),
    ],
)
async def test_a_server_that_lists_nonsense_or_is_slow_lists_nothing(
    answer: CannedAnswer, caplog: pytest.LogCaptureFixture
) -> None:
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[Ollama(server.url, list_timeout=0.2)])
        assert await ai.list_actions('model') == []
        await ai.aclose()
    assert len([record for record in caplog.records if record.name == 'genkit.ollama']) == 1


def _vectors(request: Any) -> CannedAnswer:
    vectors = [[float(len(text)), 1.0] for text in request.json['input']]
    return CannedAnswer.of_json({'model': 'm', 'embeddings': vectors, 'prompt_eval_count': 1})


async def test_texts_become_vectors_in_their_order_and_in_batches() -> None:
    with LoopbackServer(_vectors) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        options = {'dimensions': 2, 'truncate': False, 'num_ctx': 512, 'keep_alive': '1m', 'api_key': 'sk-x'}
        found = await ai.embed_many('ollama/nomic-embed-text', ['x' * (n % 7) for n in range(300)], options=options)
        await ai.aclose()
    assert [embedding.embedding[0] for embedding in found] == [float(n % 7) for n in range(300)]
    assert [len(request.json['input']) for request in server.requests] == [256, 44]
    body = server.requests[1].json
    assert (server.requests[1].path, body.pop('input')[0]) == ('/api/embed', 'x' * 4)
    assert body == {
        'model': 'nomic-embed-text',
        'dimensions': 2,
        'truncate': False,
        'keep_alive': '1m',
        'options': {'num_ctx': 512},
    }


async def test_every_model_may_be_asked_for_vectors() -> None:
    with LoopbackServer(_vectors) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        assert (await ai.embed('ollama/team/any-name:7b', 'ab'))[0].embedding == [2.0, 1.0]
        with pytest.raises(GenkitError, match='text alone'):
            await ai.embed('ollama/nomic-embed-text', Document.from_media('data:image/png;base64,AAAA'))
        await ai.aclose()
    assert server.requests[0].json == {'model': 'team/any-name:7b', 'input': ['ab']}


async def test_a_model_that_is_not_there_comes_with_the_way_to_get_it() -> None:
    missing = WIRE.error(404, "model 'gemma3:4b' not found", {})
    with LoopbackServer(lambda _: missing) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        for call in (ai.generate(model='ollama/gemma3:4b', prompt='hi'), ai.embed('ollama/gemma3:4b', 'hi')):
            with pytest.raises(GenkitError, match='`ollama pull gemma3:4b`') as raised:
                await call
            assert raised.value.status == 'NOT_FOUND'
        await ai.aclose()


async def test_a_server_that_cannot_be_reached_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        address = f'http://127.0.0.1:{taken.getsockname()[1]}'
        ai = Genkit(plugins=[Ollama(address)])
        with pytest.raises(GenkitError, match=address) as raised:
            await ai.generate(model='ollama/m', prompt='hi')
        await ai.aclose()
    assert raised.value.status == 'UNAVAILABLE'


async def test_two_servers_have_two_names() -> None:
    with LoopbackServer(lambda _: OK) as here, LoopbackServer(lambda _: OK) as there:
        models = [OllamaModel(name='m')]
        ai = Genkit(plugins=[Ollama(here.url, models=models), Ollama(there.url, name='far', models=models)])
        assert (await ai.generate(model='far/m', prompt='hi')).text == 'ok'
        await ai.aclose()
    assert (len(here.requests), len(there.requests)) == (0, 1)
