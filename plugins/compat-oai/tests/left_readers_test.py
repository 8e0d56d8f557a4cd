# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What reads a stream ends with the call, and is not left for the garbage collector, which may run in any thread."""

import asyncio
import gc
import types

import pytest
from genkit import Genkit, GenkitError
from genkit.testing import CannedAnswer, LoopbackServer, OpenAIChatWire, OpenAIResponsesWire
from genkit_compat_oai import OpenAI


CASES = [
    pytest.param(api, row, id=f'{api}: {row.name}')
    for api, wire in (('chat', OpenAIChatWire()), ('responses', OpenAIResponsesWire()))
    for row in wire.awkward()
    if row.streamed and row.status
]


@pytest.fixture
def uncollected():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(('api', 'row'), CASES)
@pytest.mark.usefixtures('uncollected')
async def test_a_stream_that_fails_leaves_no_reader(api, row):
    answer = CannedAnswer(row.body, row.http, {'content-type': row.content_type})
    with LoopbackServer(lambda _: answer) as server:
        ai = Genkit(plugins=[OpenAI('key', api=api, base_url=server.url)])
        try:
            with pytest.raises(GenkitError) as kept:
                await ai.generate_stream(model='openai/gpt-5', prompt='hi').response
            await asyncio.sleep(0)
            left = {each.__qualname__ for each in gc.get_objects() if _is_suspended(each)}
        finally:
            await ai.aclose()
    assert left & {'Response.aiter_bytes', 'Response.aiter_raw', 'AsyncAPIResponse.iter_bytes'} == set(), kept.value


def _is_suspended(each: object) -> bool:
    # By its type alone: `isinstance` asks a lazy object for its class, which then sets itself up.
    return type(each) is types.AsyncGeneratorType and each.ag_frame is not None
