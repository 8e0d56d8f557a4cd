# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import contextlib
import gc
import json
import sys
import threading
from types import ModuleType
from typing import Any, cast

import django
import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import clear_url_caches, include, path
from django.utils.decorators import async_only_middleware
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.agent import MemorySnapshots
from genkit.testing import WebContract, define_echo_model
from genkit.web import WebRequest, WebResponse
from genkit_django import flow_urls, genkit_django_handler
from waitress.server import create_server


urlpatterns: list[Any] = []  # of the project: its pages for errors are Django's


@pytest.fixture(scope='session', autouse=True)
def _project():
    middleware = [
        'django.middleware.common.CommonMiddleware',
        'django.middleware.csrf.CsrfViewMiddleware',
        __name__ + '.dropped',
    ]
    settings.configure(
        ALLOWED_HOSTS=['127.0.0.1', 'localhost', 'testserver'],
        MIDDLEWARE=middleware,
        ROOT_URLCONF=__name__,
        SECRET_KEY='-',
    )
    django.setup()


@async_only_middleware
def dropped(get_response):
    """Puts another response in place of the view's, when it is asked to."""

    async def respond(request):
        response = await get_response(request)
        return HttpResponse('dropped') if 'x-drop' in request.headers else response

    return respond


class Urls(BaseHandler):
    """Gives each server of a test URLs of its own."""

    def __init__(self, urls):
        super().__init__()
        self.urls = tuple(urls)

    def resolve_request(self, request):
        request.urlconf = cast('str', self.urls)
        return super().resolve_request(request)


class AsgiSite(Urls, ASGIHandler):
    pass


class WsgiSite(Urls, WSGIHandler):
    pass


class TestDjangoUnderASGI(WebContract):
    def serving(self, ai, context_provider=None, **options):
        return self.on_uvicorn(AsgiSite(flow_urls(ai, context_provider, **options)))


