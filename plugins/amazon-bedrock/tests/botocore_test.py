# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The fake server is true to the protocol: botocore's own client reads its answers and streams."""

import contextlib
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError
from botocore.session import Session
from genkit.testing import CannedAnswer, LoopbackServer, Said, SaidCall
from genkit_amazon_bedrock.testing import AsyncInvokeWire, ConverseWire, InvokeWire, to_frame
from genkit_amazon_bedrock.testing.frames import STREAM, to_error_frame


WIRE = ConverseWire()
SAID = Said(thoughts=['hm'], texts=['Grü', 'ße'], calls=[SaidCall('look', '{"at":"sea"}')], cached_tokens=4)
ASKED: Any = {'modelId': 'amazon.nova-lite-v1:0', 'messages': [{'role': 'user', 'content': [{'text': 'hi'}]}]}


def _client(url: str) -> Any:
    session = Session()
    session.set_credentials('AKID', 'secret')
    config = Config(retries={'max_attempts': 0})
    return session.create_client('bedrock-runtime', region_name='us-east-1', endpoint_url=url, config=config)


def _call(answer: CannedAnswer, operation: str, **asked: Any) -> Any:
    with LoopbackServer(lambda _: answer) as server, contextlib.closing(_client(server.url)) as client:
        answered = getattr(client, operation)(**asked)
        if 'stream' in answered:
            with contextlib.closing(answered['stream']) as stream:
                answered['stream'] = list(stream)
        return answered


def test_its_answers_have_all_members_of_the_api() -> None:
    answered = _call(WIRE.answer(SAID), 'converse', **ASKED)
    thought, text, call = answered['output']['message']['content']
    assert thought['reasoningContent']['reasoningText'] == {'text': 'hm', 'signature': 'c2lnbmVk'}
    assert text == {'text': 'Grüße'}
    assert call['toolUse'] == {'toolUseId': 'call_1', 'name': 'look', 'input': {'at': 'sea'}}
    assert answered['stopReason'] == 'tool_use'
    assert answered['usage'] == {
        'inputTokens': 7,
        'outputTokens': 7,
        'totalTokens': 18,
        'cacheReadInputTokens': 4,
        'cacheWriteInputTokens': 0,
    }
    assert answered['ResponseMetadata']['RequestId'] == '00000000-0000-4000-8000-000000000001'


def test_its_streams_have_the_right_frames_and_events() -> None:
    events = _call(WIRE.stream(SAID), 'converse_stream', **ASKED)['stream']
    names = [next(iter(event)) for event in events]
    assert names[0] == 'messageStart'
    assert names[-2:] == ['messageStop', 'metadata']
    texts = [event['contentBlockDelta']['delta'].get('text', '') for event in events if 'contentBlockDelta' in event]
    assert ''.join(texts) == 'Grüße'
    starts = [event['contentBlockStart']['start'] for event in events if 'contentBlockStart' in event]
    assert starts == [{'toolUse': {'toolUseId': 'call_1', 'name': 'look'}}]


def test_its_errors_have_the_word_and_the_text() -> None:
    with pytest.raises(ClientError) as raised:
        _call(WIRE.error(429, 'slow down', {}), 'converse', **ASKED)
    assert raised.value.response['Error'] == {'Code': 'ThrottlingException', 'Message': 'slow down'}
    begun = to_frame('messageStart', {'role': 'assistant'})
    for frame in (
        to_frame('modelStreamErrorException', {'message': 'it broke'}, 'exception'),
        to_error_frame('modelStreamErrorException', 'it broke'),
    ):
        with pytest.raises(EventStreamError) as broken:
            _call(CannedAnswer([begun, frame], 200, {'content-type': STREAM}), 'converse_stream', **ASKED)
        assert broken.value.response['Error'] == {'Code': 'modelStreamErrorException', 'Message': 'it broke'}


def test_the_other_operations_are_true_as_well() -> None:
    wire = AsyncInvokeWire()
    arn = 'arn:aws:bedrock:us-west-2:123456789012:async-invoke/abcdefghijkl'
    answered = _call(wire.failed('no such waves'), 'get_async_invoke', invocationArn=arn)
    assert (answered['status'], answered['failureMessage']) == ('Failed', 'no such waves')
    answered = _call(InvokeWire().vectors([[1.0]]), 'invoke_model', modelId='cohere.embed-v4:0', body=b'{}')
    assert answered['body'].read().startswith(b'{"id"')


def test_what_botocore_sends_is_what_the_fake_server_takes() -> None:
    with LoopbackServer(lambda _: WIRE.answer(Said(texts=['ok']))) as server:
        with contextlib.closing(_client(server.url)) as client:
            client.converse(**ASKED, inferenceConfig={'temperature': 0.5})
        asked = WIRE.asked(server.requests[0])
    assert (asked.model, asked.refused, asked.options) == ('amazon.nova-lite-v1:0', None, {'temperature': 0.5})
