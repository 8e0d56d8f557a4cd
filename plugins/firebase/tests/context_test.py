# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Tokens, and policies about who may call."""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jwt
import pytest
from genkit import Genkit, GenkitError, PublicError
from genkit.testing import CannedAnswer
from genkit.web import RequestData
from genkit_firebase import firebase_context
from opentelemetry.sdk.trace import ReadableSpan

from .google_keys import PROJECT, Google, Key


Spans = Callable[[], list[ReadableSpan]]

OTHER = Key('one')  # of the same name as Google's, and another
NAMES = ('GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'FIREBASE_CONFIG', 'FIREBASE_AUTH_EMULATOR_HOST')


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    with Google() as running:
        yield running


async def asked(
    google: Google, id_token: str | None = None, app_token: str | None = None, given: Any = None, **policy: Any
) -> Mapping[str, Any]:
    provider: Any = firebase_context(**{**google.settings, **policy})
    headers = {'authorization': f'Bearer {id_token}'} if id_token is not None else {}
    if app_token is not None:
        headers['x-firebase-appcheck'] = app_token
    try:
        return await provider(RequestData('POST', headers, given))
    finally:
        await provider.aclose()


async def refusal(google: Google, *tokens: str | None, **policy: Any) -> GenkitError:
    with pytest.raises(GenkitError) as raised:
        await asked(google, *tokens, **policy)
    for token in tokens:
        assert not token or token not in f'{raised.value!r} {raised.value.__cause__!r}'
    return raised.value


async def test_who_is_signed_in_becomes_the_context(google: Google) -> None:
    token, app = google.id_token(email='ada@example.com', admin=True), google.app_token()
    context = await asked(google, token, app)
    assert context['auth']['uid'] == 'ada'
    assert context['auth']['token']['email'] == 'ada@example.com'
    assert context['auth']['rawToken'] == token
    assert context['app']['appId'] == '1:1234567890:web:abc'
    assert context['app']['rawToken'] == app
    assert await asked(google) == {}


def refused_tokens(google: Google) -> dict[str, tuple[str, str]]:
    now = int(time.time())
    segments = google.id_token().split('.')
    hs256 = jwt.encode({'sub': 'ada'}, 'x' * 32, algorithm='HS256', headers={'kid': 'one'})
    return {
        'wrong signature': (google.id_token(OTHER), 'signature is wrong'),
        'changed claims': (f'{segments[0]}.{encoded({"sub": "eve"})}.{segments[2]}', 'signature is wrong'),
        'no signature': (google.id_token(header={'alg': 'none'}), 'not signed with RS256'),
        'signature taken away': (f'{segments[0]}.{segments[1]}.', 'signature is wrong'),
        'a secret as the key': (hs256, 'not signed with RS256'),
        'another key': (google.id_token(header={'kid': 'two'}), 'not signed by Google'),
        'a key that is no text': (f'{encoded({"alg": "RS256", "kid": 1})}.{segments[1]}.{segments[2]}', 'malformed'),
        'another project': (google.id_token(aud='other'), "not made for 'demo-test'"),
        'no audience': (google.id_token(aud=None), 'lacks a claim'),
        'another issuer': (google.id_token(iss='https://evil.example/demo-test'), 'not issued by'),
        'the issuer of another project': (google.id_token(iss='https://securetoken.google.com/demo-tes'), 'not issued'),
        'expired': (google.id_token(exp=now - 60), 'has expired'),
        'no end': (google.id_token(exp=None), 'lacks a claim'),
        'not valid yet': (google.id_token(nbf=now + 600), 'not valid yet'),
        'issued in the future': (google.id_token(iat=now + 600), 'not valid yet'),
        'signed in in the future': (google.id_token(auth_time=now + 600), 'lies in the future'),
        'no subject': (google.id_token(sub=''), 'no subject'),
        'a long subject': (google.id_token(sub='x' * 129), 'no subject'),
        'a subject that is no text': (google.id_token(sub=None), 'lacks a claim'),
        'an end that is no number': (google.id_token(exp='soon'), 'malformed'),
        'a huge token': (google.id_token(more='x' * 20_000), '16384 at most'),
        'no token': ('nonsense', 'malformed'),
        'dots': ('..', 'malformed'),
        'a list': (f'{encoded([1])}.{encoded([1])}.AAAA', 'malformed'),
        'half a character': ('\ud800.a.b', 'malformed'),
        'deep JSON': (f'{base64.urlsafe_b64encode(b"[" * 9_000).decode()}.a.b', 'malformed'),
        'the token of an application': (google.app_token(), 'not made for'),
    }


def encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b'=').decode()


