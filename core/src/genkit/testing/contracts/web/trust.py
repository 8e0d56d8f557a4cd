# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What everything that serves flows does with clients, pages and flows that mean harm or fail, on a real server."""

import logging
import socket
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
import pytest

from genkit.testing.contracts.web.application import ENDS, SECRET
from genkit.testing.contracts.web.calls import EVENT_STREAM, WebCalls
from genkit.web import RequestData, api_key


_SAID: Final = {'data': {'message': {'role': 'user', 'content': [{'text': 'soup'}]}}}
_TYPES_OF_PAGES: Final = (None, 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x')
_OTHER_PAGES: Final[tuple[dict[str, str], ...]] = (
    {'sec-fetch-site': 'cross-site'},
    {'sec-fetch-site': 'same-site'},
    {'origin': 'https://evil.example'},
    {'origin': 'null'},
    {'origin': 'https://evil.example', 'sec-fetch-site': 'cross-site'},
)
_MANY_BYTES: Final = 4_000_000


class TrustTests(WebCalls):
    """Tests of agents and their guards, of streams that always end, of the log, of browsers and of large bodies."""

    # Agents

    def test_an_agent_is_served_with_its_snapshots_and_the_way_to_stop_it(self) -> None:
        """``/<name>``, ``/<name>/getSnapshot`` and ``/<name>/abort``."""
        answer = self._agent('waiter', {**_SAID, 'init': {'sessionId': 'table-7'}})
        kept = answer.json()['result']['snapshotId']
        snapshot = self._agent('waiter/getSnapshot', {'data': {'sessionId': 'table-7'}})
        assert snapshot.json()['result']['snapshotId'] == kept
        stopped = self._agent('waiter/abort', {'data': {'snapshotId': kept}})
        assert stopped.json()['result']['snapshotId'] == kept

    def test_what_belongs_to_an_agent_is_guarded_as_the_agent_is(self) -> None:
        """Who may not talk with an agent reads none of its snapshots and stops nothing."""
        requests = {
            'waiter': _SAID,
            'waiter/getSnapshot': {'data': {'snapshotId': 'x'}},
            'waiter/abort': {'data': {'snapshotId': 'x'}},
        }
        with self.serving(self.restaurant.ai, api_key('s3cret')) as url:
            codes = {path: self._agent(path, body, url=url).status_code for path, body in requests.items()}
        assert codes == dict.fromkeys(requests, HTTPStatus.UNAUTHORIZED)

    # Ends of streams

    @pytest.mark.parametrize('flow', ['circle', 'chunk', 'mute', 'thread', *ENDS])
    def test_a_stream_ends_with_a_last_frame_whatever_the_flow_does(self, flow: str) -> None:
        """A result or a chunk that cannot be written, and what a flow may raise, are errors; the server goes on."""
        path, data = ('end/raise', flow) if flow in ENDS else (f'end/{flow}', None)
        [last] = self.stream(path, data)
        assert last['error']['status'] == ('CANCELLED' if flow == 'cancelled' else 'INTERNAL')
        assert SECRET not in str(last)
        assert self.call('shout', 'soup').json() == {'result': 'SOUP'}

    @pytest.mark.parametrize('flow', ['circle', 'mute', 'thread', *ENDS])
    def test_a_call_is_answered_whatever_the_flow_does(self, flow: str) -> None:
        """With an error, and the server goes on."""
        path, data = ('end/raise', flow) if flow in ENDS else (f'end/{flow}', None)
        answer = self.call(path, data)
        assert answer.json()['status'] == ('CANCELLED' if flow == 'cancelled' else 'INTERNAL')
        assert SECRET not in answer.text
        assert self.call('shout', 'soup').json() == {'result': 'SOUP'}

    # The log

    def test_what_clients_are_not_told_is_logged_once(self) -> None:
        """An error of a flow or of a context provider is one record with its traceback, on the logger ``genkit``."""

        def provide(data: RequestData) -> None:
            if 'x-user' in data.headers:
                raise ConnectionError(SECRET)

        with _Records() as records, self.serving(self.restaurant.ai, provide) as url:
            for path, headers in (('crash', {}), ('crash', EVENT_STREAM), ('shout', {'x-user': 'ada'})):
                self.call(path, 'soup', url=url, headers=headers)
            self.call('fail', 'NOT_FOUND', url=url)
        tracebacks = [logging.Formatter().format(record) for record in records.found]
        assert [record.levelno for record in records.found] == [logging.ERROR] * 3
        assert all(SECRET in text and 'Traceback' in text for text in tracebacks)
        assert [text.partition(' failed')[0] for text in tracebacks] == [
            "Flow 'crash'",
            "Flow 'crash'",
            "The context provider of flow 'shout'",
        ]

    # Browsers

    @pytest.mark.parametrize('content_type', _TYPES_OF_PAGES, ids=str)
    def test_a_body_that_is_not_said_to_be_json_runs_nothing(self, content_type: str | None) -> None:
        """Any page may send such a body to anybody; the answer says which header to send."""
        before = self.restaurant.calls
        headers = {} if content_type is None else {'content-type': content_type}
        with self.client() as client:
            answer = client.post(f'{self.url}/soup', content=b'{"data":null}', headers=headers)
        assert answer.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        assert "-H 'content-type: application/json'" in answer.json()['message']
        assert self.restaurant.calls == before

    @pytest.mark.parametrize('content_type', ['application/json; charset=utf-8', 'Application/Menu+JSON'])
    def test_json_has_several_names(self, content_type: str) -> None:
        """A charset, and a type that is built on JSON, are fine."""
        assert self.call('soup', headers={'content-type': content_type}).json() == {'result': 'soup'}

    @pytest.mark.parametrize('headers', _OTHER_PAGES, ids=str)
    def test_a_page_of_another_site_runs_nothing(self, headers: Mapping[str, str]) -> None:
        """403 for what a browser marks as coming from another site or another origin."""
        before = self.restaurant.calls
        answer = self.call('soup', headers=headers)
        assert (answer.status_code, answer.json()['status']) == (HTTPStatus.FORBIDDEN, 'PERMISSION_DENIED')
        assert 'cross_site' in answer.json()['message']
        assert self.restaurant.calls == before

    def test_a_page_of_the_same_origin_may_call(self) -> None:
        """With and without the newer headers of browsers."""
        parts = urlsplit(self.url)
        origin = {'origin': f'{parts.scheme}://{parts.netloc}'}
        for headers in (origin, {**origin, 'sec-fetch-site': 'same-origin'}, {'sec-fetch-site': 'none'}):
            assert self.call('soup', headers=headers).json() == {'result': 'soup'}

    def test_a_page_that_gave_this_machine_a_name_runs_nothing(self) -> None:
        """On a loopback address ``Host`` is a name of this machine: another one is an attack (DNS rebinding)."""
        if not self.knows_its_address:
            assert self.no_address_reason, 'say in no_address_reason which server does not tell'
            pytest.skip(self.no_address_reason)
        before = self.restaurant.calls
        answer = self.call('soup', headers={'host': 'evil.example', 'origin': 'http://evil.example'})
        assert answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}  # some frameworks have such a rule
        assert self.restaurant.calls == before
        assert self.call('soup', headers={'host': 'localhost'}).json() == {'result': 'soup'}

    # Large bodies

    def test_a_client_that_first_sends_everything_learns_that_it_was_too_much(self) -> None:
        """What is over the limit is read, within reason, so that the client does not lose the answer."""
        parts = urlsplit(self.url)
        size = self.body_limit + _MANY_BYTES
        head = (
            f'POST {parts.path}/soup HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n'
            f'content-length: {size}\r\n\r\n'
        )
        address = (str(parts.hostname), parts.port or 80)
        with socket.create_connection(address, timeout=self.patience) as connection:
            connection.sendall(head.encode() + b'x' * size)
            answer = connection.recv(65536)
        assert answer.startswith(b'HTTP/1.1 413 ')

    def _agent(self, path: str, body: Any, url: str | None = None) -> httpx.Response:
        with self.client() as client:
            return client.post(f'{url or self.url}/{path}', json=body)


class _Records(logging.Handler):
    """Keeps what the logger ``genkit`` is given."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record)

    def __enter__(self) -> Self:
        logging.getLogger('genkit').addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger('genkit').removeHandler(self)
