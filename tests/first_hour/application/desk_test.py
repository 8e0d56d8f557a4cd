# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The tests of the travel desk: no provider, no key, no network but this machine."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator

import pytest
from desk import Trip, ai, answer, app, desk, hotel_price, plan, read_handbook
from genkit import GenerateResponse, GenkitError, Message, ToolRequestPart
from genkit.client import remote_agent, run_flow, stream_flow
from genkit.testing import overridden
from genkit.types import BaseDataPoint, ToolRequest
from genkit.web import Server, ServerManager


def calls(name: str, **given: object) -> GenerateResponse:
    """Return a model's answer that calls a tool."""
    part = ToolRequestPart(tool_request=ToolRequest(name=name, input=given, ref=name))
    return GenerateResponse(message=Message(role='model', content=[part]))


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with ServerManager([Server(app=app, port=0)]) as manager:
        yield f'{manager.urls[0]}/api'


def test_the_tools_are_functions() -> None:
    assert hotel_price('Bergen', 2, breakfast=True) == 304
    assert hotel_price('Kiel') == 95


def test_a_model_is_told_the_parameters_of_a_tool() -> None:
    schema = hotel_price.definition().input_schema
    assert schema is not None
    assert list(schema['properties']) == ['city', 'nights', 'breakfast']
    assert schema['required'] == ['city']
    assert schema['properties']['nights']['description'] == 'How long the stay is.'


async def test_the_handbook_answers() -> None:
    with overridden(ai, embedder=64):
        assert await read_handbook() == 3
        with overridden(ai, model=['Up to 150 euros.']) as model:
            assert (await answer('What may a hotel cost?')).startswith('Up to 150 euros. (hotels.md')
    assert (
        "You know the company's handbook. Answer in one short sentence in English."
        in model.requests[0].messages[0].text
    )


async def test_a_trip_is_read_out_of_a_sentence() -> None:
    with overridden(ai, model=['{"city": "Kiel", "nights": 2}']):
        assert await plan('Two nights in Kiel, please.') == Trip(city='Kiel', nights=2)


async def test_a_trip_that_is_none_is_an_error() -> None:
    with overridden(ai, model=['{"city": "Kiel", "nights": 0}']), pytest.raises(GenkitError, match='nights'):
        await plan('No night in Kiel.')


async def test_a_booking_waits_for_approval_and_is_remembered() -> None:
    ada = desk.for_caller({'auth': {'api_key': 'ada'}})
    asks = [calls('hotel_price', city='Kiel', nights=2), calls('book', city='Kiel', nights=2)]
    with overridden(ai, model=asks):
        asked = await ada.chat(session_id='trip-1').send('Two nights in Kiel, if it is below 200 euros.')
    [waiting] = asked.interrupts
    assert waiting.interrupt == {'question': 'Book 2 nights in Kiel?'}

    chat = await ada.load_chat(session_id='trip-1')  # as another process would, later
    [waiting] = chat.interrupts
    with overridden(ai, model=['Done: two nights in Kiel.']) as model:
        done = await chat.resume(restart=[waiting.restart()])
    assert chat.interrupts == []
    assert done.text == 'Done: two nights in Kiel.'
    assert model.requests[0].messages[-1].tool_responses[0].tool_response.output == 'Booked 2 nights in Kiel.'


async def test_it_is_served_to_programs(url: str) -> None:
    with overridden(ai, embedder=64, model=['{"city": "Kiel", "nights": 2}']):
        await read_handbook()
        assert await run_flow(f'{url}/plan', 'Two nights in Kiel', output_type=Trip) == Trip(city='Kiel', nights=2)
        stream = stream_flow(f'{url}/answer', 'What may a hotel cost?', output_type=str, chunk_type=str)
        chunks = [chunk async for chunk in stream]
        assert (await stream.response).startswith(''.join(chunks))


async def test_it_is_served_to_curl(url: str) -> None:
    if shutil.which('curl') is None:
        pytest.skip('curl is not installed')
    command = ['curl', '--silent', f'{url}/plan', '--json', '{"data": "Two nights in Kiel"}']
    with overridden(ai, model=['{"city": "Kiel", "nights": 2}']):
        ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    assert json.loads(ran.stdout) == {'result': {'city': 'Kiel', 'nights': 2}}


async def test_the_agent_is_served(url: str) -> None:
    with overridden(ai, model=['Where do you want to go?']):
        bob = remote_agent(f'{url}/desk', headers={'authorization': 'bob'})
        response = await bob.chat(session_id='trip-2').send('Hello!')
    assert response.text == 'Where do you want to go?'


async def test_the_answers_are_judged() -> None:
    with overridden(ai, embedder=64, model=['Up to 150 euros.']):
        await read_handbook()
        said = await answer('What may a hotel cost?')
    dataset = [BaseDataPoint(input='What may a hotel cost?', output=said, reference='150 euros')]
    [case] = (await ai.evaluate('genkitEval/regex', dataset)).root
    assert [score.status for score in case.scores] == ['PASS']