async def test_tokens_that_are_not_accepted(google: Google) -> None:
    for name, (token, says) in refused_tokens(google).items():
        error = await refusal(google, token)
        assert (error.status, type(error)) == ('UNAUTHENTICATED', PublicError), name
        assert says in str(error), name


@pytest.mark.parametrize('header', ['Basic YTpi', 'Bearer', 'Bearer  ', '', 'token'])
async def test_a_header_of_another_kind_is_refused(header: str, google: Google) -> None:
    provider: Any = firebase_context(**google.settings)
    with pytest.raises(PublicError, match='malformed') as raised:
        await provider(RequestData('POST', {'authorization': header}, None))
    assert raised.value.status == 'UNAUTHENTICATED'


async def test_clocks_may_differ_a_little(google: Google) -> None:
    now = int(time.time())
    assert await asked(google, google.id_token(exp=now - 2), clock_skew=60)
    assert (await refusal(google, google.id_token(exp=now - 2), clock_skew=0)).status == 'UNAUTHENTICATED'


async def test_policies_about_the_user(google: Google) -> None:
    plain = google.id_token(firebase={'sign_in_provider': 'password'})
    admin = google.id_token(email_verified=True, admin=True, role='editor', level=1, banned=False)
    allowed: list[tuple[str | None, dict[str, Any]]] = [
        (plain, {'signed_in': True}),
        (admin, {'email_verified': True}),
        (admin, {'has_claim': 'admin'}),
        (admin, {'has_claim': ['admin', 'role']}),
        (admin, {'has_claim': {'role': 'editor', 'level': [1, 2], 'banned': False}}),
        (plain, {'has_claim': {'firebase.sign_in_provider': ['password', 'google.com']}}),
        (None, {}),
        (None, {'signed_in': False}),
    ]
    for token, policy in allowed:
        context = await asked(google, token, **policy)
        assert ('auth' in context) is (token is not None), policy
    refused: list[tuple[str | None, dict[str, Any], str]] = [
        (None, {'signed_in': True}, 'UNAUTHENTICATED'),
        (None, {'email_verified': True}, 'UNAUTHENTICATED'),
        (None, {'has_claim': 'admin'}, 'UNAUTHENTICATED'),
        (plain, {'email_verified': True}, 'PERMISSION_DENIED'),
        (google.id_token(email_verified='true'), {'email_verified': True}, 'PERMISSION_DENIED'),
        (plain, {'has_claim': 'admin'}, 'PERMISSION_DENIED'),
        (admin, {'has_claim': 'banned'}, 'PERMISSION_DENIED'),
        (admin, {'has_claim': {'role': 'owner'}}, 'PERMISSION_DENIED'),
        (admin, {'has_claim': {'level': [2, '1', True]}}, 'PERMISSION_DENIED'),
        (admin, {'has_claim': {'admin': 1}}, 'PERMISSION_DENIED'),
        (plain, {'has_claim': {'firebase.sign_in_provider.x': 'password'}}, 'PERMISSION_DENIED'),
    ]
    for token, policy, status in refused:
        assert (await refusal(google, token, **policy)).status == status, policy


async def test_policies_about_the_application(google: Google, caplog: pytest.LogCaptureFixture) -> None:
    assert 'app' in await asked(google, None, google.app_token(), enforce_app_check=True)
    for policy in ({'enforce_app_check': True}, {'consume_app_check_token': True}):
        assert (await refusal(google, None, None, **policy)).status == 'UNAUTHENTICATED'
        error = await refusal(google, None, google.app_token(exp=int(time.time()) - 60), **policy)
        assert (error.status, 'has expired' in str(error)) == ('UNAUTHENTICATED', True)
        error = await refusal(google, None, google.app_token(aud=['projects/other']), **policy)
        assert error.status == 'UNAUTHENTICATED'
        error = await refusal(google, None, google.app_token(iss='https://evil.example/1'), **policy)
        assert error.status == 'UNAUTHENTICATED'
    token = google.app_token(OTHER)
    with caplog.at_level(logging.WARNING):
        assert await asked(google, None, token) == {}
    assert 'is not enforced' in caplog.text
    assert token not in caplog.text


