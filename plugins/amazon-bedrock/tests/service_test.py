# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How calls are addressed and signed; who makes them; what stays of a call that is cancelled."""

import asyncio
import logging
import subprocess
import sys
import threading
import time
import traceback
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials
from botocore.session import Session
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, Said
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.service import AwsSettings, Runtime
from genkit_amazon_bedrock.testing import ConverseWire


WIRE = ConverseWire()
MODEL = 'amazon-bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0'
SECRET, TOKEN = 'the-secret-key-of-the-account', 'the-token-of-the-session'


def _ok(_: RecordedRequest) -> CannedAnswer:
    return WIRE.answer(Said(texts=['ok']))


async def _ask(plugin: AmazonBedrock, model: str = MODEL, **options: Any) -> str:
    ai = Genkit(plugins=[plugin])
    try:
        return (await ai.generate(model=model, prompt='hi', **options)).text
    finally:
        await ai.aclose()


def _signed_again(request: RecordedRequest, url: str, region: str) -> str:
    """Return the signature that botocore itself gives a request that came."""
    names = request.headers['authorization'].partition('SignedHeaders=')[2].partition(',')[0].split(';')
    headers = {name: value for name, value in request.headers.items() if name in names}
    again = AWSRequest(method=request.method, url=url + request.path, data=request.body, headers=headers)
    again.context['timestamp'] = headers['x-amz-date']
    signer = SigV4Auth(ReadOnlyCredentials('AKID', SECRET, TOKEN), 'bedrock', region)
    return str(signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again))


@pytest.mark.parametrize(
    'model',
    [
        'amazon.nova-lite-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0',
        'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl',
    ],
)
async def test_a_request_is_signed_as_botocore_signs_it_and_the_name_goes_verbatim(model: str) -> None:
    with LoopbackServer(_ok) as server:
        plugin = AmazonBedrock(
            region='us-east-1',
            aws_access_key_id='AKID',
            aws_secret_access_key=SECRET,
            aws_session_token=TOKEN,
            base_url=server.url,
            headers={'x-team': 'parrots'},
        )
        assert await _ask(plugin, f'amazon-bedrock/{model}') == 'ok'
        [request] = server.requests
        authorization = request.headers['authorization']
        assert authorization.startswith('AWS4-HMAC-SHA256 Credential=AKID/')
        assert '/us-east-1/bedrock/aws4_request' in authorization
        assert authorization.endswith(f'Signature={_signed_again(request, server.url, "us-east-1")}')
        assert (request.headers['x-amz-security-token'], request.headers['x-team']) == (TOKEN, 'parrots')
        assert WIRE.asked(request).model == model
        assert ':' not in request.path


async def test_credentials_come_from_wherever_botocore_finds_them(monkeypatch, tmp_path) -> None:
    (tmp_path / 'credentials').write_text(f'[parrots]\naws_access_key_id = AKFILE\naws_secret_access_key = {SECRET}\n')
    (tmp_path / 'config').write_text('[profile parrots]\nregion = eu-west-1\n')
    session = Session()
    session.set_credentials('AKSESSION', SECRET)
    with LoopbackServer(_ok) as server:
        await _ask(AmazonBedrock(profile='parrots', base_url=server.url))
        await _ask(AmazonBedrock(region='us-west-2', session=session, base_url=server.url))
        monkeypatch.setenv('AWS_ACCESS_KEY_ID', 'AKENV')
        monkeypatch.setenv('AWS_SECRET_ACCESS_KEY', SECRET)
        monkeypatch.setenv('AWS_REGION', 'ap-south-1')
        await _ask(AmazonBedrock(base_url=server.url))
        monkeypatch.setenv('AWS_BEARER_TOKEN_BEDROCK', 'a-key-of-bedrock')
        await _ask(AmazonBedrock(base_url=server.url))
        await _ask(AmazonBedrock(session=session, base_url=server.url))
        await _ask(AmazonBedrock(headers={'Authorization': 'Bearer of-a-gateway'}, base_url=server.url))
        sent = [request.headers['authorization'] for request in server.requests]
    found = [text.partition('Credential=')[2].split('/') for text in sent]
    assert [(parts[0], *parts[2:3]) for parts in found[:3]] == [
        ('AKFILE', 'eu-west-1'),
        ('AKSESSION', 'us-west-2'),
        ('AKENV', 'ap-south-1'),
    ]
    assert sent[3] == 'Bearer a-key-of-bedrock'
    assert found[4][0] == 'AKSESSION', 'what is stated wins over the environment'
    assert sent[5] == 'Bearer a-key-of-bedrock'


async def test_a_header_of_the_application_stands_for_credentials() -> None:
    with LoopbackServer(_ok) as server:
        await _ask(AmazonBedrock(headers={'Authorization': 'Bearer of-a-gateway'}, base_url=server.url))
        assert server.requests[0].headers['authorization'] == 'Bearer of-a-gateway'


async def test_without_a_region_or_credentials_the_error_says_where_to_put_them() -> None:
    with pytest.raises(GenkitError, match='AWS_REGION') as raised:
        await _ask(AmazonBedrock(api_key='k'))
    assert raised.value.status == 'FAILED_PRECONDITION'
    assert 'region=' in raised.value.message
    with pytest.raises(GenkitError, match='AWS_ACCESS_KEY_ID') as raised:
        await _ask(AmazonBedrock(region='us-east-1'))
    assert raised.value.status == 'FAILED_PRECONDITION'
    with pytest.raises(GenkitError, match='no-such-profile') as raised:
        await _ask(AmazonBedrock(region='us-east-1', profile='no-such-profile'))
    assert raised.value.status == 'FAILED_PRECONDITION'


