# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the provider refuses, with what can be done about it."""

import struct
from typing import Any

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.errors import base_id, profile_ids
from genkit_amazon_bedrock.testing import ConverseWire, to_frame
from genkit_amazon_bedrock.testing.frames import STREAM


WIRE = ConverseWire()


def _error(word: str, message: str, status: int, **headers: str) -> CannedAnswer:
    kind = {
        'x-amzn-errortype': f'{word}:http://internal.amazon.com/coral/com.amazon.bedrock/',
        'x-amzn-requestid': 'r-1',
    }
    return CannedAnswer.of_json({'message': message}, status, {**kind, **headers})


async def _fail(
    answer: CannedAnswer, model: str = 'anthropic.claude-opus-5-5', region: str = 'us-east-1', **more: Any
) -> Any:
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[AmazonBedrock(api_key='k', region=region, base_url=server.url)])
        with pytest.raises(GenkitError) as raised:
            await ai.generate(model=f'amazon-bedrock/{model}', prompt='hi', **more)
        await ai.aclose()
    return raised.value


@pytest.mark.parametrize(
    ('region', 'profiles'),
    [
        ('us-east-1', ['us', 'global']),
        ('us-gov-west-1', ['us-gov']),
        ('ca-central-1', ['ca', 'us', 'global']),
        ('eu-north-1', ['eu', 'global']),
        ('ap-northeast-1', ['jp', 'apac', 'global']),
        ('ap-southeast-2', ['au', 'apac', 'global']),
        ('ap-south-1', ['apac', 'global']),
        ('sa-east-1', ['global']),
    ],
)
async def test_a_model_that_works_only_through_a_profile_names_the_profiles_of_the_region(
    region: str, profiles: list[str]
) -> None:
    said = (
        'Invocation of model ID anthropic.claude-opus-5-5 with on-demand throughput isn\u2019t supported. Retry your '
        'request with the ID or ARN of an inference profile that contains this model.'
    )
    error = await _fail(_error('ValidationException', said, 400), region=region)
    assert error.status == 'INVALID_ARGUMENT'
    for profile in profiles:
        assert f"'{profile}.anthropic.claude-opus-5-5'" in error.message
    assert repr(region) in error.message
    expected = {'http_status': 400, 'code': 'ValidationException', 'request_id': 'r-1'}
    assert expected.items() <= error.details.items()


def test_prefixes_of_profiles_are_told_from_names_of_providers() -> None:
    assert base_id('us.anthropic.claude-opus-5-5') == base_id('us-gov.anthropic.claude-opus-5-5')
    assert base_id('anthropic.claude-opus-5-5') == 'anthropic.claude-opus-5-5'
    assert base_id('arn:aws:bedrock:us-east-1:1:inference-profile/us.x.y') == (
        'arn:aws:bedrock:us-east-1:1:inference-profile/us.x.y'
    )
    assert profile_ids('eu.amazon.nova-pro-v1:0', None) == ['global.amazon.nova-pro-v1:0']


@pytest.mark.parametrize(
    ('word', 'message', 'http', 'status', 'says'),
    [
        (
            'ValidationException',
            'The provided model identifier is invalid.',
            400,
            'INVALID_ARGUMENT',
            "'us-east-1' has",
        ),
        ('ResourceNotFoundException', 'Could not resolve the foundation model', 404, 'NOT_FOUND', 'global.anthropic'),
        ('ResourceNotFoundException', 'Model use case details have not been submitted', 404, 'NOT_FOUND', 'use case'),
        ('AccessDeniedException', 'You do not have access', 403, 'PERMISSION_DENIED', 'bedrock:InvokeModel'),
        ('AccessDeniedException', 'Please make sure your API Key is valid.', 403, 'UNAUTHENTICATED', 'API Key'),
        ('AccessDeniedException', 'Bearer Token has expired', 403, 'UNAUTHENTICATED', 'Renew'),
        ('ExpiredTokenException', 'The security token is expired', 403, 'UNAUTHENTICATED', 'aws sso login'),
        ('InvalidSignatureException', 'The signature does not match', 403, 'UNAUTHENTICATED', 'does not match'),
        ('ThrottlingException', 'Too many tokens per day', 429, 'RESOURCE_EXHAUSTED', 'per day'),
        ('ModelNotReadyException', 'The model is not ready', 429, 'UNAVAILABLE', 'ask again'),
        ('ModelErrorException', 'The model failed', 424, 'INTERNAL', 'failed'),
        ('ModelTimeoutException', 'Too long', 408, 'DEADLINE_EXCEEDED', 'Too long'),
        ('ServiceQuotaExceededException', 'No more', 400, 'RESOURCE_EXHAUSTED', 'No more'),
        ('ServiceUnavailableException', 'Busy', 503, 'UNAVAILABLE', 'Busy'),
        ('ExceptionOfTomorrow', 'Whatever', 418, 'FAILED_PRECONDITION', 'Whatever'),
    ],
)
async def test_each_word_has_its_status_and_its_way_out(
    word: str, message: str, http: int, status: str, says: str
) -> None:
    error = await _fail(_error(word, message, http))
    if word != 'ExceptionOfTomorrow':
        assert error.status == status
    assert message in error.message
    assert says in error.message
    assert error.details['code'] == word


