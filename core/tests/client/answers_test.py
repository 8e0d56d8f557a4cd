# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a server's errors become, in whichever shape and wherever they come."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from genkit import GenkitError, StatusName
from genkit.client import run_flow, stream_flow
from genkit.testing import CannedAnswer


BODY = {'status': 'NOT_FOUND', 'message': 'No such dish.', 'details': {'dish': 'soup'}}
STREAM = {'content-type': 'text/plain'}


async def failure(url: str, **options) -> GenkitError:
    with pytest.raises(GenkitError) as caught:
        await run_flow(url, **options)
    return caught.value


async def stream_failure(url: str, **options) -> GenkitError:
    with pytest.raises(GenkitError) as caught:
        await stream_flow(url, **options).response
    return caught.value


@pytest.mark.parametrize('fail', [failure, stream_failure])
class TestAnAnswerOfFailure:
    @pytest.mark.parametrize('body', [BODY, {'error': BODY}, {'error': {'error': BODY}}])
    async def test_is_the_error_that_the_flow_raised(self, answering, fail, body):
        answer = CannedAnswer.of_json(body, status=404, headers={'x-genkit-trace-id': 'a' * 32})
        with answering(answer) as server:
            error = await fail(server.url)
        assert (error.status, error.message) == ('NOT_FOUND', 'No such dish.')
        assert error.details['dish'] == 'soup'
        assert error.trace_id == 'a' * 32
        assert isinstance(error.cause, httpx.HTTPStatusError)
        assert error.cause.response.status_code == 404

    @pytest.mark.parametrize(
        ('body', 'status', 'message'),
        [
            ({'error': 'No soup.'}, 'INTERNAL', 'No soup.'),
            ('No soup.', 'INTERNAL', 'No soup.'),
            ({'detail': 'No soup.'}, 'INTERNAL', 'No soup.'),
            ({'status': 'INVALID ARGUMENT', 'message': 'No soup.'}, 'INVALID_ARGUMENT', 'No soup.'),
            ({'status': 'OK', 'message': 'No soup.'}, 'INTERNAL', 'No soup.'),
            ({'status': 'SOUPLESS', 'message': 'No soup.'}, 'INTERNAL', 'No soup.'),
            ({'status': 500, 'error': 'Oh', 'message': 'No soup.'}, 'INTERNAL', 'No soup.'),
        ],
    )
    async def test_may_be_of_any_shape(self, answering, fail, body, status, message):
        with answering(CannedAnswer.of_json(body, status=500)) as server:
            error = await fail(server.url)
        assert (error.status, error.message) == (status, message)

    @pytest.mark.parametrize(
        ('body', 'shown'),
        [
            (b'<h1>Bad gateway</h1>', "502 Bad Gateway: '<h1>Bad gateway</h1>'"),
            (b'x' * 1000, f"502 Bad Gateway: '{'x' * 200}…'"),
            (b'', '502 Bad Gateway.'),
            (b'[1]', "502 Bad Gateway: '[1]'"),
            (b'\xff', "502 Bad Gateway: '\ufffd'"),
        ],
    )
    async def test_that_is_not_json_is_shown(self, answering, fail, body, shown):
        with answering(CannedAnswer(body, 502, {'content-type': 'text/html'})) as server:
            error = await fail(f'{server.url}/flow?key=1')
        assert error.message == f"'{server.url}/flow' answered {shown}"
        assert error.status == 'INTERNAL'

    @pytest.mark.parametrize(
        ('code', 'status'),
        [
            (400, 'INVALID_ARGUMENT'),
            (401, 'UNAUTHENTICATED'),
            (403, 'PERMISSION_DENIED'),
            (404, 'NOT_FOUND'),
            (408, 'DEADLINE_EXCEEDED'),
            (409, 'ABORTED'),
            (418, 'UNKNOWN'),
            (429, 'RESOURCE_EXHAUSTED'),
            (503, 'UNAVAILABLE'),
            (504, 'DEADLINE_EXCEEDED'),
        ],
    )
    async def test_without_a_status_has_that_of_its_http_code(self, answering, fail, code, status):
        with answering(CannedAnswer(b'', code)) as server:
            assert (await fail(server.url)).status == StatusName(status)

    @pytest.mark.parametrize(('details', 'kept'), [(['a'], ['a']), ('a', 'a'), (0, 0)])
    async def test_keeps_details_that_are_not_members(self, answering, fail, details, kept):
        with answering(CannedAnswer.of_json({'message': 'm', 'details': details}, status=500)) as server:
            assert (await fail(server.url)).details['details'] == kept

    @pytest.mark.parametrize(('text', 'expected'), [('7', 7000), ('0', 0), ('1.5', 1500), ('soon', None), ('', None)])
    async def test_keeps_the_hint_when_to_come_back(self, answering, fail, text, expected):
        with answering(CannedAnswer(b'', 429, {'retry-after': text})) as server:
            assert (await fail(server.url)).details.get('retry_after_ms') == expected

    @pytest.mark.parametrize(('distance', 'low', 'high'), [(3600, 3_500_000, 3_600_000), (-3600, 0, 0)])
    async def test_keeps_the_hint_of_a_date(self, answering, fail, distance, low, high):
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=distance), usegmt=True)
        with answering(CannedAnswer(b'', 503, {'retry-after': date})) as server:
            assert low <= (await fail(server.url)).details['retry_after_ms'] <= high

    async def test_shows_no_secret_that_the_server_repeats(self, answering, fail):
        said = {'message': 'Bearer tok-12345 and hunter22', 'details': {'seen': ['tok-12345', 'k-98765']}}
        with answering(CannedAnswer.of_json(said, status=400)) as server:
            url = f'{server.url}?api_key=k-98765'.replace('//', '//ada:hunter22@')
            error = await fail(url, headers={'authorization': 'Bearer tok-12345'})
        assert error.message == 'Bearer <redacted> and <redacted>'
        assert error.details['seen'] == ['<redacted>', '<redacted>']

    async def test_that_redirects_names_the_target_without_its_secrets(self, answering, fail):
        answer = CannedAnswer(b'', 308, {'location': 'https://ada:hunter2@flows.example/menu?token=hunter2'})
        with answering(answer) as server:
            error = await fail(f'{server.url}/menu')
        assert error.status == 'FAILED_PRECONDITION'
        assert f"'{server.url}/menu' redirects to 'https://flows.example/menu', with status 308" in error.message
        assert 'hunter2' not in str(error)
        assert len(server.requests) == 1

    async def test_that_redirects_may_be_followed_by_the_client_of_the_caller(self, answering, fail):
        moved = CannedAnswer(b'', 307, {'location': '/new'})
        with answering(moved, CannedAnswer.of_json(BODY, status=404)) as server:
            async with httpx.AsyncClient(follow_redirects=True) as client:
                assert (await fail(f'{server.url}/old', http_client=client)).message == 'No such dish.'
        assert [(request.method, request.path) for request in server.requests] == [('POST', '/old'), ('POST', '/new')]

    async def test_that_redirects_for_ever_is_given_up(self, answering, fail):
        with answering(CannedAnswer(b'', 307, {'location': '/again'})) as server:
            async with httpx.AsyncClient(follow_redirects=True, max_redirects=2) as client:
                error = await fail(server.url, http_client=client)
        assert 'redirects too often' in error.message

    async def test_that_is_cut_short_is_a_lost_connection(self, serve, fail):
        async def cut(_, writer):
            writer.write(b'HTTP/1.1 500 Oh\r\ncontent-length: 100\r\n\r\n{')

        error = await fail(await serve(cut))
        assert error.status == 'UNAVAILABLE'

    async def test_from_nowhere_names_the_address_without_its_secrets(self, serve, fail):
        url = await serve(lambda *_: asyncio.sleep(0))
        gone = url.replace('//', '//ada:hunter2@').replace(url.rpartition(':')[2], '1/menu?key=hunter2')
        error = await fail(gone)
        assert error.status == 'UNAVAILABLE'
        assert error.message.startswith("Cannot connect to 'http://127.0.0.1:1/menu'")
        assert isinstance(error.cause, httpx.ConnectError)
        assert 'hunter2' not in str(error)

    async def test_from_a_server_that_leaves_is_a_lost_connection(self, serve, fail):
        error = await fail(await serve(lambda *_: asyncio.sleep(0)))
        assert (error.status, type(error.cause)) == ('UNAVAILABLE', httpx.RemoteProtocolError)

    async def test_from_a_silent_server_is_a_timeout(self, serve, fail):
        url = await serve(lambda reader, _: reader.read())
        error = await fail(url, timeout=0.25)
        assert error.status == 'DEADLINE_EXCEEDED'
        assert f'{url!r} was silent for more than timeout=0.25 s' in error.message


