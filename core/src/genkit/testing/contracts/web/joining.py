# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What web adapters do with streams that are kept."""

from http import HTTPStatus
from typing import Final

from genkit.testing.contracts.web.application import Restaurant
from genkit.testing.contracts.web.calls import EVENT_STREAM, WebCalls, events
from genkit.web import InMemoryStreamManager


_ID: Final = 'x-genkit-stream-id'


class JoiningTests(WebCalls):
    """A client whose connection broke joins its stream again."""

    def test_a_stream_that_is_kept_can_be_joined_again(self) -> None:
        with self.serving(Restaurant().ai, stream_manager=InMemoryStreamManager()) as url:
            first = self.call('count', 3, url=url, headers=EVENT_STREAM)
            again = self.call('count', 99, url=url, headers={**EVENT_STREAM, _ID: first.headers[_ID]})
            assert events(again.content) == events(first.content) == [*_messages(1, 2, 3), {'result': 3}]
            assert again.headers[_ID] == first.headers[_ID]
            for flow, stream_id in (('echo', first.headers[_ID]), ('count', 'there-is-none'), ('count', '../x')):
                unknown = self.call(flow, 3, url=url, headers={**EVENT_STREAM, _ID: stream_id})
                assert (unknown.status_code, unknown.content) == (HTTPStatus.NO_CONTENT, b'')

    def test_a_run_whose_stream_is_kept_goes_on_when_the_client_leaves(self) -> None:
        restaurant = Restaurant()
        with self.serving(restaurant.ai, stream_manager=InMemoryStreamManager()) as url:
            body = {'data': None}
            try:
                with (
                    self.client() as client,
                    client.stream('POST', f'{url}/wait', json=body, headers=EVENT_STREAM) as left,
                ):
                    stream_id = left.headers[_ID]
                    assert b'before' in next(left.iter_bytes())
            finally:  # the run would keep the server from stopping
                restaurant.opened.set()
            again = self.call('wait', url=url, headers={**EVENT_STREAM, _ID: stream_id})
            assert events(again.content) == [*_messages('before'), {'result': 'after'}]

    def test_streams_are_not_kept_unless_that_is_wanted(self) -> None:
        answer = self.call('count', 2, headers={**EVENT_STREAM, _ID: 'there-is-none'})
        assert events(answer.content) == [*_messages(1, 2), {'result': 2}]
        assert _ID not in answer.headers


def _messages(*chunks: object) -> list[dict[str, object]]:
    return [{'message': chunk} for chunk in chunks]
