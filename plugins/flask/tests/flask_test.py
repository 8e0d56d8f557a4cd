# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from flask import Flask, abort, g, request
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.testing import WebContract, define_echo_model
from genkit_flask import flows_blueprint, genkit_flask_handler
from waitress.server import create_server
from werkzeug.datastructures import Headers
from werkzeug.serving import make_server
from werkzeug.test import EnvironBuilder


WSGI = 'A WSGI application learns that its client has left when it sends something.'


def app_of(ai, context_provider, **options):
    app = Flask('restaurant')
    app.register_blueprint(flows_blueprint(ai, context_provider, **options))
    return app


class TestFlaskOnItsOwnServer(WebContract):
    detects_disconnect = False
    no_disconnect_reason = WSGI

    @contextlib.contextmanager
    def serving(self, ai, context_provider=None, **options):
        server = make_server('127.0.0.1', 0, app_of(ai, context_provider, **options), threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02})
        thread.start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()
        thread.join()
        server.server_close()


class TestFlaskOnWaitress(WebContract):
    detects_disconnect = False
    no_disconnect_reason = WSGI
    knows_its_address = False
    no_address_reason = 'Waitress names itself and not the address that it listens at.'

    @contextlib.contextmanager
    def serving(self, ai, context_provider=None, **options):
        connections = {}
        server: Any = create_server(
            app_of(ai, context_provider, **options), map=connections, host='127.0.0.1', port=0, threads=8
        )
        stopping = threading.Event()

        def run():
            while not stopping.is_set():
                server.asyncore.loop(timeout=0.02, map=connections, count=1)
            server.task_dispatcher.shutdown()
            server.asyncore.close_all(connections)

        thread = threading.Thread(target=run)
        thread.start()
        yield f'http://127.0.0.1:{server.effective_port}'
        stopping.set()
        thread.join()


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
def app() -> Flask:
    return Flask('restaurant')


@pytest.fixture
def client(app):
    return app.test_client()


def test_the_decorator_makes_a_view_of_a_flow(ai, app, client):
    @app.before_request
    def sign_in():
        g.user = 'Ada'

    @app.post('/hello/<language>')
    @genkit_flask_handler(ai, lambda data: {'path': data.request.path})
    @ai.flow()
    async def hello(word: str, context: ActionRunContext) -> str:
        assert request.view_args == {'language': 'en'}
        return f'{word}, {g.user} at {context.context["path"]}'

    assert app.view_functions['hello'].__name__ == 'hello'
    assert client.post('/hello/en', json={'data': 'Hi'}).json == {'result': 'Hi, Ada at /hello/en'}


def test_the_decorator_makes_a_view_of_a_function_that_returns_a_flow(ai, app, client):
    @app.post('/async/<language>')
    @genkit_flask_handler(ai)
    async def chosen(language: str) -> object:
        if language != 'en':
            abort(406)
        return ai.registry.registered_actions('flow')[0]

    @app.post('/plain')
    @genkit_flask_handler(ai)
    def named() -> str:
        return 'v1.greet'

    assert client.post('/async/en', json={'data': 'Ada'}).json == {'result': 'Hello, Ada! {}'}
    assert client.post('/plain', json={'data': 'Ada'}).json == {'result': 'Hello, Ada! {}'}
    assert client.post('/async/de').status_code == 406


def test_a_blueprint_serves_the_flows_one_likes_where_one_likes(ai, app, client):
    app.register_blueprint(flows_blueprint(ai, flows=['v1.greet'], name='v1', body_limit=30), url_prefix='/api')
    assert client.post('/api/v1.greet', json={'data': 'Ada'}).json == {'result': 'Hello, Ada! {}'}
    assert client.post('/api/v1.greet', json={'data': 'A' * 30}).status_code == 413


def test_a_stream_that_nobody_begins_to_read_ends_its_flow(ai, app):
    ended = threading.Event()

    @app.post('/wait')
    @genkit_flask_handler(ai)
    @ai.flow()
    async def wait(_: Any, context: ActionRunContext) -> None:
        try:
            await context.abort_signal.wait()
        finally:
            ended.set()

    streams = Headers([('accept', 'text/event-stream')])
    asked = EnvironBuilder(path='/wait', method='POST', json={'data': 1}, headers=streams)
    answered: Any = app(asked.get_environ(), lambda status, headers: None)
    assert not ended.is_set()
    answered.close()
    assert ended.wait(10)


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='this system copies no processes')
def test_a_process_that_has_forked_serves_flows_in_both_halves():
    program = """
import os
from flask import Flask
from genkit import Genkit
from genkit_flask import flows_blueprint

ai = Genkit()
ai.flow('greet')(lambda: 'Hello!')
app = Flask('restaurant')
app.register_blueprint(flows_blueprint(ai))

def call():
    return app.test_client().post('/greet', json={}).json['result']

assert call() == 'Hello!'
child = os.fork()
if child:
    os.waitpid(child, 0)
print(call(), flush=True)
"""
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, timeout=15, check=True)
    assert done.stdout.splitlines() == ['Hello!', 'Hello!']


def test_a_blueprint_without_flows_says_what_to_do():
    with pytest.raises(GenkitError, match='Define them first'):
        flows_blueprint(Genkit())


def test_an_agent_that_is_chosen_brings_what_belongs_to_it(ai, app):
    define_echo_model(ai, 'echo')
    waiter = ai.define_agent('the.waiter', model='echo', store=MemorySnapshots())
    app.register_blueprint(flows_blueprint(ai, flows=[waiter]))
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != 'static']
    assert sorted(rules) == ['/the.waiter', '/the.waiter/abort', '/the.waiter/getSnapshot']
    unknown = app.test_client().post('/the.waiter/getSnapshot', json={'data': {'snapshotId': 'x'}})
    assert unknown.status_code == 404
    assert b'NOT_FOUND' in unknown.data


def test_pages_of_some_origins_may_be_let_in(ai, app):
    app.register_blueprint(flows_blueprint(ai, cross_site=['https://app.example.com']))
    codes = {}
    for origin in ('https://app.example.com', 'https://evil.example'):
        page = {'origin': origin, 'sec-fetch-site': 'cross-site'}
        answered = app.test_client().post('/v1.greet', json={'data': 'Ada'}, headers=page)
        codes[origin] = answered.status_code
    assert list(codes.values()) == [200, 403]
    with pytest.raises(GenkitError, match='cross_site is'):
        flows_blueprint(ai, cross_site='some')


def test_what_is_no_application_of_genkit_is_refused_at_once():
    wrong: list[Any] = [Flask('x'), lambda: 'greet', 's3cret']
    with pytest.raises(GenkitError, match=r'The first argument is .*; expected the application whose flows are served'):
        flows_blueprint(wrong[0])
    with pytest.raises(GenkitError, match=r'a decorator is given the application first: write @…\(ai\) above'):
        genkit_flask_handler(wrong[1])
    with pytest.raises(GenkitError, match=r"context_provider is 's3cret'; expected a function of the request"):
        flows_blueprint(Genkit(), wrong[2])
