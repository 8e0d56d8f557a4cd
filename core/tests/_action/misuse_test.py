# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams in statements that lack their ``async``."""

from collections.abc import Callable
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, GenkitError
from genkit.client import stream_flow
from genkit.testing import define_echo_model


Make = Callable[[Genkit], Any]

STREAMS: list[Make] = [
    lambda ai: ai.generate_stream(prompt='x'),
    lambda ai: ai.chat().send_stream('x'),
    lambda ai: ai.define_prompt('p', prompt='x').stream(),
    lambda ai: _flow(ai).stream(2),
    lambda ai: _flow(ai).action.stream(2),
    lambda _: stream_flow('http://127.0.0.1:9/none', 2),
]
TALKS: list[Make] = [
    lambda ai: ai.define_agent('a').chat().send_stream('x'),
    lambda ai: ai.generate_bidi(),
]


def _flow(ai: Genkit) -> Any:
    @ai.flow(chunk_type=int)
    async def count(to: int, context: ActionRunContext) -> str:
        for number in range(to):
            context.send_chunk(number)
        return 'done'

    return count


@pytest.fixture
def ai() -> Genkit:
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    return ai


@pytest.mark.parametrize('make', [*STREAMS, *TALKS])
async def test_a_plain_for_names_the_one_that_suits(ai: Genkit, make: Make) -> None:
    stream = make(ai)

    def loop() -> None:
        for _ in stream:
            pytest.fail('was read')

    with pytest.raises(GenkitError, match=r'A plain `for` does not suit .*: write `async for chunk in …`'):
        loop()
    with pytest.raises(GenkitError, match='A plain `for` does not suit'):
        _ = [chunk.text for chunk in stream]
    with pytest.raises(GenkitError, match=r'A plain `with` does not suit .*: write `async '), stream:
        pytest.fail('was entered')


@pytest.mark.parametrize('make', STREAMS)
async def test_a_stream_is_unpacked_into_two_and_not_awaited(ai: Genkit, make: Make) -> None:
    chunks, response = made = make(ai)
    assert (chunks, response) == (made, made.response)
    [again, _] = tuple(made)
    first, *_ = made
    assert again is first is made
    with pytest.raises(GenkitError, match=r'A plain `await` .*`await ….response` for the whole answer'):
        await made
    await made.aclose()


async def test_unpacking_goes_on_to_work_where_nobody_sees_the_caller(ai: Genkit) -> None:
    assert [type(each).__name__ for each in map(iter, [ai.generate_stream(prompt='x')])] == ['tuple_iterator']
    stream, response = ai.generate_stream(prompt='x')
    assert [chunk.text async for chunk in stream]
    assert (await response).text == '[ECHO] user: x'
