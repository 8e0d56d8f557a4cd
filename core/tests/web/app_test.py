# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import json
import re
from typing import ClassVar

import httpx
import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit._base.app_loop import application_loop
from genkit.agent import MemorySnapshots
from genkit.testing import define_echo_model
from genkit.web import FlowsApp, Frames, WebRequest, api_key, cancelled_with_client, select_routes, send_response
from genkit.web.handler import FlowHandler


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit()

    @ai.flow()
    async def greet(name: str = 'you') -> str:
        return f'Hello, {name}!'

    @ai.flow('menu/today')
    async def menu(_: None, context: ActionRunContext) -> dict:
        return context.context

    _used = greet, menu
    return ai


async def post(client, path, data=None, **headers):
    answer = await client.post(path, json={'data': data}, headers=headers)
    return answer.json().get('result', answer.status_code)


class Server:
    """The server's side of a lifespan."""

    def __init__(self, app):
        self.told: asyncio.Queue = asyncio.Queue()
        self.said: asyncio.Queue = asyncio.Queue()
        self.running = asyncio.create_task(app({'type': 'lifespan'}, self.said.get, self.told.put))

    async def say(self, event):
        await self.said.put({'type': f'lifespan.{event}'})
        return await self.told.get()


class TestPaths:
    async def test_flows_are_served_under_a_prefix(self, ai, client_of):
        for prefix in ('api', '/api', '/api/'):
            client = client_of(FlowsApp(ai, path_prefix=prefix))
            assert await post(client, '/api/greet', 'Ada') == 'Hello, Ada!'
            assert await post(client, '/api/menu/today') == {}
            assert await post(client, '/greet') == 404

    async def test_flows_that_were_not_chosen_are_not_there(self, ai, client_of):
        client = client_of(FlowsApp(ai, flows=['greet']))
        assert await post(client, '/greet') == 'Hello, you!'
        assert await post(client, '/menu/today') == 404
        assert list((await client.get('/openapi.json')).json()['paths']) == ['/greet']

    async def test_a_flow_that_is_defined_later_is_served_and_one_that_is_replaced_is_the_new_one(self, ai, client_of):
        client = client_of(FlowsApp(ai))
        assert await post(client, '/late') == 404
        ai.flow('late')(lambda: 1)
        assert await post(client, '/late') == 1
        ai.flow('late')(lambda: 2)
        assert await post(client, '/late') == 2

    async def test_an_unknown_path_is_told_which_was_meant(self, ai, client_of):
        answer = await client_of(FlowsApp(ai)).post('/great', json={})
        assert answer.json()['status'] == 'NOT_FOUND'
        assert "Did you mean '/greet'?" in answer.json()['message']

    async def test_health_can_be_asked_for(self, ai, client_of):
        client = client_of(FlowsApp(ai, path_prefix='api'))
        assert (await client.get('/__health')).json() == {'status': 'OK'}
        assert (await client.post('/__health')).status_code == 404


class TestContext:
    async def test_a_flow_may_have_a_provider_of_its_own(self, ai, client_of):
        app = FlowsApp(ai, context_provider=api_key('s3cret'), context_providers={'menu/today': lambda _: {'table': 7}})
        client = client_of(app)
        assert await post(client, '/menu/today') == {'table': 7}
        assert await post(client, '/greet') == 401
        assert await post(client, '/greet', authorization='s3cret') == 'Hello, you!'


class TestLifespan:
    async def test_hooks_run_before_the_first_request_and_after_the_last(self, ai):
        done = []

        async def open_up():
            done.append('open')

        server = Server(FlowsApp(ai, on_startup=open_up, on_shutdown=lambda: done.append('closed')))
        assert await server.say('startup') == {'type': 'lifespan.startup.complete'}
        assert done == ['open']
        assert application_loop() is asyncio.get_running_loop()
        assert await server.say('shutdown') == {'type': 'lifespan.shutdown.complete'}
        assert done == ['open', 'closed']
        await server.running

    async def test_the_server_is_told_when_a_hook_fails(self, ai):
        def fail():
            raise OSError('no gas')

        server = Server(FlowsApp(ai, on_startup=fail))
        assert await server.say('startup') == {'type': 'lifespan.startup.failed', 'message': 'no gas'}
        await server.running
        server = Server(FlowsApp(ai, on_shutdown=fail))
        await server.say('startup')
        assert await server.say('shutdown') == {'type': 'lifespan.shutdown.failed', 'message': 'no gas'}
        await server.running


