# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keys as they are pasted, and tokens that renew themselves."""

import asyncio
import sys
import time
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import ManagedIdentityCredential, get_bearer_token_provider
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, Said
from genkit_microsoft_foundry import MicrosoftFoundry
from genkit_microsoft_foundry.testing import FoundryChatWire, FoundryClaudeWire


SCOPE = 'https://ai.azure.com/.default'
CHAT = FoundryChatWire()
ROUTER = 'microsoft-foundry/model-router'
CLAUDE = 'microsoft-foundry/claude-opus-5'


class Credential:
    """A credential whose tokens are numbered; the first ones live as long as is said."""

    def __init__(self, *lives):
        self.lives = list(lives)
        self.scopes = []

    def get_token(self, *scopes, claims=None, tenant_id=None, **_):
        self.scopes.append(scopes)
        life = self.lives.pop(0) if self.lives else 3600
        return AccessToken(f'token-{len(self.scopes)}', int(time.time()) + life)


class AsyncCredential(Credential):
    async def get_token(self, *scopes, **options):
        await asyncio.sleep(0)
        return super().get_token(*scopes, **options)


class InfoCredential:
    """One that only knows the newer way."""

    asked = 0

    def get_token_info(self, *scopes, options=None):
        self.asked += 1
        now = int(time.time())
        return AccessTokenInfo(f'info-{self.asked}', now + 3600, refresh_on=now - 1 if self.asked == 1 else now + 1800)


def answer(request):
    said = Said(texts=['ok'])
    return FoundryClaudeWire().answer(said) if request.path.startswith('/anthropic/') else CHAT.answer(said)


async def asked(models, answering=answer, **options):
    """Return the requests that the calls of some models make, one after the other."""
    with LoopbackServer(answering) as server:
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, **options)])
        try:
            for model in models:
                await ai.generate(model, 'hi')
        finally:
            await ai.aclose()
    return server.requests


@pytest.mark.parametrize(
    'pasted', ['\ufeffkey-1', 'key-1\n', ' key-1\t', '\u200bkey-1\u200b', '\u00a0key-1', '"key-1"', '\u201ckey-1\u201d']
)
async def test_what_is_invisible_around_a_key_is_left_out(pasted, monkeypatch):
    monkeypatch.setenv('AZURE_OPENAI_API_KEY', pasted.replace('\x00', ''))
    for options in ({'api_key': pasted}, {}, {'api_key': lambda: pasted}):
        [request] = await asked([ROUTER], **options)
        assert request.headers['api-key'] == 'key-1'
        assert 'authorization' not in request.headers


@pytest.mark.parametrize('pasted', ['key\u200b1', 'key 1', 'ключ', 'key\n1'])
async def test_what_is_invisible_within_a_key_is_refused_without_repeating_it(pasted):
    with pytest.raises(GenkitError, match='Copy it again') as raised:
        await asked([ROUTER], api_key=pasted)
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert pasted not in raised.value.message


async def test_a_key_that_is_only_invisible_is_refused():
    with pytest.raises(GenkitError, match='nothing that can be seen'):
        await asked([ROUTER], api_key='\u200b\ufeff')


async def test_a_key_of_claude_has_the_headers_of_both():
    [request] = await asked([CLAUDE], api_key='key-1')
    assert request.path.startswith('/anthropic/v1/messages')
    assert (request.headers['x-api-key'], request.headers['api-key']) == ('key-1', 'key-1')
    assert 'authorization' not in request.headers


@pytest.mark.parametrize('make', [Credential, AsyncCredential])
async def test_a_token_serves_both_protocols_until_it_is_about_to_expire(make):
    credential = make(3600)
    requests = await asked([ROUTER, CLAUDE, ROUTER], credential=credential)
    assert [request.headers['authorization'] for request in requests] == ['Bearer token-1'] * 3
    assert all('api-key' not in request.headers and 'x-api-key' not in request.headers for request in requests)
    assert credential.scopes == [(SCOPE,)]


