# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The fake server refuses what the service refuses, so that contracts cannot pass with it."""

import json
from typing import Any

import pytest
from genkit.testing import RecordedRequest
from genkit_amazon_bedrock.testing import ConverseWire, read_call


HI = {'role': 'user', 'content': [{'text': 'hi'}]}
CALL = {'role': 'assistant', 'content': [{'toolUse': {'toolUseId': 'a', 'name': 'look', 'input': {}}}]}
RESULT = {'role': 'user', 'content': [{'toolResult': {'toolUseId': 'a', 'content': [{'text': 'ok'}]}}]}
SCHEMA = {'json': {'type': 'object', 'properties': {}}}
TOOLS = {'tools': [{'toolSpec': {'name': 'look', 'inputSchema': SCHEMA}}]}


def _refused(body: dict[str, Any]) -> str | None:
    request = RecordedRequest('POST', '/model/amazon.nova-lite-v1%3A0/converse', {}, json.dumps(body).encode())
    return ConverseWire().asked(request).refused


def _document(name: str) -> dict[str, Any]:
    return {'document': {'format': 'txt', 'name': name, 'source': {'bytes': 'aGk='}}}


def test_what_is_as_it_should_be_is_taken() -> None:
    assert _refused({'messages': [HI, CALL, RESULT], 'toolConfig': TOOLS}) is None


@pytest.mark.parametrize(
    ('body', 'says'),
    [
        ({'messages': [HI], 'temperature': 1}, 'Unknown parameter'),
        ({'messages': [{'role': 'user'}]}, 'Missing required'),
        ({'messages': [{**HI, 'role': 'tool'}]}, 'enum value set'),
        ({'messages': [{**HI, 'content': [{'text': 'hi', 'image': {}}]}]}, 'Invalid number of parameters'),
        ({'messages': [{**HI, 'content': [{'image': {'format': 'png', 'source': {'bytes': '*'}}}]}]}, 'Invalid type'),
        ({'messages': [HI], 'inferenceConfig': {'temperature': 'hot'}}, 'Invalid type'),
        ({'messages': [{'role': 'user', 'content': [{'text': ' '}]}]}, 'blank'),
        ({'messages': [HI], 'system': [{'text': ' '}]}, 'blank'),
        ({'messages': [HI, HI]}, 'alternate'),
        ({'messages': [CALL, RESULT], 'toolConfig': TOOLS}, 'start with a user message'),
        ({'messages': [HI, CALL, RESULT]}, 'toolConfig field must be defined'),
        ({'messages': [HI, CALL, HI], 'toolConfig': TOOLS}, 'Expected toolResult'),
        (
            {
                'messages': [
                    HI,
                    CALL,
                    {**RESULT, 'content': [*RESULT['content'], {'toolResult': {'toolUseId': 'b', 'content': []}}]},
                ],
                'toolConfig': TOOLS,
            },
            'does not have',
        ),
        (
            {'messages': [HI], 'toolConfig': {'tools': [{'toolSpec': {'name': 'mcp/look', 'inputSchema': SCHEMA}}]}},
            'pattern',
        ),
        (
            {'messages': [HI], 'toolConfig': {'tools': [{'toolSpec': {'name': 'x' * 65, 'inputSchema': SCHEMA}}]}},
            'length',
        ),
        (
            {'messages': [HI], 'toolConfig': {'tools': [{'toolSpec': {'name': 'x', 'inputSchema': {'json': {}}}}]}},
            'schema',
        ),
        ({'messages': [{'role': 'user', 'content': [_document('a.txt')]}]}, 'alphanumeric'),
        ({'messages': [{'role': 'user', 'content': [_document('a'), _document('a')]}]}, 'differ'),
    ],
)
def test_what_the_service_refuses_is_refused(body: dict[str, Any], says: str) -> None:
    assert says in str(_refused(body))


def test_an_address_that_the_service_does_not_have_is_no_operation() -> None:
    with pytest.raises(AssertionError, match='no operation'):
        read_call(RecordedRequest('POST', '/v1/chat/completions', {}, b'{}'))
