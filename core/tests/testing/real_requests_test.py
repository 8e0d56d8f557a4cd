# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import socket

import httpx
import pytest
from genkit import GenkitError
from genkit._base.http.real_requests import forbidden_request, is_this_machine
from genkit.plugin import provider_errors
from genkit.testing import CannedAnswer, LoopbackServer, no_real_requests


def answer(_: object) -> CannedAnswer:
    return CannedAnswer.of_json({'ok': True})


@pytest.mark.parametrize('url', ['https://api.example.com/v1', 'http://192.0.2.7/v1'])
class TestRequests:
    async def test_an_asynchronous_request_is_refused_with_host_and_way_out(self, url):
        async with no_real_requests(), httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(BaseException) as caught:
                await client.get(url)
        refused = forbidden_request(caught.value)
        assert refused is not None
        assert httpx.URL(url).host in refused.message
        assert 'overridden(ai, model=' in refused.message
        assert refused.status == 'FAILED_PRECONDITION'

    def test_a_plain_request_is_refused(self, url):
        with no_real_requests(), pytest.raises(GenkitError, match='no_real_requests'):
            httpx.get(url, trust_env=False)


def test_this_machine_may_be_asked():
    with LoopbackServer(answer) as server, no_real_requests():
        assert httpx.get(server.url, trust_env=False).json() == {'ok': True}


async def test_this_machine_may_be_asked_by_name():
    with LoopbackServer(answer) as server:
        async with no_real_requests(), httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(server.url.replace('127.0.0.1', 'localhost'))).json() == {'ok': True}


def test_what_was_replaced_is_restored_and_blocks_nest():
    before = (socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto)
    with no_real_requests():
        with no_real_requests(), pytest.raises(GenkitError):
            socket.getaddrinfo('api.example.com', 443)
        with pytest.raises(GenkitError):
            socket.getaddrinfo('api.example.com', 443)
    assert before == (socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto)


def test_an_allowed_host_may_be_resolved_and_its_addresses_used(monkeypatch):
    monkeypatch.setattr(socket, 'getaddrinfo', lambda *_: [(2, 1, 6, '', ('192.0.2.7', 443))])
    with no_real_requests(allow=['db.internal']) as guard:
        socket.getaddrinfo('db.internal', 443)
        guard._require_allowed('192.0.2.7', 443)
        with pytest.raises(GenkitError):
            guard._require_allowed('192.0.2.8', 443)


def test_a_client_library_that_hides_the_refusal_shows_it_in_the_providers_error():
    def ask() -> None:
        try:
            socket.getaddrinfo('api.example.com', 443)
        except GenkitError as error:
            raise ConnectionError('Connection error.') from error

    with no_real_requests(), pytest.raises(GenkitError, match='no_real_requests') as caught, provider_errors('vendor'):
        ask()
    assert caught.value.status == 'FAILED_PRECONDITION'


def test_an_error_of_another_cause_is_no_refusal():
    assert forbidden_request(ExceptionGroup('x', [ValueError(), OSError()])) is None


@pytest.mark.parametrize('host', ['localhost', 'LOCALHOST.', '127.0.0.1', '127.8.0.1', '::1', '0.0.0.0'])
def test_names_and_addresses_of_this_machine(host):
    assert is_this_machine(host)


@pytest.mark.parametrize('host', ['localhost.example.com', '10.0.0.1', 'fe80::1', '169.254.169.254', 'x'])
def test_names_and_addresses_of_others(host):
    assert not is_this_machine(host)


def test_datagrams_are_refused():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection,
        no_real_requests(),
        pytest.raises(GenkitError, match=r'192\.0\.2\.7'),
    ):
        connection.sendto(b'x', ('192.0.2.7', 53))


async def test_a_loop_works_inside_the_block():
    async with no_real_requests():
        assert await asyncio.to_thread(lambda: 1) == 1
