# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The protocol of flows over HTTP, tried on a real server."""

import contextlib
import json
import re
import secrets
import socket
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from genkit import PublicError, StatusName, add_span_exporter
from genkit.testing.contracts.web.application import SECRET
from genkit.testing.contracts.web.calls import EVENT_STREAM, WebCalls, events
from genkit.web import RequestData, api_key


_FRAME: Final = re.compile(rb'data: (\{[^\n]*\})\n\n')
_TEXT: Final = 'Grüße, 世界 \U0001f35c "quoted" \\ \u2028 line\r\nend\t\x7f'
_ERRORS: Final = [status for status in StatusName if status is not StatusName.OK]


class ProtocolTests(WebCalls):
    """Tests of answers, streams, errors, contexts and clients that leave."""

    # Answers

    def test_a_flow_answers_with_its_result(self) -> None:
        """``POST /<name>`` with ``{"data": …}`` is answered with ``{"result": …}``."""
        answer = self.call('shout', 'soup')
        assert (answer.status_code, answer.json()) == (HTTPStatus.OK, {'result': 'SOUP'})

    def test_a_plain_answer_is_json_of_known_length(self) -> None:
        """The content type is JSON, and the length is stated."""
        answer = self.call('shout', 'soup')
        assert answer.headers['content-type'].split(';')[0] == 'application/json'
        assert answer.headers['content-length'] == str(len(answer.content))

    def test_an_input_may_be_left_out_where_the_flow_has_none_or_a_default(self) -> None:
        """No ``data``, or null, is no input."""
        for body in ('{}', '{"data":null}'):
            assert self.call('greet', content=body).json() == {'result': 'Hello, nobody!'}
            assert self.call('soup', content=body).json() == {'result': 'soup'}

    def test_no_result_is_null(self) -> None:
        """A flow that returns nothing has the result null, in a stream, too."""
        assert self.call('nothing').json() == {'result': None}
        assert self.stream('nothing') == [{'result': None}]

    def test_models_travel_under_their_aliases(self) -> None:
        """Inputs, results and chunks that are Pydantic models have their wire names."""
        seated = {'seatedGuest': 'Ada', 'isAdult': True}
        assert self.call('seat', {'firstName': 'Ada', 'age': 36}).json() == {'result': seated}
        assert self.stream('seat', {'firstName': 'Ada', 'age': 36}) == [{'message': seated}, {'result': seated}]

    def test_any_text_comes_through(self) -> None:
        """What is not ASCII, and what looks like the end of a line, comes back as it was."""
        assert self.call('echo', _TEXT).json() == {'result': _TEXT}
        assert self.stream('echo', _TEXT) == [{'message': _TEXT}, {'result': _TEXT}]

    def test_a_name_may_hold_slashes(self) -> None:
        """The name of a flow is a path."""
        assert self.call('menu/of-the-day').json() == {'result': ['soup', 'bread']}

    def test_a_plain_function_is_served_as_well(self) -> None:
        """A flow that is not asynchronous runs beside the event loop; its chunks arrive."""
        assert self.call('plain', 'soup').json() == {'result': 'soup False'}
        assert self.stream('plain', 'soup') == [{'message': 'soup from a thread'}, {'result': 'soup False'}]

    def test_ids_of_the_trace_are_in_the_headers(self) -> None:
        """When traces are recorded, the response names its own, and so does a stream."""
        add_span_exporter(_Forgetful())
        for answer in (self.call('trace', ''), self.call('trace', '', headers=EVENT_STREAM)):
            ids = events(answer.content)[-1]['result'] if b'data: ' in answer.content else answer.json()['result']
            assert re.fullmatch(r'[0-9a-f]{32} [0-9a-f]{16}', ' '.join(ids)), 'the flow is traced'
            assert [answer.headers.get('x-genkit-trace-id'), answer.headers.get('x-genkit-span-id')] == ids

    def test_a_run_belongs_to_the_trace_that_the_request_names(self) -> None:
        """The header ``traceparent`` tells the trace and the parent; one that is malformed counts as absent.

        Source: https://www.w3.org/TR/trace-context/#traceparent-header
        """
        add_span_exporter(_Forgetful())
        trace_id = secrets.token_hex(16)
        named = {'traceparent': f'00-{trace_id}-{"1" * 16}-01'}
        assert self.call('trace', '', headers=named).json()['result'][0] == trace_id
        assert events(self.call('trace', '', headers={**EVENT_STREAM, **named}).content)[-1]['result'][0] == trace_id
        for malformed in (
            '',
            'soup',
            f'00-{"0" * 32}-{"1" * 16}-01',
            f'00-{trace_id}-{"1" * 16}',
            f'ff-{trace_id}-1-1',
            f'{named["traceparent"]}, {named["traceparent"]}',
        ):
            answer = self.call('trace', '', headers={'traceparent': malformed})
            assert answer.status_code == HTTPStatus.OK
            assert answer.json()['result'][0] not in {trace_id, '0' * 32}

    # Streams

    def test_a_stream_is_frames_of_one_line_and_nothing_else(self) -> None:
        r"""Each frame is ``data: <JSON>\n\n``; the last one holds the result."""
        body = self.call('count', 3, headers=EVENT_STREAM).content
        assert b''.join(match.group() for match in _FRAME.finditer(body)) == body
        assert [json.loads(line) for line in _FRAME.findall(body)] == [
            *({'message': number} for number in (1, 2, 3)),
            {'result': 3},
        ]

    def test_a_stream_says_what_it_is_and_that_nobody_may_hold_it_back(self) -> None:
        """It is an event stream of unknown length, which neither caches nor proxies may keep."""
        answer = self.call('count', 1, headers=EVENT_STREAM)
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers['content-type'].split(';')[0] == 'text/event-stream'
        assert 'no-cache' in answer.headers['cache-control']
        assert answer.headers['x-accel-buffering'] == 'no'
        assert 'content-length' not in answer.headers

    def test_a_client_that_accepts_events_gets_a_stream(self) -> None:
        """Among other types, and in any case."""
        for accept in ('text/event-stream', 'application/json;q=0.5, TEXT/Event-Stream'):
            answer = self.call('count', 1, headers={'accept': accept})
            assert events(answer.content) == [{'message': 1}, {'result': 1}]

    def test_a_client_may_ask_for_a_stream_in_the_query(self) -> None:
        """``?stream=true`` asks for events; ``false`` does not."""
        assert events(self.call('count', 1, params={'stream': 'true'}).content) == [{'message': 1}, {'result': 1}]
        assert self.call('count', 1, params={'stream': 'false'}).json() == {'result': 1}

    def test_chunks_arrive_before_the_flow_ends(self) -> None:
        """The flow waits until its first chunk has been read."""
        self.restaurant.opened.clear()
        try:
            with self.client() as client, _streaming(client, f'{self.url}/wait') as pieces:
                body = next(pieces)
                self.restaurant.opened.set()
                body += b''.join(pieces)
        finally:
            self.restaurant.opened.set()
        assert events(body) == [{'message': 'before'}, {'result': 'after'}]

    # Errors

    def test_an_error_of_a_flow_has_its_status(self) -> None:
        """The HTTP status follows from the error's; the body is ``{status, message, details}``."""
        answers = {status: self.call('fail', status.value) for status in _ERRORS}
        assert {status: answer.status_code for status, answer in answers.items()} == {
            status: status.http_code for status in _ERRORS
        }
        assert [[answer.json()[key] for key in ('status', 'message')] for answer in answers.values()] == [
            [status, f'The kitchen says {status}.'] for status in _ERRORS
        ]

    def test_details_of_an_error_are_for_the_client_but_its_stack_is_not(self) -> None:
        """What was given as details arrives; where in the source it happened does not."""
        answer = self.call('fail', 'NOT_FOUND')
        assert answer.json()['details']['dish'] == 'soup'
        assert 'Traceback' not in answer.text

    def test_an_error_for_end_users_arrives_whole(self) -> None:
        """Status, message and details of a `PublicError`."""
        answer = self.call('refuse')
        error = answer.json()
        assert answer.status_code == HTTPStatus.CONFLICT
        assert (error['status'], error['message']) == ('ALREADY_EXISTS', 'You have ordered that.')
        assert error['details']['order'] == 7

    @pytest.mark.parametrize('flow', ['crash', 'crash-midway'])
    def test_the_text_of_a_foreign_error_stays_here(self, flow: str) -> None:
        """It may hold anything; the client learns that something went wrong, in an answer and in a stream."""
        answer = self.call(flow)
        assert (answer.status_code, answer.json()['status']) == (HTTPStatus.INTERNAL_SERVER_ERROR, 'INTERNAL')
        streamed = self.call(flow, headers=EVENT_STREAM)
        assert events(streamed.content)[-1]['error']['status'] == 'INTERNAL'
        assert SECRET not in answer.text + streamed.text

    def test_an_error_in_the_middle_of_a_stream_is_its_last_frame(self) -> None:
        """The HTTP status has been sent by then; the client learns of it from ``{"error": {…}}``."""
        answer = self.call('fail-midway', headers=EVENT_STREAM)
        chunk, last = events(answer.content)
        assert (answer.status_code, chunk) == (HTTPStatus.OK, {'message': 'soup'})
        assert (last['error']['status'], last['error']['message']) == ('RESOURCE_EXHAUSTED', 'Out of bread.')
        assert last['error']['details']['left'] == 0

    def test_an_error_before_a_stream_begins_is_a_plain_answer(self) -> None:
        """An input that does not fit has an HTTP status also for clients that want a stream."""
        answer = self.call('count', 'many', headers=EVENT_STREAM)
        assert (answer.status_code, answer.json()['status']) == (HTTPStatus.BAD_REQUEST, 'INVALID_ARGUMENT')

    def test_a_body_that_is_not_json_is_refused(self) -> None:
        """Malformed JSON is the client's mistake."""
        for body in ('{"data":', '{"data":"a"} "b"', '\xff', "{'data': 1}", '{"data":NaN}'):
            self.refused(self.call('echo', content=body.encode('latin-1')))

    def test_a_body_that_is_no_object_is_refused(self) -> None:
        """So is a body of another shape, or none at all."""
        for body in ('', 'null', '[1]', '"soup"', '7'):
            self.refused(self.call('greet', content=body))

    def test_an_input_that_does_not_fit_is_refused_and_named(self) -> None:
        """The message names the member that is wrong."""
        answer = self.call('seat', {'firstName': 'Ada', 'age': 'old'})
        self.refused(answer)
        assert 'age' in answer.json()['message']

    def test_an_input_that_is_missing_is_refused(self) -> None:
        """A flow that needs one does not run without."""
        self.refused(self.call('shout'))

    def test_an_unknown_flow_is_not_found(self) -> None:
        """404."""
        assert self.call('shoot', 'soup').status_code == HTTPStatus.NOT_FOUND

    def test_flows_are_called_with_post_only(self) -> None:
        """405, and the answer says what is allowed."""
        for method in ('GET', 'PUT', 'DELETE'):
            with self.client() as client:
                answer = client.request(method, f'{self.url}/shout')
            assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            assert 'POST' in answer.headers['allow']

    @pytest.mark.parametrize('is_declared', [True, False], ids=['declared', 'chunked'])
    def test_a_body_over_the_limit_is_refused(self, is_declared: bool) -> None:  # noqa: FBT001
        """413, whether or not the client says how long the body is; one of exactly the limit is taken."""
        longest = self.body_limit - len('{"data":""}')
        assert self._sized('length', longest, is_declared=is_declared).json() == {'result': longest}
        answer = self._sized('length', longest + 1, is_declared=is_declared)
        assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    # Context providers

    @pytest.mark.parametrize('is_async', [True, False], ids=['async', 'plain'])
    def test_the_context_comes_from_the_request(self, is_async: bool) -> None:  # noqa: FBT001
        """A provider, async or plain, is given method, headers, input and the framework's request."""
        asked: list[RequestData] = []

        def provide(data: RequestData) -> dict[str, Any]:
            asked.append(data)
            return {'user': data.headers['x-user']}

        async def provide_later(data: RequestData) -> dict[str, Any]:
            return provide(data)

        headers = [('X-User', 'ada'), ('X-Tag', 'one'), ('X-Tag', 'two')]
        with self.serving(self.restaurant.ai, provide_later if is_async else provide) as url:
            answer = self.call('whoami', {'dish': 'soup'}, url=url, headers=headers)
        assert answer.json()['result'] == {'given': {'dish': 'soup'}, 'context': {'user': 'ada'}}
        [data] = asked
        assert (data.method, data.input) == ('POST', {'dish': 'soup'})
        assert data.request is not None
        assert all(name == name.lower() for name in data.headers)
        assert [tag.strip() for tag in data.headers['x-tag'].split(',')] == ['one', 'two']

    def test_a_provider_may_refuse(self) -> None:
        """What it raises is the answer, masked if it is foreign; the flow does not run."""

        def provide(data: RequestData) -> None:
            if 'x-user' not in data.headers:
                raise PublicError('PERMISSION_DENIED', 'Who are you?')
            raise ConnectionError(SECRET)

        before = self.restaurant.calls
        with self.serving(self.restaurant.ai, provide) as url:
            refused = self.call('soup', url=url)
            failed = self.call('soup', url=url, headers={'x-user': 'ada', **EVENT_STREAM})
        assert (refused.status_code, refused.json()['message']) == (HTTPStatus.FORBIDDEN, 'Who are you?')
        assert failed.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert SECRET not in failed.text
        assert self.restaurant.calls == before

    def test_an_api_key_lets_in_who_has_it(self) -> None:
        """No key: 401; another one: 403; the right one: the flow runs."""
        with self.serving(self.restaurant.ai, api_key('s3cret')) as url:
            answers = [
                self.call('whoami', url=url, headers={'authorization': key} if key else None)
                for key in (None, 'guess', 's3cret')
            ]
        assert [answer.status_code for answer in answers] == [
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.OK,
        ]
        assert answers[-1].json()['result']['context']['auth']['api_key'] == 's3cret'

    # Clients that leave

    def test_a_stream_ends_its_flow_when_the_client_leaves(self) -> None:
        """A flow that goes on talking to nobody is cancelled."""
        self._leave('talking', EVENT_STREAM)

    def test_a_silent_stream_ends_its_flow_when_the_client_leaves(self) -> None:
        """So is one that has nothing to say for the moment."""
        self._skip_if_blind()
        self._leave('silent', EVENT_STREAM)

    def test_a_call_ends_its_flow_when_the_client_leaves(self) -> None:
        """And one that was to answer at once."""
        self._skip_if_blind()
        self._leave('quiet', {})

    # Many calls

    def test_calls_at_the_same_time_do_not_mix(self) -> None:
        """Each caller gets what belongs to them."""

        def provide(data: RequestData) -> dict[str, Any]:
            return {'user': data.headers['x-user']}

        with self.serving(self.restaurant.ai, provide) as url, ThreadPoolExecutor(self.callers) as callers:

            def ask(number: int) -> httpx.Response:
                return self.call('whoami', number, url=url, headers={'x-user': f'u{number}'})

            answers = list(callers.map(ask, range(self.callers)))
        assert [answer.json()['result'] for answer in answers] == [
            {'given': number, 'context': {'user': f'u{number}'}} for number in range(self.callers)
        ]

    def test_one_connection_carries_call_after_call(self) -> None:
        """Answers, streams and errors end where the next answer on their connection begins."""
        with self.client() as client:
            for number in range(3):
                assert client.post(f'{self.url}/echo', json={'data': number}).json() == {'result': number}
                streamed = client.post(f'{self.url}/count', json={'data': 1}, headers=EVENT_STREAM)
                assert events(streamed.content) == [{'message': 1}, {'result': 1}]
                broken = client.post(f'{self.url}/echo', content='{', headers={'content-type': 'application/json'})
                assert broken.status_code == HTTPStatus.BAD_REQUEST

    def test_all_calls_run_on_one_event_loop(self) -> None:
        """Clients of models and stores belong to the event loop that they were made on, and stay usable."""
        self.restaurant.loops.clear()
        for headers in ({}, EVENT_STREAM, {}):
            assert self.call('where', headers=headers).status_code == HTTPStatus.OK
        first, *others = self.restaurant.loops
        assert all(loop is first for loop in others)
        assert first.is_running()

    def _sized(self, flow: str, length: int, *, is_declared: bool) -> httpx.Response:
        body = b'{"data":"%s"}' % (b'a' * length)
        return self.call(flow, content=body if is_declared else _in_pieces(body))

    def _leave(self, name: str, headers: Mapping[str, str]) -> None:
        visit = self.restaurant.visits[name]
        with _sent(f'{self.url}/linger', {'data': name}, headers):
            assert visit.started.wait(self.patience), 'the flow has been called'
            assert not visit.cancelled.is_set(), 'it goes on while the client is there'
        assert visit.cancelled.wait(self.patience), 'the flow goes on although the client has left'

    def _skip_if_blind(self) -> None:
        if not self.detects_disconnect:
            assert self.no_disconnect_reason, 'say in no_disconnect_reason why it cannot be detected'
            pytest.skip(self.no_disconnect_reason)