async def test_a_token_of_app_check_is_used_once(google: Google) -> None:
    token = google.app_token()
    context = await asked(google, None, token, consume_app_check_token=True)
    assert context['app']['alreadyConsumed'] is False
    error = await refusal(google, None, token, consume_app_check_token=True)
    assert (error.status, 'used before' in str(error)) == ('UNAUTHENTICATED', True)


async def test_app_check_that_fails_lets_nobody_in(google: Google) -> None:
    token = google.app_token()
    provider: Any = firebase_context(**google.settings, consume_app_check_token=True)
    headers = {'x-firebase-appcheck': google.app_token(sub='first')}
    await provider(RequestData('POST', headers, None))
    for answer in (
        CannedAnswer.of_json({'error': {'code': 403, 'message': f'no {token}', 'status': 'PERMISSION_DENIED'}}, 403),
        CannedAnswer(b'<html>down</html>', 200, {'content-type': 'text/html'}),
        CannedAnswer.of_json([1]),
    ):
        google.answer = answer
        with pytest.raises(GenkitError) as raised:
            await provider(RequestData('POST', {'x-firebase-appcheck': token}, None))
        assert token not in f'{raised.value}'
    await provider.aclose()


async def test_a_function_decides(google: Google) -> None:
    async def own(context: dict[str, Any], given: Any) -> None:
        if given != context['auth']['uid']:
            raise PublicError('PERMISSION_DENIED', 'Not yours.')

    token = google.id_token()
    assert await asked(google, token, given='ada', signed_in=True, check=own)
    with pytest.raises(PublicError, match='Not yours'):
        await asked(google, token, given='eve', signed_in=True, check=own)
    assert await asked(google, token, check=lambda context, given: None)


async def test_keys_are_kept_as_long_as_google_says(google: Google) -> None:
    provider: Any = firebase_context(**google.settings)

    async def call(token: str) -> Any:
        return await provider(RequestData('POST', {'authorization': f'Bearer {token}'}, None))

    await asyncio.gather(*(call(google.id_token()) for _ in range(5)))
    assert len(google.requests) == 1
    for _ in range(5):  # of a name that is not there: Google is not asked again and again
        with pytest.raises(PublicError):
            await call(google.id_token(header={'kid': 'other'}))
    assert len(google.requests) == 1
    keys = provider._auth_keys
    keys._asked -= 61  # a minute later
    google.keys.append(Key('new'))
    await call(google.id_token(google.keys[1]))
    assert len(google.requests) == 2
    await call(google.id_token())
    keys._fresh_until = 0.0  # an hour later
    google.keys = [google.keys[1]]
    with pytest.raises(PublicError):
        await call(google.id_token(Key('one')))
    assert len(google.requests) == 3
    google.max_age = 10**9
    keys._fresh_until = 0.0
    await call(google.id_token())
    assert keys._fresh_until - keys._asked == 86_400
    await provider.aclose()


@pytest.mark.parametrize(
    'answer',
    [
        CannedAnswer(b'', 500),
        CannedAnswer(b'<html>hello</html>', 200),
        CannedAnswer.of_json({}),
        CannedAnswer.of_json({'keys': []}),
        CannedAnswer.of_json({'keys': [1]}),
        CannedAnswer.of_json({'keys': [{'kid': 'one', 'kty': 'RSA', 'n': 'AQAB'}]}),
        CannedAnswer.of_json({'one': 'no certificate'}),
        CannedAnswer.of_json(['one']),
        CannedAnswer(b'x' * 2_000_000, 200),
    ],
)
async def test_keys_that_cannot_be_had_let_nobody_in(answer: CannedAnswer, google: Google) -> None:
    google.answer = answer
    for tokens in ((google.id_token(), None), (None, google.app_token())):
        error = await refusal(google, *tokens)
        assert error.status in {'UNAVAILABLE', 'INTERNAL'}, error


@pytest.mark.parametrize('is_slow', [False, True])
async def test_those_who_wait_for_keys_that_do_not_come_wait_once(is_slow: bool, google: Google) -> None:
    serving: list[Any] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        try:
            await reader.readuntil(b'\r\n\r\n')
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n')
            while is_slow:
                writer.write(b' ')
                await writer.drain()
                await asyncio.sleep(0.05)
            await reader.read()
        except OSError:
            pass  # the client has left
        finally:
            writer.close()

    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    url = f'http://127.0.0.1:{server.sockets[0].getsockname()[1]}'
    settings: dict[str, Any] = {**google.settings, 'auth_keys_url': url, 'timeout': 0.5}
    provider: Any = firebase_context(**settings)
    request = RequestData('POST', {'authorization': f'Bearer {google.id_token()}'}, None)
    try:
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(provider(request) for _ in range(20)), return_exceptions=True)
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
    assert {getattr(answer, 'status', answer) for answer in answers} == {'UNAVAILABLE'}
    assert len(serving) == 1
    await provider.aclose()


