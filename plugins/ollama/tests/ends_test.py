# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How answers end."""

import json
from typing import Any

import pytest
from genkit import FinishReason, GenkitError
from genkit.plugin import ToolNames
from genkit_ollama.convert import Answer


def read(*lines: Any) -> Any:
    answer = Answer(ToolNames(None))
    for line in lines:
        answer.read(json.dumps(line).encode())
    return answer.response()


HI = {'message': {'content': 'hi'}, 'done': False}


@pytest.mark.parametrize('done', ['false', 'true', 1, None, [True]])
def test_only_true_ends_an_answer(done: Any) -> None:
    with pytest.raises(GenkitError, match='done') as raised:
        read(HI, {'message': {'content': ''}, 'done': done})
    assert raised.value.status == 'DATA_LOSS'


def test_an_end_without_an_answer_is_none() -> None:
    with pytest.raises(GenkitError, match='nothing in it is of the protocol') as raised:
        read({'done': True})
    assert raised.value.status == 'UNAVAILABLE'
    assert read(HI, {'done': True}).text == 'hi'
    assert read({'response': '', 'done': True}).text == ''


def test_a_limit_on_the_length_stands_whatever_reason_follows() -> None:
    first, second = ({**HI, 'done': True, 'done_reason': reason} for reason in ('length', 'stop'))
    assert read(first, second).finish_reason == FinishReason.LENGTH
    assert read(second).finish_reason == FinishReason.STOP
