# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How answers end."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from genkit import FinishReason, Genkit, GenkitError
from genkit.plugin import ToolNames
from genkit.testing import CannedAnswer, LoopbackServer
from genkit_ollama import Ollama
from genkit_ollama.convert import Answer


def read(*lines: Any) -> Any:
    answer = Answer(ToolNames(None))
    for line in lines:
        answer.read(json.dumps(line).encode())
    return answer.response()


async def test_a_line_without_an_end_is_given_up() -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'{"x": "'
        while True:
            sent += 1
            yield b'a' * 2**20

    with LoopbackServer(lambda _: CannedAnswer(endless(), 200, {'content-type': 'application/x-ndjson'})) as server:
        ai = Genkit(plugins=[Ollama(server.url)])
        with pytest.raises(GenkitError, match='a line of more than 33554432 bytes') as raised:
            await ai.generate_stream(model='ollama/gemma3', prompt='?').response
        await ai.aclose()
    assert raised.value.status == 'OUT_OF_RANGE'
    assert 32 <= sent < 100


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
