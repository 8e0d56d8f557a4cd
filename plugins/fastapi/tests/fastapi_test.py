# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException, Request
from fastapi.testclient import TestClient
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.testing import WebContract, define_echo_model
from genkit.web import api_key
from genkit_fastapi import flows_router, genkit_fastapi_handler, serve_agent, serve_flow
from pydantic import BaseModel


class TestFastAPI(WebContract):
    def serving(self, ai, context_provider=None, **options):
        app = FastAPI()
        app.include_router(flows_router(ai, context_provider, **options))
        return self.on_uvicorn(app)


class TestFastAPIBehindMiddleware(WebContract):
    def serving(self, ai, context_provider=None, **options):
        app = FastAPI()
        app.include_router(flows_router(ai, context_provider, **options))

        @app.middleware('http')
        async def pass_on(request, call_next):
            return await call_next(request)

        return self.on_uvicorn(app)


class Address(BaseModel):
    city: str


class Guest(BaseModel):
    """Somebody who eats here."""

    name: str
    address: Address
    brings: 'list[Guest]' = []


def signed_in(x_user: Annotated[str | None, Header()] = None) -> dict[str, str]:
    if x_user is None:
        raise HTTPException(401, 'Sign in.')
    return {'user': x_user}


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


@pytest.fixture
def app() -> FastAPI:
    return FastAPI()


@pytest.fixture
def client(app) -> TestClient:
    return TestClient(app)


def result(client, path, data=None, **headers):
    return client.post(path, json={'data': data}, headers=headers).json()['result']


def test_the_decorator_makes_an_endpoint_of_a_flow(ai, app, client):
    @app.post('/hello')
    @genkit_fastapi_handler(ai, lambda data: {'host': data.request.url.hostname})
    @ai.flow()
    async def hello(name: str, context: ActionRunContext) -> str:
        return f'{name} at {context.context["host"]}'

    assert result(client, '/hello', 'Ada') == 'Ada at testserver'


def test_the_decorator_makes_an_endpoint_of_a_function_that_returns_a_flow(ai, app, client):
    @app.post('/async/{language}')
    @genkit_fastapi_handler(ai)
    async def chosen(language: str, request: Request, user: Annotated[dict, Depends(signed_in)]) -> object:
        assert request.path_params == {'language': language}
        return ai.registry.registered_actions('flow')[0] if (language, user['user']) == ('en', 'ada') else None

    @app.post('/plain')
    @genkit_fastapi_handler(ai)
    def named() -> str:
        return 'greet'

    assert result(client, '/async/en', 'Ada', **{'x-user': 'ada'}) == 'Hello, Ada! {}'
    assert result(client, '/plain', 'Ada') == 'Hello, Ada! {}'
    assert client.post('/async/en').json() == {'detail': 'Sign in.'}
    with pytest.raises(GenkitError, match='None cannot be served'):
        client.post('/async/de', json={}, headers={'x-user': 'ada'})


@pytest.mark.parametrize('dependency', [signed_in, Depends(signed_in)], ids=['function', 'Depends'])
def test_a_dependency_can_be_the_context(ai, app, client, dependency):
    app.include_router(flows_router(ai, flows=['greet'], context_dependency=dependency), prefix='/api')
    assert result(client, '/api/greet', 'Ada', **{'x-user': 'ada'}) == "Hello, Ada! {'user': 'ada'}"
    answer = client.post('/api/greet', json={'data': 'Ada'})
    assert (answer.status_code, answer.json()) == (401, {'detail': 'Sign in.'})
    assert client.post('/api/seat').status_code == 404


def test_dependencies_of_a_router_guard_its_flows(ai, app, client):
    app.include_router(flows_router(ai), dependencies=[Depends(signed_in)])
    assert client.post('/greet', json={'data': 'Ada'}).status_code == 401
    assert result(client, '/greet', 'Ada', **{'x-user': 'ada'}) == 'Hello, Ada! {}'


def test_one_flow_can_be_served_where_one_likes(ai, app, client):
    [greet] = [flow for flow in ai.registry.registered_actions('flow') if flow.name == 'greet']
    app.include_router(serve_flow(greet, base_path='/v1/hello'))
    app.include_router(serve_flow(greet, body_limit=20))
    assert result(client, '/v1/hello', 'Ada') == 'Hello, Ada! {}'
    assert client.post('/greet', json={'data': 'A' * 20}).status_code == 413


def test_background_tasks_run_after_a_stream(ai, app, client):
    done = []

    @app.post('/later')
    @genkit_fastapi_handler(ai)
    def later(tasks: BackgroundTasks) -> str:
        tasks.add_task(done.append, 'later')
        return 'greet'

    answer = client.post('/later', json={'data': 'Ada'}, headers={'accept': 'text/event-stream'})
    assert answer.text.startswith('data: {"message":"Hello"}\n\n')
    assert done == ['later']


