# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import contextlib
import socket
import threading
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.testing import WebContract, define_echo_model
from genkit_quart import flows_blueprint, genkit_quart_handler
from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, abort, g, request


def app_of(ai, context_provider, **options):
    app = Quart('restaurant')
    app.register_blueprint(flows_blueprint(ai, context_provider, **options))
    return app


class TestQuartOnHypercorn(WebContract):
    @contextlib.contextmanager
    def serving(self, ai, context_provider=None, **options):
        config = Config()
        config.loglevel = 'CRITICAL'
        config.graceful_timeout = 1
        app: Any = app_of(ai, context_provider, **options)
        started, loops = threading.Event(), []
        stopping = asyncio.Event()

        async def wait():
            loops.append(asyncio.get_running_loop())
            started.set()
            await stopping.wait()

        listening = socket.create_server(('127.0.0.1', 0))
        port = listening.getsockname()[1]
        config.bind = [f'fd://{listening.detach()}']
        thread = threading.Thread(target=lambda: asyncio.run(serve(app, config, shutdown_trigger=wait)))
        thread.start()
        started.wait()
        yield f'http://127.0.0.1:{port}'
        loops[0].call_soon_threadsafe(stopping.set)
        thread.join()


class TestQuartOnUvicorn(WebContract):
    def serving(self, ai, context_provider=None, **options):
        return self.on_uvicorn(app_of(ai, context_provider, **options))


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow('v1.greet')
    async def greet(name: str, context: ActionRunContext) -> str:
        context.send_chunk('Hello')
        return f'Hello, {name}! {context.context}'

    _used = greet
    return ai


@pytest.fixture
def app() -> Quart:
    return Quart('restaurant')


async def answer(app, path, data, **options):
    response = await app.test_client().post(path, json={'data': data}, **options)
    return await response.json if response.status_code == 200 else response.status_code


async def test_the_decorator_makes_a_view_of_a_flow(ai, app):
    @app.before_request
    def sign_in():
        g.user = 'Ada'

    @app.post('/hello/<language>')
    @genkit_quart_handler(ai, lambda data: {'path': data.request.path})
    @ai.flow()
    async def hello(word: str, context: ActionRunContext) -> str:
        assert request.view_args == {'language': 'en'}
        return f'{word}, {g.user} at {context.context["path"]}'

    assert app.view_functions['hello'].__name__ == 'hello'
    assert await answer(app, '/hello/en', 'Hi') == {'result': 'Hi, Ada at /hello/en'}


async def test_the_decorator_makes_a_view_of_a_function_that_returns_a_flow(ai, app):
    @app.post('/async/<language>')
    @genkit_quart_handler(ai)
    async def chosen(language: str) -> object:
        if language != 'en':
            abort(406)
        return ai.registry.registered_actions('flow')[0]

    @app.post('/plain')
    @genkit_quart_handler(ai)
    def named() -> str:
        return 'v1.greet'

    assert await answer(app, '/async/en', 'Ada') == {'result': 'Hello, Ada! {}'}
    assert await answer(app, '/plain', 'Ada') == {'result': 'Hello, Ada! {}'}
    assert await answer(app, '/async/de', 'Ada') == 406


async def test_a_blueprint_serves_the_flows_one_likes_where_one_likes(ai, app):
    app.register_blueprint(flows_blueprint(ai, flows=['v1.greet'], name='v1', body_limit=30), url_prefix='/api')
    assert await answer(app, '/api/v1.greet', 'Ada') == {'result': 'Hello, Ada! {}'}
    assert await answer(app, '/api/v1.greet', 'A' * 30) == 413


async def test_a_stream_may_last_longer_than_other_answers(ai, app):
    app.config['RESPONSE_TIMEOUT'] = 0.01

    @app.post('/slow')
    @genkit_quart_handler(ai)
    @ai.flow()
    async def slow() -> str:
        await asyncio.sleep(0.1)
        return 'soup'

    response = await app.test_client().post('/slow', json={}, headers={'accept': 'text/event-stream'})
    assert await response.get_data() == b'data: {"result":"soup"}\n\n'


def test_a_blueprint_without_flows_says_what_to_do():
    with pytest.raises(GenkitError, match='Define them first'):
        flows_blueprint(Genkit())


async def test_an_agent_that_is_chosen_brings_what_belongs_to_it(ai, app):
    define_echo_model(ai, 'echo')
    waiter = ai.define_agent('the.waiter', model='echo', store=MemorySnapshots())
    app.register_blueprint(flows_blueprint(ai, flows=[waiter]))
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != 'static']
    assert sorted(rules) == ['/the.waiter', '/the.waiter/abort', '/the.waiter/getSnapshot']
    unknown = await app.test_client().post('/the.waiter/getSnapshot', json={'data': {'snapshotId': 'x'}})
    assert unknown.status_code == 404
    assert b'NOT_FOUND' in await unknown.get_data()


async def test_pages_of_some_origins_may_be_let_in(ai, app):
    app.register_blueprint(flows_blueprint(ai, cross_site=['https://app.example.com']))
    codes = {}
    for origin in ('https://app.example.com', 'https://evil.example'):
        page = {'origin': origin, 'sec-fetch-site': 'cross-site'}
        answered = await app.test_client().post('/v1.greet', json={'data': 'Ada'}, headers=page)
        codes[origin] = answered.status_code
    assert list(codes.values()) == [200, 403]
    with pytest.raises(GenkitError, match='cross_site is'):
        flows_blueprint(ai, cross_site='some')


def test_what_is_no_application_of_genkit_is_refused_at_once():
    wrong: list[Any] = [Quart('x'), lambda: 'greet', 's3cret']
    with pytest.raises(GenkitError, match=r'The first argument is .*; expected the application whose flows are served'):
        flows_blueprint(wrong[0])
    with pytest.raises(GenkitError, match=r'a decorator is given the application first: write @…\(ai\) above'):
        genkit_quart_handler(wrong[1])
    with pytest.raises(GenkitError, match=r"context_provider is 's3cret'; expected a function of the request"):
        flows_blueprint(Genkit(), wrong[2])