class TestOtherProtocols:
    async def test_a_websocket_is_refused(self, ai):
        sent = []

        async def receive():
            return {'type': 'websocket.connect'}

        async def send(message):
            sent.append(message)

        await FlowsApp(ai)({'type': 'websocket', 'path': '/greet'}, receive, send)
        assert [(message['type'], message['code']) for message in sent] == [('websocket.close', 1008)]


class Client:
    """The client's side of an ASGI request, as a server passes it on."""

    def __init__(self, *messages):
        self.messages = list(messages)
        self.left = asyncio.Event()
        self.got: list = []

    async def receive(self):
        if self.messages:
            return self.messages.pop(0)
        await self.left.wait()
        return {'type': 'http.disconnect'}

    async def send(self, message):
        self.got.append(message)


JSON = {'content-type': 'application/json'}


def asked(path='/greet', **headers):
    raw = [(name.replace('_', '-').encode(), value.encode()) for name, value in headers.items()]
    return {'type': 'http', 'method': 'POST', 'path': path, 'query_string': b'', 'headers': raw}


class TestClients:
    async def test_a_body_that_is_too_large_is_refused_at_once_and_the_rest_is_dropped(self, ai):
        pieces = [{'type': 'http.request', 'body': b'x' * 6, 'more_body': more} for more in (True, True, False)]
        client = Client(*pieces)
        await FlowsApp(ai, body_limit=10)(asked(content_length='18'), client.receive, client.send)
        start, body, end = client.got
        assert (start['status'], json.loads(body['body'])['status']) == (413, 'INVALID_ARGUMENT')
        assert (b'connection', b'close') in start['headers']
        assert (body['more_body'], end['body']) == (True, b'')
        assert not client.messages

    async def test_what_is_too_large_beyond_reason_is_not_read(self, ai):
        client = Client(*({'type': 'http.request', 'body': bytes(10**7), 'more_body': True} for _ in range(20)))
        await FlowsApp(ai, body_limit=10)(asked(content_length='200000000'), client.receive, client.send)
        assert client.got[0]['status'] == 413
        assert len(client.messages) == 13

    async def test_a_body_that_does_not_arrive_in_time_is_answered_with_408(self, ai):
        client = Client({'type': 'http.request', 'body': b'{', 'more_body': True})
        await FlowsApp(ai, body_timeout=0.01)(asked(), client.receive, client.send)
        start, body, _ = client.got
        assert start['status'] == 408
        assert (b'connection', b'close') in start['headers']
        assert json.loads(body['body'])['status'] == 'DEADLINE_EXCEEDED'

    async def test_a_client_that_leaves_while_it_sends_gets_nothing(self, ai):
        client = Client({'type': 'http.request', 'body': b'{', 'more_body': True}, {'type': 'http.disconnect'})
        await FlowsApp(ai)(asked(), client.receive, client.send)
        assert client.got == []

    async def test_a_block_is_cancelled_with_the_client_and_the_task_goes_on(self):
        client = Client()
        async with cancelled_with_client(client.receive):
            client.left.set()
            await asyncio.Event().wait()
            pytest.fail('it was cancelled')
        await asyncio.sleep(0)

    async def test_a_cancellation_from_elsewhere_passes_through(self):
        client = Client()
        inside = asyncio.Event()

        async def wait():
            async with cancelled_with_client(client.receive):
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(wait())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_frames_are_closed_when_they_cannot_be_sent(self, ai):
        ended = asyncio.Event()

        @ai.flow()
        async def talk(_: None, context: ActionRunContext) -> None:
            context.send_chunk('soup')
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async def send(message):
            if message['type'] == 'http.response.body':
                raise OSError('the line is dead')

        request = WebRequest('POST', {'accept': 'text/event-stream', **JSON}, b'{}')
        answer = await FlowHandler(talk.action).handle(request)
        with pytest.raises(OSError, match='dead'):
            await send_response(send, answer)
        assert ended.is_set()