async def test_a_server_of_keys_that_is_not_there_is_said(google: Google) -> None:
    error = await refusal(google, google.id_token(), auth_keys_url='http://127.0.0.1:1/keys')
    assert error.status == 'UNAVAILABLE'
    assert '127.0.0.1:1' in str(error)


async def test_the_emulator_signs_nothing(
    google: Google, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unsigned = google.id_token(header={'alg': 'none'})
    assert (await refusal(google, unsigned)).status == 'UNAUTHENTICATED'
    monkeypatch.setenv('FIREBASE_AUTH_EMULATOR_HOST', '127.0.0.1:9099')
    assert (await asked(google, unsigned))['auth']['uid'] == 'ada'
    assert 'without a signature are accepted' in caplog.text
    now = int(time.time())
    wrong: list[dict[str, Any]] = [
        {'aud': 'other'},
        {'exp': now - 60},
        {'iss': 'x'},
        {'sub': ''},
        {'iat': now + 600},
        {'exp': None},
    ]
    for claims in wrong:
        error = await refusal(google, google.id_token(header={'alg': 'none'}, **claims))
        assert error.status == 'UNAUTHENTICATED', claims
    assert (await refusal(google, google.id_token(OTHER))).status == 'UNAUTHENTICATED'
    error = await refusal(google, None, google.app_token(header={'alg': 'none'}), enforce_app_check=True)
    assert error.status == 'UNAUTHENTICATED'


async def test_the_project_is_found(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    token = google.id_token()
    error = await refusal(google, token, project=None)
    assert (error.status, 'GOOGLE_CLOUD_PROJECT' in str(error)) == ('FAILED_PRECONDITION', True)
    for name, value in zip(NAMES, (PROJECT, PROJECT, json.dumps({'projectId': PROJECT})), strict=False):
        monkeypatch.setenv(name, value)
        assert await asked(google, token, project=None)
        monkeypatch.delenv(name)
    for value in ('{', '{"projectId": 3}', 'firebase.json', '[]'):
        monkeypatch.setenv('FIREBASE_CONFIG', value)
        assert (await refusal(google, token, project=None)).status == 'FAILED_PRECONDITION'


@pytest.mark.parametrize(
    ('policy', 'says'),
    [
        ({'signedin': True}, "Did you mean 'signed_in'"),
        ({'has_claims': 'admin'}, "Did you mean 'has_claim'"),
        ({'has_claim': 'admn', 'claims': ['admin']}, "Did you mean 'admin'"),
        ({'has_claim': {'email_verifed': True}, 'claims': []}, "Did you mean 'email_verified'"),
        ({'has_claim': ''}, 'has_claim'),
        ({'has_claim': []}, 'has_claim'),
        ({'has_claim': [3]}, 'has_claim'),
        ({'has_claim': 3}, 'has_claim'),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(policy: dict[str, Any], says: str) -> None:
    with pytest.raises(GenkitError, match=says) as raised:
        firebase_context(**policy)
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_a_policy_names_known_claims() -> None:
    assert firebase_context(has_claim=['admin', 'email', 'firebase.tenant'], claims=['admin'])


def test_several_event_loops_use_one_provider(google: Google) -> None:
    provider: Any = firebase_context(**google.settings)
    data = RequestData('POST', {'authorization': f'Bearer {google.id_token()}'}, None)

    async def call() -> str:
        try:
            return (await provider(data))['auth']['uid']
        finally:
            await provider.aclose()

    assert [asyncio.run(call()) for _ in range(2)] == ['ada', 'ada']
    assert len(google.requests) == 1


async def test_no_token_is_in_a_trace(google: Google, spans: Spans) -> None:
    ai = Genkit()

    @ai.flow()
    async def who(given: str) -> str:
        return f'hello {given}'

    tokens = (google.id_token(), google.app_token())
    context = dict(await asked(google, *tokens))
    assert (await who.action.arun('x', context=context)).response == 'hello x'
    (span,) = [each for each in spans() if each.name == 'who']
    recorded = json.dumps(dict(span.attributes or {}))
    assert 'ada' in recorded
    assert all(token not in recorded for token in tokens)
