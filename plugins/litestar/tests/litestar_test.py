# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.testing import WebContract, define_echo_model
from genkit_litestar import flows_router, genkit_litestar_handler
from litestar import Litestar, Request, post
from litestar.di import Provide
from litestar.testing import TestClient, create_test_client
from pydantic import BaseModel


class TestLitestar(WebContract):
    def serving(self, ai, context_provider=None, **options):
        return self.on_uvicorn(Litestar([flows_router(ai, context_provider, **options)]))


class Address(BaseModel):
    city: str


class Guest(BaseModel):
    name: str
    address: Address


def signed_in(request: Request) -> str:
    return request.headers['x-user']


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow()
    async def greet(name: str, context: ActionRunContext) -> str:
        """Say hello."""
        context.send_chunk('Hello')
        return f'Hello, {name}! {context.context}'

    @ai.flow()
    async def seat(guest: Guest) -> Guest:
        return guest

    _used = greet, seat
    return ai


def test_the_decorator_makes_a_handler_of_a_flow(ai):
    @post('/hello')
    @genkit_litestar_handler(ai, lambda data: {'path': data.request.url.path})
    @ai.flow()
    async def hello(word: str, context: ActionRunContext) -> str:
        return f'{word} at {context.context["path"]}'

    with create_test_client([hello]) as client:
        assert client.post('/hello', json={'data': 'Hi'}).json() == {'result': 'Hi at /hello'}


@pytest.mark.filterwarnings('ignore:.*[Ii]nferred')  # newer releases want markers that older ones do not have
def test_the_decorator_makes_a_handler_of_a_function_that_returns_a_flow(ai):
    @post('/async/{language:str}', dependencies={'user': Provide(signed_in, sync_to_thread=False)})
    @genkit_litestar_handler(ai)
    async def chosen(language: str, request: Request, user: str) -> Any:
        assert request.path_params == {'language': language}
        return ai.registry.registered_actions('flow')[0] if (language, user) == ('en', 'ada') else None

    @post('/plain')
    @genkit_litestar_handler(ai)
    def named() -> str:
        return 'greet'

    with create_test_client([chosen, named]) as client:
        answer = client.post('/async/en', json={'data': 'Ada'}, headers={'x-user': 'ada'})
        assert (answer.status_code, answer.json()) == (200, {'result': 'Hello, Ada! {}'})
        assert client.post('/plain', json={'data': 'Ada'}).json() == {'result': 'Hello, Ada! {}'}
        assert client.post('/async/en', json={'data': 'Ada'}, headers={'x-user': 'bob'}).status_code == 500


def test_a_router_serves_the_flows_one_likes_where_one_likes(ai):
    router = flows_router(ai, flows=['greet'], path='/api', body_limit=30)
    with create_test_client([router]) as client:
        assert client.post('/api/greet', json={'data': 'Ada'}).json() == {'result': 'Hello, Ada! {}'}
        assert client.post('/api/greet', json={'data': 'A' * 30}).status_code == 413
        assert client.post('/api/seat', json={}).status_code == 404


def test_a_limit_may_be_higher_than_that_of_the_framework(ai):
    with TestClient(Litestar([flows_router(ai, body_limit=100)], request_max_body_size=20)) as client:
        assert client.post('/greet', json={'data': 'A' * 30}).json() == {'result': f'Hello, {"A" * 30}! {{}}'}


def test_shapes_of_flows_stand_in_the_openapi_document(ai):
    app = Litestar([flows_router(ai, path='/api')])
    document = app.openapi_schema.to_schema()
    operation = document['paths']['/api/seat']['post']
    asked = operation['requestBody']['content']['application/json']['schema']['properties']['data']
    assert asked['properties']['address']['properties'] == {'city': {'title': 'City', 'type': 'string'}}
    answered = operation['responses']['200']['content']['application/json']['schema']
    assert answered['properties']['result']['title'] == 'Guest'
    assert document['paths']['/api/greet']['post']['description'] == 'Say hello.'


def test_a_router_without_flows_says_what_to_do():
    with pytest.raises(GenkitError, match='Define them first'):
        flows_router(Genkit())


def test_an_agent_that_is_chosen_brings_what_belongs_to_it(ai):
    define_echo_model(ai, 'echo')
    ai.define_agent('waiter', model='echo', store=MemorySnapshots())
    app = Litestar([flows_router(ai, flows=['waiter'])])
    paths = app.openapi_schema.to_schema()['paths']
    assert sorted(paths) == ['/waiter', '/waiter/abort', '/waiter/getSnapshot']
    with TestClient(app) as client:
        unknown = client.post('/waiter/getSnapshot', json={'data': {'snapshotId': 'x'}})
    assert (unknown.status_code, unknown.json()['status']) == (404, 'NOT_FOUND')


def test_pages_of_some_origins_may_be_let_in(ai):
    with create_test_client([flows_router(ai, cross_site=['https://app.example.com'])]) as client:
        codes = [
            client.post(
                '/greet', json={'data': 'Ada'}, headers={'origin': origin, 'sec-fetch-site': 'cross-site'}
            ).status_code
            for origin in ('https://app.example.com', 'https://evil.example')
        ]
    assert codes == [200, 403]
    with pytest.raises(GenkitError, match='cross_site is'):
        flows_router(ai, cross_site='some')


def test_what_is_no_application_of_genkit_is_refused_at_once():
    wrong: list[Any] = [Litestar(), lambda: 'greet', 's3cret']
    with pytest.raises(GenkitError, match=r'The first argument is .*; expected the application whose flows are served'):
        flows_router(wrong[0])
    with pytest.raises(GenkitError, match=r'a decorator is given the application first: write @…\(ai\) above'):
        genkit_litestar_handler(wrong[1])
    with pytest.raises(GenkitError, match=r"context_provider is 's3cret'; expected a function of the request"):
        flows_router(Genkit(), wrong[2])