@pytest.mark.parametrize('make', [Credential, AsyncCredential])
async def test_a_token_that_is_about_to_expire_is_renewed_in_mid_conversation(make):
    requests = await asked([ROUTER, CLAUDE, ROUTER], credential=make(60, 60, 3600))
    assert [request.headers['authorization'][-1] for request in requests] == ['1', '2', '3']


async def test_a_token_is_renewed_when_its_credential_says_so():
    requests = await asked([ROUTER] * 3, credential=InfoCredential())
    assert [request.headers['authorization'] for request in requests] == [f'Bearer info-{n}' for n in (1, 2, 2)]


async def test_many_calls_at_once_ask_for_one_token():
    credential = AsyncCredential()
    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, credential=credential)])
        await asyncio.gather(*(ai.generate(model, 'hi') for model in (ROUTER, CLAUDE, ROUTER, CLAUDE)))
        await ai.aclose()
    assert len(credential.scopes) == 1


def test_a_token_serves_one_event_loop_after_another():
    credential = Credential()
    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, credential=credential)])

        async def call():
            await ai.generate(ROUTER, 'hi')
            await ai.aclose()

        asyncio.run(call())
        asyncio.run(call())
    assert len(credential.scopes) == 1


async def test_a_token_that_cannot_be_renewed_is_used_as_long_as_it_is_good():
    class Failing(Credential):
        def get_token(self, *scopes, **options):
            if self.scopes:
                raise ServiceRequestError('no network')
            return super().get_token(*scopes, **options)

    requests = await asked([ROUTER, ROUTER], credential=Failing(120))
    assert [request.headers['authorization'] for request in requests] == ['Bearer token-1'] * 2


@pytest.mark.parametrize('model', [ROUTER, CLAUDE])
async def test_a_token_that_is_refused_is_an_error_that_says_why_and_the_next_call_has_another(model):
    credential = Credential()
    refusal = {'error': {'code': '401', 'message': 'Access token is missing, invalid, or has expired: token-1'}}

    def refuse_first(request):
        if request.headers['authorization'] == 'Bearer token-1':
            return CannedAnswer.of_json(refusal, 401)
        return answer(request)

    with LoopbackServer(refuse_first) as server:
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, credential=credential)])
        with pytest.raises(GenkitError, match='The token was refused') as raised:
            await ai.generate(model, 'hi')
        assert (await ai.generate(model, 'hi')).text == 'ok'
        await ai.aclose()
    assert raised.value.status == 'UNAUTHENTICATED'
    assert SCOPE in raised.value.message
    assert 'token-1' not in raised.value.message


@pytest.mark.parametrize(
    ('failure', 'status'),
    [
        (ClientAuthenticationError('please run az login'), 'UNAUTHENTICATED'),
        (ServiceRequestError('no network'), 'UNAVAILABLE'),
        (RuntimeError('odd'), 'UNAUTHENTICATED'),
    ],
)
async def test_a_credential_that_gives_no_token_is_an_error_in_its_words(failure, status):
    class Failing:
        def get_token(self, *scopes, **options):
            raise failure

    with pytest.raises(GenkitError, match=str(failure)) as raised:
        await asked([ROUTER], credential=Failing())
    assert 'az login' in raised.value.message
    assert raised.value.status == ('UNAVAILABLE' if status == 'UNAVAILABLE' else 'UNAUTHENTICATED')


NO_TOKENS = [SimpleNamespace(token=None, expires_on=0), SimpleNamespace(token='t', expires_on=None)]


@pytest.mark.parametrize('given', [None, '', 7, AccessToken('', 0), *NO_TOKENS])
async def test_what_is_no_token_is_an_error_that_says_what_came(given):
    class Odd:
        def get_token(self, *scopes, **options):
            return given

    with pytest.raises(GenkitError, match='must return') as raised:
        await asked([ROUTER], credential=Odd())
    assert raised.value.status == 'FAILED_PRECONDITION'


async def test_a_function_is_asked_for_each_request():
    tokens = iter(['a', 'b'])

    async def provide():
        return next(tokens)

    requests = await asked([ROUTER, CLAUDE], azure_ad_token_provider=provide)
    assert [request.headers['authorization'] for request in requests] == ['Bearer a', 'Bearer b']


