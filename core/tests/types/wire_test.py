# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit.types import (
    CommonRetrieverOptions,
    GenerateActionOptions,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    Message,
    RankedDocumentMetadata,
    Role,
    TextPart,
)
from pydantic import ValidationError


ASKED = Message(role=Role.USER, content=[TextPart(text='hi')])


def test_both_spellings_are_read_and_one_is_written():
    camel = GenerateActionOptions.model_validate({'messages': [], 'maxTurns': 3, 'returnToolRequests': True})
    snake = GenerateActionOptions.model_validate({'messages': [], 'max_turns': 3, 'return_tool_requests': True})
    assert camel == snake == GenerateActionOptions(messages=[], max_turns=3, return_tool_requests=True)
    assert snake.to_wire() == {'messages': [], 'maxTurns': 3, 'returnToolRequests': True}
    assert snake.model_dump(exclude_none=True) == {'messages': [], 'maxTurns': 3, 'returnToolRequests': True}


def test_absent_members_are_left_out_but_empty_ones_stay():
    options = GenerateActionOptions(messages=[], tools=[], max_turns=0, step_name='')
    assert options.to_wire() == {'messages': [], 'tools': [], 'maxTurns': 0, 'stepName': ''}


def test_closed_types_refuse_what_they_do_not_know():
    with pytest.raises(ValidationError, match='Extra inputs are not permitted'):
        GenerateActionOptions.model_validate({'messages': [], 'surprise': 1})
    with pytest.raises(ValidationError, match='Extra inputs are not permitted'):
        GenerateResponse.model_validate({'surprise': 1})


@pytest.mark.parametrize(
    ('kind', 'known'),
    [
        (GenerationCommonConfig, {'temperature': 0.5, 'topK': 3}),
        (RankedDocumentMetadata, {'score': 0.5}),
        (GenerateRequest, {'messages': []}),
        (CommonRetrieverOptions, {'k': 3}),
    ],
)
def test_open_types_keep_what_they_do_not_know(kind, known):
    wire = {**known, 'thinkingBudget': {'max_tokens': 5}, 'snake_case': None}
    value = kind.model_validate(wire)
    assert value.extra == {'thinkingBudget': {'max_tokens': 5}, 'snake_case': None}
    assert value.to_wire() == {**known, 'thinkingBudget': {'max_tokens': 5}}
    assert kind.model_validate(known).extra == {}


class TestReplaced:
    def test_changes_the_copy_alone(self):
        request = GenerateRequest(messages=[ASKED])
        changed = request.replaced(config={'a': 1})
        assert request.config is None
        assert changed.config == {'a': 1}
        assert changed.messages is request.messages

    def test_counts_as_setting(self):
        changed = GenerateRequest(messages=[]).replaced(config=None)
        assert changed.model_dump(exclude_unset=True) == {'messages': [], 'config': None}

    def test_keeps_what_the_type_does_not_know(self):
        request = GenerateRequest.model_validate({'messages': [], 'new': 1})
        changed = request.replaced(config=1)
        assert changed.extra == {'new': 1}
        changed.extra['more'] = 2
        assert request.extra == {'new': 1}

    def test_keeps_what_is_private(self):
        response = GenerateResponse(message=ASKED).answering(GenerateRequest(messages=[]), lambda message: message.text)
        assert response.replaced(latency_ms=1).output == 'hi'


def test_a_key_is_not_shown_where_a_configuration_is_printed():
    assert 'sk-1' not in repr(GenerationCommonConfig(api_key='sk-1'))
