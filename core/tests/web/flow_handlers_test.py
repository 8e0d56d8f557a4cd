# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.web import FlowHandlers, WebRequest, api_key, read_request


JSON = {'content-type': 'application/json'}
DATA = WebRequest('POST', JSON, b'{"data": 3}')


@pytest.fixture
def ai() -> Genkit:
    return Genkit()


@pytest.fixture
def double(ai):
    @ai.flow()
    async def double(number: int) -> int:
        return 2 * number

    return double


async def test_a_source_and_a_handler_answer_a_request(ai, double):
    handlers = FlowHandlers(ai)
    find = handlers.source('double')
    answer = await handlers.handler(await find()).handle(DATA)
    assert answer.body == b'{"result":6}'


async def test_the_options_are_those_of_every_handler(ai, double):
    handlers = FlowHandlers(ai, body_limit=5, cross_site=['https://app.example.com'])
    handler = handlers.handler(double.action)
    assert (handlers.body_limit, handler.body_limit) == (5, 5)
    assert (await handler.handle(DATA)).status == 413
    of_a_page = WebRequest('POST', {**JSON, 'origin': 'https://other.example.com', 'host': 'here'}, b'{}')
    assert (await handler.handle(of_a_page)).status == 403


async def test_a_provider_for_one_request_takes_the_place_of_the_usual_one(ai, double):
    handlers = FlowHandlers(ai, api_key('s3cret'))
    assert (await handlers.handler(double.action).handle(DATA)).status == 401
    assert (await handlers.handler(double.action, lambda _: {}).handle(DATA)).status == 200


def test_what_is_no_application_and_no_option_is_refused(ai):
    with pytest.raises(GenkitError, match='application'):
        FlowHandlers('ai')  # pyright: ignore[reportArgumentType]
    with pytest.raises(TypeError, match='limit'):
        FlowHandlers(ai, limit=3)  # pyright: ignore[reportCallIssue]


async def test_an_asgi_request_is_read_from_its_scope():
    async def pieces():
        yield b'{"da'
        yield b'ta": 3}'

    scope: dict[str, Any] = {
        'method': 'POST',
        'headers': [(b'X-Of', b'one'), (b'x-of', b'two')],
        'query_string': b'stream=true',
        'server': ('127.0.0.1', 8000),
    }
    read = await read_request(scope, pieces(), 100, 'raw')
    assert read == WebRequest('POST', {'x-of': 'one, two'}, b'{"data": 3}', 'stream=true', 'raw', '127.0.0.1')
    assert len((await read_request(scope, pieces(), 2, 'raw')).body) == 4
