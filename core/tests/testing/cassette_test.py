# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json

import httpx
import pytest
from genkit import GenkitError
from genkit.testing import CannedAnswer, Cassette, LoopbackServer


@pytest.fixture
def provider():
    """A provider that counts its requests and streams when asked to."""

    def answer(request):
        if request.path == '/stream':
            return CannedAnswer.of_events([{'n': 1}, {'n': 2}])
        if request.path == '/image':
            return CannedAnswer(b'\xff\xd8\x00', headers={'content-type': 'image/jpeg'})
        return CannedAnswer.of_json({'echo': request.json['text'], 'headers': sorted(request.headers)})

    with LoopbackServer(answer) as server:
        yield server


def _ask(url: str) -> str:
    headers = {'authorization': 'Bearer SECRET', 'x-api-key': 'SECRET'}
    return httpx.post(f'{url}/v1?key=SECRET&n=1', headers=headers, json={'text': 'hi', 'api_key': 'SECRET'}).text


def test_what_was_recorded_is_replayed_without_the_provider(provider, tmp_path):
    path = tmp_path / 'tape.json'
    with Cassette(path, provider.url) as cassette:
        first = _ask(cassette.url)
        stream = httpx.get(f'{cassette.url}/stream').text
        image = httpx.get(f'{cassette.url}/image').content
    with Cassette(path) as cassette:
        assert _ask(cassette.url) == first
        assert httpx.get(f'{cassette.url}/stream').text == stream
        assert httpx.get(f'{cassette.url}/image').content == image
    assert len(provider.requests) == 3
    assert provider.requests[0].headers['authorization'] == 'Bearer SECRET'


def test_no_secret_reaches_the_file(provider, tmp_path):
    path = tmp_path / 'tape.json'
    with Cassette(path, provider.url) as cassette:
        _ask(cassette.url)
    assert 'SECRET' not in path.read_text(encoding='utf-8')
    assert json.loads(path.read_text(encoding='utf-8'))['entries'][0]['request']['body']['text'] == 'hi'


def test_a_request_that_was_not_recorded_is_refused_by_name(provider, tmp_path):
    path = tmp_path / 'tape.json'
    with Cassette(path, provider.url) as cassette:
        _ask(cassette.url)
    with Cassette(path) as cassette:
        answer = httpx.post(f'{cassette.url}/v2', json={'text': 'other'})
    assert answer.status_code == 599
    assert 'holds no answer to POST /v2' in answer.json()['error']['message']


def test_a_failed_test_records_nothing(provider, tmp_path):
    path = tmp_path / 'tape.json'

    def failing() -> None:
        with Cassette(path, provider.url) as cassette:
            _ask(cassette.url)
            raise OSError('broken')

    with pytest.raises(OSError, match='broken'):
        failing()
    assert not path.exists()


def test_without_a_file_and_a_target_the_way_out_is_named(tmp_path):
    with pytest.raises(GenkitError, match='no target to record from'), Cassette(tmp_path / 'none.json'):
        pass