async def test_throttling_keeps_the_hint_when_to_try_again() -> None:
    error = await _fail(_error('ThrottlingException', 'slow down', 429, **{'retry-after': '3'}))
    assert (error.status, error.details['retry_after_ms']) == ('RESOURCE_EXHAUSTED', 3000)


async def test_the_word_may_stand_in_the_body() -> None:
    body = {'__type': 'com.amazon.coral.service#ThrottlingException', 'Message': 'slow down', 'message': 'slow down'}
    error = await _fail(CannedAnswer.of_json(body, 400))
    assert (error.status, error.details['code']) == ('RESOURCE_EXHAUSTED', 'ThrottlingException')


@pytest.mark.parametrize(
    ('word', 'status', 'says'),
    [
        ('modelStreamErrorException', 'INTERNAL', 'it broke'),
        ('throttlingException', 'RESOURCE_EXHAUSTED', 'it broke'),
        ('modelNotReadyException', 'UNAVAILABLE', 'ask again'),
    ],
)
async def test_an_exception_in_a_stream_comes_after_its_chunks(word: str, status: str, says: str) -> None:
    delta = to_frame('contentBlockDelta', {'contentBlockIndex': 0, 'delta': {'text': 'piece'}})
    frames = [
        to_frame('messageStart', {'role': 'assistant'}),
        delta,
        to_frame(word, {'message': 'it broke'}, 'exception'),
    ]
    chunks: list[Any] = []
    error = await _fail(CannedAnswer(frames, 200, {'content-type': STREAM}), on_chunk=chunks.append)
    assert (error.status, error.details['code']) == (status, word)
    assert says in error.message
    assert [chunk.text for chunk in chunks] == ['piece']


async def test_a_checksum_that_is_wrong_is_lost_data() -> None:
    frames = [to_frame('messageStart', {'role': 'assistant'}), to_frame('messageStop', {'stopReason': 'end_turn'})]
    wrong = frames[1][:-4] + struct.pack('!I', 7)
    error = await _fail(CannedAnswer([frames[0], wrong], 200, {'content-type': STREAM}), on_chunk=lambda _: None)
    assert error.status == 'DATA_LOSS'
    assert 'hecksum' in error.message


async def test_a_parameter_that_the_api_does_not_have_is_named() -> None:
    error = await _fail(WIRE.error(500, 'never asked', {}), config={'guardrail_config': {'identifier': 'x'}})
    assert error.status == 'INVALID_ARGUMENT'
    assert 'identifier' in error.message
    assert 'botocore' in error.message


async def test_a_region_that_does_not_answer_is_named() -> None:
    ai = Genkit(plugins=[AmazonBedrock(api_key='k', region='eu-south-9', base_url='http://127.0.0.1:9')])
    with pytest.raises(GenkitError, match='eu-south-9') as raised:
        await ai.generate(model='amazon-bedrock/amazon.nova-lite-v1:0', prompt='hi')
    await ai.aclose()
    assert raised.value.status == 'UNAVAILABLE'
    assert 'http://127.0.0.1:9' in raised.value.message
