# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the server for the developer tools answers to requests that are wrong, or that a web page was behind."""

import socket
from http.client import HTTPResponse

import pytest
from genkit._reflect.http_server import BODY_LIMIT


GOOD = {'key': '/flow/cook', 'input': 'soup'}


def answer_on(connection: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(connection)
    answer.begin()
    return answer


@pytest.fixture(autouse=True)
def _answers_afterwards(served):
    """Whatever was asked, the next good call is answered."""
    yield
    assert served.run('/flow/cook', 'soup').json()['result']['dish'] == 'soup'


class TestBodies:
    @pytest.mark.parametrize('path', ['/api/runAction', '/api/notify', '/api/cancelAction'])
    @pytest.mark.parametrize('body', [b'{', b'{"key":}', b'\xff\xfe', b'"\\ud800"', b'{"a":NaN}'])
    def test_that_are_no_json_are_refused(self, served, path, body):
        answer = served.client.post(path, content=body)
        assert answer.status_code == 400
        assert answer.json()['error'].startswith('The body is not JSON: ')

    @pytest.mark.parametrize('path', ['/api/runAction', '/api/notify', '/api/cancelAction'])
    @pytest.mark.parametrize('body', [b'[' * 10_000, b'{"key":' * 200 + b'1' + b'}' * 200], ids=['open', 'closed'])
    def test_that_are_nested_too_deep_are_refused(self, served, path, body):
        answer = served.client.post(path, content=body)
        assert answer.status_code == 400
        assert answer.json()['message'] == 'The body is nested more than 128 levels deep; send flatter data.'

    def test_that_do_not_arrive_in_time_are_answered_with_408(self, served, monkeypatch):
        monkeypatch.setattr('genkit._reflect.http_server.BODY_SECONDS', 0.05)
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(b'POST /api/runAction HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"k')
            answer = answer_on(connection)
            assert answer.status == 408
            assert answer.read() == b'{"error":"The body did not arrive within the 0.05 seconds allowed."}'
            assert connection.recv(1) == b''

    def test_may_have_members_that_are_not_known_here(self, served):
        """Tools of another version send them."""
        answer = served.client.post('/api/runAction', json={**GOOD, 'key': '/flow/cook', 'novelty': {'a': 1}})
        assert answer.json()['result']['dish'] == 'soup'

    @pytest.mark.parametrize('path', ['/api/runAction', '/api/notify', '/api/cancelAction'])
    @pytest.mark.parametrize(
        ('body', 'shown'), [(b'[]', '[]'), (b'7', '7'), (b'', 'None'), (b'null', 'None'), (b'"x"', "'x'")]
    )
    def test_that_are_no_object_are_refused(self, served, path, body, shown):
        answer = served.client.post(path, content=body)
        assert answer.status_code == 400
        assert answer.json()['message'] == f'The body is {shown}; it must be a JSON object.'

    def test_are_not_repeated_whole(self, served):
        answer = served.client.post('/api/runAction', json=['x' * 1000] * 1000)
        assert answer.status_code == 400
        assert len(answer.content) < 1000

    @pytest.mark.parametrize(
        ('body', 'member'),
        [
            ({}, 'key'),
            ({'key': 7}, 'key'),
            ({'key': None}, 'key'),
            ({**GOOD, 'telemetryLabels': 'x'}, 'telemetryLabels'),
            ({**GOOD, 'telemetryLabels': {'x': {}}}, 'telemetryLabels'),
            ({**GOOD, 'runtimeId': 7}, 'runtimeId'),
        ],
    )
    def test_with_members_of_a_wrong_type_are_refused_by_name(self, served, body, member):
        answer = served.client.post('/api/runAction', json=body)
        assert answer.status_code == 400
        assert answer.json()['error'].startswith('The request is wrong: ')
        assert member in answer.json()['error']

    def test_that_say_they_are_too_large_are_refused_unread(self, served):
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(
                f'POST /api/runAction HTTP/1.1\r\nhost: localhost\r\ncontent-length: {BODY_LIMIT + 1}\r\n\r\n'.encode()
            )
            answer = answer_on(connection)
            assert answer.status == 413
            assert answer.read() == b'{"error":"The body is larger than the 30000000 bytes allowed."}'

    def test_that_turn_out_too_large_are_refused(self, served):
        piece = b'f4240\r\n' + b'x' * 1_000_000 + b'\r\n'
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(b'POST /api/runAction HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n')
            for _ in range(BODY_LIMIT // 1_000_000):
                connection.sendall(piece)
            connection.sendall(b'1\r\nx\r\n')
            assert answer_on(connection).status == 413

    def test_of_the_largest_size_are_taken(self, served, kitchen):
        @kitchen.ai.flow()
        async def measure(text: str) -> int:
            return len(text)

        frame = len(b'{"key":"/flow/measure","input":""}')
        answer = served.client.post(
            '/api/runAction', content=b'{"key":"/flow/measure","input":"%s"}' % (b'x' * (BODY_LIMIT - frame))
        )
        assert answer.json()['result'] == BODY_LIMIT - frame

    def test_that_never_come_disturb_nobody(self, served):
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(b'POST /api/runAction HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"k')
            assert served.client.get('/api/__health').status_code == 200
        assert served.client.get('/api/__health').status_code == 200


class TestRequests:
    @pytest.mark.parametrize(
        ('method', 'path', 'allowed'),
        [
            ('POST', '/api/__health', 'GET'),
            ('HEAD', '/api/__health', None),
            ('GET', '/api/runAction', 'POST'),
            ('PUT', '/api/runAction', 'POST'),
            ('GET', '/api/notify', 'POST'),
            ('DELETE', '/api/cancelAction', 'POST'),
            ('POST', '/api/actions', 'GET'),
            ('PATCH', '/api/__quitquitquit', 'GET or POST'),
        ],
    )
    def test_of_a_wrong_method_are_told_the_right_one(self, served, method, path, allowed):
        answer = served.client.request(method, path)
        assert answer.status_code == 405
        assert allowed is None or answer.json() == {'error': f'{path} takes {allowed}.'}

    @pytest.mark.parametrize('path', ['/', '/api', '/api/runaction', '/api/actions/', '/api/../api/secret'])
    def test_of_another_path_are_not_found(self, served, path):
        answer = served.client.post(path, json=GOOD)
        assert answer.status_code == 404
        assert answer.json() == {'error': f'There is nothing at {answer.request.url.path!r}.'}

    def test_for_what_is_allowed_are_answered(self, served):
        answer = served.client.options(
            '/api/runAction',
            headers={'origin': 'http://127.0.0.1:4000', 'access-control-request-method': 'POST'},
        )
        assert (answer.status_code, answer.content) == (200, b'')
        assert answer.headers['access-control-allow-methods'] == 'POST'
        assert answer.headers['access-control-allow-headers'] == 'content-type, accept'
        assert answer.headers['access-control-allow-origin'] == 'http://127.0.0.1:4000'

    def test_for_what_is_allowed_at_another_path_are_not_found(self, served):
        assert served.client.options('/api/none').status_code == 404

    @pytest.mark.parametrize(('path', 'status'), [('/api/envs', 200), ('/ws', 404), ('/', 404)])
    def test_to_upgrade_are_answered_as_if_they_were_not(self, served, path, status):
        answer = served.client.get(
            path,
            headers={
                'connection': 'Upgrade',
                'upgrade': 'websocket',
                'sec-websocket-version': '13',
                'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            },
        )
        assert answer.status_code == status

    @pytest.mark.parametrize('request_', [b'\x00\x01\x02\r\n\r\n', b'GET\r\n\r\n'])
    def test_that_are_not_http_are_refused(self, served, request_):
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(request_)
            assert answer_on(connection).status == 400


class TestPages:
    """What a page on the web could make a browser of this machine send."""

    @pytest.mark.parametrize('host', ['evil.example', 'evil.example:3100', '192.168.0.7:80', '127.0.0.1.evil.example'])
    def test_behind_another_name_of_this_machine_are_refused(self, served, host):
        answer = served.client.post('/api/runAction', json=GOOD, headers={'host': host})
        assert answer.status_code == 403
        assert answer.json() == {
            'error': f'Host {host!r} is not this machine; use http://127.0.0.1 or http://localhost.'
        }

    def test_without_a_host_are_refused(self, served):
        with socket.create_connection(('127.0.0.1', served.port), timeout=10) as connection:
            connection.sendall(b'GET /api/envs HTTP/1.0\r\n\r\n')
            assert answer_on(connection).status == 403

    @pytest.mark.parametrize('host', ['localhost', 'localhost:3100', '127.0.0.1', '[::1]:3100', 'LOCALHOST'])
    def test_behind_the_names_of_this_machine_are_answered(self, served, host):
        assert served.client.get('/api/envs', headers={'host': host}).status_code == 200

    @pytest.mark.parametrize(
        'origin',
        [
            *('https://evil.example', 'null', 'http://localhost.evil.example', 'http://['),
            *('moz-extension://localhost', 'file://localhost', 'tauri://localhost.evil.example', 'localhost'),
        ],
    )
    @pytest.mark.parametrize('method', ['GET', 'POST', 'OPTIONS'])
    def test_of_another_origin_are_refused(self, served, origin, method):
        answer = served.client.request(method, '/api/runAction', headers={'origin': origin})
        assert answer.status_code == 403
        assert answer.json() == {'error': f'Origin {origin!r} may not use the developer tools.'}
        assert 'access-control-allow-origin' not in answer.headers

    def test_of_another_site_are_refused_even_without_an_origin(self, served):
        answer = served.client.get('/api/__quitquitquit', headers={'sec-fetch-site': 'cross-site'})
        assert answer.status_code == 403
        assert answer.json() == {'error': 'Pages of other sites may not use the developer tools.'}

    @pytest.mark.parametrize('site', ['same-origin', 'same-site', 'none'])
    def test_of_this_site_are_answered(self, served, site):
        assert served.client.get('/api/envs', headers={'sec-fetch-site': site}).status_code == 200

    @pytest.mark.parametrize('origin', ['http://localhost:4000', 'https://127.0.0.1', 'tauri://localhost'])
    def test_that_this_machine_serves_are_answered(self, served, origin):
        answer = served.client.get('/api/envs', headers={'origin': origin})
        assert (answer.status_code, answer.headers['access-control-allow-origin']) == (200, origin)

    def test_of_this_machine_at_another_port_are_answered_though_the_site_is_another(self, served):
        headers = {'origin': 'http://localhost:4000', 'sec-fetch-site': 'cross-site'}
        assert served.client.get('/api/envs', headers=headers).status_code == 200


def test_a_server_for_other_machines_answers_to_every_name(kitchen, serve_tools):
    served = serve_tools(kitchen.ai, host='0.0.0.0')
    assert served.announced['reflectionServerUrl'].startswith('http://127.0.0.1:')
    assert served.client.get('/api/envs', headers={'host': 'kitchen.example'}).status_code == 200
    assert served.client.get('/api/envs', headers={'origin': 'https://evil.example'}).status_code == 403
