# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import re

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


@pytest.fixture
def oauth():
    """A provider that hands out credentials in all ways there are, and takes them in all ways there are."""

    def answer(request):
        match request.path.partition('?')[0]:
            case '/token':
                return CannedAnswer.of_json({'access_token': 'SECRET-answer', 'expires_in': 3, 'scope': 'a b'})
            case '/form':
                body = b'access_token=SECRET-form-answer&scope=a'
                return CannedAnswer(body, headers={'content-type': 'application/x-www-form-urlencoded'})
            case '/stream':
                return CannedAnswer.of_events([{'n': 1}, {'client_secret': 'SECRET-event', 'n': 2}])
            case '/lines':
                return CannedAnswer([b'{"n":1}\n{"ses', b'sion_token":"SECRET-line"}\n'])
            case '/repeats':
                return CannedAnswer(f'You sent {request.headers.get("authorization")}.'.encode(), headers={})
            case '/away':
                return CannedAnswer(b'', 302, {'location': 'https://example.com/?code=SECRET-code&a=1'})
        return CannedAnswer.of_json({'asked': request.path})

    with LoopbackServer(answer) as server:
        yield server


def _login(url: str) -> list[httpx.Response]:
    """Ask for credentials, and use them as they came."""
    headers = {'authorization': 'Bearer SECRET-header'}
    form = {'grant_type': 'x', 'client_secret': 'SECRET-form', 'code': 'SECRET-given-code'}
    token = httpx.post(f'{url}/token?sig=SECRET-query&a=1', data=form, headers=headers)
    key = token.json()['access_token']
    return [
        token,
        httpx.post(f'{url}/token', files={'client_secret': (None, 'SECRET-part'), 'note': (None, 'kept')}),
        httpx.get(f'{url}/form'),
        httpx.get(f'{url}/stream'),
        httpx.get(f'{url}/lines'),
        httpx.get(f'{url}/repeats', headers=headers),
        httpx.get(f'{url}/away', follow_redirects=False),
        httpx.post(f'{url}/use/{key}', json={'headers': [{'name': 'Authorization', 'value': f'Bearer {key}'}]}),
        httpx.post(f'{url}/note', json={'note': f'my key is {key}', 'max_tokens': 3}),
        httpx.get(f'{url}/v1/sk-SECRET0123456789/x'),
    ]


def test_credentials_of_answers_forms_queries_and_paths_reach_no_file_and_replay_all_the_same(oauth, tmp_path):
    path = tmp_path / 'tape.json'
    with Cassette(path, oauth.url) as cassette:
        recorded = _login(cassette.url)
    text = path.read_text(encoding='utf-8')
    assert re.findall(r'SECRET[\w-]*', text) == []
    assert all(kept in text for kept in ('kept', 'max_tokens', 'grant_type=x', r'\"n\":1', 'a=1', 'scope'))
    assert [answer.status_code for answer in recorded] == [200] * 6 + [302] + [200] * 3
    assert recorded[0].json()['access_token'] == 'SECRET-answer'
    with Cassette(path) as cassette:
        replayed = _login(cassette.url)
    assert [answer.status_code for answer in replayed] == [answer.status_code for answer in recorded]
    assert replayed[0].json() == {'access_token': '<redacted>', 'expires_in': 3, 'scope': 'a b'}
    assert replayed[3].text.count('data: ') == recorded[3].text.count('data: ')


def test_other_credentials_replay_the_same_tape(oauth, tmp_path):
    path = tmp_path / 'tape.json'

    def ask(url, key):
        headers = {'x-api-key': key}
        return httpx.post(f'{url}/any?key={key}', json={'apiKey': key, 'n': 1}, headers=headers).status_code

    with Cassette(path, oauth.url) as cassette:
        assert ask(cassette.url, 'SECRET-of-mine') == 200
    with Cassette(path) as cassette:
        assert ask(cassette.url, 'key-of-a-test') == 200


def test_a_tape_with_credentials_that_were_not_replaced_then_replays(oauth, tmp_path):
    path = tmp_path / 'tape.json'
    request = {'method': 'POST', 'path': '/a?sig=old', 'body': {'database_url': 'old', 'n': 1}}
    entry = {'request': request, 'response': {'status': 200, 'headers': {}, 'body': ['fine']}}
    path.write_text(json.dumps({'version': 1, 'entries': [entry]}))
    with Cassette(path) as cassette:
        assert httpx.post(f'{cassette.url}/a?sig=new', json={'database_url': 'new', 'n': 1}).text == 'fine'


def test_answers_without_credentials_stay_in_their_pieces(oauth, tmp_path):
    path = tmp_path / 'tape.json'
    with LoopbackServer(lambda _: CannedAnswer([b'{"a":', b'1}'])) as server, Cassette(path, server.url) as cassette:
        httpx.get(cassette.url)
    body = json.loads(path.read_text(encoding='utf-8'))['entries'][0]['response']['body']
    assert ''.join(body) == '{"a":1}'


@pytest.mark.parametrize('text', ['[', '{}', '[]', '{"entries": ' + '[' * 500])
def test_what_is_no_tape_is_an_error_of_ours(tmp_path, text):
    path = tmp_path / 'tape.json'
    path.write_text(text)
    with pytest.raises(GenkitError, match=r'tape\.json'), Cassette(path):
        pass