@pytest.mark.parametrize('name', ['api_key', 'credential', 'azure_ad_token_provider'])
async def test_a_provider_of_azure_identity_fits_wherever_programs_put_it(name):
    token = f'eyJ{"a" * 20}.payload.signature'

    class Signed(Credential):
        def get_token(self, *scopes, **options):
            return AccessToken(token, int(time.time()) + 3600)

    requests = await asked([ROUTER, CLAUDE], **{name: get_bearer_token_provider(Signed(), SCOPE)})
    assert {request.headers['authorization'] for request in requests} == {f'Bearer {token}'}
    assert all('api-key' not in request.headers for request in requests)


async def test_a_credential_in_the_place_of_the_key_is_one():
    [request] = await asked([ROUTER], api_key=Credential())
    assert request.headers['authorization'] == 'Bearer token-1'


async def test_a_token_of_the_environment_comes_before_a_key(monkeypatch):
    monkeypatch.setenv('AZURE_OPENAI_AD_TOKEN', 'of-the-environment')
    monkeypatch.setenv('AZURE_OPENAI_API_KEY', 'key')
    [request] = await asked([ROUTER])
    assert request.headers['authorization'] == 'Bearer of-the-environment'
    [request] = await asked([ROUTER], azure_ad_token='another')
    assert request.headers['authorization'] == 'Bearer another'


async def test_a_request_may_bring_a_key_although_there_is_a_credential():
    credential = Credential()
    with LoopbackServer(answer) as server:
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, credential=credential)])
        for model in (ROUTER, CLAUDE):
            await ai.generate(model, 'hi', config={'api_key': 'own'})
        await ai.aclose()
    assert [request.headers['api-key'] for request in server.requests] == ['own', 'own']
    assert credential.scopes == []


def test_a_key_beside_a_credential_is_refused():
    with pytest.raises(GenkitError, match='pass one of them') as raised:
        MicrosoftFoundry('key', endpoint='r', credential=Credential())
    assert raised.value.status == 'INVALID_ARGUMENT'


def test_what_is_no_credential_is_refused():
    with pytest.raises(GenkitError, match='DefaultAzureCredential'):
        MicrosoftFoundry(endpoint='r', credential=7)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize('credential', ['default', None])
async def test_the_identity_of_a_machine_is_asked_for_its_token(credential, monkeypatch):
    """The token comes over HTTP from a server on this machine, as App Service has one."""
    given = []

    def both(request):
        if not request.path.startswith('/identity'):
            return answer(request)
        given.append((request.path, request.headers['x-identity-header']))
        token = {'access_token': 'of-the-machine', 'expires_on': str(int(time.time()) + 3600), 'token_type': 'Bearer'}
        return CannedAnswer.of_json({**token, 'resource': 'https://ai.azure.com'})

    with LoopbackServer(both) as server:
        monkeypatch.setenv('IDENTITY_ENDPOINT', f'{server.url}/identity')
        monkeypatch.setenv('IDENTITY_HEADER', 'h')
        monkeypatch.setenv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential')
        monkeypatch.delenv('IDENTITY_SERVER_THUMBPRINT', raising=False)
        source = credential or ManagedIdentityCredential()
        ai = Genkit(plugins=[MicrosoftFoundry(endpoint=server.url, credential=source)])
        for model in (ROUTER, CLAUDE):
            await ai.generate(model, 'hi')
        await ai.aclose()
    sent = [request for request in server.requests if not request.path.startswith('/identity')]
    assert [request.headers['authorization'] for request in sent] == ['Bearer of-the-machine'] * 2
    [(path, header)] = given
    assert 'resource=https://ai.azure.com' in unquote(path)
    assert header == 'h'


async def test_without_azure_identity_the_default_credential_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'azure.identity', None)
    with pytest.raises(GenkitError, match=r'genkit-plugin-microsoft-foundry\[entra\]') as raised:
        await asked([ROUTER], credential='default')
    assert raised.value.status == 'FAILED_PRECONDITION'