def test_shapes_of_flows_stand_in_the_openapi_document(ai, app, client):
    app.include_router(flows_router(ai, context_dependency=signed_in), prefix='/api')
    operation = client.get('/openapi.json').json()['paths']['/api/seat']['post']
    asked = operation['requestBody']['content']['application/json']['schema']['properties']['data']
    assert asked['properties']['address'] == {
        'properties': {'city': {'title': 'City', 'type': 'string'}},
        'required': ['city'],
        'title': 'Address',
        'type': 'object',
    }
    answered = operation['responses']['200']['content']['application/json']['schema']
    assert answered['properties']['result']['title'] == 'Guest'
    assert [parameter['name'] for parameter in operation['parameters']] == ['x-user']
    assert '$defs' not in client.get('/openapi.json').text
    greet = client.get('/openapi.json').json()['paths']['/api/greet']['post']
    assert greet['description'] == 'Say hello.'


def test_a_router_without_flows_says_what_to_do():
    with pytest.raises(GenkitError, match='Define them first'):
        flows_router(Genkit())


def test_what_cannot_be_served_is_refused_when_it_is_given(ai):
    with pytest.raises(GenkitError, match=r"No flow or agent 'great' is defined\. Did you mean 'greet'"):
        flows_router(ai, flows=['great'])
    with pytest.raises(GenkitError, match='42 cannot be served'):
        genkit_fastapi_handler(ai)(42)


@pytest.fixture
def waiter(ai):
    define_echo_model(ai, 'echo')
    return ai.define_agent('waiter', model='echo', store=MemorySnapshots())


SAID = {'data': {'message': {'role': 'user', 'content': [{'text': 'soup'}]}}, 'init': {'sessionId': 'table-7'}}


def test_an_agent_is_served_where_one_likes_with_what_belongs_to_it(waiter, app, client):
    app.include_router(serve_agent(waiter, base_path='/v1/table', context_dependency=signed_in))
    ada = {'x-user': 'ada'}
    kept = client.post('/v1/table', json=SAID, headers=ada).json()['result']['snapshotId']
    for path, body in (('getSnapshot', {'sessionId': 'table-7'}), ('abort', {'snapshotId': kept})):
        assert client.post(f'/v1/table/{path}', json={'data': body}).status_code == 401
        answer = client.post(f'/v1/table/{path}', json={'data': body}, headers=ada)
        assert answer.json()['result']['snapshotId'] == kept
    paths = client.get('/openapi.json').json()['paths']
    assert sorted(paths) == ['/v1/table', '/v1/table/abort', '/v1/table/getSnapshot']
    asked = paths['/v1/table']['post']['requestBody']['content']['application/json']['schema']['properties']
    assert set(asked) == {'data', 'init'}


def test_an_agent_that_is_chosen_brings_what_belongs_to_it_and_an_agent_of_its_clients_nothing(ai, waiter, app, client):
    ai.define_agent('cook', model='echo')
    app.include_router(flows_router(ai, flows=['waiter', 'cook']))
    assert sorted(client.get('/openapi.json').json()['paths']) == [
        *('/cook', '/waiter', '/waiter/abort', '/waiter/getSnapshot')
    ]


def test_pages_of_some_origins_may_be_let_in(ai, app, client):
    app.include_router(flows_router(ai, cross_site=['https://app.example.com']))
    page = {'origin': 'https://app.example.com', 'sec-fetch-site': 'cross-site'}
    assert result(client, '/greet', 'Ada', **page) == 'Hello, Ada! {}'
    page['origin'] = 'https://evil.example'
    assert client.post('/greet', json={'data': 'Ada'}, headers=page).status_code == 403
    with pytest.raises(GenkitError, match='cross_site is'):
        flows_router(ai, cross_site='some')


def test_what_is_no_application_of_genkit_is_refused_at_once():
    wrong: list[Any] = [FastAPI(), lambda: 'greet', 's3cret']
    with pytest.raises(GenkitError, match=r'The first argument is .*; expected the application whose flows are served'):
        flows_router(wrong[0])
    with pytest.raises(GenkitError, match=r'a decorator is given the application first: write @…\(ai\) above'):
        genkit_fastapi_handler(wrong[1])
    with pytest.raises(GenkitError, match=r"context_provider is 's3cret'; expected a function of the request"):
        flows_router(Genkit(), wrong[2])


def test_two_ways_to_make_a_context_are_one_too_many(ai: Genkit) -> None:
    async def signed_in() -> dict[str, Any]:
        return {'auth': 'anybody'}

    with pytest.raises(GenkitError, match='context_provider and context_dependency are both given'):
        flows_router(ai, context_provider=api_key('s3cret'), context_dependency=signed_in)