class TestAnAnswerOfSuccess:
    @pytest.mark.parametrize('body', [{'error': BODY}, {'error': BODY, 'result': 1}])
    async def test_may_hold_an_error(self, answering, body):
        with answering(CannedAnswer.of_json(body)) as server:
            error = await failure(server.url)
        assert (error.status, error.message, error.cause) == ('NOT_FOUND', 'No such dish.', None)

    async def test_may_hold_an_error_of_text(self, answering):
        with answering(CannedAnswer.of_json({'error': 'No soup.'})) as server:
            error = await failure(server.url)
        assert (error.status, error.message) == ('UNKNOWN', 'No soup.')

    async def test_may_hold_an_error_without_a_text(self, answering):
        with answering(CannedAnswer.of_json({'error': {'status': 'ABORTED'}})) as server:
            error = await failure(server.url)
        assert error.status == 'ABORTED'
        assert "sent an error without a message: {'status': 'ABORTED'}" in error.message

    async def test_may_hold_null_for_no_error(self, answering):
        with answering(CannedAnswer.of_json({'result': 1, 'error': None})) as server:
            assert await run_flow(server.url) == 1


class TestAnErrorInAStream:
    @pytest.mark.parametrize(
        'frame',
        [
            f'data: {json.dumps({"error": BODY})}\n\n',
            f'error: {json.dumps({"error": BODY})}\n\n',
            f'error: {json.dumps({"error": BODY})}\n',
            f'error: {json.dumps({"error": BODY})}',
            f'error: {json.dumps(BODY)}\n\n',
            f'event: error\ndata: {json.dumps({"error": BODY})}\n\n',
            f'event: error\r\ndata: {json.dumps(BODY)}\r\n\r\n',
            f'event: message\ndata: {json.dumps({"error": BODY})}\n\n',
        ],
    )
    async def test_comes_after_the_chunks_in_any_shape(self, answering, frame):
        chunks = b'data: {"message": 1}\n\n'
        with answering(CannedAnswer([chunks, frame.encode()], headers=STREAM)) as server:
            stream = stream_flow(server.url)
            assert await anext(stream) == 1
            with pytest.raises(GenkitError) as caught:
                await anext(stream)
        assert (caught.value.status, caught.value.message) == ('NOT_FOUND', 'No such dish.')
        assert caught.value.details['dish'] == 'soup'

    @pytest.mark.parametrize('frame', ['error: No soup.\n\n', 'event: error\ndata: No soup.\n\n', 'error: "No soup."'])
    async def test_may_be_a_text(self, answering, frame):
        with answering(CannedAnswer([frame.encode()], headers=STREAM)) as server:
            error = await stream_failure(server.url)
        assert (error.status, error.message) == ('UNKNOWN', 'No soup.')

    async def test_shows_no_secret_that_the_server_repeats(self, answering):
        frame = b'data: {"error": {"status": "INTERNAL", "message": "Bearer tok-12345"}}\n\n'
        with answering(CannedAnswer([frame], headers=STREAM)) as server:
            error = await stream_failure(server.url, headers={'authorization': 'Bearer tok-12345'})
        assert error.message == 'Bearer <redacted>'
