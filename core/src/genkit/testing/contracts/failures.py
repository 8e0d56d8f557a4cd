# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keys, failures, listings, of whatever kind a model is."""

import asyncio
import json
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from genkit import (
    Genkit,
    GenkitError,
    StatusName,
    add_span_exporter,
)
from genkit._base.errors import get_reflection_json
from genkit.testing.contracts.log import listening
from genkit.testing.contracts.provider_exchanges import KEY, OTHER_KEY, SURPRISES, ProviderExchanges, with_context
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest


_STATUSES: Final = {
    400: 'INVALID_ARGUMENT',
    401: 'UNAUTHENTICATED',
    403: 'PERMISSION_DENIED',
    404: 'NOT_FOUND',
    408: 'DEADLINE_EXCEEDED',
    409: 'ABORTED',
    413: 'INVALID_ARGUMENT',
    422: 'INVALID_ARGUMENT',
    429: 'RESOURCE_EXHAUSTED',
    500: 'INTERNAL',
    502: 'UNAVAILABLE',
    503: 'UNAVAILABLE',
    504: 'DEADLINE_EXCEEDED',
    529: 'UNAVAILABLE',
}


class FailureTests(ProviderExchanges):
    """Of what goes wrong, and of what keeps it from going wrong."""

    async def test_it_sends_the_key_of_the_plugin(self) -> None:
        if not self.needs_key:
            pytest.skip('the provider wants no key')
        async with self.serving(self.good()) as (ai, exchange, name):
            await self.call(ai, name)
        assert exchange.asked[0].key == KEY

    async def test_a_request_may_bring_its_own_key(self) -> None:
        if not self.needs_key:
            pytest.skip('the provider wants no key')
        spans = InMemorySpanExporter()
        add_span_exporter(spans)
        async with self.serving(self.good()) as (ai, exchange, name):
            await self.call(ai, name, {'api_key': OTHER_KEY})
            await with_context(ai, {'secrets': {'api_key': OTHER_KEY}}, lambda: self.call(ai, name))
            await self.call(ai, name)
            await ai.flush_tracing()
        assert [asked.key for asked in exchange.asked] == [OTHER_KEY, OTHER_KEY, KEY]
        assert all(OTHER_KEY.encode() not in body for body in exchange.bodies)
        recorded = str([dict(span.attributes or {}) for span in spans.get_finished_spans()])
        assert OTHER_KEY not in recorded
        assert KEY not in recorded

    async def test_no_logger_is_told_a_key(self) -> None:
        context = {'secrets': {'api_key': OTHER_KEY}}
        refused = self.wire.error(401, 'that key is wrong', {})
        async with self.serving(self.good()) as (ai, _, name):
            await self.call(ai, name)  # loads the provider's library, whose loggers are listened to from then on
            with listening() as log:
                for config in (None, {'api_key': OTHER_KEY}):
                    await self.call_in_every_way(ai, name, config)
                await with_context(ai, context, lambda: self.call_in_every_way(ai, name, None))
        async with self.serving(refused) as (ai, _, name):
            with listening() as log_of_failures:
                for config in (None, {'api_key': OTHER_KEY}):
                    with pytest.raises(GenkitError):
                        await self.call_in_every_way(ai, name, config)
        told = [line for line in (*log, *log_of_failures) if KEY in line or OTHER_KEY in line]
        assert not told, told

    async def test_an_address_with_a_password_is_refused(self) -> None:
        for address in ('http://ada:the-password@127.0.0.1:9', 'http://the-password@127.0.0.1:9/v1'):
            with pytest.raises(GenkitError) as raised:
                self.plugin(address, KEY)
            assert raised.value.status == StatusName.INVALID_ARGUMENT
            assert 'the-password' not in ''.join(traceback.format_exception(raised.value))
            assert 'api_key' in raised.value.message
            assert "'127.0.0.1:9" in raised.value.message

    async def test_a_missing_key_is_an_error_that_says_where_to_put_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if not self.needs_key:
            pytest.skip('the provider wants no key')
        for variable in self.key_variables():
            monkeypatch.delenv(variable, raising=False)
        for given in (None, False):
            async with self.serving(self.good(), api_key=given) as (ai, exchange, name):
                with pytest.raises(GenkitError) as raised:
                    await self.call(ai, name)
            assert raised.value.status == StatusName.FAILED_PRECONDITION
            assert 'api_key' in raised.value.message
            assert not exchange.asked

    @pytest.mark.parametrize('code', sorted(_STATUSES))
    async def test_a_failure_of_the_provider_has_its_status_and_message(self, code: int) -> None:
        error = await self.fail(self.wire.error(code, 'the reason', {}))
        assert error.status == _STATUSES[code]
        assert 'the reason' in error.message
        assert error.details['http_status'] == code
        assert error.__cause__ is not None

    async def test_a_failure_that_repeats_the_key_does_not_carry_it_on(self) -> None:
        error = await self.fail(self.wire.error(401, f'the key {KEY} is wrong', {}))
        assert 'is wrong' in error.message
        assert KEY not in ''.join(traceback.format_exception(error))
        assert KEY not in json.dumps(get_reflection_json(error))

    async def test_a_redirect_is_not_followed(self) -> None:
        followed: list[RecordedRequest] = []

        def elsewhere(request: RecordedRequest) -> CannedAnswer:
            followed.append(request)
            return CannedAnswer.of_json({'error': {'message': 'elsewhere'}}, status=500)

        with LoopbackServer(elsewhere) as other:
            for code in (302, 303, 307, 308):
                for target, host in ((f'{other.url}/x?key={KEY}', "'127.0.0.1'"), ('/moved', '')):
                    answer = CannedAnswer(b'', code, {'location': target})
                    async with self.serving(answer) as (ai, _, name):
                        with pytest.raises(GenkitError) as raised:
                            await self.call_in_every_way(ai, name)
                    error = raised.value
                    assert error.status == StatusName.FAILED_PRECONDITION
                    assert 'base_url' in error.message
                    assert host in error.message
                    assert error.details['http_status'] == code
                    assert KEY not in ''.join(traceback.format_exception(error))
        assert not followed, [request.path for request in followed]

    async def test_a_hint_when_to_try_again_is_kept(self) -> None:
        for headers, milliseconds in (({'retry-after': '7'}, 7000), ({'retry-after-ms': '250'}, 250)):
            error = await self.fail(self.wire.error(429, 'slow down', headers))
            assert error.details['retry_after_ms'] == milliseconds

    async def test_a_hint_that_cannot_be_meant_changes_nothing(self) -> None:
        day = 24 * 3_600_000
        for name in ('retry-after', 'retry-after-ms'):
            for hint in (
                '9' * 400,
                '-5',
                'soon',
                '1e999',
                'Fri, 31 Dec 9999 23:59:59 GMT',
                'Mon, 01 Jan 0001 00:00:00 +2359',
            ):
                error = await self.fail(self.wire.error(429, 'slow down', {name: hint}))
                assert error.status == StatusName.RESOURCE_EXHAUSTED
                assert 'slow down' in error.message
                assert 0 <= error.details.get('retry_after_ms', 0) <= day

    async def test_it_does_not_try_again_by_itself(self) -> None:
        async with self.serving(self.wire.error(503, 'busy', {})) as (ai, exchange, name):
            with pytest.raises(GenkitError):
                await self.call(ai, name)
        assert len(exchange.asked) == 1

    async def test_an_answer_that_is_no_json_is_an_error_of_ours(self) -> None:
        if not self.answers_json:
            pytest.skip('the provider answers with bytes')
        error = await self.fail(CannedAnswer(b'<html>', 200, {'content-type': 'text/html'}))
        assert error.status in (StatusName.INTERNAL, StatusName.UNAVAILABLE, StatusName.DATA_LOSS)

    async def test_a_failure_with_a_status_of_success_is_a_failure(self) -> None:
        if not self.answers_json:
            pytest.skip('the provider answers with bytes')
        error = await self.fail(CannedAnswer.of_json({'error': {'message': 'no credits', 'code': 402}}))
        assert error.status == StatusName.RESOURCE_EXHAUSTED
        assert 'no credits' in error.message

    @pytest.mark.parametrize('body', [b'', b'null', b'[]', b'{}', b'7', b'"text"'])
    async def test_an_answer_that_says_nothing_is_an_error(self, body: bytes) -> None:
        if not self.answers_json:
            pytest.skip('the provider answers with bytes')
        error = await self.fail(CannedAnswer(body))
        assert error.status == StatusName.UNAVAILABLE
        assert not isinstance(error.__cause__, SURPRISES)

    async def test_an_answer_that_breaks_off_is_an_error(self) -> None:
        def half(request: RecordedRequest) -> CannedAnswer:
            whole = self.answer_to(request, self.good())
            assert isinstance(whole.body, bytes)
            return replace(whole, cut_at=len(whole.body) // 2)

        async with self.serving(half) as (ai, _, name):
            with pytest.raises(GenkitError) as raised:
                await self.call(ai, name)
        assert raised.value.status == StatusName.UNAVAILABLE

    async def test_cancelling_a_call_closes_the_connection(self) -> None:
        asked, closed = threading.Event(), threading.Event()

        def endless() -> Iterator[bytes]:
            try:
                while True:
                    yield b' '
                    asked.set()
                    time.sleep(0.005)
            finally:
                closed.set()

        def held(request: RecordedRequest) -> CannedAnswer:
            return replace(self.answer_to(request, self.good()), body=endless())

        async with self.serving(held) as (ai, _, name):
            call = asyncio.create_task(self.call(ai, name))
            assert await asyncio.to_thread(asked.wait, self.patience)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await asyncio.to_thread(closed.wait, self.patience)

    async def test_a_host_that_cannot_be_reached_is_unavailable(self) -> None:
        with socket.socket() as taken:
            taken.bind(('127.0.0.1', 0))
            plugin = self.plugin(f'http://127.0.0.1:{taken.getsockname()[1]}', KEY)
            ai = Genkit(plugins=[plugin])
            with pytest.raises(GenkitError) as raised:
                await self.call(ai, plugin.namespaced(self.entry.name))
            await ai.aclose()
        assert raised.value.status == StatusName.UNAVAILABLE

    async def test_it_lists_its_models_without_a_call(self) -> None:
        if self.lists_by_asking:
            pytest.skip('the provider is asked which models it has')
        kind = str(self.task.kind)
        async with self.serving(self.good()) as (ai, exchange, name):
            listed = {metadata.name: metadata for metadata in await ai.list_actions(kind)}
        assert not exchange.asked
        assert name in listed
        if kind != 'embedder':
            assert (listed[name].metadata or {})['model']['supports'] == self.entry.supports.to_wire()

    def test_it_works_from_one_event_loop_after_another(self) -> None:
        with LoopbackServer(lambda request: self.answer_to(request, self.good())) as server:
            plugin = self.plugin(server.url, KEY)
            ai = Genkit(plugins=[plugin])

            async def call() -> None:
                try:
                    await self.call(ai, plugin.namespaced(self.entry.name))
                finally:
                    await ai.aclose()

            for _ in range(3):
                asyncio.run(call())
            assert len(server.requests) == 3