class _Forgetful(SpanExporter):
    """Makes traces happen and keeps none."""

    def export(self, spans: Any) -> SpanExportResult:  # noqa: ARG002  (the interface's)
        return SpanExportResult.SUCCESS


def _in_pieces(body: bytes, size: int = 65536) -> Iterator[bytes]:
    yield from (body[start : start + size] for start in range(0, len(body), size))


@contextlib.contextmanager
def _streaming(client: httpx.Client, url: str) -> Generator[Iterator[bytes]]:
    with client.stream('POST', url, json={'data': ''}, headers=EVENT_STREAM) as response:
        yield response.iter_raw()


@contextlib.contextmanager
def _sent(url: str, body: Any, headers: Mapping[str, str]) -> Generator[None]:
    """Send a request and hang up at the end of the block, with the answer unread."""
    parts = urlsplit(url)
    content = json.dumps(body).encode()
    lines = {'host': parts.netloc, 'content-length': str(len(content)), 'content-type': 'application/json', **headers}
    head = '\r\n'.join([f'POST {parts.path} HTTP/1.1', *(f'{name}: {value}' for name, value in lines.items()), '', ''])
    with socket.create_connection((str(parts.hostname), parts.port or 80)) as connection:
        connection.sendall(head.encode() + content)
        yield
