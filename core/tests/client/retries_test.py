# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import threading
from typing import Any

import httpx
import pytest
from genkit import GenkitError
from genkit.client import Retries, run_flow, stream_flow
from genkit.testing import CannedAnswer, LoopbackServer
from hypothesis import given
from hypothesis import strategies as st


AT_ONCE: dict[str, Any] = {'initial_delay': 0}
DONE = CannedAnswer.of_json({'result': 'done'})
COME_BACK = {'retry-after': '0'}


async def answer_done(_: object, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"result": "done"}')


async def run(url: str, value: Any = None, **options: Any) -> Any:
    return await run_flow(url, value, **options)


async def stream(url: str, value: Any = None, **options: Any) -> Any:
    return await stream_flow(url, value, **options).response


@pytest.mark.parametrize('call', [run, stream])
class TestACall:
    async def test_is_made_once_unless_more_is_asked_for(self, answering, call):
        with answering(CannedAnswer(b'', 503, COME_BACK), DONE) as server, pytest.raises(GenkitError):
            await call(server.url)
        assert len(server.requests) == 1

    @pytest.mark.parametrize('code', [429, 503])
    async def test_is_repeated_when_the_server_says_when(self, answering, call, code):
        refused = CannedAnswer(b'', code, COME_BACK)
        with answering(refused, refused, DONE) as server:
            assert await call(server.url, 'input', retries=Retries(max_retries=2, **AT_ONCE)) == 'done'
        assert [request.json for request in server.requests] == [{'data': 'input'}] * 3

    async def test_is_repeated_so_often_and_no_more(self, answering, call):
        with answering(CannedAnswer(b'', 503, COME_BACK)) as server, pytest.raises(GenkitError) as caught:
            await call(server.url, retries=Retries(max_retries=2, **AT_ONCE))
        assert caught.value.status == 'UNAVAILABLE'
        assert len(server.requests) == 3

    @pytest.mark.parametrize('code', [400, 408, 429, 500, 502, 503, 504])
    async def test_that_may_have_run_the_flow_is_not_repeated(self, answering, call, code):
        with answering(CannedAnswer(b'', code), DONE) as server, pytest.raises(GenkitError):
            await call(server.url, retries=Retries(**AT_ONCE))
        assert len(server.requests) == 1

    async def test_is_not_repeated_for_a_hint_of_the_flow_itself(self, answering, call):
        """The flow has run, and passed on what its own provider said."""
        body = {'status': 'UNAVAILABLE', 'message': 'm', 'details': {'retry_after_ms': 0}}
        with answering(CannedAnswer.of_json(body, status=503), DONE) as server, pytest.raises(GenkitError):
            await call(server.url, retries=Retries(**AT_ONCE))
        assert len(server.requests) == 1

    @pytest.mark.parametrize('code', [408, 429, 502, 503, 504])
    async def test_that_is_idempotent_is_repeated_after_what_may_pass(self, answering, call, code):
        with answering(CannedAnswer(b'', code), DONE) as server:
            assert await call(server.url, retries=Retries(idempotent=True, **AT_ONCE)) == 'done'
        assert len(server.requests) == 2

    @pytest.mark.parametrize('code', [400, 404, 500, 501])
    async def test_that_is_idempotent_is_not_repeated_after_what_lasts(self, answering, call, code):
        with answering(CannedAnswer(b'', code), DONE) as server, pytest.raises(GenkitError):
            await call(server.url, retries=Retries(idempotent=True, **AT_ONCE))
        assert len(server.requests) == 1

    @pytest.mark.parametrize(('idempotent', 'asked'), [(False, 1), (True, 3)])
    async def test_whose_connection_is_lost_is_repeated_only_if_idempotent(self, serve, call, idempotent, asked):
        connections: list[int] = []

        async def leave(*_: object) -> None:
            connections.append(1)

        retries = Retries(max_retries=2, idempotent=idempotent, **AT_ONCE)
        with pytest.raises(GenkitError) as caught:
            await call(await serve(leave), retries=retries)
        assert caught.value.status == 'UNAVAILABLE'
        assert len(connections) == asked

    @pytest.mark.parametrize(('idempotent', 'asked'), [(False, 1), (True, 3)])
    async def test_that_is_not_answered_in_time_is_repeated_only_if_idempotent(self, serve, call, idempotent, asked):
        connections: list[int] = []

        async def keep_silent(reader: asyncio.StreamReader, _: object) -> None:
            connections.append(1)
            await reader.read()

        retries = Retries(max_retries=2, idempotent=idempotent, **AT_ONCE)
        with pytest.raises(GenkitError) as caught:
            await call(await serve(keep_silent), timeout=0.25, retries=retries)
        assert caught.value.status == 'DEADLINE_EXCEEDED'
        assert len(connections) == asked

    async def test_that_never_arrived_is_repeated(self, serve, call):
        """The first two attempts go to a port where nobody listens."""
        url = await serve(answer_done)
        attempts: list[str] = []

        class Detour(httpx.AsyncHTTPTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                attempts.append(request.url.host)
                if len(attempts) < 3:
                    request.url = request.url.copy_with(port=1)
                return await super().handle_async_request(request)

        async with httpx.AsyncClient(transport=Detour()) as client:
            retries = Retries(max_retries=2, **AT_ONCE)
            assert await call(url, http_client=client, retries=retries) == 'done'
        assert len(attempts) == 3

    async def test_waits_no_longer_than_it_may(self, answering, call):
        later = CannedAnswer(b'', 503, {'retry-after': '3600'})
        with answering(later, DONE) as server, pytest.raises(GenkitError) as caught:
            await call(server.url, retries=3)
        assert caught.value.details['retry_after_ms'] == 3_600_000
        assert len(server.requests) == 1

    async def test_stops_trying_when_it_is_cancelled(self, call):
        asked = threading.Event()

        def refuse(_: object) -> CannedAnswer:
            asked.set()
            return CannedAnswer(b'', 503, {'retry-after': '50'})

        with LoopbackServer(refuse) as server:
            calling = asyncio.ensure_future(call(server.url, retries=3))
            await asyncio.to_thread(asked.wait, 10)
            calling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calling
        assert len(server.requests) == 1


async def test_a_stream_that_has_begun_is_not_repeated(serve):
    connections: list[int] = []

    async def break_off(_: object, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        writer.write(b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')

    with pytest.raises(GenkitError, match='was lost'):
        await stream_flow(await serve(break_off), retries=Retries(idempotent=True, **AT_ONCE)).response
    assert len(connections) == 1


def refusal(hint: float | None = None) -> GenkitError:
    details = {} if hint is None else {'retry_after_ms': hint}
    return GenkitError('m', cause=httpx.ConnectError('refused'), details=details)


@given(st.integers(0, 20), st.floats(0, 5000), st.floats(0, 60_000), st.floats(1, 4))
def test_a_delay_grows_to_its_limit_and_half_of_it_is_random(retried, initial, longest, factor):
    retries = Retries(max_retries=21, initial_delay_ms=initial, max_delay_ms=longest, backoff_factor=factor)
    full = min(initial * factor**retried, longest) / 1000
    delay = retries.delay(retried, refusal())
    assert delay is not None
    assert full / 2 - 1e-9 <= delay <= full + 1e-9


@given(st.floats(0, 120_000))
def test_a_hint_of_the_server_is_never_cut_short(hint):
    delay = Retries(initial_delay=0.01).delay(0, refusal(hint))
    assert delay is None if hint > 60_000 else delay is not None and delay >= hint / 1000


def test_no_retry_is_left_after_the_last():
    assert Retries(max_retries=2).delay(2, refusal()) is None
    assert Retries(max_retries=0).delay(0, refusal()) is None