class TestDjangoUnderWSGI(WebContract):
    detects_disconnect = False
    no_disconnect_reason = 'A WSGI application learns that its client has left when it sends something.'

    @contextlib.contextmanager
    def serving(self, ai, context_provider=None, **options):
        connections = {}
        server: Any = create_server(
            WsgiSite(flow_urls(ai, context_provider, **options)), map=connections, host='127.0.0.1', port=0, threads=8
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

    @ai.flow()
    async def greet(name: str, context: ActionRunContext) -> str:
        context.send_chunk('Hello')
        return f'Hello, {name}! {context.context}'

    _used = greet
    return ai


@pytest.fixture
def serve(monkeypatch):
    """Return a function that makes URL patterns those of the project."""

    def install(*patterns):
        module = ModuleType('restaurant_urls')
        vars(module)['urlpatterns'] = list(patterns)
        monkeypatch.setitem(sys.modules, 'restaurant_urls', module)
        monkeypatch.setattr(settings, 'ROOT_URLCONF', 'restaurant_urls')
        clear_url_caches()

    yield install
    clear_url_caches()


def posted(client, path, data, **options):
    return client.post(path, json.dumps({'data': data}), content_type='application/json', **options)


def test_the_decorator_makes_a_view_of_a_flow(ai, serve):
    @genkit_django_handler(ai, lambda data: {'path': data.request.path})
    @ai.flow()
    async def hello(word: str, context: ActionRunContext) -> str:
        return f'{word} at {context.context["path"]}'

    serve(path('hello/<language>', hello))
    assert posted(Client(enforce_csrf_checks=True), '/hello/en', 'Hi').json() == {'result': 'Hi at /hello/en'}


def test_the_decorator_makes_a_view_of_a_function_that_returns_a_flow(ai, serve):
    @genkit_django_handler(ai)
    async def chosen(request, language: str) -> object:
        assert request.resolver_match.kwargs == {'language': 'en'}
        return ai.registry.registered_actions('flow')[0]

    @genkit_django_handler(ai)
    def named(request) -> str:
        return 'greet'

    serve(path('async/<language>', chosen), path('plain', named))
    assert posted(Client(), '/async/en', 'Ada').json() == {'result': 'Hello, Ada! {}'}
    assert posted(Client(), '/plain', 'Ada').json() == {'result': 'Hello, Ada! {}'}


async def test_flows_can_be_included_under_a_prefix(ai, serve):
    serve(path('api/', include(flow_urls(ai, flows=['greet'], body_limit=30))))
    answer = await posted(AsyncClient(), '/api/greet', 'Ada')
    assert answer.json() == {'result': 'Hello, Ada! {}'}
    assert (await posted(AsyncClient(), '/api/greet', 'A' * 30)).status_code == 413


async def test_a_stream_that_a_middleware_puts_away_ends_its_flow(ai, serve):
    ended = asyncio.Event()

    @genkit_django_handler(ai)
    @ai.flow()
    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    serve(path('wait', wait))
    answer = await posted(AsyncClient(), '/wait', None, headers={'accept': 'text/event-stream', 'x-drop': 'yes'})
    assert answer.content == b'dropped'
    gc.collect()
    async with asyncio.timeout(10):
        await ended.wait()


def test_a_project_without_flows_is_told_what_to_do():
    with pytest.raises(GenkitError, match='Define them first'):
        flow_urls(Genkit())


def test_an_agent_that_is_chosen_brings_what_belongs_to_it(ai, serve):
    define_echo_model(ai, 'echo')
    ai.define_agent('waiter', model='echo', store=MemorySnapshots())
    urls = flow_urls(ai, flows=['waiter'])
    assert [str(url.pattern) for url in urls] == ['waiter', 'waiter/getSnapshot', 'waiter/abort']
    serve(*urls)
    unknown = posted(Client(), '/waiter/getSnapshot', {'snapshotId': 'x'})
    assert (unknown.status_code, unknown.json()['status']) == (404, 'NOT_FOUND')


def test_pages_of_some_origins_may_be_let_in(ai, serve):
    serve(*flow_urls(ai, cross_site=['https://app.example.com']))
    codes = [
        posted(Client(), '/greet', 'Ada', headers={'origin': origin, 'sec-fetch-site': 'cross-site'}).status_code
        for origin in ('https://app.example.com', 'https://evil.example')
    ]
    assert codes == [200, 403]
    with pytest.raises(GenkitError, match='cross_site is'):
        flow_urls(ai, cross_site='some')


TOKEN = 'a' * 32


@pytest.mark.parametrize(
    ('cookies', 'headers', 'status'),
    [
        ({}, {}, 200),
        ({'csrftoken': TOKEN}, {}, 200),
        ({'sessionid': 's'}, {}, 403),
        ({'sessionid': 's', 'csrftoken': TOKEN}, {}, 403),
        ({'sessionid': 's', 'csrftoken': TOKEN}, {'x-csrftoken': 'b' * 32}, 403),
        ({'sessionid': 's', 'csrftoken': TOKEN}, {'x-csrftoken': TOKEN}, 200),
    ],
)
@pytest.mark.parametrize('cross_site', ['refuse', 'allow'])
def test_a_request_with_a_session_cookie_has_to_pass_the_protection_from_forgery(
    ai, serve, cookies, headers, status, cross_site
):
    serve(*flow_urls(ai, lambda data: {'user': 'ada'}, cross_site=cross_site))
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(cookies)
    answer = posted(client, '/greet', 'Ada', headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()['status'] == 'PERMISSION_DENIED'
        assert 'X-CSRFToken' in answer.json()['message']


@pytest.mark.parametrize(('cookies', 'status'), [({}, 200), ({'sessionid': 's'}, 403)])
def test_a_handler_that_is_no_flow_is_served_and_protected_alike(serve, cookies, status):
    class Handler:
        body_limit = 1000

        async def handle(self, request: WebRequest) -> WebResponse:
            return WebResponse.of_json({'body': request.body.decode()})

    serve(path('own', genkit_django_handler(None)(Handler())))
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(cookies)
    answer = posted(client, '/own', 'Ada')
    assert answer.status_code == status
    assert ('X-CSRFToken' in answer.json().get('message', '')) is (status == 403)


async def test_under_asgi_as_well(ai, serve):
    serve(*flow_urls(ai))
    client = AsyncClient(enforce_csrf_checks=True)
    client.cookies.load({'sessionid': 's'})
    assert (await posted(client, '/greet', 'Ada')).status_code == 403


def test_a_project_without_that_protection_has_none(ai, serve, monkeypatch):
    monkeypatch.setattr(settings, 'MIDDLEWARE', [])
    serve(*flow_urls(ai))
    client = Client(enforce_csrf_checks=True)
    client.cookies.load({'sessionid': 's'})
    assert posted(client, '/greet', 'Ada').status_code == 200


def test_what_is_no_application_of_genkit_is_refused_at_once():
    wrong: list[Any] = [object(), lambda: 'greet', 's3cret']
    with pytest.raises(GenkitError, match=r'The first argument is .*; expected the application whose flows are served'):
        flow_urls(wrong[0])
    with pytest.raises(GenkitError, match=r'a decorator is given the application first: write @…\(ai\) above'):
        genkit_django_handler(wrong[1])
    with pytest.raises(GenkitError, match=r"context_provider is 's3cret'; expected a function of the request"):
        flow_urls(Genkit(), wrong[2])
