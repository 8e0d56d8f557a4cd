# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Flows of one language called from the other."""

import asyncio
import json
from asyncio.subprocess import PIPE
from typing import Any

import pytest
from genkit import ActionRunContext, Genkit, GenkitError, PublicError
from genkit.client import run_flow, stream_flow
from genkit.web import FlowsApp, RequestData, Server, ServerManager
from pydantic import BaseModel


class Order(BaseModel):
    dish: str
    count: int = 1


class Dishes(BaseModel):
    dishes: list[str]


class Count(BaseModel):
    number: int


@pytest.fixture
def python_flows() -> FlowsApp:
    ai = Genkit()

    @ai.flow()
    async def cook(order: Order) -> Dishes:
        return Dishes(dishes=[f'hot {order.dish}'] * order.count)

    @ai.flow()
    async def count(last: int, context: ActionRunContext) -> str:
        for number in range(last):
            context.send_chunk(Count(number=number))
        return f'counted to {last}'

    @ai.flow()
    async def whoami(_: str, context: ActionRunContext) -> Any:
        return context.context.get('auth')

    @ai.flow()
    async def fail(reason: str) -> None:
        raise PublicError('PERMISSION_DENIED', reason)

    @ai.flow()
    async def break_off(first: int, context: ActionRunContext) -> None:
        context.send_chunk(first)
        raise LookupError('a secret reason')

    def who_asks(request: RequestData) -> dict[str, Any]:
        return {'auth': request.headers.get('authorization')}

    return FlowsApp(ai, context_provider=who_asks)


async def test_the_javascript_client_calls_python_flows(scripts, python_flows):
    async with ServerManager([Server(app=python_flows, port=0)]) as serving:
        process = await asyncio.create_subprocess_exec(
            'node', 'client.mjs', serving.urls[0], cwd=scripts, stdout=PIPE, stderr=PIPE
        )
        out, err = await process.communicate()
    assert process.returncode == 0, err
    told = json.loads(out)
    assert told['result'] == {'dishes': ['hot soup', 'hot soup']}
    assert told['secured'] == 's3cret'
    assert told['chunks'] == [{'number': 0}, {'number': 1}, {'number': 2}]
    assert told['output'] == 'counted to 3'
    assert '403' in told['failed']['message']
    assert 'no salt' in told['failed']['message']
    assert '400' in told['wrong']['message']
    assert '404' in told['unknown']['message']
    assert told['before'] == [1]
    assert told['interrupted']['message'].startswith('INTERNAL: Error while running action break_off')
    assert told['ended'] == told['interrupted']
    assert b'a secret reason' not in out


@pytest.fixture
async def url(serve):
    """Where JavaScript flows are served."""
    return await serve('server.cjs')


async def test_the_python_client_calls_javascript_flows(url):
    assert await run_flow(f'{url}/cook', Order(dish='soup', count=2), output_type=Dishes) == Dishes(
        dishes=['hot soup', 'hot soup']
    )
    assert await run_flow(f'{url}/cook', {'dish': 'tea'}) == {'dishes': ['hot tea']}
    assert await run_flow(f'{url}/whoami', headers={'authorization': 's3cret'}) == 's3cret'
    assert await run_flow(f'{url}/whoami') is None

    stream = stream_flow(f'{url}/count', 3, chunk_type=Count)
    assert [chunk async for chunk in stream] == [Count(number=0), Count(number=1), Count(number=2)]
    assert await stream.response == 'counted to 3'


@pytest.mark.parametrize(
    ('flow', 'given', 'status', 'message'),
    [
        ('refuse', 'no salt', 'PERMISSION_DENIED', 'no salt'),
        ('fail', 0, 'INTERNAL', 'Internal Error'),
        ('cook', {'dish': 7}, 'INVALID_ARGUMENT', 'dish'),
    ],
)
async def test_the_errors_of_javascript_flows_keep_their_status(url, flow, given, status, message):
    for call in (run_flow(f'{url}/{flow}', given), stream_flow(f'{url}/{flow}', given).response):
        with pytest.raises(GenkitError, match=message) as caught:
            await call
        assert caught.value.status == status
        assert 'secret' not in str(caught.value)


async def test_a_stream_that_breaks_off_gives_what_came_before(url):
    stream = stream_flow(f'{url}/fail', 2)
    chunks: list[Any] = []
    with pytest.raises(GenkitError, match='Internal Error'):
        chunks.extend([chunk async for chunk in stream])
    with pytest.raises(GenkitError, match='Internal Error'):
        await stream.response