async def test_an_application_that_is_mounted_answers_under_its_mount() -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    ai = Genkit()

    @ai.flow()
    async def greet(name: str) -> str:
        return f'Hello, {name}!'

    app = Starlette(routes=[Mount('/api', FlowsApp(ai))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://x') as client:
        assert (await client.post('/api/greet', json={'data': 'Ada'})).json() == {'result': 'Hello, Ada!'}
        assert (await client.get('/api/__health')).status_code == 200
    assert greet.name == 'greet'


async def test_agents_are_served_with_their_snapshots_and_the_way_to_stop_them() -> None:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    ai.define_agent('waiter', store=MemorySnapshots())
    transport = httpx.ASGITransport(FlowsApp(ai))
    async with httpx.AsyncClient(transport=transport, base_url='http://x') as client:
        said = {'message': {'role': 'user', 'content': [{'text': 'hi'}]}}
        first = (await client.post('/waiter', json={'data': said, 'init': {'sessionId': 's1'}})).json()['result']
        assert first['sessionId'] == 's1'
        kept = await client.post('/waiter/getSnapshot', json={'data': {'snapshotId': first['snapshotId']}})
        assert kept.json()['result']['status'] == 'completed'
        stopped = await client.post('/waiter/abort', json={'data': {'snapshotId': first['snapshotId']}})
        assert stopped.json()['result'] == {'snapshotId': first['snapshotId'], 'status': 'completed'}
        unknown = await client.post('/waiter/getSnapshot', json={'data': {'snapshotId': 'nobody'}})
        assert (unknown.status_code, unknown.json()['status']) == (404, 'NOT_FOUND')
        wrong = await client.post('/waiter', json={'data': said, 'init': {'sessionId': 7}})
        assert (wrong.status_code, wrong.json()['status']) == (400, 'INVALID_ARGUMENT')


class TestMounts:
    """Frameworks leave the mount in the path, or take it out, and say it in ``root_path``, or not."""

    @pytest.fixture
    def ai(self):
        ai = Genkit()

        @ai.flow()
        async def greet(name: str) -> str:
            return f'Hello, {name}!'

        assert greet.name == 'greet'
        return ai

    @pytest.mark.parametrize('prefix', ['', '/api', '/v1'])
    @pytest.mark.parametrize('mount', ['/api', '/', '/apiary'])
    async def test_a_prefix_is_said_within_the_mount_or_with_it(self, ai, client_of, prefix, mount):
        from starlette.applications import Starlette
        from starlette.routing import Mount

        client = client_of(Starlette(routes=[Mount(mount, FlowsApp(ai, path_prefix=prefix))]))
        mounted = mount.rstrip('/')
        path = f'{prefix}/greet' if mounted and prefix == mounted else f'{mounted}{prefix}/greet'
        assert await post(client, path, 'Ada') == 'Hello, Ada!'
        described = (await client.get(f'{mounted}/openapi.json')).json()['paths']
        assert list(described) == [path]
        assert f"Did you mean '{path}'?" in (await client.post(f'{path}s', json={})).json()['message']

    @pytest.mark.parametrize('path', ['/greet', '/api/greet'])
    @pytest.mark.parametrize('prefix', ['', '/api'])
    async def test_the_path_may_be_with_or_without_the_mount(self, ai, prefix, path):
        client = Client({'type': 'http.request', 'body': b'{"data":"Ada"}'})
        scope = {**asked(path, content_type='application/json'), 'root_path': '/api'}
        await FlowsApp(ai, path_prefix=prefix)(scope, client.receive, client.send)
        assert client.got[1]['body'] == b'{"result":"Hello, Ada!"}'

    async def test_a_mount_is_no_part_of_a_name(self, ai, client_of):
        from starlette.applications import Starlette
        from starlette.routing import Mount

        ai.flow('api/secret')(lambda: 'secret')
        client = client_of(Starlette(routes=[Mount('/api', FlowsApp(ai))]))
        assert await post(client, '/api/secret') == 404
        assert await post(client, '/api/api/secret') == 'secret'


class TestDerivedRoutes:
    @pytest.fixture
    def ai(self):
        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')
        ai.define_agent('waiter', store=MemorySnapshots())
        ai.define_agent('cook')
        ai.flow('orders')(lambda: 'public')
        for name in ('orders/refund', 'orders/getSnapshot', 'waiter/abort/now', 'tills'):
            ai.flow(name)(lambda: 'SECRET')
        return ai

    @pytest.mark.parametrize(
        'path',
        [
            *('orders/refund', 'orders%2frefund', 'orders%2Frefund', '/orders/refund', 'orders//refund', 'orders/'),
            *(
                'orders/getSnapshot',
                'orders/abort',
                'tills',
                'waiter/abort/now',
                'cook',
                'waiter',
                'waiter/getSnapshot',
            ),
        ],
    )
    async def test_what_is_not_listed_is_not_served_described_or_suggested(self, ai, client_of, path):
        client = client_of(FlowsApp(ai, flows=['orders']))
        answer = await client.post(f'/{path}', json={})
        assert answer.status_code == 404
        assert 'SECRET' not in answer.text
        assert answer.json()['message'].partition('Did you mean ')[2] in ('', "'/orders'? Flows are called with POST.")
        assert list((await client.get('/openapi.json')).json()['paths']) == ['/orders']

    async def test_what_is_listed_is_served_and_nothing_else_of_its_name(self, ai, client_of):
        ran: list[str] = []

        @ai.flow('bot')
        async def internal(_: object) -> None:
            ran.append('flow')

        @ai.tool('price')
        def tool(dish: str) -> str:
            """Tell a price."""
            return f'{dish}: 5'

        @ai.flow('price')
        async def internal_price(_: object) -> None:
            ran.append('price')

        agent = ai.define_agent('bot')
        app = FlowsApp(ai, flows=[agent, tool, 'hello'])
        client = client_of(app)
        said = {'data': {'message': {'role': 'user', 'content': [{'text': 'hi'}]}}}
        assert 'message' in (await client.post('/bot', json=said)).json()['result']
        assert (await client.post('/price', json={'data': 'soup'})).json() == {'result': 'soup: 5'}
        assert ran == []
        assert {'/bot', '/price'} <= set((await client.get('/openapi.json')).json()['paths'])

    def test_two_actions_of_one_name_cannot_both_be_served(self, ai):
        @ai.flow('bot')
        async def flow(_: object) -> None: ...

        agent = ai.define_agent('bot')
        for serve in (lambda flows: FlowsApp(ai, flows=flows), lambda flows: select_routes(ai, flows)):
            with pytest.raises(GenkitError, match="Two actions to be served are named 'bot'"):
                serve([flow, agent])
        assert select_routes(ai, [agent])['bot'] is agent.action

    async def test_an_agent_that_is_listed_brings_what_belongs_to_it_and_nothing_else(self, ai, client_of):
        client = client_of(FlowsApp(ai, flows=['waiter', 'cook']))
        paths = ['/waiter', '/waiter/getSnapshot', '/waiter/abort', '/cook']
        assert sorted((await client.get('/openapi.json')).json()['paths']) == sorted(paths)
        for path in paths:
            assert (await client.post(path, json={})).status_code == 400
        for path in (
            '/waiter/abort/now',
            '/cook/getSnapshot',
            '/cook/abort',
            '/waiter/refund',
            '/waiter/getSnapshot/x',
        ):
            assert (await client.post(path, json={})).status_code == 404

    async def test_what_belongs_to_an_agent_has_the_provider_of_the_agent(self, ai, client_of):
        app = FlowsApp(ai, context_providers={'waiter': api_key('s3cret'), 'waiter/abort': lambda _: None})
        client = client_of(app)
        for path in ('/waiter', '/waiter/getSnapshot', '/waiter/abort'):
            assert (await client.post(path, json={'data': {'snapshotId': 'x'}})).status_code == 401
        let_in = await client.post(
            '/waiter/getSnapshot', json={'data': {'snapshotId': 'x'}}, headers={'authorization': 's3cret'}
        )
        assert let_in.status_code == 404

    async def test_an_agent_is_described_with_what_a_session_begins_with(self, ai, client_of):
        paths = (await client_of(FlowsApp(ai)).get('/openapi.json')).json()['paths']
        schema = paths['/waiter']['post']['requestBody']['content']['application/json']['schema']
        assert set(schema['properties']) == {'data', 'init'}
        assert 'sessionId' in schema['properties']['init']['properties']
        asked_for = paths['/waiter/getSnapshot']['post']['requestBody']['content']['application/json']['schema']
        assert 'snapshotId' in asked_for['properties']['data']['properties']


class TestPages:
    FOREIGN: ClassVar = {'origin': 'https://evil.example', 'sec-fetch-site': 'cross-site'}

    async def test_everything_may_be_allowed(self, ai, client_of):
        client = client_of(FlowsApp(ai, cross_site='allow'))
        answer = await client.post(
            '/greet', content=b'{"data":"Ada"}', headers={'host': 'evil.example', **self.FOREIGN}
        )
        assert answer.json() == {'result': 'Hello, Ada!'}

    async def test_some_origins_may_be_allowed_and_their_bodies_are_json_all_the_same(self, ai, client_of):
        client = client_of(FlowsApp(ai, cross_site=['https://app.example.com', 'tauri://localhost']))
        for origin in ('https://app.example.com', 'HTTPS://APP.example.com', 'tauri://localhost'):
            headers = {'origin': origin, 'sec-fetch-site': 'cross-site'}
            assert await post(client, '/greet', 'Ada', **headers) == 'Hello, Ada!'
            plain = await client.post(
                '/greet', content=b'{"data":"Ada"}', headers={**headers, 'content-type': 'text/plain'}
            )
            assert plain.status_code == 415
        for origin in (
            'http://app.example.com',
            'https://app.example.com:8443',
            'https://app.example.com.evil.example',
        ):
            assert await post(client, '/greet', 'Ada', **{**self.FOREIGN, 'origin': origin}) == 403

    @pytest.mark.parametrize(
        'wrong',
        [
            'all',
            '',
            'https://app.example.com',
            ['*'],
            ['https://*.example.com'],
            ['app.example.com'],
            ['null'],
            [7],
            7,
            None,
        ],
    )
    def test_what_is_no_rule_is_refused(self, ai, wrong):
        with pytest.raises(GenkitError, match='cross_site is') as refused:
            FlowsApp(ai, cross_site=wrong)
        assert refused.value.status == 'INVALID_ARGUMENT'

    @pytest.mark.parametrize(
        ('server', 'host', 'status'),
        [
            ('127.0.0.1', 'localhost:3400', 200),
            ('127.0.0.1', '[::1]:3400', 200),
            ('127.0.0.2', '127.0.0.2:3400', 200),
            ('127.0.0.1', 'evil.example:3400', 403),
            ('127.0.0.1', '127.0.0.1.evil.example', 403),
            ('::1', 'evil.example', 403),
            ('127.0.0.1', 'app.example.com', 200),
            ('10.0.0.7', 'evil.example', 200),
        ],
    )
    async def test_a_loopback_address_answers_to_its_own_names_and_to_those_of_its_origins(
        self, ai, server, host, status
    ):
        app = FlowsApp(ai, cross_site=['https://app.example.com'])
        for method, path in (('POST', '/greet'), ('GET', '/openapi.json')):
            client = Client({'type': 'http.request', 'body': b'{"data":"Ada"}'})
            scope = {
                **asked(path, content_type='application/json', host=host),
                'server': (server, 3400),
                'method': method,
            }
            await app(scope, client.receive, client.send)
            assert client.got[0]['status'] == status

    async def test_health_may_be_asked_for_under_any_name(self, ai):
        client = Client()
        scope = {**asked('/__health', host='balancer.example'), 'server': ('127.0.0.1', 3400), 'method': 'GET'}
        await FlowsApp(ai)(scope, client.receive, client.send)
        assert client.got[0]['status'] == 200

    @pytest.mark.parametrize(
        ('headers', 'status'),
        [
            ({'origin': 'http://restaurant'}, 200),
            ({'origin': 'https://restaurant:443'}, 200),
            ({'origin': 'http://restaurant:81'}, 403),
            ({'origin': 'http://['}, 403),
            ({'origin': 'http://restaurant.evil.example'}, 403),
            ({'origin': 'https://inner', 'sec-fetch-site': 'same-origin'}, 200),
        ],
    )
    async def test_an_origin_is_host_and_port(self, ai, client_of, headers, status):
        answer = await client_of(FlowsApp(ai)).post('/greet', json={'data': 'Ada'}, headers=headers)
        assert answer.status_code == status


async def test_the_ids_of_a_trace_are_in_the_headers_of_a_failure_as_well(ai, client_of, spans):
    ai.flow('fail')(lambda: 1 / 0)
    answer = await client_of(FlowsApp(ai)).post('/fail', json={})
    context = spans.named('fail').context
    ids = f'{context.trace_id:032x}', f'{context.span_id:016x}'
    assert (answer.headers['x-genkit-trace-id'], answer.headers['x-genkit-span-id']) == ids


@pytest.mark.timeout(20)
async def test_a_stream_that_is_cancelled_from_elsewhere_says_nothing_more(ai):
    @ai.flow()
    async def wait(_: None) -> None:
        await asyncio.Event().wait()

    request = WebRequest('POST', {'accept': 'text/event-stream', **JSON}, b'{}')
    answer = await FlowHandler(wait.action).handle(request)
    assert isinstance(answer.body, Frames)
    reading = asyncio.ensure_future(anext(answer.body))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await answer.body.aclose()


class TestOptions:
    def test_that_are_not_known_are_refused(self):
        with pytest.raises(GenkitError, match=r"FlowsApp\(\) has no option 'flowz'\. Did you mean 'flows'\?"):
            FlowsApp(Genkit(), flowz=1)  # pyright: ignore[reportCallIssue]

    @pytest.mark.parametrize(
        ('flows', 'problem'),
        [
            ('soup', "flows='soup' is one flow, and a list of them is expected: write flows=['soup']"),
            (3, 'flows=3 is no list'),
            ([3], '3 cannot be served: give a flow, an agent, an action or a name'),
        ],
    )
    def test_of_flows_that_are_no_list_of_them_are_refused(self, flows, problem):
        with pytest.raises(GenkitError, match=re.escape(problem)) as refused:
            FlowsApp(Genkit(), flows=flows)
        assert refused.value.status == 'INVALID_ARGUMENT'
