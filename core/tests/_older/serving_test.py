# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import httpx
import pytest
from genkit import Genkit, PublicError
from genkit._older.serving import create_flows_asgi_app, create_reflection_asgi_app


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow()
    async def greet(name: str, context) -> str:
        return f'Hello, {name}! {context.context}'

    _used = greet
    return ai


async def call(app, method, path, **options):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url='http://127.0.0.1') as client:
        return await client.request(method, path, **options)


async def lifespan(app) -> list[str]:
    """Return what an application says of its start and its end."""
    events, said = ['lifespan.startup', 'lifespan.shutdown'], []

    async def receive() -> dict:
        return {'type': events.pop(0)}

    async def send(message) -> None:
        said.append(message['type'])

    await app({'type': 'lifespan'}, receive, send)
    return said


class TestFlows:
    async def test_are_served_under_their_keys(self, ai):
        async def name(data) -> dict:
            return {'user': data.headers['x-user']}

        app = create_flows_asgi_app(ai.registry, context_providers=[name, lambda _: {'more': 1}])
        answer = await call(app, 'POST', '/flow/greet', json={'data': 'Ada'}, headers={'x-user': 'u1'})
        assert answer.json() == {'result': "Hello, Ada! {'user': 'u1', 'more': 1}"}
        assert (await call(app, 'GET', '/__health')).status_code == 200
        assert (await call(app, 'POST', '/flow/other', json={'data': 1})).status_code == 404
        malformed = await call(app, 'POST', '/flow/greet', content=b'{', headers={'content-type': 'application/json'})
        assert malformed.status_code == 400

    async def test_are_refused_with_401_unless_the_error_says_otherwise(self, ai):
        def missing(data) -> dict:
            return {'user': data.headers['x-user']}

        def forbidden(_) -> dict:
            raise PublicError('PERMISSION_DENIED', 'not you')

        for provider, status in ((missing, 401), (forbidden, 403)):
            app = create_flows_asgi_app(ai, [provider])
            assert (await call(app, 'POST', '/flow/greet', json={'data': 'Ada'})).status_code == status

    async def test_tell_no_client_what_a_provider_stumbled_over(self, ai, caplog):
        def failing(_) -> dict:
            raise OSError('no connection to postgresql://admin:hunter2@db')

        answer = await call(create_flows_asgi_app(ai, [failing]), 'POST', '/flow/greet', json={'data': 'Ada'})
        assert answer.status_code == 401
        assert 'hunter2' not in answer.text
        assert 'A context provider refused a request' in caplog.text

    async def test_have_hooks(self, ai):
        seen: list[str] = []
        app = create_flows_asgi_app(
            ai.registry, on_app_startup=lambda: seen.append('up'), on_app_shutdown=lambda: seen.append('down')
        )
        assert await lifespan(app) == ['lifespan.startup.complete', 'lifespan.shutdown.complete']
        assert seen == ['up', 'down']


class TestReflection:
    @pytest.mark.parametrize(
        ('address', 'status'),
        [('127.0.0.1', 200), ('::1', 200), ('::ffff:127.0.0.1', 200), ('203.0.113.9', 403), ('fe80::1%eth0', 403)],
    )
    async def test_answers_clients_of_this_machine_alone(self, ai, address, status):
        transport = httpx.ASGITransport(create_reflection_asgi_app(ai), client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url='http://localhost') as client:
            assert (await client.get('/api/actions')).status_code == status

    async def test_lists_and_runs_actions(self, ai):
        app = create_reflection_asgi_app(ai.registry)
        assert '/flow/greet' in (await call(app, 'GET', '/api/actions')).json()
        answer = await call(app, 'POST', '/api/runAction', json={'key': '/flow/greet', 'input': 'Ada'})
        assert answer.json()['result'] == 'Hello, Ada! {}'

    async def test_is_for_this_machine_alone(self, ai):
        app = create_reflection_asgi_app(ai)
        assert (await call(app, 'GET', '/api/actions', headers={'host': 'evil.example'})).status_code == 403

    async def test_has_hooks(self, ai):
        seen: list[str] = []
        await lifespan(create_reflection_asgi_app(ai, lambda: seen.append('up'), lambda: seen.append('down')))
        assert seen == ['up', 'down']
