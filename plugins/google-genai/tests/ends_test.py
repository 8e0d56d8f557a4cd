# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How answers end, and what of them is not acted on."""

from typing import Any

import pytest
from genkit import FinishReason
from genkit.plugin import ToolNames
from genkit_google_genai.convert.stream import AnswerReader


CALL = {'functionCall': {'name': 'remove', 'args': {'path': '/data/old'}}}


def piece(*parts: Any, reason: Any = None, **more: Any) -> dict[str, Any]:
    return {'candidates': [{'content': {'parts': list(parts)}, 'finishReason': reason}], **more}


def read(*pieces: dict[str, Any]) -> Any:
    reader = AnswerReader(ToolNames(None))
    for each in pieces:
        reader.read(each)
    return reader.response()


@pytest.mark.parametrize('reason', ['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE'])
def test_calls_of_an_answer_that_is_malformed_are_noted_to_be_unfinished(reason: str) -> None:
    response = read(piece(CALL, reason=reason))
    assert response.finish_reason == FinishReason.OTHER
    assert response.finish_message == reason
    assert [part.metadata for part in response.tool_requests] == [{'unfinished': True}]
    assert not read(piece(CALL, reason='STOP')).tool_requests[0].metadata


@pytest.mark.parametrize('reason', ['STOP', None])
def test_a_prompt_that_was_blocked_is_blocked_whatever_else_came(reason: str | None) -> None:
    response = read(piece(CALL, reason=reason, promptFeedback={'blockReason': 'SAFETY'}))
    assert response.finish_reason == FinishReason.BLOCKED
    assert 'SAFETY' in response.finish_message
    open_ = read(piece(CALL, reason='STOP', promptFeedback={'blockReason': 'BLOCK_REASON_UNSPECIFIED'}))
    assert open_.finish_reason == FinishReason.STOP


def test_a_limit_on_the_length_stands_whatever_reason_follows() -> None:
    for later in ('STOP', None, 'FINISH_REASON_UNSPECIFIED'):
        assert read(piece(CALL, reason='MAX_TOKENS'), piece(reason=later)).finish_reason == FinishReason.LENGTH
    assert read(piece(CALL, reason='STOP'), piece(reason='SAFETY')).finish_reason == FinishReason.BLOCKED