def test_the_address_is_that_of_the_region_by_botocores_rules(monkeypatch) -> None:
    def address(region: str) -> str:
        return Runtime('amazon-bedrock', AwsSettings(region=region), None).address

    assert address('eu-central-1') == 'https://bedrock-runtime.eu-central-1.amazonaws.com'
    assert address('cn-north-1') == 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'
    monkeypatch.setenv('AWS_USE_FIPS_ENDPOINT', 'true')
    assert address('us-east-1') == 'https://bedrock-runtime-fips.us-east-1.amazonaws.com'
    monkeypatch.setenv('AWS_ENDPOINT_URL', 'https://gateway.example/bedrock/')
    assert address('us-east-1') == 'https://gateway.example/bedrock'


async def test_a_path_of_the_gateways_own_is_kept() -> None:
    with LoopbackServer(_ok) as server:
        await _ask(AmazonBedrock(api_key='k', base_url=f'{server.url}/bedrock/'))
        assert urlsplit(server.requests[0].path).path.startswith('/bedrock/model/us.anthropic')


async def test_secrets_of_aws_reach_no_error_and_no_log(caplog) -> None:
    caplog.set_level(logging.DEBUG)
    refused = CannedAnswer.of_json(
        {'message': f'{SECRET} and {TOKEN} are wrong'}, 403, {'x-amzn-errortype': 'UnrecognizedClientException'}
    )
    with LoopbackServer(lambda _: refused) as server:
        plugin = AmazonBedrock(
            region='us-east-1',
            aws_access_key_id='AKID',
            aws_secret_access_key=SECRET,
            aws_session_token=TOKEN,
            base_url=server.url,
        )
        with pytest.raises(GenkitError, match='are wrong') as raised:
            await _ask(plugin)
    assert raised.value.status == 'UNAUTHENTICATED'
    told = ''.join(traceback.format_exception(raised.value)) + caplog.text + repr(plugin.__dict__)
    assert SECRET not in told
    assert TOKEN not in told


async def test_slow_credentials_do_not_hold_up_the_loop() -> None:
    class Slow(Credentials):
        def get_frozen_credentials(self) -> Any:
            assert threading.current_thread() is not threading.main_thread()
            return super().get_frozen_credentials()

    class Given:
        def get_credentials(self) -> Any:
            return Slow('AKSLOW', SECRET)

    with LoopbackServer(_ok) as server:
        assert await _ask(AmazonBedrock(region='us-east-1', session=Given(), base_url=server.url)) == 'ok'


async def test_a_cancelled_call_leaves_no_thread_and_no_connection() -> None:
    asked, closed = threading.Event(), threading.Event()

    def endless():
        try:
            while True:
                yield b' '
                asked.set()
                time.sleep(0.002)
        finally:
            closed.set()

    with LoopbackServer(lambda _: CannedAnswer(endless(), 200, {'content-type': 'application/json'})) as server:
        ai = Genkit(plugins=[AmazonBedrock(api_key='k', base_url=server.url)])
        call = asyncio.create_task(ai.generate(model=MODEL, prompt='hi'))
        assert await asyncio.to_thread(asked.wait, 10)
        before = {
            thread.name for thread in threading.enumerate() if 'botocore' in thread.name or 'urllib3' in thread.name
        }
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(closed.wait, 10)
        await ai.aclose()
    assert not before


async def test_a_failure_is_tried_again_as_often_as_the_application_says() -> None:
    answers = [WIRE.error(429, 'slow down', {'retry-after': '0'}), WIRE.error(503, 'busy', {'retry-after-ms': '1'})]
    with LoopbackServer(lambda request: answers.pop(0) if answers else _ok(request)) as server:
        assert await _ask(AmazonBedrock(api_key='k', base_url=server.url, max_retries=2)) == 'ok'
        assert len(server.requests) == 3
    answers = [WIRE.error(400, 'no', {})]
    with LoopbackServer(lambda request: answers.pop(0) if answers else _ok(request)) as server:
        with pytest.raises(GenkitError, match='no'):
            await _ask(AmazonBedrock(api_key='k', base_url=server.url, max_retries=2))
        assert len(server.requests) == 1


async def test_a_function_gives_keys_that_expire() -> None:
    keys = iter(['one', 'two'])

    async def key() -> str:
        return next(keys)

    with LoopbackServer(_ok) as server:
        plugin = AmazonBedrock(key, base_url=server.url)
        ai = Genkit(plugins=[plugin])
        for _ in range(2):
            await ai.generate(model=MODEL, prompt='hi')
        await ai.aclose()
        assert [WIRE.asked(request).key for request in server.requests] == ['one', 'two']


def test_the_import_of_the_plugin_loads_neither_botocore_nor_httpx() -> None:
    program = (
        'import sys, genkit\nbefore = set(sys.modules)\nfrom genkit_amazon_bedrock import AmazonBedrock\n'
        'AmazonBedrock(api_key="k", region="us-east-1")\n'
        'print(sorted({name.partition(".")[0] for name in set(sys.modules) - before} & {"botocore", "boto3", "httpx"}))'
    )
    assert subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True).stdout == '[]\n'


@pytest.mark.parametrize('model', ['.', '..'])
async def test_a_name_that_leads_to_another_address_is_refused(model: str) -> None:
    with LoopbackServer(_ok) as server:
        plugin = AmazonBedrock(api_key='k', region='us-east-1', base_url=server.url)
        with pytest.raises(GenkitError, match='cannot be part of an address'):
            await _ask(plugin, f'amazon-bedrock/{model}')
    assert not server.requests
