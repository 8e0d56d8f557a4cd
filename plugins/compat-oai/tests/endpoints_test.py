# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Endpoints that the client's library has no methods for."""

from typing import Any

import pytest
from genkit import GenkitError
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_compat_oai import OpenAICompatible
from genkit_compat_oai.endpoints import form_fields, get, post, post_streaming


async def test_an_object_is_sent_as_json_and_the_answer_comes_with_status_and_headers() -> None:
    answers = [CannedAnswer(b'made', 201, {'x-told': 'yes'}), CannedAnswer(b'', 202)]
    with LoopbackServer(lambda _: answers.pop(0)) as server:
        plugin = OpenAICompatible(api_key='k', base_url=f'{server.url}/v1')
        async with plugin._call(None) as (client, headers, _):
            made = await post(client, '/things', {'a': None, 'b': [1]}, headers)
            found = await get(client, '/things/1', headers)
        await plugin.aclose()
    assert (made.status, made.headers['x-told'], made.content) == (201, 'yes', b'made')
    assert (found.status, found.content) == (202, b'')
    posted, fetched = server.requests
    assert (posted.path, posted.json) == ('/v1/things', {'a': None, 'b': [1]})
    assert (fetched.path, fetched.method) == ('/v1/things/1', 'GET')
    assert {request.headers['authorization'] for request in server.requests} == {'Bearer k'}


async def test_fields_of_a_form_keep_their_names_and_their_order() -> None:
    options: dict[str, Any] = {'a': True, 'b': ['x', 'y'], 'c': {'d': 1}, 'e': 2.5}
    with LoopbackServer(lambda _: CannedAnswer(b'ok')) as server:
        plugin = OpenAICompatible(api_key='k', base_url=server.url)
        async with plugin._call(None) as (client, headers, _):
            form = [*form_fields(options), ('file', ('a.wav', b'sound', 'audio/wav'))]
            assert (await post(client, '/forms', form, headers)).content == b'ok'
        await plugin.aclose()
    body = server.requests[0].body.decode()
    names = [part.partition('name="')[2].partition('"')[0] for part in body.split('Content-Disposition')[1:]]
    assert names == ['a', 'b', 'b', 'c', 'e', 'file']
    assert all(text in body for text in ('true', '{"d": 1}', '2.5', 'filename="a.wav"', 'audio/wav'))


async def test_an_answer_is_given_as_its_bytes_come() -> None:
    with LoopbackServer(lambda _: CannedAnswer([b'data: 1\n\n', b'data: 2\n\n'])) as server:
        plugin = OpenAICompatible(api_key='k', base_url=server.url)
        async with plugin._call(None) as (client, headers, _), post_streaming(client, '/s', {}, headers) as pieces:
            assert b''.join([piece async for piece in pieces]) == b'data: 1\n\ndata: 2\n\n'
        await plugin.aclose()


async def _fail(plugin: OpenAICompatible, *, streamed: bool) -> None:
    async with plugin._call(None) as (client, headers, _):
        if not streamed:
            await post(client, '/s', {}, headers)
        async with post_streaming(client, '/s', {}, headers):
            pass


@pytest.mark.parametrize('streamed', [False, True])
async def test_a_failure_has_its_status_and_never_the_key(streamed: bool) -> None:
    answer = CannedAnswer.of_json({'error': {'message': 'the key sk-secret-of-mine is wrong'}}, 401)
    with LoopbackServer(lambda _: answer) as server:
        plugin = OpenAICompatible(api_key='sk-secret-of-mine', base_url=server.url)
        with pytest.raises(GenkitError) as raised:
            await _fail(plugin, streamed=streamed)
        await plugin.aclose()
    assert raised.value.status == 'UNAUTHENTICATED'
    assert 'sk-secret-of-mine' not in raised.value.message
