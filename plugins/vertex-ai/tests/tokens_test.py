# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens that renew themselves: before they expire, when they are refused, and when that is refused too."""

import asyncio
import threading
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, Said
from genkit_vertex_ai import VertexAIModelGarden, VertexAIRerankers
from genkit_vertex_ai.testing import ClaudeOnVertexWire, FakeGoogle, MistralOnVertexWire, OpenOnVertexWire
from google.auth import exceptions
from google.auth.credentials import Credentials


class Renewable(Credentials):
    """Credentials whose tokens are numbered."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.renewals = 0
        self.error = error

    def refresh(self, request: Any) -> None:
        if self.error is not None:
            raise self.error
        self.renewals += 1
        self.token = f'token-{self.renewals}'

    @property
    def expired(self) -> bool:
        return False


WIRES = {
    'claude-opus-5-5': ClaudeOnVertexWire(),
    'mistral-medium-3': MistralOnVertexWire(),
    'openai/gpt-oss-120b-maas': OpenOnVertexWire(),
}


def bearer(request: RecordedRequest) -> str:
    return request.headers['authorization'].removeprefix('Bearer ')


@pytest.mark.parametrize('model', WIRES)
@pytest.mark.parametrize('streamed', [True, False])
async def test_a_token_that_is_refused_in_mid_conversation_is_renewed(model: str, streamed: bool) -> None:
    credentials, wire, refused = Renewable(), WIRES[model], {'token-1'}

    def answer(request: RecordedRequest) -> CannedAnswer:
        if bearer(request) in refused:
            error = {'code': 401, 'message': 'expired', 'status': 'UNAUTHENTICATED'}
            return CannedAnswer.of_json({'error': error}, 401)
        said = Said(texts=['o', 'k'])
        return wire.stream(said) if request.json.get('stream') else wire.answer(said)

    with LoopbackServer(answer) as server:
        plugin = VertexAIModelGarden(project='p', credentials=credentials, base_url=server.url)
        ai = Genkit(plugins=[plugin], model=f'vertexModelGarden/{model}')
        refused.clear()
        first = await ai.generate(prompt='hi')
        refused.add('token-1')
        chunks: list[Any] = []
        second = await ai.generate(messages=first.messages, prompt='and?', on_chunk=chunks.append if streamed else None)
        await ai.aclose()
    assert second.text == 'ok'
    assert [bearer(request) for request in server.requests] == ['token-1', 'token-1', 'token-2']
    assert server.requests[1].body == server.requests[2].body


async def test_a_token_is_shared_by_calls_and_renewed_once() -> None:
    credentials = Renewable()
    with LoopbackServer(FakeGoogle()) as server:
        ai = Genkit(plugins=[VertexAIRerankers(project='p', credentials=credentials, base_url=server.url)])
        name = 'vertex-rerankers/semantic-ranker-default@latest'
        await asyncio.gather(*(ai.rerank(name, 'q', ['a']) for _ in range(5)))
        credentials.token = None  # pyright: ignore[reportAttributeAccessIssue]
        await ai.rerank(name, 'q', ['a'])
        await ai.aclose()
    assert credentials.renewals == 2
    assert {bearer(request) for request in server.requests} == {'token-1', 'token-2'}


async def test_a_token_of_a_request_is_not_renewed() -> None:
    credentials = Renewable()

    def answer(request: RecordedRequest) -> CannedAnswer:
        return CannedAnswer.of_json({'error': {'code': 401, 'message': 'wrong', 'status': 'UNAUTHENTICATED'}}, 401)

    with LoopbackServer(answer) as server:
        plugin = VertexAIModelGarden(project='p', credentials=credentials, base_url=server.url)
        ai = Genkit(plugins=[plugin], model='vertexModelGarden/claude-opus-5-5')
        with pytest.raises(GenkitError, match='wrong') as raised:
            await ai.generate(prompt='hi', config={'api_key': 'token-of-the-request'})
        await ai.aclose()
    assert raised.value.status == 'UNAUTHENTICATED'
    assert [bearer(request) for request in server.requests] == ['token-of-the-request']


@pytest.mark.parametrize(
    ('error', 'status', 'says'),
    [
        (exceptions.RefreshError('invalid_grant: Token has been revoked.'), 'UNAUTHENTICATED', 'Sign in again'),
        (exceptions.TransportError('no route to host'), 'UNAVAILABLE', 'no route to host'),
    ],
)
async def test_credentials_that_give_no_token_are_a_clear_error(error: Exception, status: str, says: str) -> None:
    for plugin, call in (
        (VertexAIModelGarden, lambda ai: ai.generate(model='vertexModelGarden/claude-opus-5-5', prompt='hi')),
        (VertexAIRerankers, lambda ai: ai.rerank('vertex-rerankers/semantic-ranker-fast-004', 'q', ['a'])),
    ):
        ai = Genkit(plugins=[plugin(project='p', credentials=Renewable(error), base_url='http://127.0.0.1:9')])
        with pytest.raises(GenkitError, match=says) as raised:
            await call(ai)
        assert raised.value.status == status
        assert plugin.name in raised.value.message
        await ai.aclose()


async def test_a_token_that_cannot_be_renewed_leaves_what_the_service_says() -> None:
    credentials = Renewable()

    def answer(request: RecordedRequest) -> CannedAnswer:
        credentials.error = exceptions.RefreshError('revoked')
        return CannedAnswer.of_json({'error': {'code': 401, 'message': 'revoked', 'status': 'UNAUTHENTICATED'}}, 401)

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[VertexAIRerankers(project='p', credentials=credentials, base_url=server.url)])
        with pytest.raises(GenkitError, match='revoked') as raised:
            await ai.rerank('vertex-rerankers/semantic-ranker-fast-004', 'q', ['a'])
        await ai.aclose()
    assert raised.value.status == 'UNAUTHENTICATED'
    assert len(server.requests) == 1


async def test_an_environment_without_credentials_is_an_error_that_says_what_to_do() -> None:
    ai = Genkit(plugins=[VertexAIRerankers(project='p', base_url='http://127.0.0.1:9')])
    with pytest.raises(GenkitError, match='gcloud auth application-default login') as raised:
        await ai.rerank('vertex-rerankers/semantic-ranker-fast-004', 'q', ['a'])
    assert raised.value.status == 'FAILED_PRECONDITION'
    await ai.aclose()


async def test_calls_that_are_refused_together_share_one_renewal() -> None:
    credentials, google = Renewable(), FakeGoogle()
    both = threading.Barrier(2)

    def answer(request: RecordedRequest) -> CannedAnswer:
        if bearer(request) == 'token-1':
            both.wait(10)
            return CannedAnswer.of_json({'error': {'code': 401, 'message': 'old', 'status': 'UNAUTHENTICATED'}}, 401)
        return google(request)

    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[VertexAIRerankers(project='p', credentials=credentials, base_url=server.url)])
        name = 'vertex-rerankers/semantic-ranker-default@latest'
        await asyncio.gather(*(ai.rerank(name, 'q', ['a']) for _ in range(2)))
        await ai.aclose()
    assert credentials.renewals == 2
